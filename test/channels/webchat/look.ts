/** Looks at the page: `npx tsx test/channels/webchat/look.ts` writes screenshots to /tmp/webchat. Not a test. */
import { mkdirSync } from 'node:fs';
import { launch } from './browser.ts';
import { GROUP, startKit } from './kit.ts';
import { HOSTILE } from './samples.ts';

const OUT = '/tmp/webchat';
mkdirSync(OUT, { recursive: true });
const kit = await startKit();
const browser = await launch();
if (!browser) throw new Error('no chromium');
try {
  for (const [name, width, height] of [
    ['phone', 320, 640],
    ['desk', 1280, 800],
  ] as const) {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1.5 });
    page.on('console', (line) => console.log(name, line.type(), line.text()));
    page.on('pageerror', (error) => console.log(name, 'ERROR', error.message));
    const shot = async (what: string, full = false) => {
      await page.waitForTimeout(250);
      const over = await page.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) - innerWidth);
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll('*')]
          .filter((el) => el.getBoundingClientRect().right > innerWidth + 1 && !el.classList.contains('sr'))
          .slice(0, 3)
          .map((el) => `${el.tagName}.${el.className}`),
      );
      if (over > 0 || wide.length > 0) console.log(name, what, 'overflows by', over, wide.join(' '));
      await page.screenshot({ path: `${OUT}/${name}-${what}.png`, fullPage: full });
    };
    await page.goto(kit.url);
    await page.waitForSelector('.who');
    await shot('1-people', true);
    await page.click('[data-person=sun]');
    await page.waitForSelector('.composer');
    await shot('2-empty');
    const write = async (text: string) => {
      await page.fill('.talk:not([hidden]) .composer textarea', text);
      await page.keyboard.press('Enter');
      await page.waitForTimeout(500);
    };
    await write('帮助');
    await write('待办');
    await shot('3-list');
    await write('问题');
    await shot('4-issue');
    await page.locator('.card').last().getByText('退回', { exact: true }).click();
    await page.waitForTimeout(400);
    await shot('5-refused');
    await page.locator('.card').last().getByText('查看历史').click();
    await page.waitForSelector('.own');
    await shot('6-own');
    await write('上报 村口路灯坏了');
    await shot('7-form');
    await page.locator('.card').last().getByText('提交').click();
    await page.waitForTimeout(300);
    await shot('8-form-required');
    await kit.say('chen', GROUP, '孙镇长，柳河村的灯今天又灭了一盏');
    await kit.say('sun', GROUP, HOSTILE, { ask: false });
    await kit.say('chen', GROUP, '问题 村口路灯坏了三盏');
    await page.waitForTimeout(500);
    if (name === 'phone') await page.click('.talk:not([hidden]) .only-narrow');
    await shot('9-chats');
    await page.click(`[data-place="${GROUP}"]`);
    await page.waitForTimeout(500);
    await shot('10-group');
    await page.close();
  }
} finally {
  await browser.close();
  await kit.stop();
}
