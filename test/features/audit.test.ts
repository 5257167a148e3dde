/** The audit trail: everything that was done and everything that was refused, for the organiser's eyes only. */
import { unzipSync } from 'fflate';
import readXlsx from 'read-excel-file/node';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { audit } from '../../src/bot/turn/tables.ts';
import { buttonsOf, createKit, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
let organiser: Screen;
const fields = { star: 'pingan-fazhi', aspect: '物' };
const NUMBER = 'WT-2026-0001';

beforeEach(async () => {
  kit = await createKit({ day: '2026-11-19' });
  [secretary, township, organiser] = kit.people('huang-wenchang', 'huang-changqing', 'bai-zhiyuan');
  await secretary.say('上报 =HYPERLINK("http://x","路灯")');
  await secretary.click('提交', fields);
  kit.time('2026-11-20');
  await township.say(`受理 ${NUMBER}`);
  await secretary.say(`办结 ${NUMBER} 修好了`);
});
afterEach(() => kit.end());

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

/** The file of the newest export, once its card has the link. */
async function exported(): Promise<{ token: string; name: string; bytes: Buffer }> {
  await organiser.say('导出审计');
  return vi.waitFor(
    async () => {
      await kit.bot.pump();
      const shown = (await organiser.messages()).map(({ card }) => JSON.stringify(card ?? {}));
      const links = shown.flatMap((card) => /kit\.example\/d\/([\w-]+)/.exec(card)?.[1] ?? []);
      const file = await kit.bot.download(links.at(-1) ?? '');
      if (typeof file === 'string') throw new Error(file);
      return { token: links.at(-1) ?? '', name: file.name, bytes: Buffer.from(file.body) };
    },
    { timeout: 30_000, interval: 50 },
  );
}

it('is exported as a spreadsheet, by a link that ends', async () => {
  const { token, name, bytes } = await exported();
  expect(name).toBe('审计 全部 2026-11-20.xlsx');
  const rows = JSON.stringify(await readXlsx(bytes));
  for (const text of ['时间', '黄长青', '石桥镇党委', '受理', NUMBER, '网页', '已办', '被拒绝'])
    expect(rows).toContain(text);
  kit.time('2026-11-30');
  expect(await kit.bot.download(token)).toBe('expired');
});

it('never makes a formula of a name', async () => {
  await put(1, () => ({ name: '=1+1', what: '@SUM(A1)', record: '+1', words: '-2' }));
  const { bytes } = await exported();
  const rows = JSON.stringify(await readXlsx(bytes));
  for (const text of ['=1+1', '@SUM(A1)', '+1', '-2']) expect(rows).toContain(JSON.stringify(text));
  const sheet = unzipSync(new Uint8Array(bytes))['xl/worksheets/sheet1.xml'];
  expect(Buffer.from(sheet ?? []).toString()).not.toMatch(/<f[ >]/);
});

it('is exported in pages, to the last line', async () => {
  await put(230, () => ({}));
  const { bytes } = await exported();
  const found = new Set(JSON.stringify(await readXlsx(bytes)).match(/WT-2026-1\d{3}/g));
  expect(found.size).toBe(230);
});

it('is for the organiser, and an asker in a group gets no link there', async () => {
  for (const words of ['审计', '筛选审计', '导出审计']) {
    expect((await township.say(words)).text).toBe('审计由市委组织部来看。');
  }
  expect((await kit.in('zzb', 'bai-zhiyuan').say('导出审计')).text).toContain('单聊');
  expect((await township.say('更多')).text).not.toContain('审计');
  expect((await organiser.say('更多')).text).toContain('审计');
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
