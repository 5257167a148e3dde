/** Pictures as cameras make them. */
import type { Page } from 'playwright-core';

/** A picture of so many pixels that a browser can show, as PNG. */
export async function realPhoto(page: Page, width: number, height: number): Promise<Buffer> {
  const address = await page.evaluate(
    ([w, h]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
      const pen = canvas.getContext('2d');
      for (let i = 0; pen && i < 400; i++) {
        pen.fillStyle = `hsl(${(i * 37) % 360} 70% 50%)`;
        pen.fillRect((i * 97) % (w ?? 1), (i * 61) % (h ?? 1), 300, 200);
      }
      return canvas.toDataURL('image/png');
    },
    [width, height],
  );
  return Buffer.from(address.split(',')[1] ?? '', 'base64');
}
