/** 上报: the form and what becomes of it: branch and star checked, first owner and supervisor found, recurrence seen. */
import { z } from 'zod';
import { choicesFrom, field, namedChoices } from '../../bot/cards/fields.ts';
import {
  type Act,
  buildForm,
  type Choice,
  type Field,
  type FieldError,
  type Raw,
  type Subject,
} from '../../bot/cards/spec.ts';
import type { FieldWords } from '../../bot/cards/typed.ts';
import type { Search } from '../../bot/feature.ts';
import { type Ctx, operation } from '../../bot/operation.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { id, optionalWords, sentPhotos, words } from '../../lib/inputs.ts';
import type { Tx } from '../../store/store.ts';
import {
  allStars,
  caresFor,
  findStar,
  getUnit,
  isBranch,
  meantUnit,
  placedName,
  type Star,
  searchBranches,
  type Unit,
  unitsAbove,
} from '../orgs/index.ts';
import {
  ASPECTS,
  DUE_WORKDAYS,
  type Issue,
  issues,
  RECURRENCE_DAYS,
  RESIDENTS,
  SOURCES,
  URGENCIES,
} from './model.ts';
import { addPhotos, copyPhotos } from './photos.ts';
import { changed, numbers, reported, saveIssue, tellIssueUnit } from './record.ts';
import { rights } from './rights.ts';

const ASPECT_HINTS = {
  人: '人（队伍、人员）',
  治: '治（治理、制度）',
  物: '物（设施、环境）',
  效: '效（成效、服务）',
};

export const FIELD_WORDS: FieldWords = {
  title: ['问题', '事情'],
  star: ['星', '五星', '哪颗星', '星级'],
  aspect: ['方面', '类别', '哪方面', '人治物效'],
  branch: ['支部', '村', '社区', '哪个村', '单位'],
  source: ['来自'],
  urgency: ['紧急', '紧急程度', '急不急', '轻重缓急'],
};

/** What `branchSearch` is called by. */
export const BRANCHES = 'issues.branches';
/** Branches that the form lists; the others are found as one types. */
const LISTED = 200;

/** What the form may offer and what a press is checked against. */
export interface ReportingUnit {
  readonly unit: Unit;
  readonly stars: readonly Star[];
}

/** Characters of the details. */
export const MOST_DETAILS = 1000;

export const reportInput = z.object({
  title: words('标题', 100, '请写标题，一句话说是什么事'),
  details: optionalWords('详情', MOST_DETAILS),
  aspect: z.enum(ASPECTS, '请选一个方面：人、治、物、效'),
  star: id('请选关系到哪颗星'),
  branch: z.string().max(100, '请选一个支部').default(''),
  source: z.enum(SOURCES, '请选来源').default(RESIDENTS),
  urgency: z.enum(URGENCIES, '请选一般或紧急').default('一般'),
  files: sentPhotos,
});
export type Report = z.infer<typeof reportInput>;

export async function reportingUnit(ctx: Ctx): Promise<ReportingUnit> {
  const [unit, stars] = await Promise.all([getUnit(ctx.tx, ctx.me.unit), allStars(ctx.tx)]);
  return { unit, stars };
}

/** Fields that zod alone cannot judge: does this branch exist, is it this unit's to speak for, has it this star? */
export async function checkReport(ctx: Ctx, { unit, stars }: ReportingUnit, raw: Report) {
  const named = await meantUnit(ctx.tx, raw.branch);
  const branch = isBranch(unit) ? unit : named;
  const star = findStar(stars, raw.star);
  const errors: FieldError[] = [];
  if (isBranch(unit) && raw.branch.trim() !== '' && named?.id !== unit.id)
    errors.push({ field: 'branch', message: '您只能替本支部上报' });
  if (!branch || !isBranch(branch)) errors.push({ field: 'branch', message: '请选一个支部' });
  else if (!(await caresFor(ctx.tx, unit, branch)))
    errors.push({ field: 'branch', message: `${branch.name}不归您单位管，请选自己下面的支部` });
  if (!star) errors.push({ field: 'star', message: '请选关系到哪颗星' });
  else if (branch && isBranch(branch) && !star.kinds.some((kind) => kind === branch.kind))
    errors.push({ field: 'star', message: `${branch.name}没有创建${star.name}，请另选一颗星` });
  return { branch, star, errors };
}

