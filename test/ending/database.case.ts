/** Asks for a database, and fails if that is to be of another kind. */
import { expect, it } from 'vitest';
import { newDatabase } from '../store/pg.ts';

it('has a database', async () => {
  expect(await newDatabase()).toContain(process.env.KIND);
});
