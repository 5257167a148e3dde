/** Sends what is due: a few chats at a time, each chat in order, within the channels' limits. */
import type { Stored } from '../../store/store.ts';
import type { Redraw } from '../cards/redraw.ts';
import { worldOf } from '../kernel.ts';
import { isPlanning } from '../reminders/plan.ts';
import { takeFromBatch } from './batches.ts';
import type { RateLimits } from './limits.ts';
import type { OutboxParts } from './parts.ts';
import type { Outgoing } from './send.ts';
import { createSending } from './send.ts';
import { type BatchRow, batches, type OutboxRow, outbox } from './tables.ts';

const BATCH = 100;
const PARALLEL = 16;
/** Where one request reaches several people, so many requests' worth of them at a time. */
const BATCHES = 3;
/** A digest waits at most this long for planning to end. */
const GROWING_MS = 60_000;

export interface Outbox {
  /** Send a message now, unless that was done or somebody is at it. */
  deliver(message: Outgoing): Promise<void>;
  /** Send all that is due. */
  pump(): Promise<void>;
  /** Resolves when nothing is being sent: call it once nothing new begins. */
  idle(): Promise<void>;
  /** Whether a channel may show something unimportant in a place now, within its limits. */
  spare(channel: string, place: string): boolean;
}

/** @param posted told of each card that is out, before it follows its subject */
export function createOutbox(parts: OutboxParts, limits: RateLimits, posted: Redraw['posted']): Outbox {
  const { store } = parts;
  const sending = createSending(parts, limits, posted);
  const underWay = new Map<string, Promise<void>>();
  /** The chats in which it was tried, by channel. */
  const tried = new Map<string, ReadonlySet<string>>();
  let pumping: Promise<void> | undefined;
  let again = false;

  /** One attempt at one message; whoever comes second waits for the first. */
  function once(id: string, start: () => Promise<void>): Promise<void> {
    const running = underWay.get(id);
    if (running) return running;
    const attempt = start().finally(() => underWay.delete(id));
    underWay.set(id, attempt);
    return attempt;
  }

  const send = (id: string) => once(id, () => sending.send(id));

  /** Send all that is due now, up to a batch; resolves to whether there may be more. */
  async function sendRound(): Promise<boolean> {
    const due = await store.read(async (tx) => {
      const world = worldOf(parts, tx);
      const range = { lte: world.now.toISOString() };
      const states = ['due', 'sending'] as const;
      const rows = tx.table(outbox);
      const open = [...parts.channels.keys()]
        .map((name) => ({ name, which: limits.open(name) }))
        .filter(({ which }) => which !== 'none');
      const [fresh, dueBatches, ...waiting] = await Promise.all([
        rows.find({ where: { state: states }, order: 'due', range, limit: BATCH }),
        tx.table(batches).find({ order: 'due', range, limit: BATCH }),
        ...open.map(({ name: waits }) => rows.find({ where: { waits }, order: 'due', range, limit: BATCH })),
      ]);
      const found = [
        ...fresh.rows,
        ...open.flatMap(({ name, which }, n) => {
          const those = waiting[n]?.rows ?? [];
          return which === 'all' ? those : toTry(name, those);
        }),
      ];
      const digests = dueBatches.rows.length > 0 || found.some(({ kind }) => kind === 'digest');
      const planning = digests && (await isPlanning(world, parts.reminders.values()));
      // While planning is under way, digests may still grow: they wait for it, though not for long.
      const grown = new Date(world.now.getTime() - GROWING_MS).toISOString();
      return {
        planning,
        messages: found.filter(({ kind, at }) => !(planning && kind === 'digest' && at > grown)),
        waves: dueBatches.rows.filter((batch) => !(planning && batch.due > grown)),
      };
    });
    const chats = new Map<string, (() => Promise<void>)[]>();
    for (const row of due.messages) {
      const chat = chatOf(row);
      chats.set(chat, [...(chats.get(chat) ?? []), () => send(row.id)]);
    }
    const most = Math.max(...[...parts.channels.values()].map(({ capabilities }) => capabilities.batch));
    await inParallel(
      inTurn([...chats.values()]),
      Math.max(PARALLEL, most > 1 ? BATCHES * most : 1),
      async (jobs) => {
        for (const job of jobs) if (!parts.stopping()) await job();
      },
    );
    await refill(due.waves, BATCH - due.messages.length);
    return due.messages.length + due.waves.length > 0;
  }

  /** Several servers find the same chats: each begins with others, or all but one would claim in vain. */
  function inTurn<T>(chats: readonly T[]): readonly T[] {
    if (!store.shared) return chats;
    const first = Math.floor(Math.random() * chats.length);
    return [...chats.slice(first), ...chats.slice(0, first)];
  }

  /** The message that tries whether a channel is back: each time in another chat, as it may be the chat's fault. */
  function toTry(channel: string, rows: readonly Stored<OutboxRow>[]): readonly Stored<OutboxRow>[] {
    const before = tried.get(channel);
    const row = rows.find((one) => !before?.has(chatOf(one))) ?? rows[0];
    if (!row) return [];
    tried.set(channel, row === rows[0] ? new Set([chatOf(row)]) : new Set([...(before ?? []), chatOf(row)]));
    return [row];
  }

  /** Make as many digests as are wanted, and a few more. */
  async function refill(from: readonly BatchRow[], wanted: number): Promise<void> {
    let made = 0;
    for (const { id } of from) {
      if (made >= wanted) return;
      made += await store.transaction((tx) => takeFromBatch(worldOf(parts, tx), id, BATCH));
    }
  }

  return {
    spare(name, place) {
      const channel = parts.channels.get(name);
      return channel !== undefined && limits.spare(channel, place);
    },
    deliver: ({ id, ready }) => once(id, () => (ready ? sending.sendClaimed(ready) : sending.send(id))),
    pump() {
      again = true;
      pumping ??= (async () => {
        while (again && !parts.stopping()) {
          again = false;
          if (await sendRound()) again = true;
        }
      })().finally(() => {
        pumping = undefined;
      });
      return pumping;
    },
    async idle() {
      await Promise.allSettled([pumping, ...underWay.values()]);
    },
  };
}

function chatOf({ place, person }: OutboxRow): string {
  return place ?? `person:${person}`;
}

async function inParallel<T>(
  items: readonly T[],
  many: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: many }, worker));
}
