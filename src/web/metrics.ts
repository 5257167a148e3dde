/** GET /metrics for Prometheus: what the server has done, what waits to be sent, and the process itself. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Request, Response } from 'restify';
import type { Counters } from '../bot/delivery/metrics.ts';
import type { Log } from '../lib/log.ts';
import { isSame } from '../lib/secrets.ts';
import type { HealthCheck } from './health.ts';
import type { Web } from './server.ts';

/** What waits in the outbox: how many messages, and how many seconds the oldest is past its time. */
export interface Waiting {
  readonly depth: number;
  readonly lateSeconds: number;
}

export interface Metrics extends Counters {
  /** A transaction has landed, after so many milliseconds. */
  commit(ms: number): void;
  /** Calls to a platform that counts them, in this month and at most. */
  calls(channel: string, used: number, most: number): void;
  /** Connections that a platform pushes through. */
  connections(channel: string, open: number): void;
  /** Everything as Prometheus reads it. */
  text(): Promise<string>;
  readonly type: string;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param waiting and `health` are asked at each reading only */
export function createMetrics(
  waiting: () => Promise<Waiting>,
  health: HealthCheck['numbers'],
  log: Log,
): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Histogram({ name, help, labelNames, buckets: SECONDS, registers });
  /** Asked for at each reading. */
  const asked = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });

  const turns = histogram(
    'huishang_turn_seconds',
    'From something written or pressed to its durable answer',
    'channel',
    'outcome',
  );
  const commits = histogram(
    'huishang_store_commit_seconds',
    'Transactions until they are durable, their time in the queue included',
  );
  const sends = new Counter({
    name: 'huishang_sends_total',
    help: 'Attempts to send or redraw a message',
    labelNames: ['channel', 'kind', 'result'],
    registers,
  });
  const paused = gauge(
    'huishang_channel_paused',
    '1 while nothing is sent through a channel because its platform takes nothing',
    'channel',
  );
  const lag = gauge('huishang_scheduler_lag_seconds', 'How late the last tick began');
  const ticks = histogram('huishang_tick_seconds', 'Ticks of the scheduler, with all that they plan');
  asked(
    'huishang_last_tick_seconds',
    'How long ago a tick of the scheduler last ended well, whatever the wall clock says; more than 60 is a fault',
    () => health().tickAge,
  );
  asked('huishang_store_failing', '1 while the last write could not be kept', () => Number(health().failing));
  asked(
    'huishang_store_serial',
    '1 where the database does not isolate transactions, so that writers run one after another',
    () => Number(health().serial),
  );
  const depth = new Gauge({
    name: 'huishang_outbox_messages',
    help: 'Messages that are not out yet, also those for later',
    registers,
    collect: async () => {
      const { depth: messages, lateSeconds } = await waiting().catch((error) => {
        log.warn({ err: error }, 'the outbox cannot be counted');
        return { depth: Number.NaN, lateSeconds: Number.NaN };
      });
      depth.set(messages);
      late.set(lateSeconds);
    },
  });
  const late = gauge('huishang_outbox_oldest_seconds', 'How long the oldest message has been due');
  const calls = gauge(
    'huishang_platform_calls',
    'Calls of this month to a platform that counts them; `most` is what there is',
    'channel',
    'of',
  );
  const connections = gauge(
    'huishang_channel_connections',
    'Open connections that a platform pushes through; other than 1 for long is a fault',
    'channel',
  );
  return {
    calls(channel, used, most) {
      calls.set({ channel, of: 'used' }, used);
      calls.set({ channel, of: 'most' }, most);
    },
    connections: (channel, open) => connections.set({ channel }, open),
    turn: (channel, outcome, ms) => turns.observe({ channel, outcome }, ms / 1_000),
    sent: (channel, kind, result) => sends.inc({ channel, kind, result }),
    paused: (channel, now) => paused.set({ channel }, now ? 1 : 0),
    tick(lateMs, ms) {
      lag.set(lateMs / 1_000);
      ticks.observe(ms / 1_000);
    },
    commit: (ms) => commits.observe(ms / 1_000),
    text: () => register.metrics(),
    type: register.contentType,
  };
}

export interface MetricsOptions {
  readonly web: Web;
  readonly metrics: Pick<Metrics, 'text' | 'type'>;
  /** Who has it may read. */
  readonly token?: string;
  /** Without a token everybody may who can reach the server at all: on one's own machine. */
  readonly open: boolean;
}

/** A reverse proxy on the same machine makes everybody look local, so it is the token that counts, not the address. */
export function mountMetrics({ web, metrics, token, open }: MetricsOptions): void {
  web.server.get('/metrics', async (req: Request, res: Response) => {
    res.setHeader('Cache-Control', 'no-store');
    if (!(token ? isSame(req.headers.authorization ?? '', `Bearer ${token}`) : open)) {
      const message = token ? 'This needs the METRICS_TOKEN' : 'METRICS_TOKEN is not set';
      res.send(token ? 401 : 403, { code: 'forbidden', message });
      return;
    }
    res.setHeader('Content-Type', metrics.type);
    res.sendRaw(200, await metrics.text());
  });
}
