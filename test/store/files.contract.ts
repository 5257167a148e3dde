/** What every file store does, whichever engine keeps the contents. */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { type FileStore, hashOf } from '../../src/store/files.ts';

/** @param open the same contents each time, by the clock that is given */
export function fileStoreContract(open: (now: () => Date) => Promise<FileStore>): void {
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour));

  it('gives back what was put in, also after it was closed', async () => {
    const bytes = randomBytes(300_000);
    const first = await open(() => at(1));
    const hash = await first.put(bytes);
    expect(hash).toBe(hashOf(bytes));
    await first.close();
    const second = await open(() => at(1));
    expect(Buffer.compare(Buffer.from((await second.get(hash)) ?? []), bytes)).toBe(0);
    await second.close();
  });

  it('keeps the same content once, also when it comes ten times at once', async () => {
    const store = await open(() => at(1));
    const bytes = randomBytes(1_000);
    const hashes = await Promise.all(Array.from({ length: 10 }, () => store.put(bytes)));
    expect(new Set(hashes).size).toBe(1);
    expect(await store.get(hashes[0] ?? '')).toHaveLength(1_000);
    await store.close();
  });

  it('takes an empty content', async () => {
    const store = await open(() => at(1));
    expect(await store.get(await store.put(new Uint8Array()))).toHaveLength(0);
    await store.close();
  });

  it('has nothing under other names, and is not led elsewhere by them', async () => {
    const store = await open(() => at(1));
    for (const name of ['', 'f'.repeat(64), '../journal', '/etc/passwd', `${'a'.repeat(63)}/`]) {
      expect(await store.get(name)).toBeUndefined();
      await store.drop(name, at(9));
    }
    await store.close();
  });

  it('forgets what is old, and not what was put again meanwhile', async () => {
    let hour = 1;
    const store = await open(() => at(hour));
    const old = await store.put(randomBytes(10));
    const bytes = randomBytes(10);
    const again = await store.put(bytes);
    hour = 3;
    await store.put(bytes);
    for (const hash of [old, again]) await store.drop(hash, at(2));
    expect(await store.get(old)).toBeUndefined();
    expect(await store.get(again)).toHaveLength(10);
    await store.drop(again, at(3));
    expect(await store.get(again)).toBeUndefined();
    await store.close();
  });
}
