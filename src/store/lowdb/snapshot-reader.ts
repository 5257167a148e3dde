/** Reads the snapshot, and tells on which line it is damaged. */
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
    const { end, rest } = await eachLine(file, (text, bytes, number) => reader.line(text, bytes, number));
    return { ...reader.end(rest), size: end + rest };
  } finally {
    await file.close();
  }
}

/** What is expected next. */
type State =
  | keyof SnapshotHead
  | 'start'
  | 'huishang'
  | 'open'
  | 'numbers'
  | 'between'
  | 'tables'
  | 'rows'
  | 'foot'
  | 'end';

/** The lines that are always the same, each behind what was expected, and what is expected after them. */
const FIXED: Readonly<Record<string, State | undefined>> = {
  'start {': 'huishang',
  'open "numbers": {': 'numbers',
  'numbers }': 'between',
  'between "tables": {': 'tables',
  'rows ]': 'tables',
  'tables }': 'foot',
  'foot }': 'end',
};

/** Understands exactly what `snapshotLines` writes; a comma at the end of a line may be missing. */
class SnapshotReader {
  private state: State = 'start';
  private readonly head = { sequence: 0, journal: 0 };
  private table: MemTable | undefined;
  private readonly sums: string[] = [];
  private crc = 0;
  private lines = 0;

  constructor(
    private readonly path: string,
    private readonly memory: Memory,
  ) {}

  line(text: string, bytes: Buffer, number: number): void {
    this.lines = number;
    if (this.state !== 'foot') {
      this.crc = crc32(bytes, this.crc);
      if (number % BLOCK === 0) this.endBlock();
    }
    const what = text.endsWith(',') ? text.slice(0, -1) : text;
    if (this.table && what.startsWith('{')) {
      const row = loadRow(this.table, this.json(what), () => `${this.path}: line ${number}`);
      this.table.rows.set(row.id, row);
    } else this.structure(what);
  }

  /** What the file amounts to; `rest` bytes follow its last newline. */
  end(rest: number): SnapshotHead {
    this.lines += 1;
    if (this.state !== 'end') throw this.damaged('the file ends too early');
    if (rest > 0) throw this.damaged('something follows the end');
    return this.head;
  }

  private structure(text: string): void {
    const { state } = this;
    const next = FIXED[`${state} ${text}`];
    const field = (): unknown => this.json(`{${text}}`)[state];
    if (next) {
      this.state = next;
      this.table = undefined;
    } else if (state === 'huishang') {
      const format = field();
      if (format !== FORMAT) throw this.damaged(`format ${format}, this version reads ${FORMAT}`);
      this.state = 'sequence';
    } else if (state === 'sequence' || state === 'journal') {
      this.head[state] = this.whole(field());
      this.state = state === 'sequence' ? 'journal' : 'open';
    } else if (state === 'numbers') {
      for (const [series, value] of Object.entries(this.json(`{${text}}`)))
        this.memory.numbers.set(series, this.whole(value));
    } else if (state === 'tables' && text.endsWith(': [')) {
      const [name] = Object.keys(this.json(`{${text}]}`));
      this.table = this.memory.keep(name ?? '');
      this.state = 'rows';
    } else if (state === 'foot') this.compare(this.json(`{${text}}`).checks);
    else throw this.damaged('this line does not belong here');
  }

  private whole(value: unknown): number {
    if (!Number.isSafeInteger(value)) throw this.damaged('a whole number should be here');
    return value as number;
  }

  private json(text: string): Record<string, unknown> {
    try {
      return JSON.parse(text) as Record<string, unknown>;
    } catch (cause) {
      throw this.damaged(`not JSON: ${cause}`);
    }
  }

  private endBlock(): void {
    this.sums.push(hex(this.crc));
    this.crc = 0;
  }

  private compare(checks: unknown): void {
    if (!Array.isArray(checks)) throw this.damaged('this line does not belong here');
    if ((this.lines - 1) % BLOCK !== 0) this.endBlock();
    for (let block = 0; block < Math.max(this.sums.length, checks.length); block += 1) {
      if (this.sums[block] === checks[block]) continue;
      const last = Math.min((block + 1) * BLOCK, this.lines - 1);
      this.lines = block * BLOCK + 1;
      throw this.damaged(`lines ${this.lines} to ${last} do not fit their checksum`);
    }
  }

  /** Names the line that was read last. */
  private damaged(why: string): StoreError {
    return new StoreError('damaged', `${this.path}: line ${this.lines}: ${why}`);
  }
}
