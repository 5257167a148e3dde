/** 书记: one record as a card, or those that somebody may see; 换届后评估 and 回头看 by the county. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { nextPage } from '../../bot/cards/page.ts';
import {
  buildForm,
  button,
  type FormCard,
  listCard,
  note,
  type Raw,
  type RowSpec,
  recordCard,
} from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { shownCard } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { daysBetween, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { words } from '../../lib/inputs.ts';
import { personalNumber } from '../../lib/private.ts';
import { profiles } from '../branches/index.ts';
import { ROLE_NAMES } from '../members/index.ts';
import { findUnit, getUnit, isBranch, type Unit, unitName, unitsBelow } from '../orgs/index.ts';
import { inOfficeOf, namedSecretaries, secretariesBelow, secretaryOf } from './find.ts';
import { type Conclusion, idOf, NOTHING_KNOWN, PAY, secretaries, trialPay } from './model.ts';
import { type InOffice, notFound, personalOnly, reader, rights } from './rights.ts';

const PAGE = 8;
/** Trainings and honours that a card names. */
const SHOWN = 6;
const MOST_WORDS = 300;
const UNKNOWN = '没有数据';
const NOBODY = '下面还没有支部书记，由市委组织部发送“导入名单”来导入。';
const WHOSE = '书记档案只给本人、所在乡镇（街道）负责人和县区看。支部的情况，发送“支部”看。';

export const secretaryCard = (one: InOffice) => ({
  kind: 'secretary',
  id: idOf(one.branch.id, one.person),
});

/** The secretary whom a press or words name, among those whom the sender may see. */
async function loadSecretary(ctx: Ctx, raw: Raw): Promise<InOffice> {
  personalOnly(ctx);
  if (typeof raw.secretary === 'string') {
    const one = await secretaryOf(ctx.tx, raw.secretary);
    if (one && (await reader.holds(ctx.me, one, ctx))) return one;
    throw new AppError('not_found', '没有找到这位书记的档案，可能已经离任，或者不归您看。');
  }
  const typed = typeof raw.name === 'string' ? raw.name.trim() : '';
  if (typed === '') throw new AppError('invalid', '请写上姓名。');
  const [one, ...more] = await seenOf(ctx, await namedSecretaries(ctx, typed));
  if (!one) throw new AppError('not_found', notFound(typed));
  if (more.length === 0) return one;
  const all = [one, ...more].map(({ name, branch }) => `${name} ${branch.name}`);
  throw new AppError('invalid', `有几位书记叫这个名字，请在后面写上支部：${all.join('、')}。`);
}

async function seenOf(ctx: Ctx, all: readonly InOffice[]): Promise<readonly InOffice[]> {
  const seen: InOffice[] = [];
  for (const one of all) if (await reader.holds(ctx.me, one, ctx)) seen.push(one);
  return seen;
}

export const show = operation({
  right: rights.show,
  fromText: (rest): Raw => ({ name: rest }),
  record: loadSecretary,
  run: async (_ctx, _input, one) => shownCard(secretaryCard(one)),
});

export const list = operation({
  right: rights.list,
  words: ['书记'],
  example: '王小明',
  glued: 'number',
  help: '书记档案：任职、培训、评估',
  offered: async ({ tx }, { unit, role }) => {
    const { kind } = await getUnit(tx, unit);
    return kind === 'county' || role === (kind === 'township' ? 'head' : 'secretary');
  },
  fromText: (rest): Raw => (rest ? { name: rest } : {}),
  // With a name it is about that person; several of one name are listed.
  async open(ctx, raw) {
    if (typeof raw.name !== 'string' || raw.name.trim() === '') return undefined;
    personalOnly(ctx);
    if (await townshipBelow(ctx, raw.name)) return undefined;
    return (await seenOf(ctx, await namedSecretaries(ctx, raw.name))).length > 1
      ? undefined
      : { op: show, raw };
  },
  input: z.object({
    name: z.string().max(100).default(''),
    unit: z.string().max(100).optional(),
    from: z.coerce.number().int().min(0).catch(0).default(0),
  }),
  async run(ctx, { name, unit: named, from }): Promise<Outcome> {
    personalOnly(ctx);
    const { tx, me } = ctx;
    const asked = name === '' ? undefined : await townshipBelow(ctx, name);
    if (name.trim() !== '' && !asked) {
      const alike = await seenOf(ctx, await namedSecretaries(ctx, name));
      return listed(ctx, `书记 ${name.trim()}`, alike, from, { name });
    }
    const own = await getUnit(tx, me.unit);
    if (isBranch(own)) {
      const mine = (await inOfficeOf(tx, me.id)).find(({ branch }) => branch.id === own.id);
      if (!mine) return { text: WHOSE, mine: true };
      return shownCard(secretaryCard(mine));
    }
    const top = asked ?? (await townshipBelow(ctx, named ?? '')) ?? own;
    if (top.kind === 'county' && me.role !== 'secretary') return ofCounty(ctx, top, from);
    const below = top.kind === 'township' ? await seenOf(ctx, await secretariesBelow(tx, top.id)) : [];
    if (below.length === 0)
      return { text: top.kind === 'township' && me.role === 'head' ? NOBODY : WHOSE, mine: true };
    return listed(ctx, `书记 ${top.name}`, below, from, { unit: top.id });
  },
});

