/** Finding a person by what somebody types, among those whom the one who types answers for. */

import type { Choice } from '../../bot/cards/spec.ts';
import type { Actor, World } from '../../bot/world.ts';
import { hasInitials, initialMatch, inNameOrder } from '../../lib/pinyin.ts';
import { shorten } from '../../lib/text.ts';
import type { Tx } from '../../store/store.ts';
import { getUnit, meantUnit, placedName, unitsBelow } from '../orgs/index.ts';
import { actorOf, members, peopleOf, postsOf, ROLE_NAMES } from './model.ts';
import { isSameName, nameOf, namesIn } from './names.ts';
import { type Holding, rights } from './rights.ts';

/** People of one name that are looked at. */
const ALIKE = 200;
/** Units below whose people are listed before anything is typed. */
const UNITS = 30;

const [reach] = rights.handover.of;

/** A post, as choices carry it. */
function holdingKey({ person, unit }: Pick<Holding, 'person' | 'unit'>): string {
  return `${person}|${unit}`;
}

async function choiceOf(tx: Tx, holding: Holding, name: string): Promise<Choice> {
  const unit = await placedName(tx, await getUnit(tx, holding.unit));
  return { title: `${name} · ${unit} · ${ROLE_NAMES[holding.role]}`, value: holdingKey(holding) };
}

/** Posts whose holders' names begin with these words or have these first letters, that this person answers for. */
async function holdings(
  world: World,
  words: string,
  actor: Actor,
): Promise<readonly (Holding & { name: string })[]> {
  const { tx } = world;
  const range = { gte: words, lt: `${words}\uffff` };
  const match = initialMatch(words);
  const query = match ? { match } : { range };
  const { rows } = await tx.table(members).find({ ...query, order: 'name', limit: ALIKE });
  const found = [];
  for (const { id, name } of inNameOrder(rows)) {
    if (match && !hasInitials(name, words)) continue;
    const person = await actorOf(tx, id);
    for (const post of person ? await postsOf(tx, person) : []) {
      const holding = { person: id, name, ...post };
      if (await reach.holds(actor, holding, world)) found.push(holding);
    }
  }
  return found;
}

/** Choices for a name that is being typed; without words the own unit's people, then those right below. */
export async function peopleChoices(
  world: World,
  words: string,
  actor: Actor,
  most: number,
): Promise<readonly Choice[]> {
  if (!(await reach.holds(actor, null, world))) return [];
  const choices: Choice[] = [];
  if (words !== '') {
    for (const holding of await holdings(world, nameOf(words), actor)) {
      if (choices.length < most) choices.push(await choiceOf(world.tx, holding, holding.name));
    }
    return choices;
  }
  const below = await unitsBelow(world.tx, actor.unit);
  for (const unit of [actor.unit, ...below.slice(0, UNITS).map(({ id }) => id)]) {
    for (const { id: person, name, role } of await peopleOf(world.tx, unit)) {
      if (choices.length < most) choices.push(await choiceOf(world.tx, { person, unit, role }, name));
    }
  }
  return choices;
}

/**
 * The post that is meant by a choice, a name, or a name with the unit behind it.
 * A sentence instead when there is none or more than one.
 */
export async function meantHolding(world: World, words: string, actor: Actor): Promise<Holding | string> {
  const { tx } = world;
  const [person = '', unit = ''] = words.split('|');
  const byKey = unit ? await holdingOf(tx, person, unit) : undefined;
  if (byKey) return byKey;
  for (const { name, rest } of namesIn(words)) {
    const named = await called(world, name, actor);
    const at = rest ? (await meantUnit(tx, rest))?.id : undefined;
    const fit = rest ? named.filter((one) => one.unit === at) : named;
    const [one, ...more] = fit;
    if (!one) continue;
    if (more.length === 0) return one;
    const some = [];
    for (const holding of fit.slice(0, 4))
      some.push(`${one.name}（${(await getUnit(tx, holding.unit)).name}）`);
    return `有${fit.length}处叫${name}的，请写上单位：${some.join('、')}`;
  }
  return `您管的单位里没有找到“${shorten(words, 30)}”`;
}

/** Posts of those who are called so, that this person answers for; without the dot of the name only if nobody has none. */
async function called(world: World, name: string, actor: Actor) {
  if (name === '') return [];
  const exact = (await holdings(world, name, actor)).filter((one) => one.name === name);
  if (exact.length > 0 || name.length < 3) return exact;
  return (await holdings(world, name.slice(0, 2), actor)).filter((one) => isSameName(one.name, name));
}

async function holdingOf(tx: Tx, person: string, unit: string): Promise<Holding | undefined> {
  const actor = await actorOf(tx, person);
  const post = actor && (await postsOf(tx, actor)).find((one) => one.unit === unit);
  return post ? { person, ...post } : undefined;
}
