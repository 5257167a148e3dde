/** The one error type whose message may be shown to a person. */

/** Why something could not be done; channels and logs switch on it, people never see it. */
export type ErrorCode =
  | 'not_found'
  | 'forbidden'
  | 'invalid'
  | 'stale'
  | 'unbound'
  | 'unavailable'
  | 'config'
  | 'internal';

/**
 * A failure that a person can be told about.
 * `publicMessage` is a Chinese sentence that says what to do next; `cause` goes to the log only.
 */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly publicMessage: string,
    options?: { cause?: unknown },
  ) {
    super(publicMessage, options);
    this.name = 'AppError';
  }
}
