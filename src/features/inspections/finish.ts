/** 督导 提交, 公开, 作废: findings become issues in one press; then the list is open to everybody, or nothing comes of it. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { Subject } from '../../bot/cards/spec.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import type { Doing } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { words } from '../../lib/inputs.ts';
import type { Tx } from '../../store/store.ts';
import { reportingUnit, writeReport } from '../issues/index.ts';
import { findingsOf, type Inspection, inspections, type StoredVisit, seals, visits } from './model.ts';
import { INSPECTION } from './questions.ts';
import { changed, inspectionOperation, reachable, saveInspection, saveVisit, visitsOf } from './record.ts';
import { rights } from './rights.ts';
import { albumSubject } from './visit.ts';

/** Those that wait for publication at a time. */
const SUBMITTED = 500;

interface Found {
  readonly visit: StoredVisit;
  readonly finding: ReturnType<typeof findingsOf>[number];
  /** Its photos. */
  readonly album: Subject;
}

/** What an inspection found, branch by branch; what is about a branch that is gone stays in the record alone. */
async function allFound(tx: Tx, one: Inspection, seen: readonly StoredVisit[]): Promise<readonly Found[]> {
  const all: Found[] = [];
  for (const visit of seen) {
    if (visit.state !== 'recorded' || !(await reachable(tx, one, visit.branch))) continue;
    const findings = findingsOf(visit);
    const asked = findings.length - visit.found.length;
    for (const [n, finding] of findings.entries())
      all.push({ visit, finding, album: albumSubject(visit, n < asked ? undefined : n - asked) });
  }
  return all;
}

export const submit = inspectionOperation('begun')(rights.submit, {
  words: ['督导提交'],
  async refine({ tx }, _input, one) {
    const left = (await visitsOf(tx, one)).filter(({ state }) => state === 'open');
    if (left.length === 0) return [];
    const names = left.map(({ name }) => name).join('、');
    const first = left[0]?.name.replace(/（.*$/, '') ?? '';
    const message = `还没有记录：${names}。发送“督导 记录 ${first}”接着记，没去成的写明原因。`;
    return [{ field: 'visit', message }];
  },
  async preview({ tx }, _input, one) {
    const seen = await visitsOf(tx, one);
    const found = await allFound(tx, one, seen);
    const lines = found.map(({ visit, finding }) => ({
      mark: visit.name,
      text: finding.title,
    }));
    const text =
      found.length > 0
        ? `${found.length}件转为问题，来源督导发现，乡镇（街道）下一个工作日在提醒里看到：`
        : '没有要转为问题的，不会打扰任何人。';
    return { title: `提交 ${one.id}`, text, lines };
  },
  async run(ctx, _input, one) {
    const { tx, today } = ctx;
    const seen = await visitsOf(tx, one);
    const reporting = await reportingUnit(ctx);
    const made = new Map<string, string[]>();
    for (const { visit, finding, album } of await allFound(tx, one, seen)) {
      const fields = { ...finding, branch: visit.branch, source: '督导发现' as const, files: '' };
      const options = { quiet: true, photosOf: album };
      const { did } = await writeReport(ctx, fields, reporting, one.id, options);
      made.set(visit.id, [...(made.get(visit.id) ?? []), did.id]);
    }
    for (const visit of seen) {
      const issues = made.get(visit.id);
      if (issues) await saveVisit(ctx, { ...visit, issues });
    }
    const saved = await saveInspection(ctx, { ...one, state: 'submitted', submittedOn: today });
    const all = [...made.values()].flat();
    const what = all.length > 0 ? `${all.length}件已转为问题：${all.join('、')}。` : '没有要转为问题的。';
    const on = sayDay(opensOn(ctx, saved), today);
    return changed(ctx, saved, `${one.id}已提交。${what}名单${on}自动公开，也可以现在点“公开”。`);
  },
});

/** The day on which the list of one that was submitted opens by itself. */
const opensOn = ({ workdays, today }: Pick<Doing, 'workdays' | 'today'>, { submittedOn }: Inspection) =>
  workdays.add(submittedOn ?? today, INSPECTION.publishWorkdays);

/** Whoever drew does not decide whether it can be verified. */
export const publishJob: JobKind = {
  kind: 'inspections.publish',
  daily: true,
  async step(doing) {
    const query = { where: { state: 'submitted' }, order: 'day', limit: SUBMITTED } as const;
    const { rows } = await doing.tx.table(inspections).find(query);
    for (const one of rows) if (doing.today >= opensOn(doing, one)) await open(doing, one);
    return undefined;
  },
};

const open = (doing: Doing, one: Inspection) =>
  saveInspection(doing, { ...one, state: 'published', publishedOn: doing.today });

export const publish = inspectionOperation('submitted')(rights.publish, {
  words: ['督导公开'],
  async run(ctx, _input, one) {
    return changed(
      ctx,
      await open(ctx, one),
      `${one.id}的名单和盐值公开了，谁都可以核对：督导 核对 ${one.id}`,
    );
  },
});

export const discard = inspectionOperation()(rights.void, {
  words: ['督导作废'],
  example: 'DD-2026-0001 有防汛任务',
  input: z.object({ reason: words('作废的原因', 200) }),
  form: async (_ctx, { id }) => ({
    title: `作废 ${id}`,
    intro: '作废后不能恢复，原因一直留着。名单没有打开的，再也没有人看得到。',
    fields: [field.lines('reason', '作废的原因', 200, { required: true })],
    submit: { op: rights.void, data: { inspection: id }, style: 'destructive' },
  }),
  async run(ctx, { reason }, one) {
    const { tx } = ctx;
    const sealed = one.state === 'sealed' ? await tx.table(seals).get(one.id) : undefined;
    if (sealed) await tx.table(seals).delete(sealed);
    // Where nobody was yet, somebody else may go.
    for (const visit of await visitsOf(tx, one))
      if (visit.state === 'open') await tx.table(visits).put({ ...visit, on: null });
    return changed(ctx, await saveInspection(ctx, { ...one, state: 'void', reason }), `${one.id}已作废。`);
  },
});
