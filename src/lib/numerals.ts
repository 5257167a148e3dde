/** Finds the numbers that people write: 35, ３５, 1,200, 三十五, 两百, 一百零三, 一万二, 1.2万, 廿五, 三点五. */

/** A number as it stands in a text; `value` is undefined when it cannot be told which number it is (三五, 三四十). */
export interface Numeral {
  readonly start: number;
  readonly end: number;
  readonly value: number | undefined;
}

/** Each digit as it is written, with the capital numerals of receipts, their traditional and their handwritten forms. */
const DIGITS = new Map(
  [
    '零〇○',
    '一壹弌壱',
    '二贰貳弍弐两兩両俩',
    '三叁參叄弎仨参',
    '四肆',
    '五伍',
    '六陆陸',
    '七柒',
    '八捌',
    '九玖',
  ].flatMap((chars, value) => [...chars].map((char): [string, number] => [char, value])),
);
const UNITS = new Map(
  [
    ['十拾', 10],
    ['百佰', 100],
    ['千仟k', 1_000],
    ['万萬w', 10_000],
    ['亿億', 100_000_000],
  ].flatMap(([chars, value]) => [...String(chars)].map((char): [string, number] => [char, Number(value)])),
);
const TENS = new Map([
  ['廿', 20],
  ['卅', 30],
  ['卌', 40],
]);

/** 参 is mostly no digit (参加): only beside a unit of the capital numerals it is one. */
const HAN = `[${[...DIGITS.keys(), ...TENS.keys()].join('').replace('参', '')}十拾百佰千仟万萬亿億]|参(?=[拾佰仟])|(?<=[拾佰仟零])参`;
const ARABIC = '\\d{1,3}(?:,\\d{3})+(?![\\d,])(?:\\.\\d+)?|\\d+(?:\\.\\d+)?';
const ATOM = `(?:(?:${ARABIC})(?:[wk](?![a-z\\d]))?|${HAN})`;
const RUN = new RegExp(`${ATOM}+(?:[点點]${ATOM}+)?`, 'g');
const PART = new RegExp(`${ARABIC}|${HAN}|[wk]`, 'g');

/** The numbers of a text in folded form (see `foldWidth`), in order. Linear in its length. */
export function findNumerals(text: string): Numeral[] {
  return [...text.matchAll(RUN)].map(({ 0: run, index }) => ({
    start: index,
    end: index + run.length,
    value: readNumeral(run),
  }));
}

/**
 * Full-width letters, digits and signs to plain ones, lower case; every character keeps its place.
 * The Chinese comma stays one: between digits it parts numbers, the plain one may group thousands.
 */
export function foldWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff0b\uff0d-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[\u3000\u00a0\t]/g, ' ')
    .replace(/﹪/g, '%')
    .replace(/[A-Z]/g, (char) => char.toLowerCase());
}

/** The value of one number; undefined when it is none, or could be several. */
export function readNumeral(run: string): number | undefined {
  const [whole = '', part] = run.split(/[点點]/);
  if (part !== undefined) return readSpokenFraction(whole, part);
  const parts = run.match(PART) ?? [];
  if (parts.length > 1 && parts.every((char) => DIGITS.has(char))) return readDigits(parts);
  return readMixed(parts);
}

/** 三点五, 两点五万: behind the point digits one by one, then at most one unit. 点五十 and 点30 may be minutes. */
function readSpokenFraction(whole: string, part: string): number | undefined {
  const before = readNumeral(whole);
  const chars = [...part];
  const unit = UNITS.get(chars.at(-1) ?? '');
  const digits = unit === undefined ? chars : chars.slice(0, -1);
  const after = digits.map((char) => DIGITS.get(char) ?? (/\d/.test(char) ? Number(char) : Number.NaN));
  if (before === undefined || !Number.isInteger(before) || after.length === 0 || after.includes(Number.NaN))
    return undefined;
  if (after.at(-1) === 0) return undefined;
  if (unit !== undefined && !isTimes(before, unit)) return undefined;
  return clean(Number(`${before}.${after.join('')}`) * (unit ?? 1));
}

