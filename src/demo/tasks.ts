/** Tasks of the demo city: handed out, checked in with photos and difficulties, passed or returned. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { addDays, mondayOf } from '../lib/dates.ts';
import { during, luck, oneOf } from './calendar.ts';
import type { Chapter, Setting } from './city.ts';
import type { Act, Stage } from './stage.ts';

/** So many working days ago, or a working day of an earlier month. */
const when = z.union([
  z.object({ ago: z.number().int() }),
  z.object({ month: z.number().int(), day: z.number().int() }),
]);
/** So many working days ago, a day of the month, or a day of the week after. */
const due = z.union([
  z.object({ ago: z.number().int() }),
  z.object({ date: z.number().int() }),
  z.object({ weekday: z.number().int() }),
]);

const texts = z.record(z.string(), z.string()).default({});
const row = z.object({
  issuer: z.string(),
  title: z.string(),
  standard: z.string(),
  /** As the form takes them. */
  units: z.array(z.string()),
  rhythm: z.enum(['once', 'week', 'month']),
  handed: when,
  due,
  evidence: z.string().default(''),
  /** What those say who check in. */
  words: z.array(z.string()),
  /** What troubles whom in the last period, and who has not said anything then. */
  difficulty: texts,
  missing: z.array(z.string()).default([]),
  photos: z.record(z.string(), z.array(z.string())).default({}),
  /** Whose check-in is returned, and why. */
  returned: texts,
});
type Row = z.infer<typeof row>;

/** A period: on which days units check in, and when what has come is reviewed. */
interface Round {
  readonly days: readonly string[];
  readonly reviewed: string;
  readonly last: boolean;
}

const HOUR_MS = 3_600_000;
/** How many have checked in for what does not come back and is not due yet. */
const EAGER = 0.65;
/** Working days of a month on which units check in, and on which that is reviewed. */
const MONTHLY = { from: 8, to: 13, reviewed: 15 } as const;

export const tasks: Chapter = async (setting) => {
  const all = await setting.rows('tasks.json', row);
  return all.flatMap((task) => actsOf(setting, task));
};

function actsOf(setting: Setting, task: Row): Act[] {
  const { calendar, city } = setting;
  const { issuer, title, standard, rhythm, evidence } = task;
  const handed =
    'ago' in task.handed
      ? calendar.ago(task.handed.ago)
      : calendar.ofMonth(task.handed.month, task.handed.day);
  const head = city.personOf(issuer);
  let number = '';

  async function hand(stage: Stage) {
    const me = stage.person(head);
    const units = task.units.join(',');
    const filled = { standard, units, rhythm, evidence, due: dueDay(setting, task, handed) };
    const sent = await me.press(await me.say(`下达任务 ${title}`), '下达', filled);
    [number = ''] = /RW-\d{4}-\d+/.exec(sent.shown.text) ?? [];
  }

  const checkIn =
    (unit: string, { last, reviewed }: Round) =>
    async (stage: Stage) => {
      const me = stage.person(city.personOf(unit));
      for (const name of last ? (task.photos[unit] ?? []) : [])
        await me.send('现场照片.jpg', await readFile(setting.path(`photos/${name}`)));
      const target = Number.parseInt(standard, 10);
      const amount = target === 1 ? target : target + Math.round((luck(unit, reviewed) - 0.3) * 10);
      const words = oneOf(task.words, unit, reviewed) ?? '';
      const difficulty = (last && task.difficulty[unit]) || '';
      const form = await me.say(`报进展 ${number}`);
      await me.submit(form, { ...(amount && { amount: String(amount) }), words, difficulty });
    };

  const passOne = (unit: string) => (stage: Stage) =>
    stage.person(head).say(`通过 ${number} ${city.nameOf(unit)}`);

  const acts: Act[] = [{ at: during(handed, title), run: hand }];
  for (const round of roundsOf(setting, task, handed)) {
    const { last, days, reviewed } = round;
    for (const unit of unitsOf(setting, task)) {
      const reason = last ? task.returned[unit] : undefined;
      const first = unit in task.photos || unit in task.difficulty;
      const eager = rhythm !== 'once' || first || luck(title, unit) < EAGER;
      const said = !last || (eager && !task.missing.includes(unit));
      if (!said) continue;
      const at = during(oneOf(days, title, unit) ?? reviewed, title, unit);
      acts.push({ at, run: checkIn(unit, round) });
      if (rhythm === 'once' && first && !reason)
        acts.push({ at: during(reviewed, unit), run: passOne(unit) });
      if (!reason) continue;
      const back = new Date(Math.max(during(reviewed, reason).getTime(), at.getTime() + HOUR_MS));
      const run = (stage: Stage) => stage.person(head).say(`退回 ${number} ${city.nameOf(unit)} ${reason}`);
      acts.push({ at: back, run });
    }
    if (!last)
      acts.push({
        at: during(reviewed, title),
        run: (stage) => stage.person(head).say(`全部通过 ${number}`),
      });
  }
  return acts;
}

/** The periods so far, in each of which all that is done is done within it. */
function roundsOf({ calendar }: Setting, { rhythm }: Row, handed: string): readonly Round[] {
  const { workdays, today } = calendar;
  if (rhythm === 'once') {
    const days = [6, 5, 4, 3, 2].map((n) => calendar.ago(n));
    return [{ days, reviewed: calendar.ago(1), last: true }];
  }
  if (rhythm === 'month') {
    const { from, to, reviewed } = MONTHLY;
    return [2, 1, 0].map((months) => ({
      days: Array.from({ length: to - from + 1 }, (_, i) => calendar.ofMonth(months, from + i)),
      reviewed: calendar.ofMonth(months, reviewed),
      last: months === 0,
    }));
  }
  const rounds: Round[] = [];
  for (let monday = addDays(mondayOf(handed), 7); monday <= today; monday = addDays(monday, 7)) {
    const days = [1, 2].map((n) => addDays(monday, n)).filter((day) => workdays.isWorkday(day));
    const reviewed = addDays(monday, 3);
    const last = monday === mondayOf(today);
    if (days.length > 0 && workdays.isWorkday(reviewed)) rounds.push({ days, reviewed, last });
  }
  return rounds;
}

function unitsOf({ city }: Setting, { units }: Row): readonly string[] {
  return units.flatMap((words) => {
    const [how = '', id] = words.split(':');
    if (id === undefined) return [how];
    return how === 'duty' ? city.workingFor(id) : city.branchesBelow(id);
  });
}

function dueDay({ calendar }: Setting, { due: day }: Row, handed: string): string {
  if ('ago' in day) return calendar.ago(day.ago);
  if ('date' in day) return `${handed.slice(0, 8)}${day.date}`;
  return addDays(mondayOf(handed), 6 + day.weekday);
}
