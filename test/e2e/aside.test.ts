/** In a group of Teams a refusal, a list and a form are for who asked: the others do not see them. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { instant } from '../../src/lib/dates.ts';
import { says } from '../fake-connector.ts';
import { actionsOf, cardOf, type Rig, startRig } from './rig.ts';

const GROUP = '19:work@thread.v2';
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ now: () => instant('2026-11-20', '09:00') });
  await rig.person('huang-changqing').says('待办');
  await rig.person('huang-changqing', GROUP).says('绑定本群');
});
beforeEach(() => {
  rig.connector.reset();
});
afterAll(() => rig.end());

const inGroup = () => rig.connector.calls.filter(({ conversation }) => conversation === GROUP);
const handle = (id: string) => `29:${rig.person(id).from.account}`;

it('shows lists, forms and refusals to the one who asked, and news to all', async () => {
  const liaison = rig.person('huang-changqing', GROUP);
  for (const words of ['待办', '上报 村口路灯坏了', '受理 WT-2026-9999']) {
    rig.connector.reset();
    await liaison.says(words);
    const [call, ...more] = inGroup();
    expect(more).toEqual([]);
    expect(call).toMatchObject({ aside: true, activity: { recipient: { id: handle('huang-changqing') } } });
  }
  rig.connector.reset();
  const secretary = rig.person('huang-wenchang');
  await secretary.says('上报 村口路灯坏了');
  await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' });
  await rig.app.pump();
  const [news] = inGroup();
  expect(news).toBeDefined();
  expect(news?.aside).toBeUndefined();
  expect(news?.activity.recipient).toBeUndefined();
});

it('redraws what one person sees for that person, as aside as it came', async () => {
  const secretary = rig.person('huang-wenchang', GROUP);
  await secretary.says('上报 村口的桥栏杆松了');
  const [form] = rig.connector.messages(GROUP);
  expect(actionsOf(cardOf(form ?? {})).map(({ title }) => title)).toContain('提交');
  await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' }, form);
  await rig.app.pump();
  const updates = inGroup().filter(({ method, target }) => method === 'PUT' && target === form?.id);
  expect(updates.length).toBeGreaterThan(0);
  for (const update of updates) expect(update.aside).toBe(true);
});

it('goes to the own chat where Teams does not take it, or into the group where there is none', async () => {
  const liaison = rig.person('huang-changqing', GROUP);
  await rig.person('huang-changqing').says('待办');
  rig.connector.reset();
  rig.connector.trouble({ status: 403, code: 'Forbidden' });
  await liaison.says('待办');
  await rig.app.pump();
  const tries = rig.connector.calls.map(({ conversation, status, aside }) => [
    conversation,
    status,
    aside ?? false,
  ]);
  expect(tries).toEqual([
    [GROUP, 403, true],
    [rig.person('huang-changqing').from.conversation, 201, false],
  ]);

  rig.connector.reset();
  rig.connector.trouble({ status: 400, code: 'BadArgument' });
  const stranger = { ...rig.person('huang-changqing', GROUP).from, account: 'aad-nobody', name: '路人' };
  await rig.post(says(stranger, '待办'));
  await rig.app.pump();
  expect(inGroup().map(({ status, aside }) => [status, aside ?? false])).toEqual([
    [400, true],
    [201, false],
  ]);
});
