/** 督导 抽取: how many branches, on what day, who goes. What comes out is sealed, and its hash stands in the audit trail. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { FieldError, Raw } from '../../bot/cards/spec.ts';
import { type Ctx, operation } from '../../bot/operation.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { day, optionalWords } from '../../lib/inputs.ts';
import { foldWidth } from '../../lib/numerals.ts';
import { findingsOf, LETTERS, personalOnly } from '../analysis/index.ts';
import { isSameName, peopleOf, ROLE_NAMES, tellPerson } from '../members/index.ts';
import {
  allStars,
  branchCounts,
  getUnit,
  isBranch,
  placedName,
  type Unit,
  type UnitKind,
  unitsBelow,
} from '../orgs/index.ts';
import { draw as drawFrom, hashOf, type Pool, saltOf } from './draw.ts';
import { inspections, inspectors, MOST_INSPECTORS, seals } from './model.ts';
import { INSPECTION } from './questions.ts';
import { changed, inspectionCard, isRested, numbers } from './record.ts';
import { rights } from './rights.ts';

/** How far ahead one draws, in days. */
const AHEAD = 60;
const USUAL = 3;
const { most, weight } = INSPECTION;

/** Kinds of branches that a unit inspects: a department those that can hold one of its stars. */
async function kindsFor({ tx }: Pick<Ctx, 'tx'>, unit: Unit): Promise<readonly UnitKind[]> {
  if (unit.kind !== 'lead') return ['village', 'community'];
  const led = (await allStars(tx)).filter(({ lead }) => lead === unit.id);
  return [...new Set(led.flatMap(({ kinds }) => kinds))];
}

/** The branches that a unit draws from, by the units that they are directly below. */
async function poolOf(ctx: Ctx, unit: Unit): Promise<Pool> {
  const { tx } = ctx;
  const kinds = await kindsFor(ctx, unit);
  const counts = await branchCounts(tx, kinds);
  const parents =
    unit.kind === 'county'
      ? [unit.id, ...(await unitsBelow(tx, unit.id)).map(({ id }) => id)]
      : [...counts.keys()].sort();
  const parts = parents.filter((id) => counts.has(id));
  return {
    sizes: parts.map((id) => counts.get(id) ?? 0),
    async load(part) {
      const below = await unitsBelow(tx, parts[part] ?? '');
      return below.filter((one) => isBranch(one) && kinds.includes(one.kind)).map(({ id }) => id);
    },
  };
}

/** How likely a branch is in the weighted half: more for each letter A–D that holds today. */
function weigher(ctx: Ctx) {
  const known = new Map<string, ReadonlyMap<string, number>>();
  return async (branch: string): Promise<number> => {
    const { parent } = await getUnit(ctx.tx, branch);
    if (parent === null) return weight.plain;
    let letters = known.get(parent);
    if (!letters) {
      const found = await findingsOf(ctx, await getUnit(ctx.tx, parent), ctx.today);
      letters = new Map(
        found.map(({ branch: { id }, facts }) => [id, new Set(facts.map((f) => f.letter)).size]),
      );
      known.set(parent, letters);
    }
    return weight.plain + weight.fact * (letters.get(branch) ?? 0);
  };
}

const namesIn = (typed: string) => typed.split(/[\s,，、;；]+/).filter(Boolean);

/** The people of the own unit who are named by id or name; without words the sender. */
async function goers(ctx: Ctx, typed: string): Promise<{ people: readonly string[]; unknown: string[] }> {
  const all = await peopleOf(ctx.tx, ctx.me.unit);
  const people = new Set<string>();
  const unknown: string[] = [];
  for (const word of namesIn(typed)) {
    const found = all.find(({ id, name }) => id === word || isSameName(name, word));
    if (found) people.add(found.id);
    else unknown.push(word);
  }
  return { people: people.size + unknown.length > 0 ? [...people] : [ctx.me.id], unknown };
}

/** `3个 12月3日 白志远、周敏` in any order. */
function fromText(rest: string): Raw {
  const parts = foldWidth(rest).split(/\s+/).filter(Boolean);
  const at = parts.findIndex((word) => /^\d{1,3}个?(?:支部|村)?$/.test(word));
  const amount = at < 0 ? undefined : parts.splice(at, 1)[0]?.replace(/\D/g, '');
  const on = parts.findIndex((word) => /[月日号天周]|^\d{4}-/.test(word) && /\d|[今明后下周]/.test(word));
  const date = on < 0 ? undefined : parts.splice(on, 1)[0];
  return {
    ...(amount && { amount }),
    ...(date && { date }),
    ...(parts.length > 0 && { people: parts.join('、') }),
  };
}

