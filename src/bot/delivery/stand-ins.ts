/** Where a message goes that could not go where it was meant to. */
import type { Stored } from '../../store/store.ts';
import type { World } from '../world.ts';
import { findConversation } from './addresses.ts';
import { asNew, queue } from './enqueue.ts';
import type { OutboxParts } from './parts.ts';
import { type OutboxRow, outbox } from './tables.ts';

/** What cannot be shown to one person of a group goes to their own chat, or else into the group. */
export async function openly(
  parts: OutboxParts,
  { tx, now }: World,
  { only, ...row }: Stored<OutboxRow>,
): Promise<Stored<OutboxRow>> {
  const person = only?.person ?? null;
  const chat = person && (await findConversation(tx, parts, { place: null, person }, now.toISOString()));
  return { ...asNew(row, now), ...(chat && { person, place: null }) };
}

/** Who cannot be reached is told through the unit: its groups, or else its head. */
export async function tellStandIns(
  { standIns }: OutboxParts,
  world: World,
  { id, kind, person, reply, from, instead }: OutboxRow,
): Promise<void> {
  if (!person || kind === 'reply' || instead) return;
  const { name, groups, heads } = await standIns(world.tx, person);
  const text = `${name}没有收到，请转告：${reply.text || '有要办的事，请看待办'}`;
  const targets =
    groups.length > 0
      ? groups.map((place) => ({ place, person: null }))
      : heads.map((head) => ({ place: null, person: head }));
  for (const target of targets) {
    const key = `${id}>${target.place ?? target.person}`;
    if (await world.tx.table(outbox).get(key)) continue;
    await queue(
      world,
      { id: key, kind: 'notice', ...target, reply: { ...reply, text } },
      { from, instead: person },
    );
  }
}
