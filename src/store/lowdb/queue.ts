/** Runs bodies one at a time, in the order in which they came. */

interface Job {
  readonly run: () => Promise<void>;
  readonly reject: (error: unknown) => void;
  readonly writes: boolean;
}

/** Bodies run back to back for at most this long, in ms, before others get their turn of the event loop. */
const TURN_MS = 5;

export class Queue {
  private jobs: Job[] = [];
  private at = 0;
  private working: Promise<void> | undefined;

  /** `onPause` is called when the queue is empty, or has been busy for a while. */
  constructor(private readonly onPause: () => void) {}

  /** Settles like `job`, once all that came before is done. */
  run<T>(job: () => Promise<T>, writes: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.jobs.push({ run: () => job().then(resolve, reject), reject, writes });
      this.start();
    });
  }

  /** Run `job` before everything that waits; it must not reject. */
  first(job: () => Promise<void>): void {
    this.jobs.splice(this.at, 0, { run: job, reject: () => {}, writes: false });
    this.start();
  }

  /** Refuse all writes that wait: what failed for the one in front would fail for each of them. */
  rejectWrites(error: unknown): void {
    const waiting = this.jobs.slice(this.at);
    this.jobs = waiting.filter((job) => !job.writes);
    this.at = 0;
    for (const job of waiting) if (job.writes) job.reject(error);
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    while (this.working) await this.working;
  }

  private start(): void {
    this.working ??= this.work().finally(() => {
      this.working = undefined;
      // One may have come in after the last look.
      if (this.at < this.jobs.length) this.start();
    });
  }

  private async work(): Promise<void> {
    let until = performance.now() + TURN_MS;
    for (;;) {
      const job = this.jobs[this.at];
      if (!job) {
        this.jobs = [];
        this.at = 0;
        this.onPause();
        return;
      }
      this.at += 1;
      await job.run();
      if (performance.now() > until) {
        this.jobs = this.jobs.slice(this.at);
        this.at = 0;
        this.onPause();
        await new Promise(setImmediate);
        until = performance.now() + TURN_MS;
      }
    }
  }
}
