/** 公开明细: what stands behind the figures of a unit: which figures there are, and the rule and the records of one. */
import { z } from 'zod';
import { inLines, nextPage } from '../../bot/cards/page.ts';
import { button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor, optionalWords } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { allStars } from '../orgs/index.ts';
import { isOpen, namesWeak, recordsBehind } from './behind.ts';
import { allFigures, type Figure, figureOf } from './figures.ts';
import { begunQuarter, readWords, unitNamed } from './meant.ts';
import { QUARTER } from './model.ts';
import { rights } from './rights.ts';
import { type Figures, figuresOf } from './rollup.ts';
import { placeOf, sayWhen } from './shape.ts';

const FIGURES = 10;
const RECORDS = 8;
export const HIDDEN_ROWS = {
  quarter: '那个季度的明细没有留下来，只有数字。',
  viewer: '这些记录由所在单位和上级来看，这里只有数字和规则。',
} as const;

export const rows = operation({
  right: rights.rows,
  words: ['公开明细'],
  example: '青山县 五星',
  fromText: (rest): Raw => ({ words: rest }),
  input: z.object({
    words: optionalWords('单位', 100),
    unit: z.string().max(100).optional(),
    quarter: z.string().regex(QUARTER).optional().catch(undefined),
    figure: z.string().max(100).optional(),
    from: z.coerce.number().int().min(0).catch(0).default(0),
    after: cursor,
  }),
  async run(ctx, { words, unit: claimed, quarter: asked, figure: key, from, after }): Promise<Outcome> {
    const said = await readWords(ctx, words);
    const quarter = begunQuarter(asked ?? said.quarter, ctx.today);
    const unit = await unitNamed(ctx, claimed ?? said.unit);
    const figures = await figuresOf(ctx, unit, quarter);
    if (!figures) throw new AppError('not_found', '那个季度没有数据。发送“公开”看现在的。');
    const stars = await allStars(ctx.tx);
    const figure = key === undefined ? said.figure : figureOf(stars, key);
    if (key !== undefined && !figure)
      throw new AppError('not_found', '没有这个数字。发送“公开明细”看有哪些。');
    return figure
      ? recordList(ctx, figures, figure, after)
      : figureList(ctx, figures, allFigures(stars), from);
  },
});

const dataOf = ({ unit, quarter }: Figures) => ({ unit: unit.id, quarter });

function figureList(ctx: Ctx, figures: Figures, all: readonly Figure[], from: number): Outcome {
  const shown = all.slice(from, from + FIGURES).map((figure): RowSpec => {
    const value = figure.of(figures.numbers);
    const mark = typeof value === 'number' ? `${value}${figure.counter}` : value;
    const data = { ...dataOf(figures), figure: figure.key };
    return { mark, tone: 'default', title: figure.title, sub: '', op: rights.rows, data };
  });
  const next = nextPage(
    rights.rows,
    from + FIGURES < all.length && { ...dataOf(figures), from: from + FIGURES },
  );
  const title = `${placeOf(figures.unit)}的数字`;
  const sub = `${sayWhen(figures, ctx.today)}。点一个看规则和明细。`;
  const lines = shown.map((row) => `${row.title} ${row.mark}`);
  const back = button(rights.show, dataOf(figures), 'default', '回到公开');
  return {
    text: [`${title}：${sub}`, ...lines].join('\n'),
    card: listCard(title, sub, shown, [...next, back]),
    mine: true,
  };
}

async function recordList(
  ctx: Ctx,
  figures: Figures,
  figure: Figure,
  after: string | undefined,
): Promise<Outcome> {
  if (namesWeak(figure.key)) personalOnly(ctx);
  const { unit, quarter } = figures;
  // In a group what everybody may open.
  const viewer = ctx.place.kind === 'personal' || isOpen(figure.key) ? ctx.me : null;
  const found = await recordsBehind(ctx, viewer, { unit, quarter, figure }, RECORDS, after);
  const shown = found.rows.map(
    ({ mark, title, sub, open }): RowSpec => ({
      ...{ mark, tone: 'default', title, sub, op: open?.op ?? null, data: open?.data ?? {} },
    }),
  );
  const value = figure.of(figures.numbers);
  const title = `${placeOf(unit)} ${figure.title}：${value}${typeof value === 'number' ? figure.counter : ''}`;
  const none = shown.length === 0 && value !== 0 ? HIDDEN_ROWS[found.hidden ?? 'viewer'] : '';
  const sub = `${figure.rule}${none}（${sayWhen(figures, ctx.today)}）`;
  const data = { ...dataOf(figures), figure: figure.key };
  const next = nextPage(rights.rows, found.next && { ...data, after: found.next });
  const back = button(rights.rows, dataOf(figures), 'default', '别的数字');
  return {
    text: inLines(`${title}。${sub}`, shown),
    card: listCard(title, sub, shown, [...next, back]),
    mine: true,
  };
}
