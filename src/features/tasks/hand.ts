/** 下达任务: the form, whom one may ask, the last look, and what becomes of it. */
import { z } from 'zod';
import { buildForm, type Choice, type Field, type FieldError, type Raw } from '../../bot/cards/spec.ts';
import { type Ctx, operation, type Preview } from '../../bot/operation.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { day, optionalWords, words } from '../../lib/inputs.ts';
import { findNumerals, foldWidth, readNumeral } from '../../lib/numerals.ts';
import { latestDay, pastDay } from '../../lib/when/index.ts';
import {
  allStars,
  findUnit,
  getUnit,
  isBranch,
  isWithin,
  organiser,
  type Star,
  type Unit,
  unitName,
  unitsBelow,
  unitsOfKind,
} from '../orgs/index.ts';
import { tellHandedOut } from './announce.ts';
import {
  RHYTHM_NAMES,
  RHYTHMS,
  type Scope,
  type StoredTask,
  type Task,
  targets,
  tasks,
  VISIBILITIES,
} from './model.ts';
import { currentPeriod, periodOf, sayRhythm } from './periods.ts';
import { cardOf, numberAndWords, numbers } from './record.ts';
import { rights } from './rights.ts';
import { BRANCHES, scopeOf, sizeOf } from './scope.ts';

/** Units in the open on the form; others are written by name. */
const MOST_CHOICES = 60;
const MOST_UNITS = 200;
const TOO_MANY = `一个一个选的单位最多${MOST_UNITS}个，多了请选“下面全部支部”`;

/** Who hands out: the unit, and the stars that it leads. */
interface IssuingUnit {
  readonly unit: Unit;
  readonly stars: readonly Star[];
}

async function issuingUnit(ctx: Ctx): Promise<IssuingUnit> {
  const unit = await getUnit(ctx.tx, ctx.me.unit);
  return { unit, stars: (await allStars(ctx.tx)).filter(({ lead }) => lead === unit.id) };
}

const list = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/[,，、;；/／|｜\n]/) : value),
  z
    .array(z.string().trim().max(100, '单位名称最多100个字'))
    .default([])
    .transform((all) => all.filter(Boolean))
    .refine((all) => all.length <= MOST_UNITS, TOO_MANY),
);
const input = z.object({
  title: words('任务名称', 60, '请写任务名称，比如：入户走访'),
  details: optionalWords('说明', 500),
  standard: optionalWords('标准', 60),
  units: list,
  more: list,
  due: day('请选到哪一天'),
  rhythm: z.enum(RHYTHMS, '请选一次、每周、每月或每季度').default('once'),
  evidence: optionalWords('佐证', 200),
  visible: z.enum(VISIBILITIES, '请选谁能看').default('parties'),
  major: z.enum(['yes', 'no'], '请选是不是重点任务').default('no'),
});
type Input = z.infer<typeof input>;

/** What follows a number: its measure, maybe that it is the least, and a pause. */
const MEASURE =
  /^\s*([\p{Script=Han}a-z%㎡]{1,6}?)(?:[(（]含[)）])?(?:(?:[及或]?以|之)上|左右|以[内下]|不等|起)?(?=$|[\s,，。;；、\d])/iu;
const NO_MEASURE = /[完成年前底内下上左右约多余几半]|^[月日号点时分来]/;
const NO_LEAST =
  /不[超多高大足]|未满|第|(?<!不)[少小低]于|[人户]均|平均|每(?:户|人|家|名|个(?![月季年周]))|最多|至多|顶多|以[内下]|左右|不等|约|近|\d\s*[-~～—至到]\s*\d/;

/**
 * `200户`, `两百户以上`, `更新 1 次`: the only number of the words with its measure. What is no least (不超过5件), or not
 * the unit's (每户200元), is no target; other words mean done or not done.
 */
export function readStandard(typed: string): Pick<Task, 'standard' | 'target' | 'measure'> {
  const standard = typed.trim();
  const line = foldWidth(standard);
  const measured = findNumerals(line).flatMap(({ start, end }) => {
    // 12万元 is 12 of 万元, 3千米 is 3 of 千米.
    const big = /[万亿](?=元)|千(?=[米克瓦])/.exec(line.slice(end - 1, end + 1))?.index === 0 ? 1 : 0;
    const measure = MEASURE.exec(line.slice(end - big))?.[1];
    if (!measure || NO_MEASURE.test(measure)) return [];
    return [{ value: readNumeral(line.slice(start, end - big)), measure }];
  });
  const [one, another] = measured;
  if (one?.value === undefined || another) return { standard, target: null, measure: null };
  return { standard, target: NO_LEAST.test(line) ? null : one.value, measure: one.measure };
}

