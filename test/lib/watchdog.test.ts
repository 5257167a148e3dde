/** A process that hangs ends, one that is only busy goes on. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

function run(body: string) {
  const code = `import { watchLoop } from './src/lib/watchdog.ts'; watchLoop(500); ${body}`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', code];
  const { status, signal, stderr } = spawnSync(process.execPath, args, { cwd: root, timeout: 50_000 });
  return { status, signal, stderr: stderr.toString() };
}

it('kills a process whose event loop stands still, and says so', () => {
  const { signal, stderr } = run('setTimeout(() => { for (;;); }, 100);');
  expect(signal).toBe('SIGKILL');
  expect(JSON.parse(stderr)).toMatchObject({ level: 60, msg: expect.stringContaining('stands still') });
});

it('lets one go on that works in between, and keeps none from ending', () => {
  const busy = `let n = 0;
    const spin = () => {
      const until = performance.now() + 50;
      while (performance.now() < until);
      if (++n < 20) setTimeout(spin, 10);
    };
    spin();`;
  expect(run(busy)).toEqual({ status: 0, signal: null, stderr: '' });
});
