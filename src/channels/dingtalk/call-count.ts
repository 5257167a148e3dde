/**
 * Counts the calls of a month over all servers, and says when the organiser is to hear of it, and when to save: people's
 * own presses come first.
 */
import { dayOf } from '../../lib/dates.ts';
import type { Log } from '../../lib/log.ts';
import type { Store, Tx } from '../../store/store.ts';
import { months } from './tables.ts';

/** Of the month's calls: the organiser is told; cards that nobody asked for become words; answers do, too. */
const SHARES = { warn: 0.8, save: 0.9, out: 0.98 } as const;

/** Of the month's calls, so many may be used before their time. */
const HEAD_START = 0.1;

/** `save`: only what somebody waits for costs a call. `out`: nothing does that can be said without one. */
export type Budget = 'fine' | 'save' | 'out';

export interface CallCount {
  /** One call more. Never rejects: what could not be written down is counted with the next one. */
  counted(): void;
  budget(): Budget;
  /** Whether calls go faster than the month does: then what nobody waits for and nobody misses is left out. */
  ahead(): boolean;
  /** Read what other servers and earlier days have used. */
  refresh(): Promise<void>;
  /** Write down what is left; resolves when it is. */
  flush(): Promise<void>;
}

export interface CallCountParts {
  readonly store: Pick<Store, 'transaction' | 'read'>;
  readonly log: Log;
  readonly now: () => Date;
  /** Calls of a month. */
  readonly most: number;
  /** Told of each change. */
  readonly seen: (used: number, most: number) => void;
  /** Tells the organiser, once for each `key`. */
  readonly warn: (tx: Tx, words: string, key: string) => Promise<void>;
}

export function createCallCount({ store, log, now, most, seen, warn }: CallCountParts): CallCount {
  let month = '';
  let written = 0;
  let pending = 0;
  let writing: Promise<void> | undefined;

  const monthNow = () => dayOf(now()).slice(0, 7);

  function turnOver(): void {
    const current = monthNow();
    if (month === current) return;
    month = current;
    written = 0;
  }

  async function write(): Promise<void> {
    while (pending > 0) {
      turnOver();
      const id = month;
      const more = pending;
      pending -= more;
      try {
        written = await store.transaction(async (tx) => {
          const known = await tx.table(months).get(id);
          const calls = (known?.calls ?? 0) + more;
          const warned = known?.warned || calls >= most * SHARES.warn;
          if (warned && !known?.warned) await warn(tx, sayLittleLeft(calls, most), `dingtalk:calls:${id}`);
          await tx.table(months).put({ ...known, id, calls, warned });
          return calls;
        });
        seen(written, most);
      } catch (error) {
        pending += more;
        log.warn({ err: error }, 'calls of the month not written down');
        return;
      }
    }
  }

  function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    counted() {
      turnOver();
      pending += 1;
      void flush();
    },
    budget() {
      turnOver();
      const share = (written + pending) / most;
      return share >= SHARES.out ? 'out' : share >= SHARES.save ? 'save' : 'fine';
    },
    ahead() {
      turnOver();
      const day = dayOf(now());
      const gone = Number(day.slice(8)) / lastDayOf(day);
      return (written + pending) / most > gone + HEAD_START;
    },
    async refresh() {
      turnOver();
      const row = await store.read((tx) => tx.table(months).get(month));
      written = row?.calls ?? 0;
      seen(written, most);
    },
    async flush() {
      await flush();
      await flush();
    },
  };
}

function lastDayOf(day: string): number {
  return new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
}

function sayLittleLeft(calls: number, most: number): string {
  const share = Math.floor((100 * calls) / most);
  return `本月钉钉接口已经用了${calls}次，占${most}次的${share}%。快用完时，通知会从卡片改成文字，大家点按钮不受影响；下月自动恢复。需要的话请联系钉钉升级专业版。`;
}
