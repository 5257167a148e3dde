/** Which cards on people's screens follow which subject; redraw.ts brings them up to date. */

import { z } from 'zod';
import type { Tx } from '../../store/store.ts';
import { defineTable } from '../../store/store.ts';
import { type Only, onlyRow } from '../delivery/tables.ts';
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
  /** In a group, the one who sees it. */
  only: onlyRow.exactOptional(),
  message: z.string(),
  /** `<kind>:<id>` */
  subject: z.string(),
  at: z.string(),
  /** Why it came, while it has not been pressed: a line above it. */
  why: z.string().exactOptional(),
  /** What could be pressed on it before it was pressed last, or when it was posted (cards/fresh.ts). */
  had: z.array(z.string()).exactOptional(),
  /** Another one follows the subject in its place: it says so, and then follows nothing. */
  over: z.literal(true).exactOptional(),
});

export type LiveCardRow = z.infer<typeof liveCardRow>;
export const liveCards = defineTable<LiveCardRow>({
  // Stored under this name by the versions before.
  name: 'lives',
  schema: liveCardRow,
  indexes: [{ on: ['subject'], order: 'at' }, { on: ['place', 'subject'] }],
  keep: { by: 'at', days: 400 },
  people: 'not listed: because it only says which message shows which record',
});

/** Names the card of a message. */
export function liveId(place: string, message: string): string {
  return `${place}|${message}`;
}

/** Cards about a subject in one chat that are looked at. */
const PAGE = 200;

/** Where a card is seen: in a thread of a chat, by all there or by one. */
const spotOf = ({ thread, only }: LiveCardRow) => `${thread} ${only?.handle}`;

/**
 * From now on the card of this message follows `subject`, as the only one in its chat: it was just shown, or pressed.
 * Resolves to whether there were others, which are over.
 */
export async function followSubject(
  { tx, now }: Pick<World, 'tx' | 'now'>,
  place: string,
  message: string,
  subject: Subject,
  {
    thread,
    had,
    why,
    only,
  }: { readonly [K in 'thread' | 'why']?: string | undefined } & {
    readonly had?: readonly string[] | undefined;
    readonly only?: Only | undefined;
  },
): Promise<boolean> {
  const rows = tx.table(liveCards);
  const id = liveId(place, message);
  const about = subjectKey(subject);
  const [here, { rows: all }] = await Promise.all([
    rows.get(id),
    rows.find({ where: { place, subject: about }, limit: PAGE }),
  ]);
  const { why: _, over: __, ...known } = here ?? {};
  const row = { id, place, message, subject: about, at: now.toISOString() };
  const more = { ...(thread && { thread }), ...(why && { why }), ...(only && { only }) };
  const live = await rows.put({ ...known, ...row, ...more, ...(had && { had: [...had] }) });
  // The same form is shown again with what was wrong: each of them is one's own.
  const others = subject.kind === 'form' ? [] : all.filter((one) => one.id !== id && !one.over);
  const over = others.filter((one) => spotOf(one) === spotOf(live));
  for (const one of over) await rows.put({ ...one, over: true });
  return over.length > 0;
}

/** Whether a card that all of this chat see follows the subject. */
export async function isFollowed(
  { tx }: Pick<World, 'tx'>,
  place: string,
  subject: Subject,
): Promise<boolean> {
  const where = { place, subject: subjectKey(subject) };
  const { rows } = await tx.table(liveCards).find({ where, limit: PAGE });
  return rows.some(({ only, over }) => !only && !over);
}

/** What the card of this message is about, if it is about something that can change. */
export async function subjectOf(tx: Tx, place: string, message: string): Promise<Subject | undefined> {
  const live = await tx.table(liveCards).get(liveId(place, message));
  const [kind = '', ...id] = live?.subject.split(':') ?? [];
  return live && { kind, id: id.join(':') };
}
