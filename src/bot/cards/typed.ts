/** Forms in words: how one is shown to be filled in by typed lines, and what the lines that come back say. */
import { AppError } from '../../lib/errors.ts';
import { shorten } from '../../lib/text.ts';
import type { CardJson, Form, Raw } from './spec.ts';

interface Choice {
  readonly title: string;
  readonly value: string;
}

/** An input of a card. */
interface TypedField {
  readonly id: string;
  readonly label: string;
  readonly value: unknown;
  readonly choices: readonly Choice[];
  /** Several of the choices. */
  readonly many: boolean;
  /** Has room for several lines. */
  readonly lines: boolean;
}

interface Submit {
  readonly title: string;
  readonly op: string;
  readonly data: Raw;
}

/** The way out of a form; all other buttons send it in. */
export const CANCEL = 'form.cancel';
/** More choices than this are not listed in words. */
const LISTED = 12;
const CHOSEN = '（已选好）';
/** Nobody chooses in more characters than this. */
const MOST_CHOSEN = 4_000;

/** The inputs of a card and the buttons that send it in, the usual one first. */
function readCard(card: CardJson): { fields: readonly TypedField[]; submits: readonly Submit[] } {
  const fields: TypedField[] = [];
  const submits: Submit[] = [];
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    if (Array.isArray(node)) {
      for (const item of node) walk(item);
      return;
    }
    // What stands in for an element on old clients is that element once more.
    const { type, id, label, value, choices, verb, title, data, fallback, ...rest } = node as Raw;
    if (typeof type === 'string' && type.startsWith('Input.') && typeof id === 'string')
      fields.push({
        id,
        label: String(label ?? id),
        value,
        choices: (choices ?? []) as readonly Choice[],
        many: rest.isMultiSelect === true,
        lines: rest.isMultiline === true,
      });
    if (type === 'Action.Execute' && (data as Raw | undefined)?.form) {
      if (verb !== CANCEL) submits.push({ title: String(title), op: String(verb), data: data as Raw });
    } else walk(Object.values(rest));
  };
  walk(card);
  return { fields, submits };
}

/** What one types for a label: `议题1` of `议题1 村口路灯坏了`. */
function wordOf(label: string): string {
  return label.split(' ', 1)[0] ?? label;
}

function hintOf({ label, choices }: TypedField): string {
  const options = choices.length <= LISTED ? choices.map(({ title }) => title).join('／') : '';
  const hint = options || label.slice(wordOf(label).length + 1);
  return hint && `（${hint}）`;
}

/** What stands in a field, in words that people know: titles, never ids. */
function shownOf(field: TypedField): string {
  const { value, choices, many } = field;
  if (typeof value !== 'string' || value === '') return hintOf(field);
  if (choices.length === 0) return value;
  const titles = (many ? value.split(',') : [value]).map(
    (one) => choices.find((choice) => choice.value === one)?.title ?? (/^[!-~]+$/.test(one) ? CHOSEN : one),
  );
  return titles.join('、');
}

/** How to fill in a form without a card: shown as its text. */
export function formText(text: string, card: CardJson): string {
  const { fields, submits } = readCard(card);
  if (submits.length === 0 || fields.length === 0) return text;
  const lines = fields.map((field) => `${wordOf(field.label)}：${shownOf(field)}`);
  const titles = submits.map(({ title }) => `“${title}”`).join('或');
  return `${text}\n也可以打字：第一行写${titles}，下面每行写一项：\n${lines.join('\n')}`;
}

/** The first line, as it names a button. */
export function firstLine(text: string): string {
  return (text.trim().split('\n', 1)[0] ?? '').replace(/[\s“”"'。.！!：:，,]+/g, '');
}

/**
 * Typed lines as fields: `提交` or the title of a button, then `标题：…` a line. A line without a label goes on with the
 * field before it; what is not named keeps its value. Undefined when the first line names no button.
 * @throws AppError `invalid` for a line that belongs to no field
 */
export function typedForm(card: CardJson, text: string): { op: string; raw: Raw } | undefined {
  const { fields, submits } = readCard(card);
  const first = firstLine(text);
  const submit = submits.find(({ title }) => title === first) ?? (first === '提交' ? submits[0] : undefined);
  if (!submit) return undefined;
  const typed = new Map<TypedField, string[]>();
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
  const raw: Record<string, unknown> = { ...submit.data };
  for (const field of fields) {
    const said = typed
      .get(field)
      ?.join(field.lines ? '\n' : field.many ? '、' : ' ')
      .trim();
    // What was copied from the form is not what was filled in.
    const same = said === undefined || said === shownOf(field) || said === hintOf(field);
    if (!same) raw[field.id] = chosenValue(field, said);
    else if (field.value !== undefined) raw[field.id] = field.value;
  }
  return { op: submit.op, raw };
}

function stray(line: string, [field]: readonly TypedField[]): AppError {
  const label = field ? wordOf(field.label) : '';
  return new AppError(
    'invalid',
    `没看出“${shorten(line, 20)}”是哪一项，前面请写上，例如：${label}：${shorten(line, 20)}`,
  );
}

/** The fields with the values of choices whose titles were sent; undefined when there are none. */
export function chosenByTitle({ data }: Form, raw: Raw): Raw | undefined {
  const meant: Record<string, unknown> = {};
  for (const { id, kind, choices } of (data.fields ?? []) as readonly Partial<
    TypedField & { kind: string }
  >[]) {
    const sent = id === undefined ? undefined : raw[id];
    if (id === undefined || typeof sent !== 'string' || !choices?.length) continue;
    const value = chosenValue({ choices, many: kind === 'many' }, sent);
    if (value !== sent) meant[id] = value;
  }
  return Object.keys(meant).length > 0 ? { ...raw, ...meant } : undefined;
}

/** The value of a choice that is sent by its title, whole or without what stands in brackets; other words stay. */
function chosenValue({ choices, many }: Pick<TypedField, 'choices' | 'many'>, words: string): string {
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
  return many ? splitChoices(choices, words).map(meant).join(',') : meant(words.trim());
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
