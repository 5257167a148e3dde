/**
 * Reads a year's calendar in the format of the public holiday-cn data, and says what is wrong with it. Runs in a
 * process of its own when people send the file (see lib/apart.ts).
 */
import { z } from 'zod';
import { isDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';

/** A year with all its papers has some 6,000. */
const MOST_CHARACTERS = 100_000;
const FEWEST = 5;
const NAMED = 3;

const yearSchema = z.object({
  year: z.number().int().min(2020).max(2100),
  days: z.array(z.object({ name: z.string().max(50), date: z.string(), isOffDay: z.boolean() })).default([]),
});
/** Days in their order, each once. Some may be of the December before or the January after: 元旦 goes over both. */
export type HolidayYear = z.infer<typeof yearSchema>;

/** @throws AppError `invalid`, with what has to be changed */
export function parseHolidays(text: string): HolidayYear {
  if (text.length > MOST_CHARACTERS) throw wrong('这份数据太长，没有读。一次只导入一年。');
  const read = yearSchema.safeParse(parseJson(text)).data;
  if (!read) throw wrong('看不懂这份数据。要 holiday-cn 的格式：{"year":2027,"days":[…]}');
  const { year } = read;
  const days = new Map<string, HolidayYear['days'][number]>();
  const twice = new Set<string>();
  for (const day of read.days) {
    const known = days.get(day.date);
    if (known && known.isOffDay !== day.isOffDay) twice.add(day.date);
    else days.set(day.date, day);
  }
  const dates = [...days.keys()];
  refuseDays(
    dates.filter((date) => !isDay(date)),
    '不是日期，要写成2027-01-01这样',
  );
  refuseDays(
    dates.filter((date) => date < `${year - 1}-12-01` || date > `${year + 1}-01-31`),
    `不是${year}年的（前后只能带上一年12月和下一年1月的）`,
  );
  refuseDays([...twice], '又写了放假，又写了上班，只能留一种');
  const own = dates.filter((date) => date.startsWith(`${year}-`)).length;
  if (own < FEWEST) {
    const said = own === 0 ? '里面一天也没有' : `里面只有${own}天，不像一整年的`;
    throw wrong(`看不懂这份${year}年的数据：${said}。放假安排公布以后，请用完整的一份再导入。`);
  }
  return { year, days: [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1)) };
}

/** The fields of the operation 导入节假日; undefined for what is not a calendar at all. */
export async function read(bytes: Uint8Array) {
  const json = new TextDecoder().decode(bytes);
  const value = parseJson(json);
  if (typeof value !== 'object' || value === null || !('year' in value)) return undefined;
  parseHolidays(json);
  return { json };
}

/** What the text says, with or without a mark of its byte order; undefined when it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined; // whoever asks says what is wanted
  }
}

function refuseDays(dates: readonly string[], what: string): void {
  if (dates.length === 0) return;
  const more = dates.length > NAMED ? `等${dates.length}天` : '';
  const named = dates.slice(0, NAMED).map((date) => date.slice(0, 20));
  throw wrong(`${named.join('、')}${more}${what}。请改好再导入，什么也没有改。`);
}

function wrong(sentence: string): AppError {
  return new AppError('invalid', sentence);
}
