/** Builds forms, lists and records over the shared templates, so that all features look alike. */
import { AppError } from '../lib/errors.ts';
import type { Ctx, FieldError, Form, Outcome, Raw, Tone, ViewDrawing } from './feature.ts';
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
      const value = typeof values[field.id] === 'string' ? values[field.id] : (field.value ?? '');
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

export interface OwnLink {
  readonly title: string;
  /** What it opens and for how long, in one or two sentences. */
  readonly ask: string;
  /** Undefined where this server has no address that people can reach. */
  readonly url: string | undefined;
  /** Title of the button. */
  readonly open?: string;
  /** To be copied, as for a subscription, and not only pressed. */
  readonly copied?: boolean;
}

/** The answer with a link that is the asker's own, so never in a group. @throws AppError `forbidden`, `unavailable` */
export function ownLink({ place }: Pick<Ctx, 'place'>, link: OwnLink): Pick<Outcome, 'text' | 'card'> {
  const { title, ask, url, open = '打开', copied = false } = link;
  if (place.kind !== 'personal')
    throw new AppError('forbidden', '链接只给您本人。请在和我的单聊里再发一次。');
  if (!url) throw new AppError('unavailable', '这里还没有开通网页和下载，请联系市委组织部。');
  const { template, data } = recordCard({
    number: '',
    title,
    state: '只给您本人',
    style: 'accent',
    ask,
    facts: [],
    buttons: [],
    links: [{ title: open, url }],
    copied,
  });
  return { text: `${title}。${ask}\n${url}`, card: { template, data } };
}
