/** What the owner and the reporter do: 受理, 转办, 提级办理, 收回, 办结, 撤回, 补充情况. Who and when is in rights.ts. */

import { z } from 'zod';
import { field, namedChoices } from '../../bot/cards/fields.ts';
import type { Act, ButtonStyle, Field } from '../../bot/cards/spec.ts';
import type { Search } from '../../bot/feature.ts';
import type { Ctx } from '../../bot/operation.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { optionalWords, sentPhotos, words } from '../../lib/inputs.ts';
import {
  findUnit,
  getUnit,
  isBranch,
  placedName,
  searchUnits,
  type Unit,
  unitName,
  unitsBelow,
  unitsOfKind,
} from '../orgs/index.ts';
import { nextOwner, renewedDeadline, type StoredIssue } from './model.ts';
import { addPhotos } from './photos.ts';
import {
  changed,
  issueOperation,
  numberAndWords,
  saveIssue,
  tellIssuePerson,
  tellIssueUnit,
  tellReporter,
  wordsFor,
} from './record.ts';
import { rights } from './rights.ts';

interface FormLooks {
  readonly style?: ButtonStyle;
  readonly titleOf?: (issue: StoredIssue) => string;
  /** It takes photos, called so. */
  readonly album?: string;
}

/** A form about one issue, with its title on top. */
export function issueForm(
  act: Act,
  fields: (ctx: Ctx, issue: StoredIssue) => Promise<readonly Field[]> | readonly Field[],
  { style = 'positive', titleOf = () => act.title, album }: FormLooks = {},
) {
  return async (ctx: Ctx, issue: StoredIssue) => ({
    title: titleOf(issue),
    intro: `${issue.id} ${issue.title}`,
    fields: await fields(ctx, issue),
    submit: { op: act, data: { issue: issue.id }, style, title: titleOf(issue) },
    ...(album && { album }),
  });
}

export const accept = issueOperation(rights.accept, {
  words: ['受理'],
  async run(ctx, _input, issue) {
    const saved = await saveIssue(ctx, { ...issue, state: 'active' }, '受理');
    const owner = await unitName(ctx.tx, saved.owner);
    const by = sayDay(saved.deadline, ctx.today);
    tellReporter(ctx, saved, `${owner}已受理您上报的“${saved.title}”，${by}前办结。`);
    return changed(ctx, saved, `已受理 ${issue.id}，请在${sayDay(issue.deadline, ctx.today)}前办结。`);
  },
});

export const transfer = issueOperation(rights.transfer, {
  words: ['转办'],
  example: 'WT-2026-0001 市水利局 请你们来办',
  fromText(rest) {
    const { issue, words: typed } = numberAndWords(rest);
    const [unit = '', ...reason] = typed.split(/\s+/);
    return unit ? { issue, unit, reason: reason.join(' ') } : { issue };
  },
  input: z.object({ unit: words('转给哪个单位', 100), reason: optionalWords('原因', 500) }),
  form: issueForm(rights.transfer, async (ctx, issue) => [
    field.search('unit', '转给哪个单位', namedChoices(await targets(ctx, issue)), {
      required: true,
      hint: '输入名字或拼音首字母查找',
      dataset: TARGETS,
    }),
    field.lines('reason', '原因', 500, { hint: '可不填：为什么转、希望怎么办' }),
  ]),
  async refine(ctx, { unit }, issue) {
    const to = await findUnit(ctx.tx, unit);
    const fits = to && (await targets(ctx, issue)).some(({ id }) => id === to.id);
    return fits
      ? []
      : [{ field: 'unit', message: '请从名单里选一个别的单位（部门、所在县区或本县区的乡镇街道）' }];
  },
  async run(ctx, { unit, reason }, issue) {
    const to = await findUnit(ctx.tx, unit);
    if (!to) throw new AppError('invalid', '没有这个单位，请重新选。');
    return handOver(ctx, { ...issue, raised: null }, to, '转办', reason);
  },
});

/** What `targetSearch` is called by. */
export const TARGETS = 'issues.targets';

/** Looks up units that could take an issue over: departments, counties and townships; which of them, the form judges. */
export const targetSearch: Search = async ({ tx }, typed, sender, most) => {
  if (!sender) return [];
  const found = await searchUnits(tx, typed, most, async (unit) => !isBranch(unit));
  return Promise.all(found.map(async (unit) => ({ title: await placedName(tx, unit), value: unit.id })));
};

/** Units that can take an issue over: departments, the county, the townships of that county; not who has it now. */
async function targets(ctx: Ctx, issue: StoredIssue): Promise<readonly Unit[]> {
  const departments = await unitsOfKind(ctx.tx, ['lead', 'responsible', 'city']);
  const county = await getUnit(ctx.tx, issue.county);
  const all = [...departments, county, ...(await unitsBelow(ctx.tx, county.id))];
  return all.filter(({ id }) => id !== issue.owner);
}

export const escalate = issueOperation(rights.escalate, {
  words: ['提级办理', '提级', '上交'],
  example: 'WT-2026-0001 要县里协调',
  fromText: wordsFor('reason'),
  input: z.object({ reason: words('提级的原因', 500) }),
  form: issueForm(rights.escalate, async (ctx, issue) => {
    const up = nextOwner(issue);
    const label = `为什么要${up ? await unitName(ctx.tx, up) : '上级'}来办`;
    return [field.lines('reason', label, 500, { required: true, hint: '一两句话就行' })];
  }),
  async run(ctx, { reason }, issue) {
    const up = nextOwner(issue);
    if (!up) throw new AppError('stale', '已经到牵头单位了，不能再提级。');
    const { owner, state, handlers, deadline, slipped, extension, grantor } = issue;
    const raised = { owner, state, handlers, deadline, slipped, extension, grantor };
    return handOver(ctx, { ...issue, raised }, await getUnit(ctx.tx, up), '提级', reason);
  },
});

