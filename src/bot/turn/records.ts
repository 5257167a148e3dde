/** What all operations on records of one table share: the number names the record, in a press or in words. */

import { AppError } from '../../lib/errors.ts';
import type { Numbers } from '../../lib/recordnumber.ts';
import type { Row, Stored, Table } from '../../store/store.ts';
import type { Raw, Subject } from '../cards/spec.ts';
import { type Ctx, type Declared, type Operation, type Outcome, operation } from '../operation.ts';
import type { Right } from './rights.ts';

/** A table of records with numbers. */
export interface RecordsOf<T extends Row, K extends string> {
  /** The field that carries the number, and the kind of the record's card. */
  readonly kind: K;
  readonly table: Table<T>;
  readonly numbers: Numbers;
  /** What people write to see them: `问题`. */
  readonly word: string;
  /** What one of them is called, if not that. */
  readonly noun?: string;
}

/** An operation but for what its kind of record says already. */
export type Steps<R, I> = Omit<Declared<R, I>, 'right' | 'record'>;

export function recordsOf<T extends Row, K extends string>(of: RecordsOf<T, K>) {
  const { kind, table, numbers, word, noun = word } = of;
  const named = (number: string) => ({ [kind]: number }) as Readonly<Record<K, string>>;
  return {
    /** The record that a press or a command names. @throws AppError `invalid` without a number, `not_found` */
    async load(ctx: Ctx, raw: Raw): Promise<Stored<T>> {
      const typed = raw[kind];
      if (typeof typed !== 'string' || typed === '')
        throw new AppError('invalid', `请写上${word}的编号。发送“${word}”可以看到编号。`);
      const number = numbers.read(typed)?.number;
      const row = number === undefined ? undefined : await ctx.tx.table(table).get(number);
      if (row) return row;
      throw new AppError('not_found', `没有找到“${typed.slice(0, 20)}”这个${noun}。发送“${word}”看看编号。`);
    },
    /** The number in its field, and the words behind it. */
    numberAndWords(rest: string): Readonly<Record<K, string>> & { readonly words: string } {
      const { number, words } = numbers.split(rest);
      return { ...named(number), words };
    },
    /** Words are the number alone. */
    fromNumber: (rest: string): Raw => named(numbers.split(rest).number),
    /** Words are the number, then words for one field: `办结 WT-2026-0001 已更换灯泡`. */
    wordsFor:
      (field: string) =>
      (rest: string): Raw => {
        const { number, words } = numbers.split(rest);
        return words ? { ...named(number), [field]: words } : named(number);
      },
    shown: async (_ctx: Ctx, _input: unknown, { id }: Pick<T, 'id'>) => shownCard({ kind, id }),
    changed: (ctx: Ctx, { id }: Pick<T, 'id'>, text: string) => changedCard(ctx, { kind, id }, text),
  };
}

/** The answer to a change: a sentence, and the card as it is now, everywhere. */
export function changedCard(
  ctx: Pick<Ctx, 'refresh'>,
  subject: Subject,
  text: string,
): Outcome & { readonly did: Subject } {
  ctx.refresh(subject);
  return { text, card: { subject }, did: subject };
}

/** The answer to who opens one: its card, for them alone. */
export const shownCard = (subject: Subject): Outcome => ({ text: '', card: { subject }, mine: true });

/** Operations that load the same record; words name it by its number. */
export function recordOperation<R>(
  record: (ctx: Ctx, raw: Raw) => Promise<R>,
  fromText: (rest: string) => Raw,
) {
  return <I>(right: Right<R>, op: Steps<R, I>): Operation<R, I> =>
    operation({ fromText, glued: 'number', ...op, right, record });
}
