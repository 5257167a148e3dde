/** 目标: at the start of the year each branch picks the stars that it works for; its application begins with them. */
import { z } from 'zod';
import { field, namedChoices } from '../../bot/cards/fields.ts';
import type { Choice, RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Outcome, operation, type Todo } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { defineTable } from '../../store/store.ts';
import { branchRights, starsHeld } from '../branches/index.ts';
import {
  allStars,
  branchesBelow,
  findStar,
  getUnit,
  isBranch,
  type Star,
  type Unit,
  unitName,
  unitsAbove,
  unitsBelow,
} from '../orgs/index.ts';
import { cycleOf, yearOf } from './cycle.ts';
import { applicationsOf } from './record.ts';
import { rights } from './rights.ts';

/** Instead of a star: the branch keeps what it has this year. */
const KEEP = 'keep';
const KEEP_TITLE = '先守住现有的星';
const MOST = 1000;

const goalRow = z.object({
  /** `<branch>|<year>|<star>` */
  id: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  year: z.string(),
  /** `keep`: none, the branch keeps what it has. */
  star: z.string(),
  /** It was applied for. */
  applied: z.boolean(),
  on: z.string(),
});
export type Goal = z.infer<typeof goalRow>;
export const goals = defineTable<Goal>({
  name: 'star_goals',
  schema: goalRow,
  indexes: [
    { on: ['branch', 'year'], order: 'id' },
    { on: ['township', 'year'], order: 'id' },
    { on: ['county', 'year', 'star'] },
    { on: ['year', 'star', 'county'] },
    { on: ['year', 'star'] },
    { on: ['year', 'applied'], order: 'id' },
  ],
  keep: 'for ever: because it is the history of the stars',
});

/** What a branch works for in a year, as rows; none when it has not said. */
export async function goalsOf({ tx }: Pick<World, 'tx'>, branch: string, year: string) {
  return (await tx.table(goals).find({ where: { branch, year }, order: 'id', limit: 20 })).rows;
}

export const isStar = ({ star }: Pick<Goal, 'star'>) => star !== KEEP;

/** The stars that a branch could still win. */
export async function missing(world: Pick<World, 'tx' | 'today'>, branch: Unit): Promise<readonly Star[]> {
  const held = await starsHeld(world.tx, branch, world.today);
  return (await allStars(world.tx)).filter(
    ({ id, kinds }) => kinds.some((kind) => kind === branch.kind) && !held.includes(id),
  );
}

/** Nothing was said of what it works for, though there is something, and it has not applied either. */
export async function isSilent(world: World, branch: Unit, year: string): Promise<boolean> {
  return (
    (await goalsOf(world, branch.id, year)).length === 0 &&
    (await applicationsOf(world, branch.id, year)).length === 0 &&
    (await missing(world, branch)).length > 0
  );
}

/** One line for who may set the goals of a branch that has none, from the start of the year until applications are over. */
export async function goalTodos(world: World, actor: Actor): Promise<readonly Todo[]> {
  const { tx, today } = world;
  const year = yearOf(today);
  const dates = await cycleOf(tx, year);
  if (today > dates.apply || !(await may(rights.aim, null, world, actor))) return [];
  if (!(await isSilent(world, await getUnit(tx, actor.unit), year))) return [];
  const due = today <= dates.aim ? dates.aim : null;
  const line = { number: '创星', title: `${year}年创哪几颗星`, ask: '请定目标', due } as const;
  // Who has not said it yet is not told in a group.
  return [{ ...line, aside: true, op: rights.aim, data: {} }];
}

/** The stars that were named, by commas or spaces, as ids; what is none of these stays as it is. */
function idsOf(named: string, stars: readonly Star[]): readonly string[] {
  const words = named.split(/[,，、；;\s]+/).filter(Boolean);
  return [
    ...new Set(words.map((word) => (word === KEEP_TITLE ? KEEP : (findStar(stars, word)?.id ?? word)))),
  ];
}

