/** The process for what strangers send: whatever a reader does in it, the others are answered. */
import { expect, it } from 'vitest';
import { createApart } from '../../src/lib/apart.ts';

const READER = new URL('./apart.reader.ts', import.meta.url);
const bytes = (words: string) => Buffer.from(words);
const patient = createApart({ memoryMb: 64, ms: 30_000 });

it('gives what the reader made of the content, and what it refused', async () => {
  const content = bytes('名单');
  expect(await patient.read(READER, content)).toEqual({ words: '名单', bytes: 6 });
  expect(content.toString()).toBe('名单');
  await expect(patient.read(READER, bytes('refuse'))).rejects.toMatchObject({
    name: 'AppError',
    code: 'invalid',
    publicMessage: '这个不行。',
  });
  await expect(patient.read(READER, bytes('fail'))).rejects.toThrow('a bug');
  await expect(patient.read(new URL('./none.ts', READER), bytes(''))).rejects.toThrow('none.ts');
});

it('is lost with a reader that ends it or takes too much memory, and comes again for the next one', async () => {
  const all = ['one', 'too much', 'two', 'end', 'three'].map((words) => patient.read(READER, bytes(words)));
  const refused = expect.objectContaining({
    publicMessage: '这个文件打不开：内容太多，或者坏了。请去掉多余的内容，另存一份再发。',
  });
  expect(await Promise.allSettled(all)).toEqual([
    { status: 'fulfilled', value: { words: 'one', bytes: 3 } },
    { status: 'rejected', reason: refused },
    { status: 'fulfilled', value: { words: 'two', bytes: 3 } },
    { status: 'rejected', reason: refused },
    { status: 'fulfilled', value: { words: 'three', bytes: 5 } },
  ]);
});

it('is lost with a reader that never ends, while this process goes on', async () => {
  const hasty = createApart({ memoryMb: 64, ms: 1_000 });
  let rounds = 0;
  const round = () => {
    rounds += 1;
    again = setImmediate(round);
  };
  let again = setImmediate(round);
  await expect(hasty.read(READER, bytes('for ever'))).rejects.toMatchObject({ code: 'invalid' });
  clearImmediate(again);
  expect(rounds).toBeGreaterThan(100);
});
