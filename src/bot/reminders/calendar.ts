/** Holidays that an organiser imported, here or on another server; read again once they have changed, and each tick. */
import type { Log } from '../../lib/log.ts';
import type { createLiveWorkdays } from '../../lib/workdays.ts';
import type { Store } from '../../store/store.ts';
import { HOLIDAYS, holidays } from './tables.ts';

export interface Calendar {
  /** Resolves once they are known; those known before are used when they cannot be read. */
  known(): Promise<void>;
  /** They are read anew before they are used again. */
  forget(): void;
  /** Hears of no change any more. */
  stop(): void;
}

export function createCalendar(parts: {
  readonly store: Store;
  readonly workdays: ReturnType<typeof createLiveWorkdays>;
  readonly log: Log;
}): Calendar {
  let reading: Promise<void> | undefined;
  let seenBefore = '';
  const forget = () => {
    reading = undefined;
  };
  const stop = parts.store.listen(HOLIDAYS, forget);

  async function read(): Promise<void> {
    const { rows } = await parts.store.read((tx) => tx.table(holidays).find({ limit: 100 }));
    const seen = rows.map(({ id, rev }) => `${id}:${rev}`).join();
    if (seen !== seenBefore) parts.workdays.use(rows.map(({ id, days }) => ({ year: id, days })));
    seenBefore = seen;
  }

  async function known(): Promise<void> {
    reading ??= read();
    const mine = reading;
    await mine.catch((error) => {
      if (reading === mine) reading = undefined;
      parts.log.warn({ err: error }, 'the holidays could not be read, those known before are used');
    });
  }

  return { known, forget, stop };
}
