/** Once a quarter one card with changes; what a plan of 整顿 and a handover do to 分包. */
import type { JobKind } from '../../bot/jobs/job.ts';
import type { Handover } from '../../bot/operation.ts';
import type { PlannedLine, Post, Reminder } from '../../bot/reminders/reminder.ts';
import { type Listener, on } from '../../bot/turn/events.ts';
import type { Actor, Doing, World } from '../../bot/world.ts';
import { addDays } from '../../lib/dates.ts';
import { periodName } from '../../lib/schedule.ts';
import { linesFor, staffOf, unitsOf } from '../members/index.ts';
import {
  type Case,
  caseClosed,
  casePlanned,
  cases,
  OPEN,
  planOf,
  setCountyLeader,
} from '../rectification/index.ts';
import { changesOf, type Seen, spanOf } from './changes.ts';
import { type Leader, leaders, type StoredSponsorship, sponsorshipMarks, sponsorships } from './model.ts';
import { begin, finish, leaderCalled, MOST, personOf, quarterCard, runningOf } from './record.ts';
import { rights } from './rights.ts';

const PAGE = 20;
const NAMED = 5;

/** The quarter before the one that is named. */
const lastQuarter = (quarter: string) => periodName(addDays(spanOf(quarter).from, -1), 'quarter');

export const quarterly: Reminder = {
  name: 'sponsorship.changes',
  title: '分包：上季度有变化的，报给领导（季后第3个工作日）',
  schedule: { every: 'quarter', month: 1, from: 'start', workday: 3, time: '08:30' },
  async plan(world, { period }, after) {
    const { tx } = world;
    const quarter = lastQuarter(period);
    const page = await tx.table(leaders).find({ limit: PAGE, after });
    const seen: Seen = new Map();
    const reminders: PlannedLine[] = [];
    const posts: Post[] = [];
    for (const leader of page.rows) {
      const changes = await changesOf(world, leader, quarter, seen);
      if (changes.length === 0) continue;
      const person = await personOf(world, leader);
      if (person) {
        const text = `您分包的${changes.length}处上季度有变化，批示一句就是一项任务。`;
        const subject = quarterCard(leader.id, quarter);
        posts.push({ to: { person }, text, card: { subject }, key: `sponsored:${subject.id}@${person}` });
        continue;
      }
      // Who is no user hears it from the colleagues.
      const names = changes
        .slice(0, NAMED)
        .map(({ name }) => name)
        .join('、');
      const title = `${leader.name}分包的${changes.length}处上季度有变化：${names}${changes.length > NAMED ? '等' : ''}`;
      const line = {
        title,
        ask: '请转给领导',
        due: null,
        op: rights.quarter,
        data: { leader: leader.id, quarter },
      };
      reminders.push(...linesFor(await staffOf(tx, leader.unit), line));
    }
    return { reminders, posts, next: page.next };
  },
  async still(world, { data }, person) {
    const leader = await world.tx.table(leaders).get(String(data.leader));
    if (!leader || !(await unitsOf(world.tx, person)).includes(leader.unit)) return false;
    return (await changesOf(world, leader, String(data.quarter))).length > 0;
  },
};

/** A case has the county leader that its plan names, from the day of the plan on. */
async function follow(doing: Doing, one: Case): Promise<void> {
  const { today } = doing;
  const plan = planOf(one);
  if (!plan || one.state === 'closed') return;
  const leader = await leaderCalled(doing, one.county, plan.countyLeader);
  const running = await ofCase(doing, one);
  for (const row of running) if (row.leader !== leader.id) await finish(doing, row, addDays(today, -1));
  if (running.some((row) => row.leader === leader.id)) return;
  const { id, branch, county, township } = one;
  await begin(doing, leader, { kind: 'branch', id: branch, unit: undefined }, { case: id, county, township });
}

async function ofCase({ tx, today }: World, { id }: Pick<Case, 'id'>): Promise<readonly StoredSponsorship[]> {
  const query = { where: { case: id }, order: 'to', range: { gte: today }, limit: MOST } as const;
  return (await tx.table(sponsorships).find(query)).rows;
}

export const listeners: readonly Listener[] = [
  on(casePlanned, follow),
  on(caseClosed, async (doing, one) => {
    for (const row of await ofCase(doing, one)) await finish(doing, row, doing.today);
  }),
];

/** Once: cases that had a plan before there was 分包. */
export const adoptJob: JobKind = {
  kind: 'sponsorship.adopt',
  daily: true,
  async step(doing, { cursor }) {
    const { tx, today } = doing;
    if (await tx.table(sponsorshipMarks).get('cases')) return undefined;
    const query = { where: { state: OPEN }, order: 'deadline', limit: MOST } as const;
    const { rows, next } = await tx.table(cases).find({ ...query, after: cursor ?? undefined });
    for (const one of rows) await follow(doing, one);
    if (next === undefined) await tx.table(sponsorshipMarks).put({ id: 'cases', on: today });
    return next;
  },
};

/** What a leader sponsors goes to the successor. */
export const sponsored: Handover = {
  title: '分包',
  count: async (world, from) => (await runningFor(world, from)).length,
  async move(ctx, from, to) {
    const running = await runningFor(ctx, from);
    if (running.length === 0) return;
    const { tx, today } = ctx;
    const [known] = await asLeader(ctx, to, from.unit);
    const fresh = { id: ctx.newId(), unit: from.unit, name: to.name, person: to.id };
    const leader = known ?? (await tx.table(leaders).put(fresh));
    for (const row of running) {
      await finish(ctx, row, addDays(today, -1));
      await tx
        .table(sponsorships)
        .put({ ...withoutRev(row), id: ctx.newId(), leader: leader.id, from: today });
      if (row.case) await setCountyLeader(ctx, row.case, to.name);
    }
  },
};

const withoutRev = ({ rev: _, ...row }: StoredSponsorship) => row;

/** A person as a leader of one unit; also under a name that was written down before the person was known. */
async function asLeader(
  { tx }: Pick<World, 'tx'>,
  { id: person, name }: Actor,
  unit: string,
): Promise<readonly Leader[]> {
  const own = (await tx.table(leaders).find({ where: { person }, limit: MOST })).rows;
  const named = (await tx.table(leaders).find({ where: { unit, name }, limit: MOST })).rows;
  return [...own.filter((row) => row.unit === unit), ...named.filter((row) => row.person === null)];
}

/** What runs of a person as a leader of one unit. */
async function runningFor(world: World, actor: Actor): Promise<readonly StoredSponsorship[]> {
  const found = [];
  for (const { id } of await asLeader(world, actor, actor.unit)) found.push(...(await runningOf(world, id)));
  return found;
}
