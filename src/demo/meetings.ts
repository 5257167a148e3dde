/** Joint meetings of the demo city: each star once a month, called, answered, held, minuted; and what came of it. */
import { z } from 'zod';
import { instant } from '../lib/dates.ts';
import { during, luck } from './calendar.ts';
import type { Chapter, Setting } from './city.ts';
import { type Act, filledIn, type Seen, type Stage } from './stage.ts';

/** What is talked about, what is decided, who does it, and what came of it. */
const topic = z.tuple([z.string(), z.string(), z.string(), z.string()]);
type Topic = z.infer<typeof topic>;

const row = z.object({
  star: z.string(),
  place: z.string(),
  /** The working day of the month on which it is held. */
  day: z.number().int(),
  /** One for each month, the oldest first. */
  topics: z.array(topic).length(3),
});
type Row = z.infer<typeof row>;

/** Working days: from the call to the answers and to the meeting, then to the minutes and to what came of it. */
const CALLED = 4;
const ANSWERED = 3;
const MINUTED = 1;
const DONE = 6;
/** Lines of the drafted agenda that are kept. */
const DRAFTED = 3;
/** The star that met on the last working day and has no minutes yet, and the one that will meet soon. */
const JUST_MET = 'chanye-xingwang';
const MEETS_SOON = 'pingan-fazhi';
const QUARTER = 3;

interface Plan {
  /** What calls it, and what is filled in beside day, time and place. */
  readonly words: string;
  readonly button: string;
  readonly lead: string;
  readonly date: string;
  readonly place: string;
  readonly topic: Topic;
  readonly minuted: boolean;
  readonly settled: boolean;
}

export const meetings: Chapter = async (setting) => {
  const { calendar, city } = setting;
  const plans: Plan[] = [];
  const all = await setting.rows('meetings.json', row);
  for (const one of all) {
    const { star, day } = one;
    for (const months of [2, 1]) plans.push(planOf(setting, one, months, calendar.ofMonth(months, day)));
    if (star === JUST_MET) plans.push({ ...planOf(setting, one, 0, calendar.ago(1)), minuted: false });
    else if (star === MEETS_SOON) plans.push(planOf(setting, one, 0, calendar.ago(-2)));
    else plans.push(planOf(setting, one, 0, calendar.ofMonth(0, day)));
  }
  // 一季度一推进 is in the last month of a quarter.
  const months = [0, 1, 2].find((n) => Number(calendar.month(n).slice(5)) % QUARTER === 0) ?? 0;
  plans.push({
    words: '推进会 发起',
    button: '发起推进会',
    lead: city.organiser,
    date: calendar.ofMonth(months, 8),
    place: '市委一楼会议厅',
    topic: ['三星支部怎么再进一步', '各县区列一张升星名单，一个支部一条办法', 'yunling', '名单报齐了'],
    minuted: true,
    settled: false,
  });
  return plans.flatMap((plan) => actsOf(setting, plan));
};

function planOf({ city }: Setting, { star, place, topics }: Row, months: number, date: string): Plan {
  const { name = '', lead = '' } = city.stars.find(({ id }) => id === star) ?? {};
  const [first] = topics;
  return {
    words: `会商 发起 ${name}`,
    button: '发起会商',
    lead,
    date,
    place,
    topic: topics[2 - months] ?? first ?? ['', '', '', ''],
    minuted: true,
    // Of what the month before decided some is still open.
    settled: months === 2 || (months === 1 && luck(star) < 0.6),
  };
}

function actsOf({ calendar, city }: Setting, plan: Plan): Act[] {
  const { words, button, lead, date, place, topic, minuted, settled } = plan;
  const [subject, decision, unit, done] = topic;
  const time = luck(words, date) < 0.5 ? '09:30' : '15:00';
  const on = (days: number) => calendar.workdays.add(date, days);
  const convener = city.personOf(lead);
  let number = '';
  let invited: readonly string[] = [];

  async function call(stage: Stage) {
    const me = stage.person(convener);
    const form = await me.say(words);
    const { agenda = '', units = '' } = filledIn(form.shown.card);
    const lines = agenda.split('\n');
    const own = [subject, ...lines.slice(0, DRAFTED), ...lines.slice(-1)];
    const sent = await me.press(form, button, { date, time, place, agenda: [...new Set(own)].join('\n') });
    [number = ''] = /HS-\d{4}-\d\d-\d+/.exec(sent.shown.text) ?? [];
    invited = units.split(',');
  }

  async function answer(stage: Stage) {
    for (const asked of invited) {
      const fate = luck(number, asked);
      const say = (what: string) => stage.person(city.personOf(asked, luck(asked))).say(what);
      if (fate < 0.72) await say(`参加 ${number}`);
      else if (fate < 0.82) await say(`派员 ${number} 分管的副职`);
      else if (fate < 0.9) await say(`请假 ${number} 那天在县里开会`);
    }
  }

  async function arrive(stage: Stage) {
    for (const asked of invited)
      if (luck(number, asked) < 0.66)
        await stage.person(city.personOf(asked, luck(asked))).say(`到会 ${number}`);
  }

  async function minute(stage: Stage) {
    const me = stage.person(convener);
    const form = await me.say(`填写纪要 ${number}`);
    const rest = Object.keys(filledIn(form.shown.card)).filter((id) => /^decision(?!1$)/.test(id));
    const others = Object.fromEntries(rest.map((id) => [id, '按期限办好，下次会商时再看']));
    await me.press(form, '提交纪要', { ...others, decision1: decision, unit1: unit });
  }

  /** The unit that was to do it says so in the task that the decision became, and the convener agrees. */
  async function settle(stage: Stage) {
    const doer = stage.person(city.personOf(unit));
    const task = await taskOf(await doer.say('报进展'), decision);
    await doer.submit(await doer.say(`报进展 ${task}`), { words: done });
    await stage.person(convener).say(`通过 ${task} ${city.nameOf(unit)}`);
  }

  const start = instant(date, time);
  return [
    { at: during(on(-CALLED), words, date), run: call },
    { at: during(on(-ANSWERED), words, date), run: answer },
    { at: new Date(start.getTime() - 15 * 60_000), run: arrive },
    ...(minuted ? [{ at: during(on(MINUTED), words, date), run: minute }] : []),
    ...(minuted && settled ? [{ at: during(on(MINUTED + DONE), words, date), run: settle }] : []),
  ];
}

/** The number of the task with this title on a list. */
async function taskOf({ shown: { card } }: Seen, title: string): Promise<string> {
  const found = card?.kind === 'list' ? card.rows.find((one) => one.title === title) : undefined;
  if (!found) throw new Error(`there is no task “${title}” to be done`);
  return String(found.data.task);
}
