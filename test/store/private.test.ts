/** What the programme knows is nobody else's on the machine: folders, rows, files that people send, backups. */
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepContents } from '../../src/backup/contents.ts';
import { linesOf, readBackup, writeBackup } from '../../src/backup/file.ts';
import { openFolder } from '../../src/store/lowdb/files.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { memoryFiles } from '../file-store.ts';
import { lines } from './lock.child.ts';

let dir: string;
let umask: number;
beforeEach(async () => {
  dir = await mkdtemp(`${tmpdir()}/huishang-private-`);
  // As careless as a machine can be.
  umask = process.umask(0);
});
afterEach(async () => {
  process.umask(umask);
  await rm(dir, { recursive: true });
});

/** What others may do, of everything below `dir`: paths with their modes, none of those that only the owner may. */
async function open(): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(dir, { recursive: true })) {
    const { mode } = await stat(join(dir, name));
    if (mode & 0o077) found.push(`${name} ${(mode & 0o777).toString(8)}`);
  }
  return found;
}

const warnings: unknown[] = [];
const none = () => undefined;
const log = { debug: none, info: none, error: none, warn: (...what: unknown[]) => void warnings.push(what) };
const row = (id: string) => ({ id, pid: 1 });

it.skipIf(process.platform === 'win32')('is kept in folders and files of its own, backups too', async () => {
  const data = join(dir, 'made', 'on the way', 'data');
  const store = await openLowdb({ dir: data, tables: [lines], log });
  const files = await openFolder(join(data, 'files'), () => new Date());
  await files.put(Buffer.from('a photo'));
  await store.transaction((tx) => tx.table(lines).put(row('one')));
  expect(await open()).toEqual([]);
  await writeFile(join(dir, 'backup.gz.part'), 'left behind by a process that died');
  await writeBackup(join(dir, 'backup.gz'), linesOf(store.export()));
  await files.close();
  await store.close();
  expect(await readdir(data)).toContain('huishang.json');
  expect(await open()).toEqual([]);

  const restored = await openLowdb({ dir: join(dir, 'restored'), tables: [lines], log });
  await restored.import(keepContents(readBackup(join(dir, 'backup.gz')), memoryFiles()));
  await restored.close();
  expect(await open()).toEqual([]);
  expect(warnings).toEqual([]);
});

it.skipIf(process.platform === 'win32')('is closed to others when it was not', async () => {
  const [data, files] = [join(dir, 'data'), join(dir, 'data', 'files')];
  const store = await openLowdb({ dir: data, tables: [lines] });
  await store.transaction((tx) => tx.table(lines).put(row('one')));
  await store.close();
  await mkdir(files);
  for (const path of [data, files]) await chmod(path, 0o755);
  for (const name of await readdir(data)) if (name !== 'files') await chmod(join(data, name), 0o644);
  await writeFile(join(data, 'of-the-administrator.txt'), '');
  expect(await open()).toContain('data/huishang.json 644');
  await (await openLowdb({ dir: data, tables: [lines], log })).close();
  await (await openFolder(files, () => new Date())).close();
  expect(await open()).toEqual(['data/of-the-administrator.txt 666']);
  expect(warnings).toEqual([]);
});

it.skipIf(process.platform === 'win32')('is complained of in a folder that is everybody’s', async () => {
  const shared = join(dir, 'tmp');
  await mkdir(shared);
  await chmod(shared, 0o1777);
  await (await openLowdb({ dir: shared, tables: [lines], log })).close();
  expect(warnings.splice(0)).toEqual([[{ dir: shared }, expect.stringContaining('chmod 700')]]);
  expect(await open()).toEqual(['tmp 777']);
});
