/** What is done with a message, a press or an event, and what a press shows to whoever pressed. */
import type { Bot } from '../../bot/bot.ts';
import type { Place } from '../../bot/delivery/channel.ts';
import { type Answer, type Attachment, type Inbound, turnId } from '../../bot/turn/inbound.ts';
import type { DingtalkCredentials } from '../../config.ts';
import type { Log } from '../../lib/log.ts';
import { RecentMap } from '../../lib/recent.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { Cards } from './cards.ts';
import type { Client, Json } from './client.ts';
import { CARD, parseDisbanded, parseLeavers, parseMessage, parsePress } from './frames.ts';
import type { Incoming, Work } from './intake.ts';
import { readName } from './params.ts';
import { accountOf, DINGTALK, groupPlace, personalPlace, whereOf } from './place.ts';
import { type Coded, namesOf, pressedByWords, receiveMessage, receivePress } from './receive.ts';
import { buttons, cards as cardRows } from './tables.ts';
import { pressedBy } from './words.ts';

const SORRY = '出了点问题，请稍后再试。';
const DISBANDED = '这个群已经解散';
const LEFT = '这位同志已经不在本单位的钉钉里';
/** How so many people are called is remembered. */
const MOST_NAMES = 5_000;

export interface HandlingParts {
  readonly bot: Bot;
  readonly store: Pick<Store, 'read'>;
  readonly client: Client;
  readonly cards: Cards | undefined;
  readonly credentials: DingtalkCredentials;
  readonly log: Log;
  readonly now: () => Date;
}

export interface Event {
  readonly type: string;
  readonly corp: string | undefined;
  readonly data: string;
  readonly id: string;
}

export function createHandling(parts: HandlingParts) {
  const { bot, store, client, cards, credentials, log, now } = parts;
  /** How those who wrote last are called: a press does not say it. */
  const names = new RecentMap<string>(MOST_NAMES);
  let robot = credentials.clientId;
  let ours = credentials.corpId;

  /** The kernel promises not to reject; if it does, the person still hears something. */
  async function answer(inbound: Inbound, files: readonly Attachment[] = []): Promise<Answer> {
    try {
      return await bot.handle(inbound, files);
    } catch (error) {
      log.error({ turn: turnId(inbound), err: error }, 'turn failed');
      return { scope: 'words', shown: { text: SORRY }, refused: true };
    }
  }

  function fetchable({ name, code }: Coded): Attachment {
    return {
      name,
      async fetch(most) {
        const body = { downloadCode: code, robotCode: robot };
        const { downloadUrl } = await client.api('/v1.0/robot/messageFiles/download', { body });
        return client.download(String(downloadUrl), most);
      },
    };
  }

  async function message({ id, data }: Incoming): Promise<undefined> {
    const said = parseMessage(data);
    if (!said) {
      log.warn({ id }, 'DingTalk sent a message that cannot be read');
      return undefined;
    }
    const { sessionWebhook: url, chatbotCorpId: corp } = said;
    robot = said.robotCode ?? robot;
    ours = corp;
    const received = receiveMessage(said, now());
    const say = (text: string) =>
      url ? client.webhook(url, { msgtype: 'text', text: { content: text } }) : undefined;
    if (received.kind === 'say') {
      await Promise.resolve(say(received.text)).catch((error) => log.warn({ err: error }, 'not said'));
      return undefined;
    }
    const { inbound, files } = received;
    const { place, sender } = inbound;
    names.set(sender.account, sender.name);
    // There is no event when the robot comes into a group: what is told more than once counts once.
    if (place.kind === 'group')
      await bot.chatEvent({ channel: DINGTALK, place, what: 'added', account: sender.account });
    const button = pressedBy(inbound.text);
    const runs = button && (await store.read((tx) => tx.table(buttons).get(button)));
    const { scope, shown } = await answer(
      runs ? pressedByWords(inbound, runs) : inbound,
      files.map(fetchable),
    );
    // Words that are in no outbox (the store is down) are said at once.
    if (scope === 'words')
      await Promise.resolve(say(shown.text)).catch((error) => log.error({ err: error }, 'reply not out'));
    return undefined;
  }

  /** A press on a card; resolves to what whoever pressed sees from now on. */
  async function press({ id, data }: Incoming): Promise<Json | undefined> {
    const pressed = parsePress(data);
    if (!pressed || !cards) {
      log.warn({ id }, 'DingTalk sent a press that cannot be read');
      return undefined;
    }
    const { row, runs } = await store.read(async (tx) => ({
      row: await tx.table(cardRows).get(pressed.card),
      runs: await buttonIn(tx, namesOf(pressed)),
    }));
    const where = row && whereOf({ key: row.place });
    // Ids of people are given in each organisation anew: one of another is not ours, whatever the id.
    const theirs = pressed.corp !== undefined && pressed.corp !== where?.corp;
    if (!row || !where || theirs || (where.kind === 'personal' && where.staff !== pressed.user)) {
      log.warn({ id, card: pressed.card }, 'a press on a card that is not known, or not that person’s');
      return undefined;
    }
    const place: Place = { key: row.place, kind: where.kind };
    const name = names.get(accountOf(where.corp, pressed.user)) ?? '';
    const inbound = receivePress(pressed, runs, { id, place, corp: where.corp, name, at: now() });
    return cards.pressed(row.id, async () => {
      const { scope, shown } = await answer(inbound);
      const seen = scope === 'card' || scope === 'mine' ? shown : { text: shown.text };
      if (scope === 'none' || (!seen.card && seen.text === '')) return undefined;
      return cards.answer(row.id, where, pressed.user, seen);
    });
  }

  return {
    robotCode: () => robot,
    corp: () => ours,
    work(incoming: Incoming): Work<Json | undefined> {
      if (incoming.topic !== CARD) return { done: message(incoming), late: async () => undefined };
      return {
        done: press(incoming),
        // The acknowledgement is gone: the card itself is changed, for that person.
        async late(response) {
          const pressed = parsePress(incoming.data);
          if (pressed && response) await cards?.answerLate(pressed.card, pressed.user, response);
        },
      };
    },
    async event({ type, corp = ours, data, id }: Event): Promise<void> {
      if (type === 'user_leave_org' && corp) {
        for (const staff of parseLeavers(data)) {
          const account = accountOf(corp, staff);
          const place = personalPlace(account);
          if (place) await bot.chatEvent({ channel: DINGTALK, place, what: 'left', account, reason: LEFT });
        }
      } else if (type === 'chat_disband' && corp) {
        const group = parseDisbanded(data);
        const place = group && groupPlace(corp, group);
        if (place)
          await bot.chatEvent({ channel: DINGTALK, place, what: 'removed', whole: false, reason: DISBANDED });
      } else log.debug({ type, id }, 'an event that changes nothing');
    },
    /** A form that was filled in on its page; resolves to the answer. */
    fromPage: answer,
  };
}

/** The first of these buttons that was ever shown. */
async function buttonIn(tx: Tx, names: readonly string[]) {
  for (const name of names) {
    const { name: plain, drawn } = readName(name);
    const found = await tx.table(buttons).get(plain);
    if (found) return drawn === undefined ? found : { ...found, data: { ...found.data, drawn } };
  }
  return undefined;
}
