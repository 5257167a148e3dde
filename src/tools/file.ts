/** The backup file: gzip, JSON lines; a first line says what it is, a last one how much of what must be in it. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, unlink } from 'node:fs/promises';
import { pipeline as join, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { type Item, StoreError } from '../store/store.ts';
import { Tally } from './tally.ts';

const FORMAT = 1;
const headLine = z.object({ huishang: z.literal(FORMAT) });
const itemLine = z.union([
  z.object({
    table: z.string().regex(/^[a-z][a-z0-9_]*$/),
    row: z.looseObject({ id: z.string().min(1), rev: z.number().int().positive() }),
  }),
  z.object({ series: z.string(), value: z.number().int().nonnegative() }),
]);
const endLine = z.object({ end: z.record(z.string(), z.tuple([z.number(), z.string()])) });

/** Lines that go to gzip at once. */
const CHUNK = 200;

/** Write all of `items` to `path`; it is there, synced, in one piece or not at all. */
export async function writeBackup(path: string, items: AsyncIterable<Item>): Promise<void> {
  const part = `${path}.part`;
  try {
    // One that was left behind may be somebody's to read.
    await rm(part, { force: true });
    const out = createWriteStream(part, { flags: 'wx', mode: 0o600 });
    await pipeline(Readable.from(lines(items)), createGzip(), out);
    const file = await open(part, 'r+');
    await file.sync().finally(() => file.close());
    await rename(part, path);
  } catch (error) {
    await unlink(part).catch(() => {});
    throw error;
  }
}

async function* lines(items: AsyncIterable<Item>): AsyncGenerator<string> {
  const tally = new Tally();
  yield `${JSON.stringify({ huishang: FORMAT })}\n`;
  let chunk: string[] = [];
  for await (const item of items) {
    tally.add(item);
    chunk.push(`${JSON.stringify(item)}\n`);
    if (chunk.length < CHUNK) continue;
    yield chunk.join('');
    chunk = [];
  }
  yield `${chunk.join('')}${JSON.stringify({ end: tally })}\n`;
}

/** What a backup holds. Throws StoreError `damaged`, naming the line, at the latest in place of the end. */
export async function* readBackup(path: string): AsyncGenerator<Item> {
  const tally = new Tally();
  let number = 0;
  let end: unknown;
  const damaged = (why: string, cause?: unknown) =>
    new StoreError('damaged', `${path}: line ${number}: ${why}`, { cause });
  try {
    for await (const line of unpacked(path)) {
      number += 1;
      if (end) throw damaged('there is something behind the end');
      const json: unknown = JSON.parse(line);
      if (number === 1) {
        if (!headLine.safeParse(json).success) throw damaged('not a backup that this version can read');
        continue;
      }
      const item = itemLine.safeParse(json);
      if (item.success) {
        tally.add(item.data);
        yield item.data;
      } else end = endLine.parse(json).end;
    }
  } catch (cause) {
    if (cause instanceof StoreError || (cause as NodeJS.ErrnoException).code === 'ENOENT') throw cause;
    throw damaged(`not what was written: ${(cause as Error).message}`, cause);
  }
  if (!end) throw damaged('the file ends too early');
  if (JSON.stringify(end) !== JSON.stringify(tally))
    throw damaged('the rows do not fit the counts at the end');
}

async function* unpacked(path: string): AsyncGenerator<string> {
  // A failure of either reaches the loop below.
  const text = join(createReadStream(path), createGunzip(), () => {}).setEncoding('utf8');
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
