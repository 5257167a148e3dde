/** 问题: one issue, or a page of those that this person's unit has to do with; and what waits for this person. */
import { z } from 'zod';
import { type Button, button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay, sayTime } from '../../lib/dates.ts';
import { cursor, id } from '../../lib/inputs.ts';
import type { Query } from '../../store/store.ts';
import { getUnit, organiser, type Unit } from '../orgs/index.ts';
import {
  COLOURS,
  climbed,
  colour,
  events,
  type Issue,
  issues,
  type SCOPES,
  STATE_NAMES,
  STATES,
  type State,
  type StoredIssue,
} from './model.ts';
import { issuePhotos } from './photos.ts';
import { fromNumber, issueOperation, loadIssue, numbers } from './record.ts';
import { rights } from './rights.ts';

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

const RUNNING: readonly State[] = ['pending', 'active'];
const OPEN: readonly State[] = ['pending', 'active', 'verifying'];
/** The words after 问题 that choose a list, as they are shown. */
const FILTERS = ['', '本单位', '超期', '我上报的', ...STATES.map((state) => STATE_NAMES[state])] as const;
type Filter = (typeof FILTERS)[number];
const ALIASES: Readonly<Record<string, Filter>> = {
  逾期: '超期',
  红: '超期',
  我的: '我上报的',
  上报: '我上报的',
  全部: '',
  在办: '',
};

/** By which field a unit looks at the issues in its care. */
function scopeOf({ kind }: Unit): Scope | null {
  if (kind === 'city') return null;
  if (kind === 'county' || kind === 'township') return kind;
  if (kind === 'lead') return 'supervisor';
  return kind === 'responsible' ? 'owner' : 'branch';
}

function sliceOf(filter: Filter, unit: Unit): Slice {
  const scope = scopeOf(unit);
  switch (filter) {
    case '':
      return { title: '没销号的问题', scope, states: OPEN };
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
  help: '看问题：编号、超期、本单位',
  record: async (ctx, raw) => (raw.issue ? loadIssue(ctx, raw) : null),
  fromText(rest): Raw {
    const read = numbers.read(rest);
    if (read) return { issue: read.number };
    const filter = ALIASES[rest] ?? FILTERS.find((f) => f === rest);
    return filter === undefined ? { issue: rest } : { filter };
  },
  input: z.object({
    issue: id().optional(),
    filter: z.enum(FILTERS).catch('').default(''),
    after: cursor,
  }),
  async run(ctx, { filter, after }, issue: StoredIssue | null) {
    if (issue) return open(issue);
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const slice = sliceOf(filter, unit);
    const page = await pageOf(ctx, slice, after);
    const rows = await Promise.all(page.rows.map((row) => picturedRow(row, ctx)));
    const title = slice.title;
    const count = slice.overdue ? undefined : await ctx.tx.table(issues).count(whereOf(slice, ctx.me));
    const sub =
      rows.length === 0
        ? '没有，很好。'
        : `${count === undefined ? '' : `共${count}件，`}先到期的在前，点一下打开。`;
    const more: Button[] = page.next
      ? [button(rights.list, { filter, after: page.next }, 'default', '下一页')]
      : [];
    const others = FILTERS.slice(0, 4)
      .filter((f) => f !== filter)
      .map((f) => button(rights.list, { filter: f }, 'default', f || '没销号的'));
    const lines = rows.map((row) => `${row.mark} ${row.title}（${row.sub}）`);
    return {
      text: [`${title}：${sub}`, ...lines].join('\n'),
      card: listCard(title, sub, rows, [...more, ...others]),
      mine: true,
    };
  },
});

/** A number typed alone, a row of a list. */
export const show = operation({
  right: rights.show,
  record: loadIssue,
  fromText: fromNumber,
  input: z.object({}),
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
    const page = await ctx.tx.table(events).find({
      where: { issue: issue.id },
      order: 'at',
      desc: true,
      limit: EVENTS,
      ...(after && { after }),
    });
    const lines = page.rows.map(
      (e): RowSpec => ({
        mark: e.what,
        title: e.words,
        sub: `${e.name} · ${e.unitName} · ${sayTime(e.at, ctx.today)}`,
        tone: 'default',
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
    ...(after && { after }),
  };
  return ctx.tx.table(issues).find(query);
}

function rowOf(issue: StoredIssue, { today, workdays }: World): RowSpec {
  const grave = colour(issue, today, workdays);
  return {
    mark: grave ? `${COLOURS[grave].name} ${STATE_NAMES[issue.state]}` : STATE_NAMES[issue.state],
    tone: grave ? COLOURS[grave].tone : 'default',
    title: issue.title,
    sub: `${issue.id} · ${issue.closedAt ? `${sayTime(issue.closedAt, today)} ${STATE_NAMES[issue.state]}` : `${sayDay(issue.deadline, today)}到期`}`,
    op: rights.show,
    data: { issue: issue.id },
  };
}

/** A row with the first photo of its issue. */
async function picturedRow(issue: StoredIssue, ctx: Ctx): Promise<RowSpec> {
  const [photo] = (await issuePhotos(ctx, issue, ctx.me)).photos;
  return { ...rowOf(issue, ctx), ...(photo && { photo: photo.url }) };
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
  const todo = (issue: StoredIssue, ask: string): Todo => {
    const grave = colour(issue, today, workdays);
    const tone = grave ? COLOURS[grave].tone : 'default';
    const { id: number, title, deadline: due } = issue;
    return { number, title, ask, due, tone, op: rights.show, data: { issue: number } };
  };
  const waiting = [
    ...(await find({ owner: actor.unit, state: 'pending' })).map((issue) => todo(issue, '请受理')),
    ...(await find({ owner: actor.unit, state: 'active' })).map((issue) => todo(issue, '请办结')),
    ...(await find({ grantor: actor.unit })).map((issue) => todo(issue, '请批延期')),
  ];
  for (const issue of await find({ reporterUnit: actor.unit, state: 'verifying' })) {
    if (await may(rights.verify, issue, world, actor)) waiting.push(todo(issue, '请核验'));
  }
  const root = (await organiser(tx)).id;
  const scope = scopeOf(await getUnit(tx, actor.unit));
  if (scope !== 'branch' && scope !== 'owner') {
    for (const issue of await find({ state: RUNNING, ...(scope && { [scope]: actor.unit }) }, true)) {
      const reached =
        issue.owner !== actor.unit && climbed(issue, root, today, workdays).includes(actor.unit);
      if (reached) waiting.push(todo(issue, '超期，请过问'));
    }
  }
  return waiting;
}
