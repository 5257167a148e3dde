/** 督导 as cards: an inspection, its branches for who may know them, one branch, and the list. */
import { z } from 'zod';
import { photosOf } from '../../bot/cards/album.ts';
import { inLines, nextPage } from '../../bot/cards/page.ts';
import {
  type Button,
  type ButtonStyle,
  button,
  listCard,
  note,
  type RowSpec,
  recordCard,
} from '../../bot/cards/spec.ts';
import type { Download, View } from '../../bot/feature.ts';
import { downloadOf, filesAbout } from '../../bot/files/files.ts';
import { files } from '../../bot/files/tables.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { shownCard } from '../../bot/turn/records.ts';
import { judge, may, type Right } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay, sayTime } from '../../lib/dates.ts';
import { cursor } from '../../lib/inputs.ts';
import type { Where } from '../../store/store.ts';
import { getUnit, unitName } from '../orgs/index.ts';
import { listOf } from './draw.ts';
import { type Inspection, inspections, OPEN, STATE_NAMES, seals, type Visit, visits } from './model.ts';
import { INSPECTION } from './questions.ts';
import {
  inspectionCard,
  inspectionOperation,
  loadIn,
  numbers,
  visitCard,
  visitOperation,
  visitsOf,
} from './record.ts';
import { knowsNames, NOT_FOUND, rights, teamOf } from './rights.ts';
import { albumSubject } from './visit.ts';

const PAGE = 8;
const ASIDE = '督导请在和我的单聊里看。';
const VISIT_NAMES: Readonly<Record<Visit['state'], string>> = {
  open: '待记录',
  recorded: '已记录',
  missed: '没去成',
  skipped: '不用去',
};

const sayVisit = ({ state, reason, issues }: Visit) =>
  [VISIT_NAMES[state], reason, issues.join('、')].filter(Boolean).join('，');

/** What is asked of the one who looks. */
function askOf(one: Inspection, acts: ReadonlySet<Right<never>>, left: number, today: string): string {
  if (acts.has(rights.begin)) return '请点“开始”，名单就打开。';
  if (one.state === 'sealed') return `名单封存着，${sayDay(one.day, today)}督导人员点“开始”才打开。`;
  if (acts.has(rights.submit)) return left > 0 ? `还有${left}个支部没有记录。` : '都记完了，请提交。';
  return acts.has(rights.publish)
    ? `名单提交后${INSPECTION.publishWorkdays}个工作日自动公开，也可以现在公开。`
    : '';
}

const BUTTONS = [
  [rights.begin, 'positive'],
  [rights.publish, 'positive'],
  [rights.verify, 'positive'],
  [rights.void, 'destructive'],
] as const satisfies readonly (readonly [Right<Inspection>, ButtonStyle])[];

