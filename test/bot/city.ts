/**
 * A town whose bot can be stopped, crashed and opened again, even twice over one store, while what arrived at people
 * is kept outside: what the long simulations play in. Cards are not drawn, only what they say is kept.
 */

import { join } from 'node:path';
import { type Bot, createBot, tablesOf } from '../../src/bot/bot.ts';
import type { Channel, Place, Shown } from '../../src/bot/delivery/channel.ts';
import type { Feature } from '../../src/bot/feature.ts';
import { featureParts, features as townFeatures } from '../../src/features/index.ts';
import { loadCity } from '../../src/features/members/index.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import type { FileSystem } from '../../src/store/lowdb/fs.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import type { Store } from '../../src/store/store.ts';
import { memoryFiles } from '../file-store.ts';
import { platform } from '../platform.ts';

export const DEMO = new URL('../../data/demo', import.meta.url).pathname;

/** A message as it arrived. */
export interface Arrival {
  readonly at: Date;
  readonly place: Place;
  readonly key: string;
  readonly text: string;
  /** What a digest asks: `快到期，请办结：路灯坏了`. */
  readonly lines: readonly string[];
}

/** What the platform does with a message: takes it, or fails before or after it took it. */
export type Fate = { readonly taken: boolean; readonly error?: Error };

export interface PlayedOptions {
  readonly name: string;
  readonly idempotent: boolean;
  readonly now: () => Date;
  readonly arrived: (arrival: Arrival) => void;
  readonly fate?: (place: Place, key: string) => Fate;
  readonly personalPlace?: Channel['personalPlace'];
}

/** A platform that keeps what it took; with `idempotent` it knows a key that it was given before. */
export function playChannel(options: PlayedOptions): Channel {
  const { name, idempotent, now, arrived, personalPlace } = options;
  const known = new Set<string>();
  return {
    ...platform(name, { idempotent }),
    ...(personalPlace && { personalPlace }),
    async send(place, shown, key) {
      const { taken, error } = options.fate?.(place, key) ?? { taken: true };
      if (taken && !(idempotent && known.has(key))) {
        known.add(key);
        const rows = rowsOf(shown);
        const lines = rows.map(({ mark, title }) => `${mark}：${title}`);
        arrived({ at: now(), place, key, text: shown.text, lines });
      }
      await Promise.resolve();
      if (error) throw error;
      return `${name}:${key}`;
    },
    async update() {},
  };
}

/** The lines of a list card. */
export function rowsOf({ card }: Shown): readonly { readonly mark: string; readonly title: string }[] {
  return card?.kind === 'list' ? card.rows : [];
}

export interface TownOptions {
  readonly dir: string;
  readonly fs?: FileSystem;
  readonly channels: readonly Channel[];
  readonly now: () => Date;
  /** Milliseconds on a clock that is never set back; the machine's without it. */
  readonly elapsed?: () => number;
  readonly features?: readonly Feature[];
  readonly complain?: (...what: unknown[]) => void;
}

export function openTownStore({ dir, fs, features = townFeatures }: TownOptions): Promise<Store> {
  return openLowdb({
    dir,
    tables: tablesOf(features),
    // Small, so that it also dies in folds.
    ...(fs && { fs, foldAfterBytes: 100_000 }),
  });
}

let ids = 0;

/** One bot over a store. */
export function openBot(store: Store, options: TownOptions): Bot {
  const { channels, now, features = townFeatures, complain = () => {} } = options;
  const log = { debug() {}, info() {}, warn: complain, error: complain };
  return createBot({
    ...featureParts,
    store,
    features,
    channels: new Map(channels.map((channel) => [channel.name, channel])),
    elapsed: options.elapsed ?? (() => performance.now()),
    workdays: createLiveWorkdays(),
    log,
    now,
    fileStore: memoryFiles(),
    newId: () => `id-${process.pid}-${String(++ids).padStart(8, '0')}`,
  });
}

export async function loadDemo(store: Store): Promise<void> {
  await loadCity(store, DEMO);
}

/** A person presses a button somewhere where it is answered in place. */
export async function press(
  bot: Bot,
  person: string,
  op: string,
  data: Record<string, unknown>,
  id: string,
  at: Date,
): Promise<string> {
  const place = { key: 'webchat|g:desk', kind: 'group' } as const;
  const sender = { account: person, name: person };
  const answer = await bot.handle({
    channel: 'webchat',
    id,
    place,
    sender,
    at,
    kind: 'action',
    op,
    data,
    inline: true,
  });
  if (answer.refused) throw new Error(`${person} ${op} ${JSON.stringify(data)}: ${answer.shown.text}`);
  return answer.shown.text;
}

/** Numbers from 0 to 1, the same ones for the same words. */
export function luck(...words: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const char of words.join('|')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export const demoFile = (name: string) => join(DEMO, name);
