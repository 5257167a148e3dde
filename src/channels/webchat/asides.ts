/** The page's endpoints beside the chats: what is asked aside, what is completed and looked up while one types. */

import type { Request, RequestHandler } from 'restify';
import type { Bot } from '../../bot/bot.ts';
import type { Shown } from '../../bot/delivery/channel.ts';
import type { Log } from '../../lib/log.ts';
import { readJson } from '../../web/body.ts';
import type { Web } from '../../web/server.ts';
import { type Chat, type City, chatsOf, receivedFrom, WEBCHAT } from './city.ts';
import { type answering, parsed, query } from './guard.ts';
import type { Hub } from './hub.ts';
import { findInput, lookInput, searchInput } from './input.ts';
import type { Mailbox } from './mailbox.ts';
import type { ActionAnswer, Command, Drawn, FoundMessage, Person } from './wire.ts';

/** Messages found at most, and how much of each is shown; chats that are looked through. */
const FOUND = 30;
const FOUND_TEXT = 160;
const MOST_CHATS = 50;
const LOOK_BYTES = 2 * 1024;

export interface RoutesOptions {
  /** What the page shows of a reply. */
  readonly drawn: (shown: Shown) => Drawn;
  readonly bot: Pick<
    Bot,
    'admit' | 'handle' | 'draw' | 'stillAsked' | 'chatEvent' | 'photo' | 'commands' | 'search'
  >;
  readonly web: Web;
  readonly city: City;
  readonly mailbox: Mailbox;
  readonly hub: Hub;
  readonly log: Log;
  readonly now: () => Date;
  /** Who asks. @throws AppError `forbidden` */
  readonly who: (req: Request) => Promise<Person>;
  /** Where people reach this server in a deployment; without it they pick a person of the demo. */
  readonly publicUrl?: string;
}

interface Asides extends RoutesOptions {
  readonly answer: (run: Parameters<typeof answering>[1]) => RequestHandler;
  /** Who asks, if more is taken from this person now. */
  readonly admitted: (req: Request) => Promise<Person>;
  readonly ownChat: (person: Person, key: string) => Promise<Chat>;
}

export function mountAsides(options: Asides): void {
  const { bot, drawn, city, mailbox, now, who, answer, admitted, ownChat } = options;
  const { server } = options.web;

  server.post(
    '/webchat/look',
    answer(async (req): Promise<ActionAnswer> => {
      const me = await admitted(req);
      const { id, text, ...asked } = parsed(lookInput, await readJson(req, LOOK_BYTES));
      const { place } = await ownChat(me, asked.place);
      const common = receivedFrom(me, place, `look|${me.id}|${id}`, now());
      const looked = await bot.handle({ ...common, kind: 'text', text, inline: true }, [], true);
      return { scope: looked.scope, refused: looked.refused, shown: drawn(looked.shown) };
    }),
  );

  server.get(
    '/webchat/commands',
    answer(async (req) => {
      const me = await who(req);
      const all = await bot.commands(WEBCHAT, me.id);
      return { commands: all.map(({ word, text, op }): Command => ({ word, text, op: op.name })) };
    }),
  );

  server.get(
    '/webchat/search',
    answer(async (req) => {
      const me = await who(req);
      const { dataset, words } = parsed(searchInput, Object.fromEntries(query(req)));
      const choices = await bot.search({ channel: WEBCHAT, account: me.id, dataset, words });
      return { choices };
    }),
  );

  server.get(
    '/webchat/find',
    answer(async (req) => {
      const me = await who(req);
      const words = parsed(findInput, Object.fromEntries(query(req))).words.split(/\s+/);
      const chats = (await chatsOf(city, me.id)).slice(0, MOST_CHATS);
      const inAll = chats.map(async ({ place, name: chat }) => {
        const rows = await mailbox.find(place.key, words, FOUND);
        return rows.map(
          ({ seq, at, name, text }): FoundMessage => ({
            place: place.key,
            chat,
            seq,
            at,
            name,
            text: text.slice(0, FOUND_TEXT),
          }),
        );
      });
      const found = (await Promise.all(inAll)).flat();
      return { found: found.sort((a, b) => b.seq - a.seq).slice(0, FOUND) };
    }),
  );
}
