/**
 * Redraws live cards of a subject that changed, a few at a time. Of a record that is shown again in a chat the newest
 * card alone follows it; the others say so, once. However often a subject changes meanwhile, no card waits for ever: those
 * that waited longest come first.
 */
import { type From, pages } from '../../lib/pages.ts';
import { channelOf, placeOf } from '../delivery/addresses.ts';
import { isDown, SendError } from '../delivery/channel.ts';
import { conversations } from '../delivery/conversations.ts';
import { REDRAW } from '../delivery/effects.ts';
import type { RateLimits } from '../delivery/limits.ts';
import type { OutboxParts } from '../delivery/parts.ts';
import { LONGEST_WAIT_MS, nextTry, WORTH_MS } from '../delivery/retry.ts';
import { drawIn } from '../delivery/viewers.ts';
import type { JobKind, Later } from '../jobs/job.ts';
import { worldOf } from '../kernel.ts';
import { freshOf } from './fresh.ts';
import { type LiveCardRow, liveCards, liveId } from './live.ts';
import { note, type Subject, subjectKey } from './spec.ts';

const PAGE = 200;
/** Redrawing waits for room most of the time. */
const PARALLEL = 4;
/** Cards of one subject in one chat that follow it: forms, and what the version before left. */
const PER_PLACE = 5;
/** On a card when another one follows its record in the same chat. */
const OVER = '这张卡片不再更新，最新情况在另一张上。';
/** Cards of one subject that are redrawn before the next subject has its turn. */
const AT_ONCE = 25;
/** A paused channel is asked again after this long. */
const PAUSED_MS = 30_000;
/** In the chat of somebody who left, records are not shown any more. */
const LEFT = { text: '', card: note('您已不在名单上，这里不再更新。') };

/** What is redrawn: `stamp` is another one whenever it has changed, `since` when a card could first not be redrawn. */
interface Data {
  readonly subject: Subject;
  /** Only those that are over in this chat. */
  readonly place?: string;
  readonly stamp: string;
  readonly since?: string;
}

/** How far the cards of one subject are. In memory: who begins anew draws a few of them once more. */
interface Progress {
  stamp: string;
  /** The number of the change that is being drawn. */
  round: number;
  /** In which round each card was drawn last. */
  readonly drawn: Map<string, number>;
}

export interface Redraw {
  readonly job: JobKind<Later | undefined>;
  /** A card was posted, drawn when this change of its subject was to be redrawn: it shows that already. */
  posted(subject: Subject, place: string, message: string, pending: string | undefined): void;
}