/** The first branches that this unit may speak for, and the one that is chosen already, wherever it stands. */
async function branchChoices({ tx }: Ctx, unit: Unit, chosen: unknown): Promise<readonly Choice[]> {
  const meant = typeof chosen === 'string' ? await meantUnit(tx, chosen) : undefined;
  const found = await searchBranches(tx, unit, '', LISTED);
  const more = meant && !found.some(({ id }) => id === meant.id) ? [meant] : [];
  return choicesOf(tx, [...more, ...found]);
}

/** A name that comes back in several townships is shown with its own. */
async function choicesOf(tx: Tx, found: readonly Unit[]): Promise<readonly Choice[]> {
  const names = found.map(({ name }) => name);
  return Promise.all(
    found.map(async (unit) => {
      const again = names.indexOf(unit.name) !== names.lastIndexOf(unit.name);
      return { title: again ? await placedName(tx, unit) : unit.name, value: unit.id };
    }),
  );
}

/** Looks branches up for who reports. */
export const branchSearch: Search = async ({ tx }, words, sender, most) =>
  sender ? choicesOf(tx, await searchBranches(tx, await getUnit(tx, sender.unit), words, most)) : [];

/** Said of what was guessed, until somebody has looked at it. */
const GUESSED = '（猜的，请看一眼）';

/**
 * @param op what sends it in, with `data` that names what it is made from
 * @param guessed the fields that nobody has looked at yet
 */
export async function reportForm(
  ctx: Ctx,
  { unit, stars }: ReportingUnit,
  values: Raw,
  errors: readonly FieldError[],
  op: Act = rights.report,
  data: Raw = {},
  guessed: readonly string[] = [],
) {
  const own = isBranch(unit);
  const fitting = own ? stars.filter(({ kinds }) => kinds.some((kind) => kind === unit.kind)) : stars;
  const branches = own ? [] : await branchChoices(ctx, unit, values.branch);
  const fields: Field[] = [
    field.text('title', '标题', 100, { required: true, hint: '一句话说是什么事、在哪里' }),
    ...(own
      ? []
      : [
          field.search('branch', '哪个支部', branches, {
            required: true,
            hint: '输入名字查找',
            dataset: BRANCHES,
          }),
        ]),
    field.select('star', '关系到哪颗星', namedChoices(fitting), { required: true, hint: '请选一颗星' }),
    field.pick(
      'aspect',
      '哪方面的问题',
      choicesFrom(ASPECTS, (value) => ASPECT_HINTS[value]),
      { required: true },
    ),
    field.lines('details', '详情', MOST_DETAILS, { hint: '可不填：什么时候开始，影响哪些人' }),
    field.select('source', '来源', choicesFrom(SOURCES), { value: own ? RESIDENTS : '督导发现' }),
    field.pick(
      'urgency',
      '缓急',
      choicesFrom(URGENCIES, (value) => `${value}（${DUE_WORKDAYS[value]}个工作日内）`),
      { value: '一般' },
    ),
  ];
  const branch = own ? unit : await meantUnit(ctx.tx, typeof values.branch === 'string' ? values.branch : '');
  const first = branch && isBranch(branch) ? (await unitsAbove(ctx.tx, branch))[0] : undefined;
  const who = `${own ? `${unit.name}上报，` : ''}由${first?.name ?? '支部所在的乡镇（街道）'}受理。`;
  const look = guessed.length > 0 ? '星、方面和缓急是按您的话猜的，不对就改；点“提交”才会上报。' : '';
  const marked = fields.map((field) =>
    guessed.includes(field.id) ? { ...field, label: `${field.label} ${GUESSED}` } : field,
  );
  return buildForm(
    {
      title: '上报问题',
      intro: who + look,
      fields: marked,
      submit: { title: '提交', op, data },
      album: '照片',
    },
    values,
    errors,
  );
}

