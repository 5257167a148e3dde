/** What meetings remind of: the working day before, and who has not answered first of all; a month without a meeting. */

import { MORNING, type PlannedLine, type Reminder, type Upcoming } from '../../bot/reminders/reminder.ts';
import type { World } from '../../bot/world.ts';
import { addDays, instant } from '../../lib/dates.ts';
import { nextOccurrences } from '../../lib/schedule.ts';
import { linesFor, peopleOf, unitsOf } from '../members/index.ts';
import { organiser } from '../orgs/index.ts';
import { sayWhen } from './draft-agenda.ts';
import { boardOf } from './list.ts';
import { invites, type Meeting, meetings } from './model.ts';
import { invitesOf, meetingTitle } from './record.ts';
import { rights } from './rights.ts';
import { soonAt } from './soon.ts';

/** Meetings that 提醒 looks ahead for. */
const COMING = 5;

/** What the people of a unit hear of a meeting; `asked` when it has not answered. */
async function linesOf(world: World, unit: string, meeting: Meeting, asked: boolean): Promise<PlannedLine[]> {
  const line = {
    title: `${sayWhen(meeting, world.today)} ${await meetingTitle(world, meeting)}`,
    ask: asked ? '请回复能不能来' : '快开会了',
    due: null,
    op: rights.show,
    data: { meeting: meeting.id, startsAt: meeting.startsAt, asked },
  };
  return linesFor(await peopleOf(world.tx, unit), line);
}

/** One working day before: those who have not answered are asked, the others reminded. */
const eve: Reminder = {
  name: 'meetings.eve',
  title: '会商前1个工作日',
  schedule: MORNING,
  async plan(world, { day }) {
    const next = world.workdays.add(day, 1);
    const reminders: PlannedLine[] = [];
    for (let date = addDays(day, 1); date <= next; date = addDays(date, 1)) {
      const { rows } = await world.tx
        .table(meetings)
        .find({ where: { date, state: 'set' }, order: 'startsAt', limit: 200 });
      for (const meeting of rows) {
        for (const { unit, answer } of await invitesOf(world, meeting.id)) {
          if (answer !== 'no') reminders.push(...(await linesOf(world, unit, meeting, answer === 'none')));
        }
        reminders.push(...(await linesOf(world, meeting.lead, meeting, false)));
      }
    }
    return { reminders };
  },
  async still(world, { data }, person) {
    const meeting = await world.tx.table(meetings).get(String(data.meeting));
    if (meeting?.state !== 'set' || meeting.startsAt !== data.startsAt) return false;
    // From then on the other reminder says it.
    if (soonAt(meeting) <= world.now) return false;
    for (const unit of await unitsOf(world.tx, person)) {
      const answer = (await world.tx.table(invites).get(`${meeting.id}|${unit}`))?.answer;
      if (answer === undefined && unit !== meeting.lead) continue;
      if (data.asked ? answer === 'none' : answer !== 'no') return true;
    }
    return false;
  },
  async upcoming(world, { unit }, { time }) {
    const coming: Upcoming[] = [];
    for (const meeting of await comingTo(world, unit)) {
      const title = `${sayWhen(meeting, world.today)} ${await meetingTitle(world, meeting)}`;
      const eveAt = instant(world.workdays.add(meeting.date, -1), time);
      const both = [
        { at: eveAt, title },
        { at: soonAt(meeting), title, exact: true as const },
      ];
      coming.push(...both.filter(({ at }) => at > world.now));
    }
    return coming;
  },
};

/** The next meetings that a unit called or does not stay away from. */
async function comingTo({ tx, now }: World, unit: string): Promise<readonly Meeting[]> {
  const next = { order: 'startsAt' as const, range: { gt: now.toISOString() }, limit: COMING };
  const called = await tx.table(meetings).find({ where: { lead: unit }, ...next });
  const found = called.rows.filter(({ state }) => state === 'set');
  const asked = await tx.table(invites).find({ where: { unit, state: 'set' }, ...next });
  for (const { meeting: id, answer } of asked.rows) {
    const meeting = answer === 'no' ? undefined : await tx.table(meetings).get(id);
    if (meeting) found.push(meeting);
  }
  return found;
}

/** A month that ended without a meeting goes to the organiser, star by star. */
const missed: Reminder = {
  name: 'meetings.missed',
  title: '上月没有开会商的，报总牵头',
  schedule: { every: 'month', month: 1, from: 'start', workday: 2, time: '08:30' },
  async plan(world, { day }) {
    const last = addDays(`${day.slice(0, 7)}-01`, -1).slice(0, 7);
    const names = (await boardOf(world, last))
      .filter(({ state }) => state === '未开')
      .map(({ star }) => star.name);
    if (names.length === 0) return { reminders: [] };
    const line = {
      title: `${Number(last.slice(5))}月没有开会商：${names.join('、')}`,
      ask: '请督促',
      due: null,
      op: rights.board,
      data: { period: last },
    };
    const people = await peopleOf(world.tx, (await organiser(world.tx)).id);
    return { reminders: linesFor(people, line) };
  },
  still: async ({ tx }, _line, person) => (await unitsOf(tx, person)).includes((await organiser(tx)).id),
  async upcoming({ tx, workdays, now }, { unit }, schedule) {
    if (unit !== (await organiser(tx)).id) return [];
    const next = nextOccurrences(schedule, workdays, now, 1);
    return next.map(({ at }) => ({ at, title: '上个月哪颗星没有开会商' }));
  },
};

export const reminders: readonly Reminder[] = [eve, missed];
