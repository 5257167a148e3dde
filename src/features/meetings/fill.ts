/** The forms of 填写纪要: ten items a page, each with its first decision; and one decision alone, with all about it. */

import { field, namedChoices } from '../../bot/cards/fields.ts';
import {
  type Act,
  buildForm,
  type Field,
  type FieldError,
  type FormCard,
  type FormSpec,
  type Raw,
} from '../../bot/cards/spec.ts';
import type { Search } from '../../bot/feature.ts';
import type { Ctx } from '../../bot/operation.ts';
import { shorten } from '../../lib/text.ts';
import { searchUnits, type Unit } from '../orgs/index.ts';
import type { StoredMeeting } from './model.ts';
import { rights } from './rights.ts';
import {
  at,
  fieldAt,
  isBlank,
  keyOf,
  MOST_DECISIONS,
  NOBODY,
  type Place,
  placesIn,
  readField,
  sayPlace,
  splitUnits,
  unitsFor,
  type Values,
  valuesOf,
} from './values.ts';

/** Items on one page; a form on a phone has an end. */
const PAGE = 10;
/** More units than this are looked up while one types: ten lists of them would not fit on a card. */
const MOST_CHOICES = 40;
const FIRST = 10;
/** The dataset in which they are. */
export const ATTENDING = 'meetings.units';
/** Behind the number of an item: its next decision. */
const NEXT = '+';

const pagesOf = ({ items }: StoredMeeting) => Math.ceil(items.length / PAGE);
const pageOfItem = (i: number) => Math.floor(i / PAGE) + 1;

/** The page that a press came from, from 1. */
function pageOf(raw: Raw, meeting: StoredMeeting): number {
  const page = Math.trunc(Number(raw.page ?? 1)) || 1;
  return Math.min(Math.max(page, 1), pagesOf(meeting));
}

/** The page on which something is wrong, else the one that was sent; what is not on a page comes alone. */
export async function minutesForm(
  ctx: Ctx,
  meeting: StoredMeeting,
  raw: Raw,
  errors: readonly FieldError[],
): Promise<FormCard> {
  const wrong = readField(errors[0]?.field ?? '');
  if (wrong && (wrong.nth > 0 || wrong.name === 'partners'))
    return decisionForm(ctx, meeting, wrong, raw, errors);
  const values = await valuesOf(ctx, meeting, raw);
  const page = wrong ? pageOfItem(wrong.item) : pageOf(raw, meeting);
  const units = await unitsFor(ctx, meeting);
  const shown = [...meeting.items.entries()].filter(([i]) => pageOfItem(i) === page);
  const fields = shown.flatMap(([i, { text }]): Field[] => {
    const place = { item: i, nth: 0 };
    const label = `议题${i + 1} ${shorten(text, 100)}${sayRest(values, i, units)}`;
    return [
      field.lines(fieldAt('decision', place), label, 500, { hint: '怎么定的' }),
      unitField(values, place, units, `责任单位${i + 1}`),
      field.date(fieldAt('deadline', place), `期限${i + 1}`),
    ];
  });
  const again = meeting.version > 0 ? '改过的会出新的一版。' : '提交后发给所有参会单位。';
  const wanted = field.select(
    'one',
    '单独写哪个议题',
    shown.flatMap(([i]) => choicesOf(values, i)),
    { hint: '可不选：配合单位、再加一条' },
  );
  return buildForm(
    {
      title: titleOfMinutes(meeting),
      intro: `${meeting.id}。每个议题怎么定的、谁办、几号前。${sayPages(page, meeting)}${again}`,
      fields: [...fields, wanted],
      ...buttonsOf(page, meeting),
    },
    { ...values, one: raw.one },
    errors,
  );
}

