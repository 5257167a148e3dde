/** The local chat page: the embedded default of the product, as a channel. */

import type { Request } from 'restify';
import type { Bot } from '../../bot/bot.ts';
import type { RenderAdaptive } from '../../bot/cards/adaptive.ts';
import type { Place, Shown } from '../../bot/delivery/channel.ts';
import { type Channel, SendError } from '../../bot/delivery/channel.ts';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type Store, StoreError } from '../../store/store.ts';
import type { Web } from '../../web/server.ts';
import { type City, groupPlace, isOurs, personalPlace, WEBCHAT } from './city.ts';
import { answering, whoAsks } from './guard.ts';
import { createHub } from './hub.ts';
import { createMailbox, listenForRings } from './mailbox.ts';
import { mountPage } from './page.ts';
import { mountRoutes } from './routes.ts';
import { createSignIn } from './sign-in.ts';
import { webchatTables } from './tables.ts';
import type { Drawn } from './wire.ts';

export { type City, WEBCHAT } from './city.ts';
export type { Person } from './wire.ts';

/** Browsers take much; what is picked from a list is also understood when it is typed. */
const CAPABILITIES = {
  bytes: 200_000,
  choices: 0,
  viewers: 0,
  update: true,
  mentions: false,
  files: true,
  batch: 1,
  idempotent: true,
} as const;

export interface WebchatOptions {
  readonly render: RenderAdaptive;
  readonly bot: Pick<Bot, 'admit' | 'handle' | 'draw' | 'chatEvent'>;
  readonly store: Pick<Store, 'transaction' | 'read' | 'listen'>;
  readonly web: Web;
  readonly log: Log;
  /** Anyone on this machine picks a demo person. */
  readonly demo: boolean;
  /**
   * Without `demo`: where people reach this server, without a slash at the end. A link from the bot opens the page for
   * them; without an address it only says where to go.
   */
  readonly publicUrl?: string;
  /** A new secret for a cookie: at least 128 random bits. */
  readonly newSecret: () => string;
  readonly city: City;
  readonly now: () => Date;
}

export interface WebchatChannel extends Channel {
  /** The chat of a unit's work group. */
  groupPlace(unit: string): Place;
  /** The page is bundled; rejects when it cannot be (which is logged, too). */
  readonly ready: Promise<void>;
  /** Whether a person of the programme asks: on one's own machine everybody is, elsewhere by the session's cookie. */
  knows(req: Request): Promise<boolean>;
  /** End the event streams, so that the server can stop at once. */
  stop(): void;
}

/** Mount the page and its endpoints on `web`. Nothing listens until `web.listen`. */
export function createWebchat(options: WebchatOptions): WebchatChannel {
  const { bot, store, web, log, demo, now, newSecret } = options;
  const publicUrl = demo ? undefined : options.publicUrl;
  // In a deployment the groups are on their platform; here is the personal chat.
  const city: City = demo ? options.city : { ...options.city, groups: () => Promise.resolve([]) };
  const hub = createHub(log);
  const mailbox = createMailbox(store);
  const deafen = listenForRings(store, hub.ring, hub.missed);
  const ready = mountPage(web, demo ? 'demo' : publicUrl ? 'session' : 'closed', log);
  ready.catch(() => undefined);
  /** What is kept and shown of a card; about a subject it is drawn anew for everyone who looks. */
  const drawn = ({ text, card, subject }: Shown): Drawn => ({
    text,
    ...(card && { card: options.render(card, CAPABILITIES.bytes) }),
    ...(subject && { subject }),
  });
  const shared = { bot, drawn, web, city, mailbox, hub, log, now };
  let knows: WebchatChannel['knows'] = async () => demo;
  if (demo) mountRoutes({ ...shared, who: (req) => whoAsks(req, city) });
  else if (publicUrl) {
    const signIn = createSignIn({ web, store, city, publicUrl, log, now, newSecret });
    mountRoutes({ ...shared, who: signIn.who, publicUrl });
    knows = async (req) => (await signIn.person(req)) !== undefined;
  } else {
    const closed = answering(log, async () => {
      throw new AppError('forbidden', '这里还没有开通网页，请在 Teams 里跟会商机器人说。');
    });
    for (const path of ['people', 'chats', 'messages', 'changes', 'stream'])
      web.server.get(`/webchat/${path}`, closed);
    for (const path of ['text', 'file', 'action', 'read']) web.server.post(`/webchat/${path}`, closed);
  }

  async function kept<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      const kind = cause instanceof StoreError && cause.code === 'invalid_row' ? 'refused' : 'retry';
      throw new SendError(kind, 'the message could not be kept', undefined, { cause });
    }
  }

  function ours(place: Place): void {
    if (!isOurs(place)) throw new SendError('gone', `${place.key} is not a chat of this page`);
  }

  return {
    name: WEBCHAT,
    people: 'local',
    capabilities: { ...CAPABILITIES, notifies: demo },
    groupPlace,
    tables: webchatTables,
    ready,
    knows: (req) => knows(req),
    stop() {
      deafen();
      hub.stop();
    },
    ...(demo && { personalPlace }),
    async send(place, shown, key) {
      ours(place);
      const said = {
        id: key,
        place: place.key,
        at: now().toISOString(),
        from: 'bot',
        name: '会商',
        unit: '',
      };
      return (await kept(mailbox.post({ ...said, text: shown.text, ask: false }, drawn(shown)))).id;
    },
    async update(place: Place, message: string, shown: Shown) {
      ours(place);
      const row = await kept(mailbox.replace(place.key, message, drawn(shown), now().toISOString()));
      if (!row) throw new SendError('refused', `there is no message ${message} in ${place.key}`);
    },
  };
}
