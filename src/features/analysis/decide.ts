/** What is said of the branches of a sheet: 建议列入, 关注, 不列入, 十种情形, 其余正常. */
import { z } from 'zod';
import { choicesFrom, field } from '../../bot/cards/fields.ts';
import type { FieldError, Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { AppError } from '../../lib/errors.ts';
import { words } from '../../lib/inputs.ts';
import { peopleOf } from '../members/index.ts';
import type { Unit } from '../orgs/index.ts';
import { linesOf } from './lines.ts';
import { refuse } from './list.ts';
import { type ChosenType, DECISION_NAMES, type Item, sheets, TYPES } from './model.ts';
import { openListing, proposeListing } from './propose.ts';
import { branchAnd, changedSheet, loadLine, loadSheet, OWN, saveLine } from './record.ts';
import { type OnSheet, rights } from './rights.ts';

type OnLine = Required<OnSheet>;
const lineOperation = (field: string) => recordOperation<OnLine>(loadLine, branchAnd(field));

const typeField = field.select('type', '哪种情形', choicesFrom(TYPES), { required: true });
const wordsField = field.text('words', '一句话说明', 100, { required: true, hint: '写事，不写人名' });

/** The line of a branch as it counts now. */
async function countsNow(ctx: Ctx, { sheet, branch }: OnLine) {
  const { lines, version } = await linesOf(ctx, sheet, branch.parent ?? '');
  const line = lines.find(({ unit }) => unit.id === branch.id);
  const none = { facts: [], types: [], level: 'none', counts: 'none' } as const;
  const { facts, types, level, counts } = line ?? none;
  return { ground: { facts: [...facts], types: [...types], level, version }, counts };
}

/** The people of a branch are not to be named. */
async function namesNobody(ctx: Ctx, branch: Unit, said: string): Promise<readonly FieldError[]> {
  const people = [...(await peopleOf(ctx.tx, branch.id)), ...(await peopleOf(ctx.tx, branch.parent ?? ''))];
  return people.some(({ name }) => said.includes(name))
    ? [{ field: 'words', message: '请只写事，不写人名' }]
    : [];
}

const chosen = (ctx: Ctx, type: ChosenType['type'], said: string): ChosenType => ({
  type,
  words: said,
  by: ctx.me.id,
  unit: ctx.me.unit,
});
const withType = (types: readonly ChosenType[], one: ChosenType) => [
  ...types.filter(({ type }) => type !== one.type),
  one,
];

/** `青石村 班子不团结 两个月没开支委会`: the branch, one of the ten types, the sentence; what is none of the ten is the sentence. */
function branchAndType(rest: string): Raw {
  const [branch = '', ...more] = rest.split(/\s+/);
  const said = more.join(' ');
  const [first = ''] = said.split(/[\s:：,，]+/);
  const like = TYPES.filter((type) => first.length > 1 && type.includes(first));
  const whole = TYPES.find((type) => said.startsWith(type));
  const type = whole ?? (like.length === 1 ? like[0] : undefined);
  const words = type ? said.slice((whole ?? first).length).replace(/^[\s:：,，]+/, '') : said;
  return { ...(branch && { branch }), ...(type && { type }), ...(words && { words }) };
}
const typeOperation = recordOperation<OnLine>(loadLine, branchAndType);

export const propose = typeOperation(rights.propose, {
  words: ['建议列入'],
  example: '柳湾村 班子不团结 两个月没开支委会',
  input: z.object({
    type: z.enum(TYPES).or(z.literal('')).default(''),
    words: z.string().trim().max(100).default(''),
  }),
  async refine(ctx, { type, words: said }, on) {
    if (type === '' && said !== '') return [{ field: 'type', message: '写了说明的，请选是哪种情形' }];
    if (type === '' && (await countsNow(ctx, on)).counts !== 'meets')
      return [{ field: 'type', message: '光看事实还不够条件；要建议列入，请选一种情形，写一句话' }];
    if (type !== '' && said === '') return [{ field: 'words', message: '请写一句话说明' }];
    return namesNobody(ctx, on.branch, said);
  },
  form: async (_ctx, { sheet, branch }) => ({
    intro: branch.name,
    fields: [typeField, wordsField],
    submit: { op: rights.propose, data: { sheet: sheet.id, branch: branch.id } },
  }),
  async run(ctx, { type, words: said }, on) {
    const { ground } = await countsNow(ctx, on);
    const types = type === '' ? ground.types : withType(ground.types, chosen(ctx, type, said));
    if (on.sheet.kind === 'census') await proposeListing(ctx, on.branch, { ...ground, types });
    return decided(ctx, on, { decision: 'list', reason: '', types });
  },
});

export const watch = lineOperation('words')(rights.watch, {
  words: ['关注'],
  example: '柳湾村',
  glued: 'number',
  run: (ctx, _input, on) => decided(ctx, on, { decision: 'watch', reason: '' }),
});

export const decline = lineOperation('reason')(rights.decline, {
  words: ['不列入'],
  example: '柳湾村 问题已经解决',
  // What was proposed to a county is decided on the list.
  async open(ctx, raw) {
    const { sheet, branch } = await loadLine(ctx, raw);
    const open = sheet.kind === 'census' ? await openListing(ctx.tx, branch.id) : undefined;
    return open?.state === 'proposed' ? { op: refuse, raw: { ...raw, listing: open.id } } : undefined;
  },
  input: z.object({ reason: words('原因', 300, '请写不列入的原因') }),
  form: async (_ctx, { sheet, branch }) => ({
    intro: branch.name,
    fields: [field.lines('reason', '为什么不列入', 300, { required: true, hint: '一两句话就行' })],
    submit: { op: rights.decline, data: { sheet: sheet.id, branch: branch.id } },
  }),
  run: (ctx, { reason }, on) => decided(ctx, on, { decision: 'none', reason }),
});

export const chooseType = typeOperation(rights.type, {
  words: ['十种情形'],
  example: '柳湾村 无活动场所 租的屋子到期了',
  input: z.object({ type: z.enum(TYPES, '请选一种情形'), words: words('说明', 100, '请写一句话说明') }),
  refine: (ctx, { words: said }, { branch }) => namesNobody(ctx, branch, said),
  form: async (_ctx, { sheet, branch }) => ({
    intro: `${branch.name}：有下面哪种情形，选一种，写一句话。`,
    fields: [typeField, wordsField],
    submit: { op: rights.type, data: { sheet: sheet.id, branch: branch.id } },
  }),
  async run(ctx, { type, words: said }, on) {
    await saveLine(ctx, on, (item) => ({ ...item, types: withType(item.types, chosen(ctx, type, said)) }));
    return changedSheet(
      ctx,
      on.sheet,
      `${on.branch.name}：已写上“${type}”。请再定建议列入、关注还是不列入。`,
    );
  },
});

/** Write a decision. */
async function decided(ctx: Ctx, on: OnLine, change: Pick<Item, 'decision' | 'reason'> & Partial<Item>) {
  await saveLine(ctx, on, (item) => ({ ...item, ...change, by: ctx.me.id }));
  return changedSheet(ctx, on.sheet, `${on.branch.name}：${DECISION_NAMES[change.decision ?? 'none']}。`);
}

export const callNormal = recordOperation<OnSheet>(loadSheet, () => OWN)(rights.rest, {
  words: ['其余正常'],
  async run(ctx, _input, { sheet }) {
    const { rest } = await linesOf(ctx, sheet);
    if (rest.length === 0) throw new AppError('stale', '没有其余的支部了，请逐个定。');
    await ctx.tx.table(sheets).put({ ...sheet, normal: rest.map(({ id }) => id) });
    return changedSheet(ctx, sheet, `好，其余${rest.length}个支部正常。`);
  },
});
