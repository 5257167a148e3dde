/** The server is away for a while: what is written meanwhile is kept, also over a reload, and arrives once by itself. */
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { card, here, startWindows, write } from './pages.ts';
import { realPhoto } from './photo.ts';
import { spawnApp, tempDir } from './rig.ts';

const ME = 'huang-wenchang';
const PLACE = `webchat|p:${ME}`;
let dir = '';
let app: Awaited<ReturnType<typeof spawnApp>>;
const windows = await startWindows(() => app.url);

/** What the server has of my own words in my chat, oldest first. */
async function said(): Promise<string[]> {
  const url = `${app.url}/webchat/messages?place=${encodeURIComponent(PLACE)}`;
  const { messages } = (await (await fetch(url, { headers: { 'x-person': ME } })).json()) as {
    messages: { from: string; text: string }[];
  };
  return messages.filter(({ from }) => from === ME).map(({ text }) => text);
}

const waiting = (page: Page) => page.locator(`${here} .mine-row`, { hasText: '还没发出' });

describe.skipIf(!windows)('while the server is away', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    dir = await tempDir();
    app = await spawnApp(dir);
  });
  afterAll(async () => {
    await windows?.close();
    await app?.kill();
    await rm(dir, { recursive: true, force: true });
    expect(windows?.problems).toEqual([]);
  });

  it('keeps a form that is sent in, three messages and a photo, over a reload too, and each arrives once, in order', async () => {
    const page = await windows?.open(ME, 'phone');
    if (!page) return;
    await page.evaluate(() => navigator.serviceWorker.ready);
    await write(page, '问题');
    await card(page).waitFor();
    await write(page, '上报 水渠堵了');
    await card(page).getByLabel('关系到哪颗星').selectOption({ label: '生态宜居星' });
    await card(page).getByText('物（设施、环境）').click();

    const { port } = new URL(app.url);
    await app.kill();
    await card(page).getByRole('button', { name: '提交', exact: true }).click();
    await card(page).getByText('连上网以后自动提交一次').waitFor();
    // Nobody presses a second time.
    expect(await card(page).locator('.card-host').getAttribute('aria-busy')).toBe('true');
    const words = ['问题 超期', '问题 本单位', '待办'];
    for (const one of words) await write(page, one);
    const photo = await realPhoto(page, 3_000, 2_000);
    await page.setInputFiles(`${here} .composer input[type=file]`, {
      name: '路灯.png',
      mimeType: 'image/png',
      buffer: photo,
    });
    await expect.poll(() => page.locator(`${here} .mine-row .sent-photo`).count()).toBe(1);
    await page.fill(`${here} .composer textarea`, '还没写完的话');

    await page.reload();
    await expect.poll(() => page.locator(`${here} .mine-row`).count()).toBe(5);
    expect(await page.inputValue(`${here} .composer textarea`)).toBe('还没写完的话');
    await expect.poll(() => waiting(page).count()).toBeGreaterThan(0);

    app = await spawnApp(dir, { PORT: port });
    const all = ['问题', '上报 水渠堵了', ...words, '文件：路灯.jpg'];
    await expect.poll(said, { timeout: 60_000 }).toEqual(all);
    await expect.poll(() => waiting(page).count()).toBe(0);
    await page.reload();
    await page.waitForSelector(`${here} .card`);
    expect(await said()).toEqual(all);
    // The form was sent in once, and what came of it stands in its place.
    await page.locator(`${here} .card`, { hasText: 'WT-2026-0001' }).getByText('等石桥镇党委受理').waitFor();
    expect(await page.locator(`${here} .card`, { hasText: 'WT-2026-0002' }).count()).toBe(0);
    await page.close();
  });

  it('keeps a half-filled form and the words of a message over a reload', async () => {
    const page = await windows?.open(ME, 'phone');
    if (!page) return;
    await write(page, '上报 村口路灯坏了');
    await card(page).getByLabel('详情').fill('三盏都不亮，写到一半');
    await card(page).getByLabel('关系到哪颗星').selectOption({ label: '平安法治星' });
    await page.reload();
    await card(page).getByLabel('详情').waitFor();
    expect(await card(page).getByLabel('详情').inputValue()).toBe('三盏都不亮，写到一半');
    expect(await card(page).getByLabel('标题').inputValue()).toBe('村口路灯坏了');
    await card(page).getByText('物（设施、环境）').click();
    await card(page).getByRole('button', { name: '提交', exact: true }).click();
    await card(page).getByText('等石桥镇党委受理').waitFor();

    // A form that was opened from a card is there again, too.
    await card(page).getByRole('button', { name: '补充情况', exact: true }).click();
    await card(page).getByLabel('补充什么').fill('今晚又看了一次');
    await page.reload();
    await card(page).getByLabel('补充什么').waitFor();
    expect(await card(page).getByLabel('补充什么').inputValue()).toBe('今晚又看了一次');
    await card(page).getByRole('button', { name: '补充情况', exact: true }).click();
    await card(page).getByText('今晚又看了一次').waitFor();
    await page.reload();
    await card(page).getByText('今晚又看了一次').waitFor();
    expect(await page.getByLabel('补充什么').count()).toBe(0);
    await page.close();
  });
});
