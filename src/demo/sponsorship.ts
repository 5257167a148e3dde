/** 分包 of the demo city: which leader answers for what, and an instruction that became a task. */
import { z } from 'zod';
import { during } from './calendar.ts';
import type { Chapter } from './city.ts';
import type { Act } from './stage.ts';

const row = z.object({
  /** The unit of the leader, what is sponsored as people say it, and by whom. */
  unit: z.string(),
  target: z.string(),
  leader: z.string(),
  /** Working days ago. */
  ago: z.number().int(),
  instruction: z.object({ words: z.string(), ago: z.number().int() }).exactOptional(),
});

export const sponsorship: Chapter = async ({ calendar, city, rows }) => {
  const acts: Act[] = [];
  for (const { unit, target, leader, ago, instruction } of await rows('sponsorship.json', row)) {
    const person = city.personOf(unit);
    acts.push({
      at: during(calendar.ago(ago), unit, target, '定分包'),
      run: (stage) => stage.person(person).say(`定分包 ${target} ${leader}`),
    });
    if (instruction)
      acts.push({
        at: during(calendar.ago(instruction.ago), unit, target, '批示'),
        run: (stage) => stage.person(person).say(`批示 ${target} ${instruction.words}`),
      });
  }
  return acts;
};
