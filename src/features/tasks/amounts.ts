/** Reads how much a line says was done, for one unit of measure. Whatever could mean two things is a doubt. */
import { findNumerals, foldWidth, type Numeral, readNumeral } from '../../lib/numerals.ts';
import {
  AFTER,
  APPROACHING,
  ASKS,
  BEFORE,
  COUNTED,
  DONE,
  FRACTIONAL,
  HARMLESS_AFTER,
  HARMLESS_BEFORE,
  HEDGED,
  NO_AMOUNTS,
  NONE_OF_THEM,
  NOT_DONE,
  NOT_THIS_ONE,
  RATE,
  SAME_MEASURE,
  TAKES_BACK,
  WHOLE,
} from './phrases.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a line says. `doubt`: it may mean something else; then amount and percent are only what to offer. */
export interface CheckinInput {
  readonly amount?: number;
  readonly percent?: number;
  readonly done?: true;
  readonly doubt: boolean;
  /** The unit of measure was written out. */
  readonly measured: boolean;
  /** What of the line says so. */
  readonly spans: readonly Span[];
}

interface Found extends Numeral {
  readonly kind: 'measured' | 'bare' | 'other' | 'percent';
}

const MOST = 10_000_000;
const CLAUSE_ENDS = new Set(',，。;；!！、\n');
/** Behind one of these a number stands by itself; the last two are the marks. */
const PAUSES = new Set(' ,，。;；!！、\n:：…—–-=()（）[]【】《》“”"✅☑✔\ue000\ue001');
/** Nobody reads more than this between a pause and a number. */
const LONGEST_NEAR = 40;
/** In place of the task's name, and of numbers that are no amounts. */
const MARK = '\ue000';
const OTHER = '\ue001';

/** @param line folded, what names the task already replaced by U+E000, character for character */
export function readAmount(line: string, measure: string | null): CheckinInput {
  const masked = maskOut(line);
  const doubtful = ASKS.test(masked) || TAKES_BACK.test(masked);
  const corrected = correction(masked, measure);
  if (corrected) return { amount: corrected.value, doubt: false, measured: true, spans: [corrected] };
  const percents = findPercents(masked);
  const percentSpans = percents.map(({ start, end }) => ({ start, end }));
  const found = classify(blank(masked, percentSpans), measure);
  const amount = pickAmount(masked, found, measure);
  const percent = pickPercent(percents, masked, amount !== undefined);
  if (amount || percent) {
    const doubt = doubtful || (amount?.doubt ?? false) || (percent?.doubt ?? false);
    return {
      ...(amount?.value !== undefined && { amount: amount.value }),
      ...(percent?.value !== undefined && { percent: percent.value }),
      doubt,
      measured: amount?.measured ?? false,
      spans: [...(amount?.spans ?? []), ...(percent?.spans ?? [])],
    };
  }
  return { ...readDone(masked, measure, found), measured: false, spans: [] };
}

function blank(text: string, spans: readonly Span[]): string {
  let result = text;
  for (const { start, end } of spans)
    result = result.slice(0, start) + MARK.repeat(end - start) + result.slice(end);
  return result;
}

/** Numbers that are no amounts give way to as many marks; what was the task's name stays a mark. */
function maskOut(line: string): string {
  return NO_AMOUNTS.reduce(
    (text, pattern) =>
      text.replace(pattern, (hit, ...more) => {
        const at = Number(more.find((one) => typeof one === 'number'));
        // 三八 of 三八二〇, 五点 of 零五点: a piece of a longer number is no date and no time.
        const torn = isOneNumber(text[at - 1], hit[0]) || isOneNumber(hit.at(-1), text[at + hit.length]);
        return torn ? hit : OTHER.repeat(hit.length);
      }),
    line,
  );
}

function isOneNumber(left = '', right = ''): boolean {
  return [/^\d\d$/, /^[零〇○一二两三四五六七八九十百千万亿]{2}$/].some((of) => of.test(left + right));
}

/** 不是35是53户: the second number, said as clearly as can be. */
function correction(line: string, measure: string | null): (Span & { value: number }) | undefined {
  const hit = /不是\s*([^,，。;；\s]{1,12}?)\s*[,，]?\s*(?:而是|应该是|是)\s*/.exec(line);
  if (!hit || measure === null) return undefined;
  const [wrong, ...more] = findNumerals(line.slice(0, hit.index + hit[0].length));
  const from = hit.index + hit[0].length;
  const [right, ...rest] = findNumerals(line.slice(from));
  if (!wrong || more.length > 0 || !right || right.start !== 0 || rest.length > 0) return undefined;
  const after = line.slice(from + right.end);
  const length = measureLength(after, measure);
  if (right.value === undefined || length === 0 || isQualified(after.slice(length))) return undefined;
  return { start: hit.index, end: from + right.end + length, value: right.value };
}

