/** 典型 推荐: somebody who knows a branch names it, with a sentence. */
import { z } from 'zod';
import { field, namedChoices } from '../../bot/cards/fields.ts';
import type { Raw } from '../../bot/cards/spec.ts';
import { type Ctx, type Operation, type Outcome, operation } from '../../bot/operation.ts';
import { AppError } from '../../lib/errors.ts';
import { words } from '../../lib/inputs.ts';
import { personalNumber } from '../../lib/private.ts';
import { personalOnly } from '../analysis/index.ts';
import { ISSUE_BRANCHES } from '../issues/index.ts';
import { getUnit, isBranch, meantUnit, notToKinds, searchBranches, type Unit } from '../orgs/index.ts';
import { begin, changed, underWay } from './record.ts';
import { rights } from './rights.ts';
import { PROFILE } from './words.ts';

/** Units that know of branches. */
export const mayRecommend = notToKinds('responsible');
const MOST_WORDS = 200;
const LISTED = 40;
/** Of one branch. */
const MOST_UNDER_WAY = 10;
const NO_BRANCH = '没有找到这个支部，或者不归您单位推荐。请写全称，例如：典型 推荐 柳湾村 调解办得好。';

/** The branch that is named; that of the sender, if nothing else is. */
async function loadBranch(ctx: Ctx, raw: Raw): Promise<Unit | null> {
  personalOnly(ctx);
  const typed = typeof raw.branch === 'string' ? raw.branch.trim() : '';
  const own = await getUnit(ctx.tx, ctx.me.unit);
  if (typed === '') return isBranch(own) ? own : null;
  const meant = await meantUnit(ctx.tx, typed);
  if (!meant || !isBranch(meant)) throw new AppError('not_found', NO_BRANCH);
  return meant;
}

export const recommend: Operation<Unit | null, { branch: string; words: string }> = operation({
  right: rights.recommend,
  words: ['典型推荐', '推荐典型'],
  help: '推荐一个支部的好做法',
  offered: mayRecommend,
  example: '柳湾村 调解办得好，一年没有一件上交',
  fromText(rest): Raw {
    const [branch = '', ...said] = rest.trim().split(/\s+/);
    return { ...(branch && { branch }), ...(said.length > 0 && { words: said.join(' ') }) };
  },
  // A branch that only says what is good means itself.
  async open(ctx, raw) {
    const own = await getUnit(ctx.tx, ctx.me.unit);
    const first = typeof raw.branch === 'string' ? raw.branch.trim() : '';
    if (!isBranch(own) || first === '' || (await meantUnit(ctx.tx, first))) return undefined;
    const words = [first, raw.words].filter(Boolean).join(' ');
    return { op: recommend, raw: { ...raw, branch: own.id, words } };
  },
  record: loadBranch,
  input: z.object({
    branch: z.string().max(100).default(''),
    words: words('一句话', MOST_WORDS, '请写一句好在哪里'),
  }),
  async refine(ctx, { words: said }, branch) {
    if (!branch) return [{ field: 'branch', message: '请选哪个支部' }];
    const number = personalNumber(said);
    if (number) return [{ field: 'words', message: `里面像有${number}，请删去` }];
    const known = await underWay(ctx.tx, branch.id);
    const same = known.find(({ reasons }) => reasons.some(({ text }) => text === said));
    if (same) return [{ field: 'words', message: `这一条已经推荐过，编号${same.id}` }];
    return known.length < MOST_UNDER_WAY
      ? []
      : [{ field: 'branch', message: `${branch.name}已经有${known.length}条在办，办完再推荐` }];
  },
  async form(ctx, branch) {
    const own = await getUnit(ctx.tx, ctx.me.unit);
    const found = isBranch(own) ? [own] : await searchBranches(ctx.tx, own, '', LISTED);
    const all = branch && !found.some(({ id }) => id === branch.id) ? [branch, ...found] : found;
    return {
      intro: '只写做法，不写群众的姓名和证件号。核实、发布由别的同志来办。',
      fields: [
        field.search('branch', '哪个支部', namedChoices(all), {
          required: true,
          hint: '输入名字查找',
          dataset: ISSUE_BRANCHES,
          value: branch?.id,
        }),
        field.lines('words', '好在哪里', MOST_WORDS, { required: true }),
      ],
      submit: { title: '提交推荐', op: rights.recommend },
    };
  },
  async run(ctx, { words: text }, branch): Promise<Outcome> {
    if (!branch) throw new AppError('invalid', NO_BRANCH);
    const records = text.includes(PROFILE) ? [PROFILE] : [];
    const reasons = [{ text, records }];
    const row = await begin(ctx, branch, { origin: 'people', star: null, reasons }, ctx.me.unit);
    return changed(ctx, row, `收到了，编号 ${row.id}。点“撰写”写出来，再请牵头单位核实。`);
  },
});
