/** 典型: those that wait for the unit and those that are published; one as a card; the records behind it. */
import { z } from 'zod';
import { nextPage } from '../../bot/cards/page.ts';
import {
  type Button,
  button,
  listCard,
  note,
  type Raw,
  type RowSpec,
  recordCard,
} from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { shownCard } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { cursor } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { allStars, findUnit, isBranch, unitName } from '../orgs/index.ts';
import { type Example, examples, isDue, ORIGIN_NAMES, STATE_NAMES, type StoredExample } from './model.ts';
import { sayDelivery } from './publish.ts';
import { mayRecommend } from './recommend.ts';
import {
  basisOf,
  exampleCard,
  exampleOperation,
  examplesOf,
  isInside,
  numbers,
  readable,
  recordsIn,
  seesRecord,
} from './record.ts';
import { NOT_FOUND, rights } from './rights.ts';
import { picturesOf } from './write.ts';

const PAGE = 8;
const MOST_ROWS = 20;

export const show = exampleOperation()(rights.show, {
  run: async (_ctx, _input, row) => shownCard(exampleCard(row)),
});

export const list = operation({
  right: rights.list,
  words: ['典型'],
  example: 'DX-2026-0001',
  help: '好做法：看一看，也可以推荐',
  fromText: (rest): Raw => (numbers.read(rest) ? { example: rest } : rest ? { words: rest } : {}),
  open: async (_ctx, raw) => (typeof raw.example === 'string' ? { op: show, raw } : undefined),
  input: z.object({ words: z.string().max(100).default(''), after: cursor }),
  async run(ctx, { words, after }): Promise<Outcome> {
    const named = words.trim() === '' ? undefined : await findUnit(ctx.tx, words.trim());
    if (words.trim() !== '' && !(named && isBranch(named)))
      return {
        text: '没有找到这个支部。看一个典型请写编号，推荐请说：典型 推荐 支部名 一句话。',
        mine: true,
      };
    const rows: RowSpec[] = [];
    const personal = ctx.place.kind === 'personal';
    if (named) {
      // In a group what everybody may see: before it is published it tells what became of a branch.
      for (const row of await examplesOf(ctx.tx, named.id))
        if (personal || row.state === 'published')
          if (await may(rights.show, row, ctx, ctx.me)) rows.push(await rowOf(ctx, row));
      return listed(ctx, named.name, rows.slice(0, MOST_ROWS), undefined);
    }
    if (personal && after === undefined)
      for (const row of await waitingFor(ctx)) rows.push(await rowOf(ctx, row, true));
    const query = {
      where: { state: 'published' },
      order: 'publishedOn',
      desc: true,
      limit: PAGE,
      after,
    } as const;
    const { rows: published, next } = await ctx.tx.table(examples).find(query);
    for (const row of published)
      if (!rows.some(({ data }) => data.example === row.id)) rows.push(await rowOf(ctx, row));
    return listed(ctx, '典型', rows, next);
  },
});

async function listed(
  ctx: Ctx,
  title: string,
  rows: readonly RowSpec[],
  next: string | undefined,
): Promise<Outcome> {
  const recommends = await mayRecommend(ctx, ctx.me);
  const more = nextPage(rights.list, next && { after: next });
  const none = recommends
    ? '还没有典型。知道哪里办得好，发送“典型推荐 支部名 一句话”。'
    : '还没有典型，发布了在这里看。媒体上的报道，发送“学习宣传”看。';
  const sub = rows.length > 0 ? '点一下打开。' : none;
  const buttons = [...more, ...(recommends ? [button(rights.recommend)] : []), button(rights.reports)];
  return { text: '', card: listCard(title, sub, rows, buttons), mine: true };
}

/** @param ours it waits for the unit of who looks */
async function rowOf({ tx, today }: World, row: Example, ours = false): Promise<RowSpec> {
  const branch = await unitName(tx, row.branch);
  return {
    mark: ours && isDue(row, today) ? '待回访' : STATE_NAMES[row.state],
    title: row.title || `${branch}：${row.reasons[0]?.text ?? ''}`,
    sub: [row.id, row.title ? branch : ''].filter(Boolean).join(' · '),
    ...{ op: rights.show, data: { example: row.id } },
  };
}

/** What waits for the sender's unit, what is to be looked at again among it. */
export async function waitingFor({
  tx,
  today,
  me,
}: Pick<Ctx, 'tx' | 'today' | 'me'>): Promise<readonly StoredExample[]> {
  const rows = tx.table(examples);
  const mine = await rows.find({ where: { waits: me.unit }, order: 'on', limit: MOST_ROWS });
  const where = { lead: me.unit, state: 'published' } as const;
  const range = { gt: null, lte: today };
  const again = await rows.find({ where, order: 'revisitOn', range, limit: MOST_ROWS });
  return [...mine.rows, ...again.rows];
}

