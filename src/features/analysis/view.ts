/** 研判 and 排查 as cards: those that need a word first, one of them with the buttons for it; and who has handed in. */

import { inLines, nextPage } from '../../bot/cards/page.ts';
import { type Button, button, listCard, note, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import type { Ctx, Outcome } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { periodName, sayDatedPeriod } from '../../lib/schedule.ts';
import { shorten } from '../../lib/text.ts';
import { findUnit, getUnit, type Unit, units, unitsBelow, unitsOfKind } from '../orgs/index.ts';
import { type Line, type Lines, linesOf, uncovered } from './lines.ts';
import { DECISION_NAMES, LEVEL_NAMES, type Sheet, STATE_NAMES, sheets } from './model.ts';
import { openListing } from './propose.ts';
import { branchAnd, currentSheet, loadLine } from './record.ts';
import { type OnSheet, rights } from './rights.ts';
import { sayFacts, sayTypes } from './say.ts';

/** Branches that one card shows; what is decided gives way to what is not. */
const ROWS = 8;
/** Of the reasons in a row. */
const MOST_SAID = 260;
const PAGE = 8;
const NOT_YOURS = '研判由乡镇（街道）来做，排查由县区来做。支部的情况，发送“支部”看。';

const ASIDE = note('这里会提到支部的名字，请在和我的单聊里看。');

/** A sheet by its id, also one that nobody has begun yet. */
async function sheetOf(world: World, id: string): Promise<OnSheet['sheet'] | undefined> {
  const known = await world.tx.table(sheets).get(id);
  const unit = known ? undefined : await world.tx.table(units).get(id.split('|')[0] ?? '');
  const now =
    unit && (unit.kind === 'township' || unit.kind === 'county')
      ? await currentSheet(world, unit)
      : undefined;
  return known ?? (now?.id === id ? now : undefined);
}

export const sheetView: View = async (world, id, viewer) => {
  const sheet = await sheetOf(world, id);
  if (!sheet || !viewer) return ASIDE;
  const seen = await judge(rights.show, { sheet }, world, viewer);
  if (seen !== true) return note(seen);
  const { today, tx } = world;
  const all = await linesOf(world, sheet);
  const edits = await may(rights.rest, { sheet }, world, viewer);
  const open = all.lines.filter(({ decision }) => decision === null);
  const current = edits ? open[0] : undefined;
  const rows: RowSpec[] = [];
  const shown = edits ? [...open, ...all.lines.filter(({ decision }) => decision !== null)] : all.lines;
  for (const line of shown.slice(0, ROWS)) rows.push(await rowOf(world, sheet, line));
  const title = `${sayDatedPeriod(sheet.period)}${sheet.kind === 'census' ? '排查' : '研判'}${sheet.n > 1 ? `（第${sheet.n}次）` : ''} · ${(await getUnit(tx, sheet.unit)).name}`;
  const more = shown.length > ROWS ? `还有${shown.length - ROWS}个没有列出，定好的往后排。` : '';
  const sub = [
    `${stateOf(sheet)}${sheet.state === 'returned' ? `：${sheet.reason}` : ''}。`,
    sayCounts(all, sheet),
    `按${sheet.version || all.version}标准，截至${sayDay(sheet.day ?? today, today)}。`,
    current ? `现在定：${current.unit.name}。` : '',
    more,
  ].join('');
  return listCard(title, sub, rows, await buttonsOf(world, sheet, all, current, viewer));
};

const stateOf = ({ kind, state }: Sheet) =>
  kind === 'census' && state === 'draft' ? '排查中' : STATE_NAMES[state];

function sayCounts(all: Lines, sheet: Sheet): string {
  const { lines, rest, size } = all;
  const count = (level: Line['counts']) => lines.filter(({ counts }) => counts === level).length;
  const [meets, watch] = [count('meets'), count('watch')];
  const differs = lines.filter((line) => line.differs).length;
  const none = meets + watch === 0 ? '没有够条件的支部。' : '';
  const parts = [
    `${size}个支部`,
    differs > 0 ? `不一致${differs}个` : '',
    meets > 0 ? `够条件${meets}个` : '',
    watch > 0 ? `关注${watch}个` : '',
    lines.length > 0 ? `其余${rest.length}个没有够条件的事实` : '都没有够条件的事实',
  ];
  const covered = sheet.kind === 'census' ? `已覆盖${size - uncovered(all, sheet).length}/${size}。` : '';
  return `${parts.filter(Boolean).join('，')}。${none}${covered}`;
}

async function rowOf({ tx, today }: World, sheet: Sheet, line: Line): Promise<RowSpec> {
  const { unit, counts, decision, differs, facts, types, said, saidWhy, reason } = line;
  const why = (await sayFacts(tx, facts, unit.parent ?? '', today)).map(
    ({ letter, text }) => `${letter} ${text}`,
  );
  const told = said ? `乡镇说${DECISION_NAMES[said]}${saidWhy ? `：${saidWhy}` : ''}` : '';
  const parts = [LEVEL_NAMES[counts], told, reason && `原因：${reason}`, sayTypes(types), ...why];
  const flag = differs ? '不一致' : '请定';
  return {
    mark: decision ? DECISION_NAMES[decision] : flag,
    title: unit.name,
    sub: shorten(parts.filter(Boolean).join('；'), MOST_SAID),
    op: rights.item,
    data: { sheet: sheet.id, branch: unit.id },
  };
}

async function buttonsOf(
  world: World,
  sheet: OnSheet['sheet'],
  all: Lines,
  current: Line | undefined,
  viewer: Actor,
): Promise<readonly Button[]> {
  const on = { sheet };
  const data = { sheet: sheet.id };
  const found: Button[] = current ? await decisionButtons(world, sheet, current, viewer) : [];
  const fresh = all.rest.some(({ id }) => !sheet.normal.includes(id));
  const offers = [
    [rights.rest, fresh && all.rest.length > 0, 'default'],
    // Not before every branch is decided: pressed, it would be refused.
    [rights.submit, true, current ? 'default' : 'positive'],
    [rights.complete, true, current ? 'default' : 'positive'],
    [rights.adopt, true, 'positive'],
    [rights.return, true, 'destructive'],
    [rights.again, sheet.state === 'submitted' || sheet.state === 'adopted', 'default'],
  ] as const;
  for (const [right, fits, style] of offers)
    if (fits && (await may(right, on, world, viewer))) found.push(button(right, data, style));
  return found.slice(0, 5);
}

/** What may be said of one branch. */
async function decisionButtons(
  world: World,
  sheet: OnSheet['sheet'],
  line: Line,
  viewer: Actor,
): Promise<Button[]> {
  const data = { sheet: sheet.id, branch: line.branch };
  if (!(await may(rights.watch, { sheet }, world, viewer))) return [];
  const open = sheet.kind === 'census' ? await openListing(world.tx, line.branch) : undefined;
  const proposedByOther = open?.state === 'proposed' && (await may(rights.confirm, open, world, viewer));
  const up =
    sheet.kind === 'census' && (proposedByOther || (!open && line.counts === 'meets'))
      ? button(rights.confirm, data, 'positive')
      : button(rights.propose, data, line.counts === 'meets' ? 'positive' : 'default');
  return [up, button(rights.watch, data), button(rights.decline, data)];
}

/** One branch of a sheet, to be looked at or decided again. */
export const item = recordOperation<Required<OnSheet>>(loadLine, branchAnd('words'))(rights.item, {
  async run(ctx, _input, { sheet, branch }): Promise<Outcome> {
    const { lines } = await linesOf(ctx, sheet);
    const line = lines.find(({ unit }) => unit.id === branch.id);
    const data = { sheet: sheet.id, branch: branch.id };
    const back = button(rights.show, { sheet: sheet.id }, 'default', '回到名册');
    const typing = (await may(rights.type, { sheet }, ctx, ctx.me)) ? [button(rights.type, data)] : [];
    if (!line) {
      const text = `${branch.name}：没有够条件的事实。`;
      return { text, card: note(text, [...typing, back]), mine: true };
    }
    const facts = await sayFacts(ctx.tx, line.facts, branch.parent ?? '', ctx.today);
    const card = recordCard({
      number: sayDatedPeriod(sheet.period),
      title: branch.name,
      state: LEVEL_NAMES[line.counts],
      marks: [line.differs ? '不一致' : '', line.decision ? DECISION_NAMES[line.decision] : ''].filter(
        Boolean,
      ),
      facts: [
        ...facts.map(({ letter, text, clears }) => [letter, `${text}。${clears}。`] as const),
        ['情形', sayTypes(line.types)],
        [
          '乡镇研判',
          line.said ? `${DECISION_NAMES[line.said]}${line.saidWhy ? `：${line.saidWhy}` : ''}` : '',
        ],
        ['原因', line.reason],
      ],
      buttons: [...(await decisionButtons(ctx, sheet, line, ctx.me)), ...typing, back],
    });
    return { text: '', card, mine: true };
  },
});

/** Who has handed in: of a county its townships, for the organiser county by county. */
export async function overview(
  ctx: Ctx,
  unit: Unit,
  named: string | undefined,
  from: number,
): Promise<Outcome> {
  const { tx, today } = ctx;
  const asked = named ? await findUnit(tx, named) : undefined;
  const top = unit.kind === 'city' && asked?.kind === 'county' ? asked : unit;
  const period = periodName(today, 'quarter');
  const title = `${sayDatedPeriod(period)}研判 · ${top.name}`;
  if (top.kind !== 'county' && top.kind !== 'city') return { text: NOT_YOURS, mine: true };
  const below = top.kind === 'county' ? await unitsBelow(tx, top.id) : await unitsOfKind(tx, ['county']);
  const rows: RowSpec[] = [];
  for (const one of below.slice(from, from + PAGE))
    rows.push(await (top.kind === 'county' ? townshipRow(ctx, one) : countyRow(ctx, one, period)));
  const data = { unit: top.id };
  const next = nextPage(rights.analyse, from + PAGE < below.length && { ...data, from: from + PAGE });
  const sub = '点一下打开。';
  const text = inLines(`${title}：`, rows);
  return { text, card: listCard(title, sub, rows, next), mine: true };
}

async function townshipRow(ctx: Ctx, township: Unit): Promise<RowSpec> {
  const sheet = await currentSheet(ctx, township);
  const begun = sheet.state !== 'draft';
  return {
    mark: STATE_NAMES[sheet.state],
    title: township.name,
    sub: begun ? `${sheet.name} ${sayDay(sheet.day ?? ctx.today, ctx.today)}提交` : '还没有提交',
    op: begun ? rights.show : null,
    data: { sheet: sheet.id },
  };
}

async function countyRow(ctx: Ctx, county: Unit, period: string): Promise<RowSpec> {
  let done = 0;
  const townships = await unitsBelow(ctx.tx, county.id);
  for (const { id } of townships) if (await handedIn(ctx, id, period)) done += 1;
  return {
    mark: `${done}/${townships.length}`,
    title: county.name,
    sub: '已提交的乡镇（街道）',
    op: rights.analyse,
    data: { unit: county.id },
  };
}

/** Whether a unit has handed in its analysis, or completed its census, of a period. */
export async function handedIn({ tx }: Pick<World, 'tx'>, unit: string, period: string): Promise<boolean> {
  const { rows } = await tx
    .table(sheets)
    .find({ where: { unit, period }, order: 'n', desc: true, limit: 20 });
  return rows.some(({ state }) => state === 'submitted' || state === 'adopted' || state === 'done');
}

/** How far the counties are with their census. */
export async function censusOverview(ctx: Ctx, unit: Unit): Promise<Outcome> {
  if (unit.kind !== 'city') return { text: NOT_YOURS, mine: true };
  const period = periodName(ctx.today, 'half');
  const rows: RowSpec[] = [];
  for (const county of (await unitsOfKind(ctx.tx, ['county'])).slice(0, 60)) {
    const sheet = await currentSheet(ctx, county);
    const begun = sheet.rev !== undefined;
    rows.push({
      mark: sheet.state === 'done' ? '已完成' : begun ? '排查中' : '没有开始',
      title: county.name,
      sub: sheet.state === 'done' ? `${sheet.name} ${sayDay(sheet.day ?? ctx.today, ctx.today)}` : '',
      op: begun ? rights.show : null,
      data: { sheet: sheet.id },
    });
  }
  return { text: '', card: listCard(`${sayDatedPeriod(period)}排查`, '各县区', rows, []), mine: true };
}
