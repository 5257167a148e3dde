/** Files in Chromium: sent with the button, dropped into the chat, and refused with a sentence; on a desktop and a phone. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../channels/webchat/browser.ts';
import { exe, png } from '../samples.ts';
import { here, look } from './pages.ts';
import { startRig } from './rig.ts';

const browser = await launch();
if (!browser) console.warn('\n*** SKIPPED: no Chromium: no files were sent on the page ***\n');

const problems: string[] = [];

describe.skipIf(!browser)('files on the local page', () => {
  let rig: Awaited<ReturnType<typeof startRig>>;
  let dir: string;
  beforeAll(async () => {
    rig = await startRig();
    dir = await mkdtemp(join(tmpdir(), 'huishang-page-'));
    await writeFile(join(dir, '走访.png'), png());
    await writeFile(join(dir, '假照片.jpg'), exe());
    await writeFile(join(dir, '太大.jpg'), Buffer.alloc(10 * 2 ** 20 + 1));
  });
  afterAll(async () => {
    await browser?.close();
    await rig?.close();
    await rm(dir, { recursive: true });
    expect(problems).toEqual([]);
  });

  async function open(person: string, width: number, height: number, chat = `webchat|p:${person}`) {
    const page = await (browser as Browser).newPage({ viewport: { width, height }, deviceScaleFactor: 2 });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', ({ message }) => problems.push(message));
    await page.goto(`${rig.url}/?as=${person}&chat=${encodeURIComponent(chat)}`);
    await page.waitForSelector(`${here} .composer`);
    return page;
  }
  const said = (page: Page, text: string) => page.locator(`${here} .list`).getByText(text).last().waitFor();

  // Each in a chat of their own: what is waited for has not been said there before.
  for (const [size, person, width, height] of [
    ['desk', 'huang-wenchang', 1280, 800],
    ['phone', 'chen-delin', 320, 640],
  ] as const) {
    it(`are sent with the button, ${width} px wide`, async () => {
      const page = await open(person, width, height);
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.locator(here).getByRole('button', { name: '发照片或文件' }).click(),
      ]);
      expect(chooser.isMultiple()).toBe(true);
      await chooser.setFiles([join(dir, '走访.png'), join(dir, '假照片.jpg')]);
      await page.getByRole('button', { name: '看照片 走访.jpg' }).last().waitFor();
      await said(page, '文件收到了，可现在没有哪件事要用它');
      await said(page, '“假照片.jpg”没有收');
      await look(page, `${size}-files`);
      await page.setInputFiles(`${here} .composer input[type=file]`, join(dir, '太大.jpg'));
      await said(page, '“太大.jpg”超过 10 MB');
    });
  }

  it('that are refused here stay so when an earlier one arrives', async () => {
    const page = await open('wang-haiyan', 1280, 800);
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route('**/webchat/file?*', async (route) => {
      await held;
      await route.continue();
    });
    const input = `${here} .composer input[type=file]`;
    await page.setInputFiles(input, join(dir, '走访.png'));
    await page.setInputFiles(input, join(dir, '太大.jpg'));
    await said(page, '“太大.jpg”超过 10 MB');
    go();
    await said(page, '文件收到了，可现在没有哪件事要用它');
    await page.locator(`${here} .thinking`).waitFor({ state: 'hidden' });
    await said(page, '“太大.jpg”超过 10 MB');
  });

  it('are sent when they are dropped into the chat', async () => {
    const page = await open('huang-wenchang', 1280, 800);
    const dropped = await page.evaluateHandle((content) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
      data.items.add(new File([bytes], '拖来的.png', { type: 'image/png' }));
      return data;
    }, png().toString('base64'));
    await page.dispatchEvent(`${here}`, 'dragover', { dataTransfer: dropped });
    expect(await page.locator('.talk.dropping').count()).toBe(1);
    await page.dispatchEvent(`${here}`, 'drop', { dataTransfer: dropped });
    await page.getByRole('button', { name: '看照片 拖来的.jpg' }).last().waitFor();
    expect(await page.locator('.talk.dropping').count()).toBe(0);
  });

  it('do not belong into groups: there is no button', async () => {
    const page = await open('huang-wenchang', 1280, 800, 'webchat|g:qingshan-shiqiao');
    expect(await page.locator(`${here} .clip`).count()).toBe(0);
  });
});
