/** 定分包, 结束分包, 批示: an instruction of a leader is a task of the leader’s unit. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { Choice, Raw } from '../../bot/cards/spec.ts';
import { type Ctx, operation } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { day, optionalWords, words } from '../../lib/inputs.ts';
import { latestDay } from '../../lib/when/index.ts';
import { personalOnly } from '../analysis/index.ts';
import { isSameName, ROLE_NAMES } from '../members/index.ts';
import { allStars, meantUnit, toKinds, type Unit, unitName } from '../orgs/index.ts';
import { followup, mayAsk, taskRows } from '../tasks/index.ts';
import { QUARTER } from './changes.ts';
import { type Sponsorship, sponsorships } from './model.ts';
import {
  begin,
  card,
  finish,
  leaderCalled,
  leaderOf,
  loadLeader,
  loadOne,
  quarterCard,
  sponsorsOf,
  targetName,
  targetOf,
} from './record.ts';
import { type OfLeader, type One, rights, type Target } from './rights.ts';

const NAME_MAX = 40;
/** Working days that an instruction has, without another day. */
const USUAL_WORKDAYS = 10;
const NO_TARGET = '请写支部、乡镇（街道）、星的名字，或者任务编号';

export const assign = operation<Target | null, { target: string; leader: string; to?: string | undefined }>({
  right: rights.assign,
  words: ['定分包'],
  example: '柳湾村 郝海涛',
  help: '定哪位领导分包支部、乡镇、任务或者星',
  offered: (world, actor) => may(rights.assign, null, world, actor),
  fromText(rest): Raw {
    const [target = '', leader = '', ...to] = rest.split(/\s+/);
    return {
      ...(target && { target }),
      ...(leader && { leader }),
      ...(to.length > 0 && { to: to.join(' ') }),
    };
  },
  days: { fields: /^to$/, toward: 'due' },
  async record(ctx, { target }) {
    personalOnly(ctx);
    return typeof target === 'string' ? ((await targetOf(ctx.tx, target)) ?? null) : null;
  },
  input: z.object({
    target: words('分包什么', 100, NO_TARGET),
    leader: words('分包领导', NAME_MAX, '请写哪位领导'),
    to: z.preprocess((typed) => (typed === '' ? undefined : typed), day('请选到哪一天').optional()),
  }),
  async refine(ctx, { target, leader, to }, known) {
    if (!known) return [{ field: 'target', message: `没有找到“${target.slice(0, 20)}”，${NO_TARGET}` }];
    if (to && (to < ctx.today || to > latestDay(ctx.today)))
      return [{ field: 'to', message: `请选今天以后、${sayDay(latestDay(ctx.today), ctx.today)}以前的一天` }];
    for (const row of await sponsorsOf(ctx, known.id)) {
      const { unit, name } = await leaderOf(ctx.tx, row);
      if (unit === ctx.me.unit && isSameName(name, leader))
        return [{ field: 'leader', message: `${known.name}已经由${name}分包` }];
    }
    return [];
  },
  form: async ({ tx, me }) => ({
    intro: `领导是${await unitName(tx, me.unit)}的；一个季度一次，只说有变化的。`,
    fields: [
      field.text('target', '分包什么', 100, { required: true, hint: '支部、乡镇、星或者任务编号' }),
      field.text('leader', '分包领导', NAME_MAX, { required: true, hint: '姓名' }),
      field.date('to', '到哪一天', { hint: '可不填' }),
    ],
    submit: { op: rights.assign },
  }),
  async run(ctx, { leader: name, to }, known) {
    if (!known) throw new AppError('invalid', `${NO_TARGET}。`);
    const leader = await leaderCalled(ctx, ctx.me.unit, name);
    const row = await begin(ctx, leader, known, to ? { to } : {});
    const until = to ? `，到${sayDay(to, ctx.today)}` : '';
    return { text: `${known.name}由${name}分包${until}。`, card: { subject: card(row) }, did: card(row) };
  },
});

const named =
  (field: string) =>
  (rest: string): Raw => {
    const [target = '', ...said] = rest.split(/\s+/);
    return { ...(target && { target }), ...(said.length > 0 && { [field]: said.join(' ') }) };
  };

export const end = recordOperation<One>(loadOne, named('words'))(rights.end, {
  words: ['结束分包'],
  example: '柳湾村',
  async run(ctx, _input, { row, leader }) {
    const stored = await ctx.tx.table(sponsorships).get(row.id);
    if (stored) await finish(ctx, stored, addDays(ctx.today, -1));
    const text = `${await targetName(ctx.tx, row)}不再由${leader.name}分包。`;
    return { text, card: { subject: card(row) }, did: card(row) };
  },
});

/** Whom an instruction about something is for, unless another unit is named. */
async function usualUnit(ctx: Ctx, { kind, target }: Sponsorship): Promise<string> {
  if (kind === 'star') return (await allStars(ctx.tx)).find(({ id }) => id === target)?.lead ?? '';
  if (kind !== 'task') return target;
  const units = (await ctx.tx.table(taskRows).get(target))?.scope.units ?? [];
  return units.length === 1 ? (units[0] ?? '') : '';
}

