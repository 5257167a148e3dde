/** What every platform implements: transport only. Rules of the programme never live here. */
import type { Limits } from '../lib/limiter.ts';
import type { AnyTable } from '../store/store.ts';
import type { Place, Shown } from './message.ts';

/**
 * Why a send did not succeed.
 * - `retry`: it was not taken; later, after `retryAfterMs` when the platform said so.
 * - `unsure`: it went out and no answer came: it may have been taken.
 * - `gone`: this place takes no messages any more. `refused`: it will never be taken as it is.
 */
export type SendFailure = 'retry' | 'unsure' | 'gone' | 'refused';

export class SendError extends Error {
  constructor(
    readonly kind: SendFailure,
    message: string,
    readonly retryAfterMs?: number,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'SendError';
  }
}

/** For how many days the rows of a table are kept, counted from their field `at`; it has an index in that order. */
export interface Keep {
  readonly table: AnyTable;
  readonly days: number;
}

export interface Channel {
  readonly name: string;
  /** For how long it keeps what it keeps; without it, nothing of its own is dropped. */
  readonly keeps?: readonly Keep[];
  /** How much the platform takes; without it, as much as there is. */
  readonly limits?: Limits;
  /** True when `send` recognises a `key` that it was given before, so that trying again posts nothing twice. */
  readonly idempotent: boolean;
  /** Where this channel can reach a person who never wrote to it, if it can. */
  personalPlace?(person: string): Place | undefined;
  /** People look in here by themselves: what is for a person goes elsewhere, if there is an elsewhere. */
  readonly aside?: boolean;
  /** Post a message; resolves to the platform's message id. `key` names it for good. Rejects with SendError. */
  send(place: Place, shown: Shown, key: string): Promise<string>;
  /** Show something else in place of a message posted before. Rejects with SendError. */
  update(place: Place, message: string, shown: Shown): Promise<void>;
}
