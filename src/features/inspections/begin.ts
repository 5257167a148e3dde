/** 督导 开始: the list is opened, on the day, for those who go; each branch comes as a form that can be filled in without a line. */
import { showForm } from '../../bot/cards/forms.ts';
import { buildForm } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { AppError } from '../../lib/errors.ts';
import { unitsAbove } from '../orgs/index.ts';
import { type StoredVisit, seals, type Visit, visits } from './model.ts';
import { changed, inspectionOperation, isRested, reachable, saveInspection } from './record.ts';
import { rights } from './rights.ts';
import { visitForm } from './visit.ts';

export const begin = inspectionOperation('sealed')(rights.begin, {
  words: ['督导开始'],
  async run(ctx, _input, one) {
    const { tx, today } = ctx;
    const sealed = await tx.table(seals).get(one.id);
    if (!sealed) throw new AppError('not_found', '这次督导的名单找不到了，请作废重抽，并告诉市委组织部。');
    const opened: StoredVisit[] = [];
    for (const { id: branch, name } of sealed.branches) {
      const unit = await reachable(tx, one, branch);
      const [township, county] = unit ? await unitsAbove(tx, unit) : [];
      // Who draws does not hear of other sealed lists: what was visited meanwhile is passed over only now.
      const reason = !unit
        ? '支部撤并了，或者不归本单位管了'
        : (await isRested(ctx, branch))
          ? ''
          : '抽取以后别的督导去过了';
      const visit: Visit = {
        ...{ id: `${one.id}|${branch}`, inspection: one.id, branch, name, reason },
        ...{ township: township?.id ?? '', county: county?.id ?? '', state: reason ? 'skipped' : 'open' },
        ...{ on: reason ? null : today, answers: [], words: '', by: null, byName: '', at: '', times: 0 },
        ...{ found: [], issues: [] },
      };
      opened.push(await tx.table(visits).put(visit));
    }
    const begun = await saveInspection(ctx, { ...one, state: 'begun', begunOn: today });
    const toVisit = opened.filter(({ state }) => state === 'open');
    for (const [n, visit] of toVisit.entries())
      await handOut(ctx, visit, `第${n + 1}个支部，共${toVisit.length}个。`);
    const skipped = opened
      .filter(({ state }) => state === 'skipped')
      .map(({ name, reason }) => `${name}不用去：${reason}。`)
      .join('');
    const where = toVisit.map(({ name }) => name).join('、');
    const forms = toVisit.length > 0 ? `去：${where}。每个支部一张表，没有网络也能填，有网自动交一次。` : '';
    return changed(ctx, begun, `${one.id}已开始。${forms}${skipped}`);
  },
});

/** The form of one branch as a message of its own, so that it is at hand where there is no line. */
async function handOut(ctx: Ctx, visit: StoredVisit, text: string): Promise<void> {
  const form = buildForm(visitForm(visit), {}, []);
  const { card } = await showForm(ctx, rights.record, form, undefined);
  ctx.notify({
    text,
    card,
    to: { person: ctx.me.id },
    key: `visit:${visit.id}`,
    urgent: true,
    private: true,
  });
}
