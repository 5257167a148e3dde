/** Puts the kernel together: what channels and the composition root see of it. */

import { randomInt } from 'node:crypto';
import { DEEPEST, deeperThan } from '../lib/json.ts';
import type { Log } from '../lib/log.ts';
import { wellFormed } from '../lib/text.ts';
import { within } from '../lib/within.ts';
import type { createLiveWorkdays } from '../lib/workdays.ts';
import type { FileStore } from '../store/files.ts';
import type { Store, Tx } from '../store/store.ts';
import { sentPhoto } from './cards/album.ts';
import { createDraw, withLinks } from './cards/draw.ts';
import { formsFeature } from './cards/forms.ts';
import { subjectOf } from './cards/live.ts';
import { createRedraw } from './cards/redraw.ts';
import type { Choice, Reply } from './cards/spec.ts';
import { stillAsked } from './delivery/asked.ts';
import type { Channel, ChatEvent, Look, Platform, Shown } from './delivery/channel.ts';
import { takeChatEvent } from './delivery/chat-events.ts';
import { digestFeature, type LineChecks } from './delivery/digest.ts';
import { createRateLimits } from './delivery/limits.ts';
import { type Counters, noCounters } from './delivery/metrics.ts';
import { createOutbox } from './delivery/outbox.ts';
import type { OutboxParts } from './delivery/parts.ts';
import { createPauses } from './delivery/pauses.ts';
import type { Outgoing } from './delivery/send.ts';
import { ALL, createShares } from './delivery/shares.ts';
import type { Feature } from './feature.ts';
import { createDownload, createPages, type Given, type Opened, type PageRequest } from './files/downloads.ts';
import { exportJob, exportsFeature } from './files/exports.ts';
import { givenFiles, sweepFiles } from './files/files.ts';
import type { Names } from './files/labels.ts';
import type { Links } from './files/links.ts';
import { ownDataFeature } from './files/own-data.ts';
import { createTakeIn } from './files/uploads.ts';
import { handle } from './handle.ts';
import { adoptFormerWork } from './jobs/adopt.ts';
import { checkNames, startDaily } from './jobs/daily.ts';
import { forgetLeavers } from './jobs/forget.ts';
import { tablesOf } from './jobs/kernel-tables.ts';
import { lookupsOf } from './jobs/people.ts';
import { sweep } from './jobs/retention.ts';
import { createJobs } from './jobs/run.ts';
import { createWaits } from './jobs/waits.ts';
import { type Kernel, worldOf } from './kernel.ts';
import type { Help } from './operation.ts';
import { createCalendar } from './reminders/calendar.ts';
import { PLAN, planJob, startPlanning } from './reminders/plan.ts';
import { createAdmission } from './turn/admission.ts';
import { type AuditHash, sealAudit } from './turn/audit-chain.ts';
import { helpFor } from './turn/context.ts';
import type { Answer, Attachment, Inbound } from './turn/inbound.ts';
import { turnId } from './turn/inbound.ts';
import { Looks } from './turn/looks.ts';
import { createRouter, tidy } from './turn/router.ts';
import type { Actor } from './world.ts';

export { tablesOf };

