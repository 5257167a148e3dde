/** 导出: the ledger 台账 of a task in one period, a line for each unit, also for those that are missing. */
import type { Raw } from '../../bot/cards/spec.ts';
import type { Export } from '../../bot/feature.ts';
import { startExport } from '../../bot/files/exports.ts';
import { files } from '../../bot/files/tables.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import type { Line } from '../../lib/sheet.ts';
import { getUnit, notToKinds, type Unit } from '../orgs/index.ts';
import { CHECKIN_NAMES, type Scope, type StoredTask, tasks } from './model.ts';
import { isPeriodOf, type Period, periodOf, sayPeriod } from './periods.ts';
import { checkinOf, isIssuer, progressOf, roundOperation, sayTask } from './record.ts';
import { rights } from './rights.ts';
import { scopeWithin, walk } from './scope.ts';

export const exportTask = roundOperation(rights.export, {
  words: ['导出', '导出任务', '导出台账'],
  help: '导出一项任务的台账：导出 RW-2026-0001',
  offered: notToKinds('village', 'community'),
  run: (ctx, _input, { task, round }) =>
    startExport(
      ctx,
      'tasks.ledger',
      { task: task.id, period: round.period },
      `${task.id} ${sayTask(task, round.period)}台账`,
    ),
});

interface Part {
  readonly task: StoredTask;
  readonly round: Period;
  /** The unit whose part it is; undefined: the whole task. */
  readonly unit?: Unit;
  readonly scope: Scope;
}

/** What this person gets of the task: the issuer and the organiser all of it, others what lies below their unit. */
async function partFor(world: World, data: Raw, viewer: Actor): Promise<Part | undefined> {
  const { tx, today, workdays } = world;
  const { task: number, period } = data;
  const task = await tx.table(tasks).get(String(number));
  if (!task || typeof period !== 'string' || !isPeriodOf(task, period, today)) return undefined;
  const round = periodOf(task, period, workdays);
  if (!(await may(rights.export, { task, round }, world, viewer))) return undefined;
  const unit = await getUnit(tx, viewer.unit);
  if (isIssuer(task, viewer) || unit.kind === 'city') return { task, round, scope: task.scope };
  return { task, round, unit, scope: await scopeWithin(tx, task.scope, unit) };
}

export const ledger: Export = {
  name: 'tasks.ledger',
  async open(world, data, viewer) {
    const part = await partFor(world, data, viewer);
    if (!part) return undefined;
    const { task, round, unit } = part;
    const { size } = await progressOf(world.tx, task, round, unit);
    const { measure } = task;
    return {
      name: `${task.id} ${sayTask(task, round.period)}台账 ${world.today}`,
      sheet: '台账',
      total: size,
      columns: [
        { title: '县区', width: 16, kind: 'text' },
        { title: '乡镇（街道）', width: 18, kind: 'text' },
        { title: '单位', width: 26, kind: 'text' },
        { title: '状态', width: 11, kind: 'text' },
        { title: measure ? `完成数量（${measure}）` : '完成数量', width: 16, kind: 'number' },
        { title: '完成百分比', width: 12, kind: 'number' },
        { title: '超期', width: 8, kind: 'text' },
        { title: '填报人', width: 12, kind: 'text' },
        { title: '填报时间', width: 18, kind: 'time' },
        { title: '情况', width: 40, kind: 'text' },
        { title: '困难', width: 30, kind: 'text' },
        { title: '转为问题', width: 15, kind: 'text' },
        { title: '退回原因', width: 24, kind: 'text' },
        { title: '佐证（个）', width: 11, kind: 'number' },
        { title: '任务编号', width: 15, kind: 'text' },
        { title: '任务', width: 24, kind: 'text' },
        { title: '要求', width: 14, kind: 'text' },
        { title: '周期', width: 11, kind: 'text' },
        { title: '期限', width: 12, kind: 'day' },
      ],
    };
  },
  async page(world, data, viewer, after) {
    const part = await partFor(world, data, viewer);
    if (!part) return { lines: [] };
    const { families, next } = await walk(world, part.scope, after);
    const lines: Line[] = [];
    for (const { parent, units } of families) {
      const county = parent?.parent ? await getUnit(world.tx, parent.parent) : undefined;
      // All at once: over PostgreSQL they share the way there and back.
      lines.push(...(await Promise.all(units.map((unit) => lineOf(world, part, unit, parent, county)))));
    }
    return { lines, next };
  },
};

async function lineOf(
  world: World,
  { task, round }: Part,
  unit: Unit,
  parent: Unit | null,
  county: Unit | undefined,
): Promise<Line> {
  const { tx, today } = world;
  const checkin = await checkinOf(tx, round, unit.id);
  const [top, above] = parent ? [county, parent] : await aboveOf(world, unit);
  const proofs = await tx.table(files).count({ about: `checkin:${round.id}|${unit.id}` });
  return [
    top?.name ?? null,
    above?.name ?? null,
    unit.name,
    checkin ? CHECKIN_NAMES[checkin.state] : today > round.due ? '超期未报' : '未报',
    checkin?.amount ?? null,
    checkin?.percent ?? null,
    checkin?.late ? '超期' : null,
    checkin?.name ?? null,
    checkin?.at ?? null,
    checkin?.words ?? null,
    checkin?.difficulty ?? null,
    checkin?.issue ?? null,
    checkin?.reason ?? null,
    proofs || null,
    task.id,
    task.title,
    task.standard,
    sayPeriod(round.period),
    round.due,
  ];
}

/** County and township of a unit that was chosen by itself; a department has neither. */
async function aboveOf({ tx }: World, unit: Unit): Promise<readonly [Unit | undefined, Unit | undefined]> {
  if (unit.kind === 'county') return [unit, undefined];
  const above = unit.parent ? await getUnit(tx, unit.parent) : undefined;
  if (unit.kind === 'township') return [above?.kind === 'county' ? above : undefined, unit];
  if (above?.kind !== 'township') return [undefined, undefined];
  return [above.parent ? await getUnit(tx, above.parent) : undefined, above];
}
