/** 排查 of a county: what its townships said and what the records say since, until every branch is covered. */
import { z } from 'zod';
import { type Outcome, operation } from '../../bot/operation.ts';
import { defineEvent } from '../../bot/turn/events.ts';
import { recordOperation, shownCard } from '../../bot/turn/records.ts';
import type { World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import { getUnit, toKinds } from '../orgs/index.ts';
import { itemsOf, linesOf, uncovered } from './lines.ts';
import { sheets } from './model.ts';
import { gluedUnit } from './quota.ts';
import {
  changedSheet,
  currentSheet,
  loadSheet,
  OWN,
  personalOnly,
  putLines,
  sheetCard,
  sheetUnit,
} from './record.ts';
import { type OnSheet, rights } from './rights.ts';
import { censusOverview } from './view.ts';

const NAMED = 10;
/** Censuses of a county that are looked back at. */
const RECENT = 10;

/** A county completed its census. */
export const censusDone = defineEvent<{ readonly county: string }>('analysis.censusDone');

/** A branch that its township called normal, by facts was not, and that the county lists or watches. */
export interface Confirmed {
  /** `<sheet>|<branch>` */
  readonly id: string;
  readonly branch: string;
  readonly period: string;
}

/** 不一致 that the censuses of a county confirmed on `since` or later. */
export async function confirmedDiffers(
  { tx }: Pick<World, 'tx'>,
  county: string,
  since: string,
): Promise<readonly Confirmed[]> {
  const where = { unit: county, kind: 'census' as const };
  const query = { where, order: 'day' as const, desc: true, range: { gte: since }, limit: RECENT };
  const found: Confirmed[] = [];
  for (const sheet of (await tx.table(sheets).find(query)).rows)
    for (const { id, branch, differs, decision } of await itemsOf(tx, sheet.id))
      if (differs && (decision === 'list' || decision === 'watch'))
        found.push({ id, branch, period: sayDatedPeriod(sheet.period) });
  return found;
}

export const census = operation({
  right: rights.census,
  words: ['排查'],
  help: '半年排查：不一致的先看，一个不漏',
  offered: toKinds('county', 'city'),
  glued: gluedUnit,
  fromText: (rest) => (rest ? { unit: rest } : {}),
  input: z.object({ unit: z.string().max(100).optional() }),
  async run(ctx, { unit: named }): Promise<Outcome> {
    personalOnly(ctx);
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const meant = await sheetUnit(ctx, named, 'county');
    const shown = unit.kind === 'county' ? unit : meant;
    if (!shown) return censusOverview(ctx, unit);
    return shownCard(sheetCard(await currentSheet(ctx, shown)));
  },
});

export const complete = recordOperation<OnSheet>(loadSheet, () => OWN)(rights.complete, {
  words: ['完成排查', '排查完成'],
  async run(ctx, _input, { sheet }) {
    const all = await linesOf(ctx, sheet);
    const open = uncovered(all, sheet).map(({ name }) => name);
    if (open.length > 0) {
      const named = open.length > NAMED ? `${open.slice(0, NAMED).join('、')}等` : open.join('、');
      throw new AppError(
        'invalid',
        `已覆盖${all.size - open.length}/${all.size}个支部，还差${open.length}个：${named}。`,
      );
    }
    await putLines(ctx.tx, sheet.id, all.lines);
    const { id, name } = ctx.me;
    const saved = await ctx.tx.table(sheets).put({
      ...sheet,
      ...{ state: 'done', day: ctx.today, version: all.version, by: id, name, at: ctx.now.toISOString() },
    });
    ctx.emit(censusDone, { county: sheet.unit });
    return changedSheet(ctx, saved, `${sayDatedPeriod(sheet.period)}排查已完成，${all.size}个支部全部覆盖。`);
  },
});
