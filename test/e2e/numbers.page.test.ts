/** The number of a record on a narrow screen: it stays in one piece, and is copied as it is. */
import { describe, expect, it } from 'vitest';
import { card, sendReport, stage, write } from './pages.ts';

const { windows, open } = await stage();

describe.skipIf(!windows)('on the page', { timeout: 120_000 }, () => {
  it('breaks no number at a hyphen at 320 px', async () => {
    const page = await open('huang-wenchang', 'phone');
    const NUMBER = 'WT-2026-0026';
    const title = [1, 2, 3, 4, 5].map((count) => `${'灯'.repeat(count)}${NUMBER}`).join('');
    await write(page, `上报 ${title}`);
    await sendReport(page);
    const numbers = card(page).locator('.number', { hasText: NUMBER });
    expect(await numbers.count()).toBe(5);
    for (const number of await numbers.all()) {
      expect(await number.textContent()).toBe(NUMBER);
      expect(await number.evaluate((element) => element.getClientRects().length)).toBe(1);
    }
    expect(await card(page).textContent()).toContain(title);
    await page.close();
  });
});
