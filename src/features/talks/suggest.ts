/** A suggestion is made, once for the same facts; only the heads of the unit above hear of it. */
import type { Act, Subject } from '../../bot/cards/spec.ts';
import { USUAL_HOURS, withinHours } from '../../bot/delivery/digest.ts';
import type { Check } from '../../bot/feature.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Doing, Notice } from '../../bot/world.ts';
import { addDays } from '../../lib/dates.ts';
import { numbered } from '../../lib/recordnumber.ts';
import { type Confirmed, confirmedDiffers } from '../analysis/index.ts';
import { actorIn, peopleOf } from '../members/index.ts';
import { unitName, units } from '../orgs/index.ts';
import type { StoredCase } from '../rectification/index.ts';
import { redFacts } from './facts.ts';
import {
  DIFFERS_DAYS,
  ENOUGH,
  freshFacts,
  type Kind,
  type StoredTalk,
  type Talk,
  type TalkFact,
  talks,
} from './model.ts';
import { rights } from './rights.ts';

export const numbers = numbered('YT');
export const talkCard = ({ id }: Pick<Talk, 'id'>) => ({ kind: 'talk', id });

/** Talks with one unit about one kind of fact that are looked back at. */
const MOST = 50;
/** Others may read it out to who could not be reached: no word of what it is about. */
const ASIDE = '有要请您定的事，只给您看。';

/**
 * Suggest a talk where enough of these facts are new; what is suggested already grows by them, without another word.
 * Resolves to a new suggestion, of which nobody was told yet.
 */
export async function consider(
  doing: Doing,
  unit: string,
  kind: Kind,
  facts: readonly TalkFact[],
): Promise<StoredTalk | undefined> {
  const { tx, today } = doing;
  const superior = (await tx.table(units).get(unit))?.parent;
  if (!superior) return undefined;
  const query = { where: { unit, kind }, order: 'on', desc: true, limit: MOST } as const;
  const known = (await tx.table(talks).find(query)).rows;
  const fresh = freshFacts(facts, known, today);
  const open = known.find(({ state }) => state === 'suggested');
  if (open && fresh.length > 0) await saveTalk(doing, { ...open, facts: [...open.facts, ...fresh] });
  if (open || fresh.length < ENOUGH[kind]) return undefined;
  return saveTalk(doing, {
    ...{ id: await numbers.next(tx, today), unit, superior, kind, facts: [...fresh], state: 'suggested' },
    ...{ on: today, movedOn: today, quietUntil: null, reason: '', points: '', outcome: '', heldOn: null },
    ...{ told: false, asked: false, explanation: '' },
  });
}

/** The same for what just happened: the heads hear of it at once. */
async function suggest(doing: Doing, unit: string, kind: Kind, facts: readonly TalkFact[]): Promise<void> {
  const talk = await consider(doing, unit, kind, facts);
  if (!talk) return;
  const saved = await saveTalk(doing, { ...talk, told: true });
  await tellHeads(doing, saved, saved.superior, DECIDES);
}

/** Write a talk; its cards follow. */
export async function saveTalk(
  doing: Pick<Doing, 'tx' | 'refresh'>,
  talk: Talk & { readonly rev?: number },
): Promise<StoredTalk> {
  const saved = await doing.tx.table(talks).put(talk);
  doing.refresh(talkCard(saved));
  return saved;
}

interface News {
  readonly subject: Subject;
  readonly key: string;
  readonly of: readonly Act[];
  /** Said within the usual hours, if it is so by then. */
  readonly later?: Notice['later'];
}

/** Each head of a unit, in the personal chat; nobody else is told, and no group. */
async function tell(
  { tx, notify }: Pick<Doing, 'tx' | 'notify'>,
  unit: string,
  { subject, key, of, later }: News,
): Promise<void> {
  const line = { reminder: 'notice', title: ASIDE, ask: '请看', due: null, op: rights.list, data: {} };
  for (const { id: person, role } of await peopleOf(tx, unit))
    if (role === 'head')
      notify({
        ...{ to: { person }, text: ASIDE, card: { subject }, private: true, calm: line },
        ...{ key: `${key}@${person}`, asks: { unit, of }, ...(later && { later }) },
      });
}

