/** The embedded store: the contract of all stores, and what only files can do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type FileSystem, nodeFileSystem } from '../../src/store/lowdb/fs.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { AnyTable } from '../../src/store/store.ts';
import { defineTable, type Store } from '../../src/store/store.ts';
import { sharingContract } from './sharing.contract.ts';
import { type OpenedStore, storeContract } from './store.contract.ts';

async function open(tables: readonly AnyTable[]): Promise<OpenedStore> {
  const dir = await mkdtemp(`${tmpdir()}/huishang-`);
  let current = tables;
  let store = await openLowdb({ dir, tables });
  return {
    store,
    async reopen(others) {
      await store.close();
      current = others ?? current;
      store = await openLowdb({ dir, tables: current });
      return store;
    },
    async cleanup() {
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
}
storeContract('lowdb', open);
sharingContract('lowdb', open);

const noteRow = z.object({ id: z.string(), text: z.string(), at: z.number() });
const notes = defineTable<z.infer<typeof noteRow>>({
  name: 'notes',
  schema: noteRow,
  indexes: [{ on: [], order: 'at' }],
  keep: 'for ever: because it is a test’s',
});

describe('the files of lowdb', () => {
  let dir: string;
  const open: Store[] = [];
  const start = async (fs?: FileSystem) => {
    const store = await openLowdb({ dir, tables: [notes], ...(fs && { fs }) });
    open.push(store);
    return store;
  };
  beforeEach(async () => {
    dir = await mkdtemp(`${tmpdir()}/huishang-`);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
    await rm(dir, { recursive: true });
  });

  const write = (store: Store, at: number) =>
    store.transaction(async (tx) => {
      await tx.next('HS');
      await tx.table(notes).put({ id: `n${at}`, text: `第${at}条`, at });
    });
  const ids = async (store: Store) => {
    const page = await store.read((tx) => tx.table(notes).find({ order: 'at', limit: 1000 }));
    return page.rows.map((row) => row.id);
  };

  /**
   * A directory without a lock whose journal holds commits 0 to `count` - 1, as a process that died leaves it: `bytes`
   * are its lines, `ahead` the zeros behind them.
   */
  async function left(count: number): Promise<{ journal: string; bytes: Buffer; ahead: Buffer }> {
    const store = await start();
    for (let at = 0; at < count; at += 1) await write(store, at);
    const names = (await readdir(dir)).filter((name) => !name.endsWith('.lock'));
    const files = await Promise.all(
      names.map(async (name) => ({ name, bytes: await readFile(`${dir}/${name}`) })),
    );
    await store.close();
    for (const name of await readdir(dir)) await rm(`${dir}/${name}`);
    for (const { name, bytes } of files) await writeFile(`${dir}/${name}`, bytes);
    const journal = files.find(({ name }) => name.endsWith('.journal'));
    const all = journal?.bytes ?? Buffer.alloc(0);
    const end = all.lastIndexOf('\n') + 1;
    return { journal: `${dir}/${journal?.name}`, bytes: all.subarray(0, end), ahead: all.subarray(end) };
  }

  it('are a snapshot that a person can read, one row a line, and nothing else to know', async () => {
    const store = await start();
    await write(store, 1);
    await write(store, 2);
    await store.close();
    const text = await readFile(`${dir}/huishang.json`, 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      numbers: { HS: 2 },
      tables: { notes: [{ id: 'n1', text: '第1条', at: 1, rev: 1 }, { id: 'n2' }] },
    });
    expect(text.split('\n')).toContain('{"id":"n1","text":"第1条","at":1,"rev":1},');
    expect((await readdir(dir)).filter((name) => name.endsWith('.lock') || name.endsWith('.tmp'))).toEqual(
      [],
    );
  });

  it('lose nothing but the torn last line, wherever it is torn', async () => {
    const { journal, bytes, ahead } = await left(4);
    const last = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    const snapshot = await readFile(`${dir}/huishang.json`);
    for (let length = last; length < bytes.length; length += 1) {
      // The file was to become longer, or had been made longer before; its beginning came first, or its end.
      const kept = bytes.subarray(0, length);
      const hole = Buffer.alloc(length + 1 - last);
      for (const torn of [
        kept,
        Buffer.concat([kept, Buffer.alloc(bytes.length - length), ahead]),
        Buffer.concat([bytes.subarray(0, last), hole, bytes.subarray(length + 1), ahead]),
      ]) {
        await writeFile(`${dir}/huishang.json`, snapshot);
        for (const name of await readdir(dir)) if (name.endsWith('.journal')) await rm(`${dir}/${name}`);
        await writeFile(journal, torn);
        const store = await start();
        expect(await ids(store)).toEqual(['n0', 'n1', 'n2']);
        await write(store, 3);
        await store.close();
        const again = await start();
        expect(await ids(again)).toEqual(['n0', 'n1', 'n2', 'n3']);
        await again.close();
      }
    }
  });

  it('are written ahead while they are open, and end with their last line once closed', async () => {
    const { journal, bytes, ahead } = await left(3);
    expect(ahead.length).toBeGreaterThan(0);
    expect(ahead.every((byte) => byte === 0)).toBe(true);
    const warned: unknown[] = [];
    const log = { debug() {}, info() {}, error() {}, warn: (...what: unknown[]) => void warned.push(what) };
    // Too much to be folded when it closes: the journal stays.
    const store = await openLowdb({ dir, tables: [notes], log, foldAfterBytes: 2 ** 40 });
    open.push(store);
    expect(await ids(store)).toEqual(['n0', 'n1', 'n2']);
    await store.transaction((tx) =>
      tx.table(notes).put({ id: 'large', text: '长'.repeat(6 * 2 ** 20), at: 3 }),
    );
    await store.close();
    expect(warned).toEqual([]);
    const after = await readFile(journal);
    expect(after.subarray(0, bytes.length)).toEqual(bytes);
    expect(after.at(-1)).toBe(10);
  });

  it('are refused when a last line has other words, is no text, or is a newline short', async () => {
    const { journal, bytes, ahead } = await left(3);
    const cases = [
      Buffer.concat([bytes.subarray(0, -5), Buffer.from('xxxx\n'), ahead]),
      // The first byte of a letter without the others, in front of the newline.
      Buffer.from(bytes).fill(0xe7, bytes.length - 2, bytes.length - 1),
      Buffer.concat([bytes.subarray(0, -1), Buffer.from('x'), ahead]),
    ];
    for (const wrong of cases) {
      await writeFile(journal, wrong);
      await expect(start()).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  it('are refused when anything else is damaged, naming file and line', async () => {
    const { journal, bytes } = await left(5);
    const snapshot = await readFile(`${dir}/huishang.json`, 'utf8');
    const lines = bytes.toString().split('\n');
    const damaged = (path: string, line: number | undefined) =>
      expect.objectContaining({
        code: 'damaged',
        message: expect.stringContaining(line === undefined ? path : `${path}: line ${line}: `),
      });
    const noText = Buffer.from(bytes);
    noText[bytes.indexOf('第2条')] = 0xff;
    const cases: [string | Buffer, number][] = [
      [noText, 3],
      [lines.with(2, (lines[2] ?? '').replace('第', '笫')).join('\n'), 3],
      [lines.with(0, '').join('\n'), 1],
      [lines.toSpliced(1, 1).join('\n'), 2],
      [lines.with(1, '\0'.repeat(40)).join('\n'), 2],
    ];
    for (const [text, line] of cases) {
      await writeFile(journal, text);
      await expect(start()).rejects.toEqual(damaged(journal, line));
    }
    await rm(journal);
    await expect(start()).rejects.toEqual(damaged(journal, undefined));
    await writeFile(journal, bytes);
    await rm(`${dir}/huishang.json`);
    await expect(start()).rejects.toEqual(damaged(`${dir}/huishang.json`, undefined));
    await writeFile(`${dir}/huishang.json`, snapshot);
    expect(await ids(await start())).toHaveLength(5);
  });

  it('are refused when the snapshot is damaged, naming the line, until its checks are taken out', async () => {
    const first = await start();
    for (let at = 0; at < 300; at += 1) void write(first, at);
    await first.close();
    const path = `${dir}/huishang.json`;
    const text = await readFile(path, 'utf8');
    const refused = async (changed: string, line: number) => {
      await writeFile(path, changed);
      const message = expect.stringContaining(`${path}: line ${line}: `);
      await expect(start()).rejects.toEqual(expect.objectContaining({ code: 'damaged', message }));
    };
    const lineOf = (part: string) => text.slice(0, text.indexOf(part)).split('\n').length;
    const row = lineOf('第150条');
    await refused(text.replace('第150条', '第15O条'), Math.floor((row - 1) / 100) * 100 + 1);
    await refused(text.replace('"text":"第150条",', ''), row);
    await refused(text.replace('"text":"第150条",', '"text:"第150条",'), row);
    await refused(text.replace('"tables"', '"tabels"'), lineOf('"tables"'));
    // A row of its own on another's line, and one over two lines: neither is what was written.
    await refused(text.replace(/,\n(.*第150条)/, ',$1'), row - 1);
    await refused(text.replace('"text":"第150条",', '\n"text":"第150条",'), row);
    await refused(text.slice(0, text.indexOf('第150条')), row);
    await refused(text.slice(0, text.indexOf('"checks"')), lineOf('"checks"'));
    await refused(text.replace('"huishang": 1', '"huishang": 2'), 2);
    // Whoever mends a file by hand forgets a comma now and then.
    const mended = text.replace('第150条', '改过了').replace(/,(\n.*第151条)/, '$1');
    await writeFile(path, mended.replace(/,\n"checks".*\n/, '\n'));
    const store = await start();
    expect(await store.read((tx) => tx.table(notes).get('n150'))).toMatchObject({ text: '改过了' });
    expect(await ids(store)).toHaveLength(300);
  });

  it('are read in pieces that end in the middle of rows, words and checked lines', async () => {
    const first = await start();
    const text = (at: number) => `第${at}条${'长'.repeat(at % 999)}`;
    await first.transaction(async (tx) => {
      for (let at = 0; at < 2500; at += 1) tx.table(notes).put({ id: `n${at}`, text: text(at), at });
    });
    await first.close();
    const path = `${dir}/huishang.json`;
    const bytes = await readFile(path);
    expect(bytes.length).toBeGreaterThan(3 * 2 ** 20);
    const store = await start();
    for (let at = 0; at < 2500; at += 7) {
      expect(await store.read((tx) => tx.table(notes).get(`n${at}`))).toMatchObject({ text: text(at) });
    }
    await store.close();
    const before = bytes.subarray(0, bytes.indexOf('第2222条')).toString().split('\n').length;
    const cases: [string, number][] = [
      ['笫', Math.floor((before - 1) / 100) * 100 + 1],
      ['" ', before],
    ];
    for (const [wrong, line] of cases) {
      await writeFile(path, bytes.toString().replace('第2222条', `${wrong}2222条`));
      await expect(start()).rejects.toThrow(`${path}: line ${line}: `);
    }
  });

  it('belong to one store at a time', async () => {
    const store = await start();
    const locked = expect.objectContaining({
      code: 'locked',
      message: expect.stringMatching(new RegExp(`${dir}/huishang.lock.*process ${process.pid} `)),
    });
    await expect(start()).rejects.toEqual(locked);
    const script = `
      import { openLowdb } from ${JSON.stringify(new URL('../../src/store/lowdb/index.ts', import.meta.url).href)};
      openLowdb({ dir: ${JSON.stringify(dir)}, tables: [] }).catch((error) => console.log(error.code, error.message));
    `;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    await once(child, 'close');
    expect(said).toContain(`locked ${dir}/huishang.lock: process ${process.pid} `);
    await write(store, 1);
    await store.close();
    expect(await ids(await start())).toEqual(['n1']);
  });

  it('are taken over from a process that died, even if its number lives on', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const dead = [
      JSON.stringify({ pid: child.pid, started: null }),
      // a number that is in use again, by a process that began at another time
      JSON.stringify({ pid: process.pid, started: 'boot/1' }),
      '',
    ];
    for (const lock of process.platform === 'linux' ? dead : dead.slice(0, 1)) {
      await writeFile(`${dir}/huishang.lock`, lock);
      const store = await start();
      expect(await readFile(`${dir}/huishang.lock`, 'utf8')).toContain(`"pid":${process.pid},`);
      await store.close();
    }
  });

  it('are synced once for all commits that come together', async () => {
    let syncs = 0;
    const store = await start({
      ...nodeFileSystem,
      async open(path, flags) {
        const file = await nodeFileSystem.open(path, flags);
        const datasync = () => {
          syncs += 1;
          return file.datasync();
        };
        return { ...file, datasync };
      },
    });
    syncs = 0;
    const writer = async (n: number) => {
      for (let at = 0; at < 10; at += 1) await write(store, n * 10 + at);
    };
    await Promise.all(Array.from({ length: 64 }, (_, n) => writer(n)));
    expect(syncs).toBeLessThan(640 / 10);
    expect(await ids(store)).toHaveLength(640);
  });
});
