/** Lets so many in at once and the others wait, in the order in which they came, but not for ever. */
import { StoreError } from '../store.ts';

export class Slots {
  private free: number;
  private readonly waiting = new Set<() => void>();
  private readonly patience: number;

  /** `patience`: the longest wait, in ms. */
  constructor(count: number, patience: number) {
    this.free = count;
    this.patience = patience;
  }

  /** Run `work` once there is room. Rejects with StoreError `unavailable` when there is none for too long. */
  async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.free > 0) this.free -= 1;
    else await this.wait();
    try {
      return await work();
    } finally {
      const [next] = this.waiting;
      if (next) next();
      else this.free += 1;
    }
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        this.waiting.delete(enter);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(enter);
        reject(new StoreError('unavailable', 'PostgreSQL: too many transactions wait for their turn'));
      }, this.patience);
      this.waiting.add(enter);
    });
  }
}
