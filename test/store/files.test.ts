/** Contents of files in a folder and in PostgreSQL. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolder } from '../../src/store/lowdb/files.ts';
import { openPgFiles } from '../../src/store/postgres/files.ts';
import { fileStoreContract } from './files.contract.ts';
import { emptyDatabase, newDatabase } from './pg.ts';

const at = new Date('2026-11-20T01:00:00Z');

describe('in a folder', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'huishang-files-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  fileStoreContract((now) => openFolder(dir, now));

  it('leaves nothing half written behind, and clears away what a process that died had begun', async () => {
    await mkdir(join(dir, 'part'), { recursive: true });
    await writeFile(join(dir, 'part', 'half'), 'half');
    const store = await openFolder(dir, () => at);
    await store.put(Buffer.from('whole'));
    expect(await readdir(join(dir, 'part'))).toEqual([]);
  });

  it('says so when a content is not what was written', async () => {
    const store = await openFolder(dir, () => at);
    const hash = await store.put(Buffer.from('right'));
    await writeFile(join(dir, hash.slice(0, 2), hash), 'wrong');
    await expect(store.get(hash)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('refuses when it cannot write, and keeps nothing then', async () => {
    const store = await openFolder(join(dir, 'gone'), () => at);
    await rm(join(dir, 'gone'), { recursive: true });
    await expect(store.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('in PostgreSQL', () => {
  let url: string;
  beforeAll(async () => {
    url = await newDatabase();
  });

  fileStoreContract((now) => openPgFiles(url, now));

  it('is shared by several servers, which may start at once', async () => {
    await emptyDatabase(url);
    const stores = await Promise.all([1, 2, 3].map(() => openPgFiles(url, () => at)));
    const hash = await stores[0]?.put(Buffer.from('shared'));
    expect(Buffer.from((await stores[2]?.get(hash ?? '')) ?? []).toString()).toBe('shared');
    await Promise.all(stores.map((store) => store.close()));
  });
});
