/** The form of 填写纪要: ten items a page; what was typed is kept as a draft whatever becomes of it. */

import {
  type Act,
  buildForm,
  type Field,
  type FieldError,
  type FormCard,
  type FormSpec,
  type Raw,
} from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { isDay, sayDay } from '../../lib/dates.ts';
import { latestDay } from '../../lib/when/index.ts';
import { findUnit, getUnit, type Unit } from '../orgs/index.ts';
import { drafts, type Item, type Meeting, type StoredMeeting } from './model.ts';
import { invitesOf } from './record.ts';
import { rights } from './rights.ts';

/** Items on one page; a form on a phone has an end. */
const PAGE = 10;
/** More units than this are typed, not chosen: ten lists of them would not fit on a card. */
const MOST_CHOICES = 40;
/** Chosen where no unit is to do it; a choice without a value cannot be chosen in Teams. */
const NOBODY = '-';
/** What is kept of one field at most; what is too long is told and stays to be shortened. */
const MOST_TYPED = 1000;
/** Without another deadline a decision is due after this many working days. */
const DUE_WORKDAYS = 10;

const pagesOf = ({ items }: StoredMeeting) => Math.ceil(items.length / PAGE);
const pageOfItem = (i: number) => Math.floor(i / PAGE) + 1;

/** The page that a press came from, from 1. */
export function pageOf(raw: Raw, meeting: StoredMeeting): number {
  const page = Math.trunc(Number(raw.page ?? 1)) || 1;
  return Math.min(Math.max(page, 1), pagesOf(meeting));
}

/** The fields of item i: `decision1`, `unit1`, `deadline1` of the first; with what the minutes say now. */
function fieldsOf(item: Item, i: number): readonly (readonly [id: string, now: string])[] {
  return [
    [`decision${i + 1}`, item.decision],
    [`unit${i + 1}`, item.unit ?? ''],
    [`deadline${i + 1}`, item.deadline ?? ''],
  ];
}

/** All fields: as they were just sent, else as they were kept, else as the minutes say. */
async function valuesOf(ctx: Ctx, meeting: StoredMeeting, raw: Raw): Promise<Record<string, string>> {
  const kept = (await ctx.tx.table(drafts).get(meeting.id))?.values ?? {};
  const values: Record<string, string> = {};
  for (const [id, now] of meeting.items.flatMap(fieldsOf)) {
    const sent = raw[id] === NOBODY ? '' : raw[id];
    values[id] = typeof sent === 'string' ? sent.trim().slice(0, MOST_TYPED) : (kept[id] ?? now);
  }
  return values;
}

/** Keep what was typed until the minutes are out; what they say already is no draft. */
export async function keepDraft(ctx: Ctx, raw: Raw, meeting: StoredMeeting): Promise<void> {
  const values = await valuesOf(ctx, meeting, raw);
  if (meeting.items.flatMap(fieldsOf).every(([id, now]) => values[id] === now))
    return dropDraft(ctx, meeting);
  const known = await ctx.tx.table(drafts).get(meeting.id);
  await ctx.tx.table(drafts).put({ ...known, id: meeting.id, values });
}

export async function hasDraft({ tx }: Pick<Ctx, 'tx'>, { id }: Meeting): Promise<boolean> {
  return (await tx.table(drafts).get(id)) !== undefined;
}

export async function dropDraft({ tx }: Ctx, { id }: StoredMeeting): Promise<void> {
  const known = await tx.table(drafts).get(id);
  if (known) await tx.table(drafts).delete(known);
}

/** The units that can be given something to do: who called the meeting and who was asked. */
async function unitsFor(ctx: Ctx, meeting: StoredMeeting): Promise<readonly Unit[]> {
  const units = [await getUnit(ctx.tx, meeting.lead)];
  for (const { unit } of await invitesOf(ctx, meeting.id)) units.push(await getUnit(ctx.tx, unit));
  return units;
}

