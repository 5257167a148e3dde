/** 问题 with any words: issues that have to do with all of them, as far as this person may know. */
import type { Ctx } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import { readPeriod } from '../../lib/periods.ts';
import { charactersOf, termsOf } from '../../lib/terms.ts';
import type { Query } from '../../store/store.ts';
import { allStars, findStar, getUnit, type Star, searchUnits, type Unit } from '../orgs/index.ts';
import {
  BLUE_WORKDAYS,
  type Colour,
  colour,
  type Issue,
  issues,
  OPEN,
  RUNNING,
  STATE_NAMES,
  STATES,
  type State,
  type StoredIssue,
  terms,
} from './model.ts';
import { rights } from './rights.ts';

/** Characters that are looked at; what comes behind them is left out, and said to be. */
export const MOST_SEARCHED = 60;
/** Units whose names begin with one word. */
const ALIKE = 10;
/** Pages of the store that one answer looks through, where most of what they hold is not shown. */
const MOST_PAGES = 5;

const STATE_WORDS = new Map<string, readonly State[]>(
  Object.entries({
    ...Object.fromEntries(STATES.map((state) => [STATE_NAMES[state], [state]])),
    未受理: ['pending'],
    正在办: ['active'],
    待验收: ['verifying'],
    在办: OPEN,
    未销号: OPEN,
    没销号: OPEN,
    未办结: RUNNING,
    没办完: RUNNING,
    销号: ['closed'],
    撤回: ['withdrawn'],
  }),
);
const COLOUR_WORDS = new Map<string, Colour>(
  Object.entries({
    超期: 'red',
    逾期: 'red',
    红: 'red',
    红色: 'red',
    黄: 'yellow',
    黄色: 'yellow',
    蓝: 'blue',
    蓝色: 'blue',
    快到期: 'blue',
  }),
);

const OWN_WORDS = new Map<string, (ctx: Ctx) => string>(
  Object.entries({
    本单位: ({ me }) => terms.unit(me.unit),
    本支部: ({ me }) => terms.unit(me.unit),
    我上报的: ({ me }) => terms.person(me.id),
    我的: ({ me }) => terms.person(me.id),
  }),
);
/** These are also known where they stand right before or behind another word. */
const GLUED = new Set(['超期', '逾期', '未销号', ...STATES.map((state) => STATE_NAMES[state])]);
const NOISE = new Set(['问题', '关于', '有关', '全部', '所有', '以来', '期间', '上报的']);

interface Search {
  /** See `match` of a query. */
  readonly groups: readonly (readonly string[])[];
  readonly colour: Colour | undefined;
}

interface Found {
  readonly rows: readonly StoredIssue[];
  readonly next?: string;
  /** The first to fall due come first; otherwise the newest. */
  readonly byDeadline: boolean;
}

/** At most `limit` issues for these words, and where the next ones begin. */
export async function searchIssues(
  ctx: Ctx,
  words: string,
  limit: number,
  after: string | undefined,
): Promise<Found> {
  const { groups, colour: wanted } = await understand(ctx, words.slice(0, MOST_SEARCHED));
  const order = orderFor(wanted, ctx);
  const byDeadline = order.order === 'deadline';
  const rows: StoredIssue[] = [];
  if (groups.length === 0) return { rows, byDeadline };
  const query = { ...order, match: [...groups, ...(await mayKnow(ctx))] };
  const isMeant = async (issue: StoredIssue) =>
    (wanted === undefined || colour(issue, ctx.today, ctx.workdays) === wanted) &&
    (await may(rights.show, issue, ctx, ctx.me));
  let next = after;
  for (let n = 0; n < MOST_PAGES && rows.length < limit && (n === 0 || next !== undefined); n += 1) {
    const from = next === undefined ? {} : { after: next };
    const page = await ctx.tx.table(issues).find({ ...query, limit: limit - rows.length, ...from });
    for (const issue of page.rows) if (await isMeant(issue)) rows.push(issue);
    next = page.next;
  }
  return { rows, byDeadline, ...(next !== undefined && { next }) };
}

