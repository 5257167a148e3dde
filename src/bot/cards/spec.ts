/** What people see: cards with their parts, and the builders over the shared templates, so that all features look alike. */
import { isDay } from '../../lib/dates.ts';
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
    | { readonly kind: 'pick' | 'select' | 'many'; readonly choices: readonly Choice[] }
    /** Where the platform can, more choices are looked up in `dataset` (Feature.searches) while somebody types. */
    | { readonly kind: 'search'; readonly choices: readonly Choice[]; readonly dataset?: string }
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
  /** Other ways to send it in. */
  readonly also?: readonly { readonly title: string; readonly op: string; readonly data?: Raw }[];
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
  { title, intro, fields, submit, also = [] }: FormSpec,
  values: Raw,
  errors: readonly FieldError[],
): Form {
  const data = {
    title,
    intro: intro ?? '',
    error: errors.length > 0 ? `请改一下：${sayErrors(errors)}` : '',
    fields: fields.map((field) => {
      const value = held(field, values[field.id]);
      return {
        min: '',
        max: 0,
        choices: [],
        dataset: '',
        hint: '',
        ...field,
        // Its own part of the template: what is not looked up must not say that it is.
        kind: field.kind === 'search' && field.dataset ? 'lookup' : field.kind,
        required: field.required ?? false,
        wrong:
          errors.find((error) => error.field === field.id)?.message ??
          `${field.kind === 'text' || field.kind === 'lines' ? '请写' : '请选'}${field.label}`,
        value,
        /** The value as people write it. */
        shown: ('choices' in field && field.choices.find((choice) => choice.value === value)?.title) || value,
      };
    }),
    submit: { style: 'positive', data: {}, ...submit },
    also: also.map((other) => ({ data: {}, ...other })),
  };
  return {
    text: errors.length > 0 ? data.error : intro ? `${title}：${intro}` : title,
    template: 'bot/form',
    data,
  };
}

/** What an input holds; one for a date can hold nothing else. */
function held({ kind, value = '' }: Field, typed: unknown): string {
  if (typeof typed !== 'string') return value;
  return kind === 'date' && !isDay(typed) ? '' : typed;
}

export interface ListRow {
  readonly title: string;
  /** Bold words in front: the state, a colour's name. */
  readonly mark: string;
  /** Background of the row. */
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

/** A button that opens an address. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

export interface RecordSpec {
  readonly number: string;
  readonly title: string;
  readonly state: string;
  /** Background of the head: `accent`, `warning`, `good`, `attention`, `emphasis`. */
  readonly style: string;
  /** Bold words behind the state. */
  readonly marks?: readonly string[];
  /** What is asked of the one who looks, in a sentence. */
  readonly ask: string;
  /** Label and value; those without a value are left out. */
  readonly facts: readonly (readonly [string, string])[];
  /** Choices that go along with whatever button is pressed. */
  readonly inputs?: readonly {
    readonly id: string;
    readonly label: string;
    readonly value: string;
    readonly choices: readonly Choice[];
  }[];
  readonly buttons: readonly Button[];
  /** Fill what the buttons leave of the five. */
  readonly links?: readonly Link[];
  /** The address of the first link can be copied: in a field, because text does not break a long word. */
  readonly copied?: boolean;
}

/** Buttons that one card shows at most. */
export const MOST_BUTTONS = 5;

/** One record as a card: what it is, where it stands, what is asked, the facts, the buttons. */
export function recordCard(spec: RecordSpec): ViewDrawing {
  const { number, title, state, ask } = spec;
  const marks = (spec.marks ?? []).map((mark) => ({ text: mark }));
  const facts = spec.facts.flatMap(([label, value]) => (value === '' ? [] : [{ label, value }]));
  const buttons = spec.buttons.slice(0, MOST_BUTTONS);
  const links = (spec.links ?? []).slice(0, MOST_BUTTONS - buttons.length);
  const text = [
    `${number} ${title}`.trim(),
    [state, ...marks.map((mark) => mark.text)].join(' · '),
    ask,
    ...facts.map(({ label, value }) => `${label}：${value}`),
  ];
  return {
    text: text.filter(Boolean).join('\n'),
    template: 'bot/record',
    data: {
      ...spec,
      marks,
      facts,
      buttons,
      links,
      inputs: spec.inputs ?? [],
      copied: spec.copied ? 'yes' : 'no',
    },
  };
}

/** What a live card is about, for example `{ kind: 'issue', id: 'WT-2026-0001' }`. */
export interface Subject {
  readonly kind: string;
  readonly id: string;
}

/** `<kind>:<id>`, how rows name a subject. */
export function subjectKey({ kind, id }: Subject): string {
  return `${kind}:${id}`;
}

/**
 * A card as it is stored: either about a subject (drawn anew by its view whenever it is shown, for whoever looks)
 * or a template with its data, drawn once.
 */
export type Card =
  | { readonly subject: Subject }
  | { readonly template: string; readonly data: Readonly<Record<string, unknown>> };

/** An answer or a notice before it is drawn. Text is never missing: clients without cards show it alone. */
export interface Reply {
  readonly text: string;
  readonly card?: Card;
}

/** An Adaptive Card 1.5 as JSON, ready for a client. */
export type CardJson = { readonly type: 'AdaptiveCard'; readonly [field: string]: unknown };

/**
 * The background behind a line, never the colour of its words, which not every theme lets one read: `attention` for
 * what is late or wrong, `warning` and `accent` for the yellow and the blue of the programme. Most have none.
 */
export type Tone = 'default' | 'accent' | 'warning' | 'attention';

export type Raw = Readonly<Record<string, unknown>>;

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** What was wrong, as one sentence. */
export function sayErrors(errors: readonly FieldError[]): string {
  return errors.map((error) => error.message).join('；');
}

export interface ViewDrawing {
  /** The card in a sentence, for clients without cards. */
  readonly text: string;
  readonly template: string;
  readonly data: Raw;
}

/** A form as a template with its data; the kernel gives it an id, keeps it and marks what was wrong. */
export interface Form {
  readonly text: string;
  readonly template: string;
  readonly data: Raw;
}