/** The items with what was decided, and what does not fit. */
export async function readItems(
  ctx: Ctx,
  meeting: StoredMeeting,
  raw: Raw,
): Promise<{ items: Item[]; errors: FieldError[] }> {
  const units = await unitsFor(ctx, meeting);
  const values = await valuesOf(ctx, meeting, raw);
  const latest = latestDay(ctx.today);
  const errors: FieldError[] = [];
  const items: Item[] = [];
  for (const [i, item] of meeting.items.entries()) {
    const [decision = '', words = '', deadline = ''] = fieldsOf(item, i).map(([id]) => values[id]);
    const n = i + 1;
    const wrong = (field: string, message: string) => errors.push({ field, message });
    const found = words ? await findUnit(ctx.tx, words) : undefined;
    const unit = units.find(({ id }) => id === found?.id);
    if (decision.length > 500) wrong(`decision${n}`, `议题${n}的决定最多500个字`);
    if (words && !unit) wrong(`unit${n}`, `议题${n}的责任单位请从参会单位里选`);
    if (words && !decision) wrong(`decision${n}`, `议题${n}有责任单位，请写决定`);
    if (deadline && !isDay(deadline)) wrong(`deadline${n}`, `议题${n}的期限请写成 12月1日 这样`);
    if (isDay(deadline) && deadline > latest)
      wrong(`deadline${n}`, `议题${n}的期限最晚到${sayDay(latest, ctx.today)}`);
    const due = unit ? deadline || ctx.workdays.add(ctx.today, DUE_WORKDAYS) : null;
    items.push({ ...item, decision, unit: unit?.id ?? null, deadline: due });
  }
  return { items, errors };
}

/** The page on which something is wrong, else the one that was sent. */
export async function minutesForm(
  ctx: Ctx,
  meeting: StoredMeeting,
  raw: Raw,
  errors: readonly FieldError[],
): Promise<FormCard> {
  const values = await valuesOf(ctx, meeting, raw);
  const wrong = Number(/\d+$/.exec(errors[0]?.field ?? '')?.[0]);
  const page = wrong ? pageOfItem(wrong - 1) : pageOf(raw, meeting);
  const units = await unitsFor(ctx, meeting);
  const choices = [
    { title: '（不落实到单位）', value: NOBODY },
    ...units.map(({ id, name }) => ({ title: name, value: id })),
  ];
  const fields = meeting.items.flatMap((item, i): Field[] => {
    if (pageOfItem(i) !== page) return [];
    const [decision, unit, deadline] = fieldsOf(item, i).map(([id]) => id) as [string, string, string];
    const label = `责任单位${i + 1}`;
    // Typed by its name, chosen by its id.
    values[unit] = units.find(({ name }) => name === values[unit])?.id ?? values[unit] ?? '';
    if (values[unit] === '' && units.length <= MOST_CHOICES) values[unit] = NOBODY;
    return [
      {
        kind: 'lines',
        id: decision,
        label: `议题${i + 1} ${item.text}`.slice(0, 120),
        max: 500,
        hint: '怎么定的',
      },
      units.length > MOST_CHOICES
        ? { kind: 'text', id: unit, label, max: 60, hint: '写参会单位的名称' }
        : { kind: 'select', id: unit, label, choices },
      { kind: 'date', id: deadline, label: `期限${i + 1}` },
    ];
  });
  const again = meeting.version > 0 ? '改过的会出新的一版。' : '提交后发给所有参会单位。';
  return buildForm(
    {
      title: titleOfMinutes(meeting),
      intro: `${meeting.id}。每个议题怎么定的、谁办、几号前。${sayPages(page, meeting)}${again}`,
      fields,
      ...buttonsOf(page, meeting),
    },
    values,
    errors,
  );
}

/** 填写纪要; once they are out, what one does is to correct them. */
export function titleOfMinutes({ version }: Pick<StoredMeeting, 'version'>): string {
  return version > 0 ? '修改纪要' : rights.minutes.title;
}

function sayPages(page: number, meeting: StoredMeeting): string {
  const pages = pagesOf(meeting);
  return pages > 1 ? `共${meeting.items.length}个议题，第${page}页，共${pages}页。` : '';
}

/** On to the next page, or out with it on the last one; back, and later. */
function buttonsOf(page: number, meeting: StoredMeeting): Pick<FormSpec, 'submit' | 'also'> {
  const way = (title: string, op: Act, to?: number) => ({
    title,
    op,
    data: { meeting: meeting.id, page, ...(to && { to }) },
  });
  const back = page > 1 ? [way('上一页', rights.turnPage, page - 1)] : [];
  const on =
    page < pagesOf(meeting)
      ? way('下一页', rights.turnPage, page + 1)
      : way(rights.publish.title, rights.publish);
  return { submit: on, also: [...back, way('存草稿', rights.saveDraft)] };
}