/** Only what this person may know is looked through; the organiser may know all. See `isInvolved`. */
async function mayKnow({ tx, me }: Ctx): Promise<Search['groups']> {
  if ((await getUnit(tx, me.unit)).kind === 'city') return [];
  return [[terms.unit(me.unit), terms.person(me.id)]];
}

function orderFor(
  wanted: Colour | undefined,
  { today, workdays }: Ctx,
): Pick<Query<Issue>, 'order' | 'desc' | 'range'> {
  if (wanted === 'red') return { order: 'deadline', range: { lt: today } };
  if (wanted === 'blue')
    return {
      order: 'deadline',
      range: { gte: today, lt: workdays.add(today, Math.max(...Object.values(BLUE_WORKDAYS)) + 1) },
    };
  return { order: 'reportedAt', desc: true };
}

/** What the words narrow to; words that say nothing are left out. */
async function understand(ctx: Ctx, words: string): Promise<Search> {
  const stars = await allStars(ctx.tx);
  const groups: (readonly string[])[] = [];
  let wanted: Colour | undefined;
  /** False for words that are to be looked for as text. */
  const narrow = (word: string): boolean => {
    const period = readPeriod(word, ctx.today);
    const states = STATE_WORDS.get(word);
    const own = OWN_WORDS.get(word);
    const asked = COLOUR_WORDS.get(word);
    if (period) groups.push(period.map(terms.reported));
    else if (states) groups.push(states.map(terms.state));
    else if (own) groups.push([own(ctx)]);
    else if (asked && wanted === undefined) {
      wanted = asked;
      groups.push((asked === 'yellow' ? OPEN : RUNNING).map(terms.state));
      if (asked === 'yellow') groups.push([terms.slow]);
    } else return false;
    return true;
  };
  for (const word of partsOf(words).flatMap((part) => apart(part, ctx.today, stars))) {
    if (NOISE.has(word) || narrow(word)) continue;
    for (const [part, units] of await placesIn(ctx, word)) {
      const star = findStar(stars, part);
      const alike = [...units.map(({ id }) => terms.unit(id)), ...(star ? [terms.star(star.id)] : [])];
      const text = new Set(termsOf(part));
      // One character alone is looked for in titles.
      for (const term of text.size > 0 ? text : charactersOf(part)) groups.push([term, ...alike]);
    }
  }
  return { groups, colour: wanted };
}

/** `麦仓镇的自来水、路灯` → 麦仓镇, 自来水, 路灯. */
function partsOf(words: string): string[] {
  return words
    .split(/[\s,，、。；;：:！!？?+＋&]+|(?<=\S\S)的(?=\S\S)/)
    .map((part) => part.replace(/^(?:关于|有关)|的?问题$|的$/g, ''))
    .filter((part) => part !== '');
}

/** `本月自来水` → 本月, 自来水: what narrows may stand before or behind other words without a space. */
function apart(part: string, today: string, stars: readonly Star[]): string[] {
  const narrows = (word: string) =>
    readPeriod(word, today) !== undefined || GLUED.has(word) || stars.some(({ name }) => name === word);
  if (narrows(part)) return [part];
  for (let length = part.length - 1; length >= 2; length -= 1) {
    const [head, behind] = [part.slice(0, length), part.slice(length)];
    if (narrows(head)) return [head, ...apart(behind, today, stars)];
    const [before, tail] = [part.slice(0, -length), part.slice(-length)];
    if (narrows(tail)) return [...apart(before, today, stars), tail];
  }
  return [part];
}

/** The units that a word names, and it; `麦仓镇自来水` is two, the first of which names one. */
async function placesIn({ tx }: Ctx, word: string): Promise<(readonly [string, readonly Unit[]])[]> {
  if (!/\p{Script=Han}.*\p{Script=Han}/u.test(word)) return [[word, []]];
  const whole = await searchUnits(tx, word, ALIKE);
  if (whole.length > 0) return [[word, whole]];
  for (const { index } of word.matchAll(/(?<=..)[村镇乡县区道局委部](?=.)/g)) {
    const place = word.slice(0, index + 1);
    const units = await searchUnits(tx, place, ALIKE);
    if (units.length === 0) continue;
    return [
      [place, units],
      [word.slice(index + 1), []],
    ];
  }
  return [[word, []]];
}