export const aim = operation({
  right: rights.aim,
  words: ['创星目标', '定目标'],
  example: '产业兴旺星 生态宜居星',
  help: '今年创哪几颗星，先定下来',
  fromText: (rest) => (rest.trim() === '' ? {} : { stars: rest.trim() }),
  input: z.object({ stars: z.string({ error: '请选今年创哪几颗星' }).min(1, '请选今年创哪几颗星').max(200) }),
  async refine(ctx, { stars }) {
    const branch = await getUnit(ctx.tx, ctx.me.unit);
    const open = await missing(ctx, branch);
    const chosen = idsOf(stars, open);
    const wrong = (message: string) => [{ field: 'stars', message }];
    if (chosen.includes(KEEP) && chosen.length > 1) return wrong(`选了星，就不用再选“${KEEP_TITLE}”`);
    const other = chosen.find((one) => one !== KEEP && !open.some(({ id }) => id === one));
    if (other === undefined) return [];
    const known = findStar(await allStars(ctx.tx), other);
    if (!known) return wrong(`没有“${other.slice(0, 20)}”这颗星，请从这些星里选`);
    const can = known.kinds.some((kind) => kind === branch.kind);
    return wrong(can ? `${known.name}已经有了，不用再定` : `${branch.name}没有创建${known.name}，请选别的`);
  },
  async form(ctx) {
    const year = yearOf(ctx.today);
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    const known = await goalsOf(ctx, unit.id, year);
    const choices: Choice[] = namedChoices(await missing(ctx, unit));
    const { aim: until } = await cycleOf(ctx.tx, year);
    return {
      title: `${year}年创星目标`,
      intro: `先选上，申报的时候不用再选。${ctx.today <= until ? `${sayDay(until, ctx.today)}前定就行。` : ''}`,
      fields: [
        field.many('stars', '今年创哪几颗星', [...choices, { title: KEEP_TITLE, value: KEEP }], {
          required: true,
          value: known.map(({ star }) => star).join(','),
        }),
      ],
      submit: { op: rights.aim },
    };
  },
  async run(ctx, { stars: named }): Promise<Outcome> {
    const year = yearOf(ctx.today);
    const branch = await getUnit(ctx.tx, ctx.me.unit);
    const chosen = idsOf(named, await missing(ctx, branch));
    const rows = ctx.tx.table(goals);
    const known = await goalsOf(ctx, branch.id, year);
    // What was applied for stays.
    for (const row of known) if (!row.applied && !chosen.includes(row.star)) await rows.delete(row);
    const [township, county] = await unitsAbove(ctx.tx, branch);
    for (const star of chosen) {
      if (known.some((row) => row.star === star)) continue;
      await rows.put({
        ...{ id: `${branch.id}|${year}|${star}`, branch: branch.id, year, star, applied: star === KEEP },
        ...{ township: township?.id ?? '', county: county?.id ?? '', on: ctx.today },
      });
    }
    const said = await sayStars(ctx, chosen);
    const { apply: until } = await cycleOf(ctx.tx, year);
    const day = ctx.today <= until ? `，${sayDay(until, ctx.today)}前` : '';
    const next = chosen.includes(KEEP) ? '' : `够了就申报${day}。`;
    return {
      text: `${year}年的目标：${said}。${next}乡镇和牵头单位都看得到。`,
      did: { kind: 'starGoals', id: `${branch.id}|${year}` },
    };
  },
});

async function sayStars({ tx }: Pick<World, 'tx'>, ids: readonly string[]): Promise<string> {
  const stars = await allStars(tx);
  return ids.map((id) => stars.find((one) => one.id === id)?.name ?? KEEP_TITLE).join('、');
}

/** It was applied for, whether it was a goal or not. */
export async function reached(ctx: Ctx, branch: string, year: string, star: string): Promise<void> {
  const row = await ctx.tx.table(goals).get(`${branch}|${year}|${star}`);
  if (row && !row.applied) await ctx.tx.table(goals).put({ ...row, applied: true });
}

/** What those above a branch and the leads see of this year's goals: a sentence, and a row each. */
export async function goalsSeen(
  ctx: Ctx,
  unit: Unit,
  year: string,
): Promise<{ readonly said: string; readonly rows: readonly RowSpec[] }> {
  const { tx } = ctx;
  const row = (mark: string, title: string, sub: string, opens: Pick<RowSpec, 'op' | 'data'>): RowSpec => ({
    ...{ mark, title, sub, ...opens },
  });
  if (unit.kind === 'township') {
    const branches = (await unitsBelow(tx, unit.id)).filter(isBranch);
    const found = await tx
      .table(goals)
      .find({ where: { township: unit.id, year }, order: 'id', limit: MOST });
    const rows: RowSpec[] = [];
    const silent: string[] = [];
    for (const { id, name } of branches) {
      const own = found.rows.filter(({ branch }) => branch === id).map(({ star }) => star);
      if (own.length > 0)
        rows.push(
          row('目标', name, await sayStars(ctx, own), { op: branchRights.show, data: { branch: id } }),
        );
      else if ((await missing(ctx, await getUnit(tx, id))).length > 0) silent.push(name);
    }
    // Goals are for those above a branch and the leads: in a group only how many there are is said.
    if (ctx.place.kind !== 'personal') {
      const more = silent.length > 0 ? `，还有${silent.length}个没定` : '';
      return { said: `${year}年目标定了${rows.length}个支部${more}。`, rows: [] };
    }
    const rest = silent.length > 0 ? `，还没定的：${silent.join('、')}` : '';
    return { said: `${year}年目标定了${rows.length}个支部${rest}。`, rows };
  }
  const stars = await allStars(tx);
  const county = unit.kind === 'county' ? unit.id : undefined;
  const rows: RowSpec[] = [];
  for (const { id, name, lead, kinds } of stars) {
    if (unit.kind === 'lead' && lead !== unit.id) continue;
    const where = county ? { county, year, star: id } : { year, star: id };
    const count = await tx.table(goals).count(where);
    const size = await branchesBelow(tx, county ? unit : await rootOf(ctx, unit), kinds);
    let sub = `${size}个支部可以创`;
    if (!county && count > 0) {
      const by = await tx.table(goals).countBy('county', { year, star: id });
      const parts = [];
      for (const [of, n] of Object.entries(by)) parts.push(`${await unitName(tx, of)}${n}`);
      sub = parts.join('、');
    }
    rows.push(row(`${count}个`, `${name}目标`, sub, { op: rights.standards, data: { star: id } }));
  }
  return { said: '', rows };
}

/** The unit on top. */
async function rootOf({ tx }: Ctx, unit: Unit): Promise<Unit> {
  return (await unitsAbove(tx, unit)).at(-1) ?? unit;
}
