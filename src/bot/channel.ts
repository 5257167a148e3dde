/** What every platform implements: transport only. Rules of the programme never live here. */
import type { Limits } from '../lib/limiter.ts';
import type { Place, Shown } from './message.ts';

/**
 * Why a send did not succeed.
 * - `retry`: it was not taken; the platform is down, or was not reached.
 * - `limited`: too much at once; nothing else is wrong. Both later, after `retryAfterMs` when the platform said so.
 * - `configuration`: the platform does not accept who we are (a token, a permission): nothing goes out until somebody
 *   has repaired it, and then everything does.
 * - `unsure`: it went out and no answer came: it may have been taken.
 * - `gone`: this place takes no messages any more. `refused`: it will never be taken as it is.
 */
export type SendFailure = 'retry' | 'limited' | 'configuration' | 'unsure' | 'gone' | 'refused';

/** Whether the next message would fare no better: nobody answered, or nobody was let in. */
export function isDown(
  result: 'sent' | SendFailure,
): result is 'retry' | 'limited' | 'configuration' | 'unsure' {
  return result !== 'sent' && result !== 'gone' && result !== 'refused';
}

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

export interface Channel {
  readonly name: string;
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
