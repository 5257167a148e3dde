/**
 * One attempt at one message: claim it, look again whether it is still true, send it, write down what became of it.
 *
 * When it is not known whether a platform took a message (no answer came, or we died in between), it is sent again
 * only through a channel that recognises it. Elsewhere it stays `unsure`, on purpose: a reminder twice costs trust,
 * and what it was about still waits in 待办 and in the ledger, from which it can be sent again by hand.
 */

import { mondayOf } from '../../lib/dates.ts';
import type { Stored, Tx } from '../../store/store.ts';
import { StoreError } from '../../store/store.ts';
import { namesOf } from '../cards/fresh.ts';
import { followSubject, isFollowed } from '../cards/live.ts';
import type { Redraw } from '../cards/redraw.ts';
import { note, type Reply, type Subject } from '../cards/spec.ts';
import { replyOf } from '../cards/stored.ts';
import { worldOf } from '../kernel.ts';
import type { World } from '../world.ts';
import { channelOf, findConversation, placeOf } from './addresses.ts';
import { stillAsked } from './asked.ts';
import { gatherFor } from './batches.ts';
import type { Shown } from './channel.ts';
import { isDown, SendError } from './channel.ts';
import { type ConversationRow, conversations } from './conversations.ts';
import { passOn, standsInForDigest, trueLines, waitForUsualHours } from './digest.ts';
import { pendingRedraw, redrawLater } from './effects.ts';
import { ended, leaseFrom } from './enqueue.ts';
import { FREE, type RateLimits, type Slot } from './limits.ts';
import type { OutboxParts } from './parts.ts';
import { LONGEST_WAIT_MS, nextTry, WORTH_MS } from './retry.ts';
import { openly, tellStandIns } from './stand-ins.ts';
import { heavyWeeks, MOST_A_WEEK, type OutboxRow, outbox } from './tables.ts';
import { drawIn, isRefused } from './viewers.ts';

/** What a newer server wants asked is left to it for so long at a time. */
const UNKNOWN_MS = 60_000;
const UNREACHED = '还没有和会商助手说过话，送不到';

/** A message by its outbox id; `ready` when it is claimed already and drawn, so that nobody else will send it. */
export interface Outgoing {
  readonly id: string;
  readonly ready?: Claim;
}

export interface Sending {
  /** One attempt at a message that is due, if nobody else is at it. */
  send(id: string): Promise<void>;
  /** One attempt at a message that is ours already, or `send` when its channel has no room for it now. */
  sendClaimed(claim: Claim): Promise<void>;
}

