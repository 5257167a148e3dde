/** 分包 of the demo city: which leader answers for what. */
import { z } from 'zod';
import { during } from './calendar.ts';
import type { Chapter } from './city.ts';

const row = z.object({
  /** The unit of the leader, what is sponsored as people say it, and by whom. */
  unit: z.string(),
  target: z.string(),
  leader: z.string(),
  /** Working days ago. */
  ago: z.number().int(),
});

export const sponsorship: Chapter = async ({ calendar, city, rows }) =>
  (await rows('sponsorship.json', row)).map(({ unit, target, leader, ago }) => ({
    at: during(calendar.ago(ago), unit, target, '定分包'),
    run: (stage) => stage.person(city.personOf(unit)).say(`定分包 ${target} ${leader}`),
  }));
