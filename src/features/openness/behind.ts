/**
 * What stands behind a figure: of a township the records it was counted from, each shown to who may see that record.
 * Counties and the city are walked township by township, past those that have none, so a page costs what it shows.
 */
import type { Act, Raw } from '../../bot/cards/spec.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { awardsOf, branchRights, starsOn } from '../branches/index.ts';
import { countedIssues, type IssueSet, issueRights, issueStates } from '../issues/index.ts';
import {
  allStars,
  getUnit,
  isBranch,
  isWithin,
  type Unit,
  unitName,
  units,
  unitsBelow,
} from '../orgs/index.ts';
import { pairingRights, pairsOn } from '../pairing/index.ts';
import {
  type Case,
  casesOf,
  rectificationRights,
  relapsesOf,
  sentOn,
  standOn,
} from '../rectification/index.ts';
import { dueIn, taskRights } from '../tasks/index.ts';
import type { Figure } from './figures.ts';
import { endOf, quarterOf, startOf } from './model.ts';
import { type Figures, figuresBelow, figuresOf } from './rollup.ts';
import { placeOf } from './shape.ts';
import { lastDay, MOST_STARS } from './sources.ts';

/** Issues that are looked at for one page, and townships that are walked. */
const MOST_LOOKED_AT = 300;
const MOST_WALKED = 60;

/** One record: what opens it in a chat, and the words that do the same; none where this person may not open it. */
export interface Entry {
  readonly mark: string;
  readonly title: string;
  readonly sub: string;
  readonly open: { readonly op: Act; readonly data: Raw; readonly words: string } | null;
}

export interface Behind {
  readonly rows: readonly Entry[];
  readonly next?: string | undefined;
  /** `quarter`: only the numbers of that quarter are kept. `viewer`: this person sees none of them. */
  readonly hidden?: 'quarter' | 'viewer';
}

interface At {
  readonly world: World;
  readonly viewer: Actor | null;
  readonly township: Unit;
  readonly quarter: string;
  readonly key: string;
}

/** Some records of one township, from a place on. */
type Reader = (
  at: At,
  after: string,
  most: number,
) => Promise<{ readonly rows: Entry[]; readonly looked: number; readonly next?: string }>;

/** Everybody of the programme sees which branch holds which star; every other record has those who may see it. */
const isOpen = (key: string) => /^(?:branches$|stars\.|least\.|holds\.|can\.)/.test(key);
/** In a group names of weak branches are not said. */
export const namesWeak = (key: string) =>
  /^(?:listed|active|settling|left|relapses|in|passed|out|relapsed|pairs|sent(?:\..*)?)$/.test(key);
const isOfToday = (key: string) => /^(?:open|red|yellow|blue)$/.test(key);

/** A page of what stands behind a figure of a unit. */
export async function recordsBehind(
  world: World,
  viewer: Actor | null,
  { unit, quarter, figure }: { unit: Unit; quarter: string; figure: Figure },
  most: number,
  after?: string,
): Promise<Behind> {
  const { key } = figure;
  if (isOfToday(key) && quarter !== quarterOf(world.today)) return { rows: [], hidden: 'quarter' };
  const top = isOpen(key) ? unit : await partFor(world, unit, viewer);
  if (!top) return { rows: [], hidden: 'viewer' };
  const read = readerOf(key);
  const rows: Entry[] = [];
  const [begin = '', ...inside] = (after ?? '').split('\n');
  let from = inside.join('\n');
  let walked = 0;
  let looked = 0;
  for await (const township of townshipsWith(world, top, quarter, figure, begin)) {
    if (walked++ >= MOST_WALKED || rows.length >= most || looked >= MOST_LOOKED_AT)
      return { rows, next: `${township.id}\n` };
    for (let goOn = true; goOn; ) {
      const left = most - rows.length;
      if (left <= 0 || looked >= MOST_LOOKED_AT) return { rows, next: `${township.id}\n${from}` };
      const page = await read({ world, viewer, township, quarter, key }, from, left);
      rows.push(...page.rows);
      looked += page.looked;
      goOn = page.next !== undefined;
      from = page.next ?? '';
    }
  }
  return { rows };
}