/** Whom this unit may ask, as choices; `below:`, `star:` and `duty:` stand for many. */
async function choicesOf(ctx: Ctx, { unit, stars }: IssuingUnit): Promise<readonly Choice[]> {
  const { tx } = ctx;
  const one = ({ id, name }: Unit): Choice => ({ title: name, value: id });
  const all = ({ id, name }: Unit): Choice => ({ title: `${name}下面全部支部`, value: `below:${id}` });
  if (unit.kind === 'township') return [all(unit), ...(await unitsBelow(tx, unit.id)).map(one)];
  if (unit.kind === 'county') {
    const next = await unitsBelow(tx, unit.id);
    return [all(unit), ...next.map(one), ...next.filter((u) => !isBranch(u)).map(all)];
  }
  const departments = await unitsOfKind(tx, ['lead', 'responsible']);
  const ofStars = stars.flatMap(({ id, name }): Choice[] => [
    { title: `${name}：全部支部`, value: `star:${id}` },
    { title: `${name}：责任单位`, value: `duty:${id}` },
  ]);
  if (unit.kind !== 'city') {
    const duty = departments.filter(
      (u) => u.id !== unit.id && u.stars.some((id) => stars.some((s) => s.id === id)),
    );
    return [...ofStars, ...duty.map(one)];
  }
  const counties = await unitsOfKind(tx, ['county']);
  return [all(unit), ...ofStars, ...counties.map(one), ...counties.map(all), ...departments.map(one)];
}

/** The units that were chosen, and what is wrong with the choice. */
async function checkUnits(ctx: Ctx, target: IssuingUnit, { units, more }: Pick<Input, 'units' | 'more'>) {
  const { tx } = ctx;
  const { unit, stars } = target;
  const choices = await choicesOf(ctx, target);
  const below: string[] = [];
  const chosen: string[] = [];
  const errors: FieldError[] = [];
  // What a lead asks of all branches below a unit, it asks of those that pursue its stars.
  let kinds = BRANCHES.filter(
    (kind) => unit.kind !== 'lead' || stars.some((star) => star.kinds.includes(kind)),
  );
  const wrong = (field: string, message: string) => errors.push({ field, message });
  for (const [field, words] of [
    ...units.map((w) => ['units', w] as const),
    ...more.map((w) => ['more', w] as const),
  ]) {
    const value = choices.find((c) => c.value === words || c.title === words)?.value ?? words;
    const [how = '', id = ''] = value.includes(':') ? value.split(':') : ['', ''];
    const star = stars.find((s) => s.id === id);
    if (how === 'star' && star) {
      below.push((await organiser(tx)).id);
      kinds = [...star.kinds];
      if (units.length + more.length > 1) wrong(field, `“${star.name}：全部支部”请单独下达`);
    } else if (how === 'duty' && star) {
      const duty = (await unitsOfKind(tx, ['responsible'])).filter((u) => u.stars.includes(star.id));
      chosen.push(...duty.map((u) => u.id));
    } else {
      const [, named] = /^(.+?)(?:下面|下辖|所属)?的?(?:全部|所有)支部$/.exec(value) ?? [];
      const found = await findUnit(tx, how === 'below' ? id : (named ?? value));
      const all = found && !isBranch(found) && (how === 'below' || named || found.id === unit.id);
      const why = found
        ? await whyNot(ctx, target, found, all === true)
        : `没有找到“${words.slice(0, 20)}”这个单位`;
      if (!found || why) wrong(field, why);
      else if (all) below.push(found.id);
      else chosen.push(found.id);
    }
  }
  if (units.length + more.length === 0) wrong('units', '请至少选一个单位');
  if (chosen.length > MOST_UNITS) wrong('units', TOO_MANY);
  const scope = errors.length === 0 ? await scopeOf(tx, below, kinds, chosen) : undefined;
  if (scope && (await sizeOf(tx, scope)) === 0) wrong('units', '选的单位下面没有支部，请重新选');
  return { scope, errors };
}

/** Empty, or why this unit may not ask that one: everybody asks below, a lead only units of its stars. */
async function whyNot(ctx: Ctx, { unit, stars }: IssuingUnit, asked: Unit, all: boolean): Promise<string> {
  if (unit.kind === 'city' || (unit.kind === 'lead' && all && asked.id !== unit.id)) return '';
  if (unit.kind !== 'lead') {
    return (await isWithin(ctx.tx, asked, unit.id)) ? '' : `${asked.name}不归您单位管，请选自己下面的单位`;
  }
  const fits = isBranch(asked)
    ? stars.some(({ kinds }) => kinds.some((kind) => kind === asked.kind))
    : asked.kind === 'responsible' && asked.stars.some((id) => stars.some((star) => star.id === id));
  return fits ? '' : `${asked.name}不在您牵头的星里，请选这几颗星的支部或责任单位`;
}