/** A unit of measure as people write it, the longest first. */
function namesOf(measure: string): readonly string[] {
  const own = foldWidth(measure);
  const names = SAME_MEASURE.find((same) => same.includes(own)) ?? [own];
  return [...names].sort((a, b) => b.length - a.length);
}

/** How many characters of `after` are this unit of measure, spaces before it counted in; 0: it is another one. */
function measureLength(after: string, measure: string): number {
  const space = /^[ .]?/.exec(after)?.[0].length ?? 0;
  const name = namesOf(measure).find((word) => after.startsWith(word, space));
  if (name === undefined) return 0;
  const next = after[space + name.length] ?? '';
  // 户次 and 人次 count something else than 户 and 人; 个 is said of everything.
  if (next === '次' && name !== '次') return 0;
  if (name === '次' && /[日要序]/.test(next)) return 0;
  if (/[a-z]$/.test(name) && /[a-z]/.test(next)) return 0;
  return space + name.length;
}

function classify(line: string, measure: string | null): Found[] {
  return findNumerals(line).map((numeral) => {
    const after = line.slice(numeral.end);
    if (measure !== null) {
      // 12万元 where 万元 is the measure.
      const short = withoutBig(line, numeral, measure);
      if (short) return short;
      const length = measureLength(after, measure);
      if (length > 0)
        return withHalf(line, { ...numeral, end: numeral.end + length, kind: 'measured' }, measure);
    }
    return { ...numeral, kind: isBare(line, numeral) ? 'bare' : 'other' };
  });
}

/** Of 12万元 and of 12万, where 万元 is the measure, the number is 12; of 120000 nobody can tell. */
function withoutBig(line: string, { start, end }: Numeral, measure: string): Found | undefined {
  const big = namesOf(measure).flatMap((name) => /^[百千万亿](?=.)/.exec(name)?.[0] ?? [])[0];
  if (big === undefined) return undefined;
  const run = line.slice(start, end);
  const bare = isBare(line, { start, end });
  if (run.endsWith(big) || (big === '万' && run.endsWith('w'))) {
    const value = readNumeral(run.slice(0, -1));
    const length = measureLength(line.slice(end - 1), measure);
    if (length > 0) return { start, end: end - 1 + length, value, kind: 'measured' };
    if (bare) return { start, end, value, kind: 'bare' };
  }
  const small = /^[\d.十廿卅一二三四五六七八九点]+$/.test(run) && (readNumeral(run) ?? MOST) < 10_000;
  return bare && !small ? { start, end, value: undefined, kind: 'bare' } : undefined;
}

/** 三亩半 is 3.5. */
function withHalf(line: string, found: Found, measure: string): Found {
  const half = /^半(?![年月天\p{Script=Han}])/u.test(line.slice(found.end));
  if (!half) return found;
  const value = found.value === undefined || WHOLE.test(measure) ? undefined : found.value + 0.5;
  return { ...found, end: found.end + 1, value };
}

/** Stands by itself: no word after it says what it counts. */
function isBare(line: string, { start, end }: Span): boolean {
  const next = line.slice(end);
  if (!/^(?:\s|$|[^\p{L}\p{N}%‰]|已|了|全|都)/u.test(next)) return false;
  // 5 km and 90 percent count something else.
  if (/^\s[a-z]/.test(next) && !/^\s(?:ok|done)(?![a-z])/.test(next)) return false;
  if (
    /^\s?(?![零一二两三四五六七八九十百千万])[\p{Script=Han}]{1,2}(?:\s|$|[,，。])/u.test(next) &&
    !/^\s?[已了全都完]/.test(next)
  )
    return false;
  const run = line.slice(start, end);
  const before = line[start - 1] ?? ' ';
  // 统一, 唯一: a syllable of a word.
  return /\d/.test(run) || !/\p{Script=Han}/u.test(before) || run.length > 1;
}

interface Picked {
  readonly value: number | undefined;
  readonly doubt: boolean;
  readonly measured: boolean;
  readonly spans: readonly Span[];
}

