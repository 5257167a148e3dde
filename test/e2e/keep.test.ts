/** What people said on the page is kept for a term, and then forgotten. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MESSAGE_DAYS, messages } from '../../src/channels/webchat/tables.ts';
import { type Rig, startRig } from './rig.ts';

const PERSON = 'huang-wenchang';
const PLACE = `webchat|p:${PERSON}`;
const DAY_MS = 86_400_000;
let clock = new Date('2026-11-20T01:00:00Z');
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ now: () => clock });
});
afterAll(() => rig.close());

async function says(text: string): Promise<void> {
  const body = JSON.stringify({ place: PLACE, id: randomUUID(), text });
  const headers = { 'content-type': 'application/json', 'x-person': PERSON };
  expect((await fetch(`${rig.url}/webchat/text`, { method: 'POST', headers, body })).status).toBe(200);
}
const said = async () => {
  const found = await fetch(`${rig.url}/webchat/messages?place=${encodeURIComponent(PLACE)}`, {
    headers: { 'x-person': PERSON },
  });
  const all: { from: string; text: string }[] = (await found.json()).messages;
  return all.filter(({ from }) => from === PERSON).map(({ text }) => text);
};
const kept = () => rig.app.store.read((tx) => tx.table(messages).count());

it('drops messages that are older than their term, answers too, and no others', async () => {
  await says('帮助');
  clock = new Date(clock.getTime() + DAY_MS);
  await says('待办');
  clock = new Date(clock.getTime() + (MESSAGE_DAYS - 1) * DAY_MS + 1_000);
  await rig.app.tick();
  expect(await said()).toEqual(['待办']);
  clock = new Date(clock.getTime() + DAY_MS);
  await rig.app.tick();
  expect(await said()).toEqual([]);
  expect(await kept()).toBe(0);
});
