/** What begins a case, what raises the question of a relapse in 巩固期, and what ends it: events and one job a case. */
import type { JobKind } from '../../bot/jobs/job.ts';
import { defineEvent, on } from '../../bot/turn/events.ts';
import type { Doing } from '../../bot/world.ts';
import { addDays, instant, sayDay } from '../../lib/dates.ts';
import { findingOf, listed, listings, sayFacts } from '../analysis/index.ts';
import { briefOf, issueNumbers, reported } from '../issues/index.ts';
import { unitName, units } from '../orgs/index.ts';
import { AGAIN_DAYS, type Case, cases, type StoredCase, termsFrom } from './model.ts';
import { caseCard, endMeasures, lastCase, numbers, openCase, saveCase, tellAbout } from './record.ts';

/** Days between two looks at the facts of a branch in 巩固期. */
const LOOK_DAYS = 7;
const MORNING = '08:00';

/** What is found of a branch that was merged into another one meanwhile. */
const NOTHING = { facts: [], level: 'none' } as const;

/** A branch has left the list: its 巩固期 is over. */
export const caseClosed = defineEvent<StoredCase>('rectification.closed');

/** The county listed a branch: its case begins, with what the list knows. */
export const begun = on(listed, async (doing, { listing, day }) => {
  const { tx, today, workdays } = doing;
  if (await openCase(tx, listing.branch)) return;
  const before = await lastCase(tx, listing.branch);
  const again = before?.closedOn && before.closedOn >= addDays(day, -AGAIN_DAYS);
  const records = [...new Set(listing.facts.flatMap((fact) => fact.records))];
  const { branch, township, county } = listing;
  const saved = await saveCase(doing, {
    id: await numbers.next(tx, today),
    listing: listing.id,
    ...{ branch, township, county, state: 'active', types: listing.types.map(({ type }) => type) },
    ...{ records, issues: records.filter((number) => issueNumbers.read(number)), listedOn: day },
    ...termsFrom(day, workdays),
    ...{ extended: 0, round: 1, relapses: 0, plan: null, notes: [], applied: null, checks: [] },
    ...{ settledUntil: null, doubt: null, answers: [], helper: null, closedOn: null },
    previous: again ? before.id : null,
  });
  const { planDue, deadline } = saved;
  const once = again ? `两年内再次列入，上一次是${before.id}。` : '';
  const text = `${await unitName(tx, branch)}列入整顿（${saved.id}）。${once}方案${sayDay(planDue, today)}前定好，时限${sayDay(deadline, today)}。`;
  await tellAbout(doing, saved, text, { units: [township, county] });
});

/** Mark a case 可能反弹; its state stays until somebody says. */
async function raise(
  doing: Doing,
  one: StoredCase,
  records: readonly string[],
  words: string,
): Promise<void> {
  const doubt = { on: doing.today, records: [...records], words };
  const saved = await saveCase(doing, { ...one, doubt });
  const text = `${await unitName(doing.tx, one.branch)}（${one.id}）可能反弹：${words}。请县区定：重新整顿，还是不算反弹。`;
  await tellAbout(doing, saved, text, { units: [one.township, one.county] });
}

/** In 巩固期 the same star and aspect was reported again. */
export const reportedAgain = on(reported, async (doing, issue) => {
  const one = await openCase(doing.tx, issue.branch);
  if (one?.state !== 'settling' || one.doubt) return;
  for (const number of one.issues) {
    const known = await briefOf(doing.tx, number);
    if (known?.star !== issue.star || known.aspect !== issue.aspect) continue;
    await raise(
      doing,
      one,
      [issue.id],
      `又反映了同一颗星、同一方面的问题 ${issue.id}“${issue.title}”（以前是${number}）`,
    );
    return;
  }
});

/** Looks at a case in 巩固期 once a week, until that is over. */
export const settleJob: JobKind = {
  kind: 'rectification.settle',
  async step(doing, { key }) {
    const one = await doing.tx.table(cases).get(key);
    if (one?.state !== 'settling' || one.settledUntil === null) return undefined;
    const later = { at: instant(addDays(doing.today, LOOK_DAYS), MORNING) };
    if (one.doubt) return later;
    const branch = await doing.tx.table(units).get(one.branch);
    const { facts, level } = branch ? await findingOf(doing, branch, doing.today) : NOTHING;
    if (level === 'meets') {
      const said = (await sayFacts(doing.tx, facts, one.township, doing.today)).map(({ text }) => text);
      await raise(
        doing,
        one,
        [...new Set(facts.flatMap((fact) => fact.records))],
        `又够条件：${said.join('；')}`,
      );
      return later;
    }
    if (doing.today >= one.settledUntil) {
      await close(doing, one);
      return undefined;
    }
    const end = instant(one.settledUntil, MORNING);
    return { at: end < later.at ? end : later.at };
  },
};

/** Begin 巩固期. */
export function watchSettling(doing: Doing, { id }: Pick<Case, 'id'>): void {
  doing.start(settleJob, {}, { key: id, at: instant(addDays(doing.today, LOOK_DAYS), MORNING) });
}

async function close(doing: Doing, one: StoredCase): Promise<void> {
  // Those of a case that was accepted before measures ended with it.
  await endMeasures(doing, one);
  const saved = await saveCase(doing, { ...one, state: 'closed', closedOn: doing.today });
  const listing = await doing.tx.table(listings).get(one.listing);
  if (listing) {
    await doing.tx.table(listings).put({ ...listing, state: 'left' });
    doing.refresh({ kind: 'listing', id: listing.id });
  }
  const text = `${await unitName(doing.tx, one.branch)}（${one.id}）巩固期满，已销号。`;
  await tellAbout(doing, saved, text, { units: [one.township, one.county], branch: true });
  doing.emit(caseClosed, saved);
  doing.refresh(caseCard(saved));
}
