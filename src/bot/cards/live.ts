/** Redraws every live card of a subject; however often it changed meanwhile, each card is drawn once, as it is now. */

import { z } from 'zod';
import type { Tx } from '../../store/store.ts';
import { defineTable } from '../../store/store.ts';
import type { World } from '../world.ts';
import type { Subject } from './spec.ts';
import { subjectKey } from './spec.ts';

/** Cards on people's screens that follow their subject. */
const liveCardRow = z.object({
  /** `<place>|<message>` */
  id: z.string(),
  place: z.string(),
  /** The thread of the place in which it is, if it has threads. */
  thread: z.string().exactOptional(),
  message: z.string(),
  /** `<kind>:<id>` */
  subject: z.string(),
  at: z.string(),
  /** What could be pressed on it before it was pressed last, or when it was posted (cards/fresh.ts). */
  had: z.array(z.string()).exactOptional(),
});

export type LiveCardRow = z.infer<typeof liveCardRow>;
export const liveCards = defineTable<LiveCardRow>({
  name: 'lives',
  schema: liveCardRow,
  indexes: [{ on: ['subject'], order: 'at' }],
  keep: { by: 'at', days: 400 },
  people: 'not listed: because it only says which message shows which record',
});

/** Names the card of a message. */
export function liveId(place: string, message: string): string {
  return `${place}|${message}`;
}

/** From now on the card of this message follows `subject`, as the newest one in its chat: it was just shown, or pressed. */
export async function followSubject(
  { tx, now }: Pick<World, 'tx' | 'now'>,
  place: string,
  message: string,
  subject: Subject,
  { thread, had }: { readonly thread?: string | undefined; readonly had?: readonly string[] | undefined },
): Promise<void> {
  const id = liveId(place, message);
  const known = await tx.table(liveCards).get(id);
  const row = { id, place, message, subject: subjectKey(subject), at: now.toISOString() };
  await tx
    .table(liveCards)
    .put({ ...known, ...row, ...(thread && { thread }), ...(had && { had: [...had] }) });
}

/** What the card of this message is about, if it is about something that can change. */
export async function subjectOf(tx: Tx, place: string, message: string): Promise<Subject | undefined> {
  const live = await tx.table(liveCards).get(liveId(place, message));
  const [kind = '', ...id] = live?.subject.split(':') ?? [];
  return live && { kind, id: id.join(':') };
}
