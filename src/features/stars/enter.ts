/** 负面清单: a county, a lead or the organiser writes down what stands in the way; what was as far as 公示 waits for a decision. */
import { z } from 'zod';
import { choicesFrom, field, namedChoices } from '../../bot/cards/fields.ts';
import { button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { type Listener, on } from '../../bot/turn/events.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Doing } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { day, words as typed } from '../../lib/inputs.ts';
import { listed, personalOnly } from '../analysis/index.ts';
import { tellPeople } from '../members/index.ts';
import { allStars, findStar, getUnit, isBranch, meantUnit, organiser, type Unit } from '../orgs/index.ts';
import { yearOf } from './cycle.ts';
import {
  COUNTS_DAYS,
  counts,
  isOfTheBranchItself,
  KIND_NAMES,
  KINDS,
  negatives,
  type StoredNegative,
  sayNegative,
  writtenOf,
} from './negatives.ts';
import { applicationsOf, by, move, titleOf } from './record.ts';
import { NO_NEGATIVE, rights } from './rights.ts';

const MOST_WORDS = 200;

interface OnBranch {
  readonly branch: string;
  readonly unit: Unit;
}

/** A branch by its id or in words; the own one without. */
async function branchOf(ctx: Ctx, raw: Raw): Promise<OnBranch> {
  personalOnly(ctx);
  const words = typeof raw.branch === 'string' ? raw.branch : '';
  const unit = words === '' ? await getUnit(ctx.tx, ctx.me.unit) : await meantUnit(ctx.tx, words);
  if (unit && isBranch(unit)) return { branch: unit.id, unit };
  throw new AppError('not_found', words === '' ? '请写上是哪个支部，例如：负面清单 柳湾村。' : NO_NEGATIVE);
}

export const showNegatives = operation<OnBranch, unknown>({
  right: rights.negatives,
  words: ['负面清单'],
  example: '柳湾村',
  fromText: (rest) => ({ branch: rest.trim() }),
  record: branchOf,
  async run(ctx, _input, { unit, branch }): Promise<Outcome> {
    const rows: RowSpec[] = [];
    for (const row of await writtenOf(ctx, branch)) {
      const stands = counts(row, ctx.today);
      const ended = row.withdrawn ? `已撤销：${row.withdrawn.reason}` : '已过一年';
      const opens = (await may(rights.withdraw, row, ctx, ctx.me)) && {
        op: rights.withdraw,
        data: { negative: row.id },
      };
      rows.push({
        ...{
          mark: stands ? KIND_NAMES[row.kind] : '不再算',

          title: await sayNegative(ctx, row),
        },
        ...{ sub: stands ? '' : ended, op: rights.negatives, data: { branch }, ...opens },
      });
    }
    const enters = await may(rights.enter, { branch }, ctx, ctx.me);
    const buttons = enters ? [button(rights.enter, { branch })] : [];
    const sub = `${rows.length === 0 ? '没有登记。' : ''}登记的情形算${COUNTS_DAYS}天，谁登记的、哪天登记的都写着；列入软弱涣散的不用登记。`;
    return { text: '', card: listCard(`负面清单：${unit.name}`, sub, rows, buttons), mine: true };
  },
});

export const enter = operation<
  OnBranch,
  { kind: (typeof KINDS)[number]; star: string; date: string; words: string }
>({
  right: rights.enter,
  words: ['登记负面清单'],
  example: '柳湾村 重大问题 发生一起生产安全事故',
  days: { fields: /^date$/, toward: 'back' },
  fromText(rest): Raw {
    const [branch = '', kind, ...words] = rest.trim().split(/\s+/);
    return { branch, ...(kind && { kind }), ...(words.length > 0 && { words: words.join(' ') }) };
  },
  record: branchOf,
  input: z.object({
    kind: z.string({ error: '请选是哪种情形' }).transform((said, { addIssue }) => {
      const kind = KINDS.find((one) => one === said || KIND_NAMES[one] === said);
      if (kind) return kind;
      addIssue({
        code: 'custom',
        message: `请选是哪种情形：${KINDS.map((one) => KIND_NAMES[one]).join('、')}`,
      });
      return z.NEVER;
    }),
    star: z.string().max(100).default(''),
    date: day('请选是哪天的事'),
    words: typed('情况', MOST_WORDS),
  }),
  async refine(ctx, { kind, star, date, words }, { branch }) {
    if (date > ctx.today) return [{ field: 'date', message: '日子不能在今天以后' }];
    const known = findStar(await allStars(ctx.tx), star);
    if (star !== '' && !known) return [{ field: 'star', message: '没有这颗星，请从这些星里选' }];
    const twice = (await writtenOf(ctx, branch)).some(
      (row) =>
        row.withdrawn === null &&
        row.kind === kind &&
        row.star === (known?.id ?? '') &&
        row.on === date &&
        row.words === words,
    );
    return twice ? [{ field: 'words', message: '这一条已经登记过了' }] : [];
  },
  async form(ctx, { unit, branch }) {
    const stars = (await allStars(ctx.tx)).filter(({ kinds }) => kinds.some((kind) => kind === unit.kind));
    return {
      title: `登记负面清单：${unit.name}`,
      intro: '县区审核和后面几步都看得到，写着是谁、哪天登记的。到了公示的先停下，由市委组织部来定。',
      fields: [
        field.pick(
          'kind',
          '情形',
          choicesFrom(KINDS, (value) => KIND_NAMES[value]),
          { required: true },
        ),
        field.select('star', '哪颗星（不选就是都算）', namedChoices(stars)),
        field.date('date', '哪天的事', { max: ctx.today, value: ctx.today, required: true }),
        field.lines('words', '情况', MOST_WORDS, { required: true }),
      ],
      submit: { op: rights.enter, data: { branch } },
    };
  },
  async run(ctx, { kind, star: named, date, words }, { unit, branch }): Promise<Outcome> {
    const star = findStar(await allStars(ctx.tx), named)?.id ?? '';
    const { id: person, name: byName, unit: own } = ctx.me;
    const row = await ctx.tx.table(negatives).put({
      ...{ id: ctx.newId(), branch, kind, star, words, on: date, at: ctx.today },
      ...{ unit: own, person, byName, withdrawn: null },
    });
    const said = await sayNegative(ctx, row);
    const held = await hold(ctx, by(ctx), branch, (one) => star === '' || one === star, said);
    await tellPeople(ctx, branch, { text: `负面清单登记了本支部：${said}`, key: `negative:${row.id}` });
    const stopped = held > 0 ? `正在公示或者等着公示的${held}颗星先停下，由市委组织部来定。` : '';
    return {
      text: `已登记：${unit.name}，${said}。${stopped}`,
      mine: true,
      did: { kind: 'negative', id: row.id },
    };
  },
});

/** What is shown to everybody, or is about to be, waits for the organiser; resolves to how many that is. */
async function hold(
  doing: Doing,
  who: { readonly person: string; readonly unit: string },
  branch: string,
  meant: (star: string) => boolean,
  said: string,
): Promise<number> {
  let count = 0;
  for (const year of [yearOf(doing.today), String(Number(yearOf(doing.today)) - 1)])
    for (const row of await applicationsOf(doing, branch, year)) {
      if (!meant(row.star) || (row.state !== 'public' && row.state !== 'ready')) continue;
      const saved = await move(doing, who, row, 'objected', '负面清单', said);
      count += 1;
      await tellPeople(doing, saved.waits, {
        text: `${await titleOf(doing, row)}有负面清单情形，先停下了，请处理：${said}`,
        card: { subject: { kind: 'application', id: row.id } },
        key: `application:${row.id}:${saved.rev}`,
      });
    }
  return count;
}

/** A branch that is listed as weak has no 支部过硬星. */
export const weak: Listener = on(listed, async (doing, { listing }) => {
  const star = (await allStars(doing.tx)).find(isOfTheBranchItself);
  if (!star) return;
  const who = { person: listing.decidedBy ?? '', unit: listing.county };
  await hold(doing, who, listing.branch, (one) => one === star.id, `列入软弱涣散，没有${star.name}`);
});

async function loadNegative(ctx: Ctx, raw: Raw): Promise<StoredNegative> {
  personalOnly(ctx);
  const id = typeof raw.negative === 'string' ? raw.negative : '';
  const row = id === '' ? undefined : await ctx.tx.table(negatives).get(id);
  if (row) return row;
  if (id !== '') throw new AppError('not_found', NO_NEGATIVE);
  const { branch } = await branchOf(ctx, raw);
  const stand = (await writtenOf(ctx, branch)).filter(({ withdrawn }) => withdrawn === null);
  const last = stand.find(({ unit }) => unit === ctx.me.unit) ?? stand[0];
  if (!last) throw new AppError('not_found', NO_NEGATIVE);
  return last;
}

export const withdraw = operation<StoredNegative, { reason: string }>({
  right: rights.withdraw,
  words: ['撤销登记', '撤销负面清单'],
  example: '柳湾村 登记错了支部',
  fromText(rest): Raw {
    const [branch = '', ...reason] = rest.trim().split(/\s+/);
    return { branch, ...(reason.length > 0 && { reason: reason.join(' ') }) };
  },
  record: loadNegative,
  input: z.object({ reason: typed('原因', MOST_WORDS) }),
  form: async (ctx, row) => ({
    title: '撤销登记',
    intro: await sayNegative(ctx, row),
    fields: [field.text('reason', '原因', MOST_WORDS, { required: true })],
    submit: { op: rights.withdraw, data: { negative: row.id } },
  }),
  async run(ctx, { reason }, row): Promise<Outcome> {
    const withdrawn = { on: ctx.today, unit: ctx.me.unit, reason };
    await ctx.tx.table(negatives).put({ ...row, withdrawn });
    await tellPeople(ctx, row.branch, {
      text: `负面清单里本支部的一条撤销了：${reason}`,
      key: `negative:${row.id}:withdrawn`,
    });
    const waiting = (await organiser(ctx.tx)).name;
    return {
      text: `已撤销。停下的公示由${waiting}“处理异议”后照常进行。`,
      mine: true,
      did: { kind: 'negative', id: row.id },
    };
  },
});
