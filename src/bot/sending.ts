/**
 * One attempt at one message: claim it, look again whether it is still true, send it, write down what became of it.
 *
 * When it is not known whether a platform took a message (no answer came, or we died in between), it is sent again
 * only through a channel that recognises it. Elsewhere it stays `unsure`, on purpose: a reminder twice costs trust,
 * and what it was about still waits in 待办 and in the ledger, from which it can be sent again by hand.
 */
import { SendError } from './channel.ts';
import { followSubject } from './context.ts';
import { trueLines } from './digest.ts';
import type { World } from './feature.ts';
import { worldOf } from './land.ts';
import type { Shown } from './message.ts';
import type { OutboxParts } from './outbox.ts';
import type { Pace } from './pace.ts';
import { channelOf, findPlace, placeOf } from './places.ts';
import { queue } from './queue.ts';
import { type OutboxRow, outbox, type PlaceRow, places } from './tables.ts';

/** A claim runs out after this long; longer than any channel takes to give up. */
const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 8;
const UNREACHED = '还没有和机器人说过话，送不到';

interface Claim {
  readonly row: OutboxRow;
  readonly place: PlaceRow | undefined;
  readonly shown: Shown | undefined;
}

export function createSending(parts: OutboxParts, pace: Pace): (id: string) => Promise<void> {
  const { store, channels, draw, log, now, actor } = parts;

  return async function send(id) {
    const wait = await waitFor(id);
    if (wait === undefined) return;
    if (wait > 0) return putOff(id, wait);
    const claim = await store.transaction((tx) => claimRow(worldOf(parts, tx), id));
    if (!claim) return;
    const { row, place, shown } = claim;
    try {
      if (!place || !shown) throw new SendError('gone', UNREACHED);
      const message = await channelOf(channels, place).send(placeOf(place), shown, id);
      await store.transaction(async (tx) => {
        const world = worldOf(parts, tx);
        await settle(world, id, { state: 'sent', error: null });
        if (shown.subject) await followSubject(world, place.id, message, shown.subject);
      });
    } catch (error) {
      const idempotent = place !== undefined && channels.get(place.channel)?.idempotent === true;
      const after = afterFailure(row, error, idempotent);
      await store.transaction(async (tx) => {
        const world = worldOf(parts, tx);
        await settle(world, id, after);
        if (after.state === 'failed') await tellStandIns(world, row);
      });
      log.warn({ outbox: id, attempts: row.attempts, state: after.state, err: error }, 'message not sent');
    }
  };

  /** How long the channel wants us to wait; undefined when there is nothing to send. */
  async function waitFor(id: string): Promise<number | undefined> {
    const place = await store.read(async (tx) => {
      const row = await tx.table(outbox).get(id);
      const at = now().toISOString();
      if (!row || !isClaimable(row, at)) return undefined;
      return { found: await findPlace(tx, channels, row, at) };
    });
    const channel = place?.found && channels.get(place.found.row.channel);
    if (!place || !channel || !place.found) return place && 0;
    return pace.turn(channel, place.found.row.id);
  }

  async function putOff(id: string, ms: number): Promise<void> {
    await store.transaction((tx) =>
      settle(worldOf(parts, tx), id, { state: 'due', due: new Date(now().getTime() + ms).toISOString() }),
    );
  }

  async function claimRow(world: World, id: string): Promise<Claim | undefined> {
    const found = await world.tx.table(outbox).get(id);
    const at = world.now.toISOString();
    if (!found || !isClaimable(found, at)) return undefined;
    const where = await findPlace(world.tx, channels, found, at);
    const place = where?.made ? await world.tx.table(places).put(where.row) : where?.row;
    if (found.state === 'sending' && place && !channels.get(place.channel)?.idempotent) {
      await settle(world, id, { state: 'unsure', error: '发送时服务中断，不知道有没有送到' });
      return undefined;
    }
    if (found.kind === 'digest' && (await trueLines(world, parts.rhythms, found)).length === 0) {
      await settle(world, id, { state: 'void', error: '提醒的事都办好了，不用再提醒' });
      return undefined;
    }
    const due = new Date(world.now.getTime() + LEASE_MS).toISOString();
    const row = await world.tx
      .table(outbox)
      .put({ ...found, state: 'sending', due, attempts: found.attempts + 1 });
    return { row, place, shown: place && (await drawFor(world, place, row)) };
  }

  async function drawFor(world: World, place: PlaceRow, { reply, instead }: OutboxRow): Promise<Shown> {
    const viewer = place.person ? await actor(world.tx, place.person) : null;
    const shown = await draw(world, reply, viewer);
    if (!instead || place.kind !== 'group') return shown;
    const mention = await parts.mention(world.tx, place.channel, instead);
    return mention ? { ...shown, mention } : shown;
  }

  /** Who cannot be reached is told through the unit: its groups, or else its head. */
  async function tellStandIns(
    world: World,
    { id, kind, person, reply, from, instead }: OutboxRow,
  ): Promise<void> {
    if (!person || kind === 'reply' || instead) return;
    const { name, groups, heads } = await parts.standIns(world.tx, person);
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

  function afterFailure(row: OutboxRow, error: unknown, idempotent: boolean): Partial<OutboxRow> {
    const { kind, message, retryAfterMs } =
      error instanceof SendError
        ? error
        : new SendError('refused', String(error), undefined, { cause: error });
    if (kind === 'unsure' && !idempotent) return { state: 'unsure', error: `发出后没有回音：${message}` };
    const again = kind === 'retry' || kind === 'unsure';
    if (!again || row.attempts >= MAX_ATTEMPTS) return { state: 'failed', error: message };
    return { state: 'due', due: later(now(), row.attempts, retryAfterMs), error: message };
  }
}

function isClaimable({ state, due }: OutboxRow, at: string): boolean {
  return (state === 'due' || state === 'sending') && due <= at;
}

async function settle({ tx }: World, id: string, change: Partial<OutboxRow>): Promise<void> {
  const row = await tx.table(outbox).get(id);
  if (row) await tx.table(outbox).put({ ...row, ...change });
}

/** When to try again: what the platform asked for, else jittered exponential backoff from 1 s to 10 min. */
export function later(now: Date, attempts: number, asked?: number): string {
  const backoff = Math.min(1000 * 2 ** attempts, 600_000) * (0.5 + Math.random() / 2);
  return new Date(now.getTime() + (asked ?? backoff)).toISOString();
}
