/** The ways to start the bot that are written down. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { NODE_ARGS } from './start.ts';

it('gives node the same arguments by npm start, in the container and in the README', async () => {
  const text = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');
  const words = ['node', ...NODE_ARGS, 'src/main.ts'];
  expect(await text('Dockerfile')).toContain(`CMD ${JSON.stringify(words).replaceAll(',', ', ')}`);
  expect(await text('README.md')).toContain(`node --env-file=.env ${words.slice(1).join(' ')}`);
});
