/** 定方案, 延长时限, 写进展, 关联问题: what is to be done about a branch, by whom, until when. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { Choice, FieldError } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { day, id, optionalWords, words } from '../../lib/inputs.ts';
import { briefOf, issueNumbers } from '../issues/index.ts';
import { getUnit, unitName } from '../orgs/index.ts';
import { followup } from '../tasks/index.ts';
import { casePlanned } from './begin.ts';
import { type Case, DAYS, MOST_MEASURES, type Plan, planOf } from './model.ts';
import { caseOperation, changed, saveCase, signedBy, teamOf, tellAbout } from './record.ts';
import { rights } from './rights.ts';

const MEASURE_MAX = 60;
const NAMES_MAX = 40;

const measuresOf = (typed: string) =>
  typed
    .split(/[\n；;]/)
    .map((line) => line.replace(/^\s*(?:[（(]?\d{1,2}[)）.、．]|[一二三四五]、)\s*/, '').trim())
    .filter(Boolean);

const measures = z
  .string({ error: '请写措施，一行一条' })
  .transform(measuresOf)
  .refine((all) => all.length > 0, '请写措施，一行一条')
  .refine((all) => all.length <= MOST_MEASURES, `措施最多${MOST_MEASURES}条`)
  .refine((all) => all.every((one) => one.length <= MEASURE_MAX), `每条措施最多${MEASURE_MAX}个字`)
  .refine((all) => new Set(all).size === all.length, '有两条措施是一样的');

/** Who may have the measures as tasks. */
async function unitChoices({ tx }: Ctx, { branch, township }: Case): Promise<readonly Choice[]> {
  const choices = [];
  for (const value of [branch, township]) choices.push({ title: await unitName(tx, value), value });
  return choices;
}

export const plan = caseOperation('cause')(rights.plan, {
  words: ['定方案'],
  days: { fields: /^deadline$/, toward: 'due' },
  input: z.object({
    cause: words('根源', 300, '请写根源：为什么会这样'),
    measures,
    unit: id().default(''),
    person: optionalWords('责任人', NAMES_MAX),
    countyLeader: words('联村县级领导', NAMES_MAX),
    townshipLeader: words('包村乡镇领导', NAMES_MAX),
    deadline: day('请选时限').optional(),
  }),
  async refine(ctx, { unit, deadline }, one) {
    const errors: FieldError[] = [];
    const [first, last] = [addDays(one.since, DAYS.least), addDays(one.since, DAYS.most)];
    const late = one.extended > 0 && deadline === one.deadline;
    if (deadline && !late && (deadline < first || deadline > last))
      errors.push({
        field: 'deadline',
        message: `时限要在${DAYS.least}到${DAYS.most}天之间：${sayDay(first, ctx.today)}到${sayDay(last, ctx.today)}`,
      });
    if (unit && !(await unitChoices(ctx, one)).some(({ value, title }) => value === unit || title === unit))
      errors.push({ field: 'unit', message: '责任单位请选本支部或者乡镇（街道）' });
    return errors;
  },
  async form(ctx, one) {
    const now = planOf(one);
    return {
      intro: `${one.id} ${await unitName(ctx.tx, one.branch)}：每条措施就是一项任务，报进展就是台账。`,
      fields: [
        field.lines('cause', '根源', 300, { required: true, value: now?.cause }),
        field.lines('measures', '措施', MOST_MEASURES * (MEASURE_MAX + 5), {
          required: true,
          hint: `一行一条，最多${MOST_MEASURES}条`,
          value: now?.measures.map(({ text }) => text).join('\n'),
        }),
        field.pick('unit', '责任单位', await unitChoices(ctx, one), { value: now?.unit ?? one.branch }),
        field.text('person', '责任人', NAMES_MAX, { value: now?.person }),
        field.text('countyLeader', '联村县级领导', NAMES_MAX, { required: true, value: now?.countyLeader }),
        field.text('townshipLeader', '包村乡镇领导', NAMES_MAX, {
          required: true,
          value: now?.townshipLeader,
        }),
        field.date('deadline', '时限', {
          value: one.deadline,
          min: addDays(one.since, DAYS.least),
          max: [one.deadline, addDays(one.since, DAYS.most)].sort().at(-1) ?? one.deadline,
        }),
      ],
      submit: { op: rights.plan, data: { case: one.id } },
    };
  },
  async run(ctx, { measures: texts, unit: named, deadline = '', ...fields }, one) {
    const choices = await unitChoices(ctx, one);
    const unit = choices.find(({ value, title }) => value === named || title === named)?.value ?? one.branch;
    const due = deadline || one.deadline;
    const before = one.plan;
    const kept: Plan['measures'] = [];
    for (const text of texts) {
      // Another round has tasks of its own: what was done in the one before did not last.
      const same =
        before?.round === one.round && before.unit === unit
          ? before.measures.find((measure) => measure.text === text)
          : undefined;
      if (same && due === one.deadline) kept.push(same);
      else {
        const task = same?.task ?? null;
        const asked = { id: null, lead: one.county, unit, text, deadline: due, task };
        kept.push({ text, task: await followup.open(ctx, asked) });
      }
    }
    for (const { task } of before?.measures ?? [])
      if (!kept.some((measure) => measure.task === task))
        await followup.drop(ctx, { task, unit: before?.unit ?? unit });
    const made = { ...fields, round: one.round, measures: kept, unit, ...(await signedBy(ctx)) };
    const saved = await saveCase(ctx, { ...one, plan: made, deadline: due });
    ctx.emit(casePlanned, saved);
    const text = `${await unitName(ctx.tx, one.branch)}（${one.id}）方案定了：${texts.join('；')}。${sayDay(due, ctx.today)}前完成。`;
    await tellAbout(ctx, saved, text, {
      units: [one.township, one.county],
      people: await teamOf(ctx, one),
      branch: true,
    });
    const numbers = kept.map(({ task }) => task).join('、');
    return changed(ctx, saved, `方案定了，${kept.length}条措施已成为任务：${numbers}。`);
  },
});

