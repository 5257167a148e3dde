/** What an index is told of a row, and how long it may let that lie. */
import type { StoredRow } from '../values.ts';

/** A row before and after a change; undefined: there was, or is, none. */
export type Change = readonly [before: StoredRow | undefined, after: StoredRow | undefined];

/** So many changes are taken in together at the latest. Few enough that whoever looks first hardly waits. */
export const BEHIND = 64;
