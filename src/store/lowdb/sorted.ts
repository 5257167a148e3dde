/**
 * Entries in order, as a list of short arrays: a change moves little, and finding its place takes one search among the
 * arrays and one within. Most lists hold a handful of entries and are one array.
 */
import { compareEntries, type Entry } from '../values.ts';

/** An array that is longer is split; one that becomes empty goes. */
const MOST = 128;

/** Hands out one entry per call, then undefined. Good until the list changes. */
export type Walk = () => Entry | undefined;

export class Sorted {
  private parts: Entry[][] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Put in `entry`, which is not there. */
  add(entry: Entry): void {
    this.count += 1;
    const at = this.partFor(entry);
    const part = this.parts[at];
    if (!part) {
      this.parts.push([entry]);
      return;
    }
    part.splice(placeIn(part, entry), 0, entry);
    if (part.length > MOST) this.parts.splice(at + 1, 0, part.splice(MOST / 2));
  }

  /** Take `entry` in without looking where it belongs, into a list of nothing else: `sort` once after the last of them. */
  append(entry: Entry): void {
    this.count += 1;
    if (this.parts[0]) this.parts[0].push(entry);
    else this.parts = [[entry]];
  }

  /** For many entries many times faster than finding each its place. */
  sort(): void {
    const [all = []] = this.parts;
    if (all.length < 2) return;
    all.sort(compareEntries);
    this.parts = [];
    for (let at = 0; at < all.length; at += MOST / 2) this.parts.push(all.slice(at, at + MOST / 2));
  }

  /** Take out `entry`, which is there. */
  remove(entry: Entry): void {
    this.count -= 1;
    const at = this.partFor(entry);
    const part = this.parts[at];
    part?.splice(placeIn(part, entry), 1);
    if (part?.length === 0) this.parts.splice(at, 1);
  }

  /** Walk upwards from the first entry not below `from`, or downwards from the last one not above it. */
  walk(from: Entry | undefined, desc: boolean): Walk {
    const { parts } = this;
    const step = desc ? -1 : 1;
    let at = from ? this.partFor(from) : desc ? parts.length - 1 : 0;
    let part = parts[at] ?? [];
    let place = from ? placeIn(part, from) : desc ? part.length - 1 : 0;
    const there = part[place];
    if (from && desc && !(there && compareEntries(there, from) === 0)) place -= 1;
    return () => {
      if (place < 0 || place >= part.length) {
        at += step;
        part = parts[at] ?? [];
        place = desc ? part.length - 1 : 0;
      }
      const entry = part[place];
      place += step;
      return entry;
    };
  }

  /** The last array that begins at or below `entry`, else the first. */
  private partFor(entry: Entry): number {
    const { parts } = this;
    let low = 0;
    let high = parts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareEntries((parts[middle] as Entry[])[0] as Entry, entry) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** The position of the first entry that is not below `entry`. */
function placeIn(entries: readonly Entry[], entry: Entry): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareEntries(entries[middle] as Entry, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
