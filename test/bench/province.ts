/** A province as benchmarks have it: 46,000 branches, 200,000 people with their chats, and people who write meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bot, type BotParts, createBot } from '../../src/bot/bot.ts';
import type { Channel } from '../../src/bot/delivery/channel.ts';
import { conversations } from '../../src/bot/delivery/conversations.ts';
import { featureParts } from '../../src/features/index.ts';
import { accounts, members } from '../../src/features/members/model.ts';
import { stars, type UnitKind, units } from '../../src/features/orgs/index.ts';
import { instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import type { AnyTable, Store } from '../../src/store/store.ts';
import { memoryFiles } from '../file-store.ts';
import { platform } from '../platform.ts';
import { median, percentile, sayNumber } from './kit.ts';

export const COUNTIES = 160;
export const TOWNSHIPS = 2_560;
export const BRANCHES = 46_000;
export const PEOPLE = 200_000;
export const MONDAY = '2026-11-23';

export type Row = readonly [AnyTable, Readonly<Record<string, unknown>> & { readonly id: string }];

/** Every unit, person, account and chat of the province. */
function* province(port: number): Generator<Row> {
  const at = instant(MONDAY, '07:00').toISOString();
  const unit = (id: string, name: string, kind: UnitKind, parent: string | null): Row => [
    units,
    { id, name, kind, parent, stars: [] },
  ];
  let people = 0;
  function* person(of: string, role: string): Generator<Row> {
    const id = `p-${people++}`;
    yield [members, { id, name: `某${id}`, unit: of, role }];
    yield [accounts, { id: `teams:aad-${id}`, person: id }];
    const ref = {
      serviceUrl: `http://127.0.0.1:${port}/`,
      channelId: 'msteams',
      bot: { id: '28:bot', name: '会商' },
      user: { id: `29:${id}`, aadObjectId: `aad-${id}` },
      conversation: { id: `a:${id}`, conversationType: 'personal', tenantId: 'tenant-1' },
    };
    const kind = { kind: 'personal', unit: null, star: null };
    yield [conversations, { id: `teams|a:${id}`, channel: 'teams', ...kind, person: id, ref, at }];
  }
  yield unit('zzb', '省委组织部', 'city', null);
  yield [stars, { id: 'pingan-fazhi', name: '平安法治星', kinds: ['village'], lead: 'zfw' }];
  yield unit('zfw', '政法委', 'lead', 'zzb');
  yield* person('zzb', 'head');
  for (let n = 0; n < COUNTIES; n++) yield unit(`c-${n}`, `第${n}县`, 'county', 'zzb');
  for (let n = 0; n < TOWNSHIPS; n++) {
    yield unit(`t-${n}`, `第${n}镇`, 'township', `c-${n % COUNTIES}`);
    for (const role of ['head', 'liaison', 'liaison']) yield* person(`t-${n}`, role);
  }
  for (let n = 0; n < BRANCHES; n++) {
    yield unit(`b-${n}`, `第${n}村党支部`, 'village', `t-${n % TOWNSHIPS}`);
    yield* person(`b-${n}`, 'secretary');
  }
  for (let n = 0; people < PEOPLE; n++) yield* person(`b-${n % BRANCHES}`, 'liaison');
}

export function fill(store: Store, port: number): Promise<void> {
  return put(store, province(port));
}

/** Some thousand rows in each transaction. */
export async function put(store: Store, rows: Iterable<Row>): Promise<void> {
  const all = rows[Symbol.iterator]();
  for (let done = false; !done; )
    await store.transaction(async (tx) => {
      for (let n = 0; n < 5_000 && !done; n++) {
        const next = all.next();
        if (next.done) done = true;
        else await tx.table(next.value[0]).put(next.value[1]);
      }
    });
}

export const quiet = { debug() {}, info() {}, warn() {}, error: console.error };

/** A platform that takes every message at once. */
export const teams: Channel = {
  ...platform('teams'),
  send: (_place, _shown, key) => Promise.resolve(key),
  update: () => Promise.resolve(),
};

let ids = 0;

/** The bot of the programme over a store, on one platform that takes everything, but for what is given otherwise. */
export function botOf(parts: Pick<BotParts, 'store' | 'now'> & Partial<BotParts>): Bot {
  return createBot({
    ...featureParts,
    channels: new Map([[teams.name, teams]]),
    elapsed: () => performance.now(),
    workdays: createLiveWorkdays(),
    log: quiet,
    newId: () => `id-${ids++}`,
    fileStore: memoryFiles(),
    ...parts,
  });
}

let presses = 0;

/** A person presses a button of a card. */
export function press(bot: Bot, person: string, op: string, data: Record<string, unknown>, at: Date) {
  return bot.handle({
    channel: 'teams',
    id: `press-${++presses}`,
    place: { key: `bench|${person}`, kind: 'personal' },
    sender: { account: `aad-${person}`, name: person },
    at,
    kind: 'action',
    op,
    data,
    inline: true,
  });
}

let typed = 0;

/** People write, one after the other, for so many ms or until told; resolves to how long each waited, in ms. */
export async function turns(bot: Bot, now: () => Date, until: number | (() => boolean)): Promise<number[]> {
  const waited: number[] = [];
  const end = typeof until === 'number' ? performance.now() + until : 0;
  const over = typeof until === 'number' ? () => performance.now() > end : until;
  while (!over()) {
    const id = `p-${(++typed * 7919) % PEOPLE}`;
    const began = performance.now();
    await press(bot, id, 'home.todo', {}, now());
    waited.push(performance.now() - began);
    await sleep(5);
  }
  return waited;
}

export function summary(waited: readonly number[]): string {
  return `p50 ${sayNumber(median(waited))}, p99 ${sayNumber(percentile(waited, 99))}, max ${sayNumber(Math.max(...waited))} ms of ${waited.length}`;
}