/** The township of the sender’s county that is named by its id or in words. */
async function townshipBelow({ tx, me }: Ctx, named: string): Promise<Unit | undefined> {
  const unit = named === '' ? undefined : await findUnit(tx, named.trim());
  return unit?.kind === 'township' && unit.parent === me.unit ? unit : undefined;
}

function pageOf(
  title: string,
  rows: readonly RowSpec[],
  from: number,
  data: Raw,
  about = '点一下打开。',
): Outcome {
  const next = nextPage(rights.list, from + PAGE < rows.length && { ...data, from: from + PAGE });
  const shown = rows.slice(from, from + PAGE);
  return { text: '', card: listCard(title, about, shown, next), mine: true };
}

function listed({ today }: Ctx, title: string, all: readonly InOffice[], from: number, data: Raw): Outcome {
  const rows = all.map((one) => rowOf(one, today));
  return pageOf(title, rows, from, data, `共${all.length}位，点一下打开。`);
}

function rowOf(one: InOffice, today: string): RowSpec {
  const { record } = one;
  const due = record?.assessOn != null && record.assessOn <= today;
  return {
    ...{ mark: due ? '待评估' : '', tone: 'default', title: `${one.name} ${one.branch.name}` },
    sub: [termOf(record?.since ?? null, today), `培训${record?.trainings.length ?? 0}次`].join(' · '),
    ...{ op: rights.show, data: { secretary: idOf(one.branch.id, one.person) } },
  };
}

/** Those whom a county is to assess first, then its townships. */
async function ofCounty(ctx: Ctx, county: Unit, from: number): Promise<Outcome> {
  const due = (await dueIn(ctx, county.id)).map((one) => rowOf(one, ctx.today));
  const townships = (await unitsBelow(ctx.tx, county.id)).map(
    ({ id, name }): RowSpec => ({
      ...{ mark: '', tone: 'default', title: name, sub: '' },
      ...{ op: rights.list, data: { unit: id } },
    }),
  );
  const about = due.length > 0 ? `任职满一年待评估${due.length}位，排在前面。` : '点一个乡镇（街道）。';
  return pageOf(`书记 ${county.name}`, [...due, ...townships], from, {}, about);
}

/** Most that one county has to assess at a time. */
const MOST_DUE = 200;

/** The secretaries of a county who have been a year in office and are not assessed; those who left are nobody's. */
export async function dueIn(
  { tx, today }: Pick<World, 'tx' | 'today'>,
  county: string,
): Promise<readonly InOffice[]> {
  const range = { gt: null, lte: today };
  const query = { where: { county }, order: 'assessOn', range, limit: MOST_DUE } as const;
  const found: InOffice[] = [];
  for (const { id } of (await tx.table(secretaries).find(query)).rows) {
    const one = await secretaryOf(tx, id);
    if (one) found.push(one);
  }
  return found;
}

/** `2024年3月1日任职，2年` */
function termOf(since: string | null, today: string): string {
  if (since === null) return '任职时间没有数据';
  const years = Math.floor(daysBetween(since, today) / 365.25);
  return `${sayDay(since, today)}任职${years > 0 ? `，${years}年` : ''}`;
}

type Kind = 'assessment' | 'review';

