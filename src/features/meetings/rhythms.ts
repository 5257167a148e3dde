/** What meetings remind of: the working day before, and who has not answered first of all; a month without a meeting. */
import type { Reminder, Rhythm, World } from '../../bot/feature.ts';
import { addDays } from '../../lib/dates.ts';
import { peopleOf } from '../members/index.ts';
import { organiser } from '../orgs/index.ts';
import { boardOf } from './board.ts';
import { invites, type Meeting, meetings } from './model.ts';
import { meetingTitle } from './record.ts';

async function linesFor(
  { tx }: World,
  unit: string,
  meeting: Meeting,
  title: string,
  ask: string,
): Promise<Reminder[]> {
  const line = {
    title: `${meeting.time} ${title}`,
    ask,
    due: meeting.date,
    op: 'meetings.show',
    data: { meeting: meeting.id },
  };
  return (await peopleOf(tx, unit)).map(({ id: person }) => ({ person, line }));
}

/** One working day before: those who have not answered are asked, the others reminded. */
const eve: Rhythm = {
  name: 'meetings.eve',
  title: '会商前1个工作日',
  schedule: { every: 'workday', time: '08:30' },
  async plan(world, { day }) {
    const next = world.workdays.add(day, 1);
    const reminders: Reminder[] = [];
    for (let date = addDays(day, 1); date <= next; date = addDays(date, 1)) {
      const { rows } = await world.tx
        .table(meetings)
        .find({ where: { date, state: 'set' }, order: 'startsAt', limit: 200 });
      for (const meeting of rows) {
        const title = await meetingTitle(world, meeting);
        const all = await world.tx
          .table(invites)
          .find({ where: { meeting: meeting.id }, order: 'unit', limit: 1000 });
        for (const { unit, answer } of all.rows) {
          if (answer === 'no') continue;
          reminders.push(
            ...(await linesFor(
              world,
              unit,
              meeting,
              title,
              answer === 'none' ? '请回复能不能来' : '明天开会',
            )),
          );
        }
        reminders.push(...(await linesFor(world, meeting.lead, meeting, title, '明天开会')));
      }
    }
    return { reminders };
  },
  async still(world, { data, due }) {
    const meeting = await world.tx.table(meetings).get(String(data.meeting));
    return meeting?.state === 'set' && meeting.date === due && new Date(meeting.startsAt) > world.now;
  },
  upcoming: async () => [],
};

/** A month that ended without a meeting goes to the organiser, star by star. */
const missed: Rhythm = {
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
      op: 'meetings.board',
      data: { period: last },
    };
    const people = await peopleOf(world.tx, (await organiser(world.tx)).id);
    return { reminders: people.map(({ id: person }) => ({ person, line })) };
  },
  upcoming: async () => [],
};

export const rhythms: readonly Rhythm[] = [eve, missed];
