/** Counts and checksums per table; the order in which rows come does not matter, nor that of their fields. */
import { createHash } from 'node:crypto';
import type { Entry } from './contents.ts';

interface Sum {
  count: number;
  total: bigint;
}

const MASK = (1n << 128n) - 1n;
/** How the number series and the contents of files are called among the tables. */
const NUMBERS = '(numbers)';
const FILES = '(files)';

export class Tally {
  private readonly sums = new Map<string, Sum>();

  add(entry: Entry): void {
    const [name, text] = named(entry);
    const sum = this.sums.get(name) ?? { count: 0, total: 0n };
    sum.count += 1;
    const digest = createHash('sha256').update(text).digest();
    sum.total = (sum.total + (digest.readBigUInt64BE(0) << 64n) + digest.readBigUInt64BE(8)) & MASK;
    this.sums.set(name, sum);
  }

  /** `[count, checksum]` by table; tables without rows are left out. */
  toJSON(): Record<string, [number, string]> {
    const names = [...this.sums.keys()].sort();
    return Object.fromEntries(names.map((name) => [name, this.pair(name)]));
  }

  /** One line a table. */
  lines(): string[] {
    const width = Math.max(0, ...[...this.sums.keys()].map(({ length }) => length));
    return Object.entries(this.toJSON()).map(
      ([name, [count, sum]]) => `${name.padEnd(width)}  ${count.toLocaleString('en').padStart(11)}  ${sum}`,
    );
  }

  /** The tables in which `other` has other rows. */
  differences(other: Tally): string[] {
    const names = new Set([...this.sums.keys(), ...other.sums.keys()]);
    return [...names].filter((name) => this.pair(name).join() !== other.pair(name).join());
  }

  private pair(name: string): [number, string] {
    const { count, total } = this.sums.get(name) ?? { count: 0, total: 0n };
    return [count, total.toString(16).padStart(32, '0')];
  }
}

function named(entry: Entry): [name: string, text: string] {
  if ('table' in entry) return [entry.table, canonical(entry.row)];
  // The name of a content is its checksum.
  return 'file' in entry ? [FILES, entry.file] : [NUMBERS, canonical([entry.series, entry.value])];
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
