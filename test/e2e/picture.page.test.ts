/**
 * The picture of the README: what waits for a township on a desktop, what was done for a village on a phone.
 * With PICTURE=.github/images/conversation.png it is taken again; with BOARD=.github/images/board.png that of the board.
 */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { card, here, look, stage, violations, write } from './pages.ts';

const { windows, open } = await stage({ history: true });
const HEIGHT = 740;

/** 待办, on the day of the city. */
async function waiting(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: HEIGHT });
  await page.clock.setSystemTime('2026-11-20T09:05:00+08:00');
  await page.reload();
  await page.waitForSelector(`${here} .list .row`);
  await write(page, '待办');
  await expect.poll(() => card(page).innerText()).toContain('点一下打开');
}

async function shot(page: Page): Promise<string> {
  // Nothing is pointed at, nothing blinks.
  await page.mouse.move(0, 0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const taken = await page.screenshot({ scale: 'css', animations: 'disabled', caret: 'hide' });
  return `<img src="data:image/png;base64,${taken.toString('base64')}">`;
}

it.skipIf(!windows)('shows the colours of what waits, and what one may say to what was done', async () => {
  const township = await open('lin-shuai');
  await waiting(township, 1200);
  const said = await card(township).innerText();
  for (const colour of ['红', '黄', '蓝']) expect(said).toMatch(new RegExp(`前，${colour} `));
  await look(township, 'picture-desk');

  const village = await open('cai-zhongyi', 'phone');
  await waiting(village, 390);
  await card(village).getByRole('button', { name: '村西水渠淤了' }).click();
  await expect.poll(() => card(village).innerText()).toContain('请您看看办得怎么样');
  for (const name of ['满意销号', '不满意退回']) {
    const button = card(village).getByRole('button', { name });
    // What is new on a card cannot be pressed in its first second, and looks so.
    await expect.poll(() => button.isEnabled()).toBe(true);
    const { y = HEIGHT } = (await button.boundingBox()) ?? {};
    expect(y, `${name} is not seen`).toBeLessThan(HEIGHT - 100);
  }
  await look(village, 'picture-phone');

  const path = process.env.PICTURE;
  if (path) {
    const [desk, phone] = [await shot(township), await shot(village)];
    await township.goto('about:blank');
    await township.setViewportSize({ width: 1200 + 390 + 3 * 8, height: HEIGHT + 2 * 8 });
    await township.setContent(
      `<body style="margin:8px;display:flex;gap:8px;background:#f0f0ef">${desk}${phone}</body>`,
    );
    await township.screenshot({ path, scale: 'css' });
  }
  await township.close();
  await village.close();
});

/** Kilobytes that the pictures of a page take. */
const drawn = (html: string) =>
  (html.match(/<svg.*?<\/svg>/gs) ?? []).reduce((sum, svg) => sum + Buffer.byteLength(svg), 0) / 1024;

it.skipIf(!windows)('shows the board from a link, to everybody, without a script, on paper', async () => {
  const page = await open('bai-zhiyuan');
  await page.getByRole('link', { name: /^看板：/ }).click();
  await page.waitForURL(/\/board\?as=bai-zhiyuan$/);
  const { origin } = new URL(page.url());
  const unit = `${origin}/board/qingshan-shiqiao?as=bai-zhiyuan`;
  const found: string[] = [];
  for (const [width, mode, address] of [
    [320, 'light', page.url()],
    [390, 'dark', `${origin}/board?as=bai-zhiyuan&with=2026-Q3`],
    [1280, 'dark', unit],
    [1920, 'light', page.url()],
    [1280, 'light', `${origin}/board/zzb/stars.5?as=bai-zhiyuan`],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: mode });
    await page.goto(address);
    await look(page, `board-${width}-${mode}`);
    found.push(...(await violations(page)));
  }
  expect(found).toEqual([]);
  // Down to a branch by links, up again, and to what is behind a figure.
  await page.goto(`${origin}/board?as=bai-zhiyuan`);
  await page.locator('#stars ~ .wide').getByRole('link', { name: '青山县' }).click();
  await page.locator('#stars ~ .wide').getByRole('link', { name: '石桥镇' }).click();
  await page.locator('#stars ~ .wide tr.total').getByRole('link').first().click();
  await page.getByRole('link', { name: '柳湾村' }).click();
  await page.waitForURL(/open=/);

  const context = await page.context().browser()?.newContext({ javaScriptEnabled: false });
  const plain = await context?.newPage();
  await plain?.goto(`${origin}/board`);
  const html = (await plain?.content()) ?? '';
  expect(html).not.toContain('<script');
  expect(html).toContain('三星成片');
  expect(drawn(html)).toBeLessThan(150);
  await context?.close();

  await page.goto(`${origin}/board?as=bai-zhiyuan`);
  await page.emulateMedia({ colorScheme: 'light' });
  const paper = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  // A4 in points.
  expect(paper).toMatch(/MediaBox ?\[0 0 59[45](?:\.\d+)? 84[12]/);
  const path = process.env.BOARD;
  if (path) {
    await page.setViewportSize({ width: 1120, height: 900 });
    await page.screenshot({ path, scale: 'css' });
  }
  await page.close();
});
