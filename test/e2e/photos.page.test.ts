/** Photos on a phone: put into the form, made small and bare on the way, seen by whom they concern, looked at in full. */
import { describe, expect, it } from 'vitest';
import { card, here, look, press, sendReport, stage, write } from './pages.ts';
import { realPhoto } from './photo.ts';

const { windows, open } = await stage();
const SECRET = 'GPS-34.7466N-113.6254E';

describe.skipIf(!windows)('photos on the page', { timeout: 120_000 }, () => {
  it('go from a phone into 上报 and 办结, and are seen without a press', async () => {
    const secretary = await open('huang-wenchang', 'phone');
    await write(secretary, '上报 村口路灯坏了');
    await card(secretary).getByLabel('详情').fill('三盏灯，一周没亮');
    const large = Buffer.concat([await realPhoto(secretary, 4_000, 3_000), Buffer.from(SECRET)]);
    const picker = card(secretary).locator('input[type=file]');
    await picker.setInputFiles([
      { name: '路灯一.png', mimeType: 'image/png', buffer: large },
      { name: '路灯二.png', mimeType: 'image/png', buffer: await realPhoto(secretary, 300, 900) },
    ]);
    await expect.poll(() => card(secretary).locator('img').count()).toBe(2);
    const src = await card(secretary)
      .locator('img')
      .first()
      .evaluate((img: HTMLImageElement) => img.src);
    const kept = await (await secretary.request.get(src)).body();
    expect(kept.length).toBeLessThanOrEqual(1024 * 1024);
    for (const aside of [SECRET, 'Exif']) expect(kept.includes(aside)).toBe(false);
    // What was typed is still there, and one that does not belong is taken out again.
    expect(await card(secretary).getByLabel('详情').inputValue()).toBe('三盏灯，一周没亮');
    await look(secretary, 'phone-photos-form');
    await card(secretary).getByRole('button', { name: '移除照片 路灯二.jpg' }).click();
    await expect.poll(() => card(secretary).locator('img').count()).toBe(1);
    expect(await card(secretary).getByLabel('详情').inputValue()).toBe('三盏灯，一周没亮');
    await sendReport(secretary);
    await expect.poll(() => card(secretary).locator('img').count()).toBe(1);

    const township = await open('huang-changqing', 'phone');
    const photo = card(township).locator('img');
    await photo.waitFor();
    await expect.poll(() => photo.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1_600);
    await look(township, 'phone-photos-card');
    await photo.click();
    const viewer = township.getByRole('dialog', { name: '看照片' });
    await viewer.waitFor();
    await look(township, 'phone-photos-viewer');
    await township.goBack();
    await viewer.waitFor({ state: 'hidden' });
    expect(await township.locator(here).count()).toBe(1);

    await press(township, '受理');
    await press(township, '办结');
    await card(township).getByLabel('怎么解决的').fill('三盏都换了');
    await card(township)
      .locator('input[type=file]')
      .setInputFiles({
        name: '修好了.png',
        mimeType: 'image/png',
        buffer: await realPhoto(township, 800, 600),
      });
    await expect.poll(() => card(township).locator('img').count()).toBe(1);
    expect(await card(township).getByLabel('怎么解决的').inputValue()).toBe('三盏都换了');
    await press(township, '办结');
    await card(township).getByText('待核验').waitFor();
    const solved = secretary.locator(`${here} .card`, { hasText: '请您看看办得怎么样' }).last();
    await expect.poll(() => solved.locator('img').count()).toBe(2);
    await Promise.all([secretary.close(), township.close()]);
  });

  it('sent in the chat are seen there, and nobody but the sender gets them', async () => {
    const page = await open('chen-delin', 'phone');
    const buffer = await realPhoto(page, 600, 400);
    await page
      .locator('.composer input[type=file]')
      .setInputFiles({ name: '沟渠.png', mimeType: 'image/png', buffer });
    const photo = page.locator(`${here} .mine-row .photo-button img`);
    await photo.waitFor();
    const url = await photo.evaluate((img: HTMLImageElement) => img.src);
    expect((await page.request.get(url)).status()).toBe(200);
    expect((await page.request.get(`${url.slice(0, -3)}AAA`)).status()).toBe(403);
    await look(page, 'phone-photos-sent');
    await page.close();
  });
});
