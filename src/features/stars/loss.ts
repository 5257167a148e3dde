/** 预警, 保星, 摘星: the lead warns and proposes, the branch is heard, the organiser confirms; never the same person. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { button, note, type Raw, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { words as typed } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { endStar, starsHeld } from '../branches/index.ts';
import { tellUnit } from '../members/index.ts';
import {
  caresFor,
  getUnit,
  isBranch,
  organiser,
  type Star,
  type Unit,
  unitName,
  unitsAbove,
} from '../orgs/index.ts';
import {
  HEARD_WORKDAYS,
  isRunning,
  type StoredWarning,
  starWarnings,
  WARNED_DAYS,
  WARNING_NAMES,
  type Warning,
} from './model.ts';
import { ASIDE, by, DOCUMENT_HINT, fromWords, starAndBranch, titleOf } from './record.ts';
import { NO_WARNING, rights } from './rights.ts';
import { standardFact, standardOn } from './standards.ts';
import { decideSuggestion, openSuggestion } from './suggest.ts';

const WAITING = 20;
const MOST_REASON = 300;
const said = (raw: Raw, field: string) => (typeof raw[field] === 'string' ? String(raw[field]) : '');

/** The newest warning of a branch and a star, by its id or by words. */
async function loadWarning(ctx: Ctx, raw: Raw): Promise<StoredWarning> {
  const rows = ctx.tx.table(starWarnings);
  const id = said(raw, 'starWarning');
  if (id !== '') {
    const row = await rows.get(id);
    if (!row) throw new AppError('not_found', NO_WARNING);
    return row;
  }
  const meant = await starAndBranch(ctx, raw);
  const query = { order: 'on', desc: true, limit: 100 } as const;
  const found = meant ? (await rows.find({ where: { branch: meant.unit.id }, ...query })).rows : [];
  const row = found.find((one) => one.star === meant?.star.id);
  if (!row) throw new AppError('not_found', `${NO_WARNING}要先由牵头单位预警。`);
  return row;
}

const warningOperation = recordOperation(loadWarning, fromWords);

async function save(
  ctx: Ctx,
  row: Warning & { readonly rev?: number },
  what: string,
  words: string,
): Promise<StoredWarning> {
  const steps = [...row.steps, { on: ctx.today, ...by(ctx), what, words }];
  const saved = await ctx.tx.table(starWarnings).put({ ...row, steps });
  ctx.refresh({ kind: 'starWarning', id: row.id });
  return saved;
}

async function answered(ctx: Ctx, row: StoredWarning, text: string, to: readonly string[]): Promise<Outcome> {
  const subject = { kind: 'starWarning', id: row.id };
  for (const unit of to)
    await tellUnit(ctx, unit, { text, card: { subject }, key: `warning:${row.id}:${row.rev}:${unit}` });
  return { text, card: { subject }, did: subject };
}

interface Held {
  readonly unit: Unit;
  readonly star: Star;
}

/** A star that a branch holds, both named in words. */
async function heldStar(ctx: Ctx, raw: Raw): Promise<Held> {
  const meant = await starAndBranch(ctx, raw);
  const own = await getUnit(ctx.tx, ctx.me.unit);
  if (!meant || !isBranch(meant.unit) || !(await caresFor(ctx.tx, own, meant.unit)))
    throw new AppError('not_found', '请写上支部、星和原因。');
  return meant;
}