const amountAsk = `抽几个请写1到${most}的数字`;

export const draw = operation({
  right: rights.draw,
  words: ['督导抽取'],
  example: '3 12月3日',
  glued: /^\d/,
  fromText,
  days: { fields: /^date$/, toward: 'ahead' },
  record: async (ctx) => personalOnly(ctx),
  input: z.object({
    amount: z.coerce.number({ error: amountAsk }).int(amountAsk).min(1, amountAsk).max(most, amountAsk),
    date: z.union([z.literal(''), day('请选督导日期')]).default(''),
    people: optionalWords('督导人员', 300),
  }),
  async refine(ctx, { date, people: typed }) {
    const errors: FieldError[] = [];
    const last = addDays(ctx.today, AHEAD);
    if (date !== '' && (date < ctx.today || date > last))
      errors.push({ field: 'date', message: `督导日期请选今天到${sayDay(last, ctx.today)}之间的一天` });
    const { people, unknown } = await goers(ctx, typed);
    if (unknown.length > 0)
      errors.push({ field: 'people', message: `本单位没有${unknown.join('、')}，督导人员从本单位选` });
    else if (people.length > MOST_INSPECTORS)
      errors.push({ field: 'people', message: `督导人员1到${MOST_INSPECTORS}位` });
    return errors;
  },
  async form({ tx, me, today }) {
    const { name } = await getUnit(tx, me.unit);
    const all = await peopleOf(tx, me.unit);
    const who = all.map((one) => ({ title: `${one.name}（${ROLE_NAMES[one.role]}）`, value: one.id }));
    const dates = { min: today, max: addDays(today, AHEAD), value: today };
    const people = `督导人员 1到${MOST_INSPECTORS}位`;
    return {
      title: '督导 · 抽取',
      intro: `${name}抽：一半随机，一半按研判的事实加权（没有事实的${weight.plain}份，A–D每有一样多${weight.fact}份），${INSPECTION.restDays}天内去过的不再抽。名单封存，当天开始才打开。`,
      fields: [
        field.text('amount', '抽几个支部', 3, { required: true, value: String(USUAL) }),
        field.date('date', '督导日期', { required: true, ...dates }),
        field.many('people', people, who, { value: me.id }),
      ],
      submit: { op: rights.draw },
    };
  },
  async run(ctx, { amount, date, people: typed }) {
    const { tx, me, today, random } = ctx;
    const unit = await getUnit(tx, me.unit);
    const drawn = await drawFrom(await poolOf(ctx, unit), amount, {
      random,
      isFree: (branch) => isRested(ctx, branch),
      weight: weigher(ctx),
      most: weight.plain + weight.fact * LETTERS.length,
    });
    if (drawn.length < amount)
      throw new AppError(
        'invalid',
        drawn.length === 0
          ? `现在没有可抽的支部：${INSPECTION.restDays}天内都去过了。过几天再抽。`
          : `现在只有${drawn.length}个支部可抽（${INSPECTION.restDays}天内去过的不再抽）。请抽${drawn.length}个以内，例如：督导 抽取 ${drawn.length}`,
      );
    const named = [];
    for (const id of drawn) named.push({ id, name: await placedName(tx, await getUnit(tx, id)) });
    named.sort((a, b) => (a.name < b.name ? -1 : 1));
    const sealed = { branches: named, salt: saltOf(random) };
    const one = {
      id: await numbers.next(tx, today),
      ...{ unit: unit.id, state: 'sealed' as const, day: date || today, amount, hash: hashOf(sealed) },
      ...{ version: INSPECTION.version, drawnBy: me.id, drawnName: me.name, drawnAt: ctx.now.toISOString() },
      ...{ begunOn: null, submittedOn: null, publishedOn: null, reason: '' },
    };
    await tx.table(inspections).put(one);
    await tx.table(seals).put({ id: one.id, ...sealed });
    const on = sayDay(one.day, today);
    for (const person of (await goers(ctx, typed)).people) {
      await tx
        .table(inspectors)
        .put({ id: `${one.id}|${person}`, inspection: one.id, person, unit: unit.id });
      const text = `请您参加督导${one.id}：已封存${amount}个支部，${on}开始时打开名单。`;
      tellPerson(ctx, person, { text, card: { subject: inspectionCard(one) }, key: `inspection:${one.id}` });
    }
    const text = `已封存${amount}个支部，编号 ${one.id}。名单谁也看不到，${on}督导人员点“开始”才打开。指纹已记入审计。`;
    return { ...changed(ctx, one, text), noted: `封存${amount}个支部，SHA-256 ${one.hash}` };
  },
});
