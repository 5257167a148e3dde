/** What begins a case, what raises the question of a relapse in 巩固期, and what ends it: events and one job a case. */
import type { JobKind } from '../../bot/jobs/job.ts';
import { defineEvent, on } from '../../bot/turn/events.ts';
import type { Doing } from '../../bot/world.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { findingOf, listed, listings, sayFacts } from '../analysis/index.ts';
import { briefOf, issueNumbers, reported } from '../issues/index.ts';
import { unitName, units } from '../orgs/index.ts';
import { AGAIN_DAYS, cases, type StoredCase, termsFrom } from './model.ts';
import { caseCard, endMeasures, lastCase, numbers, openCase, saveCase, tellAbout } from './record.ts';

/** Days between two looks at the facts of a branch in 巩固期. */
const LOOK_DAYS = 7;
/** Cases that are looked at in one step. */
const LOOKED_AT = 50;

/** What is found of a branch that was merged into another one meanwhile. */
const NOTHING = { facts: [], level: 'none' } as const;

/** A case has a plan, or another one than before. */
export const casePlanned = defineEvent<StoredCase>('rectification.planned');
/** A branch came back from 巩固期 to 整顿中. */
export const caseRelapsed = defineEvent<StoredCase>('rectification.relapsed');
/** 验收 was not passed; it is the last of the checks. */
export const caseFailed = defineEvent<StoredCase>('rectification.failed');
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

/** Looks at each case in 巩固期 once a week, until that is over. */
export const settleJob: JobKind = {
  kind: 'rectification.settle',
  daily: true,
  async step(doing, { key, cursor }) {
    // Before, each case had a job of its own: what is left of those goes.
    if (key !== 'daily') return undefined;
    const query = { where: { state: 'settling' }, order: 'deadline', limit: LOOKED_AT } as const;
    const { rows, next } = await doing.tx.table(cases).find({ ...query, after: cursor ?? undefined });
    for (const one of rows) await lookAt(doing, one);
    return next;
  },
};

async function lookAt(doing: Doing, one: StoredCase): Promise<void> {
  const { tx, today } = doing;
  const until = one.settledUntil;
  const last = one.lookedOn ?? one.checks.at(-1)?.on ?? one.since;
  if (until === null || one.doubt || (today < until && today < addDays(last, LOOK_DAYS))) return;
  const branch = await tx.table(units).get(one.branch);
  const { facts, level } = branch ? await findingOf(doing, branch, today) : NOTHING;
  if (level === 'meets') {
    const said = (await sayFacts(tx, facts, one.township, today)).map(({ text }) => text);
    const records = [...new Set(facts.flatMap((fact) => fact.records))];
    await raise(doing, one, records, `又够条件：${said.join('；')}`);
  } else if (today >= until) await close(doing, one);
  else await tx.table(cases).put({ ...one, lookedOn: today });
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
