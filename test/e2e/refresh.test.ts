/** A card in a group of Teams shows each person what he or she may do. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { viewers } from '../../src/bot/delivery/viewers.ts';
import { instant } from '../../src/lib/dates.ts';
import { executes, type Json } from '../fake-connector.ts';
import { actionsOf, cardOf, type Rig, startRig } from './rig.ts';

const GROUP = '19:work@thread.v2';
let rig: Rig;
let card: Json;
beforeAll(async () => {
  // The clock stands still: what the scheduler has to do is done with its first tick.
  rig = await startRig({ now: () => instant('2026-11-20', '09:00') });
  await rig.person('huang-changqing', GROUP).says('绑定本群');
  await rig.person('wang-haiyan', GROUP).says('待办');
});
beforeEach(async () => {
  const secretary = rig.person('huang-wenchang');
  await secretary.says('上报 村口路灯坏了');
  await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' });
  await rig.app.pump();
  card = rig.connector.messages(GROUP).at(-1) ?? {};
});
afterAll(async () => {
  await rig.close();
  expect(rig.errors).toEqual([]);
});

/** What a person's client gets when it shows the card. */
async function look(id: string, message: string = card.id, group = GROUP): Promise<Json> {
  const { verb } = cardOf(card).refresh.action;
  const response = await rig.post(executes(rig.person(id, group).from, message, verb));
  expect(response.status).toBe(200);
  return response.json();
}
const titles = (answer: Json) => actionsOf(answer.value).map(({ title }) => title);
const handle = (id: string) => `29:${rig.person(id).from.account}`;

it('names those who were seen in the group, and is itself drawn for nobody', () => {
  const { refresh } = cardOf(card);
  expect(refresh.action).toMatchObject({ type: 'Action.Execute', verb: 'card.refresh' });
  expect(refresh.userIds.sort()).toEqual([handle('huang-changqing'), handle('wang-haiyan')].sort());
  expect(actionsOf(cardOf(card)).map(({ title }) => title)).toContain('受理');
});

it('is drawn for each who looks', async () => {
  expect(titles(await look('huang-changqing'))).toContain('受理');
  expect(titles(await look('huang-wenchang'))).toEqual(['补充情况', '查看历史', '撤回']);
  expect(titles(await look('hao-haitao'))).toEqual(['补充情况', '查看历史']);
  expect(titles(await look('wang-caifeng'))).toEqual([]);
});

it('changes nothing, however often somebody looks', async () => {
  const all = async () => {
    const rows: string[] = [];
    for await (const item of rig.app.store.export())
      if ('row' in item) rows.push(`${item.table} ${item.row.id} ${item.row.rev}`);
    return rows.sort();
  };
  await rig.app.tick();
  const before = await all();
  for (let i = 0; i < 20; i++) await look('wang-haiyan');
  // The scheduler may tick meanwhile: so it always does.
  await rig.app.tick();
  expect(await all()).toEqual(before);
});

it('shows nothing of messages that are not there, in another chat, or to people on no list', async () => {
  const nothing = { statusCode: 404, type: 'application/vnd.microsoft.error' };
  expect(await look('huang-changqing', 'm999')).toMatchObject(nothing);
  expect(await look('huang-changqing', card.id, '19:other@thread.v2')).toMatchObject(nothing);
  const from = { ...rig.person('huang-changqing', GROUP).from, account: 'aad-nobody' };
  const response = await rig.post(executes(from, card.id, 'card.refresh'));
  expect(await response.json()).toMatchObject(nothing);
});

it('follows the record, and still names the same people', async () => {
  await rig.person('wang-haiyan', GROUP).executes('受理', {}, card);
  await rig.app.pump();
  const now = rig.connector.messages(GROUP).find(({ id }) => id === card.id) ?? {};
  expect(actionsOf(cardOf(now)).map(({ title }) => title)).toContain('办结');
  expect(cardOf(now).refresh.userIds).toHaveLength(2);
  expect(titles(await look('huang-wenchang'))).toEqual(['补充情况', '查看历史']);
});

it('names sixty people at most, those seen last; the others press and hear why not', async () => {
  await rig.app.store.transaction(async (tx) => {
    for (let i = 0; i < 70; i++) {
      const at = new Date(Date.parse('2020-01-01T00:00:00Z') + i * 1000).toISOString();
      const place = `msteams|${GROUP}`;
      await tx.table(viewers).put({ id: `${place}|p${i}`, place, person: `p${i}`, handle: `29:p${i}`, at });
    }
  });
  await rig.person('wang-haiyan', GROUP).executes('受理', {}, card);
  await rig.app.pump();
  const now = rig.connector.messages(GROUP).find(({ id }) => id === card.id) ?? {};
  const { userIds } = cardOf(now).refresh;
  expect(userIds).toHaveLength(60);
  expect(userIds).toContain(handle('wang-haiyan'));
  expect(userIds).not.toContain('29:p0');
});

it('is the same card in a personal chat, which needs no looking', () => {
  const own = rig.connector.messages('a:huang-wenchang').at(-1) ?? {};
  expect(cardOf(own).refresh).toBeUndefined();
});
