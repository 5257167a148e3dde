/** What an operation wants sent and redrawn, and how that gets into the outbox with the transaction. */

import type { Tx } from '../../store/store.ts';
import { type Raw, type Reply, subjectKey } from '../cards/spec.ts';
import type { StoredReply } from '../cards/stored.ts';
import { jobs } from '../jobs/job.ts';
import { type Kernel, worldOf } from '../kernel.ts';
import { entries } from '../operation.ts';
import type { Reaction } from '../turn/events.ts';
import type { Doing, JobStart, Notice, World } from '../world.ts';
import type { Place, Shown } from './channel.ts';
import { addLines, nextDigest } from './digest.ts';
import { leaseFrom, queue } from './enqueue.ts';
import { outbox } from './tables.ts';

/** Gathered while an operation runs; `from` is the unit whose doing it is. */
export interface Effects {
  readonly doing: Doing;
  readonly notices: Notice[];
  readonly jobs: NewJob[];
  readonly events: { readonly name: string; readonly payload: unknown }[];
  readonly from: string | null;
}

type NewJob = { readonly kind: string; readonly data: Raw } & JobStart;

/** What code that writes is given, and where its effects are gathered. */
export function createDoing(
  world: World,
  newId: () => string,
  from: string | null,
): { doing: Doing; effects: Effects } {
  const doing: Doing = {
    ...world,
    newId,
    notify: (notice) => effects.notices.push(notice),
    refresh: (subject) => doing.start(REDRAW, { subject, stamp: newId() }, { key: subjectKey(subject) }),
    start: ({ kind }, data, options) => effects.jobs.push({ kind, data, ...options }),
    emit: ({ name }, payload) => effects.events.push({ name, payload }),
  };
  const effects: Effects = { doing, notices: [], jobs: [], events: [], from };
  return { doing, effects };
}

/** Run what writes in a transaction, and write down what it wants sent and begun. */
export async function withDoing<R>(
  parts: Pick<Kernel, 'now' | 'workdays' | 'newId' | 'reactions'>,
  tx: Tx,
  from: string | null,
  body: (doing: Doing) => Promise<R>,
): Promise<R> {
  const world = worldOf(parts, tx);
  const { doing, effects } = createDoing(world, parts.newId, from);
  const result = await body(doing);
  await writeEffects(world, effects, parts.reactions);
  return result;
}

/** The change of its subject that a card which is drawn now will not need to be redrawn for any more. */
export async function pendingRedraw(tx: Tx, shown: Shown | undefined): Promise<string | undefined> {
  const job = shown?.subject && (await tx.table(jobs).get(`${REDRAW.kind} ${subjectKey(shown.subject)}`));
  return job && String(job.data.stamp);
}

/** The job that brings the live cards of a subject up to date; its kind is in cards/redraw.ts. */
export const REDRAW = { kind: 'cards.redraw' };

/** Unasked messages to one person a day; beyond that what is not urgent waits for the next digest. */
const DAILY_CAP = 20;

/** Let features react, then put what was gathered into outbox and jobs; a notice whose key is known is left out. */
export async function writeEffects(
  world: World,
  { doing, notices, jobs: started, events, from }: Effects,
  reactions: readonly Reaction[],
): Promise<void> {
  for (const { name, payload } of events)
    for (const { event, run } of reactions) if (event === name) await run(doing, payload);
  for (const notice of notices) {
    if (!(await world.tx.table(outbox).get(notice.key))) await queueNotice(world, notice, from);
  }
  for (const job of started) await queueJob(world, job, doing.newId, from);
}

async function queueJob(
  { tx, now }: World,
  { kind, data, key, cursor, at = now }: NewJob,
  newId: () => string,
  from: string | null,
): Promise<void> {
  const id = `${kind} ${key ?? newId()}`;
  const known = key === undefined ? undefined : await tx.table(jobs).get(id);
  if (known?.claim) await tx.table(jobs).put({ ...known, data, again: true });
  else {
    const fresh = { id, kind, data, cursor: cursor ?? null, from, due: at.toISOString() };
    await tx.table(jobs).put({ ...known, ...fresh, claim: null, again: false, attempts: 0 });
  }
}

async function queueNotice(
  world: World,
  { key, to, text, card, urgent, later, file }: Notice,
  from: string | null,
): Promise<void> {
  const person = 'person' in to ? to.person : null;
  const place = 'place' in to ? to.place : null;
  const row = {
    id: key,
    kind: 'notice' as const,
    person,
    place,
    reply: card ? { text, card } : { text },
    from,
    ...(file && { file }),
  };
  if (later) {
    const { at, check, about } = later;
    // Counted, and kept for the ledger, from when it goes out.
    const due = at.toISOString();
    await queue(world, row, { due, at: due, later: { check, about }, day: '', week: '' });
  } else if (person && !urgent && (await isTired(world, person))) {
    const line = {
      rhythm: 'notice',
      period: key,
      title: text,
      ask: '通知',
      due: null,
      op: entries.todo.name,
      data: {},
    };
    await addLines(world, person, [line], nextDigest(world));
    await queue(world, row, { state: 'merged', error: '今天的消息够多了，并入下一次提醒' });
  } else await queue(world, row);
}

async function isTired({ tx, today: day }: World, person: string): Promise<boolean> {
  return (await tx.table(outbox).count({ person, day, kind: 'notice' })) >= DAILY_CAP;
}

/** Queue the answer to a turn as a message, claimed: whoever handles the turn sends it right away. */
export function queueReply(
  world: World,
  turn: string,
  { key: place, thread }: Place,
  reply: Reply | StoredReply,
) {
  const claimed = { state: 'sending' as const, due: leaseFrom(world.now), attempts: 1 };
  const row = { id: `reply:${turn}`, kind: 'reply' as const, person: null, place, reply };
  return queue(world, row, { ...claimed, ...(thread && { thread }) });
}
