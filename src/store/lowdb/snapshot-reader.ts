/** Reads the snapshot, and tells on which line it is damaged. */
import { crc32 } from 'node:zlib';
import { loadRow } from '../rows.ts';
import { StoreError } from '../store.ts';
import type { FileSystem } from './fs.ts';
import { eachBlock } from './lines.ts';
import type { Memory, MemTable } from './memory.ts';
import { BLOCK, FORMAT, hex, type SnapshotHead } from './snapshot.ts';

/**
 * Read a snapshot into `memory`; resolves to its head and size in bytes, undefined when there is no such file.
 * Throws StoreError `damaged` naming file and line. The line of checks may be missing: who mends a file by hand
 * takes it out.
 */
export async function readSnapshot(
  fs: FileSystem,
  path: string,
  memory: Memory,
): Promise<(SnapshotHead & { size: number }) | undefined> {
  const file = await fs.open(path, 'r').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const reader = new SnapshotReader(path, memory);
    const { end, rest } = await eachBlock(file, (text, bytes) => reader.block(text, bytes));
    return { ...reader.end(rest), size: end + rest };
  } finally {
    await file.close();
  }
}

type State =
  | 'start'
  | 'format'
  | 'sequence'
  | 'journal'
  | 'open'
  | 'numbers'
  | 'tables'
  | 'rows'
  | 'foot'
  | 'end';

/** Understands exactly what `snapshotLines` writes. */
class SnapshotReader {
  private state: State = 'start';
  private readonly head = { sequence: 0, journal: 0 };
  private table: MemTable | undefined;
  private readonly sums: number[] = [];
  private crc = 0;
  /** Lines read so far. */
  private lines = 0;
  private readonly path: string;
  private readonly memory: Memory;

  constructor(path: string, memory: Memory) {
    this.path = path;
    this.memory = memory;
  }

  /** The next lines, as text and as bytes: rows as many as there are in one go, everything else line by line. */
  block(text: string, bytes: Buffer): void {
    let at = 0;
    let start = 0;
    while (at < text.length) {
      const table = this.state === 'rows' && text[at] === '{' ? this.table : undefined;
      // Rows go on up to the line that begins with a bracket.
      const until = table ? '\n]' : '\n';
      const end = behindNewline(text, text.indexOf(until, at));
      const stop = behindNewline(bytes, bytes.indexOf(until, start));
      const first = this.lines + 1;
      if (this.state === 'foot') this.lines += 1;
      else this.sum(bytes.subarray(start, stop));
      const what = withoutComma(text.slice(at, end - 1));
      if (table) this.rows(table, what, first);
      else if (this.state === 'foot') this.foot(what);
      else this.structure(what, first);
      at = end;
      start = stop;
    }
  }

  /** What the file amounts to; `rest` bytes follow its last newline. */
  end(rest: number): SnapshotHead {
    if (this.state !== 'end') throw this.damaged(this.lines + 1, 'the file ends too early');
    if (rest > 0) throw this.damaged(this.lines + 1, 'something follows the end');
    return this.head;
  }

  /** Rows parsed together take a fifth less; one by one only when something is wrong with them. */
  private rows(table: MemTable, text: string, first: number): void {
    const lines = this.lines + 1 - first;
    let values: unknown[];
    try {
      values = JSON.parse(`[${text}]`);
    } catch {
      values = [];
    }
    if (values.length !== lines) {
      values = text.split('\n').map((line, place) => this.json(withoutComma(line), first + place));
    }
    values.forEach((value, place) => {
      const row = loadRow(table, value, () => `${this.path}: line ${first + place}`);
      table.rows.set(row.id, row);
    });
  }

  private foot(text: string): void {
    if (text === '}') this.state = 'end';
    else this.compare(this.json(`{${text}}`, this.lines).checks, this.lines);
  }

  private structure(text: string, number: number): void {
    const field = (name: string): number => {
      const value = this.json(`{${text}}`, number)[name];
      if (!Number.isSafeInteger(value)) throw this.damaged(number, `"${name}" should be here`);
      return value as number;
    };
    const { state } = this;
    if (state === 'start' && text === '{') this.state = 'format';
    else if (state === 'format') {
      const format = field('huishang');
      if (format !== FORMAT) throw this.damaged(number, `format ${format}, this version reads ${FORMAT}`);
      this.state = 'sequence';
    } else if (state === 'sequence') {
      this.head.sequence = field('sequence');
      this.state = 'journal';
    } else if (state === 'journal') {
      this.head.journal = field('journal');
      this.state = 'open';
    } else if (state === 'open' && text === '"numbers": {') this.state = 'numbers';
    else if (state === 'numbers' && text === '"tables": {') this.state = 'tables';
    else if (state === 'numbers' && text.startsWith('"')) this.numbers(text, number);
    else if (state === 'numbers' && text === '}') return;
    else if (state === 'tables' && text === '}') this.state = 'foot';
    else if (state === 'tables' && text.endsWith(': [')) {
      const [name] = Object.keys(this.json(`{${text}]}`, number));
      this.table = this.memory.keep(name ?? '');
      this.state = 'rows';
    } else if (state === 'rows' && text === ']') this.state = 'tables';
    else throw this.damaged(number, 'this line does not belong here');
  }

  private numbers(text: string, number: number): void {
    for (const [series, value] of Object.entries(this.json(`{${text}}`, number))) {
      if (!Number.isSafeInteger(value)) throw this.damaged(number, 'not a number');
      this.memory.numbers.set(series, value as number);
    }
  }

  private json(text: string, number: number): Record<string, unknown> {
    try {
      return JSON.parse(text) as Record<string, unknown>;
    } catch (cause) {
      throw this.damaged(number, `not JSON: ${cause}`);
    }
  }

  /** Count the lines of `bytes`, and take them into the checksum of theirs and their neighbours. */
  private sum(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf('\n') + 1; end > 0; end = bytes.indexOf('\n', end) + 1) {
      this.lines += 1;
      if (this.lines % BLOCK !== 0) continue;
      this.sums.push(crc32(bytes.subarray(start, end), this.crc));
      this.crc = 0;
      start = end;
    }
    this.crc = crc32(bytes.subarray(start), this.crc);
  }

  private compare(checks: unknown, number: number): void {
    if (!Array.isArray(checks)) throw this.damaged(number, 'this line does not belong here');
    const sums = (number - 1) % BLOCK === 0 ? this.sums : [...this.sums, this.crc];
    for (let block = 0; block < Math.max(sums.length, checks.length); block += 1) {
      const sum = sums[block];
      if (sum !== undefined && hex(sum) === checks[block]) continue;
      const first = block * BLOCK + 1;
      throw this.damaged(
        first,
        `lines ${first} to ${Math.min(first + BLOCK, number) - 1} do not fit their checksum`,
      );
    }
  }

  private damaged(number: number, why: string): StoreError {
    return new StoreError('damaged', `${this.path}: line ${number}: ${why}`);
  }
}

function withoutComma(line: string): string {
  return line.endsWith(',') ? line.slice(0, -1) : line;
}

/** The position after the newline at `found`, the end when there is none. */
function behindNewline(of: { readonly length: number }, found: number): number {
  return found === -1 ? of.length : found + 1;
}
