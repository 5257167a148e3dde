/** Compares the list with a platform's own directory: whom an account could be given to, whose leads nowhere any more. */
import type { Tx } from '../../store/store.ts';
import { meantUnit, unitName, units } from '../orgs/index.ts';
import { accounts, accountsOf, holderOf, members } from './model.ts';
import { nameOf } from './names.ts';
import { unbind } from './posts.ts';
import { listed } from './requests.ts';

/** Somebody in the directory. */
export interface DirectoryEntry {
  readonly account: string;
  readonly name: string;
  /** Names of the departments that they are in. */
  readonly departments: readonly string[];
}

interface Match {
  readonly person: string;
  readonly name: string;
  readonly unit: string;
  readonly account: string;
}

export interface SyncPlan {
  /** On the list without an account there, and found by name and unit. */
  readonly bind: readonly Match[];
  /** Their account is not in the directory any more. */
  readonly left: readonly Match[];
  readonly same: number;
  /** In the directory and not on the list, or not to be told apart. */
  readonly unknown: readonly DirectoryEntry[];
  /** Departments that are no unit of ours, and how many units have none. */
  readonly departments: readonly string[];
  readonly unitsWithout: number;
}

const PAGE = 500;

/** What would change; nothing is written. */
export async function planSync(
  tx: Tx,
  channel: string,
  directory: { readonly departments: readonly string[]; readonly people: readonly DirectoryEntry[] },
): Promise<SyncPlan> {
  const bind = new Map<string, Match | undefined>();
  const unknown: DirectoryEntry[] = [];
  let same = 0;
  for (const entry of directory.people) {
    if (await holderOf(tx, channel, entry.account)) {
      same += 1;
      continue;
    }
    const found = await findListed(tx, channel, entry);
    if (!found) unknown.push(entry);
    // Two of one name in one unit: nobody can tell which is meant.
    else bind.set(found.person, bind.has(found.person) ? undefined : found);
  }
  const known = new Set(directory.people.map(({ account }) => account));
  const left: Match[] = [];
  for (let after: string | undefined; ; ) {
    const page = await tx.table(members).find({ order: 'name', limit: PAGE, after });
    for (const { id: person, name, unit } of page.rows)
      for (const { channel: on, id: account } of await accountsOf(tx, person))
        if (on === channel && !known.has(account))
          left.push({ person, name, unit: await unitName(tx, unit), account });
    after = page.next;
    if (!after) break;
  }
  const strange: string[] = [];
  const met = new Set<string>();
  for (const name of directory.departments) {
    const unit = await meantUnit(tx, name);
    if (unit) met.add(unit.id);
    else strange.push(name);
  }
  const unitsWithout = (await tx.table(units).count({})) - met.size;
  return {
    bind: [...bind.values()].flatMap((one) => one ?? []),
    left,
    same,
    unknown,
    departments: strange,
    unitsWithout,
  };
}

async function findListed(tx: Tx, channel: string, entry: DirectoryEntry): Promise<Match | undefined> {
  const name = nameOf(entry.name);
  for (const department of entry.departments) {
    const unit = await meantUnit(tx, department);
    const known = unit && (await listed(tx, { name, unit: unit.id, channel }));
    if (unit && known && known.accounts.length === 0)
      return { person: known.person, name, unit: unit.name, account: entry.account };
  }
  return undefined;
}

/** Make it true; with `unbindLeft` also for those who are not in the directory any more. */
export async function applySync(tx: Tx, channel: string, plan: SyncPlan, unbindLeft: boolean): Promise<void> {
  for (const { person, account } of plan.bind) {
    const id = `${channel}:${account}`;
    if (!(await tx.table(accounts).get(id))) await tx.table(accounts).put({ id, person });
  }
  if (unbindLeft) for (const { account } of plan.left) await unbind(tx, channel, account);
}

/** The plan in words. */
export function saySync({
  bind,
  left,
  same,
  unknown,
  departments,
  unitsWithout,
}: SyncPlan): readonly string[] {
  const who = ({ name, unit, account }: Match) => `  ${name}（${unit}） ${account}`;
  return [
    `已经绑定${same}人，可以绑定${bind.length}人，已离开${left.length}人，名单上没有${unknown.length}人。`,
    ...(bind.length > 0 ? ['可以绑定（姓名和部门都对得上）：', ...bind.map(who)] : []),
    ...(left.length > 0 ? ['通讯录里已经没有，账号还绑着：', ...left.map(who)] : []),
    ...(unknown.length > 0
      ? [
          '名单上没有，或者分不清是哪位，请本人发“绑定”：',
          ...unknown.map(({ name, departments: of, account }) => `  ${name}（${of.join('、')}） ${account}`),
        ]
      : []),
    ...(departments.length > 0 ? [`这些部门不是我们的单位：${departments.join('、')}`] : []),
    `通讯录里没有对应部门的单位：${unitsWithout}个。`,
  ];
}
