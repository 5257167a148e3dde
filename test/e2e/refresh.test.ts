/** A card in a group of Teams shows each person what he or she may do. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { viewers } from '../../src/bot/delivery/viewers.ts';
import { members } from '../../src/features/members/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { executes, type Json } from '../fake-connector.ts';
import { actionsOf, cardOf, type Rig, startRig } from './rig.ts';

const GROUP = '19:work@thread.v2';
let rig: Rig;
let card: Json;
beforeAll(async () => {
  // The clock stands still: what the scheduler has to do is done with its first tick.
  rig = await startRig({ now: () => instant('2026-11-20', '09:00') });
  await rig.person('huang-changqing', GROUP).says('绑定本群');
  await rig.person('wang-haiyan', GROUP).says('待办');
});
beforeEach(async () => {
  const secretary = rig.person('huang-wenchang');
  await secretary.says('上报 村口路灯坏了');
  await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' });
  await rig.app.pump();
  card = rig.connector.messages(GROUP).at(-1) ?? {};
});
afterAll(() => rig.end());

/** What a person's client gets when it shows the card. */
async function look(id: string, message: string = card.id, group = GROUP): Promise<Json> {
  const { verb } = cardOf(card).refresh.action;
  const response = await rig.post(executes(rig.person(id, group).from, message, verb));
  expect(response.status).toBe(200);
  return response.json();
}
const titles = (answer: Json) => actionsOf(answer.value).map(({ title }) => title);
const handle = (id: string) => `29:${rig.person(id).from.account}`;

it('names those who were seen in the group, and is itself drawn for nobody', () => {
  const { refresh } = cardOf(card);
  expect(refresh.action).toMatchObject({ type: 'Action.Execute', verb: 'card.refresh' });
  expect(refresh.userIds.sort()).toEqual([handle('huang-changqing'), handle('wang-haiyan')].sort());
  expect(actionsOf(cardOf(card)).map(({ title }) => title)).toContain('受理');
});

it('is drawn for each who looks', async () => {
  expect(titles(await look('huang-changqing'))).toContain('受理');
  expect(titles(await look('huang-wenchang'))).toEqual(['补充情况', '查看历史', '撤回']);
  expect(titles(await look('hao-haitao'))).toEqual(['补充情况', '查看历史']);
  expect(titles(await look('wang-caifeng'))).toEqual([]);
});

it('changes nothing, however often somebody looks', async () => {
  const all = async () => {
    const rows: string[] = [];
    for await (const item of rig.app.store.export())
      if ('row' in item) rows.push(`${item.table} ${item.row.id} ${item.row.rev}`);
    return rows.sort();
  };
  await rig.app.tick();
  const before = await all();
  for (let i = 0; i < 20; i++) await look('wang-haiyan');
  // The scheduler may tick meanwhile: so it always does.
  await rig.app.tick();
  expect(await all()).toEqual(before);
});

it('shows nothing of messages that are not there, in another chat, or to people on no list', async () => {
  const nothing = { statusCode: 404, type: 'application/vnd.microsoft.error' };
  expect(await look('huang-changqing', 'm999')).toMatchObject(nothing);
  expect(await look('huang-changqing', card.id, '19:other@thread.v2')).toMatchObject(nothing);
  const from = { ...rig.person('huang-changqing', GROUP).from, account: 'aad-nobody' };
  const response = await rig.post(executes(from, card.id, 'card.refresh'));
  expect(await response.json()).toMatchObject(nothing);
});

it('follows the record, and still names the same people', async () => {
  await rig.person('wang-haiyan', GROUP).executes('受理', {}, card);
  await rig.app.pump();
  const now = rig.connector.messages(GROUP).find(({ id }) => id === card.id) ?? {};
  expect(actionsOf(cardOf(now)).map(({ title }) => title)).toContain('办结');
  expect(cardOf(now).refresh.userIds).toHaveLength(2);
  expect(titles(await look('huang-wenchang'))).toEqual(['补充情况', '查看历史']);
});

/** The card as it stands in its group now, and the people whom it names. */
const standing = (group = GROUP, id = card.id) =>
  rig.connector.messages(group).find((message) => message.id === id) ?? {};
const named = (message: Json) =>
  [...(cardOf(message).refresh?.userIds ?? [])].map((id: string) => id.slice(3)).sort();
const accounts = (...ids: string[]) => ids.map((id) => rig.person(id).from.account).sort();
const words = (message: Json) => JSON.stringify(cardOf(message));

it('lets go of who has nothing more to do, and names them again when it is their turn', async () => {
  await rig.person('huang-wenchang', GROUP).says('待办');
  const liaison = rig.person('wang-haiyan', GROUP);
  await liaison.executes('受理', {}, card);
  await rig.app.pump();
  expect(named(standing())).toEqual(accounts('huang-changqing', 'wang-haiyan'));
  await liaison.executes('办结', { words: '换好了' }, standing());
  await rig.app.pump();
  expect(named(standing())).toEqual(accounts('huang-wenchang'));
  expect(words(standing())).toContain('核验');
  await rig.person('huang-wenchang', GROUP).executes('满意销号', {}, standing());
  await rig.app.pump();
  expect(cardOf(standing()).refresh).toBeUndefined();
  expect(titles(await look('huang-wenchang'))).toEqual(['查看历史']);
});

