/** The audit trail: everything that was done and everything that was refused, for the organiser's eyes only. */
import { unzipSync } from 'fflate';
import readXlsx from 'read-excel-file/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { audit } from '../../src/bot/tables.ts';
import type { Row } from '../../src/store/store.ts';
import { buttonsOf, createKit, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
let organiser: Screen;
const fields = { star: 'pingan-fazhi', aspect: '物' };
const NUMBER = 'WT-2026-0001';

beforeEach(async () => {
  kit = await createKit({ day: '2026-11-19' });
  [secretary, township, organiser] = ['huang-wenchang', 'huang-changqing', 'bai-zhiyuan'].map((id) =>
    kit.person(id),
  ) as [Screen, Screen, Screen];
  await secretary.say('上报 =HYPERLINK("http://x","路灯")');
  await secretary.click('提交', fields);
  kit.time('2026-11-20');
  await township.say(`受理 ${NUMBER}`);
  await secretary.say(`办结 ${NUMBER} 修好了`);
});
afterEach(async () => {
  const { complaints } = kit;
  await kit.close();
  expect(complaints).toEqual([]);
});

const rowsOf = ({ text }: Message) => text.split('\n').slice(1);
const put = (rows: number, change: (i: number) => object) =>
  kit.store.transaction(async (tx) => {
    for (let i = 0; i < rows; i++) {
      const at = new Date(Date.parse('2026-11-10T01:00:00Z') + i * 1000).toISOString();
      const row = {
        id: `r${i}`,
        at,
        day: '2026-11-10',
        person: 'wang-haiyan',
        name: '汪海燕',
        unit: 'qingshan-shiqiao',
      };
      const more = { op: 'x.y', what: '转办', record: `WT-2026-${1000 + i}`, channel: 'teams', place: 'p' };
      await tx
        .table(audit)
        .put(audit.schema.parse({ ...row, ...more, outcome: 'done', words: '', ...change(i) }));
    }
  });

it('shows who did what, newest first, with what was refused and why', async () => {
  const rows = rowsOf(await organiser.say('审计'));
  expect(rows).toHaveLength(3);
  expect(rows[0]).toContain('办结 黄文昌');
  expect(rows[0]).toContain('被拒绝：这件事由石桥镇党委办理');
  expect(rows[1]).toMatch(/^受理 黄长青（石桥镇党委）.*WT-2026-0001.*网页/);
  expect(rows[2]).toMatch(/^上报 黄文昌/);
});

it('is narrowed by person, number, day and action, typed in any order or on a form', async () => {
  expect(rowsOf(await organiser.say('审计 黄长青'))).toHaveLength(1);
  expect(rowsOf(await organiser.say('审计 wt-2026-0001 黄文昌'))).toHaveLength(2);
  expect(rowsOf(await organiser.say('审计 昨天'))).toHaveLength(1);
  expect(rowsOf(await organiser.say('审计 黄文昌 受理'))).toEqual([]);
  expect((await organiser.say('审计 没有这个人')).text).toContain('没有这样的记录');
  await organiser.say('审计');
  await organiser.click('筛选');
  const found = await organiser.click('查看', { what: '受理', day: '2026-11-20' });
  expect(rowsOf(found)).toHaveLength(1);
  expect(wordsOf(found.card)).toContain('受理 · 2026-11-20');
});

it('is turned page by page', async () => {
  await put(20, () => ({}));
  await organiser.say('审计 汪海燕');
  const seen = new Set<string>();
  for (let more = true; more; ) {
    const { text, card } = await organiser.last();
    for (const [number] of text.matchAll(/WT-2026-1\d+/g)) seen.add(number);
    more = card !== undefined && buttonsOf(card).some(({ title }) => title === '下一页');
    if (more) await organiser.click('下一页');
  }
  expect(seen.size).toBe(20);
});

it('is exported by a link of today, in which everything is text', async () => {
  const message = await organiser.say('导出审计');
  const token = /\/d\/(\S+)/.exec(message.text)?.[1] ?? '';
  const file = await kit.bot.download(token);
  if (typeof file === 'string') throw new Error(file);
  expect(file.name).toBe('审计 全部 2026-11-20.xlsx');
  const rows = (await readXlsx(Buffer.from(file.body))) as unknown as Row[][];
  expect(JSON.stringify(rows)).toContain('石桥镇党委');
  const texts = Object.entries(unzipSync(new Uint8Array(file.body as Uint8Array)));
  const xml = texts.map(([, bytes]) => Buffer.from(bytes).toString()).join('');
  expect(xml).not.toMatch(/<f[ >]/);
  // Opened by somebody else it is refused when the link was not made for an organiser, and it ends with the day.
  kit.time('2026-11-21');
  expect(await kit.bot.download(token)).toBe('expired');
});

it('never makes a formula of a name', async () => {
  await put(1, () => ({ name: '=1+1', what: '@SUM(A1)', record: '+1', words: '-2' }));
  const token = /\/d\/(\S+)/.exec((await organiser.say('导出审计')).text)?.[1] ?? '';
  const file = await kit.bot.download(token);
  if (typeof file === 'string') throw new Error(file);
  const sheet = unzipSync(new Uint8Array(file.body as Uint8Array));
  expect(Object.keys(sheet).join()).toContain('sheet1.xml');
  const rows = JSON.stringify(await readXlsx(Buffer.from(file.body)));
  for (const text of ['=1+1', '@SUM(A1)', '+1', '-2']) expect(rows).toContain(JSON.stringify(text));
  expect(Buffer.from(sheet['xl/worksheets/sheet1.xml'] ?? []).toString()).not.toMatch(/<f[ >]/);
});

it('is for the organiser, and an asker in a group gets no link there', async () => {
  for (const words of ['审计', '筛选审计', '导出审计']) {
    expect((await township.say(words)).text).toBe('审计由市委组织部来看。');
  }
  expect((await kit.in('zzb', 'bai-zhiyuan').say('导出审计')).text).toContain('单聊');
  expect((await township.say('帮助')).text).not.toContain('审计');
  expect((await organiser.say('帮助')).text).toContain('审计');
});

it('does not hold it against anybody that a record was in another state', async () => {
  await township.say(`受理 ${NUMBER}`);
  expect((await township.last()).text).toContain('已经受理过了');
  expect(rowsOf(await organiser.say('审计'))).toHaveLength(3);
});

it('writes down a hundred refusals of one person a day and no more, and strangers by their account', async () => {
  for (let i = 0; i < 105; i++) await secretary.press('issues.resolve', { issue: NUMBER, words: '好了' });
  await kit.person('nobody-knows').press('issues.accept', { issue: NUMBER });
  const count = (person: string) =>
    kit.store.read((tx) => tx.table(audit).count({ person, day: '2026-11-20', outcome: 'refused' }));
  expect(await count('huang-wenchang')).toBe(100);
  expect(await count('webchat:nobody-knows')).toBe(1);
});
