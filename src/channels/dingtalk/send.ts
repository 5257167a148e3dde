/** Sends: a card where one is worth a call, else words; through the chat's webhook while there is one. */
import { randomUUID } from 'node:crypto';
import type { GivenFile, Place, Shown } from '../../bot/delivery/channel.ts';
import { SendError } from '../../bot/delivery/channel.ts';
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/store.ts';
import { createBatcher } from './batch.ts';
import type { CallCount } from './call-count.ts';
import { type Cards, keepButtons } from './cards.ts';
import type { Client, Json } from './client.ts';
import { CardRefused } from './errors.ts';
import { type Where, whereOf } from './place.ts';
import type { Webhooks } from './webhooks.ts';
import { type Words, wordsOf } from './words.ts';

/** People whom one request reaches. */
export const BATCH = 20;
/** How long words wait for others who are to hear the same. */
const GATHER_MS = 60;

export interface SenderParts {
  readonly client: Client;
  readonly store: Pick<Store, 'transaction'>;
  /** Undefined where everything is said in words. */
  readonly cards: Cards | undefined;
  readonly calls: Pick<CallCount, 'budget' | 'ahead'>;
  readonly webhooks: Webhooks;
  readonly robotCode: () => string;
  readonly formUrl: (form: string) => string | undefined;
  readonly log: Log;
  readonly now: () => Date;
}

export interface Sender {
  send(place: Place, shown: Shown, key: string): Promise<string>;
  update(place: Place, message: string, shown: Shown): Promise<void>;
}

export function createSender(parts: SenderParts): Sender {
  const { client, store, cards, calls, webhooks, robotCode, formUrl, log, now } = parts;

  const toPeople = createBatcher<Words>(
    async (people, words) => {
      const { msgKey, msgParam } = messageOf(words);
      const body = { robotCode: robotCode(), userIds: people, msgKey, msgParam };
      const said = await client.api('/v1.0/robot/oToMessages/batchSend', { body });
      return { id: wordsId(said.processQueryKey), failed: failedIn(said) };
    },
    BATCH,
    GATHER_MS,
  );

  function there(place: Place): Where {
    const where = whereOf(place);
    if (!where) throw new SendError('refused', `${place.key} is not a chat of DingTalk`);
    return where;
  }

  /** Digests are words, the same for many; when calls are short everything that nobody waits for is. */
  function worthCard({ card, kind }: Shown): boolean {
    if (!card || kind === 'digest') return false;
    const budget = calls.budget();
    return budget === 'fine' || (budget === 'save' && kind === 'reply');
  }

  async function send(place: Place, shown: Shown, key: string): Promise<string> {
    const where = there(place);
    if (shown.file && where.kind === 'personal') return sendFile(where.staff, shown.file);
    const pointed = where.kind === 'group' && shown.mention !== undefined;
    const { only } = place;
    const url = webhooks.of(place);
    // What one of a group sees alone, and a mention without the chat's webhook, need a card also for words.
    const needsCard = only !== undefined || (pointed && !url);
    if (cards && (worthCard(shown) || (needsCard && calls.budget() !== 'out'))) {
      try {
        return await cards.deliver(place, where, shown, key, only);
      } catch (error) {
        if (!(error instanceof CardRefused)) throw error;
        log.warn({ err: error }, 'DingTalk does not take the card, it is said in words');
      }
    }
    if (only !== undefined) throw new SendError('refused', 'words in a group are for all of it');
    return say(where, shown, url);
  }

  async function sendFile(staff: string, { name, content }: GivenFile): Promise<string> {
    const mediaId = await client.upload(name, await content());
    const fileType = name.split('.').at(-1) ?? '';
    const msgParam = JSON.stringify({ mediaId, fileName: name, fileType });
    const body = { robotCode: robotCode(), userIds: [staff], msgKey: 'sampleFile', msgParam };
    const said = await client.api('/v1.0/robot/oToMessages/batchSend', { body });
    const failed = failedIn(said).get(staff);
    if (failed) throw failed;
    return wordsId(said.processQueryKey);
  }

  async function say(where: Where, shown: Shown, url: string | undefined): Promise<string> {
    const words = wordsOf(shown, formUrl);
    if (words.named.size > 0) await store.transaction((tx) => keepButtons(tx, [words.named], now()));
    if (url) {
      try {
        await client.webhook(
          url,
          webhookBody(words, where.kind === 'group' ? shown.mention?.account : undefined),
        );
        return wordsId(undefined);
      } catch (error) {
        if (error instanceof SendError && error.kind === 'unsure') throw error;
        webhooks.drop(url);
        log.info({ err: error }, 'a webhook does not work any more');
      }
    }
    if (where.kind === 'personal')
      return toPeople(JSON.stringify([words.msgKey, words.text]), where.staff, words);
    const body = { robotCode: robotCode(), openConversationId: where.conversation, ...messageOf(words) };
    return wordsId((await client.api('/v1.0/robot/groupMessages/send', { body })).processQueryKey);
  }

  return {
    send,
    async update(place, message, shown) {
      const where = there(place);
      if (!cards || message.startsWith(WORDS))
        throw new SendError('refused', 'words that are out stay as they are');
      // A press is answered with the record as it is, whatever the card still shows.
      if (calls.budget() !== 'fine' || calls.ahead()) return;
      await cards.update(place, where, message, shown);
    },
  };
}

/** What begins the ids of messages that are no cards. */
const WORDS = 'words:';

function wordsId(key: unknown): string {
  return `${WORDS}${typeof key === 'string' && key !== '' ? `${key}:` : ''}${randomUUID()}`;
}

function messageOf({ msgKey, title, text }: Words): { readonly msgKey: string; readonly msgParam: string } {
  return { msgKey, msgParam: JSON.stringify(msgKey === 'sampleText' ? { content: text } : { title, text }) };
}

function webhookBody({ msgKey, title, text }: Words, account: string | undefined): Json {
  const staff = account?.split(':').at(-1);
  // Somebody is pointed out only where the words name them, too.
  const said = staff ? `@${staff} ${text}` : text;
  return {
    ...(msgKey === 'sampleText'
      ? { msgtype: 'text', text: { content: said } }
      : { msgtype: 'markdown', markdown: { title, text: said } }),
    ...(staff && { at: { atUserIds: [staff] } }),
  };
}

/** A request that was taken may name people who did not get it. */
function failedIn({ invalidStaffIdList, flowControlledStaffIdList }: Json): ReadonlyMap<string, SendError> {
  const failed = new Map<string, SendError>();
  for (const staff of invalidStaffIdList ?? []) failed.set(staff, new SendError('gone', 'invalidStaffId'));
  for (const staff of flowControlledStaffIdList ?? [])
    failed.set(staff, new SendError('limited', 'flowControlled', 60_000));
  return failed;
}
