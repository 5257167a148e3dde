/** An issue as a card: what it is, where it stands, what is asked of the one who looks, and that person's buttons. */

import {
  type Button,
  type ButtonStyle,
  button,
  MOST_BUTTONS,
  note,
  recordCard,
} from '../../bot/cards/spec.ts';
import type { Concern, View } from '../../bot/feature.ts';
import { judge, may, type Right } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay, sayTime } from '../../lib/dates.ts';
import { actorOf } from '../members/index.ts';
import { allStars, organiser, unitName } from '../orgs/index.ts';
import {
  COLOURS,
  type Colour,
  climbed,
  colour,
  type Issue,
  isRunning,
  isSuspected,
  issueEvents,
  issues,
  overdueBy,
  STATE_NAMES,
} from './model.ts';
import { issuePhotos } from './photos.ts';
import { rights } from './rights.ts';
import { titleOfReturn } from './verify.ts';

/** Buttons in the order of how likely they are wanted; a card shows the first five that apply. */
const BUTTONS: readonly (readonly [Right<Issue>, ButtonStyle])[] = [
  [rights.grant, 'positive'],
  [rights.deny, 'default'],
  [rights.accept, 'positive'],
  [rights.resolve, 'positive'],
  // Neither verdict stands out: it is the residents'.
  [rights.satisfied, 'default'],
  [rights.verify, 'positive'],
  [rights.return, 'default'],
  [rights.recurs, 'default'],
  [rights.single, 'default'],
  [rights.recall, 'default'],
  [rights.transfer, 'default'],
  [rights.escalate, 'default'],
  [rights.withdraw, 'destructive'],
  [rights.extend, 'default'],
  [rights.supplement, 'default'],
];

/** Whoever may take a step; to add something is open to all who may know, and asked of nobody. */
export const issueConcern: Concern = async (world, id, actor) => {
  const issue = await world.tx.table(issues).get(id);
  if (!issue) return false;
  for (const [act] of BUTTONS)
    if (act !== rights.supplement && (await may(act, issue, world, actor))) return true;
  return false;
};

/** The names that a card about an issue needs. */
async function namesOf({ tx }: Pick<World, 'tx'>, issue: Issue): Promise<(unit: string) => string> {
  const ids = [issue.owner, issue.supervisor, issue.reporterUnit, issue.branch];
  const names = new Map<string, string>();
  for (const id of ids) if (!names.has(id)) names.set(id, await unitName(tx, id));
  return (unit) => names.get(unit) ?? unit;
}

type Acts = ReadonlySet<Right<Issue>>;

/** What the viewer may do now; on a group's card, what somebody may. */
async function actsOf(world: World, issue: Issue, viewer: Actor | null): Promise<Acts> {
  const acts = new Set<Right<Issue>>();
  for (const [act] of BUTTONS) if (await may(act, issue, world, viewer)) acts.add(act);
  return acts;
}

export const issueView: View = async (world, id, viewer) => {
  const issue = await world.tx.table(issues).get(id);
  if (!issue) return note(`没有 ${id} 这个问题。`);
  const seen = await judge(rights.show, issue, world, viewer);
  if (seen !== true) return note(seen);
  const [root, acts, name, { count, photos }] = await Promise.all([
    organiser(world.tx),
    actsOf(world, issue, viewer),
    namesOf(world, issue),
    issuePhotos(world, issue, viewer),
  ]);
  const grave = colour(issue, world.today, world.workdays);
  const late = isRunning(issue) && overdueBy(issue, world.today, world.workdays) > 0;
  const reached = viewer ? climbed(issue, root.id, world.today, world.workdays).includes(viewer.unit) : false;
  const ask = askOf(world.today, issue, viewer ? acts : new Set(), name, { late, reached });
  const [marks, facts] = await Promise.all([marksOf(world, issue, root.id), factsOf(world, issue, name)]);
  return recordCard({
    number: issue.id,
    title: issue.title,
    state: STATE_NAMES[issue.state],
    ...(issue.state === 'closed' && { style: 'good' }),
    badge: grave ? { text: badgeOf(world, issue, grave), tone: COLOURS[grave].tone } : undefined,
    marks,
    ask,
    facts: [...facts, ['照片', count > photos.length ? `${count}张` : '']],
    photos,
    buttons: [
      ...buttonsOf(issue, acts).slice(0, MOST_BUTTONS - 1),
      button(rights.history, { issue: issue.id }),
    ],
  });
};

