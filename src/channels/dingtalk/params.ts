/** A drawing as the values of a template: the basic one with Markdown and buttons, or ours, which draws forms, too. */
import { createHash } from 'node:crypto';
import { markOf } from '../../bot/cards/fresh.ts';
import { type FormCard, type Fresh, MOST_BUTTONS } from '../../bot/cards/spec.ts';
import { shorten } from '../../lib/text.ts';
import { type Drawing, fitLines, type Pressable, type Running, type Runs, submitsOf } from './drawing.ts';
import { formParam } from './form.ts';

/** How cards are drawn: by our template, by the basic one, or not at all. */
export type Tier = 'form' | 'basic' | 'words';

/** Every value is a text. */
export type Params = Readonly<Record<string, string>>;

/** What a button runs, by the name under which a client sends it. */
export type Named = ReadonlyMap<string, Runs>;

export interface Drawn {
  readonly params: Params;
  readonly named: Named;
}

export interface ParamsOptions {
  readonly tier: 'form' | 'basic';
  /** Most that one value weighs. */
  readonly valueBytes: number;
  /** The page on which a form is filled in; undefined where there is none. */
  readonly formUrl?: (form: string) => string | undefined;
}

/** The documents say 1 KB for a text; more of one was seen to work, but not how much. */
const TEXT_BYTES = 1_024;
const BUTTON_CHARS = 20;
/** Rows of a list that are buttons, too. */
const MOST_ROWS = 8;
/** In a small card rows leave room for what else one can do. */
const OWN_BUTTONS = 3;

/** The name of a button: what it runs, readable in logs, and a digest of what goes along. */
export function buttonName(op: string, data: unknown): string {
  return `${op}~${createHash('sha256')
    .update(JSON.stringify([op, data]))
    .digest('base64url')
    .slice(0, 12)}`;
}

/** What a button is called that has just come under the finger: when it did, stands behind its name. */
function markedName(one: Running, fresh: Fresh | undefined): string {
  const { drawn } = markOf(fresh, { op: one.op, data: one.own ?? one.data });
  return `${buttonName(one.op, one.data)}${drawn === undefined ? '' : `@${drawn.toString(36)}`}`;
}

/** The name of a button as it is kept, and when it came, if a client has to know. */
export function readName(name: string): { readonly name: string; readonly drawn?: number } {
  const [, plain = name, at] = /^(.*)@([\da-z]{1,12})$/.exec(name) ?? [];
  return at === undefined ? { name } : { name: plain, drawn: Number.parseInt(at, 36) };
}

/** @param fresh the drawing takes the place of another one: buttons that are new on it say so */
export function paramsOf(
  drawing: Drawing,
  { tier, valueBytes, formUrl }: ParamsOptions,
  fresh?: Fresh,
): Drawn {
  const text = fitLines(drawing.lines, Math.min(TEXT_BYTES, valueBytes));
  const { title, form } = drawing;
  const ways = form ? submitsOf(form) : [];
  const names = ways.map((one) => ({ text: one.text, name: markedName(one, fresh) }));
  const fields =
    tier === 'form' && form && form.fields.length > 0 ? formParam(form, names, valueBytes) : undefined;
  const pressables: readonly Pressable[] = fields
    ? [...ways, ...drawing.buttons.slice(-1)]
    : buttonsOf(drawing, tier, formUrl);
  const named = new Map<string, Runs>();
  const drawn = pressables.map((one) => {
    const label = shorten(one.text, BUTTON_CHARS);
    if ('url' in one) return { text: label, color: one.color, url: one.url };
    named.set(buttonName(one.op, one.data), { op: one.op, data: one.data });
    return { text: label, color: one.color, id: markedName(one, fresh), request: true };
  });
  if (tier === 'basic') {
    const sys_full_json_obj = JSON.stringify({ msgButtons: drawn });
    return { named, params: { title, markdown: text, logo: '', tips: '', sys_full_json_obj } };
  }
  // With fields the lines that say how to type them would only repeat them.
  const body =
    fields && form
      ? fitLines(drawing.lines.slice(0, drawing.lines.length - typedLines(form)), TEXT_BYTES)
      : text;
  return {
    named,
    params: {
      title,
      body,
      form: fields ?? '',
      form_btn_text: fields ? (form?.submit.title ?? '') : '',
      form_status: 'normal',
      buttons: JSON.stringify(drawn),
      // The form has a button of its own.
      others: JSON.stringify(fields ? drawn.slice(ways.length) : drawn),
      status: '',
    },
  };
}

/** The lines that say how to fill a form in by typing: one above, and one for each field. */
function typedLines({ fields }: FormCard): number {
  return fields.length > 0 ? fields.length + 1 : 0;
}

function buttonsOf(
  { form, buttons, rows, photos = [] }: Drawing,
  tier: 'form' | 'basic',
  formUrl: ParamsOptions['formUrl'],
): readonly Pressable[] {
  const url = form?.form && form.fields.length > 0 ? formUrl?.(form.form) : undefined;
  const page: readonly Pressable[] = url ? [{ text: '填写', color: 'blue', url }] : [];
  const all = [...page, ...buttons];
  if (tier === 'form') return [...rows.slice(0, MOST_ROWS), ...all, ...photos];
  // A photo is worth more than the last of many buttons, whose command can be typed.
  const room = MOST_BUTTONS - Math.min(photos.length, 1);
  const own = [...all.slice(0, rows.length > 0 ? OWN_BUTTONS : room), ...photos].slice(0, MOST_BUTTONS);
  return [...rows.slice(0, MOST_BUTTONS - own.length), ...own];
}
