/** Structured logs (pino). Nothing that people typed, no card contents and no tokens go in here. */
import { pino } from 'pino';

export type Log = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error'>;

/** A logger that writes JSON lines to standard output from `level` upwards (`silent` writes nothing). */
export function createLog(level: string): Log {
  return pino({ level, base: null, redact: ['*.authorization', '*.password', 'req', 'request'] });
}
