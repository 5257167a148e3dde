/** Start the bot: read the configuration, start the app, stop cleanly when told to. */
import { type App, startApp } from './app.ts';
import { loadConfig } from './config.ts';
import { AppError } from './lib/errors.ts';
import { createLog, openOutput } from './lib/log.ts';
import { watchLoop } from './lib/watchdog.ts';
import { StoreError } from './store/store.ts';

/** What is under way takes at most 10 s (a send that nobody answers); whoever stops us may wait 30 s. */
const STOP_MS = 25_000;
/** Nothing takes that long in one go. */
const HANGS_MS = 60_000;

try {
  const config = loadConfig();
  const out = openOutput();
  const log = createLog(config.logLevel, out);
  const app = await startApp({ config, log });
  watchLoop(HANGS_MS);
  const where = app.url;
  if (!config.demo) log.info({ where }, 'listening; Teams activities at POST /api/messages');
  else log.warn({ where }, 'no credentials: listening on this machine only. Open it in a browser');
  if (config.demo) out.write(`${where}\n`); // for who reads it on a terminal, whatever the log level is
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(app, signal));

  async function stop({ stop }: App, signal: string): Promise<void> {
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ ms: STOP_MS }, 'not stopped in time; what was acknowledged is kept');
      process.exit(1);
    }, STOP_MS).unref();
    await stop();
    log.info('stopped');
    process.exit(0);
  }
} catch (error) {
  if (!(error instanceof AppError || error instanceof StoreError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
