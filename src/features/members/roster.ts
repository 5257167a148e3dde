/** 导入名单: what a list would change, row by row, and the change itself. A row with a problem is left out. */
import type { Platform, RosterColumn } from '../../bot/delivery/channel.ts';
import type { Tx } from '../../store/store.ts';
import { isBranch, meantUnit, type Unit, unitName } from '../orgs/index.ts';
import {
  accounts,
  accountsOf,
  actorOf,
  type Member,
  members,
  type Post,
  peopleOf,
  postsOf,
  ROLE_NAMES,
} from './model.ts';
import { actAs, losePost, takePost } from './posts.ts';
import { listed, reroute } from './requests.ts';
import type { RosterRow } from './sheet.ts';

/** The title of a column of accounts that does not say of which platform. */
const ANY_ACCOUNT = '账号';
const PHONE = /^1\d{10}$/;

export interface Line {
  readonly line: number;
  readonly text: string;
}

/** One row that fits. */
interface Entry extends Post {
  readonly line: number;
  /** Of a person who is new, what tells them apart in the list. */
  readonly key: string;
  readonly person: string | undefined;
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  /** By platform. */
  readonly accounts: ReadonlyMap<string, string>;
}

export interface RosterPlan {
  readonly entries: readonly Entry[];
  /** Rows that are left out, and why. */
  readonly problems: readonly Line[];
  /** Rows of which something was read in another way than it is written. */
  readonly notes: readonly Line[];
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  /** In a unit of the list, but not in the list. */
  readonly gone: readonly Gone[];
}

/** A platform whose accounts a list may give. */
export interface RosterPlatform {
  readonly name: string;
  readonly roster: RosterColumn;
}

/** Of what is connected, the platforms whose accounts stand in lists. */
export function rosterPlatforms(channels: ReadonlyMap<string, Platform>): readonly RosterPlatform[] {
  return [...channels.values()].flatMap(({ name, roster }) => (roster ? [{ name, roster }] : []));
}

/**
 * The accounts of a row by platform, as they are written. A column that does not say of which is of the first; and so
 * is the account of a row that the version before kept, which has no titles.
 */
function accountsIn({ account, accounts: given }: RosterRow, on: readonly RosterPlatform[]) {
  const found = new Map<RosterPlatform, string>();
  for (const [i, platform] of on.entries()) {
    const titled = given[platform.roster.title.toLowerCase()];
    const any = i === 0 ? (given[ANY_ACCOUNT] ?? (Object.keys(given).length === 0 ? account : '')) : '';
    const text = titled ?? any;
    if (text !== '') found.set(platform, text);
  }
  return found;
}

interface Gone extends Post {
  readonly person: string;
  readonly name: string;
  readonly unitName: string;
}

/** Looks through a list part by part; nothing is written. */
export interface Planner {
  add(tx: Tx, rows: readonly RosterRow[]): Promise<void>;
  /** The units of the list, once all of it was added. */
  units(): readonly string[];
  /** Who of these units is not in the list. */
  miss(tx: Tx, units: readonly string[]): Promise<void>;
  plan(): RosterPlan;
}

