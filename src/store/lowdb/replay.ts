/** Reads the journals back into memory, drops a torn tail, and refuses anything else that is damaged. */

import { loadRow } from '../rows.ts';
import { StoreError } from '../store.ts';
import type { FileSystem } from './fs.ts';
import { eachLine } from './lines.ts';
import type { Memory } from './memory.ts';
import { journalGeneration, journalName, lostBit, parseLine } from './record.ts';

/** Where a journal stops making sense. */
interface Damage {
  readonly line: number;
  readonly offset: number;
  /** The commit that should have been there. */
  readonly sequence: number;
  readonly why: string;
}

interface Replayed {
  /** Of the last journal. */
  readonly generation: number;
  readonly length: number;
  /** Bytes in all journals. */
  readonly backlog: number;
  /** The last commit. */
  readonly sequence: number;
  /** The file whose torn tail was cut off, if one was. */
  readonly torn?: string;
}

/** The generations of the journals in `dir`, ascending. */
export async function listJournals(fs: FileSystem, dir: string): Promise<number[]> {
  const generations = (await fs.list(dir)).map(journalGeneration);
  return generations.filter((each) => each !== undefined).sort((a, b) => a - b);
}

/**
 * Apply all journals from generation `first` on to `memory`, whose snapshot holds the commits up to `sequence`.
 * A last line that is torn was never acknowledged: it is cut off. One with any other damage was, and is refused.
 * Throws StoreError `damaged` naming file and line.
 */
export async function replay(
  fs: FileSystem,
  dir: string,
  memory: Memory,
  first: number,
  sequence: number,
): Promise<Replayed> {
  const generations = (await listJournals(fs, dir)).filter((each) => each >= first);
  let state = { sequence, length: 0, backlog: 0 };
  let torn: { path: string; damage: Damage } | undefined;
  for (let generation = first; generation <= (generations.at(-1) ?? first); generation += 1) {
    const path = `${dir}/${journalName(generation)}`;
    if (!generations.includes(generation)) throw new StoreError('damaged', `${path}: this file is missing`);
    const read = await replayFile(fs, path, memory, state.sequence);
    // A journal is begun only when the one before is whole; just the empty file may have come into being earlier.
    if (torn && read.size > 0) throw damaged(torn.path, torn.damage);
    if (read.damage) torn = { path, damage: read.damage };
    state = { sequence: read.sequence, length: read.length, backlog: state.backlog + read.length };
  }
  if (torn) await cut(fs, torn.path, torn.damage.offset);
  return { generation: generations.at(-1) ?? first, ...state, ...(torn && { torn: torn.path }) };
}

function damaged(path: string, { line, why }: Damage): StoreError {
  return new StoreError('damaged', `${path}: line ${line}: ${why}`);
}

async function cut(fs: FileSystem, path: string, length: number): Promise<void> {
  const file = await fs.open(path, 'r+');
  try {
    await file.truncate(length);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function replayFile(fs: FileSystem, path: string, memory: Memory, before: number) {
  const file = await fs.open(path, 'r');
  let sequence = before;
  let damage: Damage | undefined;
  try {
    const { end, rest, blank, tail, lines } = await eachLine(file, (text, whole, number, offset) => {
      const bytes = whole.subarray(0, -1);
      const record = parseLine(text, bytes);
      if (damage) {
        // Behind the damage only the rest of one batch that was being written may lie, and only if the disk
        // wrote it out of order: a later batch would prove that the damaged one had been acknowledged.
        const sameBatch = record ? record.sequence - record.place <= damage.sequence : bytes.includes(0);
        if (!sameBatch) throw damaged(path, damage);
        return;
      }
      if (!record) {
        damage = { line: number, offset, sequence: sequence + 1, why: 'its checksum does not fit' };
        // What the disk never filled is zeros, and a line has none: without them it was written, and acknowledged.
        if (!bytes.includes(0) || lostBit(bytes)) throw damaged(path, damage);
        return;
      }
      if (record.sequence !== sequence + 1) {
        const why = `commit ${sequence + 1} should follow, not ${record.sequence}`;
        throw new StoreError('damaged', `${path}: line ${number}: ${why}`);
      }
      apply(memory, record.json, () => `${path}: line ${number}`);
      sequence += 1;
    });
    if (rest > 0 && !blank && !damage) {
      damage = { line: lines + 1, offset: end, sequence: sequence + 1, why: 'it ends in the middle' };
      // All of it is there but the newline, which is something else: no disk leaves that of a write.
      const line = tail.subarray(0, -1);
      if (parseLine(line.toString(), line)) throw damaged(path, damage);
    }
    return { sequence, damage, length: damage ? damage.offset : end, size: blank ? end : end + rest };
  } finally {
    await file.close();
  }
}

function apply(memory: Memory, json: string, where: () => string): void {
  const { put, del, num } = JSON.parse(json) as {
    put: [string, { id: string }][];
    del: [string, string][];
    num: [string, number][];
  };
  for (const [name, value] of put) {
    const table = memory.keep(name);
    const row = loadRow(table, value, where);
    table.rows.set(row.id, row);
  }
  for (const [name, id] of del) memory.keep(name).rows.delete(id);
  for (const [series, value] of num) memory.numbers.set(series, value);
}
