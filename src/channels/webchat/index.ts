/** The local chat page: the embedded default of the product, as a channel. */

import type { Request } from 'restify';
import type { RenderAdaptive } from '../../bot/cards/adaptive.ts';
import type { Channel } from '../../bot/delivery/channel.ts';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/store.ts';
import type { Web } from '../../web/server.ts';
import type { RoutesOptions } from './asides.ts';
import { createPageChannel, drawWith } from './channel.ts';
import type { City } from './city.ts';
import { answering, query, whoAsks } from './guard.ts';
import { createHub } from './hub.ts';
import { createMailbox, listenForRings } from './mailbox.ts';
import { mountPage } from './page.ts';
import { mountRoutes } from './routes.ts';
import { createSignIn } from './sign-in.ts';

export { createPageChannel, drawWith } from './channel.ts';
export { type City, groupPlace, personalPlace, WEBCHAT } from './city.ts';
export { createMailbox, type Mailbox } from './mailbox.ts';
export type { Person } from './wire.ts';

export interface WebchatOptions {
  readonly render: RenderAdaptive;
  readonly bot: RoutesOptions['bot'];
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
  /** The page is bundled; rejects when it cannot be (which is logged, too). */
  readonly ready: Promise<void>;
  /**
   * Who looks at a page, by id: on one's own machine whom the address names, null when it names nobody; elsewhere by the
   * session's cookie, undefined without one.
   */
  visitor(req: Request): Promise<string | null | undefined>;
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
  const drawn = drawWith(options.render);
  const shared = { bot, drawn, web, city, mailbox, hub, log, now };
  let visitor: WebchatChannel['visitor'] = async () => undefined;
  if (demo) {
    mountRoutes({ ...shared, who: (req) => whoAsks(req, city) });
    visitor = async (req) => (await city.person(query(req).get('as') ?? ''))?.id ?? null;
  } else if (publicUrl) {
    const signIn = createSignIn({ web, store, city, publicUrl, log, now, newSecret });
    mountRoutes({ ...shared, who: signIn.who, publicUrl });
    visitor = async (req) => (await signIn.person(req))?.id;
  } else {
    const closed = answering(log, async () => {
      throw new AppError('forbidden', '这里还没有开通网页，请在 Teams 或钉钉里跟会商助手说。');
    });
    for (const path of ['people', 'chats', 'messages', 'changes', 'stream', 'commands', 'search', 'find'])
      web.server.get(`/webchat/${path}`, closed);
    for (const path of ['text', 'file', 'photo', 'action', 'look', 'read'])
      web.server.post(`/webchat/${path}`, closed);
  }

  return {
    ...createPageChannel({ mailbox, drawn, demo, now }),
    ready,
    visitor: (req) => visitor(req),
    stop() {
      deafen();
      hub.stop();
    },
  };
}
