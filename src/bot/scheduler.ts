/** The clockwork: a node-cron tick that sends what is due. Rhythms of the features hang on it. */
import cron from 'node-cron';
import type { Log } from '../lib/log.ts';
import type { Meter } from './meter.ts';

export interface Scheduler {
  start(): void;
  /** No tick begins after this; resolves when the one under way has ended. */
  stop(): Promise<void>;
  readonly running: boolean;
  /** When it was last time for a tick, by `elapsed`; undefined before the start. */
  readonly lastTick: number | undefined;
}

/** Every five seconds; a tick that takes longer makes the next ones wait. */
const EVERY = '*/5 * * * * *';

/** @param elapsed milliseconds on a clock that is never set back */
export function createScheduler(
  tick: () => Promise<void>,
  {
    log,
    meter,
    elapsed,
  }: { readonly log: Log; readonly meter: Pick<Meter, 'tick'>; readonly elapsed: () => number },
): Scheduler {
  let underWay: Promise<void> | undefined;
  let running = false;
  let lastTick: number | undefined;
  const task = cron.createTask(EVERY, ({ date, triggeredAt }) => {
    lastTick = elapsed();
    if (underWay) return;
    const began = lastTick;
    underWay = tick()
      .catch((error) => log.error({ err: error }, 'tick failed, the next one tries again'))
      .finally(() => {
        underWay = undefined;
        meter.tick(triggeredAt.getTime() - date.getTime(), elapsed() - began);
      });
  });
  return {
    start() {
      task.start();
      running = true;
      lastTick = elapsed();
    },
    async stop() {
      running = false;
      await task.destroy();
      await underWay;
    },
    get running() {
      return running;
    },
    get lastTick() {
      return lastTick;
    },
  };
}
