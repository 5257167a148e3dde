/** 整顿台账: every case of a county (of all, for the organiser), a line each. */
import type { Export } from '../../bot/feature.ts';
import { startExport } from '../../bot/files/exports.ts';
import { operation } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import type { Line } from '../../lib/sheet.ts';
import { personalOnly } from '../analysis/index.ts';
import { getUnit, unitName } from '../orgs/index.ts';
import { sayDispatch } from './dispatch.ts';
import { cases, planOf, STATE_NAMES, type StoredCase, sayShare } from './model.ts';
import { dispatchesOf, progressOf, responsible, sayProgress } from './record.ts';
import { rights } from './rights.ts';

const PAGE = 50;
const NAME = 'rectification.ledger';

export const exportLedger = operation({
  right: rights.export,
  words: ['整顿台账', '导出整顿', '导出整顿台账'],
  run: async (ctx) => {
    personalOnly(ctx);
    return startExport(ctx, NAME, {}, `${await unitName(ctx.tx, ctx.me.unit)}整顿台账`);
  },
});

/** The county whose cases a person gets; null: all of them; undefined: none. */
async function scopeFor(world: World, viewer: Actor): Promise<string | null | undefined> {
  if (!(await may(rights.export, undefined, world, viewer))) return undefined;
  return (await getUnit(world.tx, viewer.unit)).kind === 'city' ? null : viewer.unit;
}

const text = (title: string, width: number) => ({ title, width, kind: 'text' }) as const;
const day = (title: string) => ({ title, width: 12, kind: 'day' }) as const;

export const ledger: Export = {
  name: NAME,
  async open(world, _data, viewer) {
    const county = await scopeFor(world, viewer);
    if (county === undefined) return undefined;
    const { tx, today } = world;
    const name = `${await unitName(tx, viewer.unit)}整顿台账 ${today}`;
    const total = await tx.table(cases).count(county === null ? {} : { county });
    const columns = [
      ...[
        text('编号', 14),
        text('县区', 14),
        text('乡镇（街道）', 16),
        text('支部', 20),
        text('状态', 10),
        day('列入'),
      ],
      ...[text('类型', 20), text('问题', 22), text('根源', 26), text('措施', 36), text('责任单位/人', 22)],
      ...[
        text('联村县级领导', 12),
        text('包村乡镇领导', 12),
        text('派驻', 30),
        text('结对支部', 18),
        day('时限'),
      ],
      ...[text('进展', 24), text('群众评价', 22), text('验收', 20), day('巩固期至')],
      { title: '反弹次数', width: 10, kind: 'number' } as const,
    ];
    return { name, sheet: '台账', total, columns };
  },
  async page(world, _data, viewer, after) {
    const county = await scopeFor(world, viewer);
    if (county === undefined) return { lines: [] };
    const where = county === null ? {} : { where: { county } };
    const found = await world.tx.table(cases).find({ ...where, order: 'id', limit: PAGE, after });
    const lines: Line[] = [];
    for (const one of found.rows) lines.push(await lineOf(world, one));
    return { lines, next: found.next };
  },
};

async function lineOf(world: World, one: StoredCase): Promise<Line> {
  const { tx, today } = world;
  const name = (unit: string) => unitName(tx, unit);
  const plan = planOf(one);
  const progress = await progressOf(world, one);
  const last = one.checks.at(-1);
  const open = progress.issues.flatMap(({ id, open: still }) => (still ? [id] : []));
  const note = one.notes.at(-1)?.words ?? '';
  return [
    ...[one.id, await name(one.county), await name(one.township), await name(one.branch)],
    one.doubt ? '可能反弹' : STATE_NAMES[one.state],
    ...[one.listedOn, one.types.join('、'), one.records.join('、'), plan?.cause ?? null],
    progress.measures
      .map(
        ({ text: what, task, standing }, i) =>
          `${i + 1}. ${what}（${[task, standing].filter(Boolean).join('，')}）`,
      )
      .join('\n'),
    plan ? responsible(plan, await name(plan.unit)) : null,
    ...[plan?.countyLeader ?? null, plan?.townshipLeader ?? null],
    (await dispatchesOf(tx, one)).map((row) => sayDispatch(row, today)).join('\n'),
    one.helper ? await name(one.helper) : null,
    one.deadline,
    [sayProgress(progress), open.length > 0 ? `未销号：${open.join('、')}` : '', note]
      .filter(Boolean)
      .join('；'),
    last
      ? `满意${last.satisfied}，基本满意${last.basic}，不满意${last.unsatisfied}，问了${last.asked}位`
      : null,
    last ? `${last.on} ${sayShare(last)} ${last.passed ? '合格' : '不合格'}` : null,
    one.settledUntil,
    one.relapses,
  ];
}