export const extend = caseOperation('date')(rights.extend, {
  words: ['延长时限'],
  days: { fields: /^date$/, toward: 'due' },
  input: z.object({ date: day('请选延到哪一天'), reason: words('原因', 300) }),
  refine: async ({ today }, { date }, { deadline }) => {
    const last = addDays(deadline, DAYS.extension);
    if (date > deadline && date > today && date <= last) return [];
    const message = `请选${sayDay(deadline, today)}以后、${sayDay(last, today)}以前的一天`;
    return [{ field: 'date', message }];
  },
  form: async ({ tx, today }, one) => ({
    intro: `${one.id} ${await unitName(tx, one.branch)}，现在的时限是${sayDay(one.deadline, today)}。`,
    fields: [
      field.date('date', '延到哪一天', {
        required: true,
        min: addDays(one.deadline, 1),
        max: addDays(one.deadline, DAYS.extension),
      }),
      field.lines('reason', '原因', 300, { required: true }),
    ],
    submit: { op: rights.extend, data: { case: one.id } },
  }),
  async run(ctx, { date, reason }, one) {
    const saved = await saveCase(ctx, { ...one, deadline: date, extended: one.extended + 1 });
    const text = `${await unitName(ctx.tx, one.branch)}（${one.id}）时限延到${sayDay(date, ctx.today)}：${reason}。`;
    await tellAbout(ctx, saved, text, { units: [one.township, one.county], people: await teamOf(ctx, one) });
    return changed(ctx, saved, `时限延到${sayDay(date, ctx.today)}。`);
  },
});

export const writeNote = caseOperation()(rights.note, {
  words: ['写进展'],
  input: z.object({ words: words('进展', 300, '请写一句话') }),
  form: async ({ tx }, one) => ({
    intro: `${one.id} ${await unitName(tx, one.branch)}：问题和任务上有的不用再写。`,
    fields: [field.lines('words', '一句话进展', 300, { required: true })],
    submit: { op: rights.note, data: { case: one.id } },
  }),
  async run(ctx, { words: said }, one) {
    const notes = [...one.notes, { words: said, ...(await signedBy(ctx)) }];
    return changed(ctx, await saveCase(ctx, { ...one, notes }), '进展记下了。');
  },
});

/** Issues that one case is linked to at most. */
const MOST_ISSUES = 50;

export const link = caseOperation('issue')(rights.link, {
  words: ['关联问题'],
  input: z.object({ issue: words('问题编号', 30, '请写问题编号，比如 WT-2026-0001') }),
  async refine({ tx }, { issue: typed }, one) {
    const wrong = (message: string) => [{ field: 'issue', message }];
    const found = await briefOf(tx, issueNumbers.read(typed)?.number ?? '');
    if (found?.branch !== one.branch) return wrong(`没有找到这个支部的“${typed.slice(0, 20)}”`);
    if (one.issues.includes(found.id)) return wrong(`${found.id}已经关联了`);
    return one.issues.length >= MOST_ISSUES ? wrong(`最多关联${MOST_ISSUES}件`) : [];
  },
  form: async (ctx, one) => ({
    intro: `${one.id} ${(await getUnit(ctx.tx, one.branch)).name}：关联的问题都销号了才能验收。`,
    fields: [field.text('issue', '问题编号', 30, { required: true, hint: 'WT-2026-0001' })],
    submit: { op: rights.link, data: { case: one.id } },
  }),
  async run(ctx, { issue: typed }, one) {
    const number = issueNumbers.read(typed)?.number ?? '';
    const saved = await saveCase(ctx, { ...one, issues: [...one.issues, number] });
    return changed(ctx, saved, `${number}已关联到${one.id}。`);
  },
});
