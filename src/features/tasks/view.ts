/** Tasks and check-ins as cards: how far it is, who is missing, what is asked of the one who looks. */

import { photosOf } from '../../bot/cards/album.ts';
import { type Button, button, type Card, note, type Raw, recordCard } from '../../bot/cards/spec.ts';
import type { Concern, View } from '../../bot/feature.ts';
import { judge, may, type Right } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay, sayTime } from '../../lib/dates.ts';
import { issueRights } from '../issues/index.ts';
import { getUnit, type Unit, unitName } from '../orgs/index.ts';
import { type Assignment, isMissing } from './assignment.ts';
import { attachmentsOf, sayAttachments } from './attachments.ts';
import { evidenceOf, linksOf } from './evidence-files.ts';
import {
  CHECKIN_NAMES,
  type Checkin,
  checkinEvents,
  checkins,
  type Said,
  type StoredTask,
  TASK_NAMES,
  tasks,
} from './model.ts';
import { partsOf, sayPart } from './parts.ts';
import { currentPeriod, isPeriodOf, type Period, periodOf, sayPeriod, sayRhythm } from './periods.ts';
import {
  checkinOf,
  isIssuer,
  type Progress,
  progressOf,
  sayAmount,
  sayTask,
  type TaskRound,
} from './record.ts';
import { lacks } from './review-list.ts';
import { rights } from './rights.ts';
import { covers, scopeWithin, walk } from './scope.ts';

/** Up to this many units the missing are looked up by name; this many names are shown. */
const NAMED = 60;
const NAMES = 8;
/** Most parts of the tree whose sums are on the card itself. */
const PARTS = 12;

/** `<task>`, `<task>@<unit>` or `<task>@<unit>@<period>`. */
async function readId({ tx, today, workdays }: World, id: string) {
  const [number = '', part = '', period = ''] = id.split('@');
  const task = await tx.table(tasks).get(number);
  if (!task) return undefined;
  const named = isPeriodOf(task, period, today) ? period : currentPeriod(task, today);
  const round = periodOf(task, named, workdays);
  return { task, round, part: part ? await getUnit(tx, part) : undefined };
}

/** While it runs: whose check-in is missing, and who handed it out. */
export const taskConcern: Concern = async (world, id, actor) => {
  const found = await readId(world, id);
  if (found?.task.state !== 'open') return false;
  const { task, round } = found;
  if (isIssuer(task, actor)) return true;
  const unit = await getUnit(world.tx, actor.unit);
  return (await covers(world.tx, task.scope, unit)) && isMissing(await checkinOf(world.tx, round, unit.id));
};

/** What opens the card with this id. */
export function openTask(id: string): Button {
  const [task, , period] = id.split('@');
  return button(rights.show, { task, ...(period && { period }) });
}

export const taskView: View = async (world, id, viewer) => {
  const found = await readId(world, id);
  if (!found) return note(`没有 ${id.split('@')[0]} 这个任务。`);
  const { task, round, part } = found;
  const seen = await judge(rights.show, { task }, world, viewer);
  if (seen !== true) return note(seen);
  const { tx, today } = world;
  // On a group's card nobody's own is looked at.
  const unit = await getUnit(tx, viewer?.unit ?? task.issuer);
  const mine = viewer !== null && (await covers(tx, task.scope, unit));
  const own = mine ? await checkinOf(tx, round, unit.id) : undefined;
  const progress = await progressOf(tx, task, round, part);
  const single = progress.size === 1 && part !== undefined;
  const missing = await missingNames(world, task, round, progress, part);
  const attached = await attachmentsOf(tx, task);
  const late = today > round.due;
  const done = progress.size > 0 && progress.in >= progress.size;
  const far = done ? '已报齐' : late ? '已到期' : TASK_NAMES.open;
  return recordCard({
    number: task.id,
    title: sayTask(task, round.period),
    state: task.state === 'open' ? far : TASK_NAMES[task.state],
    ...(task.state === 'open' && done && { style: 'good' }),
    marks: single ? [] : [`已报 ${progress.in}/${progress.size}`],
    ask: askOf(world, task, round, {
      mine,
      own,
      issuer: viewer !== null && isIssuer(task, viewer),
      progress,
    }),
    facts: [
      ['本单位', mine && own ? sayOwn(world, task, own) : mine ? '还没报' : ''],
      ['要求', task.standard],
      ['说明', task.details],
      ['附件', sayAttachments(attached)],
      ['期限', `${sayDay(round.due, today)}前${task.rhythm === 'once' ? '' : `（${sayRhythm(task)}）`}`],
      ['未报', missing],
      ['进展', single ? '' : sayProgress(task, progress)],
      ...(await sumsOfParts(world, task, round, part)),
      ['佐证', task.evidence],
      ['下达', `${await unitName(tx, task.issuer)} ${sayTime(task.handedAt, today)}`],
      ['来自', task.decision ? `会商决定 ${task.decision}` : ''],
    ],
    buttons: await buttonsOf(world, { task, round, unit, checkin: own }, part, viewer, {
      attached: attached.length > 0,
      waiting: progress.in > progress.passed,
      done,
    }),
  });
};

