/** Finds the numbers that people write: 35, ３５, 1,200, 三十五, 两百, 一百零三, 一万二, 1.2万, 廿五, 三点五. */

/** A number as it stands in a text; `value` is undefined when it cannot be told which number it is (三五, 三四十). */
export interface Numeral {
  readonly start: number;
  readonly end: number;
  readonly value: number | undefined;
}

const DIGITS = new Map(
  [...'零一二三四五六七八九']
    .map((char, value): [string, number] => [char, value])
    .concat(
      [...'壹贰叁肆伍陆柒捌玖'].map((char, at): [string, number] => [char, at + 1]),
      [
        ['〇', 0],
        ['○', 0],
        ['两', 2],
        ['俩', 2],
        ['仨', 3],
      ],
    ),
);
const UNITS = new Map([
  ['十', 10],
  ['拾', 10],
  ['百', 100],
  ['佰', 100],
  ['千', 1_000],
  ['仟', 1_000],
  ['k', 1_000],
  ['万', 10_000],
  ['萬', 10_000],
  ['w', 10_000],
  ['亿', 100_000_000],
]);
const TENS = new Map([
  ['廿', 20],
  ['卅', 30],
]);

const HAN = `${[...DIGITS.keys(), ...TENS.keys()].join('')}十拾百佰千仟万萬亿`;
const ARABIC = '\\d{1,3}(?:,\\d{3})+(?![\\d,])(?:\\.\\d+)?|\\d+(?:\\.\\d+)?';
const RUN = new RegExp(
  `[${HAN}]+点[零〇一二三四五六七八九]+(?![十百千万点分钟刻])|(?:(?:${ARABIC})(?:[wk](?![a-z\\d]))?|[${HAN}])+`,
  'g',
);
const PART = new RegExp(`${ARABIC}|[${HAN}wk]`, 'g');

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
  const [whole = '', part] = run.split('点');
  if (part !== undefined) {
    const before = readNumeral(whole);
    const after = [...part].map((char) => DIGITS.get(char) ?? 0).join('');
    return before === undefined ? undefined : Number(`${before}.${after}`);
  }
  const parts = run.match(PART) ?? [];
  if (parts.length > 1 && parts.every((char) => DIGITS.has(char))) return readDigits(parts);
  return readMixed(parts);
}

/** 一〇三 and 二〇二六 are read digit by digit; 三五 may mean three to five. */
function readDigits(chars: readonly string[]): number | undefined {
  const digits = chars.map((char) => DIGITS.get(char) ?? 0);
  return digits.includes(0) && digits[0] !== 0 ? Number(digits.join('')) : undefined;
}

function readMixed(parts: readonly string[]): number | undefined {
  let total = 0;
  let section = 0;
  let digit: number | undefined;
  let zero = false;
  /** The last unit within its section, and the last of the large ones: both only get smaller. */
  let small = Number.POSITIVE_INFINITY;
  let large = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    const unit = UNITS.get(part);
    const ten = TENS.get(part);
    if (ten !== undefined) {
      if (digit !== undefined || small <= 10) return undefined;
      section += ten;
      small = 10;
    } else if (unit === undefined) {
      const value = DIGITS.get(part) ?? Number(part.replaceAll(',', ''));
      if (digit !== undefined) return undefined;
      if (value === 0 && DIGITS.has(part) && parts.length > 1) zero = true;
      else digit = value;
    } else if (unit < 10_000) {
      if (unit >= small || (digit === undefined && unit !== 10)) return undefined;
      section += (digit ?? 1) * unit;
      small = unit;
      digit = undefined;
      zero = false;
    } else {
      section += digit ?? 0;
      if (unit >= large || section === 0) return undefined;
      total += section * unit;
      section = 0;
      digit = undefined;
      zero = false;
      large = unit;
      small = unit;
    }
  }
  if (digit === undefined) return zero ? undefined : clean(total + section);
  const last = Math.min(small, large);
  if (last === Number.POSITIVE_INFINITY || zero || last === 10) {
    return digit < Math.min(last, 10 ** 12) ? clean(total + section + digit) : undefined;
  }
  // 一万二 is 12000, 3千500 is 3500.
  return clean(total + section + (digit < 10 ? (digit * last) / 10 : digit < last ? digit : Number.NaN));
}

function clean(value: number): number | undefined {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : undefined;
}
