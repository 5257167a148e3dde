/** 导入节假日: the State Council's calendar of a year, in the format of the public holiday-cn data. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { Intake } from '../../bot/feature.ts';
import { operation } from '../../bot/operation.ts';
import { HOLIDAYS, holidays } from '../../bot/reminders/tables.ts';
import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/store.ts';
import { rights } from './rights.ts';
import { type HolidayYear, parseHolidays } from './year.ts';

/** Keep a year's calendar in place of what was known of it. */
export async function keepHolidays(tx: Tx, { year, days }: HolidayYear): Promise<void> {
  const known = await tx.table(holidays).get(String(year));
  await tx.table(holidays).put({ ...known, id: String(year), days });
  tx.signal(HOLIDAYS, '');
}

/** The same data sent as a file. */
export const holidayFile: Intake = {
  kinds: ['json'],
  op: rights.holidays,
  reader: new URL('./year.ts', import.meta.url),
};

export const importHolidays = operation({
  right: rights.holidays,
  words: ['导入节假日'],
  glued: 'any',
  fromText: (rest) => (rest ? { json: rest } : {}),
  input: z.object({
    json: z
      .string({ error: '请把这一年的节假日数据贴进来' })
      .max(20_000, { error: '这份数据太长了，一次只导入一年', abort: true })
      .superRefine((text, issues) => {
        try {
          parseHolidays(text);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          issues.addIssue({ code: 'custom', message: error.publicMessage });
        }
      }),
  }),
  form: async (_ctx, _record) => ({
    intro: '把国务院公布的放假安排按 holiday-cn 的格式贴进来，一次一年；也可以在单聊里把 .json 文件发给我。',
    fields: [field.lines('json', '节假日数据', 12_000, { required: true, hint: '{"year":2027,"days":[…]}' })],
    submit: { title: '导入', op: rights.holidays },
  }),
  async run(ctx, { json }) {
    const { year, days } = parseHolidays(json);
    await keepHolidays(ctx.tx, { year, days });
    const off = days.filter(({ isOffDay }) => isOffDay).length;
    return {
      text: `已导入${year}年：放假${off}天，调休上班${days.length - off}天。以后的期限和提醒都按它算。`,
      did: { kind: 'holidays', id: String(year) },
    };
  },
});
