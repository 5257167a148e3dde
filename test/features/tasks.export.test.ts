/** 导出: the ledger of a task as a spreadsheet, made in the background, for the issuer's side and those above. */
import { unzipSync } from 'fflate';
import readXlsx from 'read-excel-file/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exportsTable, files } from '../../src/bot/files/tables.ts';
import { createKit, type Kit, type Screen, wordsOf } from '../kit.ts';
import { photo } from '../samples.ts';

let kit: Kit;
let township: Screen; // 石桥镇党委, head
let secretary: Screen; // 柳湾村
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:05' });
  [township, secretary] = kit.people('huang-changqing', 'huang-wenchang');
});
afterEach(() => kit.end());

const TASK = 'RW-2026-0001';

async function handOut(who = township, below = 'qingshan-shiqiao') {
  await who.say('下达任务 入户走访');
  await who.click('下达', { standard: '35户', units: `below:${below}`, due: '2026-11-27' });
  await who.click('下达');
}

/** The card that follows the newest export of this person, once it says so. */
async function card(who: Screen, says: string): Promise<string> {
  return vi.waitFor(
    async () => {
      await kit.bot.pump();
      const shown = (await who.messages()).map((message) => JSON.stringify(message.card ?? {}));
      const found = shown.filter((one) => one.includes('台账')).at(-1) ?? '';
      expect(found).toContain(says);
      return found;
    },
    { timeout: 30_000, interval: 50 },
  );
}
const tokenOf = (shown: string) => /kit\.example\/d\/([\w-]+)/.exec(shown)?.[1] ?? '';

async function download(who: Screen) {
  const given = await kit.bot.download(tokenOf(await card(who, '下载')));
  if (typeof given === 'string') throw new Error(given);
  return { name: given.name, bytes: Buffer.from(given.body) };
}

