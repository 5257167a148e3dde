import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Long enough for the busiest machine: what is waited for comes, or the test is to fail.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    reporters: ['default', './test/counts.reporter.ts'],
  },
});
