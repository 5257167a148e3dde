/** Keeps the SDK's check of a token from printing: on a bad signature it writes keys to the console. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs work during which `console.error`, called by that work alone, prints nothing. */
export type MuteConsole = <T>(work: () => Promise<T>) => Promise<T>;

export function createMuteConsole(): MuteConsole {
  const inside = new AsyncLocalStorage<true>();
  let running = 0;
  let loud = console.error;
  const quiet: typeof console.error = (...args) => {
    if (!inside.getStore()) loud.apply(console, args);
  };
  return async (work) => {
    if (running++ === 0) {
      loud = console.error;
      console.error = quiet;
    }
    try {
      return await inside.run(true, work);
    } finally {
      if (--running === 0 && console.error === quiet) console.error = loud;
    }
  };
}
