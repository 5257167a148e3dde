/** 填写纪要, 提交纪要: one row per item; what has a unit becomes a decision that comes back until it is done. */
import { z } from 'zod';
import type { Ctx, FieldError, Raw } from '../../bot/feature.ts';
import { buildForm, type Field } from '../../bot/fields.ts';
import { isDay, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { tellUnit } from '../members/index.ts';
import { findUnit, getUnit, type Unit, unitName } from '../orgs/index.ts';
import { type Decision, decisions, type Item, type StoredMeeting, versions } from './model.ts';
import {
  changed,
  invitesOf,
  loadMeeting,
  meetingOperation,
  numberAndWords,
  saveMeeting,
  tellInvited,
} from './record.ts';
import { rights } from './rights.ts';

/** Items on one form; a form on a phone has an end. */
const MOST = 10;
/** Without another deadline a decision is due after this many working days. */
const DUE_WORKDAYS = 10;

/** The fields of item n: `decision1`, `unit1`, `deadline1`. */
const fieldsOf = (raw: Raw, n: number) => ({
  decision: textOf(raw[`decision${n}`]).trim(),
  unit: textOf(raw[`unit${n}`]).trim(),
  deadline: textOf(raw[`deadline${n}`]).trim(),
});
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

async function unitsFor(ctx: Ctx, meeting: StoredMeeting): Promise<readonly Unit[]> {
  const units = [await getUnit(ctx.tx, meeting.lead)];
  for (const { unit } of await invitesOf(ctx, meeting.id)) units.push(await getUnit(ctx.tx, unit));
  return units;
}

/** The items with what was decided, and what does not fit. */
async function read(
  ctx: Ctx,
  meeting: StoredMeeting,
  raw: Raw,
): Promise<{ items: Item[]; errors: FieldError[] }> {
  const units = await unitsFor(ctx, meeting);
  const errors: FieldError[] = [];
  const items: Item[] = [];
  for (const [i, item] of meeting.items.entries()) {
    const n = i + 1;
    if (n > MOST) {
      items.push(item);
      continue;
    }
    const { decision, unit: words, deadline } = fieldsOf(raw, n);
    const found = words ? await findUnit(ctx.tx, words) : undefined;
    const unit = units.find(({ id }) => id === found?.id);
    if (decision.length > 500) errors.push({ field: `decision${n}`, message: `议题${n}的决定最多500个字` });
    if (words && !unit) errors.push({ field: `unit${n}`, message: `议题${n}的责任单位请从参会单位里选` });
    if (unit && !decision) errors.push({ field: `decision${n}`, message: `议题${n}有责任单位，请写决定` });
    if (deadline && !isDay(deadline))
      errors.push({ field: `deadline${n}`, message: `议题${n}的期限请写成 2026-12-01 这样` });
    const due = unit ? deadline || ctx.workdays.add(ctx.today, DUE_WORKDAYS) : null;
    items.push({ ...item, decision, unit: unit?.id ?? null, deadline: due });
  }
  return { items, errors };
}

async function form(ctx: Ctx, meeting: StoredMeeting, values: Raw, errors: readonly FieldError[]) {
  const choices = [
    { title: '（不落实到单位）', value: '' },
    ...(await unitsFor(ctx, meeting)).map(({ id, name }) => ({ title: name, value: id })),
  ];
  const fields: Field[] = meeting.items.slice(0, MOST).flatMap((item, i): Field[] => [
    {
      kind: 'lines',
      id: `decision${i + 1}`,
      label: `${i + 1}. ${item.text}`.slice(0, 120),
      max: 500,
      hint: '怎么定的',
      value: item.decision,
    },
    { kind: 'select', id: `unit${i + 1}`, label: '责任单位', choices, value: item.unit ?? '' },
    { kind: 'date', id: `deadline${i + 1}`, label: '期限', value: item.deadline ?? '' },
  ]);
  const more = meeting.items.length > MOST ? `先写前${MOST}个议题。` : '';
  const again = meeting.version > 0 ? '改过的会出新的一版。' : '提交后发给所有参会单位。';
  return buildForm(
    {
      title: '填写纪要',
      intro: `${meeting.id}。每个议题怎么定的、谁办、几号前。${more}${again}`,
      fields,
      submit: { title: '提交纪要', op: 'meetings.minutes', data: { meeting: meeting.id, filled: 'yes' } },
    },
    values,
    errors,
  );
}

export const minutes = meetingOperation<StoredMeeting, Raw>('minutes', {
  right: rights.minutes,
  title: '填写纪要',
  words: ['填写纪要', '纪要'],
  fromText: (rest) => ({ meeting: numberAndWords(rest).meeting }),
  record: loadMeeting,
  input: z.looseObject({ filled: z.literal('yes', '请填写纪要') }),
  refine: async (ctx, raw, meeting) => {
    const { items, errors } = await read(ctx, meeting, raw);
    const none = items.every(({ decision }) => decision === '');
    return none ? [...errors, { field: 'decision1', message: '请至少写一个决定' }] : errors;
  },
  form,
  preview: async (ctx, raw, meeting) => {
    const { items } = await read(ctx, meeting, raw);
    const lines = [];
    for (const [i, item] of items.entries()) {
      const who = item.unit
        ? `（${await unitName(ctx.tx, item.unit)}，${sayDay(item.deadline ?? ctx.today, ctx.today)}前）`
        : '';
      lines.push({
        mark: `议题${i + 1}`,
        text: item.decision ? `${item.decision}${who}` : '没有决定',
        tone: 'default' as const,
      });
    }
    return { title: '会议纪要', text: `${meeting.id}，发给所有参会单位。`, lines, confirm: '提交纪要' };
  },
  run: (ctx, raw, meeting) => publish(ctx, meeting, raw),
});

async function publish(ctx: Ctx, meeting: StoredMeeting, raw: Raw) {
  const { items } = await read(ctx, meeting, raw);
  const version = meeting.version + 1;
  const id = `${meeting.id}/${version}`;
  await ctx.tx
    .table(versions)
    .put({ id, meeting: meeting.id, at: ctx.now.toISOString(), by: ctx.me.id, items });
  const saved = await saveMeeting(ctx, { ...meeting, items, version, state: 'minuted' });
  const correction = version > 1 ? `更正（第${version}版）：${changes(meeting.items, items)}。` : '';
  // One message a unit: that the minutes are out, and what it is to do.
  const given = new Map<string, string[]>();
  for (const [i, item] of items.entries()) {
    const decision = await keepDecision(ctx, saved, item, i + 1);
    if (!decision) continue;
    const { unit, text, deadline } = decision;
    given.set(unit, [...(given.get(unit) ?? []), `${text}（${sayDay(deadline, ctx.today)}前）`]);
  }
  await tellInvited(ctx, saved, (unit) => {
    const own = given.get(unit);
    return `${meeting.id} 出纪要了。${correction}${own ? `由您单位办：${own.join('；')}` : ''}`;
  });
  return changed(
    ctx,
    saved,
    version > 1 ? `更正已发出，这是第${version}版。` : '纪要已发出，定下的事都交到单位了。',
  );
}

/** An item with a unit is an open decision; one that lost its unit in a correction is dropped. Resolves when it is new. */
async function keepDecision(
  ctx: Ctx,
  meeting: StoredMeeting,
  item: Item,
  n: number,
): Promise<Decision | undefined> {
  const rows = ctx.tx.table(decisions);
  const id = `${meeting.id}-${n}`;
  const known = await rows.get(id);
  if (!item.unit || !item.deadline) {
    if (known?.state === 'open') await rows.put({ ...known, state: 'dropped' });
    return undefined;
  }
  const same =
    known && known.text === item.decision && known.unit === item.unit && known.deadline === item.deadline;
  if (same) return undefined;
  const { lead, star } = meeting;
  return rows.put({
    ...known,
    id,
    meeting: meeting.id,
    star,
    lead,
    text: item.decision,
    unit: item.unit,
    deadline: item.deadline,
    state: known?.state === 'done' ? 'done' : 'open',
    since: known?.since ?? ctx.today,
    done: known?.done ?? '',
  });
}

/** What a correction changed, item by item. */
function changes(before: readonly Item[], after: readonly Item[]): string {
  const said = after.flatMap((item, i) => {
    const old = before[i];
    const same =
      old && old.decision === item.decision && old.unit === item.unit && old.deadline === item.deadline;
    return same ? [] : [`议题${i + 1}由“${old?.decision || '没有决定'}”改为“${item.decision || '没有决定'}”`];
  });
  return said.length > 0 ? said.join('；') : '内容没有变';
}

/** 已落实: a decision is done. */
export const settle = meetingOperation<Decision, { words: string }>('settle', {
  right: rights.settle,
  title: '已落实',
  words: ['已落实'],
  fromText(rest) {
    const [first = '', ...more] = rest.trim().split(/\s+/);
    return { decision: first.normalize('NFKC').toUpperCase(), words: more.join(' ') };
  },
  async record(ctx, { decision }) {
    const row = typeof decision === 'string' ? await ctx.tx.table(decisions).get(decision) : undefined;
    if (!row) throw new AppError('not_found', '没有找到这个决定。发送“待办”看看。');
    return row;
  },
  input: z.object({ words: z.string().trim().max(300, '最多300个字').default('') }),
  async run(ctx, { words }, decision) {
    await ctx.tx.table(decisions).put({ ...decision, state: 'done', done: words || '已落实' });
    const text = `${await unitName(ctx.tx, decision.unit)}已落实：${decision.text}${words ? `（${words}）` : ''}`;
    if (ctx.me.unit !== decision.lead) {
      const card = { subject: { kind: 'meeting', id: decision.meeting } };
      await tellUnit(ctx, decision.lead, { text, card, key: `decision:${decision.id}:done` });
    }
    return changed(ctx, { id: decision.meeting }, '好，记下了，下次会商不再提。');
  },
});
