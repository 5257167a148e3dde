/** Writes the snapshot: JSON that a person can read, one row per line, with checksums at the end. */
import { crc32 } from 'node:zlib';
import type { FileSystem } from './fs.ts';
import type { Memory } from './memory.ts';

/** Of the file as a whole; a reader refuses others. */
export const FORMAT = 1;
/** Lines per checksum: damage is found to within this many lines. */
export const BLOCK = 100;
/** How long memory may be read in one go, in ms. */
const SLICE_MS = 4;
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
  const checks: string[] = [];
  let [crc, count, position, synced] = [0, 0, 0, 0];
  let [text, until] = ['', 0];
  let bytes: Buffer[] = [];
  // Many lines at a time: one by one they take a fifth longer.
  const encode = () => {
    const encoded = Buffer.from(text);
    bytes.push(encoded);
    crc = crc32(encoded, crc);
    text = '';
  };
  const check = () => {
    encode();
    checks.push(hex(crc));
    crc = 0;
  };
  const write = async () => {
    encode();
    const data = Buffer.concat(bytes);
    bytes = [];
    await file.write(data, position);
    position += data.length;
  };
  try {
    for (const line of snapshotLines(memory, head)) {
      if (performance.now() > until) {
        await write();
        if (position - synced > SYNC_EVERY) {
          await file.datasync();
          synced = position;
        }
        await pause();
        until = performance.now() + SLICE_MS;
      }
      text += `${line}\n`;
      count += 1;
      if (count % BLOCK === 0) check();
    }
    if (count % BLOCK !== 0) check();
    text = `"checks": ${JSON.stringify(checks)}\n}\n`;
    await write();
    await file.datasync();
    return position;
  } finally {
    await file.close();
  }
}

/** Eight hexadecimal digits. */
export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
