/** Builds forms and lists over the shared templates, so that all features look alike. */
import type { FieldError, Form, Raw, Tone } from './feature.ts';
import { sayErrors } from './forms.ts';

export interface Choice {
  readonly title: string;
  readonly value: string;
}

interface FieldBase {
  /** The English field name, the id of the input. */
  readonly id: string;
  readonly label: string;
  readonly required?: boolean;
  readonly hint?: string;
  /** What is filled in already, unless the person typed something. */
  readonly value?: string | undefined;
}

export type Field = FieldBase &
  (
    | { readonly kind: 'text' | 'lines'; readonly max: number }
    | { readonly kind: 'date'; readonly min?: string; readonly max?: string }
    /** `pick`: a few options in the open. `select`: a drop-down list. `search`: a long list, narrowed by typing. `many`: ticks, comma-separated. */
    | { readonly kind: 'pick' | 'select' | 'search' | 'many'; readonly choices: readonly Choice[] }
  );

export interface FormSpec {
  readonly title: string;
  /** What the form is about or what will happen, in one sentence. */
  readonly intro?: string;
  readonly fields: readonly Field[];
  readonly submit: {
    readonly title: string;
    readonly op: string;
    readonly data?: Raw;
    readonly style?: ButtonStyle;
  };
}

export type ButtonStyle = 'default' | 'positive' | 'destructive';

export interface Button {
  readonly title: string;
  readonly op: string;
  readonly data: Raw;
  readonly style: ButtonStyle;
}

/** A button that runs an operation; the claimed fields go into `data`. */
export function button(title: string, op: string, data: Raw = {}, style: ButtonStyle = 'default'): Button {
  return { title, op, data, style };
}

/** A form with what was typed kept and what was wrong named; dates stay plain `YYYY-MM-DD` text. */
export function buildForm(
  { title, intro, fields, submit }: FormSpec,
  values: Raw,
  errors: readonly FieldError[],
): Form {
  const data = {
    title,
    intro: intro ?? '',
    error: errors.length > 0 ? `请改一下：${sayErrors(errors)}` : '',
    fields: fields.map((field) => ({
      min: '',
      max: 0,
      choices: [],
      hint: '',
      ...field,
      required: field.required ?? false,
      wrong:
        errors.find((error) => error.field === field.id)?.message ??
        `${field.kind === 'text' || field.kind === 'lines' ? '请写' : '请选'}${field.label}`,
      value: typeof values[field.id] === 'string' ? values[field.id] : (field.value ?? ''),
    })),
    submit: { style: 'positive', data: {}, ...submit },
  };
  return {
    text: errors.length > 0 ? data.error : intro ? `${title}：${intro}` : title,
    template: 'bot/form',
    data,
  };
}

export interface ListRow {
  readonly title: string;
  /** Small coloured words in front: the state, a colour. */
  readonly mark: string;
  readonly tone: Tone;
  readonly sub: string;
  readonly op: string;
  readonly data: Raw;
}

/** A page of records, each opened by a press. */
export function listCard(
  title: string,
  sub: string,
  rows: readonly ListRow[],
  buttons: readonly Button[],
): { template: string; data: Raw } {
  return { template: 'bot/list', data: { title, sub, rows, buttons } };
}
