/** Fails, and has asked for a database before. */
import { expect, it } from 'vitest';
import { newDatabase } from '../store/pg.ts';

it('fails', async () => {
  expect(await newDatabase()).toBe('');
});