/** The part of a unit in which somebody may have to do with records: all of it, their own, or none. */
async function partFor({ tx }: World, unit: Unit, viewer: Actor | null): Promise<Unit | undefined> {
  if (!viewer) return undefined;
  const own = await getUnit(tx, viewer.unit);
  if (own.kind === 'city' || own.kind === 'lead' || own.kind === 'responsible') return unit;
  const place = isBranch(own) && own.parent !== null ? await getUnit(tx, own.parent) : own;
  if (await isWithin(tx, place, unit.id)) return place;
  return (await isWithin(tx, unit, place.id)) ? unit : undefined;
}

/** The townships of a unit where the figure is not nought, in the order of the page, from one on. */
async function* townshipsWith(
  world: World,
  unit: Unit,
  quarter: string,
  figure: Figure,
  begin: string,
): AsyncGenerator<Unit> {
  const some = ({ numbers }: Figures) => Number(figure.of(numbers)) > 0;
  if (unit.kind === 'township') {
    const own = await figuresOf(world, unit, quarter);
    if (own && some(own)) yield unit;
    return;
  }
  const first = begin === '' ? undefined : await world.tx.table(units).get(begin);
  let begun = first === undefined;
  if (unit.kind === 'city') {
    for (const county of (await figuresBelow(world, unit, quarter)).filter(some)) {
      if (!begun && county.unit.id !== first?.parent) continue;
      begun = true;
      yield* townshipsWith(
        world,
        county.unit,
        quarter,
        figure,
        county.unit.id === first?.parent ? begin : '',
      );
    }
    return;
  }
  for (const { unit: township } of (await figuresBelow(world, unit, quarter)).filter(some)) {
    if (township.id === first?.id) begun = true;
    if (begun) yield township;
  }
}

function readerOf(key: string): Reader {
  if (isOpen(key)) return branches;
  if (/^(?:open|red|yellow|blue|closed(?:\..*)?|days)$/.test(key)) return issues;
  if (/^sent(?:\.|$)/.test(key)) return sent;
  if (key === 'pairs') return pairs;
  return /^(?:due|timely|late|missing)$/.test(key) ? tasks : weak;
}

/** Of rows that are all there. */
function cut(rows: readonly Entry[], after: string, most: number): Awaited<ReturnType<Reader>> {
  const begin = Number(after) || 0;
  const end = begin + most;
  const shown = rows.slice(begin, end);
  return { rows: shown, looked: shown.length, ...(end < rows.length && { next: String(end) }) };
}

const branches: Reader = async ({ world, viewer, township, quarter, key }, after, most) => {
  const { tx, today } = world;
  const stars = await allStars(tx);
  const [kind = '', about = ''] = key.split('.');
  const found: Entry[] = [];
  for (const branch of (await unitsBelow(tx, township.id)).filter(isBranch)) {
    const past = quarter < quarterOf(today);
    const held = past ? starsOn(await awardsOf(tx, branch), endOf(quarter)) : branch.stars;
    const count = Math.min(held.length, MOST_STARS);
    const star = stars.find(({ id }) => id === about);
    const fits = {
      branches: true,
      stars: count === Number(about),
      least: count >= Number(about),
      holds: held.includes(about),
      can: star?.kinds.some((one) => one === branch.kind) ?? false,
    }[kind];
    if (!fits) continue;
    const opens = viewer !== null && (await may(branchRights.show, branch, world, viewer));
    found.push({
      mark: `${count}星`,
      title: placeOf(branch),
      sub: [placeOf(township), ...stars.flatMap(({ id, name }) => (held.includes(id) ? name : []))].join(
        ' · ',
      ),
      open: opens
        ? { op: branchRights.show, data: { branch: branch.id }, words: `支部 ${branch.name}` }
        : null,
    });
  }
  return cut(found, after, most);
};

function setOf(key: string, quarter: string): IssueSet {
  const [kind = '', verdict = 'any'] = key.split('.');
  if (kind === 'open') return { open: 'any' };
  if (kind === 'red' || kind === 'yellow' || kind === 'blue') return { open: kind };
  const said = verdict === '满意' || verdict === '基本满意' || verdict === 'none' ? verdict : 'any';
  return { from: startOf(quarter), until: endOf(quarter), verdict: said };
}

const issues: Reader = async ({ world, viewer, township, quarter, key }, after, most) => {
  const part = { limit: most, ...(after && { after }) };
  const page = await countedIssues(world, township.id, setOf(key, quarter), part);
  const rows: Entry[] = [];
  for (const issue of page.rows) {
    if (!viewer || !(await may(issueRights.show, issue, world, viewer))) continue;
    const due = issue.closedAt ? '' : `${sayDay(issue.deadline, world.today)}前`;
    rows.push({
      mark: issueStates[issue.state],
      title: issue.title,
      sub: [issue.id, await unitName(world.tx, issue.branch), due].filter(Boolean).join(' · '),
      open: { op: issueRights.show, data: { issue: issue.id }, words: issue.id },
    });
  }
  return { rows, looked: most, ...(page.next !== undefined && { next: page.next }) };
};

