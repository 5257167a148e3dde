/** 创星, 创星申报: where a branch stands this year, and its application: one sentence, the rest is in the records already. */
import { z } from 'zod';
import { buildForm, button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { words as typed } from '../../lib/inputs.ts';
import { starsHeld } from '../branches/index.ts';
import { starIssues } from '../issues/index.ts';
import { allStars, findStar, getUnit, isBranch, type Star, type Unit, unitsAbove } from '../orgs/index.ts';
import { type Application, applications, STATE_NAMES } from './model.ts';
import { by, move, titleOf } from './record.ts';
import { rights } from './rights.ts';

const MOST_WORDS = 100;
const NAMED = 5;

/** The newest application of each star. */
export async function applicationsOf({ tx }: Pick<World, 'tx'>, branch: string, year: string) {
  const query = { where: { branch }, order: 'year', range: { gte: year, lte: year }, limit: 100 } as const;
  return (await tx.table(applications).find(query)).rows;
}

/** The stars for which a branch can still apply this year. */
async function openStars(world: World, branch: Unit, year: string): Promise<readonly Star[]> {
  const held = await starsHeld(world.tx, branch, world.today);
  const known = await applicationsOf(world, branch.id, year);
  return (await allStars(world.tx)).filter(
    ({ id, kinds }) =>
      kinds.some((kind) => kind === branch.kind) &&
      !held.includes(id) &&
      !known.some((row) => row.star === id && row.state !== 'deferred'),
  );
}

export const overview = operation({
  right: rights.overview,
  words: ['创星'],
  help: '创星到哪一步了；支部申报，各单位评星',
  async run(ctx): Promise<Outcome> {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const year = ctx.today.slice(0, 4);
    return isBranch(unit) ? ofBranch(ctx, unit, year) : forReviewers(ctx, unit);
  },
});

async function ofBranch(ctx: Ctx, unit: Unit, year: string): Promise<Outcome> {
  const held = await starsHeld(ctx.tx, unit, ctx.today);
  const stars = await allStars(ctx.tx);
  const rows: RowSpec[] = [];
  for (const row of await applicationsOf(ctx, unit.id, year)) {
    const title = stars.find(({ id }) => id === row.star)?.name ?? row.star;
    rows.push({
      ...{ mark: STATE_NAMES[row.state], title, sub: row.words },
      ...{ op: rights.show, data: { application: row.id } },
    });
  }
  const open = await openStars(ctx, unit, year);
  const names = stars.filter(({ id }) => held.includes(id)).map(({ name }) => name);
  const sub = `现在有${names.length}颗星${names.length > 0 ? `：${names.join('、')}` : ''}。${open.length > 0 ? `今年还可以申报：${open.map(({ name }) => name).join('、')}。` : ''}`;
  const buttons = open.length > 0 ? [button(rights.apply, {}, 'positive', '创星申报')] : [];
  return { text: '', card: listCard(`创星：${unit.name}`, sub, rows, buttons), mine: true };
}

async function forReviewers(ctx: Ctx, unit: Unit): Promise<Outcome> {
  const waiting = await ctx.tx.table(applications).count({ waits: unit.id });
  const open = await ctx.tx.table(applications).count({ state: 'public' });
  const buttons = [
    ...((await may(rights.review, null, ctx, ctx.me)) ? [button(rights.review, {}, 'positive')] : []),
    button(rights.publicity),
  ];
  const sub = `等本单位评的${waiting}份，正在公示的${open}份。`;
  return { text: '', card: listCard(`创星：${unit.name}`, sub, [], buttons), mine: true };
}

export const apply = operation({
  right: rights.apply,
  words: ['创星申报', '申报创星'],
  help: '支部申报一颗星，写一句话就行',
  example: '产业兴旺星 村集体收入过了五十万元',
  fromText(rest): Raw {
    const [star = '', ...words] = rest.trim().split(/\s+/);
    return { ...(star && { star }), ...(words.length > 0 && { words: words.join(' ') }) };
  },
  input: z.object({
    star: z.string({ error: '请选申报哪颗星' }).min(1, '请选申报哪颗星').max(100),
    words: typed('一句话', MOST_WORDS),
  }),
  async refine(ctx, { star }) {
    const open = await openStars(ctx, await getUnit(ctx.tx, ctx.me.unit), ctx.today.slice(0, 4));
    if (findStar(open, star)) return [];
    const message = findStar(await allStars(ctx.tx), star)
      ? '这颗星已经有了，已经申报了，或者不归本支部创，请选别的'
      : '请从这些星里选';
    return [{ field: 'star', message }];
  },
  async form(ctx, _record, values, errors) {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const open = await openStars(ctx, unit, ctx.today.slice(0, 4));
    const star = typeof values.star === 'string' ? findStar(open, values.star) : undefined;
    const facts = star ? await factsOf(ctx, unit, star) : [];
    return buildForm(
      {
        title: '创星申报',
        intro: star
          ? `记录里有：${facts.join('；')}。`
          : '问题办得怎样、哪些星保住了，记录里都有，不用再写。',
        fields: [
          {
            ...{ id: 'star', label: '星', kind: 'pick', required: true },
            choices: open.map(({ id, name }) => ({ title: name, value: id })),
          },
          { id: 'words', label: '一句话（为什么够这颗星）', kind: 'text', max: MOST_WORDS, required: true },
        ],
        submit: { op: rights.apply },
      },
      star ? { ...values, star: star.id } : values,
      errors,
    );
  },
  async run(ctx, { star: named, words }): Promise<Outcome> {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const year = ctx.today.slice(0, 4);
    const star = findStar(await allStars(ctx.tx), named);
    if (!star) throw new Error(`the star ${named} was there when the form was judged`);
    const id = `${unit.id}|${star.id}|${year}`;
    const known = await ctx.tx.table(applications).get(id);
    const [township, county] = await unitsAbove(ctx.tx, unit);
    const row: Application & { rev?: number } = {
      ...(known ?? { steps: [] }),
      ...{ id, branch: unit.id, township: township?.id ?? '', county: county?.id ?? '' },
      ...{ star: star.id, lead: star.lead, year, state: 'applied', waits: '', words },
      ...{ facts: [...(await factsOf(ctx, unit, star))], until: '', document: '' },
    };
    const saved = await move(ctx, by(ctx), row, 'applied', '申报', words);
    const subject = { kind: 'application', id };
    return {
      text: `已申报：${await titleOf(ctx, saved)}。先请乡镇提意见。`,
      card: { subject },
      did: subject,
    };
  },
});

/** What this year's records say of a branch and a star, with the numbers of the records. */
async function factsOf(world: World, unit: Unit, { id, name }: Star): Promise<readonly string[]> {
  const { closed, open, recurring } = await starIssues(
    world,
    unit.id,
    id,
    `${world.today.slice(0, 4)}-01-01`,
  );
  const list = (numbers: readonly string[]) =>
    numbers.length === 0
      ? ''
      : `（${numbers.slice(0, NAMED).join('、')}${numbers.length > NAMED ? '等' : ''}）`;
  const held = await starsHeld(world.tx, unit, world.today);
  return [
    `今年${name}的问题销号${closed.length}件${list(closed)}，没办完${open.length}件${list(open)}`,
    ...(recurring.length > 0 ? [`反弹${recurring.length}件${list(recurring)}`] : []),
    `现在有${held.length}颗星`,
  ];
}
