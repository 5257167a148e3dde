/**
 * The clockwork: node-cron says at which moments a tick is due, and a timer asks it every second. Timers run on a clock
 * that is never set back; node-cron's own ones stand still when the wall clock is (.github/docs/adr/0007-clock.md).
 */
import cron from 'node-cron';
import type { Log } from '../../lib/log.ts';
import type { Counters } from '../delivery/metrics.ts';

export interface Scheduler {
  start(): void;
  /** No tick begins after this; resolves when the one under way has ended. */
  stop(): Promise<void>;
  readonly running: boolean;
  /**
   * When a tick last ended well, or else when the scheduler was started: milliseconds on the clock of `elapsed`;
   * undefined before the start.
   */
  readonly lastTick: number | undefined;
}

export interface SchedulerParts {
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly metrics: Pick<Counters, 'tick'>;
  readonly now: () => Date;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
}

/** Every five seconds; a tick that takes longer makes the next ones wait. */
const EVERY = '*/5 * * * * *';
const PULSE_MS = 1_000;
/** While the wall clock stands still, or skips the moments that are due, a tick comes after this long. */
const LONGEST_GAP_MS = 10_000;
/** The wall clock was set when it differs by more from the time that went by. */
const SET_MS = 2_000;
/** A clock that is set again and again is worth a line a minute. */
const SAID_MS = 60_000;

export function createScheduler(tick: () => Promise<void>, parts: SchedulerParts): Scheduler {
  const { log, metrics, now, elapsed } = parts;
  // Never started: it is only asked.
  const schedule = cron.createTask(EVERY, () => undefined);
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;
  /** When the next pulse, the last one and the last tick are and were; by the wall clock, the last one too. */
  let [next, pulsed, began, wall] = [0, 0, 0, 0];
  let said = Number.NEGATIVE_INFINITY;
  let lastTick: number | undefined;

  function pulse(): void {
    const at = elapsed();
    const clock = now().getTime();
    const set = clock - wall - (at - pulsed);
    if (Math.abs(set) > SET_MS && at - said > SAID_MS) {
      said = at;
      log.warn({ byMs: Math.round(set) }, 'the clock was set');
    }
    const second = Math.floor(clock / 1_000);
    const isNew = second !== Math.floor(wall / 1_000);
    const due = (isNew && schedule.match(new Date(second * 1_000))) || at - began >= LONGEST_GAP_MS;
    if (due && !underWay) run(at, at - next);
    [pulsed, wall] = [at, clock];
    next = Math.max(next + PULSE_MS, at);
    timer = setTimeout(pulse, next - at);
  }

  function run(at: number, lateMs: number): void {
    began = at;
    underWay = tick()
      .then(() => {
        lastTick = elapsed();
      })
      .catch((error) => log.error({ err: error }, 'tick failed, the next one tries again'))
      .finally(() => {
        underWay = undefined;
        metrics.tick(Math.max(0, lateMs), elapsed() - at);
      });
  }

  return {
    start() {
      const at = elapsed();
      [next, pulsed, began, wall] = [at + PULSE_MS, at, at, now().getTime()];
      lastTick = at;
      timer = setTimeout(pulse, PULSE_MS);
    },
    async stop() {
      clearTimeout(timer);
      timer = undefined;
      await schedule.destroy();
      await underWay;
    },
    get running() {
      return timer !== undefined;
    },
    get lastTick() {
      return lastTick;
    },
  };
}
