/** How an index follows the rows: changes are noted first, and taken in later. */
import type { StoredRow } from '../values.ts';

/** A row before and after a change; undefined: there was, or is, none. */
type Change = readonly [before: StoredRow | undefined, after: StoredRow | undefined];

/** So many changes are taken in together at the latest. Few enough that whoever looks first hardly waits. */
const BEHIND = 64;

/**
 * Changes are taken in when somebody looks or when many have gathered: CPU caches are cold after a sync, so that one change
 * at a time costs about three times as much.
 */
export abstract class LaggingIndex {
  private behind: Change[] = [];

  /** Follow a row that came, changed or went. */
  note(before: StoredRow | undefined, after: StoredRow | undefined): void {
    if (this.behind.push([before, after]) >= BEHIND) this.catchUp();
  }

  /** To be called before anybody looks. */
  protected catchUp(): void {
    if (this.behind.length === 0) return;
    for (const [before, after] of this.behind.splice(0)) this.takeIn(before, after);
  }

  protected abstract takeIn(before: StoredRow | undefined, after: StoredRow | undefined): void;
}
