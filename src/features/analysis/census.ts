/** 排查 of a county: what its townships said and what the records say since, until every branch is covered. */
import { z } from 'zod';
import { type Outcome, operation } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import type { Doing, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { periodName } from '../../lib/schedule.ts';
import { getUnit, type Unit, unitsBelow } from '../orgs/index.ts';
import { criteriaOn } from './criteria.ts';
import { findingsOf } from './gather.ts';
import { itemsOf, linesOf, newItem, uncovered } from './lines.ts';
import { type Item, items, type Sheet, sheets } from './model.ts';
import { changedSheet, currentSheet, loadSheet, personalOnly, sheetCard } from './record.ts';
import { type OnSheet, rights } from './rights.ts';
import { sayPeriod } from './say.ts';
import { censusOverview } from './view.ts';

const NAMED = 10;

export const census = operation({
  right: rights.census,
  words: ['排查'],
  help: '半年排查：不一致的先看，一个不漏',
  input: z.object({}),
  async run(ctx): Promise<Outcome> {
    personalOnly(ctx);
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    if (unit.kind !== 'county') return censusOverview(ctx, unit);
    const sheet = await currentSheet(ctx, unit);
    if (sheet.state === 'draft' && sheet.day !== ctx.today) await refreshCensus(ctx, unit, sheet);
    return { text: '', card: { subject: sheetCard(sheet) }, mine: true };
  },
});

/** What the last analysis of a township in this half-year says of a branch. */
interface Said {
  readonly word: NonNullable<Item['said']>;
  readonly why: string;
  /** Facts spoke against it that day. */
  readonly differs: boolean;
  readonly types: Item['types'];
}

async function lastWords({ tx }: World, township: string, half: string): Promise<ReadonlyMap<string, Said>> {
  const query = { where: { unit: township, kind: 'analysis' }, order: 'day', desc: true, limit: 20 } as const;
  const { rows } = await tx.table(sheets).find(query);
  const sheet = rows.find(
    ({ state, day }) =>
      (state === 'submitted' || state === 'adopted') && day !== null && periodName(day, 'half') === half,
  );
  const words = new Map<string, Said>();
  for (const branch of sheet?.normal ?? [])
    words.set(branch, { word: 'normal', why: '', differs: false, types: [] });
  for (const { branch, decision, reason, level, types } of sheet ? await itemsOf(tx, sheet.id) : [])
    if (decision)
      words.set(branch, {
        word: decision,
        why: reason,
        differs: decision === 'none' && level !== 'none',
        types,
      });
  return words;
}

/** Look at all records again: what is decided stays decided. */
export async function refreshCensus(
  doing: Doing,
  county: Unit,
  sheet: OnSheet['sheet'],
): Promise<Sheet & { rev: number }> {
  const { tx, today } = doing;
  const criteria = await criteriaOn(tx, today);
  const kept = new Map((await itemsOf(tx, sheet.id)).map((item) => [item.branch, item]));
  for (const township of await unitsBelow(tx, county.id)) {
    const words = await lastWords(doing, township.id, sheet.period);
    for (const { branch, facts, level } of await findingsOf(doing, township, today, criteria)) {
      const known = kept.get(branch.id);
      const said = words.get(branch.id);
      const flagged = level !== 'none' || (said && said.word !== 'normal');
      if (!known && !flagged) continue;
      const item = known ?? { ...newItem(sheet.id, branch.id), types: said?.types ?? [] };
      await tx.table(items).put({
        ...item,
        ...{ level, facts: [...facts], said: said?.word ?? null, saidWhy: said?.why ?? '' },
        differs: said?.differs ?? false,
      });
    }
  }
  return tx.table(sheets).put({ ...sheet, day: today, version: criteria.version });
}

export const complete = recordOperation<OnSheet>(loadSheet, () => ({}))(rights.complete, {
  words: ['完成排查', '排查完成'],
  input: z.object({}),
  async run(ctx, _input, { sheet }) {
    if (sheet.kind !== 'census') throw new AppError('invalid', '排查由县区来完成。');
    const fresh =
      sheet.day === ctx.today && sheet.rev !== undefined
        ? sheet
        : await refreshCensus(ctx, await getUnit(ctx.tx, sheet.unit), sheet);
    const all = await linesOf(ctx, fresh);
    const open = uncovered(all, fresh).map(({ name }) => name);
    if (open.length > 0) {
      const named = open.length > NAMED ? `${open.slice(0, NAMED).join('、')}等` : open.join('、');
      throw new AppError(
        'invalid',
        `已覆盖${all.size - open.length}/${all.size}个支部，还差${open.length}个：${named}。`,
      );
    }
    const { id, name } = ctx.me;
    const done = { state: 'done', by: id, name, at: ctx.now.toISOString() } as const;
    const saved = await ctx.tx.table(sheets).put({ ...fresh, ...done });
    return changedSheet(ctx, saved, `${sayPeriod(sheet.period)}排查已完成，${all.size}个支部全部覆盖。`);
  },
});