/** The colour, why it has it, and how many working days are left. */
function badgeOf({ today, workdays }: World, issue: Issue, grave: Colour): string {
  const late = overdueBy(issue, today, workdays);
  const name = COLOURS[grave].name;
  if (grave === 'red') return `${name} ${late > 0 ? `超期${late}个工作日` : '超期'}`;
  const why = grave === 'blue' ? '快到期' : issue.returned > 0 ? '曾退回' : '延过期';
  const left = workdays.between(today, issue.deadline);
  const days = !isRunning(issue) ? '' : left > 0 ? `还剩${left}个工作日` : '今天到期';
  return `${name} ${[why, days].filter(Boolean).join('，')}`;
}

async function marksOf(world: World, issue: Issue, root: string) {
  const marks: string[] = [];
  const up = climbed(issue, root, world.today, world.workdays).at(-1);
  if (up) marks.push(`已升级到${await unitName(world.tx, up)}`);
  if (issue.urgency === '紧急') marks.push('紧急');
  if (issue.recurs || isSuspected(issue))
    marks.push(`${issue.recurs ? '' : '疑似'}反弹（${issue.recurrenceOf}）`);
  return marks;
}

/** What is asked, of the viewer if it is the viewer's turn, else of whom. */
function askOf(
  today: string,
  issue: Issue,
  mine: Acts,
  name: (unit: string) => string,
  { late, reached }: { late: boolean; reached: boolean },
): string {
  const by = sayDay(issue.deadline, today);
  if (mine.has(rights.grant)) return '请您批一下延期申请。';
  if (mine.has(rights.recurs)) return `请您认定：是不是 ${issue.recurrenceOf} 反弹。`;
  const look = reached ? '已经超期，请您过问，有话点“补充情况”。' : '';
  switch (issue.state) {
    case 'pending':
      if (mine.has(rights.accept)) return late ? '已经超期，请您尽快受理。' : '请您受理。';
      return `等${name(issue.owner)}受理。${look}`;
    case 'active':
      if (mine.has(rights.resolve)) return late ? '已经超期，请您尽快办结。' : `请您在${by}前办结。`;
      return `${name(issue.owner)}正在办理。${look}`;
    case 'verifying':
      return mine.has(rights.verify) ? '请您看看办得怎么样。' : `等${name(issue.reporterUnit)}核验。`;
    case 'closed':
      return '已经解决，谢谢大家。';
    case 'withdrawn':
      return '上报的同志已经撤回。';
  }
}

async function factsOf({ tx, today }: World, issue: Issue, name: (unit: string) => string) {
  const [stars, reporter, { rows }] = await Promise.all([
    allStars(tx),
    actorOf(tx, issue.reporter),
    tx.table(issueEvents).find({ where: { issue: issue.id }, order: 'at', desc: true, limit: 1 }),
  ]);
  const star = stars.find(({ id }) => id === issue.star);
  const [last] = rows;
  const facts: [string, string][] = [
    ['详情', issue.details],
    ['办理结果', issue.result],
    ['佐证', issue.evidence],
    ['群众评价', issue.verdict ?? ''],
    [
      '延期申请',
      issue.extension ? `延到${sayDay(issue.extension.to, today)}，${issue.extension.reason}` : '',
    ],
    ['最近', last?.words && last.words !== issue.result ? eventLine(last, today) : ''],
    ['支部', `${name(issue.branch)} · ${star?.name ?? issue.star} · ${issue.aspect}`],
    [
      '上报',
      `${reporter?.name ?? name(issue.reporterUnit)} ${sayTime(issue.reportedAt, today)}，${issue.source}`,
    ],
    ['来自', issue.origin ?? ''],
    ['责任单位', name(issue.owner)],
    ['督办单位', name(issue.supervisor)],
    ['期限', `${sayDay(issue.deadline, today)}前`],
  ];
  return facts;
}

/** One line of the history. */
export function eventLine(
  event: { at: string; name: string; what: string; words: string },
  today: string,
): string {
  return `${sayTime(event.at, today)} ${event.name} ${event.what}${event.words ? `：${event.words}` : ''}`;
}

function buttonsOf(issue: Issue, acts: Acts): readonly Button[] {
  // Residents are satisfied or not; others verify.
  const offered = BUTTONS.filter(
    ([act]) => acts.has(act) && !(act === rights.verify && acts.has(rights.satisfied)),
  );
  return offered.map(([act, style]) =>
    button(act, { issue: issue.id }, style, act === rights.return ? titleOfReturn(issue) : act.title),
  );
}