/** @param on whose accounts the list gives; others are not read */
export function createPlanner(on: readonly RosterPlatform[]): Planner {
  const units = new Map<string, Unit | undefined>();
  const seen = new Map<string, number>();
  /** Rows by name and unit: two of one name are two people only if ids or accounts say so. */
  const names = new Map<string, { readonly line: number; readonly sure: boolean }>();
  /** The name of each person of the list, and whose the accounts of the list are. */
  const titles = new Map<string, string>();
  const owners = new Map<string, string>();
  const problems: Line[] = [];
  const notes: Line[] = [];
  const entries: Entry[] = [];
  const count = { added: 0, changed: 0, same: 0 };
  const gone: Gone[] = [];
  async function addRow(tx: Tx, row: RosterRow): Promise<void> {
    const { line, name, id, phone } = row;
    const written = accountsIn(row, on);
    const unread = [...written].find(([{ roster }, text]) => roster.read(text) === undefined);
    const problem = (text: string) => void problems.push({ line, text: `${name ? `${name}：` : ''}${text}` });
    for (const text of row.notes) notes.push({ line, text: `${name}：${text}` });
    if (!units.has(row.unit)) units.set(row.unit, await meantUnit(tx, row.unit));
    const unit = units.get(row.unit);
    const role = roleOf(row.role);
    if (name === '') problem('没有姓名');
    else if (name.length > 20) problem('姓名太长');
    else if (row.unit === '') problem('没有单位');
    else if (!unit)
      problem(`没认出单位“${row.unit}”（不在名单里，或者有几个同名的，请写成 柳湾村党支部（石桥镇党委））`);
    else if (!role) problem(`角色“${row.role}”不对，请写负责人、联络员或支部书记`);
    else if (isBranch(unit) ? role === 'head' : role === 'secretary')
      problem(`${unit.name}没有“${ROLE_NAMES[role]}”，请写${isBranch(unit) ? '支部书记' : '负责人'}或联络员`);
    else if (id !== '' && !/^[\w-]{1,64}$/.test(id)) problem(`编号“${id}”不对，只用字母、数字和短横`);
    else if (phone !== '' && !PHONE.test(phone)) problem(`手机“${phone}”不是11位手机号`);
    else if (unread) problem(`${unread[0].roster.title}要${unread[0].roster.wanted}`);
    else {
      const given = new Map(
        [...written].map(([{ name: channel, roster }, text]) => [channel, roster.read(text) ?? text]),
      );
      const keys = [...given].map(([channel, account]) => `${channel}:${account}`);
      const holders: (string | undefined)[] = [];
      for (const one of keys) holders.push((await tx.table(accounts).get(one))?.person);
      const known = holders.find((holder) => holder !== undefined);
      const person = await personOf(tx, row, unit.id, known, on);
      const key = person ?? (id || keys[0] || `${name}|${unit.id}`);
      const sure = id !== '' || keys.length > 0;
      const namesake = names.get(`${name} ${unit.id}`);
      const before = seen.get(`${key} ${unit.id}`) ?? (namesake?.sure && sure ? undefined : namesake?.line);
      const taken = keys.findIndex((one, i) => (owners.get(one) ?? holders[i] ?? key) !== key);
      const other = [...(taken >= 0 ? ['别人'] : []), titles.get(key) ?? name].find((one) => one !== name);
      const column = [...written.keys()][Math.max(taken, 0)]?.roster.title ?? '编号';
      if (before !== undefined) problem(`和第${before}行是同一个人`);
      else if (other) problem(`这个${column}已经是${other}的`);
      else {
        seen.set(`${key} ${unit.id}`, line);
        names.set(`${name} ${unit.id}`, { line, sure });
        titles.set(key, name);
        for (const one of keys) owners.set(one, key);
        const entry = { line, key, person, id, name, unit: unit.id, role, phone, accounts: given };
        entries.push(entry);
        const was = person && (await tx.table(members).get(person))?.name;
        // Whoever sorted one column of a list alone would give people the names of others.
        if (was && was !== name)
          notes.push({
            line,
            text: `${name}：这个${person === id ? '编号' : column}是${was}的，导入后改叫${name}`,
          });
        count[person ? ((await differs(tx, entry)) ? 'changed' : 'same') : 'added']++;
      }
    }
  }
  return {
    async add(tx, rows) {
      for (const row of rows) await addRow(tx, row);
    },
    units: () => [...new Set(entries.map((entry) => entry.unit))],
    miss: async (tx, of) => void gone.push(...(await goneFrom(tx, entries, of))),
    plan: () => ({ entries, problems, notes, ...count, gone }),
  };
}

/** What the list would change, in one go; nothing is written. */
export async function planRoster(
  tx: Tx,
  rows: readonly RosterRow[],
  on: readonly RosterPlatform[],
): Promise<RosterPlan> {
  const planner = createPlanner(on);
  await planner.add(tx, rows);
  await planner.miss(tx, planner.units());
  return planner.plan();
}

function roleOf(words: string): Member['role'] | undefined {
  const roles = Object.entries(ROLE_NAMES) as [Member['role'], string][];
  return roles.find(([role, name]) => role === words.toLowerCase() || name === words)?.[0];
}

/** Who is meant: by the id of the list if it is one of ours, else by the account, else by name and unit. */
async function personOf(
  tx: Tx,
  { id, name }: RosterRow,
  unit: string,
  known: string | undefined,
  on: readonly RosterPlatform[],
) {
  if (id !== '' && (await tx.table(members).get(id))) return id;
  return known ?? (await listed(tx, { name, unit, channel: on[0]?.name ?? '' }))?.person;
}

async function differs(
  tx: Tx,
  { person = '', name, unit, role, phone, accounts: given }: Entry,
): Promise<boolean> {
  const member = await tx.table(members).get(person);
  const actor = await actorOf(tx, person);
  const post = actor && (await postsOf(tx, actor)).find((one) => one.unit === unit);
  if (member?.name !== name || post?.role !== role) return true;
  if (phone !== '' && member.phone !== phone) return true;
  const known = new Set((await accountsOf(tx, person)).map(({ row }) => row.id));
  return [...given].some(([channel, account]) => !known.has(`${channel}:${account}`));
}

async function goneFrom(tx: Tx, entries: readonly Entry[], units: readonly string[]): Promise<Gone[]> {
  const listedAt = new Set(entries.map(({ person, unit }) => `${person} ${unit}`));
  const gone: Gone[] = [];
  for (const unit of units) {
    for (const { id: person, name, role } of await peopleOf(tx, unit)) {
      if (listedAt.has(`${person} ${unit}`)) continue;
      gone.push({ person, name, unit, role, unitName: await unitName(tx, unit) });
    }
  }
  return gone;
}

