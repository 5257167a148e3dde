/**
 * The backup file: gzip, JSON lines; a first line says what it is, a last one how much of what must be in it. With a
 * passphrase all of it is encrypted: `MAGIC`, 16 bytes of salt, 12 of nonce, AES-256-GCM with a key that scrypt makes,
 * 16 bytes of tag.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, unlink } from 'node:fs/promises';
import { pipeline as join, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { hashOf } from '../store/files.ts';
import { StoreError } from '../store/store.ts';
import type { Entry } from './contents.ts';
import { Tally } from './tally.ts';

/** 2 has contents of files; 1, without, is still read. */
const FORMAT = 2;
const headLine = z.object({ huishang: z.union([z.literal(1), z.literal(FORMAT)]) });
const entryLine = z.union([
  z.object({
    table: z.string().regex(/^[a-z][a-z0-9_]*$/),
    row: z.looseObject({ id: z.string().min(1), rev: z.number().int().positive() }),
  }),
  z.object({ series: z.string(), value: z.number().int().nonnegative() }),
  z.object({ file: z.string(), bytes: z.base64() }),
]);
const endLine = z.object({ end: z.record(z.string(), z.tuple([z.number(), z.string()])) });

const MAGIC = Buffer.from('huishang-encrypted-1\n');
const SALT = 16;
const NONCE = 12;
const TAG = 16;
const HEAD = MAGIC.length + SALT + NONCE;
/** About 0.1 s and 64 MiB a try. */
const COST = { N: 2 ** 16, r: 8, p: 1, maxmem: 2 ** 27 };

/** Characters that go to gzip at once. */
const CHUNK = 64 * 1024;

/** The text of a backup. */
export async function* linesOf(entries: AsyncIterable<Entry>): AsyncGenerator<string> {
  const tally = new Tally();
  let chunk = `${JSON.stringify({ huishang: FORMAT })}\n`;
  for await (const entry of entries) {
    tally.add(entry);
    chunk += `${JSON.stringify(entry)}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}${JSON.stringify({ end: tally })}\n`;
}

/** Write `text` to `path`; it is there, synced, in one piece or not at all. */
export async function writeBackup(
  path: string,
  text: AsyncIterable<string | Uint8Array>,
  passphrase?: string,
): Promise<void> {
  const part = `${path}.part`;
  try {
    // One that was left behind may be somebody's to read.
    await rm(part, { force: true });
    const out = createWriteStream(part, { flags: 'wx', mode: 0o600 });
    const packed = Readable.from(text, { objectMode: false });
    if (passphrase === undefined) await pipeline(packed, createGzip(), out);
    else await pipeline(packed, createGzip(), encrypted(passphrase), out);
    const file = await open(part, 'r+');
    await file.sync().finally(() => file.close());
    await rename(part, path);
  } catch (error) {
    await unlink(part).catch(() => {});
    throw error;
  }
}

function encrypted(passphrase: string) {
  return async function* (packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
    const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce);
    yield Buffer.concat([MAGIC, salt, nonce]);
    for await (const part of packed) yield cipher.update(part);
    yield Buffer.concat([cipher.final(), cipher.getAuthTag()]);
  };
}

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  return derive(passphrase.normalize('NFC'), salt, 32, COST);
}

/**
 * What a backup holds. Throws StoreError `damaged`, naming the line, at the latest in place of the end: only then is it
 * known that nobody has changed it.
 * @param passphrase for one that is encrypted
 */
export async function* readBackup(path: string, passphrase?: string): AsyncGenerator<Entry> {
  const tally = new Tally();
  let number = 0;
  let end: unknown;
  const damaged = (why: string, cause?: unknown) =>
    new StoreError('damaged', `${path}: line ${number}: ${why}`, { cause });
  try {
    for await (const line of unpacked(path, passphrase)) {
      number += 1;
      if (end) throw damaged('there is something behind the end');
      const json: unknown = JSON.parse(line);
      if (number === 1) {
        if (!headLine.safeParse(json).success) throw damaged('not a backup that this version can read');
        continue;
      }
      const entry = entryLine.safeParse(json);
      if (entry.success) {
        const { data } = entry;
        if ('file' in data && hashOf(Buffer.from(data.bytes, 'base64')) !== data.file)
          throw damaged('the content of a file is not what it was');
        tally.add(data);
        yield data;
      } else end = endLine.parse(json).end;
    }
  } catch (cause) {
    if (cause instanceof StoreError || (cause as NodeJS.ErrnoException).code === 'ENOENT') throw cause;
    // Until the first line is read, nothing says which of them it is.
    if (number === 0)
      throw damaged(
        passphrase === undefined
          ? 'this is no backup, or a damaged one'
          : 'BACKUP_PASSPHRASE is not that of this backup, or this is none, or a damaged one',
        cause,
      );
    throw damaged(`not what was written: ${(cause as Error).message}`, cause);
  }
  if (!end) throw damaged('the file ends too early');
  if (JSON.stringify(end) !== JSON.stringify(tally))
    throw damaged('the rows do not fit the counts at the end');
}

async function* unpacked(path: string, passphrase: string | undefined): AsyncGenerator<string> {
  // A failure of either reaches the loop below.
  const packed = await opened(path, passphrase);
  const text = join(packed, createGunzip(), () => {}).setEncoding('utf8');
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** The file as it was packed, whether encrypted or not. */
async function opened(path: string, passphrase: string | undefined): Promise<Readable> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(HEAD);
    await file.read(head, 0, HEAD, 0);
    if (!head.subarray(0, MAGIC.length).equals(MAGIC)) return createReadStream(path);
    if (passphrase === undefined)
      throw new StoreError('damaged', `${path} is encrypted: set BACKUP_PASSPHRASE to its passphrase`);
    if (size < HEAD + TAG) throw new Error('the file ends too early');
    const tag = Buffer.alloc(TAG);
    await file.read(tag, 0, TAG, size - TAG);
    const salt = head.subarray(MAGIC.length, MAGIC.length + SALT);
    const key = await keyOf(passphrase, salt);
    const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(-NONCE)).setAuthTag(tag);
    const body = createReadStream(path, { start: HEAD, end: size - TAG - 1 });
    return join(body, decipher, () => {});
  } finally {
    await file.close();
  }
}