/** Whether a case is counted by a figure, and in which words. */
function countedAs(one: Case, key: string, quarter: string, today: string): string | undefined {
  const [from, day] = [startOf(quarter), lastDay(quarter, today)];
  const within = (on: string | null) => on !== null && on >= from && on <= day;
  const stand = standOn(one, day);
  if (!stand) return undefined;
  const now = { active: '整顿中', settling: '巩固期', closed: '销号' }[stand];
  const again = relapsesOf(one).filter((on) => on <= day);
  const fits = {
    listed: stand !== 'closed',
    active: stand === 'active',
    settling: stand === 'settling',
    left: stand === 'closed',
    relapses: again.length > 0,
    in: within(one.listedOn),
    passed: one.checks.some((check) => check.passed && within(check.on)),
    out: within(one.closedOn),
    relapsed: again.some(within),
  }[key];
  return fits ? now : undefined;
}

const weak: Reader = async ({ world, viewer, township, quarter, key }, after, most) => {
  const rows: Entry[] = [];
  for (const one of await casesOf(world.tx, township.id)) {
    const mark = countedAs(one, key, quarter, world.today);
    if (!mark || !viewer || !(await may(rectificationRights.show, one, world, viewer))) continue;
    rows.push({
      mark,
      title: await unitName(world.tx, one.branch),
      sub: `${one.id} · ${sayDay(one.listedOn, world.today)}列入`,
      open: { op: rectificationRights.show, data: { case: one.id }, words: one.id },
    });
  }
  return cut(rows, after, most);
};

const sent: Reader = async ({ world, viewer, township, quarter, key }, after, most) => {
  const [, how, by] = key.split('.');
  const all = new Map((await casesOf(world.tx, township.id)).map((one) => [one.id, one] as const));
  const rows: Entry[] = [];
  for (const row of await sentOn(world, township.id, lastDay(quarter, world.today))) {
    if ((how && row.kind !== how) || (by && row.senderKind !== by)) continue;
    const one = all.get(row.case);
    if (!one || !viewer || !(await may(rectificationRights.show, one, world, viewer))) continue;
    rows.push({
      mark: `${row.people.length}人`,
      title: `${row.kind} ${row.people.join('、')}`,
      sub: `${row.sender}（${row.senderKind}）· ${await unitName(world.tx, one.branch)}`,
      open: { op: rectificationRights.show, data: { case: one.id }, words: one.id },
    });
  }
  return cut(rows, after, most);
};

const pairs: Reader = async ({ world, viewer, township, quarter }, after, most) => {
  const rows: Entry[] = [];
  for (const pair of await pairsOn(world.tx, township.id, lastDay(quarter, world.today))) {
    if (!viewer || !(await may(pairingRights.show, pair, world, viewer))) continue;
    rows.push({
      mark: '结对',
      title: `${await unitName(world.tx, pair.helper)}帮${await unitName(world.tx, pair.branch)}`,
      sub: pair.case,
      open: { op: pairingRights.show, data: { pair: pair.id }, words: pair.case },
    });
  }
  return cut(rows, after, most);
};

const tasks: Reader = async ({ world, viewer, township, quarter, key }, after, most) => {
  const under = (await unitsBelow(world.tx, township.id)).filter(isBranch);
  const rows: Entry[] = [];
  for (const one of await dueIn(world, township, under, startOf(quarter), endOf(quarter))) {
    const { task, round, asked, timely, late } = one;
    const counts = { due: asked, timely, late, missing: asked - timely - late };
    const mine = counts[key as keyof typeof counts] ?? 0;
    if (mine === 0 || !viewer) continue;
    if (!(await may(taskRights.show, { task, round }, world, viewer))) continue;
    rows.push({
      mark: `${mine}份`,
      title: task.title,
      sub: `${task.id} · ${placeOf(township)} · ${sayDay(round.due, world.today)}前 · 按时${timely}，迟报${late}，没报${counts.missing}`,
      open: { op: taskRights.show, data: { task: task.id, period: round.period }, words: task.id },
    });
  }
  return cut(rows, after, most);
};
