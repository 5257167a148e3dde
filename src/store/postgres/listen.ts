/**
 * A connection of its own that hears the signals of all servers, and comes back by itself when it is lost. Whatever it
 * hears, listeners are told to look from time to time; without an address to listen at, that is all they are told.
 */
import pg from 'pg';
import type { Log } from '../../lib/log.ts';
import type { Listeners } from '../signals.ts';
import { CHANNEL } from './notify.ts';

/** Milliseconds. */
const FIRST_RETRY = 100;
const MAX_RETRY = 5_000;
/** A line that is dead without a word is found out within this time, and listeners look by themselves. */
const BEAT = 20_000;
/** The same where no signal is heard. */
const DEAF_BEAT = 5_000;

export class NotifyListener {
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wait = FIRST_RETRY;
  private heard = false;
  private state: 'deaf' | 'open' | 'closed' = 'deaf';

  constructor(
    private readonly url: string | undefined,
    private readonly listeners: Listeners,
    private readonly log: Log | undefined,
  ) {}

  /** Begin to hear, if that has not begun. */
  open(): void {
    if (this.state !== 'deaf') return;
    this.state = 'open';
    if (this.url !== undefined) void this.connect();
    else this.look(DEAF_BEAT);
  }

  /** Whether signals come in, so that one's own come back, too. */
  get hears(): boolean {
    return this.state === 'open' && this.heard;
  }

  async close(): Promise<void> {
    this.state = 'closed';
    clearTimeout(this.timer);
    await this.client?.end().catch(() => {});
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'huishang-listen',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    });
    this.client = client;
    let lost = false;
    const onLoss = (err?: unknown) => {
      if (lost || this.state === 'closed') return;
      lost = true;
      this.heard = false;
      this.log?.warn({ err }, 'signals of other servers are not heard, trying again');
      client.end().catch(() => {});
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.connect(), this.wait * (0.5 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, MAX_RETRY);
    };
    client.on('error', onLoss);
    client.on('end', onLoss);
    client.on('notification', ({ payload }) => this.hear(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      if (this.state === 'closed') return void client.end().catch(() => {});
      this.wait = FIRST_RETRY;
      this.heard = true;
      this.listeners.tellAll();
      this.beat(client, onLoss);
    } catch (error) {
      onLoss(error);
    }
  }

  private beat(client: pg.Client, onLoss: (error: unknown) => void): void {
    this.timer = setTimeout(() => {
      client.query('SELECT 1').then(() => {
        if (this.client !== client || this.state !== 'open') return;
        this.listeners.tellAll();
        this.beat(client, onLoss);
      }, onLoss);
    }, BEAT);
    this.timer.unref();
  }

  private look(every: number): void {
    this.timer = setInterval(() => this.listeners.tellAll(), every);
    this.timer.unref();
  }

  private hear(text: string): void {
    let topic: unknown;
    let payload: unknown;
    try {
      [topic, payload] = JSON.parse(text);
    } catch {
      // Somebody else's words on our channel.
    }
    if (typeof topic === 'string' && typeof payload === 'string') this.listeners.tell(topic, payload);
  }
}