export interface Bot {
  /**
   * Count one message or press of this account; the sentence that refuses it when it is too much. For channels that
   * know who asks before they read and keep what is asked: `handle` then is told that it was `admitted`.
   */
  admit(channel: string, account: string): string | undefined;
  /**
   * Handle one inbound; the whole flow is in handle.ts. Never rejects: what goes wrong becomes an answer in words.
   * A reply that is a message of its own was tried once when this resolves, unless the platform is slow.
   */
  handle(inbound: Inbound, attachments?: readonly Attachment[], admitted?: boolean): Promise<Answer>;
  /** Whether a channel may show something unimportant (somebody is typing) in a place now, within its limits. */
  spare(channel: string, place: string): boolean;
  /** Send, redraw and do all that is due; resolves when there is nothing left to do now. */
  pump(): Promise<void>;
  /** Take in what happens to a chat and say what is to be said about it. Rejects when it was not taken in. */
  chatEvent(event: ChatEvent): Promise<void>;
  /** Choices for what somebody types into a field that looks them up: one page of what the channel shows. */
  search(query: Query): Promise<readonly Choice[]>;
  /** What somebody may do, by the words that call it: for channels that complete them. */
  commands(channel: string, account: string): Promise<readonly Help[]>;
  /** Draw a stored reply as it is now, for one person, whoever an account belongs to, or (null) for a group. */
  draw(reply: Reply, viewer: string | Pick<Look, 'channel' | 'account'> | null): Promise<Shown>;
  /** Whether what a message asks for is still to be done, by this person or (null) by anybody of the unit. */
  stillAsked(asks: NonNullable<Shown['asks']>, person: string | null): Promise<boolean>;
  /** The card of a message as this person sees it now; undefined when there is nothing to see. Changes nothing. */
  look(look: Look): Promise<Shown | undefined>;
  /** A page that a feature brings, or a file that goes with it; undefined: there is none. */
  page(name: string, request: PageRequest): Promise<Given | undefined>;
  /** Where this person looks at a photo that he or she sent; undefined when there is none (any more). */
  photo(file: string, viewer: string): Promise<string | undefined>;
  /** Open a download link by its token. */
  download(token: string): Promise<Opened>;
  /**
   * What a regular tick does: plan what comes round, begin what is due, drop what is too old to be asked for again.
   * @param wait until all that is due is done and sent; else that goes on after it: a morning takes longer than a tick
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
  /** How many choices they have seen already, and how many more are wanted. */
  readonly skip?: number | undefined;
  readonly top?: number | undefined;
}

/** Nobody goes through more choices than some hundred. */
const MOST_SKIPPED = 300;

export interface BotParts {
  readonly store: Store;
  readonly features: readonly Feature[];
  /** By name; filled by the composition root before anything is handled. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly identify: (tx: Tx, platform: Platform, account: string) => Promise<Actor | null>;
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
  /** A whole number from 0 to below `below`; without it the machine's own, which nobody can guess. */
  readonly random?: (below: number) => number;
  /** Contents of files that people send. */
  readonly fileStore: FileStore;
  /** Makes and reads download links; without it there are none. */
  readonly links?: Links;
  /** Keeps count; without it nobody does. */
  readonly metrics?: Counters;
  /** How many messages and presses a minute one person may send; without it, any number. */
  readonly personLimit?: number;
  /** What the audit trail is sealed with; SHA-256. */
  readonly auditHash?: AuditHash;
  /** How long a reply may take before whoever asked is answered without it, in milliseconds; 10,000. */
  readonly replyMs?: number;
}

const TOO_DEEP = '这次提交的内容读不了，什么都没有改。请重新打开这张卡片再试。';

