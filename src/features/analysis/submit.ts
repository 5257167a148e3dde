/** 研判 of a township: shown, submitted, adopted or returned by the county. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { recordOperation, shownCard } from '../../bot/turn/records.ts';
import { AppError } from '../../lib/errors.ts';
import { words } from '../../lib/inputs.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import { tellGroups, tellStaff } from '../members/index.ts';
import { getUnit, toKinds, unitName } from '../orgs/index.ts';
import { itemsOf, linesOf, uncovered } from './lines.ts';
import { sheets } from './model.ts';
import { writeProposal } from './propose.ts';
import { gluedUnit } from './quota.ts';
import {
  branchAnd,
  changedSheet,
  currentSheet,
  loadHanded,
  loadSheet,
  newSheet,
  OWN,
  personalOnly,
  putLines,
  sheetCard,
  sheetUnit,
} from './record.ts';
import { type OnSheet, rights } from './rights.ts';
import { overview } from './view.ts';

/** Branches that a refusal names. */
const NAMED = 10;
const onSheet = recordOperation<OnSheet>(loadSheet, () => OWN);

export const analyse = operation({
  right: rights.analyse,
  words: ['研判'],
  help: '逐个支部研判：有事实的先看，其余一次过',
  offered: toKinds('township', 'county', 'city'),
  glued: gluedUnit,
  fromText: (rest) => (rest ? { unit: rest } : {}),
  input: z.object({
    unit: z.string().max(100).optional(),
    from: z.coerce.number().int().min(0).catch(0).default(0),
  }),
  async run(ctx, { unit: named, from }): Promise<Outcome> {
    personalOnly(ctx);
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const meant = await sheetUnit(ctx, named, 'township');
    const shown = unit.kind === 'township' ? unit : meant;
    if (!shown) return overview(ctx, unit, named, from);
    return shownCard(sheetCard(await currentSheet(ctx, shown)));
  },
});

/** A row of a list. */
export const show = onSheet(rights.show, {
  run: async (_ctx, _input, { sheet }) => shownCard(sheetCard(sheet)),
});

export const again = onSheet(rights.again, {
  words: ['再研判一次'],
  async run(ctx, _input, { sheet }) {
    const unit = await getUnit(ctx.tx, sheet.unit);
    const query = {
      where: { unit: unit.id, period: sheet.period },
      order: 'n',
      desc: true,
      limit: 1,
    } as const;
    const [last = sheet] = (await ctx.tx.table(sheets).find(query)).rows;
    if (last.state === 'draft' || last.state === 'returned')
      throw new AppError('stale', '这一次还没有提交，先做完这一次。');
    const next = await ctx.tx.table(sheets).put(newSheet(unit, sheet.period, last.n + 1));
    return changedSheet(ctx, next, `好，${sayDatedPeriod(sheet.period)}第${next.n}次研判。`);
  },
});

export const submit = onSheet(rights.submit, {
  words: ['提交研判', '研判提交'],
  async run(ctx, _input, { sheet }) {
    const all = await linesOf(ctx, sheet);
    const { lines, rest, size, version } = all;
    const open = lines.length === 0 ? [] : uncovered(all, sheet);
    const undecided = lines.filter(({ decision }) => decision === null).map(({ unit }) => unit.name);
    if (undecided.length > 0)
      throw new AppError('invalid', `还有${undecided.length}个支部没有定：${nameSome(undecided)}。`);
    if (open.length > 0)
      throw new AppError(
        'invalid',
        `其余${open.length}个支部还没有定，都正常就按“其余正常”：${nameSome(open.map(({ name }) => name))}。`,
      );
    await putLines(ctx.tx, sheet.id, lines);
    const saved = await ctx.tx.table(sheets).put({
      ...sheet,
      ...{ state: 'submitted', day: ctx.today, version, normal: rest.map(({ id }) => id), reason: '' },
      ...{ by: ctx.me.id, name: ctx.me.name, at: ctx.now.toISOString() },
    });
    const listed = lines.filter(({ decision }) => decision === 'list').length;
    const meets = lines.filter(({ counts }) => counts === 'meets').length;
    const none = meets > 0 ? `够条件${meets}个，都没有建议列入` : '没有够条件的支部';
    const what = listed > 0 ? `建议列入${listed}个` : none;
    const text = `${await unitName(ctx.tx, sheet.unit)}提交了${sayDatedPeriod(sheet.period)}研判：${size}个支部，${what}。`;
    await tellStaff(ctx, sheet.county, {
      text: `${text}请采用或退回。`,
      card: { subject: sheetCard(saved) },
      key: `analysis:${saved.id}:${saved.rev}`,
    });
    await tellGroups(ctx, sheet.county, { text, key: `analysis:${saved.id}:${saved.rev}` });
    return changedSheet(ctx, saved, `已提交${sayDatedPeriod(sheet.period)}研判：${what}，等县区来定。`);
  },
});

const nameSome = (names: readonly string[]) =>
  names.length > NAMED ? `${names.slice(0, NAMED).join('、')}等` : names.join('、');

const onHanded = recordOperation<OnSheet>(loadHanded, branchAnd('reason', 'township'));

export const adopt = onHanded(rights.adopt, {
  words: ['采用', '采用研判'],
  example: '石桥镇',
  async run(ctx, _input, { sheet }) {
    const saved = await ctx.tx.table(sheets).put({ ...sheet, state: 'adopted' });
    const proposer = { id: sheet.by ?? '', name: sheet.name, unit: sheet.unit };
    let proposed = 0;
    for (const { branch, decision, facts, types, level } of await itemsOf(ctx.tx, sheet.id)) {
      if (decision !== 'list') continue;
      await writeProposal(
        ctx,
        await getUnit(ctx.tx, branch),
        { facts, types, level, version: sheet.version },
        proposer,
      );
      proposed += 1;
    }
    await tellBack(ctx, saved, `采用了${sayDatedPeriod(sheet.period)}研判。`);
    const next = proposed > 0 ? `建议列入的${proposed}个等审定，发送“软弱涣散”看。` : '';
    return changedSheet(ctx, saved, `已采用。${next}`);
  },
});

export const sendBack = onHanded(rights.return, {
  words: ['退回研判'],
  example: '石桥镇 还差两个村',
  input: z.object({ reason: words('原因', 300, '请写退回的原因，还差什么') }),
  form: async (_ctx, { sheet }) => ({
    fields: [field.lines('reason', '为什么退回', 300, { required: true, hint: '还差什么，一两句话就行' })],
    submit: { op: rights.return, data: { sheet: sheet.id }, style: 'destructive' },
  }),
  async run(ctx, { reason }, { sheet }) {
    const saved = await ctx.tx.table(sheets).put({ ...sheet, state: 'returned', day: null, reason });
    await tellBack(ctx, saved, `退回了${sayDatedPeriod(sheet.period)}研判：${reason}。请改好再提交。`);
    return changedSheet(ctx, saved, '已退回。');
  },
});

async function tellBack(
  ctx: Ctx,
  sheet: { id: string; unit: string; rev: number },
  said: string,
): Promise<void> {
  const text = `${await unitName(ctx.tx, ctx.me.unit)}${said}`;
  await tellStaff(ctx, sheet.unit, {
    text,
    card: { subject: sheetCard(sheet) },
    key: `analysis:${sheet.id}:${sheet.rev}`,
  });
}
