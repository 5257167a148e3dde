/** 整顿台账 as a spreadsheet for A4 landscape, 一支一策 as a document: what they say, and who gets them. */
import { unzipSync } from 'fflate';
import readXlsx from 'read-excel-file/node';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createKit, type Kit, type Screen } from '../kit.ts';
import { wordsOfDocument } from './readers.ts';

const QINGSHI = 'qingshan-shiqiao-qingshi';
const EVIL = '=HYPERLINK("http://evil.example","点我")';

let kit: Kit;
let county: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-12-03' });
  county = kit.person('hao-haitao');
  const type = { type: '班子不团结', words: '两个月没开支委会' };
  await kit.person('huang-chunyan').press('analysis.propose', { branch: QINGSHI, ...type });
  await county.press('analysis.confirm', { branch: QINGSHI, date: '2026-12-03' });
  await county.press('rectification.plan', {
    ...{ case: 'ZD-2026-0001', cause: EVIL, measures: '补开支委会\n修好村口路' },
    ...{ person: '陈德林', countyLeader: '郝海涛', townshipLeader: '黄长青' },
  });
  await county.press('rectification.dispatch', {
    ...{ case: 'ZD-2026-0001', kind: '工作队', sender: '市供电公司', senderKind: '国企', people: '甲、乙' },
  });
});
afterEach(() => kit.end());

const tokens = (shown: unknown) =>
  [...JSON.stringify(shown).matchAll(/kit\.example\/d\/([\w-]+)/g)].map(([, token]) => token ?? '');

async function given(token: string) {
  const file = await kit.bot.download(token);
  if (typeof file === 'string') throw new Error(file);
  return { name: file.name, bytes: Buffer.from(file.body) };
}

it('gives the county its ledger, a line for each case, on A4 landscape with the titles on every sheet', async () => {
  expect((await county.say('整顿台账')).text).toContain('正在导出');
  const token = await vi.waitFor(
    async () => {
      await kit.bot.pump();
      const [found] = tokens((await county.messages()).slice(-1));
      if (!found) throw new Error('not yet');
      return found;
    },
    { timeout: 30_000, interval: 50 },
  );
  const { name, bytes } = await given(token);
  expect(name).toBe('青山县委整顿台账 2026-12-03.xlsx');
  const rows = await readXlsx(bytes);
  const table = Array.isArray(rows[0]) ? rows : (rows as unknown as { data: unknown[][] }[])[0]?.data;
  const [head = [], line = [], ...more] = table as unknown[][];
  expect(more).toEqual([]);
  const row = Object.fromEntries(head.map((title, i) => [String(title), line[i]]));
  expect(row).toMatchObject({
    ...{ 编号: 'ZD-2026-0001', 县区: '青山县委', 支部: '青石村党支部', 状态: '整顿中', 类型: '班子不团结' },
    ...{ 联村县级领导: '郝海涛', 包村乡镇领导: '黄长青', 反弹次数: 0, 进展: '措施完成0/2' },
  });
  expect(row.根源).toBe(EVIL);
  expect(row.措施).toMatch(/^1\. 补开支委会（RW-\d{4}-\d{4}）\n2\. 修好村口路/);
  expect(row.派驻).toContain('工作队 甲、乙（市供电公司，国企');
  const xml = Object.values(unzipSync(bytes))
    .map((part) => Buffer.from(part).toString())
    .join('');
  // 9 is A4.
  for (const part of ['paperSize="9"', 'orientation="landscape"', 'fitToWidth="1" fitToHeight="0"'])
    expect(xml).toContain(part);
  expect(xml).toContain('Print_Titles');
  expect(xml).not.toContain('<f>');
  expect((await kit.person('huang-changqing').say('整顿台账')).text).toContain('台账由县区和市委组织部导出');
});

it('gives one case as a document to who may know of it, and to nobody else', async () => {
  const [token = ''] = tokens(await county.say('一支一策 ZD-2026-0001'));
  const { name, bytes } = await given(token);
  expect(name).toBe('ZD-2026-0001 青石村党支部一支一策.docx');
  const words = wordsOfDocument(bytes);
  for (const part of [
    '青石村党支部整顿方案',
    EVIL,
    '（一）补开支委会',
    '联村县级领导：郝海涛',
    '2027年6月1日',
  ])
    expect(words).toContain(part);
  const stranger = await kit.person('huang-wenchang').say('一支一策 ZD-2026-0001');
  expect(stranger.text).toContain('没有找到');
  expect(tokens(stranger)).toEqual([]);
});
