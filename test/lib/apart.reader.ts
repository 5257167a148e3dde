/** A reader for the tests of the other process: does what the content says. */
import { AppError } from '../../src/lib/errors.ts';

export async function read(bytes: Uint8Array): Promise<unknown> {
  const words = new TextDecoder().decode(bytes);
  if (words === 'for ever') for (;;);
  if (words === 'too much') for (const all: unknown[] = []; ; ) all.push(Array(1_000).fill(all.length));
  if (words === 'end') process.exit(3);
  if (words === 'refuse') throw new AppError('invalid', '这个不行。');
  if (words === 'fail') throw new Error('a bug');
  return { words, bytes: bytes.length };
}
