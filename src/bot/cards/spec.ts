/**
 * What people see, as data: what a card says and what can be pressed on it. Words for clients without cards are made of
 * it in text.ts; what a platform shows, by its channel.
 */
import { isDay } from '../../lib/dates.ts';
import type { ChartCard } from './chart.ts';
import type { ListCard } from './list.ts';
import {
  type Act,
  type Button,
  type ButtonStyle,
  type Link,
  MOST_BUTTONS,
  type Raw,
  type Tone,
} from './parts.ts';

export * from './chart.ts';
export * from './list.ts';
export * from './parts.ts';

/** What a message asks a unit for: any one of these operations. */
export interface Asks {
  readonly unit: string;
  readonly of: readonly string[];
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

export type Card = RecordCard | ListCard | FormCard | PreviewCard | NoteCard | ProgressCard | ChartCard;

/** A card that is drawn anew by its subject's view whenever it is shown, for whoever looks. */
export interface Live {
  readonly subject: Subject;
}

/** An answer or a notice. Without words the card speaks for itself. */
export interface Reply {
  readonly text: string;
  readonly card?: Card | Live;
}

/** A picture to look at. */
export interface Photo {
  /** What it is called, for who cannot see it. */
  readonly name: string;
  readonly url: string;
}

/** The head of a record: over, or not. Colours of the programme are on its badge alone. */
export type HeadStyle = 'emphasis' | 'good';

/** A few words on a colour. */
export interface Badge {
  readonly text: string;
  readonly tone: Tone;
}

/** A drawing that took the place of another one. */
export interface Fresh {
  /** When, in milliseconds. */
  readonly at: number;
  /** The buttons that were there before, as `pressName` of fresh.ts names them. */
  readonly had: readonly string[];
}

/** One record: what it is, where it stands, what is asked, the facts. */
export interface RecordCard {
  readonly kind: 'record';
  readonly number: string;
  readonly title: string;
  readonly state: string;
  /** Background of the head. */
  readonly style: HeadStyle;
  /** One or none: the gravest colour that the programme gives it, and how many days are left. */
  readonly badges: readonly Badge[];
  /** Words behind the state. */
  readonly marks: readonly { readonly text: string }[];
  /** What is missing: stands out, in no colour of the programme. */
  readonly lacks: readonly { readonly text: string }[];
  /** What is asked of the one who looks, in a sentence. */
  readonly ask: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly buttons: readonly Button[];
  readonly links: readonly Link[];
  /** Links for which the row of buttons has no room: they stand in the text. */
  readonly more: readonly Link[];
  readonly photos: readonly Photo[];
  /** `yes`: there are photos. */
  readonly pictured: 'yes' | '';
  /** `yes`: the first link is to be copied, as for a subscription, and not only pressed. */
  readonly copied: 'yes' | '';
}

type RecordSpec = Pick<RecordCard, 'number' | 'title' | 'state'> &
  Partial<Pick<RecordCard, 'ask' | 'style' | 'buttons' | 'links' | 'photos'>> & {
    readonly marks?: readonly string[];
    readonly lacks?: readonly string[];
    readonly badge?: Badge | undefined;
    /** Label and value; those without a value are left out. */
    readonly facts: readonly (readonly [string, string])[];
    readonly copied?: boolean;
  };

/** Links fill what the buttons leave of the five; the others stand in the text, so that none is lost. */
export function placed(
  links: readonly Link[],
  buttons: readonly Button[],
): Pick<RecordCard, 'links' | 'more'> {
  const room = Math.max(0, MOST_BUTTONS - buttons.length);
  return { links: links.slice(0, room), more: links.slice(room) };
}

/** One record as a card. */
export function recordCard({ badge, ...spec }: RecordSpec): RecordCard {
  const buttons = harmlessFirst((spec.buttons ?? []).slice(0, MOST_BUTTONS));
  const photos = spec.photos ?? [];
  return {
    kind: 'record',
    ask: '',
    style: 'emphasis',
    ...spec,
    badges: badge ? [badge] : [],
    marks: (spec.marks ?? []).map((text) => ({ text })),
    lacks: (spec.lacks ?? []).map((text) => ({ text })),
    facts: spec.facts.flatMap(([label, value]) => (value === '' ? [] : [{ label, value }])),
    buttons,
    ...placed(spec.links ?? [], buttons),
    photos,
    pictured: photos.length > 0 ? 'yes' : '',
    copied: spec.copied ? 'yes' : '',
  };
}

/** Where a form was sent in stands the first button of what comes: never one that destroys something. */
function harmlessFirst(buttons: readonly Button[]): readonly Button[] {
  const isDestructive = ({ style }: Button) => style === 'destructive';
  return [...buttons.filter((one) => !isDestructive(one)), ...buttons.filter(isDestructive)];
}

/** A line of a last look. */
export interface LineSpec {
  readonly mark: string;
  readonly text: string;
  readonly tone?: Tone | undefined;
}

/** A last look before something goes out, or a few lines about something. */
export interface PreviewCard {
  readonly kind: 'preview';
  readonly title: string;
  readonly text: string;
  readonly lines: readonly (LineSpec & { readonly tone: Tone })[];
  readonly buttons: readonly Button[];
  /** Title of the button that goes on; '' when nothing waits for it. */
  readonly confirm: string;
}

type PreviewSpec = Omit<PreviewCard, 'kind' | 'confirm' | 'lines'> & {
  readonly confirm?: string;
  readonly lines: readonly LineSpec[];
};

export function previewCard(spec: PreviewSpec): PreviewCard {
  const lines = spec.lines.map(({ tone = 'default', ...line }) => ({ ...line, tone }));
  return { kind: 'preview', confirm: '', ...spec, lines, buttons: harmlessFirst(spec.buttons) };
}

/** A sentence, maybe with buttons. */
export interface NoteCard {
  readonly kind: 'note';
  readonly text: string;
  readonly buttons: readonly Button[];
}

export function note(text: string, buttons: readonly Button[] = []): NoteCard {
  return { kind: 'note', text, buttons };
}

/** Work under way. */
export interface ProgressCard {
  readonly kind: 'progress';
  readonly title: string;
  readonly text: string;
  /** Of a hundred. */
  readonly percent: number;
}

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

/** A field as an operation asks for it. */
export type Field = FieldBase &
  (
    | { readonly kind: 'text' | 'lines'; readonly max: number }
    | { readonly kind: 'date'; readonly min?: string; readonly max?: string }
    /** `pick`: a few options in the open. `select`: a drop-down list. `search`: a long list, narrowed by typing. `many`: ticks, comma-separated. */
    | { readonly kind: 'pick' | 'select' | 'many'; readonly choices: readonly Choice[] }
    /** Where the platform can, more choices are looked up in `dataset` (Feature.searches) while somebody types. */
    | { readonly kind: 'search'; readonly choices: readonly Choice[]; readonly dataset?: string }
  );

/** A field with what is filled in; what its kind has no use for is empty. */
export interface FilledField {
  readonly id: string;
  readonly label: string;
  /** `lookup`: a search in a dataset. */
  readonly kind: Field['kind'] | 'lookup';
  readonly required: boolean;
  readonly hint: string;
  readonly value: string;
  /** The value as people write it. */
  readonly shown: string;
  readonly min: string;
  readonly max: number | string;
  readonly choices: readonly Choice[];
  readonly dataset: string;
  /** What is said when it is left out or does not fit. */
  readonly wrong: string;
}

/** A button that sends a form in. */
export type Submit = Omit<Button, 'style'> & { readonly style?: ButtonStyle };

export interface FormCard {
  readonly kind: 'form';
  readonly title: string;
  /** What the form is about or what will happen, in one sentence; '' for none. */
  readonly intro: string;
  /** What is to be changed; '' for nothing. */
  readonly error: string;
  readonly fields: readonly FilledField[];
  readonly submit: Submit;
  /** Other ways to send it in. */
  readonly also: readonly Submit[];
  /** What the photos of this form are called; '' where it takes none. */
  readonly album: string;
  /** `yes`: it takes files of every kind, not photos alone. */
  readonly files: 'yes' | '';
  /** Those in it that are no photos, drawn for who fills it in. */
  readonly names: string;
  /** Those that are in it, drawn for who fills it in. */
  readonly photos?: readonly (Photo & { readonly file: string })[];
  readonly pictured?: 'yes' | '';
  /** The form that was handed out, once it was. */
  readonly form?: string;
}

/** A way to send a form in: by which operation, under its title or another one. */
interface SubmitSpec extends Partial<Omit<Submit, 'op'>> {
  readonly op: Act;
}

export interface FormSpec {
  /** That of what is done, unless another one says it better. */
  readonly title?: string;
  readonly intro?: string;
  readonly fields: readonly Field[];
  readonly submit: SubmitSpec;
  readonly also?: readonly SubmitSpec[];
  /** It takes photos, called so. */
  readonly album?: string;
  /** And files of other kinds. */
  readonly files?: true;
}

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** What was wrong, as one sentence. */
export function sayErrors(errors: readonly FieldError[]): string {
  return errors.map((error) => error.message).join('；');
}

/** What an operation asks for as a form: a card stays as it is. */
export function formOf(asked: FormSpec | FormCard, values: Raw, errors: readonly FieldError[]): FormCard {
  return 'kind' in asked ? asked : buildForm(asked, values, errors);
}

/** A form with what was typed kept and what was wrong named; dates stay plain `YYYY-MM-DD` text. */
export function buildForm(
  { submit, title = submit.op.title, intro = '', fields, also = [], album = '', files }: FormSpec,
  values: Raw,
  errors: readonly FieldError[],
): FormCard {
  return {
    kind: 'form',
    title,
    intro,
    error: errors.length > 0 ? `请改一下：${sayErrors(errors)}` : '',
    fields: fields.map((field) => fill(field, values[field.id], errors)),
    submit: { style: 'positive', ...submitOf(submit) },
    also: also.map(submitOf),
    album,
    files: files ? 'yes' : '',
    names: '',
  };
}

/** The fields with other values in them. */
export function withValues(fields: readonly FilledField[], values: Raw): readonly FilledField[] {
  return fields.map((field) => {
    const value = String(values[field.id] ?? '');
    const shown = field.choices.find((choice) => choice.value === value)?.title || value;
    return { ...field, value, shown };
  });
}

function submitOf({ op, ...rest }: SubmitSpec): Submit {
  return { title: op.title, data: {}, ...rest, op: op.name };
}

function fill(field: Field, typed: unknown, errors: readonly FieldError[]): FilledField {
  const value = held(field, typed);
  const choices = 'choices' in field ? field.choices : [];
  return {
    min: '',
    max: 0,
    dataset: '',
    hint: field.kind === 'select' && field.required ? '请选一个' : '',
    ...field,
    choices,
    // Its own part of the template: what is not looked up must not say that it is.
    kind: field.kind === 'search' && field.dataset ? 'lookup' : field.kind,
    required: field.required ?? false,
    wrong:
      errors.find((error) => error.field === field.id)?.message ??
      `${field.kind === 'text' || field.kind === 'lines' ? '请写' : '请选'}${field.label}`,
    value,
    shown: choices.find((choice) => choice.value === value)?.title || value,
  };
}

/** What an input holds; one for a date can hold nothing else. */
function held({ kind, value = '' }: Field, typed: unknown): string {
  if (typeof typed !== 'string') return value;
  return kind === 'date' && !isDay(typed) ? '' : typed;
}
