/** Periods as people say them when they look back: 本月, 上季度, 今年, 7月, 2026年7月, 昨天, 上周, 7月5日, 近一周. */
import { addDays, addMonths, isDay, mondayOf } from './dates.ts';
import { foldWidth, readNumeral } from './numerals.ts';

const NUMBER = '[\\d〇零一二三四五六七八九十]';
const MONTH = new RegExp(`^(?:(\\d{4})(?:年|-|\\.|/))?(${NUMBER}{1,3})月份?$`);
const MONTH_IN_FIGURES = /^(\d{4})[-./年](\d{1,2})$/;
const QUARTER = new RegExp(`^(?:(\\d{4})(?:年|-)?)?(?:第?(${NUMBER})季度?|q([1-4]))$`, 'i');
const YEAR = /^(20\d{2})年度?$/;
const DAY = /^(?:(\d{4})[年\-./])?(\d{1,2})[月\-./](\d{1,2})[日号]?$/;

const RECENT = new RegExp(
  `^(?:最近|近|过去|这(?=[几两]))(${NUMBER}{1,3}|[两几半])?个?(天|日|周|星期|礼拜|月|年)(?:内|来|以来)?$`,
);
const DAYS: Readonly<Record<string, number>> = { 天: 1, 日: 1, 周: 7, 星期: 7, 礼拜: 7, 月: 30, 年: 365 };
/** 几天, 几周. */
const SOME = 3;
const MOST_DAYS = 10 * 365;

/** Months (`YYYY-MM`) or days (`YYYY-MM-DD`) of which a period is made; undefined for other words. */
export function readPeriod(words: string, today: string): readonly string[] | undefined {
  const said = foldWidth(words.trim())
    .replace(/^(?:这|本|当)个?(?=[周星月季年])/, '本')
    .replace(/^上个(?=[周星月季])/, '上');
  return named(said, today) ?? recent(said, today) ?? written(said, today);
}

function named(said: string, today: string): readonly string[] | undefined {
  const [year = 0, month = 0] = today.split('-').map(Number);
  const quarter = Math.ceil(month / 3);
  switch (said) {
    case '今天':
    case '今日':
      return [today];
    case '昨天':
    case '昨日':
      return [addDays(today, -1)];
    case '前天':
      return [addDays(today, -2)];
    case '本周':
    case '本星期':
      return week(mondayOf(today));
    case '上周':
    case '上星期':
      return week(addDays(mondayOf(today), -7));
    case '本月':
    case '本月份':
      return [monthOf(year, month)];
    case '上月':
    case '上月份':
      return [monthOf(year, month - 1)];
    case '本季':
    case '本季度':
      return months(year, quarter * 3 - 2, 3);
    case '上季':
    case '上季度':
      return months(year, quarter * 3 - 5, 3);
    case '上半年':
      return months(year, 1, 6);
    case '下半年':
      return months(year, 7, 6);
    case '今年':
    case '本年':
    case '本年度':
      return months(year, 1, 12);
    case '去年':
      return months(year - 1, 1, 12);
    default:
      return undefined;
  }
}

function written(said: string, today: string): readonly string[] | undefined {
  const year = Number(today.slice(0, 4));
  /** Without a year it is the last one that has begun. */
  const last = (first: string) => (first > today.slice(0, first.length) ? year - 1 : year);
  const [, monthYear, monthWord = ''] = MONTH.exec(said) ?? MONTH_IN_FIGURES.exec(said) ?? [];
  const month = readNumeral(monthWord) ?? 0;
  if (month >= 1 && month <= 12) return [monthOf(Number(monthYear ?? last(monthOf(year, month))), month)];
  const [, quarterYear, quarterWord, figure] = QUARTER.exec(said) ?? [];
  const quarter = readNumeral(quarterWord ?? figure ?? '') ?? 0;
  if (quarter >= 1 && quarter <= 4) {
    const begin = quarter * 3 - 2;
    return months(Number(quarterYear ?? last(monthOf(year, begin))), begin, 3);
  }
  const [, whole] = YEAR.exec(said) ?? [];
  if (whole) return months(Number(whole), 1, 12);
  const [, dayYear, dayMonth = '', day = ''] = DAY.exec(said) ?? [];
  const date = (of: number | string) => `${of}-${dayMonth.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = date(dayYear ?? last(date(year)));
  return isDay(at) ? [at] : undefined;
}

/** The days and whole months up to today: 近三天, 最近两周, 近半年. */
function recent(said: string, today: string): readonly string[] | undefined {
  const [, count = '一', unit = ''] = RECENT.exec(said) ?? [];
  const n = count === '几' ? SOME : count === '半' ? 0.5 : readNumeral(count);
  const days = Math.floor((n ?? 0) * (DAYS[unit] ?? 0));
  if (days < 1 || days > MOST_DAYS) return undefined;
  const found: string[] = [];
  let day = addDays(today, -days);
  for (; day <= today && !(day.endsWith('-01') && day.slice(0, 7) < today.slice(0, 7)); day = addDays(day, 1))
    found.push(day);
  if (day > today) return found;
  const [year = 0, month = 0] = day.split('-').map(Number);
  const [thisYear = 0, thisMonth = 0] = today.split('-').map(Number);
  return [...found, ...months(year, month, (thisYear - year) * 12 + thisMonth - month + 1)];
}

function week(monday: string): readonly string[] {
  return Array.from({ length: 7 }, (_, n) => addDays(monday, n));
}

function months(year: number, from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => monthOf(year, from + n));
}

/** Months before the first are those of the year before. */
function monthOf(year: number, month: number): string {
  return addMonths(`${year}-01`, month - 1);
}
