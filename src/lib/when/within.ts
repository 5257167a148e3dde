/** Finds the day by which something is to be done in a sentence that says more: 各村12月10日前入户走访500户. */
import { foldHan } from '../han.ts';
import { readDay } from './index.ts';

/** Where a day is said, and which. */
export interface DayWithin {
  readonly day: string;
  readonly start: number;
  readonly end: number;
}

const N = '(?:\\d{1,2}|[一二三四五六七八九十廿卅]{1,3})';
const WEEKDAY = '(?:周|星期|礼拜)[一二三四五六日天]';
/** A day of the calendar, which may stand alone at either end of a clause. */
const DATE = [
  '\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}[日号]?',
  `(?:(?:\\d{4}|\\d{2}|今|本|明)年)?${N}月份?(?:${N}[日号]|[底末])`,
  `(?:本|这|当|下)?个?月[底末]|(?:本|这|下)个?月${N}[日号]`,
  '(?:(?:\\d{4}|今|本|明)?年)?年[底末]|(?:今|本|明)年[底末]',
].join('|');
/** What is a day only where it is said that it is a deadline. */
const NEAR = [
  `(?:本|这|下{1,2})?个?${WEEKDAY}`,
  '今天|今日|明[天日]|大?后天',
  `${N}月${N}`,
  '\\d{1,2}[./]\\d{1,2}',
  `${N}[日号]`,
  '元旦|春节|元宵节?|端午节?|中秋节?|国庆节?|五一|七一|八一',
].join('|');
const UNTIL = '(?:以前|之前|前)';
const LEAD =
  '(?:截止(?:日期|时间)?|截至|期限|时限|限期?|最[晚迟]|不晚于)[\\s:为是到至于在]{0,3}|(?:请|要|须|务必)?[在于到至]?';
const DEADLINE = new RegExp(
  `(?:${LEAD})(?<![\\d一二三四五六七八九十])(?<day>${DATE}|${NEAR})(?<until>${UNTIL}|止|为止|截止)(?:要|须|请)?`,
  'g',
);
const NAMED = new RegExp(
  `(?:截止(?:日期|时间)?|期限|时限|最[晚迟]|不晚于)[\\s:为是到至于在]{0,3}(?<day>${DATE}|${NEAR})`,
  'g',
);
const ALONE = new RegExp(
  `(?<=^|[\\s,，。;；!！、\\n])(?:[在于到])?(?<day>${DATE})|(?<![\\d一二三四五六七八九十])(?<day2>${DATE})(?=$|[\\s,，。;；!！\\n])`,
  'g',
);

/**
 * The one day that a sentence gives as the deadline, or else as a day at all; undefined when it gives none, or several.
 * Linear in the words.
 */
export function dayWithin(words: string, now: Date): DayWithin | undefined {
  const text = foldHan(words);
  for (const pattern of [DEADLINE, NAMED, ALONE]) {
    const found = [...text.matchAll(pattern)].flatMap(({ 0: said, index, groups = {} }): DayWithin[] => {
      const { value } = readDay(`${groups.day ?? groups.day2}${groups.until ? '前' : ''}`, now, 'due');
      return value ? [{ day: value, start: index, end: index + said.length }] : [];
    });
    const [only] = found;
    if (only) return found.length === 1 ? only : undefined;
  }
  return undefined;
}
