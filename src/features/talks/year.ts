/**
 * 年度事实: what the records of a year say about a unit, good and bad, and what people chose. It prints facts and numbers of
 * records, no verdict: what follows from them is for people.
 */
import { z } from 'zod';
import { listCard, note, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import type { Download, View } from '../../bot/feature.ts';
import { ownLink, ownLinkCard } from '../../bot/files/own-link.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { numberAt } from '../../lib/numbershape.ts';
import { foldWidth } from '../../lib/numerals.ts';
import {
  body,
  entry,
  heading,
  longDay,
  numeral,
  paragraph,
  sentence,
  signature,
  title,
  type WordFile,
  wordFile,
} from '../../lib/official.ts';
import { personalOnly } from '../analysis/index.ts';
import { isBranch, meantUnit, toKinds, type Unit, unitName, units, unitsBelow } from '../orgs/index.ts';
import { ENOUGH, KIND_NAMES, STATE_NAMES, type Talk, talks } from './model.ts';
import { badOf, goodOf, type Year } from './record.ts';
import { rights } from './rights.ts';

const KIND = 'talkyear';
const LINK_DAYS = 2;
const MOST_UNITS = 60;
const MOST_TALKS = 200;
const NOTHING = '没有数据。';

/** The year that is meant; this one without another. */
const yearOf = (typed: unknown, today: string) =>
  typeof typed === 'string' && /^20\d\d$/.test(typed) ? typed : today.slice(0, 4);

export const year = operation<string | null, { year: string }>({
  right: rights.year,
  words: ['年度事实'],
  example: '石桥镇 2026',
  help: '一个下级单位一年的事实',
  offered: toKinds('county', 'city'),
  fromText(said): Raw {
    const rest = foldWidth(said);
    const [, typed] = /(20\d\d)\s*年?/.exec(rest) ?? [];
    const unit = rest.replace(/20\d\d\s*年?/, '').trim();
    return { ...(unit && { unit }), ...(typed && { year: typed }) };
  },
  async record(ctx, raw) {
    personalOnly(ctx);
    if (typeof raw.unit !== 'string' || raw.unit === '') return null;
    // A unit that is somebody else’s is said of as one that there is not.
    return (await meantUnit(ctx.tx, raw.unit))?.id ?? '';
  },
  input: z.object({ year: z.string().max(10).default('') }),
  async run(ctx, { year: typed }, unit): Promise<Outcome> {
    const of = yearOf(typed, ctx.today);
    if (of > ctx.today.slice(0, 4)) throw new AppError('invalid', `${of}年还没有到。`);
    if (unit === null) return choices(ctx, of);
    const name = await unitName(ctx.tx, unit);
    return ownLink(ctx, { kind: KIND, id: `${unit}|${of}` }, `${name}${of}年度事实。点开就能下载。`);
  },
});

async function choices(ctx: Ctx, of: string): Promise<Outcome> {
  const below = (await unitsBelow(ctx.tx, ctx.me.unit))
    .filter((unit) => !isBranch(unit))
    .slice(0, MOST_UNITS);
  const rows = below.map(({ id, name }): RowSpec => {
    const row = { mark: of, title: name, sub: '' } as const;
    return { ...row, op: rights.year, data: { unit: id, year: of } };
  });
  const sub =
    rows.length > 0
      ? '选一个单位，做成 Word。'
      : '您的单位没有要看年度事实的下级单位。各支部的情况，发送“支部”看。';
  return { text: `年度事实：${sub}`, card: listCard('年度事实', sub, rows, []), mine: true };
}

const parts = (id: string) => {
  const [unit = '', of = ''] = id.split('|');
  return { unit, of };
};

export const yearView: View = async (world, id, viewer) => {
  const { unit, of } = parts(id);
  const seen = viewer ? await judge(rights.year, unit, world, viewer) : '年度事实只在单聊里看。';
  if (!viewer || !(await may(rights.year, unit, world, viewer))) return note(String(seen));
  const url = world.link?.(KIND, id, viewer, LINK_DAYS);
  return ownLinkCard({
    title: `${await unitName(world.tx, unit)} ${of}年度事实`,
    ask: '点开就能下载。',
    url,
  });
};

export const yearFile: Download = async (world, id, viewer) => {
  const { unit: named, of } = parts(id);
  if (!(await may(rights.year, named, world, viewer))) return undefined;
  const unit = await world.tx.table(units).get(named);
  if (!unit) return undefined;
  return { name: `${unit.name}${of}年度事实.docx`, ...(await written(world, unit, of)) };
};

function sayTalk({ id, kind, facts, state, on, reason, points, heldOn, outcome, explanation }: Talk): string {
  const records = [...new Set(facts.map(({ key }) => numberAt(key)).filter(Boolean))].join('、');
  const count = ENOUGH[kind] > 1 ? `${facts.length}项` : '';
  const said = [
    `${longDay(on)}建议（${KIND_NAMES[kind]}${count}${records ? `：${records}` : ''}）`,
    heldOn ? `${longDay(heldOn)}约谈：${points}` : '',
    explanation && `对方说明：${explanation}`,
    `${STATE_NAMES[state]}${[reason, outcome]
      .filter(Boolean)
      .map((words) => `：${words}`)
      .join('')}`,
  ];
  return `${id} ${said.filter(Boolean).map(sentence).join('')}`;
}

/** Read now, to be written down later. */
async function written(world: World, unit: Unit, of: string): Promise<WordFile> {
  const { tx, today } = world;
  const last = `${of}-12-31`;
  const span: Year = { from: `${of}-01-01`, until: last < today ? last : today };
  const query = { order: 'on', range: { gte: span.from, lte: span.until }, limit: MOST_TALKS } as const;
  const found = (await tx.table(talks).find({ ...query, where: { unit: unit.id } })).rows;
  // What nobody has decided on is no choice of anybody.
  const chosen = found.filter(
    ({ state, superior }) => superior === unit.parent && !UNDECIDED.includes(state),
  );
  const above = await unitName(tx, unit.parent ?? '');
  const sections: (readonly [string, readonly string[]])[] = [
    ['做成的事', await goodOf(world, unit, span)],
    ['没做到的事', await badOf(world, unit, span)],
    ['人定的事', chosen.map(sayTalk)],
  ];
  const name = `${unit.name}${of}年度事实`;
  return wordFile(() => ({
    title: name,
    by: above,
    children: [
      title(name),
      entry('截　　至', longDay(span.until)),
      ...sections.flatMap(([head, texts], i) => [
        heading(`${numeral(i + 1)}、${head}`),
        ...(texts.length > 0 ? texts.map((text) => body(sentence(text))) : [body(NOTHING)]),
      ]),
      paragraph([]),
      body('以上都是记录里的事实，怎么用由人定。'),
      signature(longDay(today)),
    ],
  }));
}

const UNDECIDED: readonly Talk['state'][] = ['suggested', 'lapsed'];
