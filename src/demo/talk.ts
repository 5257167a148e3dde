/** What the people of the demo city say to each other in their work groups. */
import { z } from 'zod';
import { instant } from '../lib/dates.ts';
import type { Chapter } from './city.ts';

const row = z.object({
  group: z.string(),
  person: z.string(),
  /** Working days ago, and the time of that day. */
  ago: z.number().int(),
  at: z.string(),
  text: z.string(),
});

export const talk: Chapter = async ({ calendar, rows }) =>
  (await rows('talk.json', row)).map(({ group, person, ago, at, text }) => ({
    at: instant(calendar.ago(ago), at),
    run: (stage) => stage.group(group, person).talk(text),
  }));
