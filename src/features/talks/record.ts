/** What the records of a year say about a unit: counts, each by an index of its township, county or owner. */
import type { World } from '../../bot/world.ts';
import { periodName, sayDatedPeriod } from '../../lib/schedule.ts';
import { handedIn, listings } from '../analysis/index.ts';
import { awardsOf } from '../branches/index.ts';
import { closedIssues } from '../issues/index.ts';
import { isBranch, type Unit, unitName, unitsBelow } from '../orgs/index.ts';
import { type Case, cases, STATES } from '../rectification/index.ts';
import { redFacts } from './facts.ts';
import { KIND_NAMES, talks } from './model.ts';

/** Days, both included. */
export interface Year {
  readonly from: string;
  readonly until: string;
}

const MOST = 1000;
const within =
  ({ from, until }: Year) =>
  (day: string | null) =>
    day !== null && day !== '' && day >= from && day <= until;

/** The townships whose records are a unit’s own: itself, those of a county, none of a department. */
async function townships({ tx }: World, unit: Unit): Promise<readonly Unit[]> {
  if (unit.kind === 'township') return [unit];
  return unit.kind === 'county'
    ? (await unitsBelow(tx, unit.id)).filter(({ kind }) => kind === 'township')
    : [];
}

async function casesOf({ tx }: World, unit: Unit): Promise<readonly Case[]> {
  if (unit.kind === 'county')
    return (await tx.table(cases).find({ where: { county: unit.id }, order: 'id', limit: MOST })).rows;
  if (unit.kind !== 'township') return [];
  const query = { where: { township: unit.id, state: STATES }, order: 'deadline', limit: MOST } as const;
  return (await tx.table(cases).find(query)).rows;
}

/** The periods of a year whose 研判 (of a county, 排查) was handed in. */
async function handed(world: World, unit: Unit, { from, until }: Year): Promise<readonly string[]> {
  if (unit.kind !== 'county' && unit.kind !== 'township') return [];
  const every = unit.kind === 'county' ? ('half' as const) : ('quarter' as const);
  const months = every === 'half' ? ['01', '07'] : ['01', '04', '07', '10'];
  const found = [];
  for (const month of months) {
    const first = `${from.slice(0, 4)}-${month}-01`;
    const period = periodName(first, every);
    if (first <= until && (await handedIn(world, unit.id, period))) found.push(sayDatedPeriod(period));
  }
  return found;
}

/** What was done. */
export async function goodOf(world: World, unit: Unit, year: Year): Promise<readonly string[]> {
  const { tx } = world;
  const is = within(year);
  const found: string[] = [];
  const closed = { 满意: 0, 基本满意: 0, none: 0 };
  let [count, stars] = [0, 0];
  for (const township of await townships(world, unit)) {
    const { verdicts, days } = await closedIssues(world, township.id, year.from, year.until);
    count += days.length;
    closed.满意 += verdicts.满意;
    closed.基本满意 += verdicts.基本满意;
    for (const branch of (await unitsBelow(tx, township.id)).filter(isBranch))
      stars += (await awardsOf(tx, branch)).filter((award) => is(award.from)).length;
  }
  if (count > 0) found.push(`问题销号${count}件，群众满意${closed.满意}件、基本满意${closed.基本满意}件`);
  if (stars > 0) found.push(`支部得星${stars}颗`);
  const all = await casesOf(world, unit);
  const settled = all.filter(({ checks }) => checks.some(({ passed, on }) => passed && is(on)));
  if (settled.length > 0) found.push(`整顿验收合格${settled.length}个：${await names(world, settled)}`);
  const left = all.filter(({ closedOn }) => is(closedOn));
  if (left.length > 0) found.push(`巩固期满销号${left.length}个：${await names(world, left)}`);
  const periods = await handed(world, unit, year);
  const what = unit.kind === 'county' ? '排查完成' : '研判提交';
  if (periods.length > 0) found.push(`${what}：${periods.join('、')}`);
  return found;
}

/** What was not. */
export async function badOf(world: World, unit: Unit, year: Year): Promise<readonly string[]> {
  const { tx } = world;
  const is = within(year);
  const found: string[] = [];
  let [unhappy, lost] = [0, 0];
  for (const township of await townships(world, unit)) {
    unhappy += (await closedIssues(world, township.id, year.from, year.until)).verdicts.不满意;
    for (const branch of (await unitsBelow(tx, township.id)).filter(isBranch))
      lost += (await awardsOf(tx, branch)).filter((award) => is(award.to)).length;
  }
  const red = year.until === world.today ? await redFacts(world, unit.id) : [];
  if (red.length > 0)
    found.push(`超期10个工作日以上的问题${red.length}件：${red.map(({ key }) => key).join('、')}`);
  if (unhappy > 0) found.push(`群众不满意的问题${unhappy}件`);
  if (lost > 0) found.push(`支部失星${lost}颗`);
  const state = ['listed', 'left'] as const;
  const scope = unit.kind === 'county' ? { county: unit.id, state } : { township: unit.id, state };
  const listed =
    unit.kind === 'county' || unit.kind === 'township'
      ? (await tx.table(listings).find({ where: scope, order: 'proposedOn', limit: MOST })).rows
      : [];
  const mine = listed.filter(({ meeting }) => is(meeting));
  if (mine.length > 0) found.push(`列入整顿${mine.length}个：${await names(world, mine)}`);
  const all = await casesOf(world, unit);
  const relapsed = all.filter(({ answers }) => answers.some(({ relapse, at }) => relapse && is(at)));
  if (relapsed.length > 0) found.push(`整顿反弹${relapsed.length}个：${await names(world, relapsed)}`);
  const failed = all.filter(({ checks }) => checks.some(({ passed, on }) => !passed && is(on)));
  if (failed.length > 0) found.push(`验收不合格${failed.length}个：${await names(world, failed)}`);
  // As it was found when each period ended: of what was before the bot, nothing is known.
  const kind = ['missing', 'tasks'] as const;
  for (const one of kind) {
    const query = { where: { unit: unit.id, kind: one }, order: 'on', limit: MOST } as const;
    const keys = (await tx.table(talks).find(query)).rows.flatMap((talk) => (is(talk.on) ? talk.facts : []));
    const known = [...new Set(keys.map(({ key }) => (one === 'missing' ? sayDatedPeriod(key) : key)))];
    if (known.length > 0) found.push(`${KIND_NAMES[one]}：${known.join('、')}`);
  }
  return found;
}

async function names({ tx }: World, all: readonly { readonly branch: string }[]): Promise<string> {
  const found = [];
  for (const { branch } of all) found.push(await unitName(tx, branch));
  return [...new Set(found)].join('、');
}
