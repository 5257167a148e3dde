/** The local chat page: the embedded default of the product, as a channel. */
import type { Bot } from '../../bot/bot.ts';
import { type Channel, SendError } from '../../bot/channel.ts';
import type { Place, Shown } from '../../bot/message.ts';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type Store, StoreError } from '../../store/store.ts';
import type { Web } from '../../web/server.ts';
import { answering } from './guard.ts';
import { createHub } from './hub.ts';
import { createMailbox, listenForRings } from './mailbox.ts';
import { mountPage } from './page.ts';
import { mountRoutes } from './routes.ts';
import { chatsOf, isOurs, personalPlace, type Town } from './town.ts';

export type { Town } from './town.ts';
export type { Person } from './wire.ts';

export interface WebchatOptions {
  readonly bot: Pick<Bot, 'handle' | 'deliver' | 'draw'>;
  readonly store: Pick<Store, 'transaction' | 'read' | 'listen'>;
  readonly web: Web;
  readonly log: Log;
  /** Anyone on this machine picks a demo person; without it the page only says where to go. */
  readonly demo: boolean;
  readonly town: Town;
  readonly now: () => Date;
}

export interface WebchatChannel extends Channel {
  readonly name: 'webchat';
  /** The page is bundled; rejects when it cannot be (which is logged, too). */
  readonly ready: Promise<void>;
  /** End the event streams, so that the server can stop at once. */
  stop(): void;
}

/** Mount the page and its endpoints on `web`. Nothing listens until `web.listen`. */
export function createWebchat({ bot, store, web, log, demo, town, now }: WebchatOptions): WebchatChannel {
  const hub = createHub(async (person) => (await chatsOf(town, person)).map(({ place }) => place.key), log);
  const mailbox = createMailbox(store);
  const deafen = listenForRings(store, hub.ring, hub.missed);
  const ready = mountPage(web, demo, log);
  ready.catch(() => undefined);
  if (demo) mountRoutes({ bot, web, town, mailbox, hub, log, now });
  else {
    const closed = answering(log, async () => {
      throw new AppError('forbidden', '请在 Teams 里向机器人要一个链接，再从链接打开本页。');
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
    name: 'webchat',
    idempotent: true,
    ready,
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
      return (await kept(mailbox.post({ ...said, text: shown.text, ask: false }, shown))).id;
    },
    async update(place: Place, message: string, shown: Shown) {
      ours(place);
      const row = await kept(mailbox.replace(place.key, message, shown, now().toISOString()));
      if (!row) throw new SendError('refused', `there is no message ${message} in ${place.key}`);
    },
  };
}
