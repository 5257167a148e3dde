/** 评星: what waits for a unit, one after the other or all of a star at once; each step is a named person's. */
import { z } from 'zod';
import { choicesFrom, field } from '../../bot/cards/fields.ts';
import { button, listCard, note, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import type { Right } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { words as typed } from '../../lib/inputs.ts';
import { pages } from '../../lib/pages.ts';
import { personalOnly } from '../analysis/index.ts';
import { starsHeld } from '../branches/index.ts';
import { allStars, findStar, getUnit, meantUnit, type Star, unitName, units } from '../orgs/index.ts';
import {
  type Application,
  applications,
  CHECKED_STARS,
  isDrawn,
  type State,
  type StoredApplication,
} from './model.ts';
import { negativesOf } from './negatives.ts';
import { applicationOperation, applicationsOf, by, move, REASONS, tellBranch, titleOf } from './record.ts';
import { hadSay, rights } from './rights.ts';

/** Applications that are agreed to in one transaction. */
const AT_ONCE = 200;
const NAMED = 8;
/** Of a star that more wait for, the counties are listed too. */
const MANY = 10;

/** What waits for a unit: how many of each star, in the order of the stars. */
async function waiting({ tx }: Pick<World, 'tx'>, unit: string) {
  const counts = await tx.table(applications).countBy('star', { waits: unit });
  return (await allStars(tx)).flatMap((star) => {
    const count = counts[star.id] ?? 0;
    return count > 0 ? [{ star, count }] : [];
  });
}

/** Whether nothing but objections waits for a unit: those are settled one by one. */
async function objectionsAlone({ tx }: Pick<World, 'tx'>, unit: string): Promise<boolean> {
  const table = tx.table(applications);
  const objected = await table.count({ state: 'objected', waits: unit });
  return objected > 0 && objected === (await table.count({ waits: unit }));
}

/** What is looked at: everything, one star, or one star in one county. */
interface Filter {
  readonly star: string;
  readonly county: string;
}
const filter = { star: z.string().max(100).default(''), county: z.string().max(100).default('') };
/** `<星> <县区>` */
const filterFrom = (rest: string): Raw => {
  const [star = '', county = ''] = rest.trim().split(/\s+/);
  return { star, county };
};

/** The first that waits for this unit, behind `after`. */
function first(
  { tx }: Pick<World, 'tx'>,
  unit: string,
  { star, county }: Filter,
  { limit = 1, after }: { readonly limit?: number; readonly after?: string | undefined } = {},
) {
  const where =
    star === '' ? { waits: unit } : county === '' ? { waits: unit, star } : { waits: unit, star, county };
  return tx.table(applications).find({ where, order: 'id', limit, after });
}

async function starNamed(ctx: Ctx, words: string): Promise<Star | undefined> {
  return words === '' ? undefined : findStar(await allStars(ctx.tx), words);
}

/** The filter that was meant, as ids; what is wrong with it. */
async function meantBy(ctx: Ctx, { star: named, county: place }: Filter): Promise<Filter> {
  const star = await starNamed(ctx, named);
  if (named !== '' && !star) throw new AppError('not_found', '没有这颗星，请写全名，例如：评星 产业兴旺星。');
  const county = place === '' ? undefined : await meantUnit(ctx.tx, place);
  if (place !== '' && county?.kind !== 'county')
    throw new AppError('not_found', '没认出是哪个县区，例如：评星 产业兴旺星 青山县。');
  return { star: star?.id ?? '', county: county?.id ?? '' };
}

/** A row for each county of which something waits, where a star waits from several. */
async function byCounty({ tx, me: { unit } }: Ctx, star: Star): Promise<readonly RowSpec[]> {
  const counts = await tx.table(applications).countBy('county', { waits: unit, star: star.id });
  const all = Object.entries(counts);
  if (all.length < 2) return [];
  const rows: RowSpec[] = [];
  for (const [county, count] of all)
    rows.push({
      ...{
        mark: `${count}份`,

        title: `${star.name} ${await unitName(tx, county)}`,
        sub: '',
      },
      ...{ op: rights.review, data: { star: star.id, county } },
    });
  return rows;
}

export const review = operation({
  right: rights.review,
  words: ['评星'],
  help: '一份一份评，或者一颗星一起评',
  fromText: filterFrom,
  input: z.object(filter),
  async run(ctx, named): Promise<Outcome> {
    const meant = await meantBy(ctx, named);
    const all = (await waiting(ctx, ctx.me.unit)).filter(
      ({ star }) => meant.star === '' || star.id === meant.star,
    );
    const [only, ...more] = all;
    if (!only) {
      const none = '没有等本单位评的申报：支部申报了、轮到本单位才有。创星到哪一步了，发送“创星”看。';
      return { text: '', card: note(none, [button(rights.overview)]), mine: true };
    }
    if (more.length > 0 || meant.star === '') {
      const rows: RowSpec[] = [];
      for (const { star, count } of all) {
        rows.push({
          ...{ mark: `${count}份`, title: star.name, sub: '点一下，一份一份看' },
          ...{ op: rights.review, data: { star: star.id } },
        });
        if (count > MANY) rows.push(...(await byCounty(ctx, star)));
      }
      const buttons = ((await objectionsAlone(ctx, ctx.me.unit)) ? [] : all)
        .slice(0, 4)
        .map(({ star: { id, name } }) =>
          button(
            rights.agreeAll,
            { star: id },
            'default',
            all.length === 1 ? rights.agreeAll.title : `${name}${rights.agreeAll.title}`,
          ),
        );
      return {
        text: '',
        card: listCard(
          '评星',
          `等本单位评的${all.reduce((n, { count }) => n + count, 0)}份。`,
          rows,
          buttons,
        ),
        mine: true,
      };
    }
    const counted =
      meant.county === ''
        ? only.count
        : await ctx.tx.table(applications).count({ waits: ctx.me.unit, ...meant });
    if (counted === 0) return { text: '这个县区现在没有等本单位评的，别的发送“评星”看。', mine: true };
    return nextCard(ctx, meant, `${only.star.name}还有${counted}份。`);
  },
});

/** The next of the same star; what was just done comes first in words. */
async function nextCard(ctx: Ctx, of: Filter, said: string, done?: Application): Promise<Outcome> {
  const [row] = (await first(ctx, ctx.me.unit, of)).rows;
  const did = done && { did: { kind: 'application', id: done.id } };
  if (!row) return { text: `${said}这颗星都评完了。`, mine: true, ...did };
  return { text: said, card: { subject: { kind: 'application', id: row.id } }, mine: true, ...did };
}

/** Where an application goes from here when somebody agrees. */
async function onward(world: World, row: Application): Promise<State> {
  if (row.state === 'applied') return 'agreed';
  if (row.state === 'agreed') return 'reviewed';
  if (row.state === 'checking') return 'ready';
  return (await isChecked(world, row)) ? 'checking' : 'ready';
}

/** Whether the city looks at a branch: one that would have four stars or more, and a drawn tenth of the others. */
async function isChecked(world: World, { branch, star, year }: Application): Promise<boolean> {
  if (isDrawn(branch, year)) return true;
  const held = await starsHeld(world.tx, await getUnit(world.tx, branch), world.today);
  const coming = (await applicationsOf(world, branch, year)).filter(
    (row) => row.star === star || ['checking', 'ready', 'public', 'objected'].includes(row.state),
  );
  return new Set([...held, ...coming.map((row) => row.star)]).size >= CHECKED_STARS;
}

/** Agree; what the branch has that was ready is looked at, too, once there are so many stars. */
async function forward(ctx: Ctx, row: StoredApplication, what: string): Promise<StoredApplication> {
  const to = await onward(ctx, row);
  const saved = await move(ctx, by(ctx), row, to, what);
  if (row.state === 'reviewed' && to === 'checking')
    for (const other of await applicationsOf(ctx, row.branch, row.year))
      if (other.state === 'ready') await move(ctx, by(ctx), other, 'checking', '一并复核');
  return saved;
}

/** Why it can only wait or be refused: the branch is gone, or something stands on the negative list. */
async function obstacle(world: World, { branch, star, state }: Application): Promise<string | undefined> {
  if (!(await world.tx.table(units).get(branch))) return '这个支部已经撤并，请点“暂缓”或“不认定”。';
  // The township gives an opinion; the county and those behind it look at the negative list.
  if (state === 'applied') return undefined;
  const [first] = await negativesOf(world, branch, star);
  return first && `负面清单：${first}。请点“暂缓”或“不认定”，写明原因。`;
}

const step = (right: Right<Application>, words: readonly string[], what: string) =>
  applicationOperation(right, {
    words,
    example: '柳湾村 产业兴旺星',
    async refine(ctx, _input, row) {
      const message = await obstacle(ctx, row);
      if (message === undefined) return [];
      // What stands on the negative list is not for a group.
      personalOnly(ctx);
      return [{ field: 'application', message }];
    },
    async run(ctx, _input, row) {
      await forward(ctx, row, what);
      return nextCard(ctx, { star: row.star, county: '' }, `${what}：${await titleOf(ctx, row)}。`, row);
    },
  });

export const agree = step(rights.agree, ['同意申报'], rights.agree.title);
export const recognise = step(rights.recognise, ['认定'], rights.recognise.title);

const refusal = (right: Right<Application>, words: readonly string[], to: State) =>
  applicationOperation<{ reason: string }>(right, {
    words,
    example: '柳湾村 产业兴旺星 材料不够',
    input: z.object({ reason: typed('原因', 200, '请选或者写一个原因') }),
    async form(ctx, row) {
      return {
        title: `${right.title}：${await titleOf(ctx, row)}`,
        intro: `选一个原因。要写别的，请打字：${words[0]} 支部 星 原因。`,
        fields: [field.pick('reason', '原因', choicesFrom(REASONS), { required: true })],
        submit: { op: right, data: { application: row.id } },
      };
    },
    async run(ctx, { reason }, row) {
      const saved = await move(ctx, by(ctx), row, to, right.title, reason);
      const title = await titleOf(ctx, row);
      const again = to === 'deferred' ? '巩固好了可以再申报。' : '';
      await tellBranch(ctx, saved, `${title}${right.title}：${reason}。${again}`);
      return nextCard(ctx, { star: row.star, county: '' }, `${right.title}：${title}，${reason}。`, row);
    },
  });

export const defer = refusal(rights.defer, ['暂缓'], 'deferred');
export const decline = refusal(rights.decline, ['不认定'], 'declined');

export const agreeAll = operation({
  right: rights.agreeAll,
  words: ['全部同意'],
  example: '产业兴旺星',
  fromText: filterFrom,
  input: z.object(filter),
  async preview(ctx, named) {
    const { rows, left } = await mine(ctx, await meantBy(ctx, named));
    if (rows.length === 0) return undefined;
    const lines = [];
    for (const row of rows.slice(0, NAMED)) lines.push({ mark: '', text: await titleOf(ctx, row) });
    const rest = rows.length > NAMED ? '（先列出前几份）' : '';
    const text = `一起同意${rows.length}份${rest}。${sayLeft(left)}要暂缓的请先一份一份评。`;
    return { text, lines };
  },
  async run(ctx, named): Promise<Outcome> {
    const meant = await meantBy(ctx, named);
    const { rows, left } = await mine(ctx, meant);
    if (rows.length === 0)
      return { text: `${sayLeft(left)}现在没有等本单位评的、能一起同意的，发送“评星”一份一份看。` };
    for (const row of rows)
      await forward(ctx, row, row.state === 'reviewed' ? rights.recognise.title : rights.agree.title);
    const more = await ctx.tx.table(applications).count({ waits: ctx.me.unit });
    const did = { kind: 'applications', id: meant.star };
    return { text: `已同意${rows.length}份${more > 0 ? `，还有${more}份在等` : ''}。${sayLeft(left)}`, did };
  },
});

/** Why some are left out of what is agreed to at once. */
function sayLeft(left: readonly string[]): string {
  if (left.length === 0) return '';
  const names = left.length > NAMED ? `${left.slice(0, NAMED).join('、')}等` : left.join('、');
  return `有负面清单情形、异议或者自己经手过的${left.length}份不在里面：${names}。`;
}

/** Those that this person may agree to, and the others: objections, what they had a hand in, what something stands against. */
async function mine(ctx: Ctx, of: Filter): Promise<{ rows: StoredApplication[]; left: string[] }> {
  personalOnly(ctx);
  const rows: StoredApplication[] = [];
  const left: string[] = [];
  for await (const page of pages((from) => first(ctx, ctx.me.unit, of, { limit: AT_ONCE, ...from }))) {
    for (const row of page.rows) {
      if (rows.length === AT_ONCE) return { rows, left };
      const fits =
        row.state !== 'objected' && !hadSay(ctx.me.id, row) && (await obstacle(ctx, row)) === undefined;
      if (fits) rows.push(row);
      else left.push(await titleOf(ctx, row));
    }
  }
  return { rows, left };
}

/** One line a star: what waits for the unit of this person. */
export async function todos(world: World, { unit, role }: Actor): Promise<readonly Todo[]> {
  if (role === 'secretary') return [];
  const all = await waiting(world, unit);
  const ask =
    all.length > 0 && (await objectionsAlone(world, unit)) ? rights.settle.title : rights.review.title;
  return all.map(({ star: { id, name }, count }) => ({
    ...{ number: '评星', title: `${name}申报${count}份`, ask: `请${ask}`, due: null },
    ...{ op: rights.review, data: { star: id } },
  }));
}
