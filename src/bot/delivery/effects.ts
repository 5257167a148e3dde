/** What an operation wants sent and redrawn, and how that gets into the outbox with the transaction: by itself, or in a digest. */

import { mondayOf } from '../../lib/dates.ts';
import type { Tx } from '../../store/store.ts';
import { type Raw, type Reply, type Subject, subjectKey } from '../cards/spec.ts';
import type { StoredReply } from '../cards/stored.ts';
import { jobs, LONGEST_WAIT_MS } from '../jobs/job.ts';
import { type DoingParts, worldOf } from '../kernel.ts';
import { entries } from '../operation.ts';
import type { Listener } from '../turn/events.ts';
import type { Doing, JobStart, Notice, World } from '../world.ts';
import type { Place, Shown } from './channel.ts';
import { addLines, nextDigest, nextMorning } from './digest.ts';
import { leaseFrom, queue } from './enqueue.ts';
import { type Only, outbox } from './tables.ts';

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
  parts: Omit<DoingParts, 'store'>,
  tx: Tx,
  from: string | null,
  body: (doing: Doing) => Promise<R>,
): Promise<R> {
  const world = worldOf(parts, tx);
  const { doing, effects } = createDoing(world, parts.newId, from);
  const result = await body(doing);
  await writeEffects(world, effects, parts.listeners);
  return result;
}

/** The change of its subject that a card which is drawn now will not need to be redrawn for any more. */
export async function pendingRedraw(tx: Tx, shown: Shown | undefined): Promise<string | undefined> {
  const job = shown?.subject && (await tx.table(jobs).get(`${REDRAW.kind} ${subjectKey(shown.subject)}`));
  return job && String(job.data.stamp);
}

/** The job that brings the live cards of a subject up to date; its kind is in cards/redraw.ts. */
export const REDRAW = { kind: 'cards.redraw' };

/** Redraw the cards of a subject, or those that are over in one chat, on the next occasion; `stamp` names the reason. */
export async function redrawLater(
  world: World,
  subject: Subject,
  stamp: string,
  place?: string,
): Promise<void> {
  const key = place === undefined ? subjectKey(subject) : `${subjectKey(subject)} ${place}`;
  const job = { kind: REDRAW.kind, data: { subject, stamp, ...(place !== undefined && { place }) }, key };
  await queueJob(world, job, () => stamp, null);
}

/** Unasked messages to one person a day; beyond that what is not urgent waits for the next digest. */
const DAILY_CAP = 20;

/** Messages to one person a week; beyond that what can wait, and is about something else, comes with a digest. */
const CALM_CAP = { asks: 3, news: 2 };

/** Let features react, then put what was gathered into outbox and jobs; a notice whose key is known is left out. */
export async function writeEffects(
  world: World,
  { doing, notices, jobs: started, events, from }: Effects,
  listeners: readonly Listener[],
): Promise<void> {
  for (const { name, payload } of events)
    for (const { event, run } of listeners) if (event === name) await run(doing, payload);
  // Asked for together; what the same turn has put by then is known all the same.
  await Promise.all([
    ...notices.map(({ key }) => world.tx.table(outbox).get(key)),
    ...started.map(({ kind, key }) => key !== undefined && world.tx.table(jobs).get(`${kind} ${key}`)),
  ]);
  for (const notice of notices) {
    if (await world.tx.table(outbox).get(notice.key)) continue;
    await queueNotice(world, notice, notice.private ? null : from);
  }
  for (const job of started) await queueJob(world, job, doing.newId, from);
}

async function queueJob(
  { tx, now }: World,
  { kind, data, key, cursor, at = now }: NewJob,
  newId: () => string,
  from: string | null,
): Promise<void> {
  if (at.getTime() - now.getTime() > LONGEST_WAIT_MS)
    throw new Error(`${kind} is to wait for more than an hour`);
  const id = `${kind} ${key ?? newId()}`;
  const known = key === undefined ? undefined : await tx.table(jobs).get(id);
  if (known?.claim) await tx.table(jobs).put({ ...known, data, again: true });
  else {
    const fresh = { id, kind, data, cursor: cursor ?? null, from, due: at.toISOString() };
    await tx.table(jobs).put({ ...known, ...fresh, claim: null, again: false, attempts: 0 });
  }
}

const UNCALM = { reminder: 'notice', ask: '通知', due: null, op: entries.todo, data: {} } as const;

async function queueNotice(
  world: World,
  { key, to, text, card, urgent, calm, later, file, asks }: Notice,
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
    ...(asks && { asks: { unit: asks.unit, of: asks.of.map(({ name }) => name) } }),
  };
  if (later) {
    const { at, check, about } = later;
    // Counted, and kept for the ledger, from when it goes out.
    const due = at.toISOString();
    await queue(world, row, { due, at: due, later: { check, about }, day: '', week: '' });
  } else if (person && !urgent && (await isTired(world, person, calm && { card, asks: calm.due !== null }))) {
    const { reminder, op, ...said } = calm ?? { ...UNCALM, title: text };
    const about = card && 'subject' in card ? card.subject : undefined;
    const { asks: asked } = row;
    const line = {
      ...{ rhythm: reminder, period: key, op: op.name, ...said },
      ...(asked && about && { asks: { ...asked, about } }),
    };
    await addLines(world, person, [line], calm ? nextMorning(world, calm.due === null) : nextDigest(world));
    await queue(world, row, { state: 'merged', error: '消息够多了，并入下一次提醒' });
  } else await queue(world, row);
}

/** Whether a person had enough messages; of what can wait enough comes sooner, unless they are all about the same. */
async function isTired(
  { tx, today: day }: World,
  person: string,
  waits: { readonly card: Notice['card']; readonly asks: boolean } | undefined,
): Promise<boolean> {
  const rows = tx.table(outbox);
  const today = rows.count({ person, day, kind: 'notice' });
  if (waits) {
    const state = ['due', 'waiting', 'sending', 'sent'] as const;
    const thisWeek = { person, week: mondayOf(day), kind: ['notice', 'digest'] as const, state };
    const [had] = await Promise.all([rows.find({ where: thisWeek, limit: 50 }), today]);
    // Who is at it today hears at once what comes of it; what is asked of people can wait all the same.
    const others = had.rows.filter(
      (row) => (waits.asks || row.day !== day) && aboutOf(row.reply.card) !== aboutOf(waits.card),
    );
    if (others.length >= (waits.asks ? CALM_CAP.asks : CALM_CAP.news)) return true;
  }
  return (await today) >= DAILY_CAP;
}

/** The record that a card shows; what shows none is about something else each time. */
function aboutOf(card: StoredReply['card'] | Reply['card']): unknown {
  return card && 'subject' in card && card.subject ? subjectKey(card.subject as Subject) : card;
}

/** Queue the answer to a turn as a message, claimed: whoever handles the turn sends it right away. */
export function queueReply(
  world: World,
  turn: string,
  { key: place, thread }: Place,
  reply: Reply | StoredReply,
  only: Only | undefined,
) {
  const claimed = { state: 'sending' as const, due: leaseFrom(world.now), attempts: 1 };
  const row = { id: `reply:${turn}`, kind: 'reply' as const, person: null, place, reply };
  return queue(world, row, { ...claimed, ...(thread && { thread }), ...(only && { only }) });
}
