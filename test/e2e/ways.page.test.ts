/** Ways about the page: back through chats, links to records, search, commands, the keyboard alone, and what it weighs. */
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { card, fillReport, here, look, press, sendReport, stage, write } from './pages.ts';

const { windows, open } = await stage();
const chatNow = (page: Page) => page.locator(`${here} .talk-title h1`).textContent();
const box = (page: Page) => page.locator(`${here} .composer textarea`);

describe.skipIf(!windows)('ways about the page', { timeout: 120_000 }, () => {
  it('go back through the chats on a phone, and stay over a reload', async () => {
    const page = await open('huang-changqing', 'phone');
    await page.getByRole('button', { name: '会话列表' }).click();
    await page.getByText('石桥镇党委工作群').click();
    expect(await chatNow(page)).toBe('石桥镇党委工作群');
    await page.getByRole('button', { name: '会话列表' }).click();
    await page.getByText('青山县委工作群').click();
    expect(await chatNow(page)).toBe('青山县委工作群');
    await page.reload();
    await page.waitForSelector(`${here} .composer`);
    expect(await chatNow(page)).toBe('青山县委工作群');
    await page.goBack();
    await page.getByRole('searchbox').waitFor();
    await page.goBack();
    expect(await chatNow(page)).toBe('会商助手');
    // What waits is one press away, and one back; where it stands beside the chat, nothing leads there.
    const todo = page.locator(`${here} .talk-head`).getByRole('button', { name: '待办' });
    await todo.click();
    await page.locator('.panel').getByText('没有等您办的事').waitFor();
    await page.goBack();
    expect(await chatNow(page)).toBe('会商助手');
    await page.setViewportSize({ width: 1280, height: 800 });
    await expect.poll(() => todo.count()).toBe(0);
    await page.close();
  });

  it('lead to a record by its link, for who may see it only, and it can be worked on there', async () => {
    const secretary = await open('huang-wenchang');
    await write(secretary, '上报 村口路灯坏了');
    await sendReport(secretary);
    const to = (who: string) => `${new URL(secretary.url()).origin}/?as=${who}&open=WT-2026-0001`;

    for (const size of ['desk', 'phone'] as const) {
      const township = await open('huang-changqing', size);
      const before = await township.locator('.row').count();
      await township.goto(to('huang-changqing'));
      const panel = township.locator('.panel');
      await panel.getByText('村口路灯坏了').waitFor();
      await look(township, `${size}-open`);
      if (size === 'desk') {
        await panel.getByRole('button', { name: '受理', exact: true }).click();
        await panel.getByText('办理中').waitFor();
      } else await panel.getByText('办理中').waitFor();
      expect(await township.locator('.row').count()).toBeGreaterThanOrEqual(before);
      await township.close();
    }
    await secretary.locator(`${here} .card`, { hasText: '办理中' }).first().waitFor();
    const neighbour = await open('chen-delin');
    await neighbour.goto(to('chen-delin'));
    await neighbour
      .locator('.panel')
      .getByText(/无关|不能查看/)
      .waitFor();
    expect(await neighbour.locator('.panel').getByText('村口路灯坏了').count()).toBe(0);
    await Promise.all([secretary.close(), neighbour.close()]);
  });

  it('find what was said in one’s own chats, and go there', async () => {
    const page = await open('wang-haiyan', 'desk', 'webchat|g:qingshan-shiqiao');
    await write(page, '周五去看水渠，谁一起？');
    for (let n = 0; n < 40; n++) await write(page, `别的话 ${n}`);
    await page.locator(here).getByText('别的话 39').waitFor();
    await expect.poll(() => page.locator(`${here} .when`, { hasText: '发送中' }).count()).toBe(0);
    const search = page.getByRole('searchbox', { name: '找聊天记录和问题' });
    await search.fill('水渠');
    await page.getByText('聊天记录 1 条').waitFor();
    await page.getByRole('button', { name: /周五去看水渠/ }).click();
    await page.locator(here).getByText('周五去看水渠').waitFor();
    await expect(page.locator(here).getByText('周五去看水渠').isVisible()).resolves.toBe(true);
    const other = await open('luo-lei');
    await other.getByRole('searchbox').fill('水渠');
    await other.getByText('聊天记录里没有找到').waitFor();
    await Promise.all([page.close(), other.close()]);
  });

  it('complete commands after a stroke, bring back what was said, and leave a form with Escape', async () => {
    const page = await open('huang-changqing');
    await box(page).fill('/下达');
    await page.getByRole('option', { name: /下达任务/ }).waitFor();
    await box(page).press('Enter');
    expect(await box(page).inputValue()).toBe('/下达任务 ');
    await box(page).fill('/待');
    await page.getByRole('option', { name: /待办/ }).waitFor();
    await box(page).press('Tab');
    await box(page).press('Enter');
    await card(page).getByText('待办').first().waitFor();
    await write(page, '问题');
    await expect.poll(() => page.locator(`${here} .card`).count()).toBeGreaterThan(1);
    await box(page).press('ArrowUp');
    expect(await box(page).inputValue()).toBe('问题');
    await box(page).press('ArrowUp');
    expect((await box(page).inputValue()).trim()).toBe('/待办');
    await box(page).fill('');
    await write(page, '上报 桥面破损');
    await card(page).getByLabel('标题').focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => box(page).evaluate((el) => el === document.activeElement)).toBe(true);
    expect(await card(page).getByLabel('标题').inputValue()).toBe('桥面破损');
    // What a refusal tells one to send can be pressed, in a message and below a card.
    await write(page, '附件');
    const refused = page.locator(`${here} .bubble`, { hasText: '请写上任务的编号' });
    await refused.getByRole('button', { name: '任务' }).click();
    await card(page).getByText('任务清单').waitFor();
    await write(page, '更多 任务');
    await card(page).getByText('附件', { exact: true }).click();
    await card(page).locator('.notice').getByRole('button', { name: '任务' }).click();
    await card(page).getByText('任务清单').waitFor();
    await page.close();
  });

  it('are open to the keyboard alone, from the first screen to a reported issue', async () => {
    const start = await open('huang-changqing');
    await start.goto(new URL(start.url()).origin);
    await start.locator('.who').first().waitFor();
    const keys = start.keyboard;
    const focused = () =>
      start.evaluate(() => {
        const { activeElement: el } = document;
        if (!el || el === document.body) return '';
        const labels = (el?.getAttribute('aria-labelledby') ?? '')
          .split(' ')
          .map((id) => document.getElementById(id)?.textContent ?? '');
        return `${labels.join(' ')} ${el?.getAttribute('aria-label') ?? ''} ${el?.textContent ?? ''}`;
      });
    const tabTo = async (wanted: RegExp) => {
      for (let n = 0; n < 80; n++) {
        if (wanted.test(await focused())) return;
        await keys.press('Tab');
      }
      throw new Error(`Tab does not reach ${wanted}`);
    };
    await tabTo(/支部书记.*上报村里的事/);
    await keys.press('Enter');
    await start.locator(`${here} .composer`).waitFor();
    await expect.poll(() => box(start).evaluate((el) => el === document.activeElement)).toBe(true);
    await keys.type('上报 村口水管漏了');
    await keys.press('Enter');
    await card(start).getByLabel('标题').waitFor();
    for (let n = 0; n < 40 && !/^详情/.test(await focused()); n++) await keys.press('Shift+Tab');
    await keys.type('漏了三天');
    expect(await card(start).getByLabel('详情').inputValue()).toBe('漏了三天');
    for (let n = 0; n < 40 && !/^缓急/.test(await focused()); n++) await keys.press('Tab');
    await keys.press('ArrowDown');
    await tabTo(/\s提交$/);
    await keys.press('Enter');
    await card(start)
      .getByText(/等.+党委受理/)
      .waitFor();
    expect(await card(start).textContent()).toContain('漏了三天');
    // The focus is on what came of it, not lost.
    await expect
      .poll(() => start.evaluate(() => document.activeElement?.closest('.card') !== null))
      .toBe(true);
    await start.close();
  });

  it('look units up at the server: 公安局 finds 市公安局', async () => {
    const page = await open('huang-changqing');
    const before = await page.locator(`${here} .card`).count();
    await write(page, '上报 桥面破损');
    await expect.poll(() => page.locator(`${here} .card`).count()).toBe(before + 1);
    // None of the branches came along with the form.
    const place = encodeURIComponent('webchat|p:huang-changqing');
    const history = `${new URL(page.url()).origin}/webchat/messages?place=${place}`;
    const kept = await (await fetch(history, { headers: { 'x-person': 'huang-changqing' } })).text();
    expect(kept).toContain('哪个支部');
    expect(kept).not.toContain('青石村党支部');
    const field = card(page).getByLabel('哪个支部');
    // By its first letters, too.
    await field.fill('lwc');
    await page.getByRole('option', { name: /柳湾村/ }).waitFor();
    await field.press('ArrowDown');
    await field.press('Enter');
    expect(await field.inputValue()).toContain('柳湾村');
    await fillReport(page);
    await press(page, '提交');
    await card(page).getByText('请您受理').waitFor();
    await press(page, '受理');
    await press(page, '转办');
    await card(page).getByLabel('转给哪个单位').fill('火星局');
    await card(page).locator('.combo-none', { hasText: '没有找到' }).waitFor();
    await card(page).getByLabel('转给哪个单位').fill('公安局');
    await page.getByRole('option', { name: '市公安局' }).waitFor();
    await card(page).getByLabel('转给哪个单位').fill('gaj');
    await page.getByRole('option', { name: '市公安局' }).click();
    await press(page, '转办');
    await card(page).getByText('等市公安局受理').waitFor();
    await page.close();
  });

  it('tell of new messages who wants that: asked once, quiet while one looks, a press leads to the chat', async () => {
    const ask = (page: Page) => page.getByText('要不要提醒您');
    const page = await open('liu-xueqin');
    const origin = new URL(page.url()).origin;
    await page.context().grantPermissions(['notifications'], { origin });
    await page.addInitScript({
      // No desktop stands behind a headless browser: what would be shown there is kept.
      content: `window.tones = 0; window.away = false; window.told = [];
        ServiceWorkerRegistration.prototype.showNotification = async (title, { body, data }) =>
          void window.told.push({ title, body, data });
        Object.defineProperty(Document.prototype, 'hidden', { get: () => window.away });
        window.AudioContext = class extends AudioContext { constructor() { super(); window.tones++; } };`,
    });
    await page.reload();
    await ask(page).waitFor();
    await page.getByRole('button', { name: '要', exact: true }).click();
    await page.reload();
    await page.getByRole('button', { name: '新消息提醒：开' }).waitFor();
    expect(await ask(page).count()).toBe(0);
    await page.evaluate(() => navigator.serviceWorker.ready);

    const colleague = await open('wang-chenglong', 'desk', 'webchat|g:linxi-xikou');
    const unread = page.locator('.chat', { hasText: '溪口镇党委工作群' }).locator('.unread');
    const tones = () => page.evaluate('window.tones');
    const told = () =>
      page.evaluate('window.told') as Promise<{ title: string; body: string; data: object }[]>;
    await write(colleague, '桥面看过了');
    await expect.poll(() => unread.textContent()).toMatch(/^1/);
    expect([await tones(), await told()]).toEqual([0, []]);
    await page.evaluate('window.away = true');
    await write(colleague, '明天修');
    await expect.poll(() => unread.textContent()).toMatch(/^2/);
    await expect.poll(async () => (await told()).length).toBe(1);
    const [first] = await told();
    expect(first).toMatchObject({ title: '溪口镇党委工作群', body: '王成龙：明天修' });
    expect(await tones()).toBe(1);

    // What the desktop tells the worker when it is pressed.
    const [worker] = page.context().serviceWorkers();
    await worker?.evaluate((data) => {
      const pressed = {
        notification: { close() {}, data },
        waitUntil: (work: Promise<void>) => work.catch(() => {}),
      };
      self.dispatchEvent(Object.assign(new Event('notificationclick'), pressed));
    }, first?.data);
    await expect.poll(() => chatNow(page)).toBe('溪口镇党委工作群');

    await page.getByRole('button', { name: '新消息提醒：开' }).click();
    await page.getByRole('button', { name: '新消息提醒：关' }).waitFor();
    await colleague.close();
    await page.close();

    const denied = await open('wang-chenglong');
    await denied.addInitScript({
      content: `Object.defineProperty(Notification, 'permission', { get: () => 'denied' })`,
    });
    await denied.reload();
    await denied.waitForSelector(`${here} .composer`);
    expect(await ask(denied).count()).toBe(0);
    expect(await denied.getByRole('button', { name: /新消息提醒/ }).count()).toBe(0);
    await denied.close();
  });

  it('come on paper as they are in the light, without what is to be pressed', async () => {
    const page = await open('wang-haiyan');
    await write(page, '帮助');
    await card(page).getByRole('button').first().waitFor();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const gone = ['.side', '.composer', '.ac-actionSet', '.panel'];
    expect(await Promise.all(gone.map((one) => page.locator(one).first().isVisible()))).toEqual(
      gone.map(() => false),
    );
    await expect(card(page).isVisible()).resolves.toBe(true);
    const paper = await card(page).evaluate((element) => getComputedStyle(element).backgroundColor);
    expect(paper).toBe('rgb(255, 255, 255)');
    await page.close();
  });

  it('weigh at most 150 KB packed at the first load, and can be put among the programs of a phone', async () => {
    const page = await open('huang-wenchang');
    const origin = new URL(page.url()).origin;
    let packed = 0;
    for (const path of [
      '/',
      '/webchat/app.js',
      '/webchat/app.css',
      '/webchat/icon.svg',
      '/webchat/manifest.json',
      '/sw.js',
    ]) {
      const res = await fetch(`${origin}${path}`, { headers: { 'accept-encoding': 'identity' } });
      expect(res.status).toBe(200);
      packed += gzipSync(Buffer.from(await res.arrayBuffer())).length;
    }
    console.info(`first load of the page: ${Math.round(packed / 1024)} KB packed`);
    expect(packed).toBeLessThanOrEqual(150 * 1024);
    const manifest = await (await fetch(`${origin}/webchat/manifest.json`)).json();
    expect(manifest).toMatchObject({ short_name: '会商', display: 'standalone', start_url: '../' });
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.close();
  });
});