export const warn = operation<Held, { reason: string }>({
  right: rights.warn,
  words: ['预警'],
  example: '柳湾村 平安法治星 半年反弹两次',
  fromText: fromWords,
  record: heldStar,
  input: z.object({ reason: typed('原因', MOST_REASON) }),
  async refine(ctx, _input, { unit, star }) {
    if (!(await starsHeld(ctx.tx, unit, ctx.today)).includes(star.id))
      return [{ field: 'reason', message: `${unit.name}现在没有${star.name}` }];
    const query = { where: { branch: unit.id }, order: 'on', desc: true, limit: 100 } as const;
    const open = (await ctx.tx.table(starWarnings).find(query)).rows.some(
      (row) => row.star === star.id && (isRunning(row) || row.on === ctx.today),
    );
    if (!open) return [];
    personalOnly(ctx);
    return [{ field: 'reason', message: '这颗星已经预警过了，还在限期里' }];
  },
  async form(ctx, { unit, star }) {
    const open = await openSuggestion(ctx, unit.id, star.id);
    if (open) personalOnly(ctx);
    return {
      title: `预警：${unit.name} ${star.name}`,
      intro: `支部有${WARNED_DAYS}天整改，也可以说明情况。`,
      fields: [
        field.lines('reason', '原因', MOST_REASON, {
          required: true,
          value: open?.facts
            .map(({ text }) => text)
            .join('；')
            .slice(0, MOST_REASON),
        }),
      ],
      submit: { op: rights.warn, data: { branch: unit.id, star: star.id } },
    };
  },
  async run(ctx, { reason }, { unit, star }) {
    const open = await openSuggestion(ctx, unit.id, star.id);
    if (open) await decideSuggestion(ctx, open, { state: 'warned', reason });
    const [township, county] = await unitsAbove(ctx.tx, unit);
    const until = addDays(ctx.today, WARNED_DAYS);
    const row: Warning = {
      ...{ id: `${unit.id}|${star.id}|${ctx.today}`, branch: unit.id, star: star.id, lead: star.lead },
      ...{ township: township?.id ?? '', county: county?.id ?? '', state: 'warned', waits: star.lead },
      ...{ on: ctx.today, until, reason, said: '', proposed: '', steps: [] },
      facts: open?.facts.map(({ text }) => text) ?? [],
      records: open?.facts.flatMap(({ records }) => records) ?? [],
      standard: (await standardOn(ctx.tx, star.id, ctx.today))?.version ?? '',
    };
    const saved = await save(ctx, row, rights.warn.title, reason);
    const text = `${await titleOf(ctx, saved)}预警：${reason}。请在${sayDay(until, ctx.today)}前整改，也可以说明情况。`;
    return answered(ctx, saved, text, [saved.branch]);
  },
});

export const showWarning = warningOperation(rights.warning, {
  run: async (ctx, _input, row) => ({
    text: await titleOf(ctx, row),
    card: { subject: { kind: 'starWarning', id: row.id } },
    mine: true,
  }),
});

export const answer = warningOperation<{ reason: string }>(rights.answer, {
  words: ['说明情况'],
  example: '柳湾村 平安法治星 已经调解好了',
  input: z.object({ reason: typed('情况', 500) }),
  form: async (ctx, row) => ({
    title: `说明情况：${await titleOf(ctx, row)}`,
    fields: [field.lines('reason', '情况', 500, { required: true })],
    submit: { op: rights.answer, data: { starWarning: row.id } },
  }),
  async run(ctx, { reason }, row) {
    const saved = await save(ctx, { ...row, said: reason }, rights.answer.title, reason);
    return answered(ctx, saved, `${await titleOf(ctx, saved)}说明了情况：${reason}`, [saved.waits]);
  },
});

export const keep = warningOperation(rights.keep, {
  words: ['保星'],
  example: '柳湾村 平安法治星',
  async run(ctx, _input, row) {
    const saved = await save(ctx, { ...row, state: 'kept', waits: '' }, rights.keep.title, '');
    return answered(ctx, saved, `${await titleOf(ctx, saved)}保住了。`, [saved.branch]);
  },
});

export const propose = warningOperation<{ reason: string }>(rights.propose, {
  words: ['拟摘星'],
  example: '柳湾村 平安法治星 限期到了还没有整改',
  input: z.object({ reason: typed('原因', 300) }),
  form: async (ctx, row) => ({
    title: `拟摘星：${await titleOf(ctx, row)}`,
    intro: '支部说明情况以后，由市委组织部确认。',
    fields: [field.text('reason', '原因', 300, { required: true })],
    submit: { op: rights.propose, data: { starWarning: row.id } },
  }),
  async run(ctx, { reason }, row) {
    const waits = (await organiser(ctx.tx)).id;
    const next = { ...row, state: 'proposed' as const, waits, proposed: ctx.today };
    const saved = await save(ctx, next, rights.propose.title, reason);
    const text = `${await titleOf(ctx, saved)}拟摘星：${reason}。支部可以说明情况，由市委组织部确认。`;
    return answered(ctx, saved, text, [saved.branch, waits]);
  },
});