function askOf(
  { today }: World,
  task: StoredTask,
  round: Period,
  {
    mine,
    own,
    issuer,
    progress,
  }: { mine: boolean; own: Checkin | undefined; issuer: boolean; progress: Progress },
): string {
  const by = `${sayDay(round.due, today)}前`;
  if (task.state !== 'open') return `任务${TASK_NAMES[task.state]}，谢谢大家。`;
  if (mine && own?.state === 'returned') return `退回了：${own.reason}。请您再报一次。`;
  if (mine && !own) return sayAsk(round, today);
  const waiting = progress.in - progress.passed;
  if (issuer && waiting > 0) return `${waiting}份等您审核，点“审核”。`;
  if (mine && own) return own.state === 'passed' ? '已通过，谢谢。' : '已报，等审核。审核前可以改。';
  const left = progress.size - progress.in;
  return left === 0 ? '都报齐了。' : `${today > round.due ? '已到期' : by}，还差${left}个单位。`;
}

const sayAsk = ({ due }: Period, today: string) =>
  today > due ? '已经超期，请您尽快报进展。' : `请您在${sayDay(due, today)}前报进展。`;

function sayOwn({ today }: World, task: StoredTask, own: Checkin): string {
  const late = own.late ? '，超期' : '';
  return `${CHECKIN_NAMES[own.state]}：${sayAmount(task, own)}${late}（${own.name} ${sayTime(own.at, today)}）`;
}

function sayProgress(task: StoredTask, { in: came, passed, late, returned, amount }: Progress): string {
  const parts = [
    task.measure && came > 0 ? `合计${amount}${task.measure}` : '',
    passed > 0 ? `通过${passed}` : '',
    came > passed ? `待审核${came - passed}` : '',
    late > 0 ? `超期${late}` : '',
    returned > 0 ? `退回${returned}` : '',
  ];
  return parts.filter(Boolean).join('，');
}

async function sumsOfParts(world: World, task: StoredTask, round: Period, part: Unit | undefined) {
  const parts = await partsOf(world, task, round, part);
  const groups = parts.flatMap((one) =>
    one.leaf ? [] : [[shortName(one.unit), sayPart(task, one)] as const],
  );
  return groups.length > PARTS ? [] : groups;
}

/** How people call the place, where the column is narrow. */
function shortName({ name }: Unit): string {
  return name.replace(/(?<=.)党(?:支部|总支|委|工委)$/, '');
}

/** Who is missing, by name while they are few. */
async function missingNames(
  world: World,
  task: StoredTask,
  round: Period,
  progress: Progress,
  part: Unit | undefined,
): Promise<string> {
  const left = progress.size - progress.in;
  if (left <= 0 || progress.size > NAMED || (progress.size === 1 && part)) return '';
  const scope = part ? await scopeWithin(world.tx, task.scope, part) : task.scope;
  const names: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await walk(world, scope, after);
    for (const unit of page.families.flatMap(({ units }) => units))
      if (names.length < NAMES && isMissing(await checkinOf(world.tx, round, unit.id)))
        names.push(shortName(unit));
    if (!page.next || names.length >= NAMES) break;
    after = page.next;
  }
  return names.join('、') + (left > names.length ? ` 等${left}个` : '');
}

