/** 报进展: by one line, by the form, from a list; changed until it is reviewed. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { showForm } from '../../bot/cards/forms.ts';
import { inLines } from '../../bot/cards/page.ts';
import {
  buildForm,
  button,
  type Field,
  type FieldError,
  listCard,
  type Raw,
  type RowSpec,
} from '../../bot/cards/spec.ts';
import { fieldsBehind } from '../../bot/cards/typed.ts';
import { type Ctx, type Operation, type Outcome, operation, type Preview } from '../../bot/operation.ts';
import type { Call } from '../../bot/turn/router.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { foldWidth } from '../../lib/numerals.ts';
import { getUnit } from '../orgs/index.ts';
import { readAmount } from './amounts.ts';
import {
  type Assignment,
  assignmentsOf,
  type CheckinTarget,
  isMissing,
  loadAssignment,
} from './assignment.ts';
import { type Reading, readCheckin } from './checkin-line.ts';
import { whyFarMore, whyUnclear } from './doubts.ts';
import { addEvidence } from './evidence-files.ts';
import { matchTasks } from './match.ts';
import { CHECKIN_NAMES, type Checkin, type Said } from './model.ts';
import {
  checkinCard,
  keepEvent,
  newCheckin,
  numberAndWords,
  putCheckin,
  refreshCards,
  sayAmount,
  sayDue,
  sayTask,
} from './record.ts';
import { rights } from './rights.ts';
import { isOpenNow, readable, targetOf } from './target.ts';
import { checkFields, checkinFields, FIELD_WORDS } from './typed.ts';

/** More than a form takes, so that it can be shortened there. */
const MOST_TYPED = 1000;
/** Most rows on one card. */
const ROWS = 10;

/**
 * The check-in that a sentence is, said without the command: an amount and an open task (今天走访了12户).
 * `sure` is false where it names a task and an amount, and either could be meant otherwise.
 */
export async function checkinIn(
  ctx: Ctx,
  line: string,
): Promise<{ readonly call: Call; readonly sure: boolean } | undefined> {
  if (line.length > MOST_TYPED) return undefined;
  const assignments = await assignmentsOf(ctx, await getUnit(ctx.tx, ctx.me.unit));
  const open = assignments.filter((one) => isOpenNow(ctx, one)).map(readable);
  const reading = readCheckin(line, open);
  if (reading.kind === 'unread') return undefined;
  const call = { op: checkin, raw: { line } };
  const amount = reading.amount !== undefined || reading.percent !== undefined;
  // 已完成 alone may be said of anything.
  if (reading.kind === 'sure') return amount ? { call, sure: true } : undefined;
  // 今天走访了12户，宣讲了2场: each of the tasks that it names has its amount.
  const each =
    reading.tasks.length > 1 &&
    open
      .filter(({ id }) => reading.tasks.includes(id))
      .every(({ measure }) => measure !== null && readAmount(foldWidth(line), measure).measured);
  return (amount || reading.doubt || each) && matchTasks(foldWidth(line), open).length > 0
    ? { call, sure: false }
    : undefined;
}

const typed = z.string().max(MOST_TYPED, '写得有点长，请点“报进展”在表里填').optional();

function lineOf(rest: string): Raw {
  const { task, words } = numberAndWords(rest);
  return { ...(task && { task }), ...(words && { line: words }) };
}

/** What was said goes straight to `submit` where it is clear; else it is asked which task, and how much. */
export const checkin = operation<CheckinTarget, { line?: string | undefined; words?: string | undefined }>({
  right: rights.checkin,
  words: ['报进展', '打卡', 'checkin', '报进度'],
  example: '入户走访 35户',
  help: '任务做了多少：报进展 入户走访 35户',
  glued: 'any',
  fromText: lineOf,
  async open(ctx, raw) {
    // So say the forms and rows that the version before handed out.
    if (raw.filled === 'yes') return { op: submit, raw };
    const target = typeof raw.line === 'string' ? await targetOf(ctx, raw) : undefined;
    const typed = target && 'assignment' in target && labelled(ctx, target.assignment, String(raw.line));
    if (typed) return { op: submit, raw: typed };
    if (target?.kind !== 'sure') return undefined;
    const { task, round } = target.assignment;
    return { op: submit, raw: { task: task.id, period: round.period, ...target.fields } };
  },
  async record(ctx, raw) {
    const target = await targetOf(ctx, raw);
    return target.kind === 'sure' ? { kind: 'form', assignment: target.assignment } : target;
  },
  input: z.object({ line: typed, words: typed }),
  async run(ctx, fields, target) {
    if (target.kind === 'list') return list(ctx, target.assignments);
    if (target.kind === 'choose') return choose(ctx, target.assignments, target.reading, fields.line ?? '');
    const words = fields.line ?? fields.words;
    const why = fields.line === undefined ? '' : whyUnclear(fields.line, target.assignment.task);
    const unclear = target.unclear ?? (why && fields.line);
    const message = `没看准“${unclear?.slice(0, 40)}”完成了多少${why && `：${why}`}，请在表里写准`;
    const form = checkinForm(
      ctx,
      target.assignment,
      { ...(words && { words }) },
      unclear ? [{ field: 'line', message }] : [],
    );
    return showForm(ctx, rights.submit, form, undefined);
  },
});

