/** 问题: one issue, or a page of those that this person's unit has to do with; and what waits for this person. */
import { z } from 'zod';
import { inLines, nextPage } from '../../bot/cards/page.ts';
import { type Button, button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay, sayTime } from '../../lib/dates.ts';
import { foldHan } from '../../lib/han.ts';
import { cursor, id } from '../../lib/inputs.ts';
import { readNumber } from '../../lib/recordnumber.ts';
import { shorten } from '../../lib/text.ts';
import type { Query } from '../../store/store.ts';
import { allStars, getUnit, organiser, type Unit, unitName } from '../orgs/index.ts';
import {
  COLOURS,
  climbed,
  colour,
  type Issue,
  isRunning,
  issueEvents,
  issues,
  OPEN,
  RUNNING,
  type SCOPES,
  STATE_NAMES,
  STATES,
  type State,
  type StoredIssue,
} from './model.ts';
import { issuePhotos } from './photos.ts';
import { fromNumber, issueOperation, loadIssue, numbers } from './record.ts';
import { rights } from './rights.ts';
import { MOST_SEARCHED, searchIssues } from './search.ts';

const PAGE = 5;
/** What was done to an issue, the newest first, a page at a time. */
const EVENTS = 10;
/** Most rows of one kind among what waits for a person. */
const WAITING = 20;

type Scope = (typeof SCOPES)[number];
interface Slice {
  readonly title: string;
  readonly scope: Scope | null;
  readonly states: readonly State[];
  readonly overdue?: boolean;
  /** A person instead of a unit. */
  readonly mine?: boolean;
}

/** The words after 问题 that choose a list, as they are shown. */
const FILTERS = ['', '本单位', '超期', '我上报的', ...STATES.map((state) => STATE_NAMES[state])] as const;
type Filter = (typeof FILTERS)[number];
const ALIASES = new Map<string, Filter>(
  Object.entries({
    逾期: '超期',
    红: '超期',
    我的: '我上报的',
    上报: '我上报的',
    全部: '',
    在办: '',
  }),
);

/** By which field a unit looks at the issues in its care. */
export function scopeOf({ kind }: Unit): Scope | null {
  if (kind === 'city') return null;
  if (kind === 'county' || kind === 'township') return kind;
  if (kind === 'lead') return 'supervisor';
  return kind === 'responsible' ? 'owner' : 'branch';
}

function sliceOf(filter: Filter, unit: Unit): Slice {
  const scope = scopeOf(unit);
  switch (filter) {
    case '':
      return { title: '未销号问题', scope, states: OPEN };
    case '本单位':
      return scope === 'branch'
        ? { title: '本支部的问题', scope, states: OPEN }
        : { title: '本单位要办的问题', scope: 'owner', states: RUNNING };
    case '超期':
      return { title: '超期的问题', scope, states: RUNNING, overdue: true };
    case '我上报的':
      return { title: '我上报的问题', scope: 'reporter', states: STATES, mine: true };
    default:
      return {
        title: `${filter}的问题`,
        scope,
        states: STATES.filter((state) => STATE_NAMES[state] === filter),
      };
  }
}

