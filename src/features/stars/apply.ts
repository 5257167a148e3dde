/** 创星, 创星申报: where a branch stands this year, and its application: at most one sentence, the rest is in the records. */
import { z } from 'zod';
import { field, namedChoices } from '../../bot/cards/fields.ts';
import { buildForm, button, listCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { optionalWords } from '../../lib/inputs.ts';
import { starsHeld } from '../branches/index.ts';
import { allStars, findStar, getUnit, isBranch, type Star, type Unit, unitsAbove } from '../orgs/index.ts';
import { cycleOf, yearOf } from './cycle.ts';
import { factsOf } from './facts.ts';
import { goalsOf, goalsSeen, isStar, missing, reached } from './goals.ts';
import { type Application, applications, STATE_NAMES } from './model.ts';
import { applicationsOf, by, move, titleOf } from './record.ts';
import { OPEN_TO_ALL, rights } from './rights.ts';
import { standardOn } from './standards.ts';

const MOST_WORDS = 100;
const MOST_ROWS = 20;

/** The stars for which a branch can still apply this year: its goals first. */
async function openStars(world: World, branch: Unit, year: string): Promise<readonly Star[]> {
  const known = await applicationsOf(world, branch.id, year);
  const wanted = (await goalsOf(world, branch.id, year)).map(({ star }) => star);
  const open = (await missing(world, branch)).filter(
    ({ id }) => !known.some((row) => row.star === id && row.state !== 'deferred'),
  );
  return open.toSorted((a, b) => Number(wanted.includes(b.id)) - Number(wanted.includes(a.id)));
}

export const overview = operation({
  right: rights.overview,
  words: ['创星'],
  help: '创星到哪一步了；支部定目标、申报，各单位评星',
  async run(ctx): Promise<Outcome> {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    return isBranch(unit) ? ofBranch(ctx, unit) : forReviewers(ctx, unit);
  },
});

async function ofBranch(ctx: Ctx, unit: Unit): Promise<Outcome> {
  const year = yearOf(ctx.today);
  const held = await starsHeld(ctx.tx, unit, ctx.today);
  const stars = await allStars(ctx.tx);
  const titleOfStar = (star: string) => stars.find(({ id }) => id === star)?.name ?? star;
  const open = await openStars(ctx, unit, year);
  const goals = await goalsOf(ctx, unit.id, year);
  const dates = await cycleOf(ctx.tx, year);
  const rows: RowSpec[] = [];
  const aside = ctx.place.kind !== 'personal';
  for (const { star } of aside
    ? []
    : goals.filter((goal) => isStar(goal) && open.some(({ id }) => id === goal.star)))
    rows.push({
      ...{
        mark: '目标',

        title: titleOfStar(star),
        sub: ctx.today <= dates.apply ? `${sayDay(dates.apply, ctx.today)}前申报` : '可以申报',
      },
      ...{ op: rights.apply, data: { star } },
    });
  for (const row of await applicationsOf(ctx, unit.id, year)) {
    if (aside && !OPEN_TO_ALL.includes(row.state)) continue;
    rows.push({
      ...{ mark: STATE_NAMES[row.state], title: titleOfStar(row.star), sub: row.words },
      ...{ op: rights.show, data: { application: row.id } },
    });
  }
  const names = stars.filter(({ id }) => held.includes(id)).map(({ name }) => name);
  const now = `现在有${names.length}颗星${names.length > 0 ? `：${names.join('、')}` : ''}。`;
  const more = open.length > 0 ? `今年还可以申报：${open.map(({ name }) => name).join('、')}。` : '';
  // Later it is time to apply, with a goal or without one.
  const aims = open.length > 0 && goals.length === 0 && ctx.today <= dates.aim;
  const silent = aims ? `请先定今年的目标（${sayDay(dates.aim, ctx.today)}前）。` : '';
  const buttons =
    open.length > 0
      ? [
          button(rights.apply, {}, aims ? 'default' : 'positive', '创星申报'),
          button(rights.aim, {}, aims ? 'positive' : 'default'),
        ]
      : [];
  return {
    text: '',
    card: listCard(`创星：${unit.name}`, `${now}${more}${silent}`, rows, buttons),
    mine: true,
  };
}

async function forReviewers(ctx: Ctx, unit: Unit): Promise<Outcome> {
  const waiting = await ctx.tx.table(applications).count({ waits: unit.id });
  const open = await ctx.tx.table(applications).count({ state: 'public' });
  const { said, rows } = await goalsSeen(ctx, unit, yearOf(ctx.today));
  const buttons = [
    ...((await may(rights.review, null, ctx, ctx.me)) ? [button(rights.review, {}, 'positive')] : []),
    button(rights.publicity),
    button(rights.standards),
    ...((await may(rights.calendar, null, ctx, ctx.me)) ? [button(rights.calendar)] : []),
  ];
  const sub = `等本单位评的${waiting}份，正在公示的${open}份。${said}`;
  return {
    text: '',
    card: listCard(`创星：${unit.name}`, sub, rows.slice(0, MOST_ROWS), buttons),
    mine: true,
  };
}

export const apply = operation({
  right: rights.apply,
  words: ['创星申报', '申报创星'],
  help: '支部申报一颗星，最多写一句话',
  example: '产业兴旺星 村集体收入过了五十万元',
  fromText(rest): Raw {
    const [star = '', ...words] = rest.trim().split(/\s+/);
    return { ...(star && { star }), ...(words.length > 0 && { words: words.join(' ') }) };
  },
  input: z.object({
    star: z.string({ error: '请选申报哪颗星' }).min(1, '请选申报哪颗星').max(100),
    words: optionalWords('一句话', MOST_WORDS),
    /** The form was sent in: without it nothing but a sentence says that the facts were seen. */
    seen: z.string().max(10).default(''),
  }),
  async refine(ctx, { star, words, seen }) {
    const open = await openStars(ctx, await getUnit(ctx.tx, ctx.me.unit), yearOf(ctx.today));
    if (findStar(open, star))
      return words === '' && seen === '' ? [{ field: 'words', message: '可以写一句话，也可以直接提交' }] : [];
    const message = findStar(await allStars(ctx.tx), star)
      ? '这颗星已经有了，已经申报了，或者不归本支部创，请选别的'
      : '请从这些星里选';
    return [{ field: 'star', message }];
  },
  async form(ctx, _record, values, errors) {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const year = yearOf(ctx.today);
    const open = await openStars(ctx, unit, year);
    const wanted = (await goalsOf(ctx, unit.id, year)).filter((goal) => !goal.applied);
    const goal = open.find(({ id }) => wanted.some(({ star }) => star === id));
    const only = open.length === 1 ? open[0] : undefined;
    const star = typeof values.star === 'string' ? findStar(open, values.star) : (goal ?? only);
    const { facts, inside } = star ? await factsOf(ctx, unit, star, year) : { facts: [], inside: [] };
    // What came of a branch on the list is not for a group.
    const known = ctx.place.kind === 'personal' ? [...facts, ...inside] : facts;
    const standard = star && (await standardOn(ctx.tx, star.id, ctx.today));
    const told = standard ? `标准（${standard.version}）：${standard.text}。` : '';
    return buildForm(
      {
        title: '创星申报',
        intro: star
          ? `${star.name}，记录里有：${known.join('；')}。${told}`
          : '问题、任务、会商、整顿办得怎样，记录里都有，不用再写。',
        fields: [
          field.pick('star', '星', namedChoices(open), { required: true, value: star?.id }),
          field.text('words', '一句话（可以不写）', MOST_WORDS),
        ],
        submit: { op: rights.apply, data: { seen: 'yes' } },
      },
      star ? { ...values, star: star.id } : values,
      errors,
    );
  },
  async run(ctx, { star: named, words }): Promise<Outcome> {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const year = yearOf(ctx.today);
    const star = findStar(await allStars(ctx.tx), named);
    if (!star) throw new Error(`the star ${named} was there when the form was judged`);
    const id = `${unit.id}|${star.id}|${year}`;
    const known = await ctx.tx.table(applications).get(id);
    const [township, county] = await unitsAbove(ctx.tx, unit);
    const { facts, inside, records } = await factsOf(ctx, unit, star, year);
    const standard = (await standardOn(ctx.tx, star.id, ctx.today))?.version ?? '';
    const row: Application & { rev?: number } = {
      ...(known ?? { steps: [] }),
      ...{ id, branch: unit.id, township: township?.id ?? '', county: county?.id ?? '' },
      ...{ star: star.id, lead: star.lead, year, state: 'applied', waits: '', words, standard },
      ...{ facts: [...facts], inside: [...inside], records: [...records], until: '', document: '' },
    };
    const saved = await move(ctx, by(ctx), row, 'applied', '申报', words);
    await reached(ctx, unit.id, year, star.id);
    const subject = { kind: 'application', id };
    return {
      text: `已申报：${await titleOf(ctx, saved)}。先请乡镇提意见。`,
      card: { subject },
      did: subject,
    };
  },
});
