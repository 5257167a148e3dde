/** Cards: delivered, put in place of what they showed, answered when pressed; each viewer's own values with them. */
import { createHash } from 'node:crypto';
import type { Bot } from '../../bot/bot.ts';
import type { Around } from '../../bot/cards/adaptive.ts';
import type { Card } from '../../bot/cards/spec.ts';
import { note } from '../../bot/cards/spec.ts';
import type { Place, Shown } from '../../bot/delivery/channel.ts';
import { SendError } from '../../bot/delivery/channel.ts';
import { shorten } from '../../lib/text.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { Client, Json } from './client.ts';
import { drawingOf } from './drawing.ts';
import { CardRefused, ofCard, sendErrorOf } from './errors.ts';
import { type Drawn, type Named, type Params, type ParamsOptions, paramsOf } from './params.ts';
import { accountOf, DINGTALK, type Where } from './place.ts';
import { buttons, type CardRow, cards } from './tables.ts';

/** A button that is still shown is not written again within so many days. */
const FRESH_MS = 30 * 86_400_000;
const SUMMARY_CHARS = 60;
const BY_KEY = { updateCardDataByKey: true, updatePrivateDataByKey: true };

export interface CardsParts {
  readonly client: Client;
  readonly store: Pick<Store, 'transaction' | 'read'>;
  readonly bot: Pick<Bot, 'draw'>;
  readonly template: string;
  readonly options: ParamsOptions;
  readonly robotCode: () => string;
  readonly now: () => Date;
}

/** What a press is answered with. */
type Answered = Pick<Shown, 'text' | 'card' | 'fresh'>;

export interface Cards {
  /** Post a card; resolves to its id. `only`: nobody else of the group sees it. Rejects with SendError. */
  deliver(place: Place, where: Where, shown: Shown, key: string, only?: string): Promise<string>;
  /** Show something else in its place. Rejects with SendError. */
  update(place: Place, where: Where, id: string, shown: Shown): Promise<void>;
  /** A press on this card: what is to be put in its place waits until it is answered, and may be there then. */
  pressed<T>(id: string, work: () => Promise<T>): Promise<T>;
  /** What a press by `user` shows to them: the body of its acknowledgement. */
  answer(id: string, where: Where, user: string, shown: Answered): Promise<Json>;
  /** Show the same once the press has been acknowledged. */
  answerLate(id: string, user: string, answer: Json): Promise<void>;
}

