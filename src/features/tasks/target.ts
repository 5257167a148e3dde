/** Which task a line or a press to check in means, and how much it says clearly. */
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { getUnit } from '../orgs/index.ts';
import { type Assignment, assignmentsOf, type CheckinTarget, loadAssignment } from './assignment.ts';
import { type Readable, type Reading, readCheckin } from './checkin-line.ts';
import { currentPeriod } from './periods.ts';

/** A line that says clearly which task, and how much. */
interface Sure {
  readonly kind: 'sure';
  readonly assignment: Assignment;
  readonly fields: Raw;
}

/** Which task is meant, and what is said of it. */
export async function targetOf(ctx: Ctx, raw: Raw): Promise<CheckinTarget | Sure> {
  const unit = await getUnit(ctx.tx, ctx.me.unit);
  if (typeof raw.task === 'string' && raw.task !== '') {
    const assignment = await loadAssignment(ctx, raw);
    const { task } = assignment;
    if (typeof raw.line !== 'string') return { kind: 'form', assignment };
    const reading = readCheckin(`${task.title} ${raw.line}`, [readable(assignment)]);
    return reading.kind === 'sure'
      ? { kind: 'sure', assignment, fields: fieldsOf(reading) }
      : formOf(assignment, reading, raw.line);
  }
  const assignments = await assignmentsOf(ctx, unit);
  if (typeof raw.line !== 'string') return { kind: 'list', assignments };
  const now = assignments.filter((one) => isOpenNow(ctx, one));
  const reading = readCheckin(raw.line, now.map(readable));
  if (reading.kind === 'sure') {
    const assignment = now.find(({ task }) => task.id === reading.task);
    if (assignment) return { kind: 'sure', assignment, fields: fieldsOf(reading) };
  }
  const meant = reading.kind === 'choose' ? now.filter(({ task }) => reading.tasks.includes(task.id)) : now;
  const [only] = meant;
  return only && meant.length === 1
    ? formOf(only, reading, raw.line)
    : { kind: 'choose', assignments: meant, reading };
}

export function isOpenNow({ today }: Ctx, { task, round, checkin }: Assignment): boolean {
  return checkin?.state !== 'passed' && round.period === currentPeriod(task, today);
}

export function readable({ task: { id, title, measure } }: Assignment): Readable {
  return { id, title, measure };
}

function formOf(assignment: Assignment, reading: Reading, line: string): CheckinTarget {
  const unclear = reading.kind === 'choose' && reading.doubt;
  return { kind: 'form', assignment, ...(unclear && { unclear: line }) };
}

/** What is said of a difficulty, behind all else: 已覆盖三组，困难：缺人手. */
const DIFFICULTY = /(?:^|[\s，,。；;])(?:有|存在|主要)?困难(?:是[：:]?|[：:])\s*(?!没|无|暂无)(\S.*)$/s;

function fieldsOf({ amount, percent, words }: { amount?: number; percent?: number; words: string }): Raw {
  const known = { ...(amount !== undefined && { amount }), ...(percent !== undefined && { percent }) };
  const hard = DIFFICULTY.exec(words);
  return {
    ...known,
    ...(amount === undefined && percent === undefined && { done: 'yes' }),
    words: hard ? words.slice(0, hard.index) : words,
    ...(hard && { difficulty: hard[1] }),
  };
}
