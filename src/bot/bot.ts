/** Puts the kernel together: what channels and the composition root see of it. */
import { createFlood } from '../lib/flood.ts';
import type { Log } from '../lib/log.ts';
import type { createLiveWorkdays } from '../lib/workdays.ts';
import type { FileStore } from '../store/files.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Deck } from './cards.ts';
import type { Channel } from './channel.ts';
import { subjectOf } from './context.ts';
import { digestFeature } from './digest.ts';
import { createDownload, type Opened } from './download.ts';
import { createDraw } from './draw.ts';
import { runErrands } from './errands.ts';
import { createExporter, exportsFeature, sweepExports } from './exports.ts';
import type { Actor, Feature } from './feature.ts';
import type { Choice } from './fields.ts';
import { sweepFiles } from './files.ts';
import { formsFeature } from './forms.ts';
import { handle } from './handle.ts';
import { happen } from './happenings.ts';
import { createTakeIn } from './intake.ts';
import { type Kernel, turnId, worldOf } from './land.ts';
import type { Links } from './links.ts';
import type { Answer, Attachment, Happening, Inbound, Look, Reply, Shown } from './message.ts';
import { type Meter, unmetered } from './meter.ts';
import { createOutbox, type OutboxParts } from './outbox.ts';
import { planOccasions, planRhythms } from './rhythms.ts';
import { createRouter, tidy } from './router.ts';
import { sweep } from './sweep.ts';
import { holidays } from './tables.ts';
import { createWaits } from './waits.ts';

export interface Bot {
  /** Handle one inbound; the whole flow is in handle.ts. Never rejects: what goes wrong becomes an answer in words. */
  handle(inbound: Inbound, attachments?: readonly Attachment[]): Promise<Answer>;
  /** Send the message that answers a turn, if nobody else is sending it; resolves when tried once. */
  deliver(answer: Pick<Answer, 'sends' | 'ready'>): Promise<void>;
  /** Whether a channel may show something unimportant (somebody is typing) in a place now, within its limits. */
  spare(channel: string, place: string): boolean;
  /** Send and redraw all that is due; resolves when there is nothing left to do now. */
  pump(): Promise<void>;
  /** Take in what happens to a chat; what is to be said about it is in the outbox, by these ids. */
  happen(happening: Happening): Promise<readonly string[]>;
  /** Choices for what somebody types into a field that looks them up; at most 15. */
  search(query: Query): Promise<readonly Choice[]>;
  /** Draw a stored reply as it is now, for one person or (null) for a group. */
  draw(reply: Reply, viewer: string | null): Promise<Shown>;
  /** The card of a message as this person sees it now; undefined when there is nothing to see. Changes nothing. */
  look(look: Look): Promise<Shown | undefined>;
  /** Open a download link by its token. */
  download(token: string): Promise<Opened>;
  /**
   * What a regular tick does: plan what comes round, send what is due, drop what is too old to be asked for again.
   * @param wait until all of it is sent; else sending goes on after it
   */
  tick(wait?: boolean): Promise<void>;
  /**
   * Send nothing of what is due from here on; resolves when the sends under way have ended. Replies to what is still
   * handled go out: call it again when nothing is any more.
   */
  stop(): Promise<void>;
}

/** What is being typed, by whom. */
export interface Query {
  readonly channel: string;
  readonly account: string;
  readonly dataset: string;
  readonly words: string;
}

/** Most choices of one answer, as Teams shows them. */
const CHOICES = 15;

export interface BotParts {
  readonly store: Store;
  readonly features: readonly Feature[];
  readonly deck: Deck;
  /** By name; filled by the composition root before anything is handled. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly identify: Kernel['identify'];
  readonly actor: (tx: Tx, person: string) => Promise<Actor | null>;
  readonly unknownWords: Kernel['unknownWords'];
  readonly workdays: ReturnType<typeof createLiveWorkdays>;
  readonly log: Log;
  readonly now: () => Date;
  /** Milliseconds on a clock that is never set back, for the channels' limits. */
  readonly elapsed: () => number;
  readonly mention: OutboxParts['mention'];
  readonly standIns: OutboxParts['standIns'];
  readonly newId: () => string;
  /** Contents of files that people send. */
  readonly fileStore: FileStore;
  /** Makes and reads download links; without it there are none. */
  readonly links?: Links;
  /** Keeps count; without it nobody does. */
  readonly meter?: Meter;
  /** How many messages and presses a minute one person may send; without it, any number. */
  readonly personLimit?: number;
}

/** Whoever sent too much is heard again after so long without a message. */
const CALM_MS = 15_000;
const TOO_MANY = '您发得太快了，我先停一下，刚才这条没有处理。请停 15 秒再发。';

