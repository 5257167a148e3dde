/**
 * Does the work beside turns, in a loop of its own: claim → step (one transaction, with the cursor) → next, done, or
 * again later. A job that this server does not know is a newer server's: it is left alone.
 */
import { setImmediate as pause } from 'node:timers/promises';
import type { Log } from '../../lib/log.ts';
import type { Stored, Tx } from '../../store/store.ts';
import { withDoing } from '../delivery/effects.ts';
import { type DoingParts, type Kernel, worldOf } from '../kernel.ts';
import { type After, type Job, type JobKind, type JobRow, jobs, LONGEST_WAIT_MS } from './job.ts';

/** A claim runs out after this long; a server that died holds nothing up for longer. */
const CLAIM_MS = 60_000;
/** A job of which this server does not know what it is about is looked at again after this long. */
const UNKNOWN_MS = 60_000;
/** A step that fails is tried again after a minute, two, four … and then every hour. */
const AGAIN_MS = 60_000;

export interface JobsParts extends DoingParts, Pick<Kernel, 'channels'> {
  readonly kinds: ReadonlyMap<string, JobKind>;
  readonly log: Pick<Log, 'error' | 'warn'>;
}

export interface Jobs {
  /** Do all that is due, or only that of one kind; resolves when there is nothing left to do now. */
  run(only?: string): Promise<void>;
  /** Begin no further step; resolves when those under way have ended. */
  stop(): Promise<void>;
}