export const basis = exampleOperation()(rights.basis, {
  words: ['依据'],
  async run(ctx, _input, row): Promise<Outcome> {
    personalOnly(ctx);
    const rows: RowSpec[] = [];
    const all = await readable(ctx, row, recordsIn(row), ctx.me);
    for (const number of all.slice(0, MOST_ROWS)) {
      const found = (await seesRecord(ctx, ctx.me, number))
        ? await basisOf(ctx.tx, row.branch, number)
        : { title: '', stands: '只给有关单位看', op: null, data: {} };
      if (found)
        rows.push({ mark: number, title: found.title, sub: found.stands, op: found.op, data: found.data });
    }
    const sub =
      rows.length === 0
        ? '还没有写依据，写的时候可以加。'
        : all.length > MOST_ROWS
          ? `共${all.length}条，先列${MOST_ROWS}条。`
          : '点一下打开。';
    return { text: '', card: listCard(`${row.id} 依据`, sub, rows, []), mine: true };
  },
});

export const exampleView: View = async (world, id, viewer) => {
  const { tx, today, page } = world;
  const row = await tx.table(examples).get(id);
  if (!row) return note(NOT_FOUND);
  if (!viewer && row.state !== 'published') return note('这里会提到支部的名字，请在和我的单聊里看。');
  const seen = await judge(rights.show, row, world, viewer);
  if (seen !== true) return note(seen);
  const branch = await unitName(tx, row.branch);
  const buttons: Button[] = [];
  const offers = [
    [rights.verify, 'positive'],
    [rights.publish, 'positive'],
    [rights.keep, 'positive'],
    [rights.write, row.state === 'clue' ? 'positive' : 'default'],
    [rights.return, 'default'],
    [rights.delivery, 'default'],
    [rights.basis, 'default'],
    [rights.decline, 'default'],
    [rights.withdraw, 'destructive'],
  ] as const;
  for (const [right, style] of offers)
    if (viewer && (await may(right, row, world, viewer))) buttons.push(button(right, { example: id }, style));
  const offered = (name: string) => buttons.some(({ op }) => op === name);
  const inside = await isInside(world, row, viewer);
  const { photos } = await picturesOf(world, row, viewer);
  const star = (await allStars(tx)).find((one) => one.id === row.star)?.name ?? '';
  const last = row.revisits.at(-1);
  const published = row.state === 'published';
  return recordCard({
    number: row.id,
    title: row.title || `${branch}：典型线索`,
    state: isDue(row, today) && offered(rights.keep.name) ? '待回访' : STATE_NAMES[row.state],
    style: published ? 'good' : 'emphasis',
    ask: await askOf(world, row, offered),
    facts: [
      ['支部', branch],
      ['星', star],
      ['正文', row.words.map(({ text }) => text).join('\n')],
      ['依据', (await readable(world, row, recordsIn({ ...row, reasons: [] }), viewer)).join('、')],
      [
        '线索',
        inside ? `${ORIGIN_NAMES[row.origin]}：${row.reasons.map(({ text }) => text).join('；')}` : '',
      ],
      ['原因', inside ? row.reason : ''],
      ['撰写', row.writer && (await unitName(tx, row.writer))],
      ['核实', row.verified ? `${row.verified.who} ${sayDay(row.verified.on, today)}` : ''],
      ['发布', row.published ? `${row.published.who} ${sayDay(row.published.on, today)}` : ''],
      ['要回访', inside && offered(rights.withdraw.name) ? row.doubt : ''],
      [
        '回访',
        inside && last ? `${last.kept ? '保留' : '撤下'}：${last.words}（${sayDay(last.on, today)}）` : '',
      ],
      ['送达', published && offered(rights.delivery.name) ? sayDelivery(row, today) : ''],
    ],
    buttons,
    photos,
    links: published && page ? [{ title: '网页版（可打印）', url: `${page.address}/board/cases/${id}` }] : [],
  });
};

async function askOf(
  { tx, today }: World,
  row: Example,
  offered: (name: string) => boolean,
): Promise<string> {
  if (offered(rights.keep.name)) return '回访一下：还是这样就保留，不是了就撤下。';
  if (row.state === 'clue' && offered(rights.write.name))
    return '写出来：怎么做的，成效怎样。不合适就不采用。';
  if (offered(rights.verify.name)) return '请核实：数字和记录对不对得上，图片能不能公开。';
  if (row.state === 'written') return `等${await unitName(tx, row.waits)}核实。`;
  if (offered(rights.publish.name)) return '核实过了，可以发布。';
  return row.state === 'published' && row.tellOn !== null && row.tellOn > today
    ? `${sayDay(row.tellOn, today)}早上各单位在提醒里看到。`
    : '';
}