export function createBot(parts: BotParts): Bot {
  const {
    metrics = noCounters,
    elapsed,
    log,
    personLimit = Number.POSITIVE_INFINITY,
    replyMs = 10_000,
  } = parts;
  const admission = createAdmission({ personLimit, elapsed, metrics, log });
  const declared = parts.features.flatMap((feature) => feature.reminders ?? []);
  const reminders = new Map(declared.map((reminder) => [reminder.name, reminder]));
  const allTables = () => tablesOf([...parts.features, ...parts.channels.values()]);
  const lookups = () => lookupsOf(allTables());
  const aliases = parts.features.find((feature) => feature.aliases)?.aliases;
  const idsOf = async (tx: Tx, person: string) => [person, ...((await aliases?.(tx, person)) ?? [])];
  const names: Names = {
    ...Object.assign({}, ...parts.features.map((feature) => feature.names)),
    op: async (_tx, op) => router.byName(op)?.right.title,
    channel: async (_tx, channel) => parts.channels.get(channel.split(':', 1)[0] ?? '')?.title,
  };
  const ownData = ownDataFeature({ lookups, idsOf, names });
  const lineChecks: LineChecks = {
    reminders,
    stillAsked: async (world, { about, ...asks }, person) =>
      stillAsked(draw, world, about, asks, await parts.actor(world.tx, person)),
  };
  const features = [
    formsFeature,
    digestFeature(lineChecks),
    exportsFeature([ownData, ...parts.features]),
    ownData,
    ...parts.features,
  ];
  const checks = new Map(parts.features.flatMap((feature) => Object.entries(feature.checks ?? {})));
  const opens = new Map(features.flatMap((feature) => Object.entries(feature.opens ?? {})));
  const draw = createDraw(features, parts.links);
  const concerns = new Map(features.flatMap((feature) => Object.entries(feature.concerns ?? {})));
  const greetings = features.find((feature) => feature.greetings)?.greetings;
  const unbind: Kernel['unbind'] = async (tx, channel, account) => {
    for (const feature of features) await feature.unbind?.(tx, channel, account);
  };
  const searches = new Map(features.flatMap((feature) => Object.entries(feature.searches ?? {})));
  const listeners = features.flatMap((feature) => feature.listeners ?? []);
  const identify: Kernel['identify'] = async (tx, channel, account) => {
    const platform = parts.channels.get(channel);
    return platform ? parts.identify(tx, platform, account) : null;
  };
  const capabilitiesOf = (channel: string) => parts.channels.get(channel)?.capabilities;
  const router = createRouter(features);
  const random = parts.random ?? ((below: number) => randomInt(below));
  const kernel: Kernel = {
    ...parts,
    random,
    features,
    draw,
    concerns,
    greetings,
    listeners,
    router,
    identify,
    unbind,
    looks: new Looks(),
  };
  const takeIn = createTakeIn({ ...parts, ...kernel });
  let stopped = false;
  const shares = parts.store.shared ? createShares({ ...parts, elapsed, server: parts.newId() }) : ALL;
  const limits = createRateLimits(elapsed, createPauses(elapsed, log, metrics), shares);
  const sendingParts = {
    ...parts,
    metrics,
    draw,
    concerns,
    reminders,
    lineChecks,
    checks,
    opens,
    givenFile: givenFiles(parts),
    wake: () => void setImmediate(kick),
    stopping: () => stopped,
  };
  const redraw = createRedraw(sendingParts, limits);
  const outbox = createOutbox(sendingParts, limits, redraw.posted);
  const send = async () => {
    if (stopped) return;
    await outbox.pump().catch((error) => {
      log.error({ err: error }, 'sending stopped, the next tick tries again');
    });
  };
  const planning = { ...kernel, reminders, stopping: () => stopped };
  const kinds = [
    planJob(planning),
    redraw.job,
    exportJob({ ...parts, features, listeners, pump: () => pump() }),
    ...features.flatMap((feature) => feature.jobs ?? []),
  ];
  checkNames(declared, kinds);
  const jobs = createJobs({ ...kernel, kinds: new Map(kinds.map((kind) => [kind.kind, kind])) });
  const work = (only?: string) =>
    jobs.run(only).catch((error) => log.error({ err: error }, 'jobs stopped, the next tick goes on'));
  const pump = async () => {
    await work();
    await send();
  };
  /** Sending does not wait for jobs, but goes on with what they want sent. */
  const kick = () => {
    void send();
    void pump();
  };

  /** Try a reply once, though not for ever: a platform answers slowly, and ours wants to know that we have its message. */
  async function sayNow(reply: Outgoing): Promise<void> {
    try {
      await within(replyMs, outbox.deliver(reply));
    } catch (error) {
      log.error({ outbox: reply.id, err: error }, 'reply not out yet');
    }
  }
  const waits = createWaits(parts);

  const calendar = createCalendar(parts);

  async function tick(wait = true): Promise<void> {
    await shares.renew(parts.channels.values());
    await waits.mend();
    calendar.forget();
    await calendar.known();
    await adoptFormerWork(kernel);
    await startPlanning(planning);
    await startDaily(kernel, kinds);
    // What is reminded of now belongs into the digests that go out now.
    await work(PLAN);
    kick();
    if (wait) await pump();
    await sweep(parts.store, allTables(), parts.now());
    const isHere = async (tx: Tx, person: string) => (await parts.actor(tx, person)) !== null;
    await forgetLeavers({ ...parts, lookups: lookups(), isHere });
    await sweepFiles(parts.store, parts.fileStore, parts.now());
    const sealed = await sealAudit(parts.store, parts.auditHash ?? 'sha256', parts.now());
    // Whoever keeps the log can tell by it whether the trail was made anew.
    if (sealed) log.info({ block: sealed.seq, hash: sealed.hash }, 'audit sealed');
  }

  return {
    admit: admission.admit,
    async handle(inbound, attachments = [], admitted = false) {
      const refusal = admitted ? undefined : admission.refusal(inbound);
      if (refusal) return refusal;
      // Before anything walks through it: no card is that deep, and no row should be.
      if (inbound.kind === 'action' && deeperThan(inbound.data, DEEPEST))
        return { scope: 'words', shown: { text: TOO_DEEP }, refused: true, sends: [] };
      const began = elapsed();
      await calendar.known();
      const taken = await takeIn(inbound, attachments);
      const { answer, reply, looked = false } = await handle(kernel, taken);
      kernel.looks.ended(taken, looked);
      if (!looked) setImmediate(kick);
      if (reply) await sayNow(reply);
      const outcome = answer.failed ? 'failed' : answer.refused ? 'refused' : 'done';
      const ms = elapsed() - began;
      metrics.turn(inbound.channel, outcome, ms);
      log.debug({ turn: turnId(inbound), kind: inbound.kind, outcome, ms: Math.round(ms) }, 'turn');
      const kept = taken.files?.flatMap((file) => ('id' in file ? [file.id] : []));
      return kept ? { ...answer, kept } : answer;
    },
    spare: (channel, place) => outbox.spare(channel, place),
    async chatEvent(event) {
      for (const id of await takeChatEvent(kernel, event)) await sayNow({ id });
    },
    search: ({ channel, account, dataset, words, skip = 0, top }) =>
      parts.store.read(async (tx) => {
        const search = searches.get(dataset);
        const most = capabilitiesOf(channel)?.choices ?? 0;
        if (!search || skip > MOST_SKIPPED) return [];
        const sender = await identify(tx, channel, account);
        const end = skip + Math.min(top ?? most, most);
        return (await search(worldOf(parts, tx), tidy(wellFormed(words)), sender, end)).slice(skip, end);
      }),
    commands: (channel, account) =>
      parts.store.read(async (tx) =>
        helpFor(worldOf(parts, tx), features, await identify(tx, channel, account)),
      ),
    pump,
    draw: (reply, viewer) =>
      parts.store.read(async (tx) => {
        const who =
          typeof viewer === 'string'
            ? await parts.actor(tx, viewer)
            : viewer && (await identify(tx, viewer.channel, viewer.account));
        return draw(worldOf(parts, tx), reply, who);
      }),
    stillAsked: ({ about, ...asks }, person) =>
      parts.store.read(async (tx) => {
        const who = person === null ? null : await parts.actor(tx, person);
        return stillAsked(draw, worldOf(parts, tx), about, asks, who);
      }),
    look: ({ channel, account, place, message }) =>
      parts.store.read(async (tx) => {
        const viewer = await identify(tx, channel, account);
        const subject = viewer ? await subjectOf(tx, place, message) : undefined;
        const reply = subject && { text: '', card: { subject } };
        return reply && draw(worldOf(parts, tx), reply, viewer);
      }),
    page: createPages({ ...parts, features, world: (tx) => worldOf(parts, tx) }),
    photo: (file, viewer) =>
      parts.store.read(async (tx) => {
        const person = await parts.actor(tx, viewer);
        return person ? sentPhoto(withLinks(worldOf(parts, tx), parts.links), file, person) : undefined;
      }),
    download: createDownload({ ...parts, features, world: (tx) => worldOf(parts, tx) }),
    tick,
    async stop() {
      stopped = true;
      calendar.stop();
      await jobs.stop();
      await outbox.idle();
      await shares.leave();
    },
  };
}