/** The form sent in, or a line that said the same. */
type FilledIn = Extract<CheckinTarget, { kind: 'form' }>;
export const submit: Operation<FilledIn, z.infer<typeof checkinFields>> = operation({
  right: rights.submit,
  takesPhotos: true,
  words: ['提交进展', '提交打卡'],
  fromText: lineOf,
  open: async (_ctx, raw) => (raw.task && raw.line === undefined ? undefined : { op: checkin, raw }),
  record: async (ctx, raw) => ({ kind: 'form', assignment: await loadAssignment(ctx, raw) }),
  input: checkinFields,
  refine: async (_ctx, fields, { assignment }) => checkFields(assignment.task, fields).errors,
  form: async (ctx, { assignment }, values, errors) => checkinForm(ctx, assignment, values, errors),
  async preview(_ctx, fields, { assignment: { task } }): Promise<Preview | undefined> {
    const why = whyFarMore(task, checkFields(task, fields).said?.amount ?? null);
    if (!why) return undefined;
    const text = `${why}没写错请点“没写错，提交”，写错了点“再改改”。`;
    return { title: '请核对数量', text, confirm: '没写错，提交' };
  },
  async run(ctx, fields, { assignment }) {
    const { said } = checkFields(assignment.task, fields);
    if (!said) throw new AppError('invalid', '请填好再提交。');
    await addEvidence(ctx, assignment, fields.files);
    return save(ctx, assignment, said);
  },
});

function checkinForm(ctx: Ctx, assignment: Assignment, values: Raw, errors: readonly FieldError[]) {
  const { task, round, checkin: known, unit } = assignment;
  const text = (n: number | null | undefined) => (n === null || n === undefined ? '' : String(n));
  const amount: Field = field.text('amount', `完成了多少${task.measure ?? ''}`, 20, {
    required: true,
    hint: task.target === null ? '写数字' : `要求${task.standard}`,
    value: text(known?.amount),
  });
  const percent: Field = field.text('percent', '完成百分之几', 5, {
    hint: '可不填：不填就是已完成',
    value: text(known?.percent),
  });
  const rest: Field[] = [
    field.lines('words', '情况', 600, { hint: '可不填：怎么做的', value: known?.words }),
    field.lines('difficulty', '困难', 500, {
      hint: '可不填：要上级帮什么，可以转为问题',
      value: known?.difficulty,
    }),
  ];
  const late = ctx.today > round.due ? '，已经超期，还可以报' : '';
  const back = known?.state === 'returned' ? `退回原因：${known.reason}。` : '';
  const proof = task.evidence ? `要佐证：${task.evidence}。` : '';
  return buildForm(
    {
      title: `报进展：${sayTask(task, round.period)}`,
      intro: `${unit.name}，${sayDue(round, ctx)}${late}。${back}${proof}`,
      fields: [task.measure ? amount : percent, ...rest],
      submit: { title: '提交进展', op: rights.submit, data: { task: task.id, period: round.period } },
      album: '照片',
    },
    Object.fromEntries(Object.entries(values).map(([k, v]) => [k, typeof v === 'number' ? String(v) : v])),
    errors,
  );
}

/** What lines say that bear the labels of the form. */
function labelled(ctx: Ctx, assignment: Assignment, lines: string): Raw | undefined {
  if (!lines.includes('\n')) return undefined;
  const form = checkinForm(ctx, assignment, {}, []);
  const fields = fieldsBehind(form, lines, FIELD_WORDS, {});
  return fields && { ...form.submit.data, ...fields };
}

