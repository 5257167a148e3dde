/** Writes the snapshot: JSON that a person can read, one row per line, with checksums at the end. */
import { crc32 } from 'node:zlib';
import type { FileSystem } from './fs.ts';
import type { Memory } from './memory.ts';

/** Of the file as a whole; a reader refuses others. */
export const FORMAT = 1;
/** Lines per checksum: damage is found to within this many lines. */
export const BLOCK = 100;
/** How long memory may be read in one go, in ms, and how much is handed to the disk at once, in UTF-16 units. */
const SLICE_MS = 4;
const SLICE_LENGTH = 256 * 1024;
/** Synced every so many bytes, so that the sync of a commit never has to wait for all of the snapshot. */
const SYNC_EVERY = 2 * 1024 * 1024;

/** The commits up to `sequence` are in the snapshot, those of journal `journal` and later ones are to be replayed. */
export interface SnapshotHead {
  readonly sequence: number;
  readonly journal: number;
}

/** The lines of a snapshot without newlines, rows as they are when their line is drawn. */
function* snapshotLines(memory: Memory, head: SnapshotHead): Generator<string> {
  yield '{';
  yield `"huishang": ${FORMAT},`;
  yield `"sequence": ${head.sequence},`;
  yield `"journal": ${head.journal},`;
  yield '"numbers": {';
  yield* commas(memory.numbers, ([series, value]) => `${JSON.stringify(series)}: ${value}`);
  yield '},';
  yield '"tables": {';
  let first = true;
  for (const table of memory.tables.values()) {
    if (!first) yield '],';
    first = false;
    yield `${JSON.stringify(table.name)}: [`;
    yield* commas(table.rows.values(), (row) => JSON.stringify(row));
  }
  if (!first) yield ']';
  yield '},';
}

/** All lines but the last end in a comma. */
function* commas<T>(items: Iterable<T>, write: (item: T) => string): Generator<string> {
  let held: string | undefined;
  for (const item of items) {
    if (held !== undefined) yield `${held},`;
    held = write(item);
  }
  if (held !== undefined) yield held;
}

/** Turns lines into bytes, and has a checksum made of every `BLOCK` lines. */
class Encoder {
  readonly checks: string[] = [];
  /** UTF-16 units since bytes were last taken. */
  length = 0;
  count = 0;
  private crc = 0;
  private text = '';
  private blocks: Buffer[] = [];

  add(line: string): void {
    this.text += line;
    this.text += '\n';
    this.length += line.length;
    this.count += 1;
    if (this.count % BLOCK === 0) this.check();
  }

  /** The bytes of all that came since the last call. */
  take(): Buffer {
    this.encode();
    const bytes = Buffer.concat(this.blocks);
    this.blocks = [];
    this.length = 0;
    return bytes;
  }

  /** After the last line: the checks. */
  finish(): void {
    if (this.count % BLOCK !== 0) this.check();
    this.blocks.push(Buffer.from(`"checks": ${JSON.stringify(this.checks)}\n}\n`));
  }

  private check(): void {
    this.encode();
    this.checks.push(hex(this.crc));
    this.crc = 0;
  }

  /** Many lines at a time: one by one they take a fifth longer. */
  private encode(): void {
    const bytes = Buffer.from(this.text);
    this.text = '';
    this.crc = crc32(bytes, this.crc);
    this.blocks.push(bytes);
  }
}

/**
 * Write a snapshot of `memory` to `path` and sync it; resolves to its size in bytes. Works in slices of a few
 * milliseconds; `pause` is awaited between them and rejects to give up. What changes meanwhile may or may not be
 * in it: the journal that `head` names holds it in any case.
 */
export async function writeSnapshot(
  fs: FileSystem,
  path: string,
  memory: Memory,
  head: SnapshotHead,
  pause: () => Promise<void>,
): Promise<number> {
  const file = await fs.open(path, 'w');
  try {
    const lines = snapshotLines(memory, head);
    const encoder = new Encoder();
    let position = 0;
    let synced = 0;
    for (let finished = false; !finished; ) {
      await pause();
      const until = performance.now() + SLICE_MS;
      while (encoder.length < SLICE_LENGTH) {
        const next = lines.next();
        if (next.done) {
          encoder.finish();
          finished = true;
          break;
        }
        encoder.add(next.value);
        if (encoder.count % 16 === 0 && performance.now() > until) break;
      }
      const data = encoder.take();
      await file.write(data, position);
      position += data.length;
      if (finished || position - synced > SYNC_EVERY) {
        await file.datasync();
        synced = position;
      }
    }
    return position;
  } finally {
    await file.close();
  }
}

/** Eight hexadecimal digits. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
