/** 排查 of a county: what its townships said and what the records say since, until every branch is covered. */
import { z } from 'zod';
import { type Outcome, operation } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { AppError } from '../../lib/errors.ts';
import { getUnit } from '../orgs/index.ts';
import { linesOf, uncovered } from './lines.ts';
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
import { sayPeriod } from './say.ts';
import { censusOverview } from './view.ts';

const NAMED = 10;

export const census = operation({
  right: rights.census,
  words: ['排查'],
  help: '半年排查：不一致的先看，一个不漏',
  glued: gluedUnit,
  fromText: (rest) => (rest ? { unit: rest } : {}),
  input: z.object({ unit: z.string().max(100).optional() }),
  async run(ctx, { unit: named }): Promise<Outcome> {
    personalOnly(ctx);
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const meant = await sheetUnit(ctx, named, 'county');
    const shown = unit.kind === 'county' ? unit : meant;
    if (!shown) return censusOverview(ctx, unit);
    return { text: '', card: { subject: sheetCard(await currentSheet(ctx, shown)) }, mine: true };
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
    return changedSheet(ctx, saved, `${sayPeriod(sheet.period)}排查已完成，${all.size}个支部全部覆盖。`);
  },
});
