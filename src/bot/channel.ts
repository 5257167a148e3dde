/** What every platform implements: transport only. Rules of the programme never live here. */
import type { Place, Shown } from './message.ts';

/** Why a send did not succeed, and whether trying again makes sense. */
export class SendError extends Error {
  constructor(
    /** `retry`: later, after `retryAfterMs` when the platform said so. `gone`: this place takes no messages any more. */
    readonly kind: 'retry' | 'gone' | 'refused',
    message: string,
    readonly retryAfterMs?: number,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'SendError';
  }
}

export interface Channel {
  readonly name: string;
  /** Where this channel can reach a person who never wrote to it, if it can. */
  personalPlace?(person: string): Place | undefined;
  /**
   * Post a message; resolves to the platform's message id. `key` names this message for good: a channel that can
   * recognises it posts nothing twice. Rejects with SendError.
   */
  send(place: Place, shown: Shown, key: string): Promise<string>;
  /** Show something else in place of a message posted before. Rejects with SendError. */
  update(place: Place, message: string, shown: Shown): Promise<void>;
}