export const recall = issueOperation(rights.recall, {
  words: ['收回'],
  async run(ctx, _input, { raised, ...issue }) {
    if (!raised) throw new AppError('stale', '这件事没有提级，不用收回。');
    const saved = await saveIssue(ctx, { ...issue, ...raised, raised: null }, '收回');
    const owner = await unitName(ctx.tx, raised.owner);
    await tellIssueUnit(ctx, saved, issue.owner, `${owner}收回了“${issue.title}”，自己接着办，不用受理了。`);
    tellReporter(ctx, saved, `您上报的“${issue.title}”由${owner}接着办，没有提级。`);
    return changed(ctx, saved, `已收回，请接着办，${sayDay(saved.deadline, ctx.today)}前办结。`);
  },
});

/** Another unit owns it now: it has to accept it, and has a few working days at least. */
async function handOver(ctx: Ctx, issue: StoredIssue, to: Unit, what: string, reason: string) {
  const deadline = renewedDeadline(issue, ctx.today, ctx.workdays);
  const from = await unitName(ctx.tx, issue.owner);
  const saved = await saveIssue(
    ctx,
    {
      ...issue,
      state: 'pending',
      owner: to.id,
      handlers: [...new Set([...issue.handlers, to.id])],
      deadline,
      slipped: issue.slipped + (deadline > issue.deadline ? 1 : 0),
      extension: null,
      grantor: null,
    },
    `${what}给${to.name}`,
    reason,
  );
  const why = reason ? `（${reason}）` : '';
  await tellIssueUnit(
    ctx,
    saved,
    to.id,
    `${from}${what}来一件事：${issue.title}${why}。请受理，${sayDay(deadline, ctx.today)}前办结。`,
    rights.accept,
  );
  tellReporter(ctx, saved, `您上报的“${issue.title}”${what}给${to.name}${why}，等他们受理。`);
  return changed(ctx, saved, `已${what}给${to.name}，等他们受理。`);
}

export const resolve = issueOperation(rights.resolve, {
  words: ['办结'],
  example: 'WT-2026-0001 灯泡换好了',
  fromText: wordsFor('words'),
  takesPhotos: true,
  input: z.object({
    words: words('怎么解决的', 500),
    evidence: optionalWords('佐证', 200),
    files: sentPhotos,
  }),
  form: issueForm(
    rights.resolve,
    () => [
      field.lines('words', '怎么解决的', 500, { required: true, hint: '一两句话就行' }),
      field.text('evidence', '佐证', 200, { hint: '可不填：文件名、台账号、现场情况' }),
    ],
    { album: '办结照片' },
  ),
  async run(ctx, { words: result, evidence, files }, issue) {
    await addPhotos(ctx, files, issue, 'done');
    const saved = await saveIssue(
      ctx,
      {
        ...issue,
        state: 'verifying',
        result,
        evidence,
        resolvedBy: ctx.me.id,
        extension: null,
        grantor: null,
      },
      '办结',
      result,
    );
    const ask = `${issue.id} ${issue.title} 已办结：${result}。请您核验。`;
    const unit = issue.reporterUnit;
    const of = [rights.verify, rights.satisfied];
    if (issue.reporter === ctx.me.id) await tellIssueUnit(ctx, saved, unit, ask, ...of);
    else tellIssuePerson(ctx, saved, issue.reporter, ask, { asks: { unit, of } });
    return changed(
      ctx,
      saved,
      `已办结 ${issue.id}，请${await unitName(ctx.tx, issue.reporterUnit)}核验后销号。`,
    );
  },
});

export const withdraw = issueOperation(rights.withdraw, {
  words: ['撤回'],
  preview: async (_ctx, _input, { id, title }) => ({
    text: `${id} ${title}：撤回后就不再办理，要办得重新上报。`,
    style: 'destructive',
  }),
  async run(ctx, _input, issue) {
    const saved = await saveIssue(
      ctx,
      { ...issue, state: 'withdrawn', doubt: null, closedAt: ctx.now.toISOString() },
      '撤回',
    );
    return changed(ctx, saved, `已撤回 ${issue.id}。`);
  },
});

export const supplement = issueOperation(rights.supplement, {
  words: ['补充情况', '补充'],
  example: 'WT-2026-0001 今晚又看了一次',
  fromText: wordsFor('words'),
  takesPhotos: true,
  input: z.object({ words: words('要补充的情况', 500), files: sentPhotos }),
  form: issueForm(
    rights.supplement,
    () => [field.lines('words', '补充什么', 500, { required: true, hint: '新的情况、进展、联系人' })],
    { album: '照片' },
  ),
  async run(ctx, { words: more, files }, issue) {
    await addPhotos(ctx, files, issue, 'reported');
    const saved = await saveIssue(ctx, issue, '补充情况', more);
    if (ctx.me.unit !== issue.owner)
      await tellIssueUnit(ctx, saved, issue.owner, `${issue.id} ${issue.title} 有补充：${more}`);
    return changed(ctx, saved, '已补充，大家都能看到。');
  },
});
