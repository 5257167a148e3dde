/**
 * What was decided is done: the responsible unit says so, the convener confirms it, or a reviewed check-in does. Text, unit
 * and deadline stand in the item of the meeting, too, from which a correction (minutes.ts) writes them again.
 */

import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { button, note, previewCard, type Raw } from '../../bot/cards/spec.ts';
import type { Concern, View } from '../../bot/feature.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import type { Ctx, Outcome } from '../../bot/operation.ts';
import { on } from '../../bot/turn/events.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Doing } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { words as typedWords } from '../../lib/inputs.ts';
import type { Numbers } from '../../lib/recordnumber.ts';
import { tellUnit } from '../members/index.ts';
import { unitName } from '../orgs/index.ts';
import { decisionDone, decisionReturned, followup, taskRights } from '../tasks/index.ts';
import { type Decision, decisions } from './model.ts';
import { numbers, sayWho } from './record.ts';
import { rights } from './rights.ts';

/** The first of a meeting. */
const EXAMPLE = `${numbers.example}-1`;
const LINES = { mark: '责任' } as const;

/** `-1`, `-1-2` behind the number of a meeting, and what is said of it. */
const WHICH =
  /^[\p{Pd}−ー一_]\s*([\d０-９]{1,4})(?![\d０-９])(?:[\p{Pd}−ー一_]([\d０-９]{1,2})(?![\d０-９]))?[\s,，。.:：;；]*(.*)$/su;

/** `HS-2026-11-01-1`: the number of the meeting in all its ways to be written, a dash, and which one. */
export const decisionNumbers: Pick<Numbers, 'pattern' | 'example' | 'read'> = {
  pattern: /^HS-\d{4}-\d{2}-\d{1,6}(?:-\d{1,4}){1,2}$/,
  example: EXAMPLE,
  read(text) {
    const meeting = numbers.read(text);
    const [, ...found] = (meeting && WHICH.exec(meeting.words)) ?? [];
    if (!meeting || found.length === 0) return undefined;
    const words = found.pop() ?? '';
    const which = found.flatMap((digits) => (digits ? [Number(digits.normalize('NFKC'))] : []));
    return { number: [meeting.number, ...which].join('-'), words, length: text.length - words.length };
  },
};

function fromText(rest: string): Raw {
  const { number: decision, words } = decisionNumbers.read(rest) ?? numbers.split(rest);
  return { decision, ...(words && { words }) };
}

async function load(ctx: Ctx, { decision }: Raw): Promise<Decision> {
  const row = typeof decision === 'string' ? await ctx.tx.table(decisions).get(decision) : undefined;
  if (!row) throw new AppError('not_found', '没有找到这个决定。发送“待办”看看。');
  return row;
}

const decisionOperation = recordOperation(load, fromText);

const cardOf = ({ id }: Pick<Decision, 'id'>) => ({ subject: { kind: 'decision', id } });

function changed(ctx: Ctx, decision: Decision, text: string): Outcome {
  ctx.refresh({ kind: 'decision', id: decision.id });
  ctx.refresh({ kind: 'meeting', id: decision.meeting });
  return { text, card: cardOf(decision), did: { kind: 'meeting', id: decision.meeting } };
}

/** One decision, with the way to say that it is done. */
export const decision = decisionOperation(rights.decision, {
  run: async (_ctx, _input, row) => ({ text: '', card: cardOf(row), mine: true }),
});

/** Buttons in the order of how likely they are wanted. */
const STEPS = [
  [rights.confirm, 'positive'],
  [rights.unsettled, 'default'],
  [rights.settle, 'positive'],
] as const;

/** Whoever is to say that it is done, or to confirm it. */
export const decisionConcern: Concern = async (world, id, actor) => {
  const row = await world.tx.table(decisions).get(id);
  if (!row) return false;
  for (const [right] of STEPS) if (await may(right, row, world, actor)) return true;
  return false;
};

export const decisionView: View = async (world, id, viewer) => {
  const row = await world.tx.table(decisions).get(id);
  if (!row) return note('没有找到这个决定。');
  const data = { decision: id };
  const task = row.task ? ` · 任务 ${row.task}` : '';
  const sub = `${await sayWho(world, row)}${task}${row.done ? ` · ${row.done}` : ''}`;
  const said = row.claim ? `${row.claim.name}说已落实${row.claim.words ? `：${row.claim.words}` : ''}` : '';
  const offered = [];
  for (const [right, style] of STEPS)
    if (viewer && (await may(right, row, world, viewer))) offered.push(button(right, data, style));
  return previewCard({
    title: id,
    text: row.text,
    lines: [{ ...LINES, text: sub }, ...(said ? [{ ...LINES, mark: '等确认', text: said }] : [])],
    buttons: [
      ...offered,
      ...(row.task ? [button(taskRights.show, { task: row.task }, 'default', '看任务')] : []),
      button(rights.show, { meeting: row.meeting }, 'default', '看会商'),
    ],
  });
};