function pickAmount(line: string, found: readonly Found[], measure: string | null): Picked | undefined {
  const vague = measure !== null && isVague(line, measure);
  const measured = found.filter(({ kind }) => kind === 'measured');
  const bare = found.filter(
    (one) => one.kind === 'bare' && !isDateLike(line, one) && !isLongNumber(line, one),
  );
  if (measure === null) return undefined;
  const [first, second, third] = measured;
  if (!first) {
    const others = found.some(({ kind }) => kind === 'other');
    const [only, more] = bare;
    if (only && !more && !vague) {
      const { value } = only;
      const whole = line.slice(only.start, only.end);
      const odd = /^(?:19|20)\d\d$/.test(whole) || (others && glued(line, only));
      return { value, doubt: odd || isDoubtful(line, only, measure), measured: false, spans: [only] };
    }
    return bare.length > 0 || vague
      ? { value: undefined, doubt: true, measured: false, spans: [] }
      : undefined;
  }
  const part =
    second &&
    !third &&
    /其中|含|包括/.test(line.slice(first.end, second.start)) &&
    (second.value ?? Number.NaN) <= (first.value ?? Number.NaN);
  const clear =
    part && bare.length === 0 && !isDoubtful(line, first, measure) && !AFTER.test(line.slice(second.end));
  if (clear) return { value: first.value, doubt: vague, measured: true, spans: [first] };
  const plain = measured.filter((one) => !isDoubtful(line, one, measure));
  const one = measured.length === 1 ? first : plain.length === 1 ? plain[0] : undefined;
  const none = vague || (one?.value ?? 0) > MOST || TAKES_BACK.test(line);
  const negated =
    one && (BEFORE[0]?.test(clauseBefore(line, one.start)) || NONE_OF_THEM.test(line.slice(one.end)));
  const doubt = measured.length > 1 || bare.length > 0 || vague || plain.length === 0;
  return { value: none || negated ? undefined : one?.value, doubt, measured: true, spans: one ? [one] : [] };
}

/** 35 3组: the bare number may belong to what follows. */
function glued(line: string, { start, end }: Span): boolean {
  return /^\s?[\d]/.test(line.slice(end)) || /\d\s?$/.test(line.slice(0, start));
}

