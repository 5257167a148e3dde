/** What an operation wants sent and redrawn, and how that gets into the outbox with the transaction. */
import { addLines, nextDigest } from './digest.ts';
import type { Doing, Notice, Raw, World } from './feature.ts';
import { type Place, type Reply, type Subject, subjectKey } from './message.ts';
import { leaseFrom, queue } from './queue.ts';
import { errands, occasions, outbox, redraws } from './tables.ts';

/** Gathered while an operation runs; `from` is the unit whose doing it is. */
export interface Effects {
  readonly notices: Notice[];
  readonly refreshes: Subject[];
  readonly errands: ErrandStart[];
  readonly occasions: { readonly rhythm: string; readonly period: string }[];
  readonly from: string | null;
}

interface ErrandStart {
  readonly id: string;
  readonly name: string;
  readonly data: Raw;
  readonly after?: string;
}

/** What code that writes is given, and where its effects are gathered. */
export function createDoing(
  world: World,
  newId: () => string,
  from: string | null,
): { doing: Doing; effects: Effects } {
  const effects: Effects = { notices: [], refreshes: [], errands: [], occasions: [], from };
  const doing: Doing = {
    ...world,
    newId,
    notify: (notice) => effects.notices.push(notice),
    refresh: (subject) => effects.refreshes.push(subject),
    occasion: (rhythm, period) => effects.occasions.push({ rhythm, period }),
    errand: (name, data, after) =>
      effects.errands.push({ id: newId(), name, data, ...(after !== undefined && { after }) }),
  };
  return { doing, effects };
}

/** Unasked messages to one person a day; beyond that what is not urgent waits for the next digest. */
const DAILY_CAP = 20;

/** Put what was gathered into the outbox; a notice whose key is known is left out. */
export async function landEffects(
  world: World,
  { notices, refreshes, errands: started, occasions: asked, from }: Effects,
): Promise<void> {
  for (const notice of notices) {
    if (!(await world.tx.table(outbox).get(notice.key))) await queueNotice(world, notice, from);
  }
  for (const subject of refreshes) {
    // One row a subject, however often it changes before it is redrawn.
    const id = subjectKey(subject);
    const known = await world.tx.table(redraws).get(id);
    const row = { id, subject, due: world.now.toISOString() };
    await world.tx.table(redraws).put(known ? { ...row, rev: known.rev } : row);
  }
  for (const { id, name, data, after = null } of started) {
    const due = world.now.toISOString();
    await world.tx.table(errands).put({ id, name, data, after, from, due, attempts: 0 });
  }
  for (const { rhythm, period } of asked) {
    const id = `${rhythm} ${period}`;
    const at = world.now.toISOString();
    await world.tx.table(occasions).put({ id, rhythm, period, day: world.today, at, cursor: -1 });
  }
}

async function queueNotice(
  world: World,
  { key, to, text, card, urgent, later }: Notice,
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
      op: 'home.todo',
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
export function queueReply(world: World, turn: string, { key: place, thread }: Place, reply: Reply) {
  const claimed = { state: 'sending' as const, due: leaseFrom(world.now), attempts: 1 };
  const row = { id: `reply:${turn}`, kind: 'reply' as const, person: null, place, reply };
  return queue(world, row, { ...claimed, ...(thread && { thread }) });
}
