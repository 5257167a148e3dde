/** 创星 of the demo city: goals, applications that are in 公示 now, one that waits at each step, and a star in its 限期. */
import { z } from 'zod';
import { during } from './calendar.ts';
import type { Chapter } from './city.ts';
import type { Act, Stage } from './stage.ts';

const row = z.object({
  branch: z.string(),
  star: z.string(),
  words: z.string().default(''),
  /** The step at which it waits now; without it, it is in 公示. */
  waits: z.enum(['township', 'county', 'lead']).exactOptional(),
  /** What somebody objects to in 公示, and who. */
  objection: z.object({ branch: z.string(), words: z.string() }).exactOptional(),
  /** A star that it holds and the lead warned about: why. */
  warned: z.string().exactOptional(),
});

/** Working days ago: each step of the cycle, the beginning of 公示 (five working days), and what comes on top of it. */
const AGO = {
  aim: 34,
  apply: 24,
  township: 20,
  county: 14,
  lead: 9,
  city: 5,
  publish: 2,
  objection: 1,
  warned: 12,
} as const;
/** The days of the cycle by which each step is to be done. */
const UNTIL = { aim: 30, apply: 22, township: 16, county: 10, lead: 6, city: 3 } as const;
/** Which step of those before 公示 an application still waits for. */
const STEPS = ['township', 'county', 'lead'] as const;

export const stars: Chapter = async ({ calendar, city, rows }) => {
  const all = await rows('stars.json', row);
  const applied = all.filter(({ warned }) => warned === undefined);
  const starOf = (id: string) => city.stars.find((star) => star.id === id)?.name ?? id;
  const person = (stage: Stage, unit: string, pick = 0) => stage.person(city.personOf(unit, pick));
  const acts: Act[] = [];
  const act = (ago: number, key: string, run: Act['run']) =>
    acts.push({ at: during(calendar.ago(ago), '创星', key), run });

  act(AGO.aim + 1, 'calendar', async (stage) => {
    const me = person(stage, city.organiser);
    const days = Object.entries(UNTIL).map(([step, ago]) => [step, calendar.ago(ago)]);
    await me.submit(await me.say('创星日程'), Object.fromEntries(days));
  });
  for (const branch of new Set(applied.map((one) => one.branch))) {
    const goals = applied.filter((one) => one.branch === branch).map(({ star }) => starOf(star));
    act(AGO.aim, branch, (stage) => person(stage, branch).say(`创星目标 ${goals.join(' ')}`));
  }
  for (const { branch, star, words } of applied)
    act(AGO.apply, `${branch}${star}`, async (stage) => {
      const me = person(stage, branch);
      await me.submit(await me.say(`创星申报 ${starOf(star)}`), { words });
    });

  const past = (step: (typeof STEPS)[number]) =>
    applied.filter(({ waits }) => waits === undefined || STEPS.indexOf(waits) > STEPS.indexOf(step));
  const named = (branch: string, star: string) => `${city.nameOf(branch)} ${starOf(star)}`;
  for (const { branch, star } of past('township'))
    act(AGO.township, `${branch}${star}`, (stage) =>
      person(stage, city.parentOf(branch)).say(`同意申报 ${named(branch, star)}`),
    );
  for (const { branch, star } of past('county'))
    act(AGO.county, `${branch}${star}`, (stage) =>
      person(stage, city.parentOf(city.parentOf(branch))).say(`同意申报 ${named(branch, star)}`),
    );
  for (const { branch, star } of past('lead'))
    act(AGO.lead, `${branch}${star}`, (stage) =>
      person(stage, city.leadOf(star)).say(`认定 ${named(branch, star)}`),
    );
  // The organiser looks at what is to be looked at; somebody else than who recognised its own star.
  act(AGO.city, 'city', (stage) => person(stage, city.organiser, 0.99).say('全部同意'));
  act(AGO.publish, 'publish', (stage) => person(stage, city.organiser).say('开始公示'));
  for (const { branch, star, objection, warned } of all) {
    if (objection)
      act(AGO.objection, branch, (stage) =>
        person(stage, objection.branch).say(`提异议 ${named(branch, star)} ${objection.words}`),
      );
    if (warned)
      act(AGO.warned, branch, (stage) =>
        person(stage, city.leadOf(star)).say(`预警 ${named(branch, star)} ${warned}`),
      );
  }
  return acts;
};