async function form(ctx: Ctx, target: IssuingUnit, values: Raw, errors: readonly FieldError[]) {
  const copy = typeof values.copy === 'string' ? await copyOf(ctx, target, values.copy) : {};
  const kept = { ...copy, ...values };
  const choices = (await choicesOf(ctx, target)).slice(0, MOST_CHOICES);
  const joined = (value: unknown) => (Array.isArray(value) ? value.join(',') : value);
  const fields: Field[] = [
    { kind: 'text', id: 'title', label: '任务名称', max: 60, required: true, hint: '比如：入户走访' },
    {
      kind: 'text',
      id: 'standard',
      label: '标准',
      max: 60,
      hint: '比如：200户；只看办没办就空着',
    },
    { kind: 'lines', id: 'details', label: '说明', max: 500, hint: '可不填：怎么做、有什么要注意的' },
    { kind: 'many', id: 'units', label: '哪些单位', choices },
    { kind: 'text', id: 'more', label: '其他单位', max: 500, hint: '可不填：写单位名字，用顿号隔开' },
    { kind: 'date', id: 'due', label: '截止日期', required: true, min: ctx.today },
    {
      kind: 'pick',
      id: 'rhythm',
      label: '多久一次',
      value: 'once',
      choices: RHYTHMS.map((value) => ({ title: RHYTHM_NAMES[value], value })),
    },
    {
      kind: 'text',
      id: 'evidence',
      label: '是否要佐证（理由）',
      max: 200,
      hint: '不要佐证就空着，给基层减负',
    },
    {
      kind: 'pick',
      id: 'visible',
      label: '谁能看',
      value: 'parties',
      choices: [
        { title: '有关单位', value: 'parties' },
        { title: '所有单位', value: 'all' },
      ],
    },
    {
      kind: 'pick',
      id: 'major',
      label: '重点任务',
      value: 'no',
      choices: [
        { title: '不是', value: 'no' },
        { title: '是（没落实会列入支部研判）', value: 'yes' },
      ],
    },
  ];
  return buildForm(
    {
      title: '下达任务',
      intro: '写清做什么、做多少、几号前。每周、每月、每季度的，都按截止日期这一天循环。',
      fields,
      submit: { op: rights.assign },
    },
    { ...kept, units: joined(kept.units), more: joined(kept.more) },
    errors,
  );
}

/** The fields of an earlier task of this unit, all but when it is due. */
async function copyOf(ctx: Ctx, { unit }: IssuingUnit, number: string): Promise<Raw> {
  const task = numbers.pattern.test(number) ? await ctx.tx.table(tasks).get(number) : undefined;
  if (task?.issuer !== unit.id)
    throw new AppError('not_found', `没有找到您单位下达的“${number.slice(0, 20)}”。`);
  const { title, details, standard, rhythm, evidence, visible, scope } = task;
  const major = task.major ? 'yes' : 'no';
  const names = [];
  for (const id of scope.units) names.push(id);
  const star = scope.kinds.length < BRANCHES.length ? await starLike(ctx, scope) : undefined;
  const units = star ? [`star:${star}`] : [...scope.below.map((id) => `below:${id}`), ...names];
  return { title, details, standard, rhythm, evidence, visible, major, units };
}

async function starLike(ctx: Ctx, { kinds }: Scope): Promise<string | undefined> {
  const stars = (await allStars(ctx.tx)).filter(({ lead }) => lead === ctx.me.unit);
  return stars.find((star) => star.kinds.join() === kinds.join())?.id;
}

