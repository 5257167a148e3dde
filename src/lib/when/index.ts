/** Reads days and times of day as people say them. What is not wholly understood is left open, with the reason. */
import { addDays, dayOf, daysBetween, instant, mondayOf, sayDay } from '../dates.ts';
import { findPieces } from './rules.ts';
import type { Piece, Toward } from './values.ts';
import { plain } from './words.ts';

export type { Toward };

/** Longer words are not read at all: nobody needs more to say when. */
export const MOST_SAID = 40;
/** Nothing is planned further ahead, in days. */
const FURTHEST = 730;

/** Either what was read, or why it could not be: a sentence without its full stop. */
export type Reading<T> =
  | { readonly value: T; readonly why?: never }
  | { readonly value?: never; readonly why: string };

/** A day (`YYYY-MM-DD`) and a time (`HH:MM`) in Asia/Shanghai; each absent when nothing was said of it. */
export interface When {
  readonly date?: Reading<string>;
  readonly time?: Reading<string>;
}

const SO = '几点请写成 15:00 这样';
const TOO_LONG = { why: `时间请用${MOST_SAID}个字以内说清楚` };

/** Nothing is planned for a later day. */
export function latestDay(today: string): string {
  return addDays(today, FURTHEST);
}

/** What is said of a day that is over, with what to type instead; without its full stop. */
export function pastDay(day: string, today: string): string {
  return `${sayDay(day, today)}已经过了，请写今天以后的日期，例如${sayDay(addDays(today, 7), today)}`;
}

/** When a meeting is to be: `下周三下午3点` → a day and a time, `明天` → a day, `平安法治星` → neither. */
export function readWhen(words: string, now: Date): When {
  const text = plain(words, MOST_SAID);
  if (text === undefined) return { date: TOO_LONG, time: TOO_LONG };
  const today = dayOf(now);
  const { pieces } = findPieces(text, { now, today, toward: 'ahead' });
  if (pieces.some(({ kind }) => kind === 'unclear')) {
    const unclear = { why: `“${words.trim()}”没有全看懂，请选日期、写几点` };
    return { date: unclear, time: unclear };
  }
  const has = (kind: Piece['kind']) => pieces.some((piece) => piece.kind === kind);
  const said = settleDots(pieces, has('time') ? 'day' : has('day') ? 'time' : 'either');
  const date = judgeDay(said, today, 'ahead');
  const time = judgeTime(said);
  const over = date?.value && time?.value && instant(date.value, time.value) <= now;
  if (over)
    return { date, time: { why: `${sayDay(date.value, today)} ${time.value}已经过了，请写以后的时间` } };
  return { ...(date && { date }), ...(time && { time }) };
}

/** A day and nothing else, for a field: `12月9日`, `下周三`, as a deadline also `12月9日前`; looking back, the last one. */
export function readDay(words: string, now: Date, toward: Toward): Reading<string> {
  const text = plain(words, MOST_SAID);
  if (text === undefined) return { why: `日期请用${MOST_SAID}个字以内说清楚` };
  const today = dayOf(now);
  const { pieces, rest } = findPieces(text, { now, today, toward });
  const said = settleDots(pieces, 'day');
  const alone = HARMLESS_REST.test(rest) && said.every(({ kind }) => ABOUT_DAY.has(kind));
  const found = alone && judgeDay(said, today, toward);
  return found || { why: `“${words.trim()}”没看懂，日期请写成 ${sayDay(today, today)} 这样` };
}
const ABOUT_DAY: ReadonlySet<Piece['kind']> = new Set(['day', 'weekday', 'noDay', 'someDay']);
const HARMLESS_REST = /^[延改推定到至在于完成的，,。.、()]*$/;

/** `12.9` is a day, or a time, or there is no telling. */
function settleDots(pieces: readonly Piece[], as: 'day' | 'time' | 'either'): readonly Piece[] {
  return pieces.flatMap((piece): readonly Piece[] => {
    if (piece.kind !== 'dots') return [piece];
    const { words, day } = piece;
    if (as === 'day') return [day === undefined ? { kind: 'noDay', words } : { kind: 'day', day, words }];
    const someTime = { kind: 'someTime', words } as const;
    return as === 'time' ? [someTime] : [{ kind: 'someDay', words }, someTime];
  });
}

/** A time of day alone, for a field: `9:30`, `下午3点`, `15点半`; not 3点, which can be in the night. */
export function readTime(words: string): Reading<string> {
  const [time, why] = timeAlone(words);
  return judgeTime(time) ?? why;
}