/** 几户, 数十户, 好多户 say no number; 半户 is none. */
function isVague(line: string, measure: string): boolean {
  const hit = new RegExp(
    `(?:几|数|多|余|来|许多|若干|上[百千万]|[十百千万][几多余来]|半)[十百千万]*(?:来|多|余)?个?\\s?${escapeText(foldWidth(measure))}`,
  );
  return hit.test(line);
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** A telephone, a licence plate. */
function isLongNumber(line: string, { start, end }: Span): boolean {
  return /^\d{7,}$/.test(line.slice(start, end));
}

/** 11.20, 11-20, 11/20 may be a day. */
function isDateLike(line: string, { start, end }: Span): boolean {
  const around = line.slice(Math.max(0, start - 3), end + 3);
  return /(?<!\d)(?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|[12]\d|3[01])(?![\dw万千百])/.test(around);
}

/** The words of the same clause that stand before. */
function clauseBefore(line: string, start: number): string {
  let from = start;
  while (from > 0 && !CLAUSE_ENDS.has(line[from - 1] ?? '')) from -= 1;
  return line.slice(from, start);
}

/** Whether something glued to the front of a number makes it another one, or could: 突破40, 二分之一, 1e3. */
function isCompounded(line: string, start: number): boolean {
  let from = start;
  while (from > 0 && !PAUSES.has(line[from - 1] ?? '')) from -= 1;
  return start - from > LONGEST_NEAR || line.slice(from, start).replace(HARMLESS_BEFORE, '') !== '';
}

/** Whether what follows a number makes it another one, or could: 40开外, 40户困难群众左右, 35户，大概. */
function isQualified(after: string): boolean {
  return (
    AFTER.test(after) ||
    AFTER.test(after.replace(COUNTED, '')) ||
    !HARMLESS_AFTER.test(after) ||
    HEDGED.test(after)
  );
}

function isDoubtful(line: string, { start, end, value }: Numeral, measure: string): boolean {
  if (value === undefined || value > MOST) return true;
  if (!Number.isInteger(value) && !FRACTIONAL.test(measure)) return true;
  // 3公里500米 is more than 3公里.
  if (FRACTIONAL.test(measure) && /^\s?[\d零一二三四五六七八九十百]/.test(line.slice(end))) return true;
  const before = clauseBefore(line, start);
  if (BEFORE.some((pattern) => pattern.test(before)) || NOT_THIS_ONE.test(before.trimEnd())) return true;
  if (isCompounded(line, start)) return true;
  // 30-35户, 3×12户, 35/50户, -5户; a dash right after the task's name only parts them.
  const sign = /[-—−*×x/:.]\s?$/.exec(before)?.[0];
  if (sign?.startsWith(':') && /\d\s?:\s?$/.test(before)) return true;
  const parts = sign && /^[-—]/.test(sign) && /[\ue000\s][-—:]+\s?$/.test(before) && !/\s[-−]$/.test(before);
  if (sign && !sign.startsWith(':') && !parts) return true;
  if (
    /[\d\p{L}]\s?[-~～—]+\s?$/u.test(before) ||
    (/(?:到|至|或)\s?$/.test(before) && /\d|[一二三四五六七八九十]/.test(before))
  )
    return true;
  return isQualified(line.slice(end));
}

interface Percent extends Span {
  readonly value: number | undefined;
  readonly doubt: boolean;
}

function findPercents(line: string): Percent[] {
  const found: Percent[] = [];
  for (const { 0: hit, index, groups } of line.matchAll(
    /百分之(?<han>百(?![\d一二三四五六七八九])|[\d.零〇一二三四五六七八九十百点两]+)|(?<num>\d+(?:\.\d+)?)\s?%|百分百|(?<tenth>[一二三四五六七八九]|(?<!\d)[1-9])成(?<half>半)?(?![立员功果为本熟绩效都长套型\p{Script=Han}])|(?<!大|多|过)一半(?!以)/gu,
  )) {
    const { han, num, tenth, half } = groups ?? {};
    const [read] = findNumerals(han ?? num ?? tenth ?? '');
    const value =
      han === '百' || hit === '百分百'
        ? 100
        : hit === '一半'
          ? 50
          : tenth
            ? (read?.value ?? Number.NaN) * 10 + (half ? 5 : 0)
            : read?.value;
    const end = index + hit.length;
    const before = clauseBefore(line, index);
    const doubt =
      value === undefined ||
      value > 100 ||
      BEFORE.some((pattern) => pattern.test(before)) ||
      APPROACHING.test(before) ||
      isCompounded(line, index) ||
      /[-\d/到至]\s?$/.test(before) ||
      isQualified(line.slice(end)) ||
      // 百分之三亩, 3成5.
      /^(?:的|点|\d|[百千万亿]|[\p{Script=Han}]$)/u.test(line.slice(end));
    found.push({ start: index, end, value, doubt });
  }
  return found;
}

/** Of another rate (满意率98%) the percent says nothing about how much is done. */
function pickPercent(percents: readonly Percent[], line: string, hasAmount: boolean): Picked | undefined {
  const own = percents.filter(({ start }) => !RATE.test(line.slice(0, start)));
  const [only, more] = own;
  if (!only || more) {
    if (percents.length === 0 || (own.length === 0 && hasAmount)) return undefined;
    return { value: undefined, doubt: true, measured: false, spans: [] };
  }
  return { value: only.value, doubt: only.doubt, measured: false, spans: [only] };
}

function readDone(
  line: string,
  measure: string | null,
  found: readonly Found[],
): Pick<CheckinInput, 'done' | 'doubt'> {
  const clauses = line.split(/[,，。;；!！\n]/);
  const says = clauses.find(
    (clause) => DONE.test(clause) || (measure === null && /\ue000\s?(?:完|好|过)?了\s*$/.test(clause)),
  );
  if (says === undefined) return { doubt: true };
  const counts =
    measure === null
      ? /(?:完成|[完好]了?)\s?(?:\d|[一二两三四五六七八九十]+[\p{Script=Han}])|[\d一二两三四五六七八九十]个?(?:小?组|队|村|片|网格|社区|单元|栋)/u.test(
          says,
        )
      : found.some(({ kind, start, end }) => kind !== 'measured' && /\d/.test(line.slice(start, end)));
  // 周五完成 may be a promise.
  const promised = says.includes(OTHER) && !/[已了过毕✅☑✔]/.test(says);
  const doubt = counts || promised || NOT_DONE.test(withoutHarmless(line)) || TAKES_BACK.test(line);
  return doubt ? { doubt } : { done: true, doubt };
}

/** 无问题 and 未发现隐患 say that all is well, not that it is not done. */
function withoutHarmless(line: string): string {
  return line
    .replace(/(?:没有?|未|无)(?:发现|出现|见|任何|异常|问题|隐患|安全)[^,，。;；!！]*/g, '')
    .replace(/不错|不漏|不落|差异|需求|应急|主要|重要|要求|任务|服务|想法|思想|希望|应该/g, '');
}
