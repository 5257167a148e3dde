/** A connector that enforces Teams' limits as it sees them: what is over is refused with 429. Answers after 50 to 100 ms. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCalls } from './kit.ts';

const PER_THREAD = [
  [7, 1_000],
  [8, 2_000],
  [60, 30_000],
  [1_800, 3_600_000],
] as const;
const IN_ALL = [[50, 1_000]] as const;

/** When each message was taken, by thread; '' is all of them. */
const taken = new Map<string, number[]>();
let refused = 0;

function mayTake(key: string, limits: readonly (readonly [number, number])[], now: number): boolean {
  const log = taken.get(key) ?? [];
  return limits.every(([count, ms]) => now - (log[log.length - count] ?? Number.NEGATIVE_INFINITY) >= ms);
}

function note(key: string, now: number): void {
  const log = taken.get(key);
  if (log) log.push(now);
  else taken.set(key, [now]);
}

const server = createServer((req, res) => {
  const now = performance.now();
  const thread = /conversations\/([^/]+)/.exec(req.url ?? '')?.[1] ?? '?';
  const may = mayTake('', IN_ALL, now) && mayTake(thread, PER_THREAD, now);
  if (may) for (const key of ['', thread]) note(key, now);
  else refused += 1;
  req.resume().once('end', () => {
    setTimeout(
      () => {
        res.writeHead(may ? 201 : 429, { 'content-type': 'application/json' });
        res.end(may ? `{"id":"m${taken.get('')?.length}"}` : '{"error":{"code":"TooManyRequests"}}');
      },
      50 + Math.random() * 50,
    );
  });
});
server.keepAliveTimeout = 60_000;

answerCalls({
  listen: () =>
    new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    }),
  counts: () => ({ taken: taken.get('')?.length ?? 0, refused }),
});