/** Two times of a day, the later one last: `9:00-17:30`, `上午9点到下午5点半`, `14:00 17:00`. */
export function readHours(words: string): Reading<{ readonly from: string; readonly to: string }> {
  const [pieces, why] = timeAlone(words.trim().replace(/\s+/, '到'));
  const from = judgeTime(pieces)?.value;
  const [to, ...others] = pieces.flatMap((piece) => (piece.kind === 'time' ? (piece.until ?? []) : []));
  return from && to && others.length === 0 ? { value: { from, to } } : why;
}

/** The pieces of words that say a time and nothing else, and what to answer when they do not. */
function timeAlone(words: string): readonly [readonly Piece[], { readonly why: string }] {
  const text = plain(words, MOST_SAID);
  if (text === undefined) return [[], TOO_LONG];
  const now = new Date(0);
  const { pieces, rest } = findPieces(text, { now, today: dayOf(now), toward: 'ahead' });
  const alone =
    HARMLESS_REST.test(rest) &&
    pieces.every(({ kind }) => kind === 'time' || kind === 'period' || kind === 'someTime');
  return [alone ? pieces : [], { why: `“${words.trim()}”没看懂，${SO}` }];
}

/** The one day that all pieces agree on; undefined when none speaks of a day. */
function judgeDay(pieces: readonly Piece[], today: string, toward: Toward): Reading<string> | undefined {
  const days = new Map<string, string>();
  const weekdays = new Map<number, string>();
  for (const piece of pieces) {
    const { kind, words } = piece;
    if (kind === 'someDay') return { why: `“${words}”是哪一天？请选日期` };
    if (kind === 'noDay') return { why: `没有“${words}”这一天，日期请写成 ${sayDay(today, today)} 这样` };
    if (kind === 'day') days.set(piece.day, words);
    if (kind === 'weekday') weekdays.set(piece.weekday, words);
  }
  const [weekday, another] = weekdays.keys();
  if (days.size > 1 || another !== undefined) {
    const all = [...days.values(), ...(another === undefined ? [] : weekdays.values())];
    return { why: `${all.map((words) => `“${words}”`).join('和')}是哪一天？请选日期` };
  }
  const [said] = days.keys();
  if (said === undefined) return weekday === undefined ? undefined : nearest(weekday, today, toward);
  const day = sayDay(said, today);
  if (weekday !== undefined && weekday !== weekdayOf(said))
    return { why: `${day}是周${NAMES[weekdayOf(said)]}，不是周${NAMES[weekday]}，请选日期` };
  if (toward === 'back') return { value: said };
  if (said < today) return { why: pastDay(said, today) };
  const latest = latestDay(today);
  return said > latest ? { why: `日期最晚到${latest}，请另选一天` } : { value: said };
}

const NAMES = '日一二三四五六日';

function weekdayOf(day: string): number {
  return daysBetween(mondayOf(day), day) + 1;
}

/** 周三 is the next that comes, looking back the last; on a Wednesday it can be two. */
function nearest(weekday: number, today: string, toward: Toward): Reading<string> {
  const away = (weekday - weekdayOf(today) + 7) % 7;
  if (away === 0) return { why: `“周${NAMES[weekday]}”是不是今天？请选日期` };
  return { value: addDays(today, toward === 'back' ? away - 7 : away) };
}

/** The one time that all pieces agree on; undefined when none speaks of a time. */
function judgeTime(pieces: readonly Piece[]): Reading<string> | undefined {
  const about = pieces.filter(({ kind }) => kind === 'time' || kind === 'period' || kind === 'someTime');
  if (about.length === 0) return undefined;
  const times = about.flatMap((piece) => (piece.kind === 'time' ? [piece.at] : []));
  const periods = about.flatMap((piece) => (piece.kind === 'period' ? [piece.hours] : []));
  const meant = (times[0] ?? []).filter(
    (time) =>
      times.every((other) => other.includes(time)) &&
      periods.every(([from, to]) => Number(time.slice(0, 2)) >= from && Number(time.slice(0, 2)) <= to),
  );
  const [time, second] = about.some(({ kind }) => kind === 'someTime') ? [] : meant;
  if (time !== undefined && second === undefined) return { value: time };
  const words = about.map((piece) => piece.words).join('、');
  return { why: second === undefined ? `“${words}”没说准，${SO}` : `“${words}”是上午还是下午？${SO}` };
}
