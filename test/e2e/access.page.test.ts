/** Nobody is kept out: axe finds nothing on any screen, and the keyboard alone is enough from the start to a report. */
import { describe, expect, it } from 'vitest';
import { card, here, look, press, stage, violations, write } from './pages.ts';
import { realPhoto } from './photo.ts';

const { windows, open } = await stage();

const MODES = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
] as const;

describe.skipIf(!windows)('the page for everybody', { timeout: 240_000 }, () => {
  for (const size of ['desk', 'phone'] as const)
    for (const [mode, media] of MODES)
      it(`has nothing that axe finds on any screen, ${size}, ${mode}`, async () => {
        const screens: Record<string, string[]> = {};
        const page = await open('huang-wenchang', size);
        await page.emulateMedia(media);
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
        await card(page).getByLabel('关系到哪颗星').selectOption({ label: '平安法治星' });
        await card(page).getByText('物（设施、环境）').click();
        await press(page, '提交');
        await card(page).getByText('等石桥镇党委受理').waitFor();
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
        await township.emulateMedia(media);
        await write(township, '上报 桥面破损');
        await card(township).getByRole('combobox').first().fill('柳');
        await township.getByRole('option', { name: /柳湾村/ }).waitFor();
        screens.combobox = await violations(township);
        await look(township, `axe-${size}-${mode}-combobox`);
        await township.close();
        const group = await open('wang-haiyan', size, 'webchat|g:qingshan-shiqiao');
        await group.emulateMedia(media);
        screens.group = await violations(group);
        await look(group, `axe-${size}-${mode}-group`);
        await group.close();
        expect(Object.fromEntries(Object.entries(screens).filter(([, found]) => found.length > 0))).toEqual(
          {},
        );
      });
});
