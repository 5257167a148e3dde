/** 约谈 of the demo city: what three issues that are red for long suggest, one head means to talk about. */
import { z } from 'zod';
import { during } from './calendar.ts';
import type { Chapter } from './city.ts';

const row = z.object({
  unit: z.string(),
  /** Working days ago. */
  planned: z.number().int(),
});

export const talks: Chapter = async ({ calendar, city, rows }) =>
  (await rows('talks.json', row)).map(({ unit, planned }) => {
    const head = city.personOf(city.parentOf(unit));
    return {
      at: during(calendar.ago(planned), unit, '约谈'),
      async run(stage) {
        const me = stage.person(head);
        await me.press(await me.press(await me.say('约谈'), city.nameOf(unit)), '拟约谈');
      },
    };
  });
