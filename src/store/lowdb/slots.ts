/** A set of whole numbers, ascending, at four bytes each. */
export class Slots {
  private items = new Uint32Array(4);
  size = 0;

  static of(...slots: readonly number[]): Slots {
    const made = new Slots();
    for (const slot of slots) made.add(slot);
    return made;
  }

  has(slot: number): boolean {
    const at = this.placeOf(slot);
    return at < this.size && this.items[at] === slot;
  }

  /** Put in `slot`, which is not there. */
  add(slot: number): void {
    const { size } = this;
    if (size === this.items.length) {
      const more = new Uint32Array(Math.ceil(size * 1.5));
      more.set(this.items);
      this.items = more;
    }
    const at = this.placeOf(slot);
    this.items.copyWithin(at + 1, at, size);
    this.items[at] = slot;
    this.size += 1;
  }

  /** Take out `slot`, which is there. */
  remove(slot: number): void {
    const at = this.placeOf(slot);
    this.items.copyWithin(at, at + 1, this.size);
    this.size -= 1;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.items.subarray(0, this.size).values();
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
