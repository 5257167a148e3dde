/** Forms in words: what the typed lines say that fill one in. */
import { AppError } from '../../lib/errors.ts';
import { shorten } from '../../lib/text.ts';
import type { Choice, FilledField, FormCard, Raw } from './spec.ts';
import { hintOf, shownOf, wordOf } from './text.ts';

/** Nobody chooses in more characters than this. */
const MOST_CHOSEN = 4_000;

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
): { op: string; raw: Raw } | undefined {
  const { fields } = card;
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
    const [, label = '', words = ''] = /^(\S.{0,13}?)\s*[：:=＝](.*)$/.exec(line.trim()) ?? [];
    const name = label.replace(/[\s【】[\]*]/g, '');
    const field = name && fields.find((one) => wordOf(one.label) === name || one.id === name);
    if (field) {
      current = [words.trim()];
      typed.set(field, current);
    } else if (current) current.push(line.trim());
    else if (line.trim() !== '') throw stray(line.trim(), fields);
  }
  const raw: Record<string, unknown> = { ...submit.data, form: card.form };
  for (const field of fields) {
    const said = typed
      .get(field)
      ?.join(field.kind === 'lines' ? '\n' : field.kind === 'many' ? '、' : ' ')
      .trim();
    // What was copied from the form is not what was filled in.
    const same = said === undefined || said === shownOf(field) || said === hintOf(field);
    raw[field.id] = same ? field.value : chosenValue(field, said);
  }
  return { op: submit.op, raw };
}

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
  const plain = (text: string) => text.normalize('NFKC').replace(/\s/g, '').toLowerCase();
  const known = choices.map(({ title, value }) => ({
    value,
    whole: plain(title),
    short: shortOf(plain(title)),
  }));
  const meant = (one: string): string => {
    const said = plain(one);
    const exact = known.find(({ value }) => value === one) ?? known.find(({ whole }) => whole === said);
    const like = known.filter(({ short }) => short !== '' && short === shortOf(said));
    return (exact ?? (like.length === 1 ? like[0] : undefined))?.value ?? one;
  };
  return kind === 'many' ? splitChoices(choices, words).map(meant).join(',') : meant(words.trim());
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