async function preview(ctx: Ctx, fields: Input, target: IssuingUnit): Promise<Preview | undefined> {
  const { scope } = await checkUnits(ctx, target, fields);
  if (!scope) return undefined;
  const task = { id: '', ...begun(ctx, draftOf(fields, target, scope), await sizeOf(ctx.tx, scope)) };
  const round = periodOf(task, currentPeriod(task, ctx.today), ctx.workdays);
  const moved = round.due === fields.due ? '' : `（${sayDay(fields.due, ctx.today)}是休息日）`;
  const lines = [];
  for (const id of scope.below) {
    const top = await getUnit(ctx.tx, id);
    const n = await sizeOf(ctx.tx, { ...scope, below: [id], units: [] });
    lines.push({ mark: top.name, text: `下面${n}个支部` });
  }
  if (scope.units.length > 0) {
    const names = [];
    for (const id of scope.units) names.push(await unitName(ctx.tx, id));
    lines.push({ mark: '单位', text: names.join('、') });
  }
  lines.push({
    mark: '期限',
    text: `${sayDay(round.due, ctx.today)}前${moved}${task.rhythm === 'once' ? '' : `，以后${sayRhythm(task)}`}`,
  });
  if (task.details) lines.push({ mark: '说明', text: task.details });
  if (task.standard) {
    const goal = task.target === null ? '' : `，目标${task.target}${task.measure}`;
    const how = task.measure ? `按${task.measure}报数${goal}` : '只报完成没完成';
    lines.push({ mark: '标准', text: `${task.standard}，${how}` });
  }
  if (task.major) lines.push({ mark: '重点', text: '没落实会列入支部研判' });
  if (task.evidence) lines.push({ mark: '佐证', text: task.evidence });
  return { title: task.title, text: `发给${task.size}个单位，请再看一眼。`, lines };
}

/** What whoever hands out says of a task; the rest follows. */
type Draft = Pick<
  Task,
  | 'title'
  | 'details'
  | 'standard'
  | 'target'
  | 'measure'
  | 'scope'
  | 'rhythm'
  | 'day'
  | 'evidence'
  | 'visible'
  | 'issuer'
  | 'decision'
  | 'major'
>;

function draftOf(fields: Input, { unit }: IssuingUnit, scope: Scope): Draft {
  return {
    title: fields.title,
    details: fields.details,
    ...readStandard(fields.standard),
    scope,
    rhythm: fields.rhythm,
    day: fields.due,
    evidence: fields.evidence,
    visible: fields.visible,
    issuer: unit.id,
    decision: null,
    major: fields.major === 'yes',
  };
}

/** The task as it will be, but for its number. */
function begun(ctx: Ctx, draft: Draft, size: number): Omit<Task, 'id'> {
  const handedAt = ctx.now.toISOString();
  return { ...draft, size, by: ctx.me.id, state: 'open', handedAt, endedOn: null, nudgedAt: null };
}

/** Write a task with the next number. Nobody is told of it yet. */
export async function createTask(ctx: Ctx, draft: Draft): Promise<StoredTask> {
  const id = await numbers.next(ctx.tx, ctx.today);
  const saved = await ctx.tx
    .table(tasks)
    .put({ id, ...begun(ctx, draft, await sizeOf(ctx.tx, draft.scope)) });
  const { below, units } = draft.scope;
  for (const key of [...below.map((top) => `below:${top}`), ...units.map((unit) => `unit:${unit}`)]) {
    const { handedAt, major } = saved;
    const row = { id: `${id}|${key}`, task: id, key, state: 'open' as const, handedAt, major };
    await ctx.tx.table(targets).put(row);
  }
  return saved;
}

export const assign = operation<IssuingUnit, Input>({
  right: rights.assign,
  words: ['下达任务', 'assign', '下达'],
  example: '入户走访',
  help: '下达任务：做什么、做多少、几号前',
  glued: 'any',
  fromText(rest): Raw {
    const { task } = numberAndWords(rest);
    return task ? { copy: task } : rest ? { title: rest } : {};
  },
  days: { fields: /^due$/, toward: 'due' },
  record: issuingUnit,
  input,
  async refine(ctx, fields, target) {
    const { errors } = await checkUnits(ctx, target, fields);
    if (fields.due < ctx.today) errors.push({ field: 'due', message: pastDay(fields.due, ctx.today) });
    const latest = latestDay(ctx.today);
    if (fields.due > latest)
      errors.push({ field: 'due', message: `截止日期最晚到${sayDay(latest, ctx.today)}` });
    return errors;
  },
  form,
  preview,
  async run(ctx, fields, target) {
    const { scope } = await checkUnits(ctx, target, fields);
    if (!scope) throw new AppError('invalid', '请选好单位再下达。');
    const task = await createTask(ctx, draftOf(fields, target, scope));
    const round = periodOf(task, currentPeriod(task, ctx.today), ctx.workdays);
    await tellHandedOut(ctx, task, round.period);
    return {
      text: `已下达，编号 ${task.id}，发给${task.size}个单位。`,
      card: { subject: cardOf(task, round, task.issuer) },
      did: { kind: 'task', id: task.id },
    };
  },
});
