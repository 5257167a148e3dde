/**
 * Sends what is due: a few chats at a time, each chat in order, within the channels' limits. Live cards are redrawn
 * beside it, with the room that messages leave.
 */
import type { Log } from '../lib/log.ts';
import type { Workdays } from '../lib/workdays.ts';
import type { Store, Stored, Tx } from '../store/store.ts';
import type { Draw } from './draw.ts';
import type { Actor, Check, Rhythm } from './feature.ts';
import { worldOf } from './land.ts';
import type { Answer, Mention } from './message.ts';
import type { Meter } from './meter.ts';
import { createPace } from './pace.ts';
import { createPauses } from './pauses.ts';
import type { Channels } from './places.ts';
import { createRedraw } from './redraw.ts';
import { dueRhythms } from './rhythms.ts';
import { createSending } from './sending.ts';
import { type OutboxRow, outbox, redraws, type WaveRow, waves } from './tables.ts';
import { breakWave } from './waves.ts';

const BATCH = 100;
const PARALLEL = 16;
/** Redrawing waits for room most of the time. */
const REDRAWS = 4;
/** A digest waits at most this long for planning to end. */
const GROWING_MS = 60_000;

export interface OutboxParts {
  readonly store: Store;
  readonly channels: Channels;
  readonly draw: Draw;
  readonly workdays: Workdays;
  readonly rhythms: ReadonlyMap<string, Rhythm>;
  readonly checks: ReadonlyMap<string, Check>;
  readonly log: Log;
  readonly now: () => Date;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  readonly meter: Meter;
  readonly actor: (tx: Tx, person: string) => Promise<Actor | null>;
  /** How a person is mentioned on a channel; undefined where they have no account. */
  readonly mention: (tx: Tx, channel: string, person: string) => Promise<Mention | undefined>;
  /** Who is told when a person cannot be reached: the groups of the unit, and its head. */
  readonly standIns: (tx: Tx, person: string) => Promise<StandIns>;
  /** True once nothing new may be sent: what is still due waits in the store. */
  readonly stopping: () => boolean;
}

export interface StandIns {
  readonly name: string;
  readonly groups: readonly string[];
  readonly heads: readonly string[];
}

export interface Outbox {
  /** Send what answers a turn now, unless that was done or somebody is at it. */
  deliver(answer: Pick<Answer, 'sends' | 'ready'>): Promise<void>;
  /** Send and redraw all that is due. */
  pump(): Promise<void>;
  /** Resolves when nothing is being sent: call it once nothing new begins. */
  idle(): Promise<void>;
  /** Whether a channel may show something unimportant in a place now, within its limits. */
  spare(channel: string, place: string): boolean;
}

export function createOutbox(parts: OutboxParts): Outbox {
  const { store } = parts;
  const pace = createPace(parts.elapsed, createPauses(parts.elapsed, parts.log, parts.meter));
  const { redraw, posted } = createRedraw(parts, pace);
  const sending = createSending(parts, pace, posted);
  const underWay = new Map<string, Promise<void>>();
  /** The chats in which it was tried, by channel. */
  const tried = new Map<string, ReadonlySet<string>>();
  const messages = looped(sendRound);
  const cards = looped(redrawRound);

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
      const fresh = await rows.find({ where: { state: states }, order: 'due', range, limit: BATCH });
      const found = [...fresh.rows];
      for (const waits of parts.channels.keys()) {
        const open = pace.open(waits);
        if (open === 'none') continue;
        const waiting = await rows.find({ where: { waits }, order: 'due', range, limit: BATCH });
        found.push(...(open === 'all' ? waiting.rows : toTry(waits, waiting.rows)));
      }
      const crests = await tx.table(waves).find({ order: 'due', range, limit: BATCH });
      const digests = crests.rows.length > 0 || found.some(({ kind }) => kind === 'digest');
      const planning = digests && (await dueRhythms(world, parts.rhythms.values())).length > 0;
      // While planning is under way, digests may still grow: they wait for it, though not for long.
      const grown = new Date(world.now.getTime() - GROWING_MS).toISOString();
      return {
        planning,
        messages: found.filter(({ kind, at }) => !(planning && kind === 'digest' && at > grown)),
        waves: crests.rows.filter((wave) => !(planning && wave.due > grown)),
      };
    });
    const chats = new Map<string, (() => Promise<void>)[]>();
    for (const row of due.messages) {
      const chat = chatOf(row);
      chats.set(chat, [...(chats.get(chat) ?? []), () => send(row.id)]);
    }
    await inParallel(PARALLEL, [...chats.values()], async (jobs) => {
      for (const job of jobs) if (!parts.stopping()) await job();
    });
    await refill(due.waves, BATCH - due.messages.length);
    // Planning comes first: the tick ends, and the next one goes on here.
    return !due.planning && due.messages.length + due.waves.length > 0;
  }

  /** The message that tries whether a channel is back: each time in another chat, as it may be the chat's fault. */
  function toTry(channel: string, rows: readonly Stored<OutboxRow>[]): readonly Stored<OutboxRow>[] {
    const before = tried.get(channel);
    const row = rows.find((one) => !before?.has(chatOf(one))) ?? rows[0];
    if (!row) return [];
    tried.set(channel, row === rows[0] ? new Set([chatOf(row)]) : new Set([...(before ?? []), chatOf(row)]));
    return [row];
  }

  /** Redraw some of the cards of every subject that changed; resolves to whether there may be more now. */
  async function redrawRound(): Promise<boolean> {
    const range = { lte: parts.now().toISOString() };
    const { rows } = await store.read((tx) => tx.table(redraws).find({ order: 'due', range, limit: BATCH }));
    await inParallel(REDRAWS, rows, async ({ id }) => {
      if (!parts.stopping()) await redraw(id);
    });
    return rows.length > 0;
  }

  /** Goes round until nothing is left; who asks meanwhile gets one more round. */
  function looped(round: () => Promise<boolean>): {
    run(): Promise<void>;
    idle(): Promise<void> | undefined;
  } {
    let running: Promise<void> | undefined;
    let again = false;
    return {
      idle: () => running,
      run() {
        again = true;
        running ??= (async () => {
          while (again && !parts.stopping()) {
            again = false;
            if (await round()) again = true;
          }
        })().finally(() => {
          running = undefined;
        });
        return running;
      },
    };
  }

  /** Make as many digests as are wanted, and a few more. */
  async function refill(from: readonly WaveRow[], wanted: number): Promise<void> {
    let made = 0;
    for (const { id } of from) {
      if (made >= wanted) return;
      made += await store.transaction((tx) => breakWave(worldOf(parts, tx), id, BATCH));
    }
  }

  return {
    spare(name, place) {
      const channel = parts.channels.get(name);
      return channel !== undefined && pace.spare(channel, place);
    },
    async deliver({ sends, ready }) {
      if (ready) await once(ready.row.id, () => sending.sendClaimed(ready));
      else for (const id of sends) await send(id);
    },
    async pump() {
      await Promise.all([messages.run(), cards.run()]);
    },
    async idle() {
      await Promise.allSettled([messages.idle(), cards.idle(), ...underWay.values()]);
    },
  };
}

function chatOf({ place, person }: OutboxRow): string {
  return place ?? `person:${person}`;
}

async function inParallel<T>(
  workers: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
