/** The real file system under the embedded store: large files that lose their names. */
import { link, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeFileSystem as fs } from '../../src/store/lowdb/fs.ts';

const MIB = 1024 * 1024;
let dir: string;
const at = (name: string) => join(dir, name);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huishang-fs-'));
  await writeFile(at('snapshot'), 'old');
  await truncate(at('snapshot'), 40 * MIB);
  await writeFile(at('snapshot.tmp'), 'new');
});
afterEach(() => rm(dir, { recursive: true }));

it.skipIf(process.platform === 'win32')(
  'gives the space of a file without a name back in steps',
  async () => {
    const old = await open(at('snapshot'), 'r');
    try {
      await fs.rename(at('snapshot.tmp'), at('snapshot'));
      expect((await old.stat()).size).toBe(8 * MIB);
      expect(await readFile(at('snapshot'), 'utf8')).toBe('new');
    } finally {
      await old.close();
    }
  },
);

it('leaves a file whole that has another name', async () => {
  await link(at('snapshot'), at('copy'));
  await fs.rename(at('snapshot.tmp'), at('snapshot'));
  await fs.unlink(at('snapshot'));
  expect((await stat(at('copy'))).size).toBe(40 * MIB);
});

it('leaves a file whole whose name could not be taken', async () => {
  await expect(fs.rename(at('missing'), at('snapshot'))).rejects.toThrow('ENOENT');
  expect((await stat(at('snapshot'))).size).toBe(40 * MIB);
  await expect(fs.unlink(at('missing'))).rejects.toThrow('ENOENT');
});
