/** The restify server: body limits, loopback guard, clean error answers. Channels mount their routes on it. */
import restify, { type Request, type RequestHandler, type Response, type Server } from 'restify';
import type { Log } from '../lib/log.ts';

export interface Web {
  readonly server: Server;
  /** Listen; resolves to the port, which is chosen by the system when `port` is 0. */
  listen(host: string, port: number): Promise<number>;
  /** Stop taking connections, let requests under way end, then cut what still hangs (event streams). */
  close(): Promise<void>;
}

export interface WebOptions {
  readonly log: Log;
  /** Without credentials only this machine may talk to us, also not a page of another site through a browser. */
  readonly loopbackOnly: boolean;
  /** True once the store is open and the scheduler runs. */
  readonly ready: () => boolean;
}

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const STOP_MS = 5_000;
const IDLE_MS = 50;

/** Handlers that read a JSON body of at most `maxBytes` into `req.body`; anything else is a clean 4xx. */
export function jsonBody(maxBytes: number): RequestHandler[] {
  const isJson: RequestHandler = (req, res, next) => {
    const json = /^application\/(json|[\w.+-]+\+json)\b/i.test(req.headers['content-type'] ?? '');
    // restify 12 crashes the process on a damaged gzip body (an unhandled stream error), so none is taken.
    const plain =
      (req.headers['content-encoding'] ?? 'identity') === 'identity' && !req.headers['content-md5'];
    if (json && plain) return next();
    res.send(415, {
      code: 'unsupported_media_type',
      message: 'Content-Type must be application/json, uncompressed',
    });
    return next(false);
  };
  const limits = { maxBodySize: maxBytes, mapParams: false, overrideParams: false };
  const parser = restify.plugins.jsonBodyParser(limits);
  return [isJson, ...(Array.isArray(parser) ? parser : [parser])];
}

/** Build the server. Nothing listens until `listen`. */
export function createWeb({ log, loopbackOnly, ready }: WebOptions): Web {
  const server = restify.createServer({ name: 'huishang', handleUncaughtExceptions: false });

  let closing = false;
  server.pre((req: Request, res: Response, next) => {
    // A client that keeps its connection open would keep us open.
    if (closing) res.setHeader('Connection', 'close');
    if (!loopbackOnly || LOOPBACK_HOST.test(req.headers.host ?? '')) return next();
    res.send(403, { code: 'forbidden', message: 'This server answers its own machine only' });
    return next(false);
  });

  server.on(
    'restifyError',
    (_req: Request, res: Response, error: Error & { statusCode?: number }, done: () => void) => {
      if ((error.statusCode ?? 500) >= 500) {
        log.error({ err: error }, 'request failed');
        if (!res.headersSent) res.send(500, { code: 'internal', message: '出了点问题，请稍后再试。' });
      }
      return done();
    },
  );

  server.get('/healthz', async (_req: Request, res: Response) => {
    const ok = ready();
    res.send(ok ? 200 : 503, { status: ok ? 'ok' : 'starting' });
  });

  return {
    server,
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.server.once('error', reject);
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