/** @param posted told of each card that is out, before it follows its subject */
export function createSending(parts: OutboxParts, limits: RateLimits, posted: Redraw['posted']): Sending {
  const { store, channels, checks, opens, log, now, actor, metrics } = parts;

  return { send, sendClaimed };

  async function sendClaimed(claim: Claim): Promise<void> {
    const { row, place } = claim;
    const channel = place && channels.get(place.channel);
    const turn = channel && place ? limits.atOnce(channel, place.id) : FREE;
    if (turn) {
      try {
        return await attempt(claim, turn);
      } finally {
        turn.dropped();
      }
    }
    // A claim that waits would look, after a crash, as if the message had been sent.
    await store.transaction(async (tx) => {
      await settle(worldOf(parts, tx), row.id, { state: 'due', due: now().toISOString(), attempts: 0 });
    });
    await send(row.id);
  }

  async function send(id: string): Promise<void> {
    const found = await turnFor(id);
    if (found === undefined) return;
    const { turn, channel, gathers } = found;
    if (typeof turn !== 'object') return wait(id, channel, turn === 'paused' ? 0 : turn);
    try {
      // A digest looks at all other messages of its person; the truth of any other claim stands in its own row.
      const claim = await store
        .transaction((tx) => claimRow(worldOf(parts, tx), id), gathers ? 'all' : 'written')
        .catch((error) => setAside(id, channel, error));
      if (claim) await attempt(claim, turn);
    } finally {
      turn.dropped();
    }
  }

  async function attempt({ row, place, shown, pending }: Claim, turn: Slot): Promise<void> {
    const { id } = row;
    let message: string;
    try {
      if (!place || !shown) throw new SendError('gone', UNREACHED);
      if (place.gone) throw new SendError('gone', place.gone);
      const channel = channelOf(channels, place);
      const file = row.file === undefined ? undefined : await parts.givenFile(row.file);
      turn.sent();
      const whole = { ...shown, kind: row.kind, ...(file && { file }) };
      message = await channel.send(placeOf(place, row), whole, id);
    } catch (error) {
      const failure = failureOf(error);
      turn.heard(failure.kind, failure.retryAfterMs);
      return giveUpOrRetry(row, place, failure);
    }
    turn.heard('sent');
    metrics.sent(place.channel, row.kind, 'sent');
    if (shown.subject) posted(shown.subject, place.id, message, pending);
    // A failure from here on is ours: the claim runs out, and then nobody knows whether it was sent.
    const done = async (tx: Tx) => {
      const world = worldOf(parts, tx);
      await noteHeavyWeek(world, row);
      if (row.kind === 'reply') await forget(world, id);
      else await settle(world, id, { state: 'sent', error: null });
      if (!shown.subject) return false;
      const had = channels.get(place.channel)?.capabilities.holdsBack ? undefined : namesOf(shown.card);
      const { thread, only } = row;
      const following = { thread, only, had, why: shown.why };
      if (!(await followSubject(world, place.id, message, shown.subject, following))) return false;
      await redrawLater(world, shown.subject, id, place.id);
      return true;
    };
    const over = await store.transaction(done, shown.subject ? 'all' : 'written');
    if (over) parts.wake();
  }

  async function giveUpOrRetry(
    row: Stored<OutboxRow>,
    place: ConversationRow | undefined,
    failure: SendError,
  ): Promise<void> {
    const { id } = row;
    metrics.sent(place?.channel ?? 'none', row.kind, failure.kind);
    const after = afterFailure(row, place, failure);
    const elsewhere = row.only !== undefined && failure.kind === 'refused';
    await store.transaction(async (tx) => {
      const world = worldOf(parts, tx);
      const now = await tx.table(outbox).get(id);
      // Whoever took it over after our claim ran out knows better.
      if (now?.state !== 'sending' || now.attempts !== row.attempts) return;
      const next = elsewhere ? await openly(parts, world, row) : after;
      await tx.table(outbox).put({ ...next, rev: now.rev });
      if (next.state === 'failed') await tellStandIns(parts, world, row);
    });
    log.warn({ outbox: id, state: after.state, err: failure }, 'message not sent');
    if (elsewhere) await send(id);
  }

  /** A message that cannot even be drawn is tried again later, like one that was refused: the others go on. */
  async function setAside(id: string, channel: string, error: unknown): Promise<undefined> {
    if (error instanceof StoreError) throw error;
    log.error({ outbox: id, err: error }, 'message not made');
    await store.transaction(async (tx) => {
      const row = await tx.table(outbox).get(id);
      if (!row) return;
      const again = channel && nextTry(now(), row.since, WORTH_MS.other);
      const words = '这条消息现在生成不了';
      const waiting = again && { ...row, ...again, state: 'waiting' as const, waits: channel, error: words };
      await tx.table(outbox).put(waiting || ended(row, 'failed', words));
    });
    return undefined;
  }

  /** What becomes of a message that was not sent, as far as is known. */
  function afterFailure(
    row: Stored<OutboxRow>,
    place: ConversationRow | undefined,
    { kind, message, retryAfterMs }: SendError,
  ): Stored<OutboxRow> {
    const at = now();
    const over = { ...row, due: at.toISOString(), error: message };
    const channel = place && channels.get(place.channel);
    if (!channel || !isDown(kind)) return { ...over, state: 'failed' };
    if (kind === 'unsure' && !channel.capabilities.idempotent)
      return { ...over, state: 'unsure', error: `发出后没有回音：${message}` };
    const again = nextTry(
      at,
      row.since,
      row.kind === 'reply' ? WORTH_MS.reply : WORTH_MS.other,
      retryAfterMs,
    );
    if (!again) return { ...over, state: 'failed' };
    // What was certainly not taken is as new; and while all of the channel waits, it waits behind the others.
    const attempts = kind === 'unsure' ? row.attempts : row.attempts - 1;
    const due = limits.open(channel.name) === 'all' ? again.due : over.due;
    return { ...over, state: 'waiting', waits: channel.name, since: again.since, due, attempts };
  }

  /** Room for it on its channel; undefined when there is nothing to send. */
  async function turnFor(
    id: string,
  ): Promise<
    | { readonly turn: Slot | number | 'paused'; readonly channel: string; readonly gathers: boolean }
    | undefined
  > {
    const place = await store.read(async (tx) => {
      const row = await tx.table(outbox).get(id);
      const at = now().toISOString();
      if (!row || !isClaimable(row, at)) return undefined;
      const gathers = row.kind === 'digest' || row.later !== null;
      return { found: await findConversation(tx, parts, row, at), gathers };
    });
    if (!place) return undefined;
    const { found, gathers } = place;
    const channel = found && channels.get(found.row.channel);
    if (!channel || !found) return { turn: FREE, channel: '', gathers };
    return { turn: await limits.turn(channel, found.row.id), channel: channel.name, gathers };
  }

  /**
   * Let it wait for its channel; without `ms` until that may be asked again, in the order in which everything fell due.
   * What may have been sent already stays what it is, and is looked at again when a claim would run out.
   */
  async function wait(id: string, channel: string, ms: number): Promise<void> {
    await store.transaction(async (tx) => {
      const world = worldOf(parts, tx);
      const row = await tx.table(outbox).get(id);
      if (!row || !isClaimable(row, world.now.toISOString())) return;
      const later = new Date(world.now.getTime() + Math.min(ms, LONGEST_WAIT_MS)).toISOString();
      if (row.state === 'sending') await tx.table(outbox).put({ ...row, due: leaseFrom(world.now) });
      else
        await tx
          .table(outbox)
          .put({ ...row, state: 'waiting', waits: channel, due: ms > 0 ? later : row.due });
    });
  }

  async function claimRow(world: World, id: string): Promise<Claim | undefined> {
    const at = world.now.toISOString();
    async function end(state: OutboxRow['state'], error: string): Promise<undefined> {
      await settle(world, id, { state, error });
    }
    const found = await claimable(world, id, at);
    if (!found) return undefined;
    if (found.person && !(await actor(world.tx, found.person))) return end('void', '这位同志已经不在名单上');
    const where = await findConversation(world.tx, parts, found, at);
    const place = where?.made ? await world.tx.table(conversations).put(where.row) : where?.row;
    if (found.state === 'sending' && place && !channels.get(place.channel)?.capabilities.idempotent)
      return end('unsure', '发送时服务中断，不知道有没有送到');
    if (found.file && place && !channels.get(place.channel)?.capabilities.givesFiles)
      return end('void', '在那里发不了文件');
    if (await waits(world, found)) return undefined;
    if (await isDoneElsewhere(world, found)) return end('void', '已经有人办了，不用再说');
    if (found.kind === 'digest' && (await trueLines(world, parts.lineChecks, found)).length === 0)
      return end('void', '提醒的事都办好了，不用再提醒');
    if (found.later && !checks.has(found.later.check)) {
      log.warn({ outbox: id, check: found.later.check }, 'a notice that is not known here is left alone');
      const due = new Date(world.now.getTime() + UNKNOWN_MS).toISOString();
      await world.tx.table(outbox).put({ ...found, due });
      return undefined;
    }
    const fresh = found.later ? await checked(world, found) : {};
    if (!fresh) return end('void', '到时候已经不用说了');
    const due = leaseFrom(world.now);
    const row = await world.tx
      .table(outbox)
      .put({ ...found, ...fresh, state: 'sending', due, attempts: found.attempts + 1, error: null });
    const shown = place && (await drawFor(world, place, row));
    return { row, place, shown, pending: await pendingRedraw(world.tx, shown) };
  }

  /** Somebody of the unit has done meanwhile what it asks for. */
  async function isDoneElsewhere(world: World, { asks, person, reply }: OutboxRow): Promise<boolean> {
    const about = subjectIn(reply);
    if (!asks || !about) return false;
    return !(await stillAsked(parts.draw, world, about, asks, person ? await actor(world.tx, person) : null));
  }

  /** What a later notice says now and the day that it counts for; undefined when it needs not be said any more. */
  async function checked(
    world: World,
    { later, person, reply }: OutboxRow,
  ): Promise<Partial<OutboxRow> | undefined> {
    const check = later && checks.get(later.check);
    const text = check && person ? await check(world, later.about, person) : undefined;
    if (text === undefined) return undefined;
    return { reply: { ...reply, text }, day: world.today, week: mondayOf(world.today) };
  }

  /** The message as it is to be sent, a digest with everything that belongs into it; it waits for its channel no more. */
  async function claimable(world: World, id: string, at: string): Promise<Stored<OutboxRow> | undefined> {
    const rows = world.tx.table(outbox);
    const known = await rows.get(id);
    if (!known || !isClaimable(known, at)) return undefined;
    const isDigest = known.kind === 'digest' && known.person && known.attempts === 0;
    if (isDigest && known.person) await gatherFor(world, known.person, id);
    const { waits: _, ...row } = (isDigest ? await rows.get(id) : known) ?? known;
    return row.state === 'waiting' ? { ...row, state: 'due' } : row;
  }

  /**
   * Whether it is not the time for it; it is then due later, or in another digest. Whoever holds a message back for
   * another reason moves its `due`, too: held back in `outbox.ts` it would fill each batch there, and others would starve.
   */
  async function waits(world: World, row: Stored<OutboxRow>): Promise<boolean> {
    if (row.kind === 'digest' && row.person) return passOn(world, row);
    return standsInForDigest(row) && waitForUsualHours(world, row);
  }

  async function drawFor(world: World, place: ConversationRow, row: OutboxRow): Promise<Shown> {
    const { kind, reply, instead, asks } = row;
    const person = row.only ? row.only.person : place.person;
    const viewer = person ? await actor(world.tx, person) : null;
    const about = asks && subjectIn(reply);
    const news = await newsOf(world, place, row);
    const drawn = await drawIn(parts, world, place, news, viewer, row.only !== undefined);
    const shown = asks && about ? { ...drawn, asks: { ...asks, about } } : drawn;
    if (!instead || place.kind !== 'group' || !channels.get(place.channel)?.capabilities.mentions)
      return kind === 'notice' && shown.subject && reply.text ? { ...shown, why: shown.text } : shown;
    const mention = await parts.mention(world.tx, place.channel, instead);
    return mention ? { ...shown, mention } : shown;
  }

  /** A record whose card is in the chat already is redrawn there: what is new about it is a line, with the way to it. */
  async function newsOf(
    world: World,
    place: ConversationRow,
    { id: notice, kind, reply, later }: OutboxRow,
  ): Promise<Reply> {
    const { id, channel, unit: group } = place;
    const { text } = replyOf(reply);
    const subject = subjectIn(reply);
    const open = subject && kind === 'notice' && text ? opens.get(subject.kind) : undefined;
    // Where nothing that is out can be replaced, no card follows anything.
    const follows = channels.get(channel)?.capabilities.update;
    if (!subject || !open || !follows || !(await isFollowed(world, id, subject))) return replyOf(reply);
    if (place.kind === 'group' && isRefused(await parts.draw({ ...world, group }, reply, null)))
      return replyOf(reply);
    // What comes by the clock changed nothing that would have had the card redrawn.
    if (later) await redrawLater(world, subject, notice);
    return { text, card: note(text, [open(subject.id)]) };
  }
}