export const inspectionView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const one = await tx.table(inspections).get(id);
  if (!one) return note(NOT_FOUND);
  if (!viewer) return note(ASIDE);
  const seen = await judge(rights.show, one, world, viewer);
  if (seen !== true) return note(seen);
  const named = await knowsNames(viewer, one, world);
  const all = named ? await visitsOf(tx, one) : [];
  const left = all.filter(({ state }) => state === 'open').length;
  const acts = new Set<Right<never>>();
  for (const right of [...BUTTONS.map(([right]) => right), rights.submit])
    if (await may(right, one, world, viewer)) acts.add(right);
  const data = { inspection: one.id };
  const buttons: Button[] = [
    ...(named && all.length > 0 ? [button(rights.visits, data, left > 0 ? 'positive' : 'default')] : []),
    ...(acts.has(rights.submit) ? [button(rights.submit, data, left > 0 ? 'default' : 'positive')] : []),
    ...BUTTONS.flatMap(([right, style]) => (acts.has(right) ? [button(right, data, style)] : [])),
  ];
  const sealed = one.state === 'published' ? await tx.table(seals).get(one.id) : undefined;
  const inside = viewer.unit === one.unit;
  // Of what is published others see the list, and each visit if the branch is theirs to know of.
  const details = inside || one.state !== 'published';
  const team = inside ? (await teamOf(tx, one)).map(({ name }) => name).join('、') : '';
  const made = all.reduce((sum, { issues }) => sum + issues.length, 0);
  return recordCard({
    number: one.id,
    title: `督导 · ${await unitName(tx, one.unit)}`,
    state: STATE_NAMES[one.state],
    style: one.state === 'published' ? 'good' : 'emphasis',
    ask: askOf(one, acts, left, today),
    facts: [
      ['支部', all.length > 0 ? '' : `${one.amount}个`],
      ...all.map((visit, n) => [`支部${n + 1}`, details ? `${visit.name}：${sayVisit(visit)}` : ''] as const),
      ['名单', sealed ? listOf(sealed) : ''],
      ['盐值', sealed?.salt ?? ''],
      ['督导日期', sayDay(one.begunOn ?? one.day, today)],
      ['督导人员', team],
      [
        '发现',
        one.submittedOn && all.length > 0 ? (made > 0 ? `${made}件，已转为问题` : '没有转为问题的') : '',
      ],
      ['作废的原因', one.reason],
      ['抽取', `${sayTime(one.drawnAt, today)}，按${one.version}`],
      ['指纹', one.hash],
    ],
    buttons,
  });
};

export const show = inspectionOperation(...OPEN)(rights.show, {
  run: async (_ctx, _input, one) => shownCard(inspectionCard(one)),
});

export const list = operation<Inspection | null, { of: '' | 'published'; after?: string | undefined }>({
  right: rights.list,
  words: ['督导'],
  help: '督导：抽取、开始、提交；公开的谁都可以核对',
  example: 'DD-2026-0001',
  glued: 'number',
  fromText(rest) {
    const { number, words } = numbers.split(rest);
    return number ? { inspection: number } : words === STATE_NAMES.published ? { of: 'published' } : {};
  },
  record: async (ctx, raw) => (raw.inspection === undefined ? null : loadIn()(ctx, raw)),
  input: z.object({ of: z.enum(['', 'published']).default(''), after: cursor }),
  async run(ctx, { of, after }, one): Promise<Outcome> {
    if (one) return shownCard(inspectionCard(one));
    const { tx, me, place } = ctx;
    const draws = place.kind === 'personal' && (await may(rights.draw, undefined, ctx, me));
    const own = draws && of === '';
    const { kind } = await getUnit(tx, me.unit);
    const where: Where<Inspection> = !own ? { state: 'published' } : kind === 'city' ? {} : { unit: me.unit };
    const order = own ? 'drawnAt' : 'publishedOn';
    const found = await tx.table(inspections).find({ where, order, desc: true, limit: PAGE, after });
    const rows: RowSpec[] = [];
    for (const row of found.rows) rows.push(await rowOf(ctx, row));
    const published = button(rights.list, { of: 'published' }, 'default', '已公开的');
    const buttons = [
      ...(own ? [button(rights.draw, {}, 'positive'), published] : []),
      ...nextPage(rights.list, found.next && { of, after: found.next }),
    ];
    const none = own
      ? '还没有抽过。点“抽取”，或者发送“督导 抽取 3”。'
      : '还没有公开的督导，公开以前谁也看不到名单。公开了，发送“督导 核对 编号”就能核对。';
    const sub = rows.length > 0 ? '点一下打开。公开的谁都可以核对：督导 核对 编号。' : none;
    const text = inLines(`督导：${sub}`, rows);
    return { text, card: listCard('督导', sub, rows, buttons), mine: true };
  },
});

async function rowOf({ tx, today }: Ctx, one: Inspection): Promise<RowSpec> {
  const day = sayDay(one.begunOn ?? one.day, today);
  return {
    mark: STATE_NAMES[one.state],
    title: `${one.id} ${await unitName(tx, one.unit)}`,
    sub: `${one.amount}个支部 · ${day}`,
    op: rights.show,
    data: { inspection: one.id },
  };
}

