/** The ways to start the bot that are written down. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { NODE_ARGS } from './start.ts';

const text = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

it('gives node the same arguments by npm start, in the container and in the README', async () => {
  const words = ['node', ...NODE_ARGS, 'src/main.ts'];
  expect(await text('Dockerfile')).toContain(`CMD ${JSON.stringify(words).replaceAll(',', ', ')}`);
  expect(await text('README.md')).toContain(`node --env-file=.env ${words.slice(1).join(' ')}`);
});

it('gives no container more than its share, and starts each again when it ends', async () => {
  const [, services = ''] = /^services:\n([\s\S]*?)^\w/m.exec(await text('compose.yaml')) ?? [];
  const [, ...blocks] = services.split(/^ {2}(?=\w)/m);
  expect(blocks.map((block) => block.split(':', 1)[0])).toEqual(['app', 'db']);
  for (const block of blocks)
    for (const line of ['mem_limit: ', 'pids_limit: ', 'nofile: ', 'restart: unless-stopped'])
      expect(block).toContain(line);
  // Who watches the bot can only kill it where it is not the first process.
  expect(blocks[0]).toContain('init: true');
});