async function unitChoices(ctx: Ctx, rows: readonly Sponsorship[]): Promise<readonly Choice[]> {
  const ids = new Set<string>();
  for (const row of rows)
    for (const id of [await usualUnit(ctx, row), row.township ?? '']) if (id) ids.add(id);
  const found = [];
  for (const value of ids) found.push({ title: await unitName(ctx.tx, value), value });
  return found;
}

/** The sponsorship and the unit that are meant. */
async function meant(ctx: Ctx, rows: readonly Sponsorship[], item: string, typed: string) {
  const row = rows.length === 1 ? rows[0] : rows.find(({ id }) => id === item);
  const named = typed === '' && row ? await usualUnit(ctx, row) : typed;
  return { row, unit: named === '' ? undefined : await meantUnit(ctx.tx, named) };
}

export const instruct = recordOperation<OfLeader>(loadLeader, named('words'))(rights.instruct, {
  words: ['批示'],
  example: '柳湾村 把路灯修好',
  help: '领导分包的事，批示一句就是一项任务',
  offered: toKinds('township', 'county', 'city', 'lead'),
  days: { fields: /^due$/, toward: 'due' },
  input: z.object({
    item: z.string().max(100).default(''),
    /** Of the card on which it was pressed. */
    quarter: z.string().regex(QUARTER, '这个季度不对，请重新发送“分包”').optional(),
    words: words('批示', 200, '请写批示'),
    unit: optionalWords('谁来办', 100),
    due: z.preprocess((typed) => (typed === '' ? undefined : typed), day('请选几号前').optional()),
  }),
  async refine(ctx, { item, unit: typed, due, words: said }, { leader, rows }) {
    const { row, unit } = await meant(ctx, rows, item, typed);
    if (!row) return [{ field: 'item', message: '请选是哪一处' }];
    if (!unit) return [{ field: 'unit', message: '请写由哪个单位来办' }];
    const why = await mayAsk(ctx, leader.unit, unit);
    if (why) return [{ field: 'unit', message: why }];
    const twice = row.instructions.find(
      (one) => one.on === ctx.today && one.words === said && one.unit === unit.id,
    );
    if (twice) return [{ field: 'words', message: `这一句今天已经批示过，是任务 ${twice.task}` }];
    const latest = latestDay(ctx.today);
    const fits = due === undefined || (due >= ctx.today && due <= latest);
    return fits ? [] : [{ field: 'due', message: `请选今天以后、${sayDay(latest, ctx.today)}以前的一天` }];
  },
  async form(ctx, { leader, rows }, values) {
    const choices: Choice[] = [];
    for (const row of rows) choices.push({ title: await targetName(ctx.tx, row), value: row.id });
    const [first, another] = choices;
    const units = await unitChoices(ctx, rows);
    const due = ctx.workdays.add(ctx.today, USUAL_WORKDAYS);
    const of = another || values.quarter ? { leader: leader.id } : { sponsorship: rows[0]?.id };
    return {
      intro: `${leader.name}分包${another ? `的${choices.length}处` : (first?.title ?? '')}：批示就是一项任务，由${await unitName(ctx.tx, leader.unit)}下达。`,
      fields: [
        ...(another ? [field.select('item', '哪一处', choices, { required: true })] : []),
        field.lines('words', '批示', 200, { required: true }),
        field.search('unit', '谁来办', units, {
          hint: '不填就是被分包的单位',
          ...(!another && { value: units[0]?.value }),
        }),
        field.date('due', '几号前', { value: due, min: ctx.today }),
      ],
      submit: {
        op: rights.instruct,
        data: { ...(values.quarter ? { quarter: values.quarter } : {}), ...of },
      },
    };
  },
  async run(ctx, { item, quarter, words: said, unit: typed, due }, { leader, rows }) {
    const { tx, today, me } = ctx;
    const { row, unit } = await meant(ctx, rows, item, typed);
    const stored = row && (await tx.table(sponsorships).get(row.id));
    if (!stored || !unit) throw new AppError('stale', '这项分包刚刚变了，请再来一次。');
    const deadline = due ?? ctx.workdays.add(today, USUAL_WORKDAYS);
    const task = await handOut(ctx, { leader, row: stored }, unit, said, deadline);
    const by = `${await unitName(tx, me.unit)}${ROLE_NAMES[me.role]}`;
    const instructions = [...stored.instructions, { on: today, words: said, task, unit: unit.id, by }];
    const saved = await tx.table(sponsorships).put({ ...stored, instructions });
    ctx.refresh(card(saved));
    const text = `批示已成为任务 ${task}，${unit.name}办，${sayDay(deadline, today)}前。`;
    const subject = quarter ? quarterCard(leader.id, quarter) : card(saved);
    return { text, card: { subject }, did: { kind: 'task', id: task } };
  },
});

async function handOut(
  ctx: Ctx,
  { leader, row }: One,
  unit: Unit,
  text: string,
  deadline: string,
): Promise<string> {
  const details = `${leader.name}批示（分包${await targetName(ctx.tx, row)}）`;
  return followup.handOut(ctx, { lead: leader.unit, unit: unit.id, text, deadline }, details);
}