export const take = warningOperation<{ document: string; reason: string }>(rights.take, {
  words: ['摘星'],
  example: '柳湾村 平安法治星',
  // What the lead means by it is to propose it.
  async open(ctx, raw) {
    const proposes = ctx.sender && (await getUnit(ctx.tx, ctx.sender.unit)).kind === 'lead';
    return proposes ? { op: propose, raw } : undefined;
  },
  input: z.object({ document: typed('文号', 60), reason: typed('原因', 300) }),
  async form(ctx, row) {
    personalOnly(ctx);
    return {
      title: `摘星：${await titleOf(ctx, row)}`,
      intro: row.said === '' ? '支部没有说明情况。' : `支部说：${row.said}`,
      fields: [
        field.text('document', '文号', 60, { required: true, hint: DOCUMENT_HINT }),
        field.text('reason', '原因', 300, { required: true, value: row.steps.at(-1)?.words }),
      ],
      submit: { op: rights.take, data: { starWarning: row.id }, style: 'destructive' },
    };
  },
  async run(ctx, { document, reason }, row) {
    const { branch, star } = row;
    const unit = await unitName(ctx.tx, ctx.me.unit);
    await endStar(ctx, { branch, star, to: ctx.today, document, by: unit, reason });
    const saved = await save(ctx, { ...row, state: 'ended', waits: '' }, rights.take.title, reason);
    const text = `${await titleOf(ctx, saved)}已摘（${document}）：${reason}`;
    return answered(ctx, saved, text, [branch, row.township, row.county, row.lead]);
  },
});

export const warningView: View = async (world, id, viewer) => {
  const row = await world.tx.table(starWarnings).get(id);
  if (!row) return note(NO_WARNING);
  if (!viewer) return note(ASIDE);
  const seen = await judge(rights.warning, row, world, viewer);
  if (seen !== true) return note(seen);
  const buttons = [];
  for (const right of [rights.answer, rights.keep, rights.propose, rights.take])
    if (await may(right, row, world, viewer)) buttons.push(button(right, { starWarning: id }));
  const knows = await may(rights.evidence, row, world, viewer);
  return recordCard({
    number: sayDay(row.on, world.today),
    title: await titleOf(world, row),
    state: WARNING_NAMES[row.state],
    facts: [
      ['原因', row.reason],
      ['记录里有', knows ? row.facts.join('；') : ''],
      await standardFact(world.tx, row.star, row.standard),
      ['限期', sayDay(row.until, world.today)],
      ['支部说', row.said],
      ...row.steps
        .slice(1)
        .map(
          ({ on, what, words }) =>
            [what, [sayDay(on, world.today), words].filter(Boolean).join(' ')] as const,
        ),
    ],
    buttons,
  });
};

/** What waits for the unit: for a branch until it is decided, for the lead once the time is over, for the organiser what was proposed. */
export async function warningTodos(world: World, { unit, role }: Actor): Promise<readonly Todo[]> {
  if (role === 'secretary') return warnedTodos(world, unit);
  const query = { where: { waits: unit }, order: 'until', limit: WAITING } as const;
  const found: Todo[] = [];
  for (const row of (await world.tx.table(starWarnings).find(query)).rows) {
    if (row.state === 'warned' && row.until >= world.today) continue;
    found.push({
      ...{ number: '预警', title: await titleOf(world, row), due: row.until, aside: true },
      ...{
        ask: row.state === 'warned' ? '限期到了，请定' : '请确认摘星',
        op: rights.warning,
        data: { starWarning: row.id },
      },
    });
  }
  return found;
}

async function warnedTodos(world: World, branch: string): Promise<readonly Todo[]> {
  const query = { where: { branch }, order: 'on', desc: true, limit: WAITING } as const;
  const found: Todo[] = [];
  for (const row of (await world.tx.table(starWarnings).find(query)).rows) {
    if (!isRunning(row)) continue;
    const ask = row.state === 'warned' ? '请整改' : row.said === '' ? '可以说明情况' : undefined;
    if (ask === undefined) continue;
    const due = row.state === 'warned' ? row.until : world.workdays.add(row.proposed, HEARD_WORKDAYS);
    found.push({
      ...{ number: row.state === 'warned' ? '预警' : '拟摘星', title: await titleOf(world, row), ask, due },
      ...{ aside: true, op: rights.warning, data: { starWarning: row.id } },
    });
  }
  return found;
}
