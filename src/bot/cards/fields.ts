/** The fields of a form, one call each: what kind, which input, what it is called, and what it takes. */
import type { Choice, Field } from './spec.ts';

/** What any field may say besides. */
type More = Pick<Field, 'required' | 'hint' | 'value'>;
type OfKind<K extends Field['kind']> = Extract<Field, { readonly kind: K }>;

const typed =
  (kind: 'text' | 'lines') =>
  (id: string, label: string, max: number, more: More = {}): Field => ({ kind, id, label, max, ...more });

const chosen =
  (kind: 'pick' | 'select' | 'many') =>
  (id: string, label: string, choices: readonly Choice[], more: More = {}): Field => ({
    ...{ kind, id, label, choices, ...more },
  });

export const field = {
  /** One line of words, at most `max` characters. */
  text: typed('text'),
  /** Several lines of words, at most `max` characters. */
  lines: typed('lines'),
  date: (id: string, label: string, more: More & Pick<OfKind<'date'>, 'min' | 'max'> = {}): Field => ({
    ...{ kind: 'date', id, label, ...more },
  }),
  /** One of a few choices in the open. */
  pick: chosen('pick'),
  /** One of a drop-down list. */
  select: chosen('select'),
  /** Some of several, by ticks. */
  many: chosen('many'),
  /** One of a long list, narrowed by typing; with `dataset` the platform looks more up. */
  search: (
    id: string,
    label: string,
    choices: readonly Choice[],
    more: More & Pick<OfKind<'search'>, 'dataset'> = {},
  ): Field => ({ kind: 'search', id, label, choices, ...more }),
};

/** Values as choices, called as `titleOf` says; without it by themselves. */
export const choicesFrom = <V extends string>(
  values: readonly V[],
  titleOf: (value: V) => string = (value) => value,
): readonly Choice[] => values.map((value) => ({ title: titleOf(value), value }));

/** Units, stars and other things with names as choices. */
export const namedChoices = (all: readonly { readonly id: string; readonly name: string }[]): Choice[] =>
  all.map(({ id, name }) => ({ title: name, value: id }));
