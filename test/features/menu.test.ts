/** 更多 and every command in it, said alone by people of each role in a city where nothing has happened yet. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../src/bot/cards/spec.ts';
import type { Shown } from '../../src/bot/delivery/channel.ts';
import { createRouter } from '../../src/bot/turn/router.ts';
import { features } from '../../src/features/index.ts';
import { buttonsOf, createKit, type Kit, wordsOf } from '../kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await createKit({ day: '2026-11-23' });
});
afterAll(() => kit.end());

const SECRETARY = 'huang-wenchang';
const PEOPLE = {
  支部书记: SECRETARY,
  乡镇负责人: 'huang-changqing',
  乡镇联络员: 'wang-haiyan',
  县区负责人: 'hao-haitao',
  县区联络员: 'huang-chunyan',
  牵头单位负责人: 'luo-lei',
  责任单位负责人: 'yu-zhenbang',
  责任单位联络员: 'du-aiqin',
  市委组织部负责人: 'bai-zhiyuan',
};
const router = createRouter(features);
let said = 0;
const say = async (person: string, text: string) => {
  const place = { key: `webchat|p:${person}`, kind: 'personal' } as const;
  const from = { channel: 'webchat', place, sender: { account: person, name: person } };
  const at = new Date('2026-11-23T09:00:00+08:00');
  const { shown, refused } = await kit.bot.handle({
    ...from,
    id: `said-${++said}`,
    at,
    kind: 'text',
    text,
    inline: true,
  });
  return { shown, refused };
};
const commandsOf = (person: string) => kit.bot.commands('webchat', person);

describe('更多', () => {
  it('is a page of groups, what the unit does most first, and each opens by a press or by its name', async () => {
    const secretary = kit.person(SECRETARY);
    const all = await secretary.say('更多');
    expect(all.text.split('\n').slice(1, 4)).toEqual([
      '问题：上报、问题、统计',
      '任务：报进展、任务、附件',
      '我的：待办、我的、提醒、意见',
    ]);
    const titles = buttonsOf(all.card).map(({ title }) => title);
    expect(titles.slice(0, 4)).toEqual(['问题', '任务', '我的', '会商']);
    expect(titles.length).toBeLessThanOrEqual(12);
    for (const { word } of await commandsOf(SECRETARY)) if (word !== '帮助') expect(all.text).toContain(word);

    const opened = await secretary.click('任务');
    expect(wordsOf(opened.card)).toContain('更多 · 任务');
    expect(buttonsOf(opened.card).map(({ title }) => title)).toEqual(['报进展', '任务', '附件', '更多']);
    for (const words of ['更多 任务', '更多 报进展', '更多 任務'])
      expect((await secretary.say(words)).text, words).toContain('报进展：任务做了多少');
    expect((await secretary.say('更多 研判')).text).toContain('为什么：');
    const missed = (await secretary.say('更多 天气')).text;
    for (const words of ['没有“天气”这一组', '会商：会商、推进会']) expect(missed).toContain(words);
  });

  it('is the few commands themselves for who is not known yet', async () => {
    const { text } = await kit.person('new-menu').say('更多');
    for (const words of ['绑定：告诉我您是谁', '意见：']) expect(text).toContain(words);
    expect(text).not.toContain('待办');
    // Those are all there are: nothing leads to more.
    const help = await kit.person('new-menu').say('帮助');
    expect(buttonsOf(help.card).map(({ title }) => title)).toEqual(['绑定', '意见']);
  });

  it('begins for a county and for a lead with what those do most', async () => {
    const groups = async (person: string) =>
      buttonsOf((await kit.person(person).say('更多')).card).map(({ title }) => title);
    expect((await groups(PEOPLE.县区负责人)).slice(0, 3)).toEqual(['我的', '问题', '任务']);
    expect((await groups(PEOPLE.牵头单位负责人)).slice(0, 4)).toEqual(['我的', '问题', '会商', '任务']);
  });

  it('has for nobody what only others have a use for', async () => {
    const words = async (person: string) => (await commandsOf(person)).map(({ word }) => word);
    for (const [word, who] of Object.entries({
      审核: ['乡镇负责人', '乡镇联络员', '县区负责人', '县区联络员', '牵头单位负责人', '市委组织部负责人'],
      研判: ['乡镇负责人', '乡镇联络员', '县区负责人', '县区联络员', '市委组织部负责人'],
      排查: ['县区负责人', '县区联络员', '市委组织部负责人'],
      约谈: ['乡镇负责人', '县区负责人', '市委组织部负责人'],
      派驻: ['县区负责人', '县区联络员'],
      书记: ['支部书记', '乡镇负责人', '县区负责人', '县区联络员'],
      创星申报: ['支部书记'],
      审计: ['市委组织部负责人'],
      交接: ['乡镇负责人', '县区负责人', '牵头单位负责人', '责任单位负责人', '市委组织部负责人'],
    })) {
      const found = [];
      for (const [role, person] of Object.entries(PEOPLE))
        if ((await words(person)).includes(word)) found.push(role);
      expect([word, found]).toEqual([word, who]);
    }
  });
});

/** Nothing to look at: a list without rows, or a sentence. */
function isEmpty(card: Card | undefined): boolean {
  return card === undefined || card.kind === 'note' || (card.kind === 'list' && card.rows.length === 0);
}

/** What can be done next: titles of buttons, and what is said to be sent. */
function waysOn({ text, card }: Shown) {
  const quoted = [...text.matchAll(/“([^”]+)”/g)].map(([, words = '']) => words);
  return { titles: buttonsOf(card).map(({ title }) => title), quoted };
}

describe.each(Object.entries(PEOPLE))('%s', (_role, person) => {
  it('is refused nothing that 更多 names, and told what to do wherever there is nothing yet', async () => {
    const commands = await commandsOf(person);
    const offered = new Set(commands.map(({ op }) => op.name));
    const dead: string[] = [];
    for (const { word } of commands) {
      const { shown, refused } = await say(person, word);
      if (refused) {
        if (!/例如：|请写上|请到/.test(shown.text)) dead.push(`${word} refused: ${shown.text}`);
        continue;
      }
      const { titles, quoted } = waysOn(shown);
      const others = quoted.filter((words) => !titles.includes(words));
      for (const words of others) {
        const op = router.byText(words)?.op;
        // Where it has a line in 更多, it is one of this person.
        if (isEmpty(shown.card) && (!op || (op.help && !offered.has(op.right.name))))
          dead.push(`${word} says “${words}”: ${shown.text}`);
      }
      // An import asks for a file.
      const ways = titles.length + quoted.length > 0 || shown.text.includes('发给我');
      if (isEmpty(shown.card) && !ways) dead.push(`${word}: ${shown.text}`);
      const rows = shown.card?.kind === 'list' ? shown.card.rows : [];
      const opened = rows
        .filter(({ op }) => op !== '')
        .map(({ op, data, title }) => JSON.stringify([op, data, title]));
      if (new Set(opened).size < opened.length) dead.push(`${word} has a row twice`);
    }
    expect(dead).toEqual([]);
  });
});
