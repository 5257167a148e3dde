/** Ends this process when its event loop stands still, so that whoever runs it starts it again. */
import { Worker } from 'node:worker_threads';

/** How often the loop has to show in that time that it runs. */
const BEATS = 10;

/**
 * Watch from a thread of its own. SIGKILL, since nothing that needs the loop would be heard; what was acknowledged is
 * on the disk. As the first process of a container it could not be killed from inside: run it under an init.
 * @param limitMs how long the loop may stand still; the time for which the whole machine sleeps does not count
 */
export function watchLoop(limitMs: number): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const everyMs = limitMs / BEATS;
  setInterval(() => Atomics.add(beats, 0, 1), everyMs).unref();
  const watcher = new Worker(new URL('./watchdog.worker.js', import.meta.url), {
    workerData: { beats, everyMs, most: BEATS },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  watcher.unref();
}