function failureOf(error: unknown): SendError {
  if (error instanceof SendError) return error;
  return new SendError('refused', String(error), undefined, { cause: error });
}

function subjectIn(reply: OutboxRow['reply']): Subject | undefined {
  const { card } = replyOf(reply);
  return card && 'subject' in card ? card.subject : undefined;
}

function isClaimable({ state, due }: OutboxRow, at: string): boolean {
  return (state === 'due' || state === 'waiting' || state === 'sending') && due <= at;
}

/** Not waiting any more: whatever becomes of it is in `change`. */
async function settle({ tx }: World, id: string, change: Partial<OutboxRow>): Promise<void> {
  const row = await tx.table(outbox).get(id);
  if (row) await tx.table(outbox).put({ ...ended(row, row.state, row.error), ...change });
}

/** An answer that is out is nobody's to look up: that it was given stands in its turn. */
async function forget({ tx }: World, id: string): Promise<void> {
  const row = await tx.table(outbox).get(id);
  if (row) await tx.table(outbox).delete(row);
}

/** A message that only the holder of this may send, until `row.due`. */
export interface Claim {
  readonly row: Stored<OutboxRow>;
  /** Undefined when there is no chat to send it to. */
  readonly place: ConversationRow | undefined;
  readonly shown: Shown | undefined;
  /** The change of its subject that was to be redrawn, when there was one: the card is drawn after it. */
  readonly pending?: string | undefined;
}

/** Write down when somebody gets more messages this week than are good for anybody; this one is not counted yet. */
async function noteHeavyWeek({ tx }: World, { person, kind, week }: OutboxRow): Promise<void> {
  if (!person || kind === 'reply') return;
  const where = { person, week, kind: ['notice', 'digest'] as const, state: 'sent' as const };
  const count = 1 + (await tx.table(outbox).count(where));
  if (count <= MOST_A_WEEK) return;
  const id = `${week}|${person}`;
  const known = await tx.table(heavyWeeks).get(id);
  await tx.table(heavyWeeks).put({ ...known, id, week, person, count });
}