it('lets go of who has checked in for a task, who can still say it otherwise', async () => {
  const organiser = rig.person('bai-zhiyuan');
  await organiser.says('下达任务 入户走访');
  const fields = { standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27', sure: 'yes' };
  await organiser.executes('下达', fields);
  await rig.app.pump();
  const { id } = rig.connector.messages(GROUP).at(-1) ?? {};
  expect(named(standing(GROUP, id))).toEqual(accounts('huang-wenchang'));
  const secretary = rig.person('huang-wenchang', GROUP);
  await secretary.says('报进展 入户走访 35户');
  await rig.app.pump();
  expect(cardOf(standing(GROUP, id)).refresh).toBeUndefined();
  expect(words(standing(GROUP, id))).toContain('已报 1/');
  expect(words(await secretary.executes('报进展', {}, standing(GROUP, id)))).toContain('35');
});

it('lets go of who has answered an invitation, and tells them that they may think better of it', async () => {
  const group = '19:meeting@thread.v2';
  const police = rig.person('yu-zhenbang', group);
  await police.says('绑定本群');
  for (const id of ['du-aiqin', 'guo-chengye', 'huang-wenchang']) await rig.person(id, group).says('待办');
  const lead = rig.person('guo-chengye');
  await lead.says('会商 发起 下周三下午3点');
  await lead.executes('发起会商', { place: '政法委三楼', agenda: '冬季防火', sure: 'yes' });
  await rig.app.pump();
  const { id } = rig.connector.messages(group).at(-1) ?? {};
  const now = () => standing(group, id);
  expect(named(now())).toEqual(accounts('du-aiqin', 'guo-chengye', 'yu-zhenbang'));
  expect(words(now())).toContain('请各单位回复能不能来');

  await police.executes('参加', {}, now());
  await rig.app.pump();
  expect(named(now())).toEqual(accounts('du-aiqin', 'guo-chengye'));
  expect(words(now())).toContain('已回复的，开会前都可以改。');
  expect(words(await look('yu-zhenbang', id, group))).toContain('已回复，开会前都可以改');
  await police.executes('请假', { reason: '外出培训' }, now());
  await rig.app.pump();
  expect(words(now())).toContain('请假1');

  await lead.says('取消会商 HS-2026-11-01 合并到下月');
  await rig.app.pump();
  expect(cardOf(now()).refresh).toBeUndefined();
});

it('is the only one of its record in a chat: what was shown before says so and opens it', async () => {
  const secretary = rig.person('huang-wenchang');
  const number = actionsOf(cardOf(card))[0]?.data.issue;
  const own = 'a:huang-wenchang';
  const first = await secretary.says(number);
  expect(actionsOf(cardOf(first)).map(({ title }) => title)).toContain('撤回');
  const second = await secretary.says(number);
  await rig.app.pump();
  expect(words(standing(own, first.id))).toContain('这张卡片不再更新');
  expect(actionsOf(cardOf(standing(own, second.id))).map(({ title }) => title)).toContain('撤回');
  expect(titles(await secretary.executes('打开', {}, standing(own, first.id)))).toContain('撤回');
  await rig.person('wang-haiyan', GROUP).executes('受理', {}, card);
  await rig.app.pump();
  expect(words(standing(own, first.id))).not.toContain('办理中');
  expect(words(standing(own, second.id))).toContain('办理中');

  // And on the page.
  const headers = { 'x-person': 'huang-wenchang', 'content-type': 'application/json' };
  const place = 'webchat|p:huang-wenchang';
  for (let n = 0; n < 2; n++) {
    const body = JSON.stringify({ id: randomUUID(), place, text: number });
    expect((await fetch(`${rig.url}/webchat/text`, { method: 'POST', headers, body })).status).toBe(200);
    await rig.app.pump();
  }
  const answer = await fetch(`${rig.url}/webchat/messages?place=${encodeURIComponent(place)}`, { headers });
  const { messages } = (await answer.json()) as Json;
  const cards = messages
    .filter(({ from }: Json) => from === 'bot')
    .map(({ card }: Json) => JSON.stringify(card));
  expect(cards.at(-2)).toContain('这张卡片不再更新');
  expect(cards.at(-1)).toContain('办理中');
});

it('is the same card in a personal chat, which needs no looking', () => {
  const own = rig.connector.messages('a:huang-wenchang').at(-1) ?? {};
  expect(cardOf(own).refresh).toBeUndefined();
});

it('names sixty people at most, those seen last of whom something is to be done; the others press and hear why not', async () => {
  await rig.app.store.transaction(async (tx) => {
    const place = `msteams|${GROUP}`;
    const units = ['qingshan-shiqiao', 'qingshan-shiqiao-qingshi'] as const;
    for (const [year, unit] of units.entries())
      for (let i = 0; i < 70; i++) {
        const person = `p${i}-${year}`;
        const at = new Date(Date.parse(`202${year}-01-01T00:00:00Z`) + i * 1000).toISOString();
        await tx.table(members).put({ id: person, name: person, unit, role: 'liaison' });
        await tx.table(viewers).put({ id: `${place}|${person}`, place, person, handle: `29:${person}`, at });
      }
    // One whose unit is gone keeps nobody from what is theirs.
    const left = { id: 'left', name: '陈某', unit: 'merged', role: 'liaison' } as const;
    await tx.table(members).put(left);
    const at = '2026-11-20T01:00:00Z';
    await tx.table(viewers).put({ id: `${place}|left`, place, person: 'left', handle: '29:left', at });
  });
  await rig.person('wang-haiyan', GROUP).executes('受理', {}, card);
  await rig.app.pump();
  const { userIds } = cardOf(standing()).refresh;
  expect(userIds).toHaveLength(60);
  expect(userIds).toContain(handle('wang-haiyan'));
  expect(userIds).toContain('29:p69-0');
  expect(userIds).not.toContain('29:p0-0');
  expect(userIds).not.toContain('29:p69-1');
});
