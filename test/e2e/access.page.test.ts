/** Nobody is kept out: axe finds nothing on any screen, and the keyboard alone is enough from the start to a report. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBoundaries } from '../../src/features/openness/index.ts';
import { createLog } from '../../src/lib/log.ts';
import { area, map, square } from '../features/board.ts';
import { card, here, look, opener, press, sendReport, startWindows, violations, write } from './pages.ts';
import { realPhoto } from './photo.ts';
import { type Rig, startRig, tempDir } from './rig.ts';

/** A city in which nothing was done yet, and the one with its past. */
let bare: Rig | undefined;
let lived: Rig | undefined;
let rig: Rig | undefined;
const windows = await startWindows(() => rig?.url ?? '');
const open = opener(windows);
beforeAll(async () => {
  if (windows) [bare, lived] = await Promise.all([startRig(), startRig({ history: true })]);
  rig = bare;
});
afterAll(async () => {
  await windows?.close();
  await bare?.close();
  await lived?.close();
  expect(windows?.problems ?? []).toEqual([]);
});

/** What people ask for; together they show every kind of card and form of these features. */
const SCREENS = [
  ['zhou-baotian', 'desk', 'light', ['创星', '创星申报', '支部', '为什么 周寨村', '任务', '报进展', '意见']],
  ['lin-shuai', 'phone', 'dark', ['研判', '审核', '审核 有照片', '任务 RW-2026-0001', '下达任务', '公开']],
  [
    'hao-haitao',
    'desk',
    'light',
    ['排查', '审核', '软弱涣散', 'ZD-2026-0001', '定方案 ZD-2026-0001', '派驻 ZD-2026-0001', '结对'],
  ],
  [
    'guo-chengye',
    'phone',
    'dark',
    ['会商', '会商 发起 12月2日下午3点', 'HS-2026-11-01', '评星', '公示', '问题 WT-2026-0043'],
  ],
  ['bai-zhiyuan', 'desk', 'dark', ['推进会', '研判标准', '公开设置', '改日程', '投递', '减负自查']],
] as const;

/** The board draws one county where it lies, the others as tiles. */
async function giveMap(to: Rig | undefined): Promise<void> {
  const folder = await tempDir();
  const text = JSON.stringify(map([area({ code: 'qingshan' }, square(113, 33))]));
  await writeFile(join(folder, 'boundaries.geojson'), text);
  if (to) await loadBoundaries(to.app.store, folder, createLog('silent'));
  await rm(folder, { recursive: true });
}

describe.skipIf(!windows)('the page for everybody', { timeout: 240_000 }, () => {
  // Colours do not hang on the size, nor places on the colours: SCREENS has the other two pairs.
  for (const [size, mode] of [
    ['desk', 'light'],
    ['phone', 'dark'],
  ] as const)
    it(`has nothing that axe finds on any screen, ${size}, ${mode}`, async () => {
      const screens: Record<string, string[]> = {};
      const page = await open('huang-wenchang', size);
      await page.emulateMedia({ colorScheme: mode });
      const check = async (name: string) => {
        screens[name] = await violations(page);
        await look(page, `axe-${size}-${mode}-${name}`);
      };
      await check('empty');
      for (const words of ['帮助', '我的', '待办', '上报 村口路灯坏了']) {
        const before = await page.locator(`${here} .card`).count();
        await write(page, words);
        await expect.poll(() => page.locator(`${here} .card`).count()).toBe(before + 1);
        await check(words);
      }
      await card(page).getByLabel('标题').fill('');
      await press(page, '提交');
      await card(page).getByText('请写标题').first().waitFor();
      await check('refused');
      await card(page).getByLabel('标题').fill('村口路灯坏了');
      const buffer = await realPhoto(page, 300, 200);
      await card(page)
        .locator('input[type=file]')
        .setInputFiles({ name: '路灯.png', mimeType: 'image/png', buffer });
      await card(page).locator('img').waitFor();
      await check('form with a photo');
      await sendReport(page);
      await check('issue');
      await card(page).locator('img').click();
      await page.getByRole('dialog', { name: '看照片' }).waitFor();
      await check('viewer');
      await page.keyboard.press('Escape');
      await press(page, '查看历史');
      await card(page).getByText('上报').first().waitFor();
      await check('history');
      await page.fill(`${here} .composer textarea`, '/');
      await page.getByRole('listbox', { name: '命令' }).waitFor();
      await check('commands');
      await page.fill(`${here} .composer textarea`, '');
      if (size === 'phone') await page.getByRole('button', { name: '会话列表' }).click();
      await page.getByRole('searchbox', { name: '找聊天记录和问题' }).fill('路灯');
      await page.getByText(/聊天记录 \d+ 条/).waitFor();
      await check('search');
      await page.goto(`${page.url().split('?')[0]}?as=huang-wenchang&open=待办`);
      await page.locator('.panel .card').waitFor();
      await check('panel');
      await page.goto(page.url().split('?')[0] ?? '');
      await page.locator('.who').first().waitFor();
      await check('people');
      await page.close();

      const township = await open('huang-changqing', size);
      await township.emulateMedia({ colorScheme: mode });
      await write(township, '上报 桥面破损');
      await card(township).getByRole('combobox').first().fill('柳');
      await township.getByRole('option', { name: /柳湾村/ }).waitFor();
      screens.combobox = await violations(township);
      await look(township, `axe-${size}-${mode}-combobox`);
      await township.close();
      const group = await open('wang-haiyan', size, 'webchat|g:qingshan-shiqiao');
      await group.emulateMedia({ colorScheme: mode });
      screens.group = await violations(group);
      await look(group, `axe-${size}-${mode}-group`);
      await group.close();
      expect(Object.fromEntries(Object.entries(screens).filter(([, found]) => found.length > 0))).toEqual({});
    });

  it('nor on meetings, tasks, stars, branches, analysis, rectification and the board', async () => {
    rig = lived;
    const found: Record<string, string[]> = {};
    for (const [who, size, mode, words] of SCREENS) {
      const page = await open(who, size);
      await page.emulateMedia({ colorScheme: mode });
      // What stood there before has been looked at in the other chats.
      await page.evaluate((rows) => {
        for (const row of document.querySelectorAll(rows)) row.setAttribute('data-before', '');
      }, `${here} .row`);
      for (const one of words) {
        const cards = `${here} .bot-row:not([data-before]):not(:has(.thinking))`;
        const before = await page.locator(cards).count();
        await write(page, one);
        await expect.poll(() => page.locator(cards).count()).toBe(before + 1);
        await look(page, `axe-${who}-${one}`);
      }
      found[who] = await violations(page);
      if (who === 'bai-zhiyuan' || who === 'lin-shuai') {
        if (who === 'bai-zhiyuan') await giveMap(lived);
        await page.goto(`${lived?.url}/board${who === 'lin-shuai' ? '/qingshan-maicang' : ''}`);
        await page.locator('h1').waitFor();
        expect(await page.locator('svg.map a').count()).toBe(who === 'bai-zhiyuan' ? 1 : 0);
        found[`board of ${who}`] = await violations(page);
        await look(page, `axe-${who}-board`);
      }
      await page.close();
    }
    rig = bare;
    expect(Object.fromEntries(Object.entries(found).filter(([, all]) => all.length > 0))).toEqual({});
  });
});
