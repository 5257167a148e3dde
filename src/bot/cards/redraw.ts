/** Redraws every live card of a subject; however often it changed meanwhile, each card is drawn once, as it is now. */

import { channelOf, placeOf } from '../delivery/addresses.ts';
import { SendError } from '../delivery/channel.ts';
import { places } from '../delivery/conversations.ts';
import { REDRAW } from '../delivery/effects.ts';
import type { Pace, Turn } from '../delivery/limits.ts';
import type { OutboxParts } from '../delivery/parts.ts';
import { later } from '../delivery/send.ts';
import { withViewers } from '../delivery/viewers.ts';
import type { JobKind } from '../jobs/job.ts';
import { worldOf } from '../kernel.ts';
import type { LiveRow } from './live.ts';
import { lives } from './live.ts';
import type { Subject } from './spec.ts';
import { subjectKey } from './spec.ts';

const PAGE = 50;

const MAX_ATTEMPTS = 8;
/** Subjects whose cards are redrawn at a time. */
const PARALLEL = 16;

/** In the chat of somebody who left, records are not shown any more. */
const LEFT = { text: '', card: { template: 'bot/note', data: { text: '您已不在名单上，这里不再更新。' } } };

export function redrawJob(parts: OutboxParts, pace: Pace): JobKind<Date | undefined> {
  const { store, channels, draw, log, now, actor, meter } = parts;

  return {
    ...REDRAW,
    parallel: PARALLEL,
    async prepare({ data, attempts }) {
      const { subject } = data as { subject: Subject };
      let retry: Date | undefined;
      for (let after: string | undefined; ; ) {
        const where = { subject: subjectKey(subject) };
        const page = await store.read((tx) =>
          tx.table(lives).find({ where, order: 'at', limit: PAGE, ...(after && { after }) }),
        );
        for (const live of page.rows) retry = (await redrawOne(live, subject, attempts)) ?? retry;
        if (!page.next) return retry;
        after = page.next;
      }
    },
    step: async (_doing, { attempts }, retry) => (attempts <= MAX_ATTEMPTS ? retry : undefined),
  };

  /** Resolves to when to try again, if it could not be done now. */
  async function redrawOne(live: LiveRow, subject: Subject, attempts: number): Promise<Date | undefined> {
    let turn: Turn | number | undefined;
    let name = 'none';
    try {
      const place = await store.read((tx) => tx.table(places).get(live.place));
      if (!place) throw new SendError('gone', '这个会话已经不在了');
      name = place.channel;
      // Once the bot is back, the card follows its subject again.
      if (place.gone) return undefined;
      const channel = channelOf(channels, place);
      turn = await pace.turn(channel, place.id);
      if (typeof turn === 'number') return new Date(now().getTime() + turn);
      const shown = await store.read(async (tx) => {
        const viewer = place.person ? await actor(tx, place.person) : null;
        const left = place.kind === 'personal' && !viewer && subject.kind !== 'form';
        const reply = left ? LEFT : { text: '', card: { subject } };
        return withViewers(tx, place, await draw(worldOf(parts, tx), reply, viewer));
      });
      turn.sent();
      await channel.update(placeOf(place, live.thread), live.message, shown);
      meter.sent(place.channel, 'redraw', 'sent');
      return undefined;
    } catch (error) {
      log.warn({ live: live.id, err: error }, 'card not redrawn');
      meter.sent(name, 'redraw', error instanceof SendError ? error.kind : 'refused');
      const again = error instanceof SendError && (error.kind === 'retry' || error.kind === 'unsure');
      if (again) return new Date(later(now(), attempts - 1, error.retryAfterMs));
      await store.transaction(async (tx) => {
        const row = await tx.table(lives).get(live.id);
        if (row) await tx.table(lives).delete(row);
      });
      return undefined;
    } finally {
      if (typeof turn === 'object') turn.dropped();
    }
  }
}
