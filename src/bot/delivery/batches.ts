/**
 * Batches: what was planned for very many people at once, a few rows instead of one for each of them. Their digests are
 * made from them little by little, as fast as they can be sent.
 */
import { hashOfText } from '../../lib/hash.ts';
import type { Stored } from '../../store/store.ts';
import type { World } from '../world.ts';
import { addLines, halfOf, halfOfKey, USUAL_HOURS, withinHours } from './digest.ts';
import { type BatchRow, batches, type DigestLine } from './tables.ts';

/** Waves of one half day. A person is always in the same one, so that it is known where to look. */
const BATCHES = 128;

/** Whom each line is for. One list a line, and not an object a person: a morning plans for very many. */
export type Planned = ReadonlyMap<DigestLine, readonly string[]>;

/** The number of the batch that a person is in, the same on every server. */
export function batchOf(person: string): number {
  return hashOfText(person) % BATCHES;
}

/** Add what was planned for people of one batch, to be said at `at` or at the next usual hour. */
export async function addToBatch(world: World, number: number, planned: Planned, at: Date): Promise<void> {
  const rows = world.tx.table(batches);
  const send = withinHours(at, USUAL_HOURS, world.workdays);
  const id = `${halfOf(send)}:${number}`;
  const known = await rows.get(id);
  const lines = [...(known?.lines ?? [])];
  const placeOf = new Map(lines.map((line, place) => [JSON.stringify(line), place]));
  const people: Record<string, readonly number[]> = { ...known?.people };
  for (const [line, persons] of planned) {
    const key = JSON.stringify(line);
    const place = placeOf.get(key) ?? lines.push(line) - 1;
    placeOf.set(key, place);
    for (const person of persons) {
      const theirs = people[person];
      if (!theirs?.includes(place)) people[person] = theirs ? [...theirs, place] : [place];
    }
  }
  const row = { id, due: send.toISOString(), lines, people: people as BatchRow['people'] };
  await rows.put(known ? { ...row, rev: known.rev, due: known.due } : row);
}

/** Make the digests of some people of a batch; resolves to how many. */
export async function takeFromBatch(world: World, id: string, most: number): Promise<number> {
  const batch = await world.tx.table(batches).get(id);
  if (!batch) return 0; // another server was faster
  const some = Object.keys(batch.people).slice(0, most);
  await takeOut(world, batch, some);
  return some.length;
}

/** Before a digest goes out: whatever else its half day holds for this person belongs into it. */
export async function gatherFor(world: World, person: string, digest: string): Promise<void> {
  const batch = await world.tx.table(batches).get(`${halfOfKey(person, digest)}:${batchOf(person)}`);
  if (batch?.people[person]) await takeOut(world, batch, [person]);
}

async function takeOut(world: World, batch: Stored<BatchRow>, some: readonly string[]): Promise<void> {
  const due = new Date(batch.due);
  const at = due > world.now ? due : world.now;
  for (const person of some) {
    const lines = (batch.people[person] ?? []).flatMap((place) => batch.lines[place] ?? []);
    await addLines(world, person, lines, at);
  }
  const gone = new Set(some);
  const left = Object.entries(batch.people).filter(([person]) => !gone.has(person));
  const rows = world.tx.table(batches);
  if (left.length === 0) await rows.delete(batch);
  else await rows.put({ ...batch, people: Object.fromEntries(left) });
}