async function buttonsOf(
  world: World,
  assignment: Assignment,
  part: Unit | undefined,
  viewer: Actor | null,
  { attached, waiting, done }: { attached: boolean; waiting: boolean; done: boolean },
): Promise<readonly Button[]> {
  const { task, round, checkin: own } = assignment;
  const data = { task: task.id, period: round.period };
  // What the issuer does stands on no group's card.
  const can = async (right: Right<TaskRound>) =>
    viewer !== null && (await may(right, { task, round }, world, viewer));
  const checkin = await may(rights.checkin, { kind: 'form', assignment }, world, viewer);
  const undo = own && (await may(rights.undo, { ...assignment, checkin: own }, world, viewer));
  return [
    ...(checkin ? [button(rights.checkin, data, isMissing(own) ? 'positive' : 'default')] : []),
    ...(undo ? [button(rights.undo, { ...data, version: own.version })] : []),
    ...(waiting && (await can(rights.review))
      ? [button(rights.review, data, checkin ? 'default' : 'positive')]
      : []),
    ...(!done && (await can(rights.nudge)) ? [button(rights.nudge, data)] : []),
    button(rights.detail, { ...data, ...(part && { at: part.id }) }),
    ...((await can(rights.end)) ? [button(rights.end, data, 'destructive')] : []),
    ...(attached
      ? [button(rights.attachments, { task: task.id })]
      : (await can(rights.attach))
        ? [button(rights.attach, { task: task.id })]
        : []),
    ...(viewer && isIssuer(task, viewer)
      ? [button(rights.assign, { copy: task.id }, 'default', '再下达一次')]
      : []),
  ];
}

/** What is asked of the one who looks at a check-in, in words for this reader. */
async function askOfCheckin(
  { tx }: World,
  task: StoredTask,
  { unit, state, reason }: Checkin,
  viewer: Actor | null,
): Promise<string> {
  const own = viewer?.unit === unit;
  if (state === 'returned')
    return own
      ? `退回了：${reason}。请您再报一次。`
      : `已退回：${reason}。等${await unitName(tx, unit)}再报。`;
  if (state === 'passed') return own ? '已通过，谢谢。' : '';
  if (task.state !== 'open') return '';
  if (own) return '已报进展。审核前可以改，说错了点“撤销”。';
  return viewer && isIssuer(task, viewer)
    ? '请您审核：通过，或者退回。'
    : `等${await unitName(tx, task.issuer)}审核。`;
}

/** 恢复: says again what the last press took back, as long as nothing was said since. */
function restoreOf(data: Raw, last: { readonly undone?: Said } | undefined): Button[] {
  if (!last?.undone) return [];
  const { amount, percent, words, difficulty } = last.undone;
  const done = amount === null && percent === null ? 'yes' : undefined;
  const said = { amount: amount ?? '', percent: percent ?? '', words, difficulty, ...(done && { done }) };
  return [button(rights.submit, { ...data, ...said }, 'default', '恢复')];
}

/** Whoever has to say it (again), or to review it. */
export const checkinConcern: Concern = async ({ tx }, id, actor) => {
  const [number = '', , unit = ''] = id.split('|');
  const task = await tx.table(tasks).get(number);
  if (task?.state !== 'open') return false;
  const known = await tx.table(checkins).get(id);
  if (isMissing(known)) return actor.unit === unit;
  return known?.state === 'in' && isIssuer(task, actor);
};