export function createRedraw(parts: OutboxParts, limits: RateLimits): Redraw {
  const { store, channels, opens, log, now, actor, metrics } = parts;
  const under = new Map<string, Progress>();

  function posted(subject: Subject, place: string, message: string, pending: string | undefined): void {
    if (pending === undefined) return;
    const key = subjectKey(subject);
    const progress = under.get(key) ?? { stamp: pending, round: 0, drawn: new Map() };
    under.set(key, progress);
    if (progress.stamp === pending) progress.drawn.set(liveId(place, message), progress.round);
  }

  /** Redraw some cards of the subject; resolves to when the rest is to be redrawn. */
  async function redraw(key: string, data: Data): Promise<Later | undefined> {
    const progress = under.get(key) ?? { stamp: data.stamp, round: 0, drawn: new Map() };
    if (progress.stamp !== data.stamp) progress.round += 1;
    progress.stamp = data.stamp;
    under.set(key, progress);

    const { round, drawn } = progress;
    const left = (await following(data)).filter((live) => drawn.get(live.id) !== round);
    left.sort((a, b) => (drawn.get(a.id) ?? -1) - (drawn.get(b.id) ?? -1));
    const busy = new Map<string, string>();
    let done = 0;
    let since = data.since;
    for (const live of left) {
      if (done >= AT_ONCE || parts.stopping()) break;
      if (busy.has(live.place)) continue;
      const later = await redrawOne(live, data);
      if (later) busy.set(live.place, later.due);
      else {
        done += 1;
        drawn.set(live.id, round);
      }
      since = later?.since ?? since;
    }
    const rest = left.filter((live) => drawn.get(live.id) !== round);
    if (rest.length === 0) {
      under.delete(key);
      return undefined;
    }
    const open = rest.some((live) => !busy.has(live.place));
    const [first] = [...busy.values()].sort();
    const at = open || first === undefined ? now() : new Date(first);
    return { at, data: { ...data, ...(since && { since }) } };
  }

  /** The cards that follow the subject, the newest of each place, newest first; or those that are over in one place. */
  async function following({ subject: about, place }: Data): Promise<readonly LiveCardRow[]> {
    const subject = subjectKey(about);
    if (place !== undefined) {
      const { rows } = await store.read((tx) =>
        tx.table(liveCards).find({ where: { place, subject }, limit: PAGE }),
      );
      return rows.filter(({ over }) => over);
    }
    const found: LiveCardRow[] = [];
    const counts = new Map<string, number>();
    const query = { where: { subject }, order: 'at', desc: true, limit: PAGE } as const;
    const page = (from: From) => store.read((tx) => tx.table(liveCards).find({ ...query, ...from }));
    for await (const { rows } of pages(page))
      for (const live of rows) {
        const count = (counts.get(live.place) ?? 0) + (live.over ? 0 : 1);
        counts.set(live.place, count);
        if (live.over || count <= PER_PLACE) found.push(live);
      }
    return found;
  }

  /** Resolves to when to try again, if it could not be done now. */
  async function redrawOne(
    live: LiveCardRow,
    { subject, since }: Data,
  ): Promise<{ readonly due: string; readonly since?: string } | undefined> {
    const place = await store.read((tx) => tx.table(conversations).get(live.place));
    // Once the bot is back, the card follows its subject again.
    if (place?.gone) return undefined;
    const later = (ms: number) => ({
      due: new Date(now().getTime() + Math.min(ms, LONGEST_WAIT_MS)).toISOString(),
    });
    try {
      if (!place) throw new SendError('gone', '这个会话已经不在了');
      const channel = channelOf(channels, place);
      if (!channel.capabilities.update) return undefined;
      const turn = await limits.turn(channel, place.id, 'redraw');
      if (typeof turn !== 'object') return later(turn === 'paused' ? PAUSED_MS : turn);
      try {
        const shown = await store.read(async (tx) => {
          const person = live.only ? live.only.person : place.person;
          const viewer = person ? await actor(tx, person) : null;
          const left = place.kind === 'personal' && !viewer && subject.kind !== 'form';
          const shows = live.over
            ? note(OVER, [opens.get(subject.kind)?.(subject.id) ?? []].flat())
            : { subject };
          const reply = left ? LEFT : { text: live.why ?? '', card: shows };
          return drawIn(parts, worldOf(parts, tx), place, reply, viewer, live.only !== undefined);
        });
        turn.sent();
        const fresh = shown.card && live.had && { fresh: freshOf(shown.card, live.had, now()) };
        const why = live.why && { why: live.why };
        await channel.update(placeOf(place, live), live.message, { ...shown, ...why, ...fresh });
        turn.heard('sent');
      } catch (error) {
        if (error instanceof SendError) turn.heard(error.kind, error.retryAfterMs);
        throw error;
      } finally {
        turn.dropped();
      }
      metrics.sent(place.channel, 'redraw', 'sent');
      // Pressed meanwhile, it follows again.
      if (live.over) await forget(live.id, true);
      return undefined;
    } catch (error) {
      // What is no answer of the platform is a fault of ours: the card is not to blame.
      const { kind, retryAfterMs } =
        error instanceof SendError ? error : { kind: 'retry' as const, retryAfterMs: undefined };
      log.warn({ live: live.id, err: error }, 'card not redrawn');
      metrics.sent(place?.channel ?? 'none', 'redraw', kind);
      if (isDown(kind)) return nextTry(now(), since, WORTH_MS.other, retryAfterMs);
      await forget(live.id);
      return undefined;
    }
  }

  /** The card follows nothing any more. @param over if it still is */
  async function forget(id: string, over = false): Promise<void> {
    await store.transaction(async (tx) => {
      const row = await tx.table(liveCards).get(id);
      if (row && (row.over || !over)) await tx.table(liveCards).delete(row);
    });
  }

  return {
    posted,
    job: {
      ...REDRAW,
      parallel: PARALLEL,
      prepare: ({ key, data }) => redraw(key, data as unknown as Data),
      step: async (_doing, _job, later) => later,
    },
  };
}
