/**
 * The thread of lib/apart.ts: for each content it is given, the answer of a reader, or why there is none.
 * JavaScript, because a thread does not learn to read TypeScript from the process that starts it.
 */
import { parentPort } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();

parentPort.on('message', async ({ reader, bytes }) => {
  try {
    const { read } = await import(reader);
    parentPort.postMessage({ value: await read(bytes) });
  } catch (error) {
    // No error stays what it is on its way over: an AppError has a sentence for a person, of others the log is told.
    parentPort.postMessage({ refusal: error?.publicMessage, failure: String(error?.stack ?? error) });
  }
});