export function rowOf(ctx: Ctx, { task, round, checkin: known }: Assignment, data: Raw = {}): RowSpec {
  const late = ctx.today > round.due && isMissing(known);
  return {
    mark: known ? CHECKIN_NAMES[known.state] : late ? '超期' : '请报进展',
    title: sayTask(task, round.period),
    sub: `${task.id} · ${sayDay(round.due, ctx.today)}前${known ? ` · ${sayAmount(task, known)}` : ''}`,
    op: rights.checkin,
    data: { task: task.id, period: round.period, ...data },
  };
}

function list(ctx: Ctx, assignments: readonly Assignment[]): Outcome {
  const open = assignments.filter(({ checkin: known }) => known?.state !== 'passed');
  const todo = open.filter(({ checkin: known }) => isMissing(known));
  const rest = open.filter(({ checkin: known }) => !isMissing(known));
  const rows = [...todo, ...rest].slice(0, ROWS).map((assignment) => rowOf(ctx, assignment));
  const sub =
    todo.length > 0
      ? `还有${todo.length}项没报，点一下就填。也可以打字：报进展 入户走访 35户`
      : rest.length > 0
        ? '都报了，等审核。要改就点一下。'
        : '现在没有要报进展的任务，下达给本单位了会通知您。以前报的，发送“任务”看。';
  const text = inLines(`报进展：${sub}`, rows);
  const buttons = rows.length === 0 ? [button(rights.list)] : [];
  return { text, card: listCard('报进展', sub, rows, buttons), mine: true };
}

/** The line could mean several tasks, or none: each as a row; with an amount one press checks in. */
function choose(ctx: Ctx, assignments: readonly Assignment[], reading: Reading, line: string): Outcome {
  const { words } = reading;
  const why = reading.kind === 'unread' ? reading.why : '您说的是哪一项？点一下。';
  // What is not clear is not offered: one press would write it down.
  const { amount, percent } =
    reading.kind === 'unread' || (reading.kind === 'choose' && reading.doubt) ? {} : reading;
  const known = amount !== undefined || percent !== undefined;
  const rows = assignments.slice(0, ROWS).map((assignment) => {
    const row = rowOf(ctx, assignment, {
      words,
      ...(amount !== undefined && { amount }),
      ...(percent !== undefined && { percent }),
    });
    return known
      ? {
          ...row,
          op: rights.submit,
          title: `${row.title} ${amount === undefined ? `${percent}%` : `${amount}${assignment.task.measure ?? ''}`}`,
        }
      : row;
  });
  const text = [why, ...rows.map(({ title, sub }) => `${title}（${sub}）`)].join('\n');
  return { text, card: listCard(`报进展：${line.slice(0, 40)}`, why, rows, []), mine: true };
}

/** Write what a unit said; its sums, its cards and its history with it. */
async function save(ctx: Ctx, assignment: Assignment, said: Said): Promise<Outcome> {
  const { unit, task, round, checkin: known } = assignment;
  const fresh = newCheckin(ctx, task, round, unit, said);
  const saved = await putCheckin(ctx, known, known ? { ...fresh, ...keptOf(known) } : fresh);
  const what = sayAmount(task, saved);
  await keepEvent(
    ctx,
    ctx.me,
    saved,
    known ? '修改' : '报进展',
    [what, said.words].filter(Boolean).join('，'),
  );
  await refreshCards(ctx, task, round, unit);
  const late = saved.late ? '（超期）' : '';
  const text = `${known ? '已改' : '已报进展'}：${sayTask(task, round.period)} ${what}${late}。说错了点“撤销”。`;
  return checkinOutcome(ctx, assignment, text);
}

/** What of a check-in is still so when it is written again. */
function keptOf({ late, version, reason, issue, marks, ...was }: Checkin): Partial<Checkin> {
  const { amount, percent, words, difficulty, state } = was;
  const before = { amount, percent, words, difficulty, state };
  return { late, version: version + 1, before, reason, issue, marks };
}

/** The pressed card stays what it is: the task's in a group, else the check-in. */
export function checkinOutcome(
  ctx: Ctx,
  { task, round, unit }: Omit<Assignment, 'checkin'>,
  text: string,
): Outcome {
  const checkinSubject = checkinCard({ id: `${round.id}|${unit.id}` });
  const { pressed } = ctx;
  const did = { kind: 'task', id: task.id };
  if (pressed?.kind === 'task') return { text, card: { subject: pressed }, did };
  if (pressed?.kind === 'form' || pressed?.kind === 'checkin')
    return { text, card: { subject: checkinSubject }, did };
  return { text, card: { subject: checkinSubject }, mine: true, did };
}
