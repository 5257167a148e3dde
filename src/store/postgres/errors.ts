/** What PostgreSQL and the way to it can refuse, in the words of the contract. */
import { StoreError } from '../store.ts';

/** Another transaction came first: this one runs again. An id taken meanwhile is found out by the next run. */
const CONFLICTS = new Set(['40001', '40P01', '23505']);
/**
 * Connection lost or refused, shutting down, starting up, out of something, a time limit, a standby. Missing keys and
 * columns mean that a server with other tables has been at the database: this one has to be started again.
 */
const UNAVAILABLE = /^(08|53|57|55P03$|25P0[23]$|25006$|26000$|28|3D000$|42501$|23502$|42703$|42P01$)/;

/** A failure of PostgreSQL as the contract has it; what is the driver's own mistake stays as it is. */
export function storeError(cause: unknown): Error {
  if (cause instanceof StoreError) return cause;
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const state = sqlState(error);
  if (state === undefined || UNAVAILABLE.test(state)) {
    return new StoreError('unavailable', `PostgreSQL: ${explain(error)}`, { cause });
  }
  if (CONFLICTS.has(state)) return new StoreError('conflict', `PostgreSQL: ${error.message}`, { cause });
  return error;
}

/** Five characters that PostgreSQL gave; undefined when it did not answer at all. */
function sqlState(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in error ? code : undefined;
}

/** Node reports a refused connection to two addresses as an AggregateError without words. */
function explain(error: Error): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(String).join('; ');
  return error.message;
}

/** Whether the connection is gone, so that nobody knows what became of what was asked last. */
export function isLost(error: unknown): boolean {
  // What we found wrong ourselves came in an answer.
  if (!(error instanceof Error) || error instanceof StoreError) return false;
  const state = sqlState(error);
  return state === undefined || /^(08|57P0|25P03)/.test(state);
}
