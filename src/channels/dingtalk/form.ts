/** Forms as DingTalk's form component draws them, and what it sends in, as every other platform would send it. */
import type { FilledField, FormCard } from '../../bot/cards/spec.ts';
import { parseJson } from '../../lib/json.ts';

/** A field of the form component. */
interface Field {
  readonly name: string;
  readonly label?: string;
  readonly hidden?: true;
  readonly type: 'TEXT' | 'TEXT_AREA' | 'SELECT' | 'DATE' | 'CHECKBOX_GROUP' | 'MULTI_CHECKBOX_GROUP';
  readonly required?: boolean;
  readonly requiredMsg?: string;
  readonly placeholder?: string;
  readonly defaultValue?: unknown;
  readonly options?: readonly { readonly value: string; readonly text: string }[];
}

const MOST_CHOICES = 30;
const TYPES = {
  text: 'TEXT',
  lines: 'TEXT_AREA',
  date: 'DATE',
  pick: 'CHECKBOX_GROUP',
  select: 'SELECT',
  search: 'SELECT',
  many: 'MULTI_CHECKBOX_GROUP',
} as const;

/** Which button sends the form in: the component's own says only that it was pressed. */
export const SUBMIT = '_submit';
const HOW = '怎么提交';

/** A way to send a form in: what it is called, and the name of its button. */
export interface Submitting {
  readonly text: string;
  readonly name: string;
}

/**
 * The value of the form variable; undefined when the component cannot draw this form, or in so many bytes.
 * @param submits the ways to send it in, the usual one first
 */
export function formParam(
  { fields }: FormCard,
  submits: readonly Submitting[],
  bytes: number,
): string | undefined {
  const drawn: Field[] = [];
  for (const field of fields) {
    if (field.kind === 'lookup' || field.choices.length > MOST_CHOICES) return undefined;
    drawn.push(fieldOf(field, TYPES[field.kind]));
  }
  const value = JSON.stringify({ fields: [...drawn, submitField(submits)] });
  return Buffer.byteLength(value) <= bytes ? value : undefined;
}

/** With one way to send it in there is nothing to choose. */
function submitField(submits: readonly Submitting[]): Field {
  const value = submits[0]?.name ?? '';
  if (submits.length < 2) return { name: SUBMIT, type: 'TEXT', hidden: true, defaultValue: value };
  const options = submits.map(({ text, name }) => ({ value: name, text }));
  return {
    name: SUBMIT,
    label: HOW,
    type: 'SELECT',
    required: true,
    options,
    defaultValue: { index: 0, value },
  };
}

function fieldOf(field: FilledField, type: Field['type']): Field {
  const { id: name, label, required, wrong: requiredMsg, hint: placeholder, value, choices } = field;
  const common = { name, label, type, required, requiredMsg, placeholder };
  if (choices.length === 0 && type !== 'MULTI_CHECKBOX_GROUP')
    return { ...common, ...(value && { defaultValue: value }) };
  const options = choices.map(({ title: text, value }) => ({ value, text }));
  const indexOf = (one: string) => choices.findIndex((choice) => choice.value === one);
  if (type === 'MULTI_CHECKBOX_GROUP') {
    const chosen = value.split(',').filter((one) => indexOf(one) >= 0);
    return { ...common, options, defaultValue: { index: chosen.map(indexOf), value: chosen } };
  }
  const known = indexOf(value) >= 0;
  return { ...common, options, ...(known && { defaultValue: { index: indexOf(value), value } }) };
}

/** What stands in the fields of a press, by field, each as text: several choices are joined by commas. */
export function fieldsOf(params: Readonly<Record<string, unknown>>): Record<string, string> {
  const { form } = params;
  const sent = typeof form === 'string' ? parseJson(form) : form;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return {};
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(sent)) {
    const text = textIn(value);
    if (text !== undefined) found[name] = text;
  }
  return found;
}

/** A text, yes or no, `{index, value}` of one choice or of several. */
function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.flatMap((one) => textIn(one) ?? []).join(',');
  if (typeof value === 'object' && value !== null && 'value' in value) return textIn(value.value);
  return undefined;
}