/** The branches of an inspection, each opening what is to be done about it. */
export const branchList = inspectionOperation('begun', 'submitted')(rights.visits, {
  words: ['督导支部'],
  async run(ctx, _input, one): Promise<Outcome> {
    const { tx, me } = ctx;
    const all = (await knowsNames(me, one, ctx)) ? await visitsOf(tx, one) : [];
    const rows: RowSpec[] = [];
    for (const visit of all) {
      const on = { one, visit };
      const opens = (await may(rights.visit, on, ctx, me)) ? rights.visit : null;
      const op = visit.state === 'open' && (await may(rights.record, on, ctx, me)) ? rights.record : opens;
      const sub = opens ? sayVisit(visit) : '';
      rows.push({ mark: '', title: visit.name, sub, op, data: { visit: visit.id } });
    }
    const sub = rows.length > 0 ? '点一下打开。' : `${one.amount}个支部，名单封存着。`;
    const back = button(rights.show, { inspection: one.id }, 'default', `看${one.id}`);
    const text = [`${one.id}：${sub}`, ...rows.map((row) => `${row.title}（${row.sub}）`)].join('\n');
    return { text, card: listCard(`${one.id} 支部`, sub, rows, [back]), mine: true };
  },
});

export const visitView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const visit = await tx.table(visits).get(id);
  const one = visit && (await tx.table(inspections).get(visit.inspection));
  if (!visit || !one) return note(NOT_FOUND);
  if (!viewer) return note(ASIDE);
  const on = { one, visit };
  const seen = await judge(rights.visit, on, world, viewer);
  if (seen !== true) return note(seen);
  const data = { visit: visit.id };
  const buttons: Button[] = [];
  if (await may(rights.raise, on, world, viewer)) buttons.push(button(rights.raise, data));
  if (await may(rights.record, on, world, viewer))
    buttons.push(button(rights.record, data, 'default', visit.state === 'open' ? '记录' : '改记录'));
  buttons.push(button(rights.show, { inspection: one.id }, 'default', `看${one.id}`));
  const pictures = await albumOf(world, visit, viewer);
  const left = (await visitsOf(tx, one)).some(({ state }) => state === 'open');
  if (!left && (await may(rights.submit, one, world, viewer)))
    buttons.unshift(button(rights.submit, { inspection: one.id }, 'positive'));
  return recordCard({
    number: one.id,
    title: visit.name,
    state: VISIT_NAMES[visit.state],
    ask: visit.state === 'recorded' && one.state === 'begun' ? '选了“有问题”的，提交督导时转为问题。' : '',
    facts: [
      ['原因', visit.reason],
      ...visit.answers.map(({ word, said }) => [word, said] as const),
      ['情况', visit.words],
      ['还发现', visit.found.map(({ title }) => title).join('；')],
      ['已转为问题', visit.issues.join('、')],
      ['记录', visit.by ? `${visit.byName} ${sayTime(visit.at, today)}` : ''],
    ],
    photos: pictures,
    buttons,
  });
};

async function albumOf(world: World, visit: Visit, viewer: Actor) {
  const parts = [albumSubject(visit), ...visit.found.map((_, n) => albumSubject(visit, n))];
  return photosOf(world, await filesAbout(world, parts), viewer);
}

/** A photo of a visit, for who may see that. */
export const visitPhoto: Download = async (world, id, viewer) => {
  const row = await world.tx.table(files).get(id);
  const [, inspection = '', branch = ''] = /^visit:([^|]+)\|([^|]+)/.exec(row?.about ?? '') ?? [];
  const visit = await world.tx.table(visits).get(`${inspection}|${branch}`);
  const one = visit && (await world.tx.table(inspections).get(visit.inspection));
  if (!row || !visit || !one) return undefined;
  return (await judge(rights.visit, { one, visit }, world, viewer)) === true ? downloadOf(row) : undefined;
};

export const showVisit = visitOperation()(rights.visit, {
  run: async (_ctx, _input, { visit }) => shownCard(visitCard(visit)),
});
