/** 申请验收, 登记验收, 重新整顿, 不算反弹: the steps from 整顿中 to 巩固期, and back. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { FieldError, Raw } from '../../bot/cards/spec.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { words } from '../../lib/inputs.ts';
import { issueNumbers } from '../issues/index.ts';
import { unitName } from '../orgs/index.ts';
import { caseFailed, caseRelapsed } from './begin.ts';
import {
  ASKED,
  type Case,
  CONTENT_PERCENT,
  isContent,
  SETTLING_DAYS,
  type Signed,
  sayShare,
  termsFrom,
} from './model.ts';
import {
  caseAnd,
  caseOperation,
  changed,
  endMeasures,
  type Progress,
  progressOf,
  saveCase,
  signedBy,
  teamOf,
  tellAbout,
} from './record.ts';
import { rights } from './rights.ts';
import { count, countsIn } from './typed-counts.ts';

/** The linked issues that stand in the way, in a few words each. */
function blocking({ issues }: Progress): readonly string[] {
  return issues.flatMap(({ id, open, stateName, verdict }) => {
    if (open) return [`${id}还没有销号（${stateName}）`];
    return verdict === '不满意' ? [`${id}群众不满意`] : [];
  });
}

export const apply = caseOperation()(rights.apply, {
  words: ['申请验收'],
  async run(ctx, _input, one) {
    const saved = await saveCase(ctx, { ...one, state: 'applied', applied: await signedBy(ctx) });
    const open = blocking(await progressOf(ctx, one));
    const left = open.length > 0 ? `还有：${open.join('；')}，销号以后才能登记。` : '';
    const text = `${await unitName(ctx.tx, one.branch)}（${one.id}）申请验收，请县区派没有参与整顿的同志去听群众意见，再登记验收。${left}`;
    await tellAbout(ctx, saved, text, { units: [one.county, one.township] });
    return changed(ctx, saved, `已申请验收，等县区登记。${left}`);
  },
});

/** `ZD-2026-0001 16 1 1`: 满意, 基本满意, 不满意; numbers alone are of the only case. */
function numbersBehind(rest: string): Raw {
  const alone = countsIn(rest);
  if (alone) return alone;
  const { counts = '', ...named } = caseAnd('counts')(rest);
  // What cannot be read stays in the form, to be put right.
  return { ...named, ...(counts !== '' && (countsIn(String(counts)) ?? { satisfied: counts })) };
}

export const accept = caseOperation()(rights.accept, {
  fromText: numbersBehind,
  words: ['登记验收', '验收'],
  example: 'ZD-2026-0001 16 1 1',
  input: z.object({
    asked: z.preprocess((typed) => (typed === '' ? undefined : typed), count('一共问了').optional()),
    satisfied: count('满意'),
    basic: count('基本满意'),
    unsatisfied: count('不满意'),
  }),
  async refine(ctx, { asked, satisfied, basic, unsatisfied }, one): Promise<readonly FieldError[]> {
    const said = satisfied + basic + unsatisfied;
    if (asked !== undefined && asked < said)
      return [{ field: 'asked', message: `满意、基本满意和不满意加起来是${said}人，比问的人多` }];
    if ((asked ?? said) < ASKED)
      return [{ field: 'satisfied', message: `人数不够：至少问${ASKED}位群众，现在是${asked ?? said}位` }];
    const open = blocking(await progressOf(ctx, one));
    return open.length > 0 ? [{ field: 'satisfied', message: `还不能验收：${open.join('；')}` }] : [];
  },
  form: async ({ tx }, one) => {
    const number = (id: string, label: string, required = true) => field.text(id, label, 7, { required });
    return {
      intro: `${one.id} ${await unitName(tx, one.branch)}：至少问${ASKED}位群众，只写人数，不写名字；满意和基本满意要占${CONTENT_PERCENT}%以上。`,
      fields: [
        number('satisfied', '满意'),
        number('basic', '基本满意'),
        number('unsatisfied', '不满意'),
        { ...number('asked', '一共问了', false), hint: '有人没有表态才填' },
      ],
      submit: { op: rights.accept, data: { case: one.id } },
    };
  },
  async run(ctx, { asked, satisfied, basic, unsatisfied }, one) {
    const { tx, today } = ctx;
    const all = asked ?? satisfied + basic + unsatisfied;
    const counts = { asked: all, satisfied, basic, unsatisfied };
    const passed = isContent(counts);
    const checks = [...one.checks, { ...counts, passed, ...(await signedBy(ctx)) }];
    const settledUntil = passed ? addDays(today, SETTLING_DAYS) : null;
    const state = passed ? 'settling' : 'active';
    const saved = await saveCase(ctx, { ...one, state, checks, settledUntil, applied: null });
    if (!passed) ctx.emit(caseFailed, saved);
    const undone = passed ? await endMeasures(ctx, one) : '';
    const share = `问了${all}位，满意和基本满意占${sayShare(counts)}`;
    const said =
      settledUntil === null
        ? `${share}，没有达到${CONTENT_PERCENT}%，验收不合格，回到整顿中。`
        : `${share}，验收合格，进入巩固期，到${sayDay(settledUntil, today)}；结对和派驻不撤。${undone}`;
    await tellAbout(ctx, saved, `${await unitName(tx, one.branch)}（${one.id}）${said}`, {
      units: [one.township, one.county],
      people: await teamOf(ctx, one),
      branch: true,
    });
    return changed(ctx, saved, said);
  },
});

