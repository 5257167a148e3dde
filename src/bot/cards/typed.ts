/** Forms in words: what the typed lines say that fill one in. */
import { AppError } from '../../lib/errors.ts';
import { foldHan } from '../../lib/han.ts';
import { shorten } from '../../lib/text.ts';
import type { Choice, FilledField, FormCard, Raw } from './spec.ts';
import { hintOf, OFFERED, shownOf, wordOf } from './text.ts';

/** The choices as the form lists them, copied along. */
const IS_OFFERED = new RegExp(`^\\s*${OFFERED}[：:]`);
/** Nobody chooses in more characters than this. */
const MOST_CHOSEN = 4_000;
/** No title of a choice is longer. */
const LONGEST_CHOICE = 100;

/** The first line, as it names a button. */
export function firstLine(text: string): string {
  return (text.trim().split('\n', 1)[0] ?? '').replace(/[\s“”"'。.！!：:，,]+/g, '');
}

/**
 * Typed lines as fields: `提交`, the title of a button or another word for what it does, then `标题：…` a line. A line without a label goes on with the
 * field before it; what is not named keeps its value. Undefined when the first line names no button.
 * @throws AppError `invalid` for a line that belongs to no field
 */
export function typedForm(
  card: FormCard,
  text: string,
  wordsFor: (op: string) => readonly string[],
  called: FieldWords,
): { op: string; data: Raw } | undefined {
  const first = firstLine(text);
  const submits = [card.submit, ...card.also];
  // A command alone is meant as such.
  const isCalled = text.trim().includes('\n') && wordsFor(card.submit.op).includes(first);
  const submit =
    submits.find(({ title }) => title === first) ?? (first === '提交' || isCalled ? card.submit : undefined);
  if (!submit) return undefined;
  const typed = new Map<FilledField, string[]>();
  let current: string[] | undefined;
  for (const line of text.trim().split('\n').slice(1)) {
    if (IS_OFFERED.test(line)) continue;
    const named = namedIn(card.fields, line, typed, called);
    if (named) {
      current = [named.words];
      typed.set(named.field, current);
    } else if (current) current.push(line.trim());
    else if (line.trim() !== '') throw stray(line.trim(), card.fields);
  }
  return { op: submit.op, data: { ...submit.data, form: card.form, ...valuesOf(card, typed) } };
}

/**
 * Lines behind a command that opens this form, each field with its label, as if it were open. Undefined where the first
 * has none, or one for what the command itself said already (`given`): then all of it are words.
 */
export function fieldsBehind(card: FormCard, lines: string, called: FieldWords, given: Raw): Raw | undefined {
  const [first = ''] = lines.trim().split('\n', 1);
  if (!namedIn(card.fields, first, new Map(), called)) return undefined;
  const { values } = labelledLines(card, lines, called);
  if (Object.keys(values).some((id) => given[id])) return undefined;
  const { data = {} } = typedForm(card, `提交\n${lines}`, () => [], called) ?? {};
  return Object.fromEntries(card.fields.map(({ id }) => [id, data[id]]));
}

/** Typed lines that only fill the form in, each with its label: `星：平安法治`. Undefined when a line is none. */
export function typedFields(card: FormCard, text: string, called: FieldWords): Raw | undefined {
  const typed = new Map<FilledField, string[]>();
  for (const line of text.split('\n').filter((one) => one.trim() !== '' && !IS_OFFERED.test(one))) {
    const named = namedIn(card.fields, line, typed, called);
    if (!named) return undefined;
    typed.set(named.field, [named.words]);
  }
  return typed.size > 0 ? valuesOf(card, typed) : undefined;
}

/** What lines with the label of a field say, wherever they stand, and all other lines. */
export function labelledLines(
  card: FormCard,
  text: string,
  called: FieldWords,
): { readonly values: Readonly<Record<string, unknown>>; readonly rest: string } {
  const typed = new Map<FilledField, string[]>();
  const rest: string[] = [];
  for (const line of text.split('\n')) {
    const named = namedIn(card.fields, line, typed, called);
    if (named) typed.set(named.field, [named.words]);
    else rest.push(line);
  }
  const all = valuesOf(card, typed);
  const values = Object.fromEntries([...typed.keys()].map(({ id }) => [id, all[id]]));
  return { values, rest: rest.join('\n').trim() };
}

function namedIn(
  fields: readonly FilledField[],
  line: string,
  typed: ReadonlyMap<FilledField, unknown>,
  called: FieldWords,
) {
  const [, label = '', behind = ''] = /^(\S.{0,13}?)\s*[：:=＝](.*)$/.exec(line.trim()) ?? [];
  const name = label.replace(/[\s【】[\]*]/g, '');
  const words = behind.trim();
  const field = name ? fieldNamed(fields, name, words, typed, called) : undefined;
  return field && { field, words };
}

function valuesOf({ fields }: FormCard, typed: ReadonlyMap<FilledField, readonly string[]>): Raw {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const said = typed
      .get(field)
      ?.join(field.kind === 'lines' ? '\n' : field.kind === 'many' ? '、' : ' ')
      .trim();
    // What was copied from the form is not what was filled in.
    const same = said === undefined || said === shownOf(field) || said === hintOf(field);
    values[field.id] = same ? field.value : chosenValue(field, said);
  }
  return values;
}

/** What people call a field for short, by the id that it has in all forms. */
export type FieldWords = Readonly<Record<string, readonly string[]>>;

/** In whatever form; features know more (`Feature.fieldWords`). */
const SHORT: FieldWords = {
  title: ['标题', '题目', '名称'],
  details: ['详情', '内容', '说明', '详细', '详细情况', '具体情况'],
  reason: ['原因', '理由', '为什么'],
  date: ['日期', '哪天', '延到', '改到'],
  time: ['时间', '几点钟'],
  words: ['情况', '说明', '结果'],
  due: ['截止', '期限', '日期', '时间'],
};

/** The field that a label means: its own, or a short one, where nothing was written for it yet and a choice is one. */
function fieldNamed(
  fields: readonly FilledField[],
  name: string,
  words: string,
  typed: ReadonlyMap<FilledField, unknown>,
  called: FieldWords,
): FilledField | undefined {
  const own = fields.find((one) => wordOf(one.label) === name || one.id === name);
  if (own) return own;
  const free = fields.filter((one) => !typed.has(one) && isChoice(one, words));
  const [short] = free.filter(({ id }) => [SHORT, called].some((known) => known[id]?.includes(name)));
  const like = name.length < 2 ? [] : free.filter(({ label }) => wordOf(label).includes(name));
  return short ?? (like.length === 1 ? like[0] : undefined);
}

function isChoice({ choices }: FilledField, words: string): boolean {
  const said = plainOf(words.slice(0, LONGEST_CHOICE));
  return choices.length === 0 || said === '' || choices.some(({ title }) => plainOf(title).includes(said));
}

const plainOf = (text: string) => foldHan(text.normalize('NFKC').replace(/\s/g, ''));

function stray(line: string, [field]: readonly FilledField[]): AppError {
  const label = field ? wordOf(field.label) : '';
  return new AppError(
    'invalid',
    `没看出“${shorten(line, 20)}”是哪一项，前面请写上，例如：${label}：${shorten(line, 20)}`,
  );
}

/** The fields with the values of choices whose titles were sent; undefined when there are none. */
export function chosenByTitle({ fields }: FormCard, raw: Raw): Raw | undefined {
  const meant: Record<string, unknown> = {};
  for (const field of fields) {
    const sent = raw[field.id];
    if (typeof sent !== 'string' || field.choices.length === 0) continue;
    const value = chosenValue(field, sent);
    if (value !== sent) meant[field.id] = value;
  }
  return Object.keys(meant).length > 0 ? { ...raw, ...meant } : undefined;
}

/** The value of a choice that is sent by its title, whole or without what stands in brackets; other words stay. */
function chosenValue({ choices, kind }: FilledField, words: string): string {
  if (choices.length === 0 || words.length > MOST_CHOSEN) return words;
  const known = choices.map(({ title, value }) => ({
    value,
    whole: plainOf(title),
    short: shortOf(plainOf(title)),
  }));
  const meant = (one: string): string => {
    const said = plainOf(one);
    const exact =
      known.find(({ value }) => value === one) ??
      // 平安法治 is 平安法治星.
      known.find(({ whole }) => whole === said || whole === `${said}星`);
    const like = known.filter(({ short }) => short !== '' && short === shortOf(said));
    const nth = kind === 'many' && /^\d{1,3}$/.test(said) ? choices[Number(said) - 1] : undefined;
    return (exact ?? (like.length === 1 ? like[0] : nth))?.value ?? one;
  };
  if (kind !== 'many') return meant(words.trim());
  const numbers = numbersIn(words.normalize('NFKC'), choices);
  return (numbers ?? splitChoices(choices, words).map(meant)).join(',');
}

const RANGE = /^(\d{1,3})(?:[-~～—至到](\d{1,3}))?$/;

/** The values of choices by their numbers in the list: `1 3 5`, `1、3-5`; undefined when words are not that. */
function numbersIn(words: string, choices: readonly Choice[]): string[] | undefined {
  const found = new Set<string>();
  for (const one of words.split(/[\s,，、;；和及]+/).filter(Boolean)) {
    const [, from = '', to = from] = RANGE.exec(one) ?? [];
    const some = from ? choices.slice(Number(from) - 1, Number(to)) : [];
    const isTitle = choices.some(({ title, value }) => title === one || value === one);
    if (isTitle || Number(from) < 1 || some.length !== Number(to) - Number(from) + 1) return undefined;
    for (const { value } of some) found.add(value);
  }
  return found.size > 0 ? [...found] : undefined;
}

function shortOf(title: string): string {
  return title.replace(/\(.*$/, '');
}

const SEPARATOR = /^[\s,，、;；/／|｜]+/;

/** Several choices, however they are parted: titles may have the same signs in them. */
function splitChoices(choices: readonly Choice[], words: string): string[] {
  const known = choices.flatMap(({ title, value }) => [title, value]).sort((a, b) => b.length - a.length);
  const found: string[] = [];
  let rest = words;
  for (;;) {
    rest = rest.replace(SEPARATOR, '');
    if (rest === '') return found;
    const end = (one: string) => rest.length === one.length || SEPARATOR.test(rest.slice(one.length));
    const one =
      known.find((each) => each !== '' && rest.startsWith(each) && end(each)) ??
      /^[^,，、;；/／|｜\n]+/.exec(rest)?.[0] ??
      rest;
    found.push(one.trim());
    rest = rest.slice(one.length);
  }
}
