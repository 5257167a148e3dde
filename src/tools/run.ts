/** What the command-line tools share: configuration, stores that get closed, failures in plain words, exit codes. */

import { Tally } from '../backup/tally.ts';
import { type Config, loadConfig, readPassphrase } from '../config.ts';
import { type Engine, openFiles, openStore } from '../engine.ts';
import { AppError } from '../lib/errors.ts';
import { createLog } from '../lib/log.ts';
import type { FileStore } from '../store/files.ts';
import { type Item, type Store, StoreError } from '../store/store.ts';

export interface Bench {
  /** Read when it is asked for: not every tool needs all of it. @throws AppError `config` */
  readonly config: Config;
  /** Open one of the stores that the configuration names; it is closed in the end. */
  open(engine: Engine): Promise<Store>;
  /** Open what keeps the contents of files beside the configured store, after it; closed in the end. */
  openFiles(): Promise<FileStore>;
  /** Of backups; absent: they are not encrypted. */
  readonly passphrase?: string;
  now(): Date;
  say(words: string): void;
}

/** A mistake of the person who called. */
export class UsageError extends Error {}

/** Exit codes: 0 done, 1 refused or failed (and then nothing has changed), 2 called in a way that makes no sense. */
export async function runTool(usage: string, work: (bench: Bench) => Promise<void>): Promise<void> {
  const stores: { close(): Promise<void> }[] = [];
  const say = (words: string) => void process.stdout.write(`${words}\n`);
  try {
    let known: Config | undefined;
    const config = () => {
      known ??= loadConfig();
      return known;
    };
    const passphrase = readPassphrase();
    await work({
      get config() {
        return config();
      },
      say,
      now: () => new Date(),
      async open(engine) {
        const store = await openStore(config(), engine, createLog('warn'));
        stores.push(store);
        return store;
      },
      async openFiles() {
        const contents = await openFiles(config(), () => new Date(), createLog('warn'));
        stores.push(contents);
        return contents;
      },
      ...(passphrase !== undefined && { passphrase }),
    });
  } catch (error) {
    process.exitCode = error instanceof UsageError || isParseError(error) ? 2 : 1;
    process.stderr.write(`${inWords(error)}\n${process.exitCode === 2 ? `${usage}\n` : ''}`);
  } finally {
    for (const store of stores) await store.close();
  }
}

function isParseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof StoreError && error.code === 'locked') {
    return `${error.message}\nStop the server first; only PostgreSQL can be copied while servers run.`;
  }
  if (error instanceof StoreError && error.code === 'not_empty') {
    return `${error.message}\nNothing was changed. With --force what is there is replaced.`;
  }
  const known = error instanceof StoreError || error instanceof AppError || error instanceof UsageError;
  return known || 'code' in error ? error.message : (error.stack ?? error.message);
}

/** Rows between two lines of progress. */
const STEP = 10_000;

/** Pass everything on, counted; says how far it is. */
export async function* counted(
  items: AsyncIterable<Item>,
  tally: Tally,
  say: (words: string) => void,
): AsyncGenerator<Item> {
  let count = 0;
  for await (const item of items) {
    tally.add(item);
    count += 1;
    if (count % STEP === 0)
      say(`  … ${count.toLocaleString('en')} (${'table' in item ? item.table : 'numbers'})`);
    yield item;
  }
}

/** Read a store again and compare with what was put in. Throws StoreError `damaged`, naming what differs. */
export async function verify(store: Store, wanted: Tally, say: (words: string) => void): Promise<void> {
  const found = new Tally();
  for await (const item of store.export()) found.add(item);
  for (const line of found.lines()) say(`  ${line}`);
  const differs = wanted.differences(found);
  if (differs.length > 0) {
    throw new StoreError('damaged', `read again, these differ from what was copied: ${differs.join(', ')}`);
  }
}
