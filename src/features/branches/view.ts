/** 支部: one branch with its stars and what is known of it, or the branches below a unit. */
import { z } from 'zod';
import { nextPage } from '../../bot/cards/page.ts';
import { listCard, note, type Raw, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { judge } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import {
  allStars,
  caresFor,
  getUnit,
  isBranch,
  meantUnit,
  placedName,
  searchUnits,
  type Unit,
  units,
  unitsBelow,
  unitsOfKind,
} from '../orgs/index.ts';
import { industries, type Profile, profiles, type StarAward, starsOn } from './model.ts';
import { NOT_FOUND, rights } from './rights.ts';
import { awardsOf } from './stars.ts';

const PAGE = 8;
const MOST_ALIKE = 5;
/** Stars lost that a card names. */
const MOST_LOST = 5;
const UNKNOWN = '没有数据';

/** The unit that a press or words name, among those in the care of the sender’s; null without words. */
export async function loadUnit(ctx: Ctx, raw: Raw): Promise<Unit | null> {
  const words = typeof raw.branch === 'string' ? raw.branch.trim() : '';
  if (words === '') return null;
  const own = await getUnit(ctx.tx, ctx.me.unit);
  const one = await meantUnit(ctx.tx, words);
  if (one && (await caresFor(ctx.tx, own, one))) return one;
  const alike = await searchUnits(ctx.tx, words, MOST_ALIKE, (unit) => caresFor(ctx.tx, own, unit));
  const exact = alike.filter(({ name }) => name === words);
  const [found, ...more] = exact.length > 0 ? exact : alike;
  if (!found) throw new AppError('not_found', NOT_FOUND);
  if (more.length === 0) return found;
  const names = [];
  for (const unit of [found, ...more]) names.push(await placedName(ctx.tx, unit));
  throw new AppError('invalid', `有几个支部叫这个名字，请写全：${names.join('、')}。`);
}

export const show = operation({
  right: rights.show,
  words: ['支部'],
  example: '柳湾村',
  glued: 'number',
  help: '看支部：几颗星、什么时候得的、产业和收入',
  fromText: (rest) => (rest ? { branch: rest } : {}),
  record: loadUnit,
  input: z.object({ from: z.coerce.number().int().min(0).catch(0).default(0) }),
  async run(ctx, { from }, named): Promise<Outcome> {
    const unit = named ?? (await getUnit(ctx.tx, ctx.me.unit));
    if (isBranch(unit))
      return { text: unit.name, card: { subject: { kind: 'branch', id: unit.id } }, mine: true };
    const below = await nextDown(ctx, unit);
    const rows: RowSpec[] = [];
    for (const one of below.slice(from, from + PAGE)) rows.push(await rowOf(ctx, one));
    const title = `${unit.name}：支部`;
    const sub =
      below.length === 0
        ? '下面还没有支部，由市委组织部发送“导入名单”来导入。'
        : `共${below.length}个${levelOf(below)}，点一下打开。`;
    const data = { branch: unit.id };
    const next = nextPage(rights.show, from + PAGE < below.length && { ...data, from: from + PAGE });
    return { text: '', card: listCard(title, sub, rows, next), mine: true };
  },
});

/** The next units down the tree; for departments the counties. */
async function nextDown({ tx }: World, unit: Unit): Promise<readonly Unit[]> {
  return unit.kind === 'county' || unit.kind === 'township'
    ? unitsBelow(tx, unit.id)
    : unitsOfKind(tx, ['county']);
}

async function rowOf({ tx }: World, unit: Unit): Promise<RowSpec> {
  const row = { title: unit.name, op: rights.show, data: { branch: unit.id } } as const;
  if (isBranch(unit))
    return { ...row, mark: starsWord(unit.stars.length), sub: await starNames(tx, unit.stars) };
  if (unit.kind !== 'township') return { ...row, mark: '', sub: '' };
  const count = await tx.table(units).count({ parent: unit.id });
  return { ...row, mark: '', sub: `${count}个支部` };
}

/** What a list of units of one level holds. */
function levelOf([first]: readonly Unit[]): string {
  if (first?.kind === 'county') return '县区';
  return first?.kind === 'township' ? '乡镇（街道）' : '支部';
}

const starsWord = (n: number) => (n === 0 ? '还没有星' : `${n}星支部`);

async function starNames(tx: World['tx'], ids: readonly string[]): Promise<string> {
  return (await allStars(tx))
    .filter(({ id }) => ids.includes(id))
    .map(({ name }) => name)
    .join('、');
}

export const branchView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const unit = await tx.table(units).get(id);
  if (!unit) return note(NOT_FOUND);
  const seen = await judge(rights.show, unit, world, viewer);
  if (seen !== true) return note(seen);
  const history = await awardsOf(tx, unit);
  const held = starsOn(history, today);
  const names = new Map((await allStars(tx)).map((star) => [star.id, star.name]));
  const name = ({ star }: StarAward) => names.get(star) ?? star;
  const order = [...names.keys()];
  const now = history
    .filter(({ star, from, to }) => held.includes(star) && from <= today && to === null)
    .toSorted((a, b) => order.indexOf(a.star) - order.indexOf(b.star));
  const lost = history.filter(({ to }) => to !== null && to <= today).slice(-MOST_LOST);
  return recordCard({
    number: unit.parent ? (await getUnit(tx, unit.parent)).name : '',
    title: unit.name,
    state: starsWord(held.length),
    facts: [
      ...now.map((award) => [name(award), since(award, today)] as const),
      ...lost.map((award) => [`曾有${name(award)}`, spell(award, today)] as const),
      ...profileFacts(await tx.table(profiles).get(id), today),
    ],
  });
};

const documented = (document: string) => (document ? `（${document}）` : '');

function since({ from, document }: StarAward, today: string): string {
  return from === '' ? '名单上已有' : `${sayDay(from, today)}起${documented(document)}`;
}

function spell({ from, to, endDocument, reason }: StarAward, today: string): string {
  const start = from === '' ? '' : sayDay(from, today);
  return `${start}—${sayDay(to ?? today, today)}${reason ? `，${reason}` : ''}${documented(endDocument)}`;
}

function profileFacts(profile: Profile | undefined, today: string): readonly (readonly [string, string])[] {
  const kinds = industries.filter(({ code }) => profile?.industries.includes(code));
  const income = (profile?.income ?? [])
    .slice(0, 3)
    .map(({ year, amount, source }) => `${year}年${Math.round(amount * 100) / 100}万元${documented(source)}`);
  const place = profile?.lng != null && profile.lat != null ? `${profile.lng}，${profile.lat}` : UNKNOWN;
  return [
    ['产业', kinds.map(({ name }) => name).join('、') || UNKNOWN],
    ['户数', profile?.households == null ? UNKNOWN : `${profile.households}户`],
    ['集体收入', income.join('；') || UNKNOWN],
    ['经纬度', place],
    ['档案更新', profile?.on ? sayDay(profile.on, today) : ''],
  ];
}