export function createJobs(parts: JobsParts): Jobs {
  const { store, kinds, log, now, newId } = parts;
  const loops = new Map<string, { again: boolean; running: Promise<void> }>();
  const unknown = new Set<string>();
  let stopped = false;
  const later = (ms: number) => new Date(now().getTime() + ms).toISOString();

  /** Say once that something is left to servers that know it. */
  function leave(what: Readonly<Record<string, string>>): void {
    const name = JSON.stringify(what);
    if (!unknown.has(name)) log.warn(what, 'jobs that are not known here are left alone');
    unknown.add(name);
  }

  /** Claim what is due of a kind, as much as it does at a time; undefined when nothing is. */
  function claim({ kind, parallel = 1, knows }: JobKind): Promise<readonly Stored<JobRow>[] | undefined> {
    return store.transaction(async (tx) => {
      const range = { lte: now().toISOString() };
      const { rows } = await tx
        .table(jobs)
        .find({ where: { kind }, order: 'due', range, limit: parallel, claim: true });
      const claimed: Stored<JobRow>[] = [];
      for (const row of rows) {
        if (knows && !knows(row.data)) {
          leave({ kind, job: row.id });
          // What is behind it has its turn.
          await tx.table(jobs).put({ ...row, due: later(UNKNOWN_MS) });
          continue;
        }
        const mine = { claim: newId(), due: later(CLAIM_MS), again: false, attempts: row.attempts + 1 };
        claimed.push(await tx.table(jobs).put({ ...row, ...mine }));
      }
      return rows.length > 0 ? claimed : undefined;
    });
  }

  /** The row, if it is still ours. */
  async function held(tx: Tx, { id, claim }: JobRow): Promise<Stored<JobRow> | undefined> {
    const row = await tx.table(jobs).get(id);
    return row?.claim === claim ? row : undefined;
  }

  async function work(kind: JobKind, claimed: Stored<JobRow>): Promise<void> {
    let job: Job = { ...claimed, key: keyOf(claimed) };
    let kept = true;
    const prepared = await kind.prepare?.(job, {
      async renew() {
        kept = await store.transaction(async (tx) => {
          const row = await held(tx, claimed);
          // While this server stops, another one may have it at once.
          const more = stopped ? { claim: null, due: later(0), attempts: 0 } : { due: later(CLAIM_MS) };
          if (row) await tx.table(jobs).put({ ...row, ...more });
          return row !== undefined && !stopped;
        });
        return kept;
      },
      read: (body) => store.read((tx) => body(worldOf(parts, tx))),
      channels: parts.channels,
    });
    if (!kept) return;
    for (let next: string | undefined; ; job = { ...job, cursor: next }) {
      next = await store.transaction(async (tx) => {
        const row = await held(tx, claimed);
        return (
          row &&
          settle(tx, row, await withDoing(parts, tx, row.from, (doing) => kind.step(doing, job, prepared)))
        );
      });
      if (next === undefined) return;
      // Whoever writes meanwhile comes first.
      await pause();
    }
  }

  /** Write down how a step ended; resolves to the cursor when this server goes on at once. */
  async function settle(tx: Tx, row: Stored<JobRow>, after: After): Promise<string | undefined> {
    const rows = tx.table(jobs);
    const free = { claim: null, again: false, attempts: 0 };
    if (typeof after === 'string' && !stopped) {
      await rows.put({ ...row, cursor: after, due: later(CLAIM_MS), attempts: 1 });
      return after;
    }
    if (typeof after === 'string') await rows.put({ ...row, ...free, cursor: after, due: later(0) });
    else if (row.again) await rows.put({ ...row, ...free, cursor: null, due: later(0) });
    else if (after !== undefined) {
      const { at, data = row.data } = after;
      await rows.put({ ...row, data, claim: null, due: at.toISOString() });
    } else await rows.delete(row);
    return undefined;
  }

  async function tryOnce(kind: JobKind, claimed: Stored<JobRow>): Promise<void> {
    // Who tried last never came to say that it failed.
    if (claimed.attempts > (kind.attempts ?? Number.POSITIVE_INFINITY))
      throw new Error('every server that was at it has died');
    await work(kind, claimed);
  }

  async function fail(kind: JobKind, claimed: JobRow, error: unknown): Promise<void> {
    log.error({ job: claimed.id, attempts: claimed.attempts, err: error }, 'a job failed');
    await store.transaction(async (tx) => {
      const row = await held(tx, claimed);
      if (!row) return;
      if (row.attempts >= (kind.attempts ?? Number.POSITIVE_INFINITY)) {
        await withDoing(parts, tx, row.from, async (doing) =>
          kind.givenUp?.(doing, { ...row, key: keyOf(row) }),
        );
        return tx.table(jobs).delete(row);
      }
      const wait = Math.min(AGAIN_MS * 2 ** (row.attempts - 1), LONGEST_WAIT_MS);
      await tx.table(jobs).put({ ...row, claim: null, due: later(wait) });
    });
  }

  async function loop(kind: JobKind, state: { again: boolean }): Promise<void> {
    while (state.again && !stopped) {
      state.again = false;
      const claimed = await claim(kind);
      if (!claimed) return;
      state.again = true;
      await Promise.all(
        claimed.map((row) => tryOnce(kind, row).catch((error: unknown) => fail(kind, row, error))),
      );
    }
  }

  /** The kinds of which something is due; those that this server does not know are named once. */
  async function kindsDue(): Promise<readonly JobKind[]> {
    const range = { lte: now().toISOString() };
    return store.read(async (tx) => {
      const rows = tx.table(jobs);
      const due = Object.keys(await rows.countBy('kind')).map(async (name) => {
        const kind = kinds.get(name);
        if (!kind) leave({ kind: name });
        const found = kind && (await rows.find({ where: { kind: name }, order: 'due', range, limit: 1 }));
        return found && found.rows.length > 0 ? [kind] : [];
      });
      return (await Promise.all(due)).flat();
    });
  }

  /** Each kind has a loop of its own: a long one holds up nothing else. */
  function begin(kind: JobKind): Promise<void> {
    const known = loops.get(kind.kind);
    if (known) {
      known.again = true;
      return known.running;
    }
    const state = { again: true, running: Promise.resolve() };
    loops.set(kind.kind, state);
    state.running = loop(kind, state)
      .catch((error: unknown) =>
        log.error({ kind: kind.kind, err: error }, 'jobs stopped, the next tick goes on'),
      )
      .finally(() => loops.delete(kind.kind));
    return state.running;
  }

  return {
    async run(only) {
      if (stopped) return;
      for (const kind of await kindsDue()) if (!only || kind.kind === only) void begin(kind);
      // Also what is under way already.
      await Promise.all(
        [...loops].flatMap(([kind, { running }]) => (!only || kind === only ? [running] : [])),
      );
    },
    async stop() {
      stopped = true;
      await Promise.all([...loops.values()].map(({ running }) => running));
    },
  };
}

function keyOf({ id, kind }: Pick<JobRow, 'id' | 'kind'>): string {
  return id.slice(kind.length + 1);
}
