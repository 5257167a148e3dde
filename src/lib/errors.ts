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

/** What was asked; false where something that it hangs on (a unit that was merged) is not there. */
export async function trueIfFound(asked: boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return false;
    throw error;
  }
}
