/** What is typed into the minutes: kept as a draft whatever becomes of it, and read as decisions. */
import type { FieldError, Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { isDay, sayDay } from '../../lib/dates.ts';
import { latestDay } from '../../lib/when/index.ts';
import { findUnit, getUnit, type Unit } from '../orgs/index.ts';
import {
  type Decided,
  drafts,
  type Item,
  type Meeting,
  NOTHING,
  placesOf,
  type StoredMeeting,
} from './model.ts';
import { invitesOf } from './record.ts';

/** Decisions about one item; more are another item. */
export const MOST_DECISIONS = 5;
/** Chosen where no unit is to do it; a choice without a value cannot be chosen in Teams. */
export const NOBODY = '-';
/** What is kept of one field at most; what is too long is told and stays to be shortened. */
const MOST_TYPED = 1000;
/** All who can be asked may help. */
const MOST_PARTNERS_TYPED = 10_000;
const MOST_CHARS = 500;
/** Without another deadline a decision is due after this many working days. */
const DUE_WORKDAYS = 10;

const FIELDS = ['decision', 'unit', 'partners', 'deadline'] as const;
type FieldName = (typeof FIELDS)[number];

/** Where a decision stands: of which item, and which one of it, both from 0. */
export interface Place {
  readonly item: number;
  readonly nth: number;
}

/** `1` of the first decision about the first item, `1_2` of its second. */
export function keyOf({ item, nth }: Place): string {
  return nth === 0 ? String(item + 1) : `${item + 1}_${nth + 1}`;
}

/** The field of a place: `decision1`, `unit1_2`. */
export function fieldAt(name: FieldName, place: Place): string {
  return `${name}${keyOf(place)}`;
}

const FIELD = new RegExp(`^(${FIELDS.join('|')})?(\\d{1,3})(?:_(\\d))?$`);

/** The place that a field or a key names; undefined for what is none. */
export function readField(field: string): (Place & { readonly name: string | undefined }) | undefined {
  const [, name, item, nth = '1'] = FIELD.exec(field) ?? [];
  return item === undefined ? undefined : { name, item: Number(item) - 1, nth: Number(nth) - 1 };
}

/** `议题1`, `议题1第2条`. */
export function sayPlace({ item, nth }: Place): string {
  return nth === 0 ? `议题${item + 1}` : `议题${item + 1}第${nth + 1}条`;
}

/** All places of an item that has, or may get, a decision. */
export const placesIn = (item: number): readonly Place[] =>
  Array.from({ length: MOST_DECISIONS }, (_, nth) => ({ item, nth }));

/** Every field, with what the minutes say there now. */
function* fieldsOf({ items }: StoredMeeting): Iterable<readonly [id: string, now: string, place: Place]> {
  for (const [i, item] of items.entries()) {
    const said = placesOf(item);
    for (const place of placesIn(i)) {
      const { decision, unit, partners, deadline } = said[place.nth] ?? NOTHING;
      const now = { decision, unit: unit ?? '', partners: partners.join(), deadline: deadline ?? '' };
      for (const name of FIELDS) yield [fieldAt(name, place), now[name], place];
    }
  }
}

export type Values = Readonly<Record<string, string>>;

/** All fields: as they were just sent, else as they were kept, else as the minutes say. */
export async function valuesOf(ctx: Ctx, meeting: StoredMeeting, raw: Raw): Promise<Record<string, string>> {
  const kept = (await ctx.tx.table(drafts).get(meeting.id))?.values ?? {};
  const values: Record<string, string> = {};
  for (const [id, now, place] of fieldsOf(meeting)) {
    // Where nothing is ticked, nothing is sent.
    const ticks = id.startsWith('partners');
    const unticked = ticks && raw.place === keyOf(place) ? '' : undefined;
    const most = ticks ? MOST_PARTNERS_TYPED : MOST_TYPED;
    const sent = Array.isArray(raw[id]) ? raw[id].join() : raw[id] === NOBODY ? '' : raw[id];
    values[id] = typeof sent === 'string' ? sent.trim().slice(0, most) : (unticked ?? kept[id] ?? now);
  }
  return values;
}

/** What stands in the fields of one place. */
export function at(values: Values, place: Place): Record<FieldName, string> {
  const of = (name: FieldName) => values[fieldAt(name, place)] ?? '';
  return { decision: of('decision'), unit: of('unit'), partners: of('partners'), deadline: of('deadline') };
}

export function isBlank(values: Values, place: Place): boolean {
  return Object.values(at(values, place)).every((value) => value === '');
}

/** Keep what was typed until the minutes are out; what they say already is no draft. */
export async function keepDraft(ctx: Ctx, raw: Raw, meeting: StoredMeeting): Promise<void> {
  const values = await valuesOf(ctx, meeting, raw);
  const fields = [...fieldsOf(meeting)].filter(([id, now]) => values[id] !== '' || now !== '');
  if (fields.every(([id, now]) => values[id] === now)) return dropDraft(ctx, meeting);
  const known = await ctx.tx.table(drafts).get(meeting.id);
  const typed = Object.fromEntries(fields.map(([id]) => [id, values[id] ?? '']));
  await ctx.tx.table(drafts).put({ ...known, id: meeting.id, values: typed });
}

export async function hasDraft({ tx }: Pick<Ctx, 'tx'>, { id }: Meeting): Promise<boolean> {
  return (await tx.table(drafts).get(id)) !== undefined;
}

export async function dropDraft({ tx }: Ctx, { id }: StoredMeeting): Promise<void> {
  const known = await tx.table(drafts).get(id);
  if (known) await tx.table(drafts).delete(known);
}

/** The units that can be given something to do: who called the meeting and who was asked. */
export async function unitsFor(ctx: Ctx, meeting: StoredMeeting): Promise<readonly Unit[]> {
  const units = [await getUnit(ctx.tx, meeting.lead)];
  for (const { unit } of await invitesOf(ctx, meeting.id)) units.push(await getUnit(ctx.tx, unit));
  return units;
}

/** Several units, chosen or typed by their names. */
export function splitUnits(words: string): readonly string[] {
  return words.split(/[,，、;；/／|｜\n]/).flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
}

/** The items with what was decided, and what does not fit. */
export async function readItems(
  ctx: Ctx,
  meeting: StoredMeeting,
  raw: Raw,
): Promise<{ items: Item[]; errors: FieldError[] }> {
  const units = await unitsFor(ctx, meeting);
  const values = await valuesOf(ctx, meeting, raw);
  const errors: FieldError[] = [];
  const items: Item[] = [];
  for (const [i, item] of meeting.items.entries()) {
    const read: Decided[] = [];
    for (const place of placesIn(i)) read.push(await readPlace(ctx, units, values, place, errors));
    // What is empty behind the last one is no decision that was taken out.
    while (read.length > 1 && read.at(-1) === NOTHING) read.pop();
    const [first = NOTHING, ...more] = read;
    items.push({ ...item, ...first, more });
  }
  return { items, errors };
}

async function readPlace(
  ctx: Ctx,
  units: readonly Unit[],
  values: Values,
  place: Place,
  errors: FieldError[],
): Promise<Decided> {
  if (isBlank(values, place)) return NOTHING;
  const { decision, unit: words, partners: helpers, deadline } = at(values, place);
  const n = sayPlace(place);
  const wrong = (name: FieldName, message: string) =>
    errors.push({ field: fieldAt(name, place), message: `${n}${message}` });
  const attending = async (said: string) => {
    const found = units.find(({ id }) => id === said) ?? (await findUnit(ctx.tx, said));
    return units.find(({ id }) => id === found?.id);
  };
  const unit = words ? await attending(words) : undefined;
  const latest = latestDay(ctx.today);
  if (decision.length > MOST_CHARS) wrong('decision', `的决定最多${MOST_CHARS}个字`);
  if (words && !unit) wrong('unit', '的责任单位请从参会单位里选');
  if (words && !decision) wrong('decision', '有责任单位，请写决定');
  if (deadline && !isDay(deadline)) wrong('deadline', '的期限请写成 12月1日 这样');
  if (isDay(deadline) && deadline > latest) wrong('deadline', `的期限最晚到${sayDay(latest, ctx.today)}`);
  if (place.nth > 0 && !decision && !words) wrong('decision', '还没有写决定；不要这一条就都清空');
  const partners = new Set<string>();
  for (const said of splitUnits(helpers)) {
    const helper = await attending(said);
    if (!helper) wrong('partners', `的配合单位“${said.slice(0, 20)}”请从参会单位里选`);
    else if (helper.id !== unit?.id) partners.add(helper.id);
  }
  if (partners.size > 0 && !words) wrong('unit', '有配合单位，请选责任单位');
  const due = unit ? deadline || ctx.workdays.add(ctx.today, DUE_WORKDAYS) : null;
  return { decision, unit: unit?.id ?? null, partners: unit ? [...partners] : [], deadline: due };
}
