/** Windows of the local page in Chromium: opened as somebody, written into, pressed, looked at. */
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { launch } from '../channels/webchat/browser.ts';
import { type Rig, startRig } from './rig.ts';

/** The conversation that is open. */
export const here = '.talk:not([hidden])';

export interface Windows {
  /** What went wrong in any of them. */
  readonly problems: readonly string[];
  /** Somebody's window on a chat, by default on the personal one. */
  open(person: string, size?: Size, chat?: string): Promise<Page>;
  close(): Promise<void>;
}

export type Size = 'desk' | 'phone';
const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 320, height: 640 } } as const;

/** @param url of the server, asked at every opening; resolves to undefined where there is no Chromium */
export async function startWindows(url: () => string): Promise<Windows | undefined> {
  const browser: Browser | undefined = await launch();
  if (!browser) {
    console.warn('\n*** SKIPPED: no Chromium: the story was not played on the page ***\n');
    return undefined;
  }
  const problems: string[] = [];
  return {
    problems,
    async open(person, size = 'desk', chat = `webchat|p:${person}`) {
      const page = await browser.newPage({ viewport: SIZES[size], deviceScaleFactor: 2 });
      page.setDefaultTimeout(30_000);
      page.on('pageerror', ({ message }) => problems.push(message));
      page.on('dialog', () => problems.push('a dialog opened'));
      await page.goto(`${url()}/?as=${person}&chat=${encodeURIComponent(chat)}`);
      await page.waitForSelector(`${here} .composer`);
      // What was said before is there, or that nothing was.
      await page.waitForSelector(`${here} .list .row, ${here} .list .empty`);
      return page;
    },
    close: () => browser.close(),
  };
}

/** Opens windows where a story runs only when there is a browser. */
export function opener(windows: Windows | undefined): Windows['open'] {
  return (...args) => {
    if (!windows) throw new Error('a story without a browser is to be skipped');
    return windows.open(...args);
  };
}

/** A server and windows for the stories of one file; it ends with them, and without a problem on any page. */
export async function stage(
  options: Parameters<typeof startRig>[0] = {},
): Promise<{ windows: Windows | undefined; open: Windows['open'] }> {
  let rig: Rig | undefined;
  const windows = await startWindows(() => rig?.url ?? '');
  beforeAll(async () => {
    if (windows) rig = await startRig(options);
  });
  afterAll(async () => {
    await windows?.close();
    await rig?.close();
    expect(windows?.problems ?? []).toEqual([]);
  });
  return { windows, open: opener(windows) };
}

/** The newest card. */
export const card = (page: Page): Locator => page.locator(`${here} .card`).last();

export const press = (page: Page, name: string): Promise<void> =>
  card(page).getByRole('button', { name, exact: true }).click();

/** What the form of a report asks beside its title. */
export async function fillReport(page: Page): Promise<void> {
  await card(page).getByLabel('关系到哪颗星').selectOption({ label: '平安法治星' });
  await card(page).getByText('物（设施、环境）').click();
}

/** The same, sent in by the secretary of 柳湾村. */
export async function sendReport(page: Page): Promise<void> {
  await fillReport(page);
  await press(page, '提交');
  await card(page).getByText('等石桥镇党委受理').waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  await page.fill(`${here} .composer textarea`, text);
  await page.press(`${here} .composer textarea`, 'Enter');
}

/** What axe finds on the page as it is now, but for what is marked as looked at before. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
  // Evaluated by the debugger: the page's own policy lets no script in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(
          on: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const { violations: found } = await axe.run({ exclude: [['[data-before]']] });
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`),
    );
  });
}

/** With SHOTS=<folder> every screen is kept as a picture, to be looked at. */
export async function look(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) - innerWidth);
  expect(wide, `${name} is cut off at the right`).toBeLessThanOrEqual(0);
  const folder = process.env.SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}
