/** Structured logs (pino). Nothing that people typed, no card contents and no tokens go in here. */
import { type DestinationStream, pino } from 'pino';

export type Log = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error'>;

const LONGEST_REASON = 300;

/** Standard output as a logger writes it; what else is written to it comes between two lines of the log, in order. */
export function openOutput(): DestinationStream {
  return pino.destination({ sync: false, minLength: 0 });
}

/** A logger that writes JSON lines from `level` upwards (`silent` writes nothing), to standard output unless told where. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    redact: ['*.authorization', '*.password', 'req', 'request'],
    serializers: { err: sayError, error: sayError },
  };
  return destination ? pino(options, destination) : pino(options);
}

interface Said {
  readonly type: string;
  readonly reason: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/**
 * What may be written of an error: its name, what it says, where it happened, why. Errors of libraries carry more in
 * further properties (PostgreSQL's a whole row, an HTTP client's the request), which is nobody's business here.
 */
function sayError(error: unknown): Said | string | undefined {
  if (error === undefined || error === null) return undefined;
  if (!(error instanceof Error))
    return typeof error === 'string' ? error.slice(0, LONGEST_REASON) : typeof error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: name,
    // JSON.parse repeats what it could not read.
    reason: error instanceof SyntaxError ? 'cannot be read' : message.slice(0, LONGEST_REASON),
    ...(code && { code }),
    ...(frames && frames.length > 0 && { stack: frames.join('\n') }),
    ...(cause !== undefined && { cause: sayError(cause) }),
  };
}