export function createCards({ client, store, bot, template, options, robotCode, now }: CardsParts): Cards {
  const draw = (card: Card, { why, fresh }: Around = {}): Drawn =>
    paramsOf(drawingOf(card, why), options, fresh);
  /** Where a sentence stands beside a card. */
  const line = options.tier === 'form' ? 'status' : 'tips';

  /** The values of those who see something else than the others. */
  async function privatesOf(where: Where, shown: Shown, all: Drawn) {
    const { subject, viewers = [] } = shown;
    const found = new Map<string, Drawn>();
    if (where.kind !== 'group' || !subject) return found;
    const common = JSON.stringify(all.params);
    for (const staff of viewers) {
      const viewer = { channel: DINGTALK, account: accountOf(where.corp, staff) };
      const own = await bot.draw({ text: '', card: { subject } }, viewer);
      const drawn = own.card && draw(own.card, shown);
      if (drawn && JSON.stringify(drawn.params) !== common) found.set(staff, drawn);
    }
    return found;
  }

  /** Presses that are not answered yet, by card. */
  const pressing = new Map<string, Set<Promise<unknown>>>();

  /** Before it is out: a press may come at once. */
  async function keep(tx: Tx, row: Omit<CardRow, 'at'>, named: readonly Named[]) {
    const at = now();
    const known = await tx.table(cards).get(row.id);
    await keepButtons(tx, named, at);
    return tx.table(cards).put({ ...known, ...row, at: at.toISOString() });
  }

  async function deliver(
    place: Place,
    where: Where,
    shown: Shown,
    key: string,
    only?: string,
  ): Promise<string> {
    const drawn = draw(shown.card ?? note(shown.text), shown);
    const privates = await privatesOf(where, shown, drawn);
    const named = [drawn, ...privates.values()].map((one) => one.named);
    const row = { place: place.key, shown: digestOf(drawn.params, privates), viewers: [...privates.keys()] };
    // One that was created before, and perhaps not shown, cannot be delivered again under its name.
    for (const name of [key, `${key}#2`]) {
      const id = createHash('sha256').update(name).digest('base64url');
      await store.transaction((tx) => keep(tx, { id, ...row }, named));
      const body = {
        cardTemplateId: template,
        outTrackId: id,
        callbackType: 'STREAM',
        cardData: { cardParamMap: drawn.params },
        ...(privates.size > 0 && { privateData: privateData(privates) }),
        userIdType: 1,
        ...deliveryTo(where, shown, only),
      };
      try {
        const { result } = await client.api('/v1.0/card/instances/createAndDeliver', { body });
        scan(result);
        return id;
      } catch (error) {
        if (!(error instanceof SendError && /cardAlreadyExist/i.test(error.message))) throw ofCard(error);
      }
    }
    throw new CardRefused('cardAlreadyExist');
  }

  function deliveryTo(where: Where, { text, mention }: Shown, only: string | undefined): Json {
    const code = robotCode();
    const space = { supportForward: false, lastMessageI18n: { ZH_CN: shorten(text, SUMMARY_CHARS) } };
    if (where.kind === 'personal')
      return {
        openSpaceId: `dtv1.card//IM_ROBOT.${where.staff}`,
        imRobotOpenSpaceModel: space,
        imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode: code },
      };
    const at = mention?.account.split(':').at(-1);
    return {
      openSpaceId: `dtv1.card//IM_GROUP.${where.conversation}`,
      imGroupOpenSpaceModel: space,
      imGroupOpenDeliverModel: {
        robotCode: code,
        ...(at && mention && { atUserIds: { [at]: mention.name } }),
        ...(only && { recipients: [only] }),
      },
    };
  }

  async function put(id: string, cardData: Params | undefined, privates: Json): Promise<void> {
    const body = {
      outTrackId: id,
      ...(cardData && { cardData: { cardParamMap: cardData } }),
      ...(Object.keys(privates).length > 0 && { privateData: privates }),
      userIdType: 1,
      cardUpdateOptions: BY_KEY,
    };
    await client.api('/v1.0/card/instances', { method: 'PUT', body });
  }

  async function update(place: Place, where: Where, id: string, shown: Shown): Promise<void> {
    await Promise.allSettled(pressing.get(id) ?? []);
    const row = id === '' ? undefined : await store.read((tx) => tx.table(cards).get(id));
    if (row?.place !== place.key) throw new SendError('refused', `there is no card ${id} in this chat`);
    const drawn = draw(shown.card ?? note(shown.text), shown);
    const privates = await privatesOf(where, shown, drawn);
    const digest = digestOf(drawn.params, privates);
    if (digest === row.shown) return;
    const named = [drawn, ...privates.values()].map((one) => one.named);
    // Whoever once had values of their own keeps them until they are given others.
    const viewers = [...new Set([...row.viewers, ...privates.keys()])];
    const begun = await store.transaction((tx) =>
      keep(tx, { id, place: place.key, shown: '', viewers }, named),
    );
    const back = row.viewers.filter((staff) => !privates.has(staff));
    const reset = Object.fromEntries(back.map((staff) => [staff, { cardParamMap: drawn.params }]));
    await put(id, drawn.params, { ...reset, ...privateData(privates) });
    await store.transaction(async (tx) => {
      const after = await tx.table(cards).get(id);
      // Pressed meanwhile, it shows something else.
      if (after?.rev === begun.rev) await tx.table(cards).put({ ...after, shown: digest });
    });
  }

  async function changed(
    id: string,
    where: Where,
    user: string,
    { text, card, fresh }: Answered,
  ): Promise<Params> {
    const drawn = card && draw(card, { fresh });
    const params = drawn?.params ?? { [line]: text };
    // Alone in a chat everybody has seen it then.
    const shown = where.kind === 'personal' && drawn ? digestOf(params, new Map()) : '';
    await store.transaction(async (tx) => {
      const row = await tx.table(cards).get(id);
      if (!row) return;
      const viewers = [...new Set([...row.viewers, user])];
      await keep(tx, { id, place: row.place, shown, viewers }, drawn ? [drawn.named] : []);
    });
    return params;
  }

  return {
    deliver,
    update,
    pressed(id, work) {
      const all = pressing.get(id) ?? new Set();
      pressing.set(id, all);
      const mine = work().finally(() => {
        all.delete(mine);
        if (all.size === 0 && pressing.get(id) === all) pressing.delete(id);
      });
      all.add(mine);
      return mine;
    },
    async answer(id, where, user, shown) {
      const data = { cardParamMap: await changed(id, where, user, shown) };
      // Alone in a chat what is one's own is what the card shows.
      const all = where.kind === 'personal' && { cardData: data };
      return { cardUpdateOptions: BY_KEY, ...all, userPrivateData: data };
    },
    answerLate: (id, user, { cardData, userPrivateData }) =>
      put(id, cardData?.cardParamMap, userPrivateData ? { [user]: userPrivateData } : {}),
  };
}

/** Write down what buttons run. */
export async function keepButtons(tx: Tx, named: readonly Named[], at: Date): Promise<void> {
  for (const [id, { op, data }] of named.flatMap((one) => [...one])) {
    const known = await tx.table(buttons).get(id);
    if (known && at.getTime() - Date.parse(known.at) < FRESH_MS) continue;
    await tx.table(buttons).put({ ...known, id, op, data, at: at.toISOString() });
  }
}

function privateData(privates: ReadonlyMap<string, Drawn>): Json {
  return Object.fromEntries([...privates].map(([staff, { params }]) => [staff, { cardParamMap: params }]));
}

function digestOf(params: Params, privates: ReadonlyMap<string, Drawn>): string {
  const all = [params, [...privates].map(([staff, drawn]) => [staff, drawn.params])];
  // When a button came does not make it another one.
  const text = JSON.stringify(all).replace(/(~[\w-]{12})@[\da-z]{1,12}/g, '$1');
  return createHash('sha256').update(text).digest('base64url');
}

/** A request that was taken may still say that the card was shown nowhere. */
function scan(result: Json | undefined): void {
  const failed = (result?.deliverResults ?? []).find((one: Json) => one.success === false);
  if (failed) {
    const code = String(failed.errorCode ?? failed.errorMsg ?? '').slice(0, 100);
    throw sendErrorOf({ status: 200, code, message: '' });
  }
}
