/** 评星: what waits for a unit, one after the other or all of a star at once; each step is a named person's. */
import { z } from 'zod';
import { button, listCard, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import type { Right } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { words as typed } from '../../lib/inputs.ts';
import { starsHeld } from '../branches/index.ts';
import { allStars, findStar, getUnit, type Star } from '../orgs/index.ts';
import { applicationsOf } from './apply.ts';
import {
  type Application,
  applications,
  CHECKED_STARS,
  isDrawn,
  type State,
  type StoredApplication,
} from './model.ts';
import { applicationOperation, by, move, REASONS, tellBranch, titleOf } from './record.ts';
import { hadSay, rights } from './rights.ts';

/** Applications that are agreed to in one transaction. */
const AT_ONCE = 200;
const NAMED = 8;

/** What waits for a unit: how many of each star, in the order of the stars. */
async function waiting({ tx }: Pick<World, 'tx'>, unit: string) {
  const counts = await tx.table(applications).countBy('star', { waits: unit });
  return (await allStars(tx)).flatMap((star) => {
    const count = counts[star.id] ?? 0;
    return count > 0 ? [{ star, count }] : [];
  });
}

/** The first that waits for this unit, of one star or of any. */
async function first({ tx }: Pick<World, 'tx'>, unit: string, star: string, limit = 1) {
  const where = star === '' ? { waits: unit } : { waits: unit, star };
  return (await tx.table(applications).find({ where, order: 'id', limit })).rows;
}

async function starNamed(ctx: Ctx, words: string): Promise<Star | undefined> {
  return words === '' ? undefined : findStar(await allStars(ctx.tx), words);
}

export const review = operation({
  right: rights.review,
  words: ['评星'],
  help: '一份一份评，或者一颗星一起评',
  fromText: (rest) => ({ star: rest.trim() }),
  input: z.object({ star: z.string().max(100).default('') }),
  async run(ctx, { star: named }): Promise<Outcome> {
    const star = await starNamed(ctx, named);
    const all = (await waiting(ctx, ctx.me.unit)).filter((one) => !star || one.star.id === star.id);
    const [only, ...more] = all;
    if (!only) return { text: '现在没有等本单位评的。', mine: true };
    const rows: RowSpec[] = all.map(({ star: { id, name }, count }) => ({
      ...{ mark: `${count}份`, title: name, sub: '点一下，一份一份看' },
      ...{ op: rights.review, data: { star: id } },
    }));
    if (more.length > 0 || !star) {
      const buttons = all
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
    return nextCard(ctx, star.id, `${star.name}还有${only.count}份。`);
  },
});

/** The next of the same star; what was just done comes first in words. */
async function nextCard(ctx: Ctx, star: string, said: string, done?: Application): Promise<Outcome> {
  const [row] = await first(ctx, ctx.me.unit, star);
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

const step = (right: Right<Application>, words: readonly string[], what: string) =>
  applicationOperation(right, {
    words,
    example: '柳湾村 产业兴旺星',
    input: z.object({}),
    async run(ctx, _input, row) {
      await forward(ctx, row, what);
      return nextCard(ctx, row.star, `${what}：${await titleOf(ctx, row)}。`, row);
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
        fields: [
          {
            ...{ id: 'reason', label: '原因', kind: 'pick', required: true },
            choices: REASONS.map((one) => ({ title: one, value: one })),
          },
        ],
        submit: { op: right, data: { application: row.id } },
      };
    },
    async run(ctx, { reason }, row) {
      const saved = await move(ctx, by(ctx), row, to, right.title, reason);
      const title = await titleOf(ctx, row);
      const again = to === 'deferred' ? '巩固好了可以再申报。' : '';
      await tellBranch(ctx, saved, `${title}${right.title}：${reason}。${again}`);
      return nextCard(ctx, row.star, `${right.title}：${title}，${reason}。`, row);
    },
  });

export const defer = refusal(rights.defer, ['暂缓'], 'deferred');
export const decline = refusal(rights.decline, ['不认定'], 'declined');

export const agreeAll = operation({
  right: rights.agreeAll,
  words: ['全部同意'],
  example: '产业兴旺星',
  fromText: (rest) => ({ star: rest.trim() }),
  input: z.object({ star: z.string().max(100).default('') }),
  async refine(ctx, { star }) {
    return star === '' || (await starNamed(ctx, star))
      ? []
      : [{ field: 'star', message: '没有这颗星，请写全名' }];
  },
  async preview(ctx, { star }) {
    const rows = await mine(ctx, star);
    if (rows.length === 0) return undefined;
    const lines = [];
    for (const row of rows.slice(0, NAMED)) lines.push({ mark: '', text: await titleOf(ctx, row) });
    const rest = rows.length > NAMED ? '（先列出前几份）' : '';
    return { text: `一起同意${rows.length}份${rest}。要暂缓的请先一份一份评。`, lines };
  },
  async run(ctx, { star }): Promise<Outcome> {
    const rows = await mine(ctx, star);
    if (rows.length === 0) return { text: '现在没有等本单位评的。' };
    for (const row of rows)
      await forward(ctx, row, row.state === 'reviewed' ? rights.recognise.title : rights.agree.title);
    const left = await ctx.tx.table(applications).count({ waits: ctx.me.unit });
    const did = { kind: 'applications', id: star };
    return { text: `已同意${rows.length}份${left > 0 ? `，还有${left}份在等` : ''}。`, did };
  },
});

/** Those that this person may agree to: not the objections, nor what they had a hand in before. */
async function mine(ctx: Ctx, named: string): Promise<readonly StoredApplication[]> {
  const star = await starNamed(ctx, named);
  const rows = await first(ctx, ctx.me.unit, star?.id ?? '', AT_ONCE);
  return rows.filter((row) => row.state !== 'objected' && !hadSay(ctx.me.id, row));
}

/** One line a star: what waits for the unit of this person. */
export async function todos(world: World, { unit, role }: Actor): Promise<readonly Todo[]> {
  if (role === 'secretary') return [];
  return (await waiting(world, unit)).map(({ star: { id, name }, count }) => ({
    ...{ number: '评星', title: `${name}申报${count}份`, ask: '请评星', due: null },
    ...{ op: rights.review, data: { star: id } },
  }));
}
