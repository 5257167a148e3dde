/** What GET /healthz says: whether the scheduler ticks, and whether what people write is kept. */
import type { Scheduler } from '../bot/reminders/scheduler.ts';
import type { Log } from '../lib/log.ts';

/**
 * `ticks`: none came for a minute. `store`: the last write was not kept, and another try is not either.
 * `disk`: there is no room left.
 */
export type Health = 'ok' | 'starting' | 'ticks' | 'store' | 'disk';

export interface HealthParts {
  readonly scheduler: () => Pick<Scheduler, 'running' | 'lastTick'>;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  /** Write something, now; rejects when it is not kept. */
  readonly probe: () => Promise<unknown>;
  /** Bytes that are left where the data is; absent where that is not this machine's business. */
  readonly room?: () => Promise<number>;
  /** Writers run one after another: see `Store.serial`. */
  readonly serial?: boolean;
  readonly log: Log;
}

export interface HealthCheck {
  /** A write was kept (or not). */
  wrote(kept: boolean): void;
  check(): Promise<Health>;
  /** Seconds since the last tick, whether the last write failed, and whether writers run one after another. */
  numbers(): { readonly tickAge: number; readonly failing: boolean; readonly serial: boolean };
}

const LATE_MS = 60_000;
/** Less than one file, or a few hundred commits. */
const LEAST_BYTES = 1024 * 1024;

export function createHealth({
  scheduler,
  elapsed,
  probe,
  room,
  serial = false,
  log,
}: HealthParts): HealthCheck {
  let failing = false;
  let probing: Promise<unknown> | undefined;
  const tickAge = () => elapsed() - (scheduler().lastTick ?? elapsed());

  async function isKept(): Promise<boolean> {
    // However many ask, one tries: nobody writes through a server that is taken out for being ill.
    probing ??= probe().finally(() => {
      probing = undefined;
    });
    return probing.then(
      () => true,
      () => false, // the store has logged why
    );
  }

  return {
    wrote(kept) {
      failing = !kept;
    },
    async check() {
      if (!scheduler().running) return 'starting';
      if (tickAge() > LATE_MS) return 'ticks';
      if (failing && !(await isKept())) return 'store';
      try {
        return room && (await room()) < LEAST_BYTES ? 'disk' : 'ok';
      } catch (error) {
        log.error({ err: error }, 'nobody knows how much room is left');
        return 'disk';
      }
    },
    numbers: () => ({ tickAge: tickAge() / 1_000, failing, serial }),
  };
}
