/**
 * Sends what is due and redraws live cards. A message is claimed in one transaction, sent, and written down in
 * another; a claim that was never written down runs out and the message is tried again, so what a channel cannot
 * recognise by its key may be repeated after a crash in between, but is never lost.
 */

import type { Log } from '../lib/log.ts';
import type { Workdays } from '../lib/workdays.ts';
import type { Store, Tx } from '../store/store.ts';
import { type Channel, SendError } from './channel.ts';
import { followSubject } from './context.ts';
import type { Draw } from './draw.ts';
import type { Actor, World } from './feature.ts';
import { worldOf } from './land.ts';
import type { Place, Shown } from './message.ts';
import { lives, type OutboxRow, outbox, type PlaceRow, places, redraws } from './tables.ts';

/** A claim runs out after this long; longer than any channel takes to give up. */
const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 8;
const BATCH = 50;
const PARALLEL = 8;

export interface OutboxParts {
  readonly store: Store;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly draw: Draw;
  readonly workdays: Workdays;
  readonly log: Log;
  readonly now: () => Date;
  readonly actor: (tx: Tx, person: string) => Promise<Actor | null>;
}

export interface Outbox {
  /** Send these messages now, unless that was done or somebody is at it. */
  deliver(ids: readonly string[]): Promise<void>;
  /** Send and redraw all that is due. */
  pump(): Promise<void>;
}

