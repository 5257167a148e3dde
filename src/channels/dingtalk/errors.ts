/** What DingTalk's refusals mean for what was to be sent. */
import { SendError, type SendFailure } from '../../bot/delivery/channel.ts';

/** What an answer says: its status and the words that name the fault, wherever they stand in it. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const SECOND_MS = 1_000;
/** After `punish: deny` nothing is taken for so long. */
const PUNISHED_MS = 300_000;

/** By DingTalk's word for it; the first that fits. */
const MEANING: readonly (readonly [RegExp, SendFailure, number?])[] = [
  [
    /ApiCountLimit|AccessTokenPermissionDenied|InvalidAuthentication|robotCode|^401$|^40014$|^42001$/i,
    'configuration',
  ],
  [/QpsLimit|flowControl|Throttling|too\.?many/i, 'limited', SECOND_MS],
  [/^1111$|punish/i, 'retry', PUNISHED_MS],
  [/system\.?busy|ServiceUnavailable|InternalError|^-1$/i, 'retry'],
  [/unknown\.send\.result/i, 'unsure'],
  [
    /invalid\.?openConversationId|group\.disbanded|bot\.stopped|robot\.oto\.notExist|notAllow\.sendOTO|userIdNotExist|invalidStaffId/i,
    'gone',
  ],
  [/contain\.(?:notAllowed|unsafe)|contentUnsafe|checkFailed|tooLong|param\./i, 'refused'],
];

/** The template, or what it was given, is at fault: words alone may still be taken. */
const OF_THE_CARD = /template|card\.|param/i;

/** A refusal as the outbox needs it; nothing of what was to be sent is in it. */
export function sendErrorOf(refusal: Refusal): SendError {
  const { status, code, message } = refusal;
  const said = [status, code, code ? '' : message.slice(0, 100)].filter(Boolean).join(' ');
  for (const [pattern, kind, ms] of MEANING) if (pattern.test(code)) return new SendError(kind, said, ms);
  for (const [pattern, kind, ms] of MEANING) if (pattern.test(message)) return new SendError(kind, said, ms);
  if (status === 429) return new SendError('limited', said, SECOND_MS);
  if (status >= 500 || status === 408) return new SendError('retry', said);
  return new SendError(status === 401 || status === 403 ? 'configuration' : 'refused', said);
}

/** A card that cannot be shown, as against a place that takes nothing. */
export class CardRefused extends SendError {
  constructor(message: string) {
    super('refused', message);
    this.name = 'CardRefused';
  }
}

/** The same failure, said to be the card's where it is. */
export function ofCard(error: unknown): unknown {
  const isCards = error instanceof SendError && error.kind === 'refused' && OF_THE_CARD.test(error.message);
  return isCards ? new CardRefused(error.message) : error;
}

/** Nobody was reached, so nothing was taken. */
const NOT_REACHED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT/;

/** A failure of the connection itself: what left, at least in part, may have been taken. */
export function unreached(error: unknown): SendError {
  const { cause, name, message } = (error ?? {}) as {
    cause?: { code?: unknown };
    name?: string;
    message?: string;
  };
  const code = String(cause?.code ?? name ?? '');
  return new SendError(
    NOT_REACHED.test(code) ? 'retry' : 'unsure',
    `${code} ${String(message).slice(0, 100)}`,
  );
}