export const report = operation({
  right: rights.report,
  takesPhotos: true,
  record: reportingUnit,
  input: reportInput,
  refine: async (ctx, raw, reporting) => (await checkReport(ctx, reporting, raw)).errors,
  form: (ctx, reporting, values, errors) => reportForm(ctx, reporting, values, errors),
  run: (ctx, fields, reporting) => writeReport(ctx, fields, reporting),
});

/** What is different where other records are turned into issues. */
export interface ReportOptions {
  /** Nobody is told: the feature that makes it has a reminder of its own. */
  readonly quiet?: boolean;
  /** A record whose photos it gets too. */
  readonly photosOf?: Subject;
}

/**
 * Write what was reported as an issue: the sender is its reporter, the township its owner.
 * @param origin the number of the record that it is made from
 */
export async function writeReport(
  ctx: Ctx,
  { files, ...fields }: Report,
  reporting: ReportingUnit,
  origin: string | null = null,
  { quiet = false, photosOf }: ReportOptions = {},
) {
  const { branch, star } = await checkReport(ctx, reporting, { ...fields, files });
  if (!branch || !star) throw new AppError('invalid', '请选好支部和星再提交。');
  const [township, county] = await unitsAbove(ctx.tx, branch);
  if (!township || !county)
    throw new AppError('invalid', `${branch.name}还没有归到乡镇（街道），请联系市委组织部。`);
  const [id, before] = await Promise.all([
    numbers.next(ctx.tx, ctx.today),
    recurrenceOf(ctx, branch.id, star.id, fields.aspect),
  ]);
  const issue: Issue = {
    id,
    ...fields,
    star: star.id,
    branch: branch.id,
    township: township.id,
    county: county.id,
    state: 'pending',
    reporter: ctx.me.id,
    reporterUnit: ctx.me.unit,
    owner: township.id,
    supervisor: star.lead,
    handlers: [township.id],
    deadline: ctx.workdays.add(ctx.today, DUE_WORKDAYS[fields.urgency]),
    reportedAt: ctx.now.toISOString(),
    returned: 0,
    slipped: 0,
    extension: null,
    grantor: null,
    result: '',
    evidence: '',
    resolvedBy: null,
    verdict: null,
    closedAt: null,
    recurrenceOf: before,
    recurs: null,
    doubt: before && star.lead,
    origin,
    steps: [],
    raised: null,
  };
  const saved = await saveIssue(ctx, issue, '上报');
  ctx.emit(reported, saved);
  await addPhotos(ctx, files, saved, 'reported');
  if (photosOf) await copyPhotos(ctx, photosOf, saved);
  const came = before ? `半年内办过同类的事（${before}），疑似反弹。` : '';
  const done = changed(ctx, saved, `已上报，编号 ${saved.id}，由${township.name}受理。${came}`);
  if (quiet) return done;
  const news = `${branch.name}上报：${saved.title}。请受理，${sayDay(saved.deadline, ctx.today)}前办结。`;
  await tellIssueUnit(ctx, saved, saved.owner, news + came, rights.accept);
  if (saved.urgency === '紧急' || came) {
    await tellIssueUnit(
      ctx,
      saved,
      saved.supervisor,
      `${branch.name}上报${saved.urgency}问题：${saved.title}。${came ? `${came}请认定是不是反弹。` : '请督办。'}`,
    );
  }
  return done;
}

/** The issue of the same branch, star and aspect that was closed last, if that is not long ago. */
async function recurrenceOf(
  ctx: Ctx,
  branch: string,
  star: string,
  aspect: Issue['aspect'],
): Promise<string | null> {
  const since = new Date(Date.parse(`${addDays(ctx.today, -RECURRENCE_DAYS)}T00:00:00+08:00`)).toISOString();
  const { rows } = await ctx.tx.table(issues).find({
    where: { branch, star, aspect, state: 'closed' },
    order: 'closedAt',
    desc: true,
    range: { gte: since },
    limit: 1,
  });
  return rows[0]?.id ?? null;
}