/** Whether people count units like this: 3.5千, 120万, but neither 12百 nor 3.5十. */
function isTimes(count: number, unit: number): boolean {
  return unit >= 10_000 ? count < 10_000 : unit > 10 && count < 10;
}

/** 一〇三 and 二〇二六 are read digit by digit; 三五 may mean three to five. */
function readDigits(chars: readonly string[]): number | undefined {
  const digits = chars.map((char) => DIGITS.get(char) ?? 0);
  return digits.includes(0) && digits[0] !== 0 ? Number(digits.join('')) : undefined;
}

function readMixed(parts: readonly string[]): number | undefined {
  const [first = '', then, ...more] = parts;
  if (/^\d/.test(first) && (then === undefined || UNITS.has(then)) && more.length === 0) {
    // 35, 1.2万, 3千, 15k.
    const count = Number(first.replaceAll(',', ''));
    const unit = UNITS.get(then ?? '') ?? 1;
    return unit === 1 || then === 'k' || isTimes(Math.floor(count), unit) ? clean(count * unit) : undefined;
  }
  return readPlaces(parts);
}

/** 一万二千零三十, 3千500, 一百五: every place smaller than the one before, 零 only where places are left out. */
function readPlaces(parts: readonly string[]): number | undefined {
  let total = 0;
  let section = 0;
  let digit: string | undefined;
  let zero = false;
  /** The last place within its section, and the last of the large ones. */
  let small = Number.POSITIVE_INFINITY;
  let large = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    const unit = UNITS.get(part);
    const ten = TENS.get(part);
    const last = Math.min(small, large);
    if (ten !== undefined) {
      if (digit !== undefined || small <= 10 || (zero && last <= 100)) return undefined;
      section += ten;
      small = 10;
      zero = false;
    } else if (unit === undefined) {
      if (digit !== undefined || /[.,]/.test(part)) return undefined;
      if (DIGITS.get(part) !== 0 || parts.length === 1) digit = part;
      else if (zero || last === Number.POSITIVE_INFINITY) return undefined;
      else zero = true;
    } else if (unit < 10_000) {
      // 十 and 一百十 are said, 一千百 and 一万十 are not.
      const bare = unit === 10 && (small === 100 || last === Number.POSITIVE_INFINITY) ? 1 : Number.NaN;
      const count = digit === undefined ? bare : worth(digit);
      if (unit >= small || !(count >= 1 && count < 10) || (zero && unit * 10 >= last)) return undefined;
      section += count * unit;
      small = unit;
      digit = undefined;
      zero = false;
    } else {
      // 三百五万 is 350万 to some and 305万 to others.
      if (digit !== undefined && section > 0 && small !== 10 && !zero) return undefined;
      section += digit === undefined ? 0 : worth(digit);
      if (unit >= large || section === 0 || section >= 10_000) return undefined;
      total += section * unit;
      section = 0;
      digit = undefined;
      zero = false;
      large = unit;
      small = unit;
    }
  }
  if (digit === undefined) return zero ? undefined : clean(total + section);
  const rest = lastDigits(digit, Math.min(small, large), zero);
  return rest === undefined ? undefined : clean(total + section + rest);
}

/** What stands behind the last unit: 一万二 is 12000, 3千500 is 3500; 1千05 could be both 1005 and 1500. */
function lastDigits(digit: string, last: number, zero: boolean): number | undefined {
  const value = worth(digit);
  if (last === Number.POSITIVE_INFINITY) return value;
  if (zero) return value * 10 < last && value > 0 ? value : undefined;
  if (last === 10) return value < 10 && digit.length === 1 ? value : undefined;
  if (digit.length === 1) return value > 0 ? (value * last) / 10 : undefined;
  return String(last).length - 1 === digit.length ? value : undefined;
}

function worth(digit: string): number {
  return DIGITS.get(digit) ?? Number(digit);
}

function clean(value: number): number | undefined {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : undefined;
}
