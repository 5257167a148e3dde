/** 导入节假日: the State Council's calendar of a year, in the format of the public holiday-cn data. */
import { z } from 'zod';
import { buildForm } from '../../bot/cards/spec.ts';
import type { Intake } from '../../bot/feature.ts';
import { operation } from '../../bot/operation.ts';
import { holidays } from '../../bot/reminders/tables.ts';
import { isDay } from '../../lib/dates.ts';
import type { Tx } from '../../store/store.ts';
import { rights } from './rights.ts';

const yearSchema = z
  .object({
    year: z.number().int().min(2020).max(2100),
    days: z
      .array(z.object({ name: z.string().max(20), date: z.string().refine(isDay), isOffDay: z.boolean() }))
      .min(5)
      .max(120),
  })
  .refine(({ year, days }) => days.every(({ date }) => date.startsWith(`${year}-`)));
export type HolidayYear = z.infer<typeof yearSchema>;

/** Reads one year's calendar; undefined when the text is not one. */
export function parseHolidays(text: string): HolidayYear | undefined {
  try {
    return yearSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON: the caller says what is wanted
  }
}

/** Keep a year's calendar in place of what was known of it. */
export async function keepHolidays(tx: Tx, { year, days }: HolidayYear): Promise<void> {
  const known = await tx.table(holidays).get(String(year));
  await tx.table(holidays).put({ ...known, id: String(year), days });
}

/** The same data sent as a file. */
export const holidayFile: Intake = {
  kinds: ['json'],
  op: 'reminders.holidays',
  async read(bytes) {
    const json = new TextDecoder().decode(bytes);
    return parseHolidays(json) && { json };
  },
};

export const importHolidays = operation({
  name: 'reminders.holidays',
  title: '导入节假日',
  words: ['导入节假日'],
  right: rights.holidays,
  fromText: (rest) => (rest ? { json: rest } : {}),
  input: z.object({
    json: z
      .string({ error: '请把这一年的节假日数据贴进来' })
      .max(20_000, { error: '这份数据太长了，一次只导入一年', abort: true })
      .refine(
        (text) => parseHolidays(text) !== undefined,
        '看不懂这份数据。要 holiday-cn 的格式：{"year":2027,"days":[…]}',
      ),
  }),
  form: async (_ctx, _record, values, errors) =>
    buildForm(
      {
        title: '导入节假日',
        intro:
          '把国务院公布的放假安排按 holiday-cn 的格式贴进来，一次一年；也可以在个人聊天里把 .json 文件发给我。',
        fields: [
          {
            kind: 'lines',
            id: 'json',
            label: '节假日数据',
            max: 12_000,
            required: true,
            hint: '{"year":2027,"days":[…]}',
          },
        ],
        submit: { title: '导入', op: 'reminders.holidays' },
      },
      values,
      errors,
    ),
  async run(ctx, { json }) {
    const parsed = parseHolidays(json);
    if (!parsed) return { text: '看不懂这份数据，什么也没有改。' };
    await keepHolidays(ctx.tx, parsed);
    const off = parsed.days.filter(({ isOffDay }) => isOffDay).length;
    return {
      text: `已导入${parsed.year}年：放假${off}天，调休上班${parsed.days.length - off}天。以后的期限和提醒都按它算。`,
      did: { kind: 'holidays', id: String(parsed.year) },
    };
  },
});