/** Make the list true, and with `removeGone` take those off who are not in it any more; resolves to what was done. */
export async function applyRoster(
  tx: Tx,
  rows: readonly RosterRow[],
  newId: () => string,
  removeGone: boolean,
  on: readonly RosterPlatform[],
): Promise<RosterPlan> {
  const plan = await planRoster(tx, rows, on);
  const { write } = createWriter(plan, removeGone);
  for (let place = await write(tx, newId, undefined); place; ) place = await write(tx, newId, place);
  return plan;
}

/** Entries and people that are written in one go. */
const AT_ONCE = 100;

/** Writes a plan part by part. Written again from any place on, with a plan made anew, it comes to the same. */
export function createWriter({ entries, gone }: RosterPlan, removeGone: boolean) {
  const made = new Map<string, string>();
  const posts = new Map<string, number>();
  for (const { key } of entries) posts.set(key, (posts.get(key) ?? 0) + 1);
  const leavers = removeGone ? gone.map((one) => ({ ...one, key: `${one.person} ${one.unit}` })) : [];
  leavers.sort((a, b) => (a.key < b.key ? -1 : 1));
  // Lines and names stay what they are when the plan is made anew; how many there are does not.
  const work = [
    ...entries.map((entry) => ({ place: `1 ${String(entry.line).padStart(6, '0')}`, entry })),
    ...leavers.map((one) => ({ place: `2 ${one.key}`, one })),
  ];

  return {
    total: work.length,
    /** How many are done at a place. */
    done: (place: string | undefined) =>
      work.filter((part) => place !== undefined && part.place <= place).length,
    /** Write what comes after a place; resolves to the place that was reached, undefined at the end. */
    async write(tx: Tx, newId: () => string, after: string | undefined): Promise<string | undefined> {
      const left = work.filter(({ place }) => after === undefined || place > after);
      const now = left.slice(0, AT_ONCE);
      for (const part of now) {
        if ('entry' in part) {
          const { entry } = part;
          const person = entry.person ?? made.get(entry.key) ?? (entry.id || newId());
          made.set(entry.key, person);
          await writeEntry(tx, person, entry, posts.get(entry.key) === 1);
        } else {
          await losePost(tx, part.one.person, part.one.unit);
          await reroute(tx, part.one.unit);
        }
      }
      return left.length > now.length ? now.at(-1)?.place : undefined;
    },
  };
}

async function writeEntry(tx: Tx, person: string, entry: Entry, only: boolean): Promise<void> {
  const { name, unit, role, phone, accounts: given, id } = entry;
  const known = await tx.table(members).get(person);
  if (!known) await tx.table(members).put({ id: person, name, unit, role, ...(phone && { phone }) });
  else {
    if (known.name !== name || (phone && known.phone !== phone))
      await tx.table(members).put({ ...known, name, ...(phone && { phone }) });
    const actor = await actorOf(tx, person);
    const old = actor ? await postsOf(tx, actor) : [];
    await takePost(tx, person, { unit, role });
    // Who is named by an id or an account and had one post in another unit has moved.
    const [from] = old;
    if (only && (id || given.size > 0) && old.length === 1 && from && from.unit !== unit) {
      await actAs(tx, person, unit);
      await losePost(tx, person, from.unit);
      await reroute(tx, from.unit);
    }
  }
  for (const [channel, account] of given) {
    for (const old of await accountsOf(tx, person)) {
      if (old.channel === channel && old.id !== account) await tx.table(accounts).delete(old.row);
    }
    const own = `${channel}:${account}`;
    if (!(await tx.table(accounts).get(own))) await tx.table(accounts).put({ id: own, person });
  }
}

/** The plan in words: the counts, then what is wrong, what was read in another way, who is missing. */
export function sayPlan(
  { added, changed, same, problems, notes, gone }: RosterPlan,
  most: number,
): readonly string[] {
  const rest = (all: readonly unknown[]) => (all.length > most ? [`……还有${all.length - most}条`] : []);
  const lines = (all: readonly Line[]) => [
    ...all.slice(0, most).map(({ line, text }) => `第${line}行 ${text}`),
    ...rest(all),
  ];
  return [
    `新增${added}人，更新${changed}人，不变${same}人；有问题${problems.length}行，不会导入。`,
    ...lines(problems),
    ...(notes.length > 0 ? [`提示${notes.length}条：`, ...lines(notes)] : []),
    ...(gone.length > 0
      ? [
          `这些单位里有${gone.length}人不在表上，没有动：`,
          ...gone.slice(0, most).map((one) => `${one.name}（${one.unitName}${ROLE_NAMES[one.role]}）`),
          ...rest(gone),
        ]
      : []),
  ];
}