/** A check-in `<task>|<period>|<unit>`: what was said, by whom, and how it stands. */
export const checkinView: View = async (world, id, viewer): Promise<Card> => {
  const { tx, today, workdays } = world;
  const [number = '', period = '', unitId = ''] = id.split('|');
  const task = await tx.table(tasks).get(number);
  if (!task) return note(`没有 ${number} 这个任务。`);
  const seen = await judge(rights.show, { task }, world, viewer);
  if (seen !== true) return note(seen);
  const known = await tx.table(checkins).get(id);
  const unit = await getUnit(tx, unitId);
  const round = periodOf(task, period, workdays);
  const own = viewer?.unit === unit.id;
  const data = { task: number, period };
  const title = `${unit.name} ${task.title}`;
  const assignment = { task, round, unit, checkin: known };
  const added = await evidenceOf(tx, { id });
  const sees = viewer === null || (await may(rights.proofs, { ...assignment, files: added }, world, viewer));
  const look = added.length > 0 && sees ? [button(rights.proofs, { checkin: id })] : [];
  const photos = sees ? photosOf(world, added, viewer) : [];
  // What is seen at once needs no button.
  const others = added.filter((file) => !photos.some((photo) => photo.file === file.id));
  const links = viewer && sees ? linksOf(world, others, viewer) : [];
  const proof =
    added.length > 0 ? `${added.length}个` : task.evidence && own ? `请发照片或文件：${task.evidence}` : '';
  const events = await tx
    .table(checkinEvents)
    .find({ where: { checkin: id }, order: 'at', desc: true, limit: 4 });
  const writes = own && (await may(rights.checkin, { kind: 'form', assignment }, world, viewer));
  const restore = writes ? restoreOf(data, events.rows[0]) : [];
  if (!known) {
    return recordCard({
      number,
      title,
      state: '未报',
      ask: own ? sayAsk(round, today) : '',
      facts: [
        ['期限', `${sayDay(round.due, today)}前`],
        ['佐证', proof],
      ],
      photos,
      links,
      buttons: [
        ...(writes ? [button(rights.checkin, data, 'positive')] : []),
        ...restore,
        ...look,
        button(rights.show, data, 'default', '看任务'),
      ],
    });
  }
  const history = events.rows.map(({ at, name, what, words }) =>
    `${sayTime(at, today)} ${name} ${what} ${words}`.trim(),
  );
  // Whoever reviews has others waiting after this one.
  const where = { round: round.id, state: 'in' as const };
  const reviews = await may(rights.review, { task, round }, world, viewer);
  const waiting = reviews ? (await tx.table(checkins).find({ where, order: 'at', limit: 2 })).rows : [];
  const more = waiting.some((one) => one.id !== id);
  const record = { checkin: id };
  const submitted = { ...assignment, checkin: known };
  const undo = (own || viewer === null) && (await may(rights.undo, submitted, world, viewer));
  return recordCard({
    number: sayPeriod(period) ? `${number} · ${sayPeriod(period)}` : number,
    title,
    state: CHECKIN_NAMES[known.state],
    ...(known.state === 'passed' && { style: 'good' }),
    marks: known.late ? ['超期'] : [],
    lacks: viewer && sees && known.state === 'in' && lacks(task, added) ? ['缺佐证'] : [],
    ask: await askOfCheckin(world, task, known, viewer),
    facts: [
      ['完成', sayAmount(task, known)],
      ['情况', known.words],
      ['困难', known.difficulty],
      ['佐证', proof],
      ['问题', known.issue ?? ''],
      ['报进展', `${known.name} ${sayTime(known.at, today)}`],
      ['经过', history.length > 1 ? history.join('\n') : ''],
    ],
    buttons: [
      ...((await may(rights.pass, submitted, world, viewer))
        ? [
            ...(more ? [button(rights.passOn, record, 'positive')] : []),
            button(rights.pass, record, more ? 'default' : 'positive'),
            button(rights.return, record),
          ]
        : []),
      ...look,
      ...((await may(rights.raise, submitted, world, viewer)) ? [button(rights.raise, record)] : []),
      ...(writes
        ? [
            button(rights.checkin, data, 'default', known.state === 'returned' ? '报进展' : '修改'),
            ...restore,
          ]
        : []),
      ...(undo ? [button(rights.undo, { ...data, version: known.version })] : []),
      ...(known.issue ? [button(issueRights.show, { issue: known.issue }, 'default', '看问题')] : []),
      ...(viewer && more ? [button(rights.review, data, 'default', '回到审核')] : []),
    ],
    photos,
    links,
  });
};
