/** 整顿 in the demo city: branches that were listed, put right, and are in 巩固期; what is reported again may doubt it. */
import { z } from 'zod';
import { during } from './calendar.ts';
import type { Chapter } from './city.ts';
import type { Act, Seen, Stage } from './stage.ts';

/** Working days ago. */
const ago = z.number().int();
const row = z.object({
  branch: z.string(),
  /** Why it was listed: one of the ten types, with a sentence. */
  type: z.string(),
  words: z.string(),
  listed: ago,
  /** The title of an issue of the branch that has to be solved. */
  issue: z.string().exactOptional(),
  planned: ago,
  plan: z.record(z.string(), z.string()),
  sent: z.record(z.string(), z.string()),
  /** What the branch says of its measures, and when. */
  done: ago,
  said: z.string(),
  applied: ago,
  accepted: ago,
  /** 满意, 基本满意, 不满意. */
  counts: z.array(z.number().int()),
});

const LAST = 0.99;
const numbersIn = (seen: Seen | undefined, kind: string) =>
  JSON.stringify(seen?.shown ?? '').match(new RegExp(`${kind}-\\d{4}-\\d+`, 'g')) ?? [];

export const rectification: Chapter = async ({ calendar, city, rows }) => {
  const all = await rows('cases.json', row);
  return all.flatMap((one) => {
    const { branch, type, words, issue, said, counts } = one;
    const name = city.nameOf(branch);
    const county = city.parentOf(city.parentOf(branch));
    const [secretary, head] = [city.personOf(branch), city.personOf(city.parentOf(branch))];
    const [chief, deputy] = [city.personOf(county), city.personOf(county, LAST)];
    let measures: readonly string[] = [];

    const at = (days: number, what: string, run: Act['run']): Act => ({
      at: during(calendar.ago(days), branch, what),
      run,
    });
    const plan = async (stage: Stage) => {
      if (issue !== undefined) {
        const [number = ''] = numbersIn(await stage.person(head).say(`问题 ${issue}`), 'WT');
        await stage.person(head).say(`关联问题 ${name} ${number}`);
      }
      const me = stage.person(chief);
      await me.submit(await me.say(`派驻 ${name}`), one.sent);
      const made = await stage.person(head).say(`定方案 ${name}`);
      measures = numbersIn(await stage.person(head).submit(made, one.plan), 'RW');
    };
    const work = async (stage: Stage) => {
      const me = stage.person(secretary);
      for (const task of new Set(measures)) {
        await me.submit(await me.say(`报进展 ${task}`), { percent: '100', words: said });
        await stage.person(chief).say(`通过 ${task} ${name}`);
      }
    };
    return [
      at(one.listed + 1, '提出', async (stage) => {
        const me = stage.person(deputy);
        await me.submit(await me.say(`建议列入 ${name}`), { type, words });
      }),
      at(one.listed, '列入', (stage) => stage.person(chief).say(`列入 ${name} ${calendar.ago(one.listed)}`)),
      at(one.planned, '方案', plan),
      at(one.done, '措施', work),
      at(one.applied, '申请', (stage) => stage.person(head).say(`申请验收 ${name}`)),
      at(one.accepted, '验收', (stage) => stage.person(deputy).say(`登记验收 ${name} ${counts.join(' ')}`)),
    ];
  });
};
