/**
 * Sends signals to all servers: those of many transactions together, because NOTIFY takes a lock of the whole database at
 * its commit. They only wake listeners up; who hears nothing looks by himself after a while (listen.ts), so one that is
 * lost with its server costs nothing but time.
 */
import type pg from 'pg';
import type { Log } from '../../lib/log.ts';

/** The channel of PostgreSQL that all signals share. */
export const CHANNEL = 'huishang';
/** At most one statement in so many milliseconds: 20 a second. */
const EVERY_MS = 50;

export class Notifier {
  private waiting = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<unknown> | undefined;
  private last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly pool: Pick<pg.Pool, 'query'>,
    private readonly log: Log | undefined,
  ) {}

  /** Say something soon: at once after a quiet time. */
  say(topic: string, payload: string): void {
    this.waiting.add(JSON.stringify([topic, payload]));
    if (this.timer || this.sending) return;
    this.timer = setTimeout(() => this.flush(), Math.max(0, this.last + EVERY_MS - performance.now()));
  }

  /** Everything that was said is out, or given up. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
    if (this.waiting.size > 0) this.flush();
    await this.sending;
  }

  private flush(): void {
    this.timer = undefined;
    this.last = performance.now();
    const payloads = [...this.waiting];
    this.waiting = new Set();
    this.sending = this.pool
      .query('SELECT pg_notify($1, said) FROM unnest($2::text[]) AS s(said)', [CHANNEL, payloads])
      .catch((err: unknown) => this.log?.debug({ err }, 'signals not sent: the others look by themselves'))
      .then(() => {
        this.sending = undefined;
        if (this.waiting.size > 0 && !this.timer)
          this.timer = setTimeout(() => this.flush(), Math.max(0, this.last + EVERY_MS - performance.now()));
      });
  }
}
