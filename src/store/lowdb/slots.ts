/** A set of whole numbers, ascending: few as they are, many at four bytes each. */

/** Longer lists have room to grow. Typed arrays cost a hundred bytes before they hold anything, and most lists are short. */
const SHORT = 24;

export class Slots {
  private items: number[] | Uint32Array = [];
  size = 0;

  has(slot: number): boolean {
    const at = this.placeOf(slot);
    return at < this.size && this.items[at] === slot;
  }

  /** Put in `slot`, which is not there. */
  add(slot: number): void {
    const at = this.placeOf(slot);
    const { items, size } = this;
    this.size += 1;
    if (Array.isArray(items) && size < SHORT) {
      // A new one is just as long as it needs to be.
      this.items = at === size ? [...items, slot] : [...items.slice(0, at), slot, ...items.slice(at)];
      return;
    }
    if (size === items.length || Array.isArray(items)) {
      const more = new Uint32Array(size * 2);
      more.set(items);
      this.items = more;
    }
    this.items.copyWithin(at + 1, at, size);
    this.items[at] = slot;
  }

  /** Take out `slot`, which is there. */
  remove(slot: number): void {
    const at = this.placeOf(slot);
    this.items.copyWithin(at, at + 1, this.size);
    this.size -= 1;
    if (Array.isArray(this.items)) this.items = this.items.slice(0, this.size);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let at = 0; at < this.size; at += 1) yield this.items[at] as number;
  }

  /** Where `slot` is or belongs; most that come are new and belong at the end. */
  private placeOf(slot: number): number {
    let high = this.size;
    if (high === 0 || (this.items[high - 1] as number) < slot) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle] as number) < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