/** What is said of a doubt is kept with it. */
function answered(one: Case, relapse: boolean, reason: string, { who, on: at }: Signed): Case['answers'] {
  return one.doubt ? [...one.answers, { ...one.doubt, relapse, reason, who, at }] : one.answers;
}

export const relapse = caseOperation()(rights.relapse, {
  words: ['重新整顿'],
  async run(ctx, _input, one) {
    const { tx, today, workdays } = ctx;
    const again = (one.doubt?.records ?? []).filter((number) => issueNumbers.read(number));
    const saved = await saveCase(ctx, {
      ...one,
      ...{ state: 'active', ...termsFrom(today, workdays), extended: 0, round: one.round + 1 },
      ...{ relapses: one.relapses + 1, settledUntil: null, applied: null, doubt: null },
      issues: [...new Set([...one.issues, ...again])],
      answers: answered(one, true, '', await signedBy(ctx)),
    });
    ctx.emit(caseRelapsed, saved);
    const { planDue, relapses } = saved;
    const text = `${await unitName(tx, one.branch)}（${one.id}）反弹${relapses}次，重新整顿。新方案${sayDay(planDue, today)}前定好。`;
    await tellAbout(ctx, saved, text, {
      units: [one.township, one.county],
      people: await teamOf(ctx, one),
      branch: true,
    });
    return changed(ctx, saved, `已重新整顿，反弹${relapses}次。新方案${sayDay(planDue, today)}前定好。`);
  },
});

export const dismiss = caseOperation('reason')(rights.dismiss, {
  words: ['不算反弹'],
  input: z.object({ reason: words('原因', 300, '请写为什么不算反弹') }),
  form: async ({ tx }, one) => ({
    intro: `${one.id} ${await unitName(tx, one.branch)}：${one.doubt?.words ?? ''}`,
    fields: [field.lines('reason', '为什么不算反弹', 300, { required: true })],
    submit: { op: rights.dismiss, data: { case: one.id } },
  }),
  async run(ctx, { reason }, one) {
    const answers = answered(one, false, reason, await signedBy(ctx));
    const saved = await saveCase(ctx, { ...one, doubt: null, answers });
    const text = `${await unitName(ctx.tx, one.branch)}（${one.id}）不算反弹：${reason}。还在巩固期。`;
    await tellAbout(ctx, saved, text, { units: [one.township, one.county] });
    return changed(ctx, saved, '不算反弹，原因记下了，还在巩固期。');
  },
});