export const list = operation({
  right: rights.list,
  words: ['问题', 'issue', 'issues'],
  help: '看办到哪一步，或者按词找：问题 自来水',
  record: async (ctx, raw) => (raw.issue ? loadIssue(ctx, raw) : null),
  fromText(rest): Raw {
    const read = numbers.read(rest);
    if (read) return { issue: read.number };
    const said = foldHan(rest);
    const filter = ALIASES.get(said) ?? FILTERS.find((f) => f === said);
    if (filter !== undefined) return { filter };
    // A number of another kind is to be refused as one.
    return readNumber(rest) ? { issue: rest } : { words: rest.slice(0, MOST_SEARCHED + 1) };
  },
  input: z.object({
    issue: id().optional(),
    filter: z.enum(FILTERS).catch('').default(''),
    words: z
      .string()
      .max(MOST_SEARCHED + 1)
      .default(''),
    after: cursor,
  }),
  async run(ctx, { filter, words, after }, issue: StoredIssue | null) {
    if (issue) return open(issue);
    if (words !== '') return found(ctx, words, after);
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const slice = sliceOf(filter, unit);
    const page = await pageOf(ctx, slice, after);
    const rows = await Promise.all(page.rows.map((row) => fullRow(row, ctx)));
    const title = slice.title;
    const count = slice.overdue ? undefined : await ctx.tx.table(issues).count(whereOf(slice, ctx.me));
    const sub =
      rows.length === 0
        ? `${noneOf(slice)}有群众关心的事，发送“上报”。`
        : `${count === undefined ? '' : `共${count}件，`}先到期的在前，点一下打开。`;
    const report = rows.length === 0 ? [button(rights.draft, {}, 'positive')] : [];
    const more: Button[] = nextPage(rights.list, page.next && { filter, after: page.next });
    const others = FILTERS.slice(0, 4)
      .filter((f) => f !== filter)
      .map((f) => button(rights.list, { filter: f }, 'default', f || '未销号问题'));
    return {
      text: inLines(`${title}：${sub}`, rows),
      card: listCard(title, sub, rows, [...report, ...more, ...others]),
      mine: true,
    };
  },
});

/** Why a list is empty. */
function noneOf({ mine, states }: Slice): string {
  if (mine) return '您还没有上报过。';
  return states === OPEN || states === RUNNING ? '没有，很好。' : '现在没有。';
}

/** A page of what was found for some words. */
async function found(ctx: Ctx, words: string, after: string | undefined): Promise<Outcome> {
  const { rows, next, byDeadline } = await searchIssues(ctx, words, PAGE, after);
  const title = `“${shorten(words, MOST_SEARCHED)}”的问题`;
  const none =
    next !== undefined
      ? '这一段里没有，可以接着往前找。'
      : after !== undefined
        ? '没有更多了。全部的发送“问题”看。'
        : '没有找到。请少写几个字，或者只写一个村名、镇名、星名、月份，例如：问题 自来水';
  const sub = rows.length > 0 ? `${byDeadline ? '先到期的在前' : '新的在前'}，点一下打开。` : none;
  const cut = words.length > MOST_SEARCHED ? `只按前${MOST_SEARCHED}个字找。` : '';
  const more = next
    ? [button(rights.list, { words, after: next }, 'default', rows.length < PAGE ? '接着找' : '下一页')]
    : [];
  const lines = await Promise.all(rows.map((issue) => fullRow(issue, ctx)));
  return {
    text: inLines(`${title}：${cut}${sub}`, lines),
    card: listCard(title, `${cut}${sub}`, lines, [...more, button(rights.list, {}, 'default', '未销号问题')]),
    mine: true,
  };
}

/** A number typed alone, a row of a list. */
export const show = operation({
  right: rights.show,
  record: loadIssue,
  fromText: fromNumber,
  run: async (_ctx, _input, issue) => open(issue),
});

function open({ id, title, state }: StoredIssue): Outcome {
  return {
    text: `${id} ${title}（${STATE_NAMES[state]}）`,
    card: { subject: { kind: 'issue', id } },
    mine: true,
  };
}

export const history = issueOperation(rights.history, {
  words: ['查看历史', '历史'],
  input: z.object({ after: cursor }),
  async run(ctx, { after }, issue) {
    const page = await ctx.tx.table(issueEvents).find({
      where: { issue: issue.id },
      order: 'at',
      desc: true,
      limit: EVENTS,
      after,
    });
    const lines = page.rows.map(
      (e): RowSpec => ({
        mark: e.what,
        title: e.words,
        sub: `${e.name} · ${e.unitName} · ${sayTime(e.at, ctx.today)}`,
        op: null,
        data: {},
      }),
    );
    const title = `${issue.id} ${issue.title}`;
    const data = { issue: issue.id };
    const older = page.next
      ? [button(rights.history, { ...data, after: page.next }, 'default', '更早的')]
      : [];
    const back = button(rights.show, data, 'default', '回到问题');
    return { text: '', card: listCard(title, '', lines, [...older, back]), mine: true };
  },
});

function whereOf({ scope, states, mine }: Slice, { id, unit }: Actor) {
  return { state: states, ...(scope && { [scope]: mine ? id : unit }) };
}

