/** Who may have the data when the number of a process says little: containers and machines over the same files. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileSystem as fs } from '../../src/store/lowdb/fs.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { acquireLock, type LockOptions } from '../../src/store/lowdb/lock.ts';
import type { Process } from '../../src/store/lowdb/process.ts';
import { StoreError } from '../../src/store/store.ts';
import { lines } from './lock.child.ts';

const container = (name: string, boot = 'boot'): Process => ({
  pid: 1,
  started: `${boot}/${name}`,
  host: name,
  boot,
  namespace: `pid:[${name}]`,
});
/** Beats that never come: of a process that is stopped, or dead. */
const silent = { beatMs: 2 ** 30 };
const locked = (what: string) =>
  expect.objectContaining({ code: 'locked', message: expect.stringContaining(what) });

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(`${tmpdir()}/huishang-lock-`);
  path = `${dir}/huishang.lock`;
});
afterEach(() => rm(dir, { recursive: true }));
const acquire = (self: Process, options: LockOptions = {}) => acquireLock(fs, path, { self, ...options });

describe('a lock', () => {
  it('is kept from another container and from another machine, where a process has the same number', async () => {
    const lock = await acquire(container('a'), { beatMs: 10 });
    for (const other of [container('b'), container('a', 'other boot'), { ...container('b'), boot: null }]) {
      const waited: string[] = [];
      const onWait = ({ host }: Process) => void waited.push(host);
      await expect(acquire(other, { onWait })).rejects.toEqual(locked('process 1 on a is using this data'));
      expect(waited).toEqual(['a']);
    }
    await lock.release();
    await (await acquire(container('b'), silent)).release();
  });

  it('of a process elsewhere is taken over once it has not beaten for long', async () => {
    await acquire(container('a'), silent);
    const lock = await acquire(container('b'), { deadMs: 300 });
    expect(lock.takenFrom).toBe(1);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: 1, host: 'b', boot: 'boot' });
    await lock.release();
  });

  it('of a process here is judged by its number, without waiting', async () => {
    const here = { ...container('a'), pid: process.pid, started: null };
    await acquire(here, silent);
    const onWait = () => expect.unreachable();
    await expect(acquire({ ...here, pid: 2 }, { onWait })).rejects.toEqual(locked(`process ${process.pid}`));
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    await writeFile(path, JSON.stringify({ ...here, pid: dead.pid, key: 'x', beat: '0' }));
    await (await acquire({ ...here, pid: 2 }, { onWait })).release();
  });

  it('that was lost is noticed before anything is written, and the new one is left alone', async () => {
    const lost: StoreError[] = [];
    const onLost = (error: StoreError) => void lost.push(error);
    const old = await acquire(container('a'), { ...silent, deadMs: 0, onLost });
    await old.confirm();
    const lock = await acquire(container('b'), { deadMs: 300 });
    await expect(old.confirm()).rejects.toEqual(locked('process 1 on b'));
    await expect(old.confirm()).rejects.toBeInstanceOf(StoreError);
    expect(lost).toHaveLength(1);
    await old.release();
    await lock.confirm();
    expect(await readFile(path, 'utf8')).toContain('"host":"b"');
    await lock.release();
  });

  it('whose file somebody removed is there again, and beats', async () => {
    const lock = await acquire(container('a'), { ...silent, deadMs: 0 });
    await rm(path);
    await lock.confirm();
    const first = await readFile(path, 'utf8');
    await lock.confirm();
    const second = await readFile(path, 'utf8');
    expect(first).toMatch(/^\{"beat":"000000000001","pid":1,/);
    expect(second).toBe(first.replace('000000000001', '000000000002'));
    await lock.release();
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });
});

it('a store whose lock was taken over acknowledges nothing more, and harms nothing of the new one', async () => {
  const open = (self: Process, deadMs: number) =>
    openLowdb({ dir, tables: [lines], lock: { self, deadMs, ...silent } });
  const write = (store: Awaited<ReturnType<typeof open>>, id: string) =>
    store.transaction((tx) => tx.table(lines).put({ id, pid: 1 }));
  const old = await open(container('a'), 0);
  await write(old, 'one');
  const store = await open(container('b'), 300);
  await write(store, 'two');
  const refused = expect.objectContaining({ code: 'unavailable' });
  await expect(write(old, 'three')).rejects.toEqual(refused);
  await expect(write(old, 'four')).rejects.toEqual(refused);
  await expect(old.read((tx) => tx.table(lines).get('one'))).rejects.toEqual(refused);
  await old.close();
  await write(store, 'five');
  await store.close();
  const again = await open(container('c'), 300);
  const ids = [];
  for await (const item of again.export()) if ('table' in item) ids.push(item.row.id);
  expect(ids).toEqual(['one', 'two', 'five']);
  await again.close();
});

const UNSHARE = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const can = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;
if (!can)
  console.warn('\n*** SKIPPED: no namespaces here (root and unshare): two containers were not tried ***\n');

describe.skipIf(!can)('two namespaces over one folder', () => {
  const child = fileURLToPath(new URL('./lock.child.ts', import.meta.url));
  /** A process that has the number 1 in a namespace of its own. */
  function start() {
    const command = [...UNSHARE, process.execPath, '--import', 'tsx', child, dir];
    const started = spawn('unshare', command, { stdio: ['pipe', 'pipe', 'inherit'] });
    const said = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
    return {
      hears: async () => (await said.next()).value as string | undefined,
      async writes(id: string) {
        started.stdin.write(`${id}\n`);
        return (await said.next()).value;
      },
      async kill() {
        const gone = once(started, 'close');
        started.kill('SIGKILL');
        await gone;
      },
    };
  }

  it('run one after the other: the second is refused while the first lives, and has it all once that was killed', async () => {
    const first = start();
    expect(await first.hears()).toBe('open');
    expect(await first.writes('one')).toBe('one');
    expect(await start().hears()).toMatch(/^locked .*huishang\.lock: process 1 on .* is using this data/);
    expect(await first.writes('two')).toBe('two');
    await first.kill();
    const second = start();
    expect(await second.hears()).toBe('open');
    expect(await second.writes('three')).toBe('three');
    await second.kill();
    const store = await openLowdb({ dir, tables: [lines], lock: { deadMs: 1_000 } });
    const all = await store.read((tx) =>
      Promise.all(['one', 'two', 'three'].map((id) => tx.table(lines).get(id))),
    );
    expect(all).toMatchObject([{ pid: 1 }, { pid: 1 }, { pid: 1 }]);
    await store.close();
  });
});