/** One decision: who leads, who helps, until when. */
export async function decisionForm(
  ctx: Ctx,
  meeting: StoredMeeting,
  place: Place,
  raw: Raw,
  errors: readonly FieldError[],
): Promise<FormCard> {
  const values = await valuesOf(ctx, meeting, raw);
  const units = await unitsFor(ctx, meeting);
  const partners = fieldAt('partners', place);
  values[partners] = splitUnits(values[partners] ?? '')
    .map((said) => units.find(({ name }) => name === said)?.id ?? said)
    .join();
  const others = placesIn(place.item).filter(
    ({ nth }) => nth !== place.nth && !isBlank(values, { ...place, nth }),
  );
  const said = others.map((other) => `第${other.nth + 1}条：${shorten(at(values, other).decision, 40)}`);
  const page = pageOfItem(place.item);
  const data = { meeting: meeting.id, page, place: keyOf(place) };
  const more = others.length + 1 < MOST_DECISIONS;
  return buildForm(
    {
      title: `${sayPlace({ ...place, nth: 0 })}第${place.nth + 1}条决定`,
      intro: `${shorten(meeting.items[place.item]?.text ?? '', 100)}。${said.join('；')}${said.length > 0 ? '。' : ''}`,
      fields: [
        field.lines(fieldAt('decision', place), '决定', 500, { hint: '怎么定的' }),
        unitField(values, place, units, '牵头单位'),
        field.many(partners, '配合单位', namedChoices(units)),
        field.date(fieldAt('deadline', place), '期限'),
      ],
      submit: { title: '写好了', op: rights.turnPage, data: { ...data, to: page } },
      also: more
        ? [
            {
              title: '再加一条决定',
              op: rights.oneDecision,
              data: { ...data, one: `${place.item + 1}${NEXT}` },
            },
          ]
        : [],
    },
    values,
    errors,
  );
}

function unitField(
  values: Record<string, string>,
  place: Place,
  units: readonly Unit[],
  label: string,
): Field {
  const id = fieldAt('unit', place);
  const all = namedChoices(units);
  // Typed by its name, chosen by its id.
  values[id] = all.find(({ title }) => title === values[id])?.value ?? values[id] ?? '';
  if (units.length > MOST_CHOICES) {
    const choices = all.filter(({ value }, i) => i < FIRST || value === values[id]);
    return field.search(id, label, choices, { dataset: ATTENDING, hint: '写单位名称的一部分来找' });
  }
  if (values[id] === '') values[id] = NOBODY;
  return field.select(id, label, [{ title: '（不落实到单位）', value: NOBODY }, ...all]);
}

/** What the page does not show of an item: its other decisions, and who helps. */
function sayRest(values: Values, item: number, units: readonly Unit[]): string {
  const [first = { item, nth: 0 }, ...places] = placesIn(item);
  const others = places.filter((place) => !isBlank(values, place)).length;
  const helpers = splitUnits(at(values, first).partners).map(
    (said) => units.find(({ id }) => id === said)?.name ?? said,
  );
  const said = [
    ...(helpers.length > 0 ? [`配合：${shorten(helpers.join('、'), 40)}`] : []),
    ...(others > 0 ? [`另有${others}条决定`] : []),
  ];
  return said.length > 0 ? `（${said.join('，')}）` : '';
}

/** What of an item can be written alone: each of its decisions, and the next one. No label of a field stands in a title. */
function choicesOf(values: Values, item: number) {
  const n = item + 1;
  const places = placesIn(item).filter((place) => place.nth === 0 || !isBlank(values, place));
  return [
    ...places.map((place) => ({
      title: `第${n}个：${place.nth === 0 ? '写配合单位' : `第${place.nth + 1}条 ${shorten(at(values, place).decision, 20)}`}`,
      value: keyOf(place),
    })),
    ...(places.length < MOST_DECISIONS ? [{ title: `第${n}个：再加一条决定`, value: `${n}${NEXT}` }] : []),
  ];
}

/** The place that was chosen, as it stands now: the next one is the first that is empty. Undefined when there is none. */
export async function placeMeant(ctx: Ctx, meeting: StoredMeeting, one: string): Promise<Place | undefined> {
  const place = readField(one.endsWith(NEXT) ? one.slice(0, -1) : one);
  if (!place || !meeting.items[place.item] || place.nth >= MOST_DECISIONS) return undefined;
  if (!one.endsWith(NEXT)) return place;
  const values = await valuesOf(ctx, meeting, {});
  return placesIn(place.item).find((next) => isBlank(values, next));
}

/** 填写纪要; once they are out, what one does is to correct them. */
export function titleOfMinutes({ version }: Pick<StoredMeeting, 'version'>): string {
  return version > 0 ? '修改纪要' : rights.minutes.title;
}

function sayPages(page: number, meeting: StoredMeeting): string {
  const pages = pagesOf(meeting);
  return pages > 1 ? `共${meeting.items.length}个议题，第${page}页，共${pages}页。` : '';
}

/** On to the next page, or out with it on the last one; back, one alone, and later. */
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
  return {
    submit: on,
    also: [...back, way('存草稿', rights.saveDraft), way(rights.oneDecision.title, rights.oneDecision)],
  };
}

/** Units that may be invited, by a part of their names. */
export const attending: Search = async ({ tx }, words, sender, most) => {
  const of = new Set(['city', 'lead', 'responsible', 'county']);
  const found = sender ? await searchUnits(tx, words, most, async ({ kind }) => of.has(kind)) : [];
  return namedChoices(found);
};