describe('an export', () => {
  it('has a line for each unit: what it said as it said it, dates as dates, and nothing that could be a formula', async () => {
    await handOut();
    await secretary.say('打卡 入户走访 35户');
    await secretary.click('修改');
    const words = '=HYPERLINK("http://evil.example","点我")';
    await secretary.click('提交进展', { amount: '35.5', words, difficulty: '+1\t@SUM(A1)\n-2 <b>&' });
    await secretary.send({ 'a.jpg': photo() });
    expect((await township.say(`导出 ${TASK}`)).text).toContain('正在导出');
    const { name, bytes } = await download(township);
    expect(name).toBe('RW-2026-0001 入户走访台账 2026-11-20.xlsx');
    const rows = await readXlsx(bytes);
    const table = Array.isArray(rows[0]) ? rows : (rows as unknown as { data: unknown[][] }[])[0]?.data;
    const [head = [], ...lines] = table as unknown[][];
    expect(head).toEqual([
      ...[
        '县区',
        '乡镇（街道）',
        '单位',
        '状态',
        '完成数量（户）',
        '完成百分比',
        '超期',
        '填报人',
        '填报时间',
      ],
      ...['情况', '困难', '转为问题', '退回原因', '佐证（个）', '任务编号', '任务', '要求', '周期', '期限'],
    ]);
    expect(lines).toHaveLength(9);
    // Excel keeps instants as fractions of a day.
    const whole = (value: unknown) =>
      value instanceof Date ? new Date(Math.round(value.getTime() / 1000) * 1000) : value;
    const mine = lines.find(([, , unit]) => unit === '柳湾村党支部')?.map(whole);
    expect(mine).toEqual([
      ...['青山县委', '石桥镇党委', '柳湾村党支部', '待审核', 35.5, null, null, '黄文昌'],
      new Date('2026-11-20T09:05:00Z'),
      ...[words, '+1\t@SUM(A1)\n-2 <b>&', null, null, 1, TASK, '入户走访', '35户', null],
      new Date('2026-11-27T00:00:00Z'),
    ]);
    expect(lines.filter(([, , , state]) => state === '未报')).toHaveLength(8);
    const parts = unzipSync(bytes);
    const sheet = Buffer.from(parts['xl/worksheets/sheet1.xml'] ?? []).toString();
    expect(sheet).toContain('<autoFilter ref="A1:S10"/>');
    expect(sheet).toMatch(/<pane [^>]*state="frozen"/);
    expect(sheet).not.toContain('<f>');
    // Printed: A4 across, all columns on it, the titles on each sheet, a long text on several lines.
    expect(sheet).toMatch(
      /^<\?xml[^>]*><worksheet [^>]*><sheetPr><pageSetUpPr fitToPage="1"\/><\/sheetPr><sheetViews>/,
    );
    expect(sheet).toMatch(
      /<pageSetup (?=[^>]*paperSize="9")(?=[^>]*orientation="landscape")[^>]*fitToHeight="0"/,
    );
    const book = Buffer.from(parts['xl/workbook.xml'] ?? []).toString();
    expect(book).toContain(
      `<definedName name="_xlnm.Print_Titles" localSheetId="0">'台账'!$1:$1</definedName>`,
    );
    expect(sheet).toMatch(/<row r="\d+" [^>]*ht="30"/);
    expect(Object.keys(parts).filter((part) => /extern|hyperlink|vba/i.test(part))).toEqual([]);
  });

  it('goes by a button from the details; in a group the link comes to the person alone', async () => {
    await handOut();
    await township.say(`查看明细 ${TASK}`);
    const pressed = await township.click('导出');
    expect(pressed.text).toMatch(/正在导出/);
    expect((await download(township)).name).toContain('台账');
    const group = kit.in('qingshan-shiqiao', 'huang-changqing');
    expect((await group.say(`导出 ${TASK}`)).text).toBe(
      '正在导出RW-2026-0001 入户走访台账，进度和下载链接在您和我的单聊里。',
    );
  });

  it('gives each unit above its own part, and the units themselves none', async () => {
    await handOut(kit.person('bai-zhiyuan'), 'zzb');
    const county = kit.person('hao-haitao');
    await county.say(`导出 ${TASK}`);
    const rows = await readXlsx((await download(county)).bytes);
    const text = JSON.stringify(rows);
    expect(text).toContain('青山县委');
    expect(text).not.toContain('临溪县委');
    const said = (await secretary.say(`导出 ${TASK}`)).text;
    expect(said).toBe('台账由下达的单位（市委组织部）和任务单位的上级来导出。');
    expect((await secretary.press('tasks.export', { task: TASK })).refused).toBe(true);
  });

  it('is for whom it was made, while they may, until the link ends; then it is cleared away', async () => {
    await handOut();
    await township.say(`导出 ${TASK}`);
    const token = tokenOf(await card(township, '下载'));
    expect(await kit.bot.download(token)).toMatchObject({ name: expect.stringContaining('.xlsx') });
    const row = (await kit.store.read((tx) => tx.table(exportsTable).find({ order: 'at', limit: 1 })))
      .rows[0];
    const stranger = { text: '', card: { subject: { kind: 'export', id: row?.id ?? '' } } };
    expect(wordsOf((await kit.bot.draw(stranger, 'hao-haitao')).card)).toContain('别人导出的');
    kit.time('2026-11-23', '00:00');
    expect(await kit.bot.download(token)).toBe('expired');
    await kit.tick('2026-11-24', '09:10');
    await kit.tick('2026-11-25', '09:20');
    expect(await kit.store.read((tx) => tx.table(files).count({ about: `export:${row?.id}` }))).toBe(0);
    expect(
      (await kit.store.read((tx) => tx.table(exportsTable).find({ order: 'at', limit: 1 }))).rows,
    ).toEqual([]);
  });

  it('is one however often it is asked for while it is made', async () => {
    await handOut();
    await Promise.all([1, 2, 3].map(() => township.say(`导出 ${TASK}`)));
    await card(township, '下载');
    const { rows } = await kit.store.read((tx) => tx.table(exportsTable).find({ order: 'at', limit: 10 }));
    expect(rows.length).toBeLessThanOrEqual(3);
    expect(rows.every(({ state }) => state === 'done')).toBe(true);
  });

  it('ends with a sentence when the person may not have it any more', async () => {
    await handOut();
    await kit.store.transaction(async (tx) => {
      const at = '2026-11-20T01:00:00.000Z';
      await tx.table(exportsTable).put({
        ...{ id: 'x1', name: 'tasks.ledger', data: { task: TASK, period: 'once' }, title: '台账' },
        ...{ person: 'huang-wenchang', at, due: at, state: 'open', lines: 0, total: 0, attempts: 0 },
      });
    });
    const shown = { text: '', card: { subject: { kind: 'export', id: 'x1' } } };
    await kit.bot.tick();
    await expect
      .poll(async () => wordsOf((await kit.bot.draw(shown, 'huang-wenchang')).card))
      .toContain('您现在不能导出');
  });
});
