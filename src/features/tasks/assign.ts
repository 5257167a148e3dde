/** 下达任务: the form, the last look, and what becomes of it. */
import { z } from 'zod';
import { choicesFrom, field } from '../../bot/cards/fields.ts';
import { buildForm, type Field, type FieldError, type Raw } from '../../bot/cards/spec.ts';
import { sentFiles } from '../../bot/files/files.ts';
import { type Ctx, operation, type Preview } from '../../bot/operation.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { day, optionalWords, sentPhotos, words } from '../../lib/inputs.ts';
import { latestDay, pastDay } from '../../lib/when/index.ts';
import { allStars, getUnit, unitName } from '../orgs/index.ts';
import { tellHandedOut } from './announce.ts';
import { addAttachments, sayAttachments } from './attachments.ts';
import { begun, createTask, type TaskDraft } from './create.ts';
import { RHYTHM_NAMES, RHYTHMS, type Scope, tasks, VISIBILITIES } from './model.ts';
import { currentPeriod, periodOf, sayRhythm } from './periods.ts';
import { cardOf, numberAndWords, numbers } from './record.ts';
import { rights } from './rights.ts';
import { BRANCHES, sizeOf } from './scope.ts';
import { readTask } from './sentence.ts';
import { readStandard } from './standard.ts';
import { checkUnits, choicesOf, handsOut, type IssuingUnit, issuingUnit, unitList } from './whom.ts';

/** Characters that are read of what is typed behind the word. */
const MOST_SAID = 600;
/** Units in the open on the form; others are written by name. */
const MOST_CHOICES = 60;

const input = z.object({
  title: words('任务名称', 60, '请写任务名称，比如：入户走访'),
  details: optionalWords('说明', 500),
  standard: optionalWords('标准', 60),
  units: unitList,
  more: unitList,
  due: day('请选到哪一天'),
  rhythm: z.enum(RHYTHMS, '请选一次、每周、每月或每季度').default('once'),
  evidence: optionalWords('佐证', 200),
  visible: z.enum(VISIBILITIES, '请选谁能看').default('parties'),
  major: z.enum(['yes', 'no'], '请选是不是重点任务').default('no'),
  files: sentPhotos,
});
type Input = z.infer<typeof input>;

async function form(ctx: Ctx, target: IssuingUnit, values: Raw, errors: readonly FieldError[]) {
  const { copy, said } = values;
  const read = typeof said === 'string' ? await readTask(ctx, target, said.slice(0, MOST_SAID)) : undefined;
  const before = typeof copy === 'string' ? await copyOf(ctx, target, copy) : read;
  const kept = { ...before, ...values };
  const choices = (await choicesOf(ctx, target)).slice(0, MOST_CHOICES);
  const joined = (value: unknown) => (Array.isArray(value) ? value.join(',') : value);
  const fields: Field[] = [
    field.text('title', '任务名称', 60, { required: true, hint: '比如：入户走访' }),
    field.text('standard', '标准', 60, { hint: '比如：200户；只看办没办就空着' }),
    field.lines('details', '说明', 500, { hint: '可不填：怎么做、有什么要注意的' }),
    field.many('units', '哪些单位', choices),
    field.text('more', '其他单位', 500, { hint: '可不填：写单位名字，用顿号隔开' }),
    field.date('due', '截止日期', { required: true, min: ctx.today }),
    field.pick(
      'rhythm',
      '多久一次',
      choicesFrom(RHYTHMS, (value) => RHYTHM_NAMES[value]),
      { value: 'once' },
    ),
    field.text('evidence', '是否要佐证（理由）', 200, { hint: '不要佐证就空着，给基层减负' }),
    field.pick(
      'visible',
      '谁能看',
      [
        { title: '有关单位', value: 'parties' },
        { title: '所有单位', value: 'all' },
      ],
      { value: 'parties' },
    ),
    field.pick(
      'major',
      '重点任务',
      [
        { title: '不是', value: 'no' },
        { title: '是（没落实会列入支部研判）', value: 'yes' },
      ],
      { value: 'no' },
    ),
  ];
  return buildForm(
    {
      title: '下达任务',
      intro:
        read && saysMore(read)
          ? '按您的话填好了，请看一眼，不对就改；点“下达”后还会再给您看一遍。'
          : '写清做什么、做多少、几号前。每周、每月、每季度的，都按截止日期这一天循环。',
      fields,
      submit: { op: rights.assign },
      album: '附件',
      files: true,
    },
    { ...kept, units: joined(kept.units), more: joined(kept.more) },
    errors,
  );
}

/** More of the form than the title. */
const saysMore = ({ due, standard, rhythm, units, more }: Raw) =>
  [due, standard, rhythm, units, more].some(Boolean);

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
  const files = fields.files === '' ? [] : await sentFiles(ctx, fields.files);
  if (files.length > 0) lines.push({ mark: '附件', text: sayAttachments(files) });
  if (task.evidence) lines.push({ mark: '佐证', text: task.evidence });
  return { title: task.title, text: `发给${task.size}个单位，请再看一眼。`, lines };
}

function draftOf(fields: Input, { unit }: IssuingUnit, scope: Scope): TaskDraft {
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

export const assign = operation<IssuingUnit, Input>({
  right: rights.assign,
  words: ['下达任务', 'assign', '下达'],
  example: '入户走访',
  help: '下达任务：做什么、做多少、几号前',
  offered: handsOut,
  glued: 'any',
  fromText(rest): Raw {
    const { task } = numberAndWords(rest);
    return task ? { copy: task } : rest ? { said: rest } : {};
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
    await addAttachments(ctx, task, fields.files);
    const round = periodOf(task, currentPeriod(task, ctx.today), ctx.workdays);
    await tellHandedOut(ctx, task, round.period);
    return {
      text: `已下达，编号 ${task.id}，发给${task.size}个单位。`,
      card: { subject: cardOf(task, round, task.issuer) },
      did: { kind: 'task', id: task.id },
    };
  },
});
