/** Engines that are PostgreSQL and yet are not: behind a pooler, and without real isolation. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPostgres } from '../../src/store/postgres/index.ts';
import { isSerializable } from '../../src/store/postgres/probe.ts';
import type { AnyTable, Store } from '../../src/store/store.ts';
import { emptyDatabase, newDatabase } from './pg.ts';
import { sharingContract, until } from './sharing.contract.ts';
import { type OpenedStore, storeContract } from './store.contract.ts';
import { thing, things } from './store.model.ts';

describe('an engine that takes the word SERIALIZABLE and keeps less', () => {
  let url: string;
  beforeAll(async () => {
    url = await newDatabase();
  });
  beforeEach(() => emptyDatabase(url));
  afterEach(() => vi.restoreAllMocks());

  /** As openGauss does: what is asked for as SERIALIZABLE runs as REPEATABLE READ. */
  function weaken(): void {
    const query = pg.Client.prototype.query as (...parts: unknown[]) => unknown;
    const weaker = (part: unknown) =>
      typeof part === 'string'
        ? part.replace('ISOLATION LEVEL SERIALIZABLE', 'ISOLATION LEVEL REPEATABLE READ')
        : part;
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...parts: unknown[]
    ) {
      return query.apply(this, parts.map(weaker));
    } as never);
  }

  it('is found out, and PostgreSQL is not', async () => {
    await (await openPostgres({ url, tables: [things] })).close();
    expect(await isSerializable(url)).toBe(true);
    weaken();
    expect(await isSerializable(url)).toBe(false);
  });

  it('is not opened where it must isolate', async () => {
    weaken();
    await expect(openPostgres({ url, tables: [things], mustIsolate: true })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('serves writers one after another else: somebody stays on call', async () => {
    weaken();
    const stores = await Promise.all([1, 2].map(() => openPostgres({ url, tables: [things] })));
    expect(stores.map(({ serial }) => serial)).toEqual([true, true]);
    for (let round = 0; round < 10; round += 1) {
      const ids = [`a${round}`, `b${round}`];
      await stores[0]?.transaction(async (tx) => {
        for (const id of ids) await tx.table(things).put(thing(id, { kind: 'on', rank: round }));
      });
      const leave = (store: Store, id: string) =>
        store.transaction(async (tx) => {
          const table = tx.table(things);
          const both = await Promise.all(ids.map((each) => table.get(each)));
          if (both.every((row) => row?.kind === 'on'))
            await table.put(thing(id, { ...(await table.get(id)), kind: 'off' }));
        });
      await Promise.all(stores.map((store, n) => leave(store, ids[n] as string)));
      const left = await stores[0]?.read(async (tx) =>
        Promise.all(ids.map((id) => tx.table(things).get(id))),
      );
      expect(left?.filter((row) => row?.kind === 'on')).toHaveLength(1);
    }
    await Promise.all(stores.map((store) => store.close()));
  });
});

const pooler = await promisify(execFile)('pgbouncer', ['--version']).then(
  ({ stdout }) => stdout.split('\n')[0],
  () => undefined,
);
if (!pooler) console.warn('SKIPPED: no pgbouncer on this machine; the store is not tried behind a pooler');

describe.skipIf(!pooler)('behind pgbouncer in transaction mode', () => {
  let straight: string;
  let url: string;
  let dir: string;
  let bouncer: ReturnType<typeof spawn>;

  beforeAll(async () => {
    straight = await newDatabase();
    const { hostname, port, pathname, username, password } = new URL(straight);
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const own = (free.address() as { port: number }).port;
    await new Promise((resolve) => free.close(resolve));
    dir = await mkdtemp(`${tmpdir()}/huishang-bouncer-`);
    await writeFile(`${dir}/users.txt`, `"${username}" "${password}"\n`);
    await writeFile(
      `${dir}/bouncer.ini`,
      [
        '[databases]',
        `* = host=${hostname} port=${port}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${own}`,
        'auth_type = plain',
        `auth_file = ${dir}/users.txt`,
        'pool_mode = transaction',
        'default_pool_size = 8',
        'unix_socket_dir =',
      ].join('\n'),
    );
    // It refuses to run as root.
    const root = process.getuid?.() === 0;
    if (root) await promisify(execFile)('chown', ['-R', 'nobody', dir]);
    bouncer = spawn('pgbouncer', [...(root ? ['-u', 'nobody'] : []), `${dir}/bouncer.ini`], {
      stdio: 'ignore',
    });
    url = `postgres://${username}:${password}@127.0.0.1:${own}${pathname}`;
    await until(async () => {
      const client = new pg.Client({ connectionString: url });
      return client.connect().then(
        () => client.end().then(() => true),
        () => false,
      );
    });
  });
  afterAll(async () => {
    bouncer?.kill();
    await rm(dir, { recursive: true, force: true });
  });

  async function open(tables: readonly AnyTable[]): Promise<OpenedStore> {
    await emptyDatabase(straight);
    const options = { url, backend: 'pgbouncer', listenUrl: straight } as const;
    let current = tables;
    let store = await openPostgres({ ...options, tables });
    return {
      store,
      async reopen(others) {
        await store.close();
        current = others ?? current;
        store = await openPostgres({ ...options, tables: current });
        return store;
      },
      cleanup: () => store.close(),
    };
  }
  storeContract('pgbouncer', open);
  sharingContract('pgbouncer', open);

  it('leaves no setting on the connections that others get', async () => {
    const { store, cleanup } = await open([things]);
    await store.transaction((tx) => tx.table(things).put(thing('t', { rank: 1 })));
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    expect((await client.query('SHOW enable_seqscan')).rows).toEqual([{ enable_seqscan: 'on' }]);
    await client.end();
    await cleanup();
  });

  it('tells listeners of its own process at once, and others within seconds, where nothing can be heard', async () => {
    await emptyDatabase(straight);
    const store = await openPostgres({ url, backend: 'pgbouncer', tables: [things] });
    const heard: unknown[] = [];
    store.listen('chat', (payload) => heard.push(payload));
    await store.transaction(async (tx) => tx.signal('chat', '一'));
    expect(heard).toEqual(['一']);
    await store.close();
  });
});
