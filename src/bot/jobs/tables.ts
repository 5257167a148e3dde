/** What the next tick goes on with: errands, and occasions of rhythms that were asked for. */
import { z } from 'zod';
import { defineTable } from '../../store/store.ts';

/** Work under way that is too large for one transaction. */
const errandRow = z.object({
  id: z.string(),
  name: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** Where the next part begins; null for the first. */
  after: z.string().nullable(),
  /** The unit whose doing it is. */
  from: z.string().nullable(),
  /** When the next part may be done. */
  due: z.string(),
  /** How often the next part failed. */
  attempts: z.number().int(),
});
export const errands = defineTable<z.infer<typeof errandRow>>({
  name: 'errands',
  schema: errandRow,
  indexes: [{ on: [], order: 'due' }],
});

/** Occurrences of rhythms that somebody asked for, besides those of their schedules, until they are planned. */
const occasionRow = z.object({
  /** `<rhythm> <period>` */
  id: z.string(),
  rhythm: z.string(),
  period: z.string(),
  day: z.string(),
  at: z.string(),
  /** The number of the last wave that has its part of it; -1 before the first. */
  cursor: z.number().int(),
});
export const occasions = defineTable<z.infer<typeof occasionRow>>({
  name: 'occasions',
  schema: occasionRow,
  indexes: [{ on: [], order: 'at' }],
});