/** The county writes down what it concluded; written again, the last one counts. */
const conclude = (right: typeof rights.assess | typeof rights.review, kind: Kind) =>
  operation({
    right,
    words: [right.title],
    example: kind === 'assessment' ? '王小明 班子团结，群众认可' : '王小明 资格都合格',
    fromText(rest): Raw {
      const [name = '', ...said] = rest.trim().split(/\s+/);
      return { ...(name && { name }), ...(said.length > 0 && { words: said.join(' ') }) };
    },
    record: loadSecretary,
    input: z.object({ words: words('结论', MOST_WORDS) }),
    async refine(_ctx, { words: said }) {
      const number = personalNumber(said);
      return number ? [{ field: 'words', message: `里面像有${number}，请删去` }] : [];
    },
    form: async (_ctx, one, values, errors): Promise<FormCard> =>
      buildForm(
        {
          title: `${right.title}：${one.name}`,
          intro: `${one.branch.name}。结论本人和所在乡镇（街道）负责人看得到。`,
          fields: [
            field.lines('words', '结论', MOST_WORDS, { required: true, value: one.record?.[kind]?.words }),
          ],
          submit: { title: '保存', op: right, data: { secretary: idOf(one.branch.id, one.person) } },
        },
        values,
        errors,
      ),
    async run(ctx, { words: said }, one): Promise<Outcome> {
      const { tx, today, me } = ctx;
      const written: Conclusion = {
        ...{ on: today, words: said },
        who: `${await unitName(tx, me.unit)}${ROLE_NAMES[me.role]}`,
      };
      const { branch, township, person } = one;
      const at = { branch: branch.id, township: township.id, county: me.unit, person };
      await tx.table(secretaries).put({
        ...{ id: idOf(branch.id, person), ...at, ...NOTHING_KNOWN, ...one.record, [kind]: written },
        ...(kind === 'assessment' && { assessOn: null }),
      });
      ctx.refresh(secretaryCard(one));
      // Who reads the audit trail learns that it was done for this branch, not what of whom.
      const did = { kind: 'secretary', id: branch.id };
      return {
        text: `记下了${one.name}的${right.title}。`,
        card: { subject: secretaryCard(one) },
        mine: true,
        did,
      };
    },
  });
export const assess = conclude(rights.assess, 'assessment');
export const review = conclude(rights.review, 'review');

export const secretaryView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const one = await secretaryOf(tx, id);
  if (!viewer || !one || (await judge(rights.show, one, world, viewer)) !== true)
    return note('没有找到这位书记的档案，可能已经离任，或者不归您看。');
  const { record } = one;
  const buttons = [];
  for (const right of [rights.assess, rights.review])
    if (await may(right, one, world, viewer)) buttons.push(button(right, { secretary: id }));
  const due = record?.assessOn != null && record.assessOn <= today;
  return recordCard({
    number: one.township.name,
    title: `${one.name} ${one.branch.name}书记`,
    state: termOf(record?.since ?? null, today),
    ask: due && buttons.length > 0 ? '任职满一年了，请做换届后评估。' : '',
    facts: [
      [
        '培训',
        few(
          record?.trainings ?? [],
          ({ title, on, days }) => `${sayDay(on, today)} ${title}${days ? `（${days}天）` : ''}`,
        ),
      ],
      ['荣誉', few(record?.honours ?? [], ({ title, on }) => `${sayDay(on, today)} ${title}`)],
      [rights.assess.title, sayConclusion(record?.assessment, today)],
      [rights.review.title, sayConclusion(record?.review, today)],
      ['报酬测算', await sayPay(tx, one.branch)],
    ],
    buttons,
  });
};

function few<T>(all: readonly T[], say: (one: T) => string): string {
  const more = all.length > SHOWN ? [`还有${all.length - SHOWN}条`] : [];
  return [...all.slice(0, SHOWN).map(say), ...more].join('；') || UNKNOWN;
}

function sayConclusion(said: Conclusion | null | undefined, today: string): string {
  return said ? `${said.words}（${said.who}，${sayDay(said.on, today)}）` : '还没有';
}

async function sayPay(tx: World['tx'], branch: Unit): Promise<string> {
  const found = trialPay((await tx.table(profiles).get(branch.id))?.income ?? []);
  if (!found) return '还没有审计过的集体收入，不测算';
  const { year, amount, source, tier, yearly } = found;
  const document = PAY.document ? `（${PAY.document}）` : '';
  return `仅测算：${year}年集体收入${Math.round(amount * 100) / 100}万元（${source}），按${PAY.version}第${tier}档${document}，一年${yearly}元；发多少以正式核定为准`;
}
