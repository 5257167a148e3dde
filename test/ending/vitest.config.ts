/** Runs a test beside a real PostgreSQL, so that test/ci.test.ts can see how such a run ends. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/ending/*.case.ts'], globalSetup: './test/store/pg.global.ts', pool: 'forks' },
});
