/** A second tap, meant for what was there before: for a second a redrawn card takes no press on what is new on it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HELD_MS, TOO_SOON } from '../../src/bot/cards/fresh.ts';
import { instant } from '../../src/lib/dates.ts';
import { executes, type Json, submits } from '../fake-connector.ts';
import { card, here, opener, sendReport, startWindows, write } from './pages.ts';
import { accountOf, actionsOf, cardOf, inputsOf, type Rig, startRig } from './rig.ts';

describe('in Teams', () => {
  let clock: number;
  let rig: Rig;
  beforeEach(async () => {
    clock = instant('2026-11-20', '09:00').getTime();
    rig = await startRig({ now: () => new Date(clock) });
  });
  afterEach(() => rig.end());

  const from = (id: string) => ({ serviceUrl: rig.connector.url, conversation: `a:${id}`, ...accountOf(id) });
  const newest = (id: string) => rig.connector.messages(`a:${id}`).at(-1) ?? {};
  /** Press it as it stands on this card, whatever its data carry. */
  async function tap(id: string, title: string, on: Json, inputs: Json = {}): Promise<Json> {
    const action = actionsOf(on).find((one) => one.title === title);
    if (!action) throw new Error(`no button “${title}”`);
    const response = await rig.post(
      executes(from(id), newest(id).id, action.verb, { ...inputsOf(on), ...inputs, ...action.data }),
    );
    await rig.app.pump();
    return response.json();
  }
  async function report(): Promise<Json> {
    await rig.person('huang-changqing').says('你好');
    const form = await rig.person('huang-wenchang').says('上报 村口路灯坏了');
    const { value } = await tap('huang-wenchang', '提交', cardOf(form), {
      star: 'pingan-fazhi',
      aspect: '物',
    });
    return value;
  }

  it('nothing that came with the answer is pressed by a double tap, and all of it a second later', async () => {
    const issue = await report();
    clock += 450;
    const soon = await tap('huang-wenchang', '撤回', issue);
    expect(soon).toMatchObject({ type: 'application/vnd.microsoft.activity.message', value: TOO_SOON });
    expect(JSON.stringify(cardOf(newest('huang-wenchang')))).toContain('待受理');
    // Nor on the card as it was put in its place for good.
    expect(await tap('huang-wenchang', '撤回', cardOf(newest('huang-wenchang')))).toMatchObject({
      value: TOO_SOON,
    });
    clock += HELD_MS;
    const later = await tap('huang-wenchang', '撤回', issue);
    expect(later.value).not.toBe(TOO_SOON);
  });

  it('what was there before is pressed at once, and so is a new message', async () => {
    await report();
    const notice = newest('huang-changqing');
    const { value: accepted } = await tap('huang-changqing', '受理', cardOf(notice));
    expect(await tap('huang-changqing', '办结', accepted)).toMatchObject({ value: TOO_SOON });
    // 转办 was on the notice, too.
    const { value: form } = await tap('huang-changqing', '转办', accepted);
    expect(actionsOf(form).map(({ title }) => title)).toEqual(['转办', '取消']);
    // The form cannot be sent in by a finger alone; but it would be gone.
    expect(await tap('huang-changqing', '取消', form)).toMatchObject({ value: TOO_SOON });
  });

  it('a client without universal actions is told in words', async () => {
    await report();
    await tap('huang-changqing', '受理', cardOf(newest('huang-changqing')));
    const message = newest('huang-changqing');
    const resolve = actionsOf(cardOf(message)).find(({ title }) => title === '办结');
    const before = rig.connector.messages('a:huang-changqing').length;
    await rig.post(submits(from('huang-changqing'), message.id, resolve?.fallback.data));
    expect(rig.connector.messages('a:huang-changqing').slice(before)).toMatchObject([{ text: TOO_SOON }]);
  });
});

let rig: Rig | undefined;
const windows = await startWindows(() => rig?.url ?? '');
const open = opener(windows);

describe.skipIf(!windows)('on the page', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(async () => {
    await windows?.close();
    await rig?.close();
    expect(windows?.problems).toEqual([]);
  });

  it('a double tap at 450 ms presses nothing that came under the finger', async () => {
    const page = await open('huang-wenchang', 'phone');
    await write(page, '上报 村口路灯坏了');
    await card(page).getByLabel('标题').waitFor();
    await sendReport(page);
    // The clock starts when the card is there: wherever the finger is, no new button takes it yet.
    const buttons = card(page).getByRole('button');
    const titles = await buttons.allTextContents();
    expect(titles).toContain('撤回');
    for (const button of await buttons.all()) expect(await button.isDisabled()).toBe(true);
    const box = await card(page).getByRole('button', { name: '撤回' }).boundingBox();
    await page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
    expect(await page.locator(`${here} .card`).last().textContent()).toContain('待受理');
    // Whoever waits until it can be pressed presses it.
    await card(page).getByRole('button', { name: '查看历史' }).click();
    await card(page).getByText('回到问题').waitFor();
    await page.close();
  });
});