function pageOf(ctx: Ctx, slice: Slice, after: string | undefined) {
  const query: Query<Issue> = {
    where: whereOf(slice, ctx.me),
    order: 'deadline',
    limit: PAGE,
    ...(slice.overdue && { range: { lt: ctx.today } }),
    after,
  };
  return ctx.tx.table(issues).find(query);
}

function rowOf(issue: StoredIssue, { today, workdays }: World): RowSpec {
  const grave = colour(issue, today, workdays);
  return {
    mark: grave ? `${COLOURS[grave].name} ${STATE_NAMES[issue.state]}` : STATE_NAMES[issue.state],
    tone: grave ? COLOURS[grave].tone : 'default',
    title: issue.title,
    sub: `${issue.id} · ${issue.closedAt ? `${sayTime(issue.closedAt, today)} ${STATE_NAMES[issue.state]}` : `${sayDay(issue.deadline, today)}前`}`,
    op: rights.show,
    data: { issue: issue.id },
  };
}

/** A row with where it is, what it is about, who has it and how long there is, and its first photo. */
async function fullRow(issue: StoredIssue, ctx: Ctx): Promise<RowSpec> {
  const { tx, today, workdays } = ctx;
  const row = rowOf(issue, ctx);
  const star = (await allStars(tx)).find(({ id }) => id === issue.star)?.name ?? '';
  const left = isRunning(issue) ? workdays.between(today, issue.deadline) : 0;
  const days = left > 0 ? `还剩${left}个工作日` : '';
  const about = [await unitName(tx, issue.branch), star, await unitName(tx, issue.owner), days];
  const [photo] = (await issuePhotos(ctx, issue, ctx.me)).photos;
  const sub = [row.sub, ...about].filter(Boolean).join(' · ');
  return { ...row, sub, ...(photo && { photo: photo.url }) };
}

/** What waits for a person: to accept, to resolve, to verify, to grant, and what has climbed to the unit. */
export async function todos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const { tx, today, workdays } = world;
  const rows = tx.table(issues);
  const find = async (where: Query<Issue>['where'], overdue = false) =>
    (
      await rows.find({
        ...(where && { where }),
        order: 'deadline',
        limit: WAITING,
        ...(overdue && { range: { lt: today } }),
      })
    ).rows;
  const { unit } = actor;
  const [all, root, own, pending, active, grants, doubts, verifying] = await Promise.all([
    allStars(tx),
    organiser(tx),
    getUnit(tx, unit),
    find({ owner: unit, state: 'pending' }),
    find({ owner: unit, state: 'active' }),
    find({ grantor: unit }),
    find({ doubt: unit }),
    find({ reporterUnit: unit, state: 'verifying' }),
  ]);
  const stars = new Map(all.map(({ id, name }) => [id, name]));
  const todo = async (issue: StoredIssue, ask: string): Promise<Todo> => {
    const grave = colour(issue, today, workdays);
    const { name, tone } = grave ? COLOURS[grave] : { name: undefined };
    const { id: number, title, deadline: due } = issue;
    const about = [await unitName(tx, issue.branch), stars.get(issue.star) ?? ''];
    return { number, title, ask, about, due, colour: name, tone, op: rights.show, data: { issue: number } };
  };
  const waiting = await Promise.all([
    ...pending.map((issue) => todo(issue, '请受理')),
    ...active.map((issue) => todo(issue, '请办结')),
    ...grants.map((issue) => todo(issue, '请批延期')),
    ...doubts.map((issue) => todo(issue, '请认定是不是反弹')),
  ]);
  for (const issue of verifying) {
    if (await may(rights.verify, issue, world, actor)) waiting.push(await todo(issue, '请核验'));
  }
  const scope = scopeOf(own);
  if (scope !== 'branch' && scope !== 'owner') {
    for (const issue of await find({ state: RUNNING, ...(scope && { [scope]: unit }) }, true)) {
      const reached = issue.owner !== unit && climbed(issue, root.id, today, workdays).includes(unit);
      if (reached) waiting.push(await todo(issue, '超期，请过问'));
    }
  }
  return waiting;
}