export function createBot(parts: BotParts): Bot {
  const { meter = unmetered, elapsed, log, personLimit = Number.POSITIVE_INFINITY } = parts;
  const flood = createFlood({ count: personLimit, ms: 60_000, calmMs: CALM_MS });
  const rhythms = new Map(parts.features.flatMap((feature) => feature.rhythms ?? []).map((r) => [r.name, r]));
  const errands = new Map(parts.features.flatMap((feature) => feature.errands ?? []).map((e) => [e.name, e]));
  const features = [formsFeature, digestFeature(rhythms), exportsFeature(parts.features), ...parts.features];
  const checks = new Map(parts.features.flatMap((feature) => Object.entries(feature.checks ?? {})));
  const draw = createDraw(parts.deck, features, parts.links);
  const greetings = features.find((feature) => feature.greetings)?.greetings;
  const searches = new Map(features.flatMap((feature) => Object.entries(feature.searches ?? {})));
  const kernel: Kernel = { ...parts, features, draw, greetings, router: createRouter(features) };
  const takeIn = createTakeIn({ ...parts, features });
  let stopped = false;
  const outbox = createOutbox({ ...parts, meter, draw, rhythms, checks, stopping: () => stopped });
  const pump = async () => {
    if (stopped) return;
    await outbox.pump().catch((error) => {
      log.error({ err: error }, 'sending stopped, the next tick tries again');
    });
  };

  const exporter = createExporter({ ...parts, features, pump });
  const waits = createWaits(parts);

  /** Holidays that an organiser imported, here or on another server. */
  let known = '';
  async function refreshCalendar(): Promise<void> {
    const { rows } = await parts.store.read((tx) => tx.table(holidays).find({ limit: 100 }));
    const seen = rows.map(({ id, rev }) => `${id}:${rev}`).join();
    if (seen !== known) parts.workdays.use(rows.flatMap(({ days }) => days));
    known = seen;
  }

  /** Undefined when this person may go on; who may not hears it once, and from then on only where an answer must be. */
  function tooMany(inbound: Inbound): Answer | undefined {
    const verdict = flood.admit(`${inbound.channel}:${inbound.sender.account}`, elapsed());
    if (verdict === 'fine') return undefined;
    meter.turn(inbound.channel, 'refused', 0);
    if (verdict === 'over') log.warn({ turn: turnId(inbound) }, 'too many from one person');
    return {
      scope: verdict === 'over' ? 'words' : 'none',
      shown: { text: TOO_MANY },
      refused: true,
      sends: [],
    };
  }

  return {
    async handle(inbound, attachments = []) {
      const refusal = tooMany(inbound);
      if (refusal) return refusal;
      const began = elapsed();
      const taken = inbound.kind === 'text' ? await takeIn(inbound, attachments) : inbound;
      const answer = await handle(kernel, taken);
      setImmediate(pump);
      const outcome = answer.failed ? 'failed' : answer.refused ? 'refused' : 'done';
      const ms = elapsed() - began;
      meter.turn(inbound.channel, outcome, ms);
      log.debug({ turn: turnId(inbound), kind: inbound.kind, outcome, ms: Math.round(ms) }, 'turn');
      return answer;
    },
    deliver: (answer) => outbox.deliver(answer),
    spare: (channel, place) => outbox.spare(channel, place),
    happen: (happening) => happen(kernel, happening),
    search: ({ channel, account, dataset, words }) =>
      parts.store.read(async (tx) => {
        const sender = await parts.identify(tx, channel, account);
        const found = await searches.get(dataset)?.(worldOf(parts, tx), tidy(words), sender);
        return (found ?? []).slice(0, CHOICES);
      }),
    pump,
    draw: (reply, viewer) =>
      parts.store.read(async (tx) =>
        draw(worldOf(parts, tx), reply, viewer ? await parts.actor(tx, viewer) : null),
      ),
    look: ({ channel, account, place, message }) =>
      parts.store.read(async (tx) => {
        const viewer = await parts.identify(tx, channel, account);
        const subject = viewer && (await subjectOf(tx, place, message));
        return subject ? draw(worldOf(parts, tx), { text: '', card: { subject } }, viewer) : undefined;
      }),
    download: createDownload({ ...parts, features, world: (tx) => worldOf(parts, tx) }),
    async tick(wait = true) {
      await waits.mend();
      await refreshCalendar();
      void exporter.run();
      await planRhythms({ ...parts, rhythms: [...rhythms.values()] });
      await planOccasions({ ...parts, rhythms: [...rhythms.values()] });
      await runErrands({ ...parts, errands, stopping: () => stopped });
      const sent = pump();
      if (wait) await sent;
      await sweep(parts.store, parts.now());
      await sweepExports(parts.store, parts.now());
      await sweepFiles(parts.store, parts.fileStore, parts.now());
    },
    async stop() {
      stopped = true;
      await exporter.stop();
      await outbox.idle();
    },
  };
}
