/**
 * Everything is acknowledged in time: what takes longer is written down first and acknowledged then, so that it is
 * done whatever happens, by this server or, after a crash, by whoever finds it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../lib/log.ts';
import { type Store, StoreError } from '../../store/store.ts';
import { type InboxRow, inbox } from './tables.ts';

/** DingTalk sends again what was not acknowledged within two or three seconds. */
const SOON_MS = 700;
/** Whoever handles something has so long until others may. */
const LEASE_MS = 60_000;
const LOOK_MS = 15_000;
const MOST_ATTEMPTS = 5;
const AT_ONCE = 20;

/** Something that came in: what it is, and under which id. */
export interface Incoming {
  readonly id: string;
  readonly topic: string;
  readonly data: string;
}

/** Work on something that came in; `late` runs once it was acknowledged before it was done. */
export interface Work<T> {
  readonly done: Promise<T>;
  late(result: T): Promise<void>;
}

export interface IntakeParts<T> {
  readonly store: Pick<Store, 'transaction' | 'read'>;
  readonly log: Log;
  readonly now: () => Date;
  readonly work: (incoming: Incoming) => Work<T>;
  /** For tests: how long something may take before it is written down. */
  readonly soonMs?: number;
}

export interface Intake<T> {
  /** Resolves to what came of it, or to undefined when that takes longer: then it is written down. */
  take(incoming: Incoming): Promise<T | undefined>;
  /** Do what nobody works on any more. */
  resume(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export function createIntake<T>({ store, log, now, work, soonMs = SOON_MS }: IntakeParts<T>): Intake<T> {
  const underWay = new Set<Promise<void>>();
  let looking: NodeJS.Timeout | undefined;

  const leaseFrom = () => new Date(now().getTime() + LEASE_MS).toISOString();

  async function shelve({ id, topic, data }: Incoming): Promise<void> {
    const row = { id, topic, data, at: now().toISOString(), due: leaseFrom(), attempts: 1 };
    await store
      .transaction(async (tx) => {
        if (!(await tx.table(inbox).get(id))) await tx.table(inbox).put(row);
      })
      .catch((error) => {
        // It came twice at once.
        if (!(error instanceof StoreError && error.code === 'duplicate')) throw error;
      });
  }

  /** See it through, and forget it. */
  function follow(id: string, { done, late }: Work<T>): void {
    const following = done
      .then(late)
      .then(() =>
        store.transaction(async (tx) => {
          const row = await tx.table(inbox).get(id);
          if (row) await tx.table(inbox).delete(row);
        }),
      )
      .catch((error) => log.error({ err: error, id }, 'not done yet, it is tried again'))
      .finally(() => underWay.delete(following));
    underWay.add(following);
  }

  async function take(incoming: Incoming): Promise<T | undefined> {
    const begun = work(incoming);
    const waited = new AbortController();
    const soon = sleep(soonMs, undefined, { signal: waited.signal }).catch(() => undefined);
    try {
      const first = await Promise.race([begun.done.then((result) => ({ result })), soon]);
      if (first) return first.result;
    } finally {
      waited.abort();
    }
    await shelve(incoming);
    follow(incoming.id, begun);
    return undefined;
  }

  async function claim(): Promise<readonly InboxRow[]> {
    return store.transaction(async (tx) => {
      const range = { lte: now().toISOString() };
      const { rows } = await tx.table(inbox).find({ order: 'due', range, limit: AT_ONCE, claim: true });
      for (const row of rows) {
        if (row.attempts < MOST_ATTEMPTS)
          await tx.table(inbox).put({ ...row, due: leaseFrom(), attempts: row.attempts + 1 });
        else {
          log.error({ id: row.id }, 'given up after several attempts');
          await tx.table(inbox).delete(row);
        }
      }
      return rows.filter(({ attempts }) => attempts < MOST_ATTEMPTS);
    });
  }

  async function resume(): Promise<void> {
    for (const { id, topic, data } of await claim()) {
      log.info({ id }, 'what was acknowledged and not done is done now');
      follow(id, work({ id, topic, data }));
    }
  }

  return {
    take,
    resume,
    start() {
      const look = () =>
        resume().catch((error) => log.warn({ err: error }, 'what waits could not be looked through'));
      void look();
      looking = setInterval(look, LOOK_MS);
    },
    async stop() {
      clearInterval(looking);
      await Promise.allSettled([...underWay]);
    },
  };
}
