/** Puts the kernel together: what channels and the composition root see of it. */
import type { Log } from '../lib/log.ts';
import type { Workdays } from '../lib/workdays.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Deck } from './cards.ts';
import type { Channel } from './channel.ts';
import { createDraw } from './draw.ts';
import type { Actor, Feature } from './feature.ts';
import { formsFeature } from './forms.ts';
import { handle } from './handle.ts';
import { type Kernel, worldOf } from './land.ts';
import type { Answer, Inbound, Reply, Shown } from './message.ts';
import { createOutbox } from './outbox.ts';
import { createRouter } from './router.ts';
import { sweep } from './sweep.ts';

export interface Bot {
  /** Handle one inbound; the whole flow is in handle.ts. Never rejects: what goes wrong becomes an answer in words. */
  handle(inbound: Inbound): Promise<Answer>;
  /** Send these outbox messages now, if nobody else is sending them; resolves when tried once. */
  deliver(ids: readonly string[]): Promise<void>;
  /** Send and redraw all that is due; resolves when there is nothing left to do now. */
  pump(): Promise<void>;
  /** Draw a stored reply as it is now, for one person or (null) for a group. */
  draw(reply: Reply, viewer: string | null): Promise<Shown>;
  /** What a regular tick does: send what is due, drop what is too old to be asked for again. */
  tick(): Promise<void>;
  /** Send nothing new from here on; resolves when what is under way has ended. What is still due waits in the store. */
  stop(): Promise<void>;
}

export interface BotParts {
  readonly store: Store;
  readonly features: readonly Feature[];
  readonly deck: Deck;
  /** By name; filled by the composition root before anything is handled. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly identify: Kernel['identify'];
  readonly actor: (tx: Tx, person: string) => Promise<Actor | null>;
  readonly unknownWords: Kernel['unknownWords'];
  readonly workdays: Workdays;
  readonly log: Log;
  readonly now: () => Date;
  readonly newId: () => string;
}

export function createBot(parts: BotParts): Bot {
  const features = [formsFeature, ...parts.features];
  const draw = createDraw(parts.deck, features);
  const kernel: Kernel = { ...parts, features, draw, router: createRouter(features) };
  const outbox = createOutbox({ ...parts, draw });
  let stopped = false;
  const pump = async () => {
    if (stopped) return;
    await outbox.pump().catch((error) => {
      parts.log.error({ err: error }, 'sending stopped, the next tick tries again');
    });
  };

  return {
    async handle(inbound) {
      const answer = await handle(kernel, inbound);
      setImmediate(pump);
      return answer;
    },
    deliver: (ids) => outbox.deliver(ids),
    pump,
    draw: (reply, viewer) =>
      parts.store.read(async (tx) =>
        draw(worldOf(parts, tx), reply, viewer ? await parts.actor(tx, viewer) : null),
      ),
    async tick() {
      await pump();
      await sweep(parts.store, parts.now());
    },
    async stop() {
      await pump();
      stopped = true;
    },
  };
}
