/**
 * Posts and replaces messages in Teams, puts around a card what only Teams knows, and says of each failure whether trying
 * again makes sense.
 */

import type { Activity as SdkActivity } from 'botbuilder';
import type { Around, CardJson } from '../../bot/cards/adaptive.ts';
import type { Card, Choice } from '../../bot/cards/spec.ts';
import type { Place, Shown } from '../../bot/delivery/channel.ts';
import { SendError } from '../../bot/delivery/channel.ts';
import { fitting } from '../../lib/text.ts';
import { inThread, parseReference, type Reference } from './activity.ts';
import type { TeamsAdapter } from './adapter.ts';
import { ConnectorError } from './connector.ts';
import { isLoopbackUrl } from './guard.ts';
import { REFRESH } from './receive.ts';

const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';
/** Answered with one of these, or any of a broken server, Teams has not taken it. */
const RETRY = new Set([408, 412, 425]);
/** Our token, or that of a proxy between us: nothing is wrong with the message. */
const NOT_US = new Set([401, 407]);
/** Places that take no message of ours any more. */
const GONE: Readonly<Record<number, ReadonlySet<string>>> = {
  403: new Set([
    'BotNotInConversationRoster',
    'ConversationBlockedByUser',
    'BotDisabledByAdmin',
    'ForbiddenOperationException',
    'MessageWritesBlocked',
  ]),
  404: new Set(['ConversationNotFound']),
};
/** Why a token cannot be fetched now, in the words of the library that asks for it or in Node's. */
const NO_TOKEN_NOW = /network|endpoint|timeout|temporar|server_error|^E[A-Z_]+$/;
/** What notifications show of a card, and what one message takes without a card (80 KB of UTF-16). */
const SUMMARY_CHARS = 200;
const TEXT_CHARS = 38_000;
/** Makes the card that Teams shows. */
export type Render = (card: Card, around: Around) => CardJson;
const LONGEST_WAIT_MS = 86_400_000;

export interface Sender {
  post(place: Place, shown: Shown, replaced?: string): Promise<string>;
}

/** @param local without credentials nothing is sent to another machine, whatever a stored reference says */
export function createSender(adapter: TeamsAdapter, local: boolean, now: () => Date, render: Render): Sender {
  return {
    async post(place, shown, replaced) {
      const kept = parseReference(place.ref);
      const reference = kept && inThread(kept, place.thread);
      if (!reference) throw new SendError('refused', `No conversation reference is kept for ${place.key}`);
      if (local && !isLoopbackUrl(reference.serviceUrl)) {
        throw new SendError(
          'refused',
          `Without credentials nothing is sent to ${new URL(reference.serviceUrl).host}`,
        );
      }
      if (replaced === '') throw new SendError('refused', 'The message to replace has no id');
      try {
        return await adapter.post(reference, messageOf(shown, reference, render), {
          replaced,
          only: place.only,
        });
      } catch (error) {
        throw sendError(error, now());
      }
    },
  };
}

/** A reply as an activity. Text beside a card counts as a second message on Teams, so there the card carries it. */
export function messageOf(
  { text, card, mention, viewers = [], why, fresh }: Shown,
  { channelId }: Pick<Reference, 'channelId'>,
  render: Render,
): Partial<SdkActivity> {
  const common = { type: 'message', textFormat: 'plain', locale: 'zh-CN' };
  // A mention is only one in the text of a message, never beside a card; the card can be opened from 待办.
  const words = fitting(text, TEXT_CHARS);
  if (mention) return { ...common, ...mentioning(mention, words) };
  if (!card) return { ...common, text: words };
  return {
    ...common,
    summary: fitting(text, SUMMARY_CHARS),
    ...(channelId === 'emulator' && { text: words }),
    attachments: [{ contentType: CARD_TYPE, content: withRefresh(render(card, { why, fresh }), viewers) }],
  };
}

/** Teams makes a mention of this text and this entity together; typed text comes without the entity. */
function mentioning({ name, account }: NonNullable<Shown['mention']>, text: string): Partial<SdkActivity> {
  const at = `<at>${name.replace(/[<>&]/g, '')}</at>`;
  return {
    text: `${at} ${text}`,
    entities: [{ type: 'mention', text: at, mentioned: { id: account, name } }],
  };
}

/** The body that answers a press in place: a card, or a sentence. */
export function pressResponse(
  { text, card, fresh }: Shown,
  render: Render,
): { statusCode: 200; type: string; value: unknown } {
  return card
    ? { statusCode: 200, type: CARD_TYPE, value: render(card, { fresh }) }
    : {
        statusCode: 200,
        type: 'application/vnd.microsoft.activity.message',
        value: fitting(text, TEXT_CHARS),
      };
}

/** Teams asks for a drawing of their own for each of these people, whenever the card is shown to them. */
function withRefresh(card: CardJson, userIds: readonly string[]): CardJson {
  if (userIds.length === 0) return card;
  const action = { type: 'Action.Execute', title: '刷新', verb: REFRESH, data: {} };
  return { ...card, refresh: { action, userIds } };
}

/** The body that answers what is being typed. */
export function searchResponse(results: readonly Choice[]) {
  return { statusCode: 200, type: 'application/vnd.microsoft.search.searchResponse', value: { results } };
}

/** A failure as the outbox needs it. What is no answer and no failure of a connection is a fault in what is sent. */
export function sendError(error: unknown, now: Date): SendError {
  if (!(error instanceof ConnectorError)) return new SendError('refused', String(error).slice(0, 200));
  const { stage, code, message, statusCode: status = 0, retryAfter } = error;
  const said = [status, code, message.slice(0, 200)].filter(Boolean).join(' ');
  if (stage === 'token')
    return new SendError(NO_TOKEN_NOW.test(code ?? '') ? 'retry' : 'configuration', said);
  if (stage === 'connect') return new SendError('retry', said);
  if (stage === 'sent') return new SendError('unsure', said);
  const wait = retryAfterMs(retryAfter, now);
  if (status === 429) return new SendError('limited', said, wait);
  if (status >= 500 || RETRY.has(status)) return new SendError('retry', said, wait);
  if (NOT_US.has(status)) return new SendError('configuration', said, wait);
  return new SendError(code !== undefined && GONE[status]?.has(code) ? 'gone' : 'refused', said);
}

/** Retry-After in milliseconds from now: seconds or an HTTP date; undefined when it says neither. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(Math.ceil(ms), 0), LONGEST_WAIT_MS);
}
