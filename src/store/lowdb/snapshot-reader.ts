/** Reads the snapshot line by line, and tells where it is damaged. */
import { crc32 } from 'node:zlib';
import { loadRow } from '../rows.ts';
import { StoreError } from '../store.ts';
import type { FileSystem } from './fs.ts';
import { eachLine } from './lines.ts';
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
    const { end, rest, lines } = await eachLine(file, (text, bytes, number) =>
      reader.line(text, bytes, number),
    );
    return { ...reader.end(lines + 1, rest), size: end + rest };
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

/** Understands exactly what `snapshotLines` writes, one line after the other. */
class SnapshotReader {
  private state: State = 'start';
  private readonly head = { sequence: 0, journal: 0 };
  private table: MemTable | undefined;
  private readonly sums: number[] = [];
  private crc = 0;
  private readonly path: string;
  private readonly memory: Memory;

  constructor(path: string, memory: Memory) {
    this.path = path;
    this.memory = memory;
  }

  line(line: string, bytes: Buffer, number: number): void {
    const text = line.endsWith(',') ? line.slice(0, -1) : line;
    if (this.state === 'rows' && this.table && text.startsWith('{')) {
      this.sum(bytes, number);
      const row = loadRow(this.table, this.json(text, number), () => `${this.path}: line ${number}`);
      this.table.rows.set(row.id, row);
      return;
    }
    if (this.state === 'foot') {
      if (text === '}') this.state = 'end';
      else this.compare(this.json(`{${text}}`, number).checks, number);
      return;
    }
    this.sum(bytes, number);
    this.structure(text, number);
  }

  /** What the file amounts to; `rest` bytes follow its last newline, on line `number`. */
  end(number: number, rest: number): SnapshotHead {
    if (this.state !== 'end') throw this.damaged(number, 'the file ends too early');
    if (rest > 0) throw this.damaged(number, 'something follows the end');
    return this.head;
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

  private sum(bytes: Buffer, number: number): void {
    this.crc = crc32('\n', crc32(bytes, this.crc));
    if (number % BLOCK !== 0) return;
    this.sums.push(this.crc);
    this.crc = 0;
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