/** Tell the heads of a unit of one talk. */
export async function tellHeads(
  doing: Pick<Doing, 'tx' | 'notify'>,
  talk: StoredTalk,
  unit: string,
  of: readonly Act[],
): Promise<void> {
  await tell(doing, unit, { subject: talkCard(talk), key: keyOf(talk), of });
}

const keyOf = ({ id, rev }: StoredTalk) => `talk:${id}:${rev}`;
const DECIDES = [rights.propose, rights.decline];

/**
 * Tell the heads of a unit what was found for them: one talk as its card, several as one list. Which analyses are missing
 * they hear from the reminder of that, and find it in their 待办.
 */
export async function tellFound(doing: Doing, superior: string, day: string): Promise<void> {
  const where = { superior, state: 'suggested' as const };
  const query = { where, order: 'on' as const, range: { gte: day }, limit: MOST };
  const found = (await doing.tx.table(talks).find(query)).rows.filter(
    ({ told, kind }) => !told && kind !== 'missing',
  );
  const saved = [];
  for (const talk of found) saved.push(await saveTalk(doing, { ...talk, told: true }));
  const [only, another] = saved;
  if (!only) return;
  const at = withinHours(doing.now, USUAL_HOURS, doing.workdays);
  const later = { at, check: FOUND, about: saved.map(({ id }) => id).join(' ') };
  const list = {
    subject: { kind: 'talks', id: superior },
    key: `talks:${superior}:${day}`,
    of: [rights.show],
  };
  await tell(doing, superior, {
    ...(another ? list : { subject: talkCard(only), key: keyOf(only), of: DECIDES }),
    later,
  });
}

const FOUND = 'talks.found';
/** Whether one of them still waits for this head. */
const stillFound: Check = async (world, about, person) => {
  for (const id of about.split(' ')) {
    const talk = await world.tx.table(talks).get(id);
    const actor = talk && (await actorIn(world.tx, person, talk.superior));
    if (talk && actor && (await may(rights.propose, talk, world, actor))) return ASIDE;
  }
  return undefined;
};
export const checks = { [FOUND]: stillFound };

/** What a unit has had red for long. */
export async function suggestRed(doing: Doing, unit: string): Promise<void> {
  await suggest(doing, unit, 'red', await redFacts(doing, unit));
}

/** A branch of the township came back to 整顿. */
export async function suggestRelapse(doing: Doing, one: StoredCase): Promise<void> {
  const words = `${one.id} ${await unitName(doing.tx, one.branch)}反弹${one.relapses}次，重新整顿`;
  await suggest(doing, one.township, 'relapse', [{ key: `${one.id}@${one.relapses}`, words }]);
}

/** 验收 of a case was not passed, perhaps not for the first time. */
export async function suggestFailed(doing: Doing, one: StoredCase): Promise<void> {
  const name = await unitName(doing.tx, one.branch);
  const facts = one.checks.flatMap(({ passed, on, asked, satisfied, basic }, i) =>
    passed
      ? []
      : [
          {
            key: `${one.id}@${i + 1}`,
            words: `${one.id} ${name} ${on}验收不合格：问了${asked}位，满意和基本满意${satisfied + basic}位`,
          },
        ],
  );
  await suggest(doing, one.township, 'failed', facts);
}

/** A county has confirmed what its townships did not say. */
export async function suggestDiffers(doing: Doing, county: string): Promise<void> {
  const since = addDays(doing.today, -DIFFERS_DAYS);
  const by = new Map<string, Confirmed[]>();
  for (const one of await confirmedDiffers(doing, county, since)) {
    const township = (await doing.tx.table(units).get(one.branch))?.parent;
    if (township) by.set(township, [...(by.get(township) ?? []), one]);
  }
  for (const [township, confirmed] of by) {
    const facts: TalkFact[] = [];
    for (const { id, branch, period } of confirmed) {
      const words = `${period}排查：${await unitName(doing.tx, branch)}乡镇说没有，县区认定有`;
      facts.push({ key: id, words });
    }
    await suggest(doing, township, 'differs', facts);
  }
}
