/**
 * The process of lib/apart.ts: for each content it is given, the answer of a reader, or why there is none.
 * JavaScript, because it has to learn to read TypeScript first, wherever it is started from.
 */
import { register } from 'tsx/esm/api';

register();

process.on('message', async ({ reader, bytes }) => {
  try {
    const { read } = await import(reader);
    process.send({ value: await read(bytes) });
  } catch (error) {
    // No error stays what it is on its way over: an AppError has a sentence for a person, of others the log is told.
    process.send({ refusal: error?.publicMessage, failure: String(error?.stack ?? error) });
  }
});
process.on('disconnect', () => process.exit());
