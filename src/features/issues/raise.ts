/** Makes an issue out of another record: the report form filled in from there, both linked. */

import type { Raw } from '../../bot/cards/spec.ts';
import { type Ctx, type Operation, operation } from '../../bot/operation.ts';
import type { Relation, Right } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { issues } from './model.ts';
import { report } from './report.ts';

/** What becomes an issue, and what it has to know of it afterwards. */
export interface Raising<R> {
  readonly name: string;
  readonly title: string;
  readonly words: readonly string[];
  fromText(rest: string): Raw;
  record(ctx: Ctx, raw: Raw): Promise<R>;
  readonly right: Right<R>;
  /** Names the record again when the form is sent in. */
  claim(record: R): Raw;
  /** What the form is filled in with: `title`, `details`, `branch`, `source`. */
  fill(ctx: Ctx, record: R): Raw;
  /** The number that the issue shows as its origin. */
  origin(record: R): string;
  /** It has become this issue. */
  done(ctx: Ctx, record: R, issue: string): Promise<void>;
}

/** The right to a record, for what has it under `from`. */
function over<R>(right: Right<R>): Right<{ readonly from: R }> {
  if (right.who === 'all') return right;
  const { sees, when, of, ...rest } = right;
  const relation = ({ title, holds, otherwise }: Relation<R>): Relation<{ readonly from: R }> => ({
    title,
    holds: (actor, { from }, world) => holds(actor, from, world),
    otherwise: ({ from }, world, actor) => otherwise(from, world, actor),
  });
  return {
    ...rest,
    ...(sees && { sees: relation(sees) }),
    ...(when && { when: ({ from }: { readonly from: R }, world: World) => when(from, world) }),
    ...(of && { of: of.map(relation) }),
  };
}

export function raising<R>({ name, title, words, fromText, right, claim, fill, ...of }: Raising<R>) {
  type Both = { readonly from: R; readonly desk: Parameters<typeof report.run>[2] };
  const { input, refine, form } = report;
  return operation<Both, Parameters<typeof report.run>[1]>({
    name,
    title,
    words,
    right: over(right),
    fromText,
    async record(ctx, raw) {
      const from = await of.record(ctx, raw);
      const desk = await report.record?.(ctx, raw);
      if (!desk) throw new Error('reporting needs its desk');
      return { from, desk };
    },
    input,
    refine: async (ctx, fields, { desk }) => (await refine?.(ctx, fields, desk)) ?? [],
    async form(ctx, { from, desk }, values, errors) {
      const shown = await form?.(ctx, desk, { ...fill(ctx, from), ...values }, errors);
      if (!shown) throw new Error('reporting needs its form');
      return { ...shown, submit: { ...shown.submit, op: name, data: claim(from) } };
    },
    async run(ctx, fields, { from, desk }) {
      const outcome = await report.run(ctx, fields, desk);
      const number = outcome.did?.id ?? '';
      const issue = await ctx.tx.table(issues).get(number);
      if (issue) await ctx.tx.table(issues).put({ ...issue, origin: of.origin(from) });
      await of.done(ctx, from, number);
      // The card on which it was pressed stays what it is.
      return ctx.pressed && ctx.pressed.kind !== 'form' ? { ...outcome, mine: true } : outcome;
    },
  }) as Operation<unknown, unknown>;
}
