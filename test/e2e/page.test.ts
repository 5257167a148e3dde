/** The story of an issue in Chromium: two windows, two people, on a desktop and on a narrow phone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '../../src/lib/dates.ts';
import { card, fillReport, here, look, opener, press, sendReport, startWindows, write } from './pages.ts';
import { startRig } from './rig.ts';

const HOSTILE = '<at>all</at> [点我](javascript:alert(1)) ${1+1} <img onerror=…>';
let rig: { url: string; close(): Promise<void> };
const windows = await startWindows(() => rig.url);
const open = opener(windows);

describe.skipIf(!windows)('an issue on the local page', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    const started = await startRig();
    rig = { url: started.url, close: started.close };
  });
  afterAll(async () => {
    await windows?.close();
    await rig?.close();
    expect(windows?.problems).toEqual([]);
  });

  for (const size of ['desk', 'phone'] as const) {
    it(`goes from 上报 to 销号 in two windows, on a ${size}`, async () => {
      const secretary = await open('huang-wenchang', size);
      const township = await open('huang-changqing', size);
      const group = await open('wang-haiyan', size, 'webchat|g:qingshan-shiqiao');

      await write(secretary, '上报 村口路灯坏了');
      // A form from before may still be the last card.
      const title = () => card(secretary).getByLabel('标题').inputValue({ timeout: 1_000 });
      await expect.poll(() => title().catch(() => ''), { timeout: 15_000 }).toBe('村口路灯坏了');
      await look(secretary, `${size}-1-form`);
      await fillReport(secretary);
      await card(secretary).getByLabel('详情').fill('三盏灯，一周没亮，老人晚上不敢出门');
      await press(secretary, '提交');
      await card(secretary).getByText('等石桥镇党委受理').waitFor();
      await look(secretary, `${size}-2-reported`);

      await card(township).getByText('请您受理').waitFor();
      await card(group).getByText('请您受理').waitFor();
      await look(township, `${size}-3-notice`);
      await press(township, '受理');
      for (const page of [secretary, township, group]) await page.locator(here).getByText('办理中').waitFor();
      await card(secretary).getByText('已受理您上报的').waitFor();
      await look(group, `${size}-4-group`);

      await press(township, '转办');
      await look(township, `${size}-5-transfer`);
      await press(township, '取消');
      await press(township, '办结');
      await press(township, '办结');
      await card(township).getByText('请写怎么解决的').waitFor();
      await card(township).getByLabel('怎么解决的').fill('三盏都换成了新的');
      await look(township, `${size}-6-resolve`);
      await press(township, '办结');
      await card(township).getByText('待核验').waitFor();

      await card(secretary).getByText('请您核验').waitFor();
      await press(secretary, '打开');
      await card(secretary).getByText('请您看看办得怎么样').waitFor();
      await look(secretary, `${size}-7-verify`);
      await press(secretary, '满意销号');
      await card(secretary).getByText('已销号').waitFor();
      await card(group).getByText('已销号').waitFor();
      await look(secretary, `${size}-8-closed`);
      await press(secretary, '查看历史');
      await card(secretary).getByText('满意销号').waitFor();
      await look(secretary, `${size}-9-history`);
      for (const words of ['帮助', '我的', '待办', '问题 已销号', '村里的水管漏了']) {
        const before = await secretary.locator(`${here} .card`).count();
        await write(secretary, words);
        await expect.poll(() => secretary.locator(`${here} .card`).count()).toBe(before + 1);
        await look(secretary, `${size}-${words}`);
      }
      await Promise.all([secretary.close(), township.close(), group.close()]);
    });
  }

  it('brings one morning card, puts it off, and brings it back the next day', async () => {
    let clock = instant('2026-11-20', '09:00');
    const moved = await startRig({ now: () => clock });
    const url = rig.url;
    rig.url = moved.url;
    await moved.app.tick();
    const secretary = await open('huang-wenchang');
    for (const title of ['村口路灯坏了', '水管漏水']) {
      await write(secretary, `上报 ${title}`);
      await sendReport(secretary);
    }
    for (const size of ['desk', 'phone'] as const) {
      clock = instant(size === 'desk' ? '2026-12-01' : '2026-12-02', '08:30');
      await moved.app.tick();
      const township = await open('huang-changqing', size);
      await card(township).getByText('共2件，点一下打开').waitFor();
      await look(township, `${size}-digest`);
      await press(township, '明天再提醒');
      await township.getByText('再提醒您').first().waitFor();
      await look(township, `${size}-snoozed`);
      await write(township, '提醒');
      await card(township).getByText('别的时间不打扰').waitFor();
      await look(township, `${size}-提醒`);
      await township.close();
    }
    const organiser = await open('bai-zhiyuan', 'phone');
    for (const words of ['提醒', '改日程', '投递']) {
      const before = await organiser.locator(`${here} .card`).count();
      await write(organiser, words);
      await expect.poll(() => organiser.locator(`${here} .card`).count()).toBe(before + 1);
      await look(organiser, `phone-organiser-${words}`);
    }
    await write(organiser, '改日程');
    await card(organiser).getByText('一季度一推进').click();
    await press(organiser, '改时间');
    await card(organiser).getByLabel('几点').fill('10:00');
    await look(organiser, 'phone-schedule-form');
    await press(organiser, '看看日期');
    await card(organiser).getByText('保存').waitFor();
    await look(organiser, 'phone-schedule-preview');
    await press(organiser, '保存');
    await organiser.getByText('已改：一季度一推进').first().waitFor();
    await Promise.all([secretary.close(), organiser.close()]);
    rig.url = url;
    await moved.close();
  });

  it('shows what people type as exactly these characters', async () => {
    const page = await open('chen-delin', 'phone');
    await write(page, `上报 ${HOSTILE}`);
    await fillReport(page);
    await card(page).getByLabel('详情').fill(HOSTILE);
    expect(await card(page).getByLabel('标题').inputValue()).toBe(HOSTILE);
    await press(page, '提交');
    await card(page).getByText('等石桥镇党委受理').waitFor();
    const words = (await card(page).textContent()) ?? '';
    expect(words.split(HOSTILE)).toHaveLength(3);
    expect(await page.locator(`${here} .card a, ${here} .card img, ${here} at`).count()).toBe(0);
    await look(page, 'phone-hostile');
    await page.close();
  });
});
