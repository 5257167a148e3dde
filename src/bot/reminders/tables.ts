/** How far reminders are planned, and what an organiser set. */
import { z } from 'zod';
import { scheduleSchema } from '../../lib/schedule.ts';
import { defineTable } from '../../store/store.ts';

/** How far each reminder has been planned, and on which day the work of each day was begun last. */
const watermarkRow = z.object({
  /** The reminder's name, or the kind of a job that is `daily`: no two are the same (`checkNames` of jobs/daily.ts). */
  id: z.string(),
  /** Everything up to this instant is planned; of a job, the day. */
  at: z.string(),
  /** The occurrence being planned, and the number of the last batch that has its part of it. */
  current: z.object({ period: z.string(), day: z.string(), at: z.string(), cursor: z.string() }).nullable(),
  /** When this was written down, and how far it had been planned before that. */
  written: z.string().exactOptional(),
  before: z.string().exactOptional(),
});

export type WatermarkRow = z.infer<typeof watermarkRow>;

export const watermarks = defineTable<WatermarkRow>({
  name: 'watermarks',
  schema: watermarkRow,
  indexes: [],
  keep: 'for ever: because it is one row for each reminder',
});

/** Schedules that an organiser changed; the others are as declared. */
const scheduleRow = z.object({ id: z.string(), schedule: scheduleSchema, by: z.string(), at: z.string() });

export const schedules = defineTable<z.infer<typeof scheduleRow>>({
  name: 'schedules',
  schema: scheduleRow,
  indexes: [],
  keep: 'for ever: because it is one row for each reminder',
  people: { title: '改过的日程', at: 'at', fields: [{ field: 'by', acts: true, left: 'nameless' }] },
});

/**
 * Holidays and make-up days that an organiser imported, by the year whose calendar they came with; a day may be of the
 * year before or after.
 */
const holidayRow = z.object({
  id: z.string(),
  days: z.array(z.object({ name: z.string(), date: z.string(), isOffDay: z.boolean() })),
});

/** What a change of them is signalled under. */
export const HOLIDAYS = 'holidays';
export const holidays = defineTable<z.infer<typeof holidayRow>>({
  name: 'holidays',
  schema: holidayRow,
  indexes: [{ on: [] }],
  keep: 'for ever: because it is one row for each year',
});