/** 已落实: the convener's own word is enough. */
export const settle = decisionOperation(rights.settle, {
  words: ['已落实'],
  example: `${EXAMPLE} 修好了`,
  // Said by the convener of what waits for its word, it is that word.
  async open(ctx, raw) {
    const row = await load(ctx, raw);
    return row.claim && row.state === 'open' && row.lead === ctx.me.unit ? { op: confirm, raw } : undefined;
  },
  input: z.object({ words: z.string().trim().max(300, '最多300个字').default('') }),
  async run(ctx, { words }, row) {
    if (ctx.me.unit === row.lead) return end(ctx, row, words);
    const { id: by, name } = ctx.me;
    const saved = await ctx.tx
      .table(decisions)
      .put({ ...row, claim: { by, name, words }, confirms: row.lead });
    await followup.say(ctx, row, 'in', words);
    const text = `${await unitName(ctx.tx, row.unit)}说已落实：${row.text}${words ? `（${words}）` : ''}。请确认。`;
    const key = `decision:${row.id}:${saved.rev}`;
    const asks = { unit: row.lead, of: [rights.confirm] };
    await tellUnit(ctx, row.lead, { text, card: cardOf(row), key, asks });
    return changed(ctx, saved, `好，等${await unitName(ctx.tx, row.lead)}确认。`);
  },
});

export const confirm = decisionOperation(rights.confirm, {
  words: ['确认落实'],
  example: EXAMPLE,
  run: (ctx, _input, row) => end(ctx, row, row.claim?.words ?? ''),
});

async function end(ctx: Ctx, row: Decision, words: string): Promise<Outcome> {
  const done = { state: 'done' as const, done: words || '已落实', claim: null, confirms: null };
  const saved = await ctx.tx.table(decisions).put({ ...row, ...done });
  await followup.say(ctx, row, 'passed', words);
  return changed(ctx, saved, '好，记下了，下次会商不再提。');
}

export const unsettled = decisionOperation(rights.unsettled, {
  words: ['没有落实'],
  example: `${EXAMPLE} 还差两户`,
  input: z.object({ words: typedWords('还差什么', 300) }),
  form: async (_ctx, { id, text }) => ({
    intro: `${id} ${text}`,
    fields: [field.lines('words', '还差什么', 300, { required: true, hint: '一两句话就行' })],
    submit: { op: rights.unsettled, data: { decision: id } },
  }),
  async run(ctx, { words }, row) {
    const saved = await ctx.tx.table(decisions).put({ ...row, claim: null, confirms: null });
    await followup.say(ctx, row, 'returned', words);
    const text = `${row.text}：还没有落实（${words}）。请接着办。`;
    await tellUnit(ctx, row.unit, { text, card: cardOf(row), key: `decision:${row.id}:${saved.rev}` });
    return changed(ctx, saved, `好，请${await unitName(ctx.tx, row.unit)}接着办。`);
  },
});

/** The task of a decision has passed: so it is done. */
export const decisionSettled = on(decisionDone, settleByTask);

/** The convener returned the check-in: it is not done. */
export const decisionReopened = on(decisionReturned, async (doing: Doing, { decision: id }) => {
  const row = await doing.tx.table(decisions).get(id);
  if (!row?.claim) return;
  await doing.tx.table(decisions).put({ ...row, claim: null, confirms: null });
  doing.refresh({ kind: 'decision', id });
});

/** Servers of the version before told it by this job. */
export const settledJob: JobKind = {
  kind: 'meetings.settled',
  async step(doing, { data }) {
    await settleByTask(doing, { decision: String(data.decision), words: String(data.words) });
    return undefined;
  },
};

async function settleByTask(
  doing: Doing,
  { decision: id, words }: { readonly decision: string; readonly words: string },
): Promise<void> {
  const row = await doing.tx.table(decisions).get(id);
  if (row?.state !== 'open') return;
  await doing.tx.table(decisions).put({ ...row, state: 'done', done: words, claim: null, confirms: null });
  doing.refresh({ kind: 'decision', id });
  doing.refresh({ kind: 'meeting', id: row.meeting });
}
