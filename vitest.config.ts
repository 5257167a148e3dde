import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/sequence.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Long enough for the busiest machine: what is waited for comes, or the test is to fail.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    globalSetup: './test/store/pg.global.ts',
    pool: 'forks',
    // Half of what most files take is to load the bot and to warm up: the files of one process share that. So whatever
    // a file changes in its process (environment, spies, timers) it puts back.
    isolate: false,
    // Files wait for disks, databases and browsers: half as many again as there are cores use what they leave.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/counts.reporter.ts'],
  },
});
