/** The first month of a star in Chromium: the lead, the police and a county, at a desk and on a phone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '../../src/lib/dates.ts';
import { card, here, look, opener, press, startWindows, write } from './pages.ts';
import { type Rig, startRig } from './rig.ts';

let rig: Rig;
let clock = instant('2026-11-20', '09:00');
const windows = await startWindows(() => rig.url);
const open = opener(windows);
/** Set the clock; what falls due by then has come before anybody looks. */
async function at(day: string, time: string): Promise<void> {
  clock = instant(day, time);
  await rig.app.tick();
}
/** Type words and wait for the card that answers them. */
async function ask(page: Awaited<ReturnType<typeof open>>, words: string): Promise<void> {
  const before = await page.locator(`${here} .card`).count();
  await write(page, words);
  await expect.poll(() => page.locator(`${here} .card`).count()).toBe(before + 1);
}

describe.skipIf(!windows)('a month of joint meetings on the local page', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    rig = await startRig({ now: () => clock });
    const secretary = rig.person('huang-wenchang');
    for (const title of ['村口路灯坏了', '水管漏水，群众意见很大', '广场夜里太吵']) {
      await secretary.says(`上报 ${title}`);
      await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' });
    }
  });
  afterAll(async () => {
    await windows?.close();
    await rig?.close();
    expect(windows?.problems).toEqual([]);
    expect(rig?.errors).toEqual([]);
  });

  for (const [size, day, id, when] of [
    ['desk', '2026-11-25', 'HS-2026-11-01', '11月25日下午3点'],
    ['phone', '2026-12-09', 'HS-2026-12-01', '12月9日下午3点'],
  ] as const) {
    it(`goes from 会商 to the minutes in three windows, on a ${size}`, async () => {
      await at(size === 'desk' ? '2026-11-20' : '2026-12-02', '09:00');
      const lead = await open('guo-chengye', size);
      const police = await open('yu-zhenbang', size);
      const county = await open('hao-haitao', size);
      const shot = (page: typeof lead, name: string) => look(page, `meeting-${size}-${name}`);

      await ask(lead, '会商');
      await card(lead).getByText('一月一会商').waitFor();
      await shot(lead, '01-board');
      await ask(lead, `会商 发起 ${when}`);
      await card(lead).getByLabel('地点或链接').fill('市委政法委三楼会议室');
      await shot(lead, '02-form');
      await card(lead).getByLabel('议题').scrollIntoViewIfNeeded();
      await shot(lead, '02-form-below');
      await press(lead, '发起会商');
      await card(lead).getByText('再改改').waitFor();
      await shot(lead, '03-preview');
      await press(lead, '发起会商');
      await card(lead).getByText('等各单位回复').waitFor();
      await shot(lead, '04-called');

      await card(police).getByText('请回复能不能来').waitFor();
      await shot(police, '05-invitation');
      await press(police, '参加');
      await card(police).getByText('已回复，开会前都可以改').waitFor();
      await press(county, '派员');
      await card(county).getByLabel('派谁来').fill('王副书记');
      await shot(county, '06-substitute');
      await press(county, '派员');
      await card(county).getByText('派王副书记参加').waitFor();
      await card(lead).getByText('参加1，派员1，请假0').waitFor();
      await shot(lead, '07-tally');
      await press(lead, '改期');
      await card(lead).getByLabel('几点').fill('15:30');
      await card(lead).getByLabel('原因').fill('会议室被占用');
      await shot(lead, '08-move');
      await press(lead, '改期');
      await police.locator(here).getByText(`${id} 改到`).first().waitFor();
      await press(police, '打开');
      await card(police).getByText('改过1次').waitFor();
      await shot(police, '09-moved');
      await press(police, '参加');
      await press(county, '打开');
      await press(county, '派员');
      await card(county).getByLabel('派谁来').fill('王副书记');
      await press(county, '派员');
      await card(county).getByText('派王副书记参加').waitFor();

      await at(day, '14:30');
      // What is due from the month before may come in the same minute.
      const soon = police.locator(`${here} .card`).filter({ hasText: '快开会了' }).last();
      await soon.getByRole('button', { name: '打开', exact: true }).click();
      await soon.getByText('快开会了，到了请点“到会”').waitFor();
      await shot(police, '10-soon');
      await soon.getByRole('button', { name: '到会', exact: true }).click();
      await police.locator(`${here} .card`).filter({ hasText: '参加，已到会' }).last().waitFor();
      await at(day, '16:00');
      await ask(county, `签到 ${id}`);
      await card(county).getByText('已到会（迟到）').waitFor();
      await ask(lead, `填写纪要 ${id}`);
      await card(lead).getByLabel('议题1').fill('十天内修好，并把全镇的路灯查一遍');
      await card(lead).getByLabel('责任单位1').selectOption({ label: '市公安局' });
      await card(lead)
        .getByLabel('期限1')
        .fill(size === 'desk' ? '2026-12-05' : '2026-12-20');
      await shot(lead, '11-minutes');
      await card(lead).getByLabel('单独写哪个议题').selectOption({ label: '第1个：写配合单位' });
      await press(lead, '写这一条');
      await card(lead).getByRole('checkbox', { name: '市司法局' }).check();
      await shot(lead, '11-one');
      await press(lead, '再加一条决定');
      await card(lead).getByText('第1条：十天内修好').waitFor();
      await card(lead).getByRole('textbox', { name: '决定' }).fill('每月巡查一次');
      await shot(lead, '11-second');
      await press(lead, '写好了');
      await card(lead).getByText('配合：市司法局，另有1条决定').waitFor();
      await press(lead, '存草稿');
      await card(lead).getByText('纪要写了一半，请接着写').waitFor();
      await shot(lead, '12-draft');
      await press(lead, '填写纪要');
      await expect
        .poll(() => card(lead).getByLabel('议题1').inputValue())
        .toBe('十天内修好，并把全镇的路灯查一遍');
      await press(lead, '提交纪要');
      await card(lead).getByText('再改改').waitFor();
      await card(lead).getByText('市公安局牵头，市司法局配合').waitFor();
      await shot(lead, '13-look');
      await press(lead, '提交纪要');
      await card(lead).getByText('已出纪要').waitFor();
      await shot(lead, '14-published');
      await police.locator(here).getByText('由您单位办：十天内修好').first().waitFor();
      await shot(police, '15-minutes');
      await ask(police, '待办');
      await shot(police, '16-todo');
      await ask(county, '会商');
      await shot(county, '17-board');
      await Promise.all([lead.close(), police.close(), county.close()]);
    });
  }

  it('opens the next month with what is open, and the push of the quarter with the state of every star', async () => {
    await at('2026-12-15', '09:00');
    for (const size of ['desk', 'phone'] as const) {
      const organiser = await open('bai-zhiyuan', size);
      await ask(organiser, '推进会');
      await look(organiser, `meeting-${size}-18-push`);
      await press(organiser, '发起推进会');
      await expect
        .poll(() => card(organiser).getByLabel('议题').inputValue())
        .toContain('平安法治星：10月未开、11月已出纪要、12月已出纪要');
      await card(organiser).getByLabel('议题').scrollIntoViewIfNeeded();
      await look(organiser, `meeting-${size}-19-push-form`);
      await organiser.close();
    }
    await at('2027-01-05', '09:00');
    const lead = await open('guo-chengye', 'phone');
    await ask(lead, '会商 发起 1月12日上午9点');
    await expect
      .poll(() => card(lead).getByLabel('议题').inputValue())
      .toContain('落实：十天内修好，并把全镇的路灯查一遍（市公安局，第3个月）');
    await look(lead, 'meeting-phone-20-third');
    await lead.close();
  });
});
