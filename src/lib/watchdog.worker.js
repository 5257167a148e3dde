/** Counts how often in a row the main thread did not show that it runs. Plain JavaScript: nothing is loaded for it. */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { beats, everyMs, most } = workerData;
let seen = 0;
let missed = 0;

setInterval(() => {
  const now = Atomics.load(beats, 0);
  missed = now === seen ? missed + 1 : 0;
  seen = now;
  if (missed < most) return;
  // By the thread's own hand: the usual way to the log leads through the one that hangs.
  const line = {
    level: 60,
    time: Date.now(),
    ms: missed * everyMs,
    msg: 'the event loop stands still: killed',
  };
  writeSync(2, `${JSON.stringify(line)}\n`);
  process.kill(process.pid, 'SIGKILL');
}, everyMs);