export function createOutbox(parts: OutboxParts): Outbox {
  const { store, channels, draw, log, now, actor } = parts;
  const underWay = new Map<string, Promise<void>>();
  let pumping: Promise<void> | undefined;
  let again = false;

  /** One attempt at one message; the second caller waits for the first. */
  function send(id: string): Promise<void> {
    const running = underWay.get(id);
    if (running) return running;
    const attempt = sendOnce(id).finally(() => underWay.delete(id));
    underWay.set(id, attempt);
    return attempt;
  }

  async function sendOnce(id: string): Promise<void> {
    const claim = await store.transaction((tx) => claimRow(worldOf(parts, tx), id));
    if (!claim) return;
    const { row, place, shown } = claim;
    try {
      if (!place || !shown) throw new SendError('gone', '还没有和机器人说过话，送不到');
      const message = await channelOf(place).send(placeOf(place), shown, id);
      await store.transaction(async (tx) => {
        const world = worldOf(parts, tx);
        await settle(tx, row, { state: 'sent', error: null });
        if (shown.subject) await followSubject(world, place.id, message, shown.subject);
      });
    } catch (error) {
      await store.transaction((tx) => settle(tx, row, afterFailure(row, error)));
      log.warn({ outbox: id, attempts: row.attempts, err: error }, 'message not sent');
    }
  }

  async function claimRow(world: World, id: string) {
    const found = await world.tx.table(outbox).get(id);
    const at = world.now.toISOString();
    if (!found || (found.state !== 'due' && found.state !== 'sending') || found.due > at) return undefined;
    const due = new Date(world.now.getTime() + LEASE_MS).toISOString();
    const row = await world.tx
      .table(outbox)
      .put({ ...found, state: 'sending', due, attempts: found.attempts + 1 });
    const place = await findPlace(world.tx, row);
    const shown = place && (await drawFor(world, place, row.reply));
    return { row, place, shown };
  }

  async function drawFor(world: World, place: PlaceRow, reply: OutboxRow['reply']): Promise<Shown> {
    const viewer = place.person ? await actor(world.tx, place.person) : null;
    const { text, card } = reply;
    return draw(world, card ? { text, card } : { text }, viewer);
  }

  /** Where to send: the place itself, or the chat that the person used last, or one that a channel can always reach. */
  async function findPlace(
    tx: Tx,
    { place, person }: Pick<OutboxRow, 'place' | 'person'>,
  ): Promise<PlaceRow | undefined> {
    if (place) return tx.table(places).get(place);
    if (!person) return undefined;
    const { rows } = await tx.table(places).find({ where: { person }, order: 'at', desc: true, limit: 1 });
    if (rows[0]) return rows[0];
    for (const channel of channels.values()) {
      const reach = channel.personalPlace?.(person);
      if (reach) {
        const { key: id, kind, ref } = reach;
        return tx.table(places).put({
          id,
          channel: channel.name,
          kind,
          person,
          unit: null,
          star: null,
          ref: ref ?? null,
          at: now().toISOString(),
        });
      }
    }
    return undefined;
  }

  function channelOf({ channel }: PlaceRow): Channel {
    const found = channels.get(channel);
    if (!found) throw new SendError('gone', `没有“${channel}”这个通道`);
    return found;
  }

  function afterFailure(row: OutboxRow, error: unknown): Partial<OutboxRow> {
    const { kind, message, retryAfterMs } =
      error instanceof SendError
        ? error
        : new SendError('refused', String(error), undefined, { cause: error });
    if (kind !== 'retry' || row.attempts >= MAX_ATTEMPTS) return { state: 'failed', error: message };
    return { state: 'due', due: later(row.attempts, retryAfterMs), error: message };
  }

  /** Jittered exponential backoff from 1 s to 10 min, or what the platform asked for. */
  function later(attempts: number, asked?: number): string {
    const backoff = Math.min(1000 * 2 ** attempts, 600_000) * (0.5 + Math.random() / 2);
    return new Date(now().getTime() + (asked ?? backoff)).toISOString();
  }

  async function settle(tx: Tx, { id }: OutboxRow, change: Partial<OutboxRow>): Promise<void> {
    const row = await tx.table(outbox).get(id);
    if (row) await tx.table(outbox).put({ ...row, ...change });
  }

  /** Redraw every live card of one subject; when some could not be reached just now, all are tried again later. */
  async function redraw(id: string): Promise<void> {
    const job = await store.read((tx) => tx.table(redraws).get(id));
    if (!job) return;
    let retry: string | undefined;
    for (let after: string | undefined; ; ) {
      const page = await store.read((tx) =>
        tx.table(lives).find({ where: { subject: id }, order: 'at', limit: BATCH, ...(after && { after }) }),
      );
      for (const live of page.rows) {
        try {
          const target = await store.read(async (tx) => {
            const place = await findPlace(tx, { place: live.place, person: null });
            if (!place) throw new SendError('gone', '这个会话已经不在了');
            return {
              place,
              shown: await drawFor(worldOf(parts, tx), place, { text: '', card: { subject: job.subject } }),
            };
          });
          await channelOf(target.place).update(placeOf(target.place), live.message, target.shown);
        } catch (error) {
          log.warn({ live: live.id, err: error }, 'card not redrawn');
          if (error instanceof SendError && error.kind === 'retry')
            retry = later(job.attempts, error.retryAfterMs);
          else await store.transaction((tx) => forget(tx, live.id));
        }
      }
      if (!page.next) break;
      after = page.next;
    }
    await store.transaction(async (tx) => {
      const row = await tx.table(redraws).get(id);
      if (!row || row.rev !== job.rev) return; // changed meanwhile: it is due again
      if (retry && job.attempts < MAX_ATTEMPTS) {
        await tx.table(redraws).put({ ...row, due: retry, attempts: row.attempts + 1 });
      } else await tx.table(redraws).delete(row);
    });
  }

  async function forget(tx: Tx, id: string): Promise<void> {
    const row = await tx.table(lives).get(id);
    if (row) await tx.table(lives).delete(row);
  }

  /** All that is due now, a few chats at a time, each chat in order. */
  async function round(): Promise<boolean> {
    const at = now().toISOString();
    const due = await store.read(async (tx) => ({
      messages: (
        await tx.table(outbox).find({
          where: { state: ['due', 'sending'] },
          order: 'due',
          range: { lte: at },
          limit: BATCH,
        })
      ).rows,
      cards: (await tx.table(redraws).find({ order: 'due', range: { lte: at }, limit: BATCH })).rows,
    }));
    const chats = new Map<string, (() => Promise<void>)[]>();
    for (const { id, place, person } of due.messages) {
      const chat = place ?? `person:${person}`;
      chats.set(chat, [...(chats.get(chat) ?? []), () => send(id)]);
    }
    for (const { id } of due.cards) chats.set(`redraw:${id}`, [() => redraw(id)]);
    await inParallel([...chats.values()], async (jobs) => {
      for (const job of jobs) await job();
    });
    return due.messages.length + due.cards.length > 0;
  }

  return {
    async deliver(ids) {
      for (const id of ids) await send(id);
    },
    pump() {
      again = true;
      pumping ??= (async () => {
        while (again) {
          again = false;
          if (await round()) again = true;
        }
      })().finally(() => {
        pumping = undefined;
      });
      return pumping;
    },
  };
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

function placeOf({ id, kind, ref }: PlaceRow): Place {
  return { key: id, kind, ref };
}
