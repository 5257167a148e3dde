/** A connector that costs next to nothing: gives every message an id and counts them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCalls } from './kit.ts';

let count = 0;
const server = createServer((req, res) => {
  req.resume().once('end', () => {
    count += 1;
    res.writeHead(req.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
    res.end(`{"id":"m${count}"}`);
  });
});
server.keepAliveTimeout = 60_000;

answerCalls({
  listen: () =>
    new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    }),
  count: () => count,
});
