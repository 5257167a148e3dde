/** Visits 走访: what a unit has planned, and for which day. Rows and numbers. */
import { z } from 'zod';
import { numbered } from '../../../src/lib/recordnumber.ts';
import { defineTable } from '../../../src/store/store.ts';

const visitRow = z.object({
  /** `ZF-YYYY-NNNN` */
  id: z.string(),
  unit: z.string(),
  by: z.string(),
  title: z.string(),
  /** `YYYY-MM-DD` */
  day: z.string(),
});
export type Visit = z.infer<typeof visitRow>;
export const visits = defineTable<Visit>({
  name: 'visits',
  schema: visitRow,
  indexes: [
    { on: ['unit'], order: 'day' },
    { on: [], order: 'day' },
  ],
  keep: { by: 'day', days: 365 },
  people: { title: '走访', at: 'day', fields: [{ field: 'by', acts: true, left: 'nameless' }] },
});
export const numbers = numbered('ZF');
