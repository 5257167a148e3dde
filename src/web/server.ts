/** The restify server: loopback guard, clean error answers. Channels mount their routes on it. */
import { createServer } from 'node:net';
import restify, { type Request, type Response, type Server } from 'restify';
import { AppError } from '../lib/errors.ts';
import { createFlood } from '../lib/flood.ts';
import type { Log } from '../lib/log.ts';
import { GATE, type GateLimits, guardServer } from './gate.ts';
import type { Health } from './health.ts';
import { wordsPage } from './words-page.ts';

export interface Web {
  readonly server: Server;
  /** Listen; resolves to the port, which is chosen by the system when `port` is 0. @throws AppError `config` */
  listen(host: string, port: number): Promise<number>;
  /** Stop taking connections, let requests under way end, then cut what still hangs (event streams). */
  close(): Promise<void>;
}

export interface WebOptions {
  readonly log: Log;
  /** Without credentials only this machine may talk to us, also not a page of another site through a browser. */
  readonly loopbackOnly: boolean;
  /** True when a proxy in front says for whom it asks. */
  readonly proxied?: boolean;
  /** Milliseconds on a clock that is never set back; without it nobody is limited by address. */
  readonly elapsed?: () => number;
  /** How the server is, for GET /healthz. */
  readonly health: () => Promise<Health>;
  /** Said beside it, for whoever looks after the server. */
  readonly notes?: Readonly<Record<string, string>>;
  /** For tests: other limits than those of the gate. */
  readonly limits?: Partial<GateLimits>;
}

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const STOP_MS = 5_000;
const IDLE_MS = 50;
/** Longer than proxies and connectors keep an idle connection: else we close it just when they use it again. */
const KEEP_ALIVE_MS = 75_000;

/** Room for an office that shares one address. */
const PER_ADDRESS = { count: 3_000, ms: 60_000 };

/** The last address in the header is the one that the nearest proxy saw; what stands before it anybody can write. */
function addressOf(req: Request, proxied: boolean): string {
  const seen = proxied
    ? String(req.headers['x-forwarded-for'] ?? '')
        .split(',')
        .at(-1)
        ?.trim()
    : '';
  return seen || (req.socket.remoteAddress ?? '');
}

/** Nothing is at this address, or not for this method: in words for whoever typed it. */
function answerNowhere(req: Request, res: Response, status: number): void {
  const message = '没有这一页。请回到和会商助手的单聊，从卡片或“看板”给的链接打开。';
  res.setHeader('X-Content-Type-Options', 'nosniff');
  if (!req.headers.accept?.includes('text/html'))
    return void res.send(status, { code: 'not_found', message });
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  res.sendRaw(status, wordsPage(`<p>${message}</p>`));
}

/** Why nothing can listen there, and what to do, in a sentence for whoever starts the server. */
function cannotListen(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const other = `PORT=${port < 65_535 ? port + 1 : port - 1} npm start`;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is taken by another program: stop that one, or choose another port, for example ${other}`,
    EACCES: `this user may not listen on port ${port}: choose a port above 1023, for example PORT=3978 npm start`,
    EADDRNOTAVAIL: `${host} is no address of this machine: set HOST to one that is, or leave it out`,
    ENOTFOUND: `${host} is no address of this machine: set HOST to one that is, or leave it out`,
  };
  const said = why[cause.code ?? ''];
  return said === undefined ? cause : new AppError('config', said, { cause });
}

/** Listen for a moment: what takes long need not be begun where that cannot be. @throws AppError `config` */
export async function tryPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(cannotListen(error, host, port)));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/** Build the server. Nothing listens until `listen`. */
export function createWeb({
  log,
  loopbackOnly,
  proxied = false,
  elapsed,
  health,
  notes,
  limits,
}: WebOptions): Web {
  const server = restify.createServer({ name: 'huishang', handleUncaughtExceptions: false });

  server.server.keepAliveTimeout = KEEP_ALIVE_MS;
  guardServer(server, { ...GATE, ...limits });
  // Without a listener one connection that cannot be taken would end the process. Who cannot even listen is told so once.
  server.on('error', (error) => {
    if (server.server.listening) log.error({ err: error }, 'the web server failed');
  });
  let closing = false;
  server.pre((req: Request, res: Response, next) => {
    // A client that keeps its connection open would keep us open.
    if (closing) res.setHeader('Connection', 'close');
    if (!loopbackOnly || LOOPBACK_HOST.test(req.headers.host ?? '')) return next();
    res.send(403, { code: 'forbidden', message: 'This server answers its own machine only' });
    return next(false);
  });

  // On one's own machine everybody has the same address; what platforms deliver comes from few, it is limited by person.
  const flood = createFlood({ ...PER_ADDRESS, calmMs: 0 });
  server.pre((req: Request, res: Response, next) => {
    if (loopbackOnly || !elapsed || req.getPath().startsWith('/api/')) return next();
    if (flood.admit(addressOf(req, proxied), elapsed()) === 'fine') return next();
    res.setHeader('Retry-After', '5');
    res.send(429, { code: 'unavailable', message: '这个网络地址的请求太多了，请过几秒再试。' });
    return next(false);
  });

  // Monitors and previews of links ask for heads. What is answered is that of GET; Node leaves the body out.
  server.pre((req: Request, _res: Response, next) => {
    if (req.method === 'HEAD' && !req.getPath().startsWith('/webchat/')) req.method = 'GET';
    return next();
  });

  server.on(
    'restifyError',
    (req: Request, res: Response, error: Error & { statusCode?: number }, done: () => void) => {
      const { statusCode: status = 500 } = error;
      if (status >= 500) {
        log.error({ err: error }, 'request failed');
        if (!res.headersSent) res.send(500, { code: 'internal', message: '出了点问题，请稍后再试。' });
      } else if (!res.headersSent) answerNowhere(req, res, status);
      return done();
    },
  );

  server.get('/healthz', async (_req: Request, res: Response) => {
    const status = await health();
    res.send(status === 'ok' ? 200 : 503, { status, ...notes });
  });

  return {
    server,
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.server.once('error', (error) => reject(cannotListen(error, host, port)));
        server.listen(port, host, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : port);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        closing = true;
        const cut = setTimeout(() => server.server.closeAllConnections(), STOP_MS);
        // Those that are answered meanwhile become idle one after the other.
        const idle = setInterval(() => server.server.closeIdleConnections(), IDLE_MS);
        server.close(() => {
          clearTimeout(cut);
          clearInterval(idle);
          resolve();
        });
        server.server.closeIdleConnections();
      }),
  };
}
