/**
 * What stands before the router: it and all behind it see only requests whose address can be read, nobody holds a
 * connection for longer than a request needs, and there are only so many connections.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'restify';

export interface GateLimits {
  /**
   * Milliseconds in which the head of a request has to come, and then its body; a large file gets as long again for
   * each piece (see `moreCame`).
   */
  readonly arrivalMs: number;
  /** Milliseconds in which every request has to be here, however large. */
  readonly longestMs: number;
  /** Milliseconds after which a connection is cut on which nothing moves, as where an answer is not taken. */
  readonly stalledMs: number;
  /** Connections at a time. */
  readonly connections: number;
}

/** What is left of 4096 open files is for the store. */
export const GATE: GateLimits = {
  arrivalMs: 30_000,
  longestMs: 150_000,
  stalledMs: 120_000,
  connections: 2_000,
};

/** A name, an IPv4 or IPv6 address, perhaps a port: nothing that could become a path or a password of a URL. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const REFUSAL = JSON.stringify({
  code: 'bad_request',
  message: 'The address of this request cannot be read',
});

/** Whether the router can make a URL of it: it throws at what is none, where nobody catches it. */
function canBeRead({ url = '', headers: { host = 'localhost' } }: IncomingMessage): boolean {
  if (!HOST.test(host) || !URL.canParse(`http://${host}`)) return false;
  if (url.startsWith('/')) return URL.canParse(`http://${host}${url}`);
  // What asks a proxy says the whole address; OPTIONS may ask for the server itself.
  return url === '*' || (/^https?:\/\//i.test(url) && URL.canParse(url));
}

/** Asked before anything else looks at a request; false: it has been answered. The types do not know of it. */
type WithFirst = Server & { first(handler: (req: IncomingMessage, res: ServerResponse) => boolean): void };

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** Another piece of a large body has come: there is as long again for the next. */
export function moreCame(request: IncomingMessage): void {
  deadlines.get(request)?.refresh();
}

/** Put the gate before a server that does not listen yet. */
export function guardServer(
  server: Server,
  { arrivalMs, longestMs, stalledMs, connections }: GateLimits,
): void {
  const http = server.server;
  http.headersTimeout = arrivalMs;
  http.requestTimeout = longestMs;
  http.timeout = stalledMs;
  Object.assign(http, { connectionsCheckingInterval: arrivalMs / 10 });
  http.maxConnections = connections;
  // Full: whoever keeps a connection without asking anything gives way.
  http.on('drop', () => http.closeIdleConnections());

  (server as WithFirst).first((req, res) => {
    if (!canBeRead(req)) {
      res.writeHead(400, { 'content-type': 'application/json', connection: 'close' });
      res.end(REFUSAL);
      return false;
    }
    const deadline = setTimeout(() => {
      if (!req.complete) req.destroy();
    }, arrivalMs).unref();
    deadlines.set(req, deadline);
    req.once('close', () => clearTimeout(deadline));
    return true;
  });

  // The router only passes upgrades on, and nothing here wants one: their sockets would be nobody's, for ever.
  http.removeAllListeners('upgrade');
  http.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
      socket.destroy(),
    );
  });
}
