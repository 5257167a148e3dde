/**
 * The grammar of days and hours as people say them in Chinese: a table of rules, tried in order at each place of the
 * words. What no rule takes is harmless as long as it cannot be about time; else it is `unclear`, and nobody guesses.
 */
import { addDays } from '../dates.ts';
import {
  counted,
  day,
  type Found,
  type Groups,
  hoursOf,
  inWeek,
  lastOf,
  later,
  lunar,
  monthFrom,
  monthOf,
  number,
  offsetOf,
  ofMonth,
  PERIODS,
  type Piece,
  readSpan,
  type Situation,
  soon,
  type Toward,
  weekdayOf,
  yearIn,
  yearly,
  yearOf,
  ymd,
} from './values.ts';
import {
  BLUR,
  COUNT,
  DIGITS,
  END,
  HAN,
  HARMLESS,
  LUNAR,
  N,
  NEAR,
  NO_NUMBER,
  SOME_DAY,
  SOME_TIME,
  SUSPICIOUS,
  UNTIL,
  WEEK,
  YEAR,
} from './words.ts';

/** What a rule makes of its match; undefined when it is none after all. */
type Read = (groups: Groups, at: Situation, words: string) => readonly Found[] | undefined;

const AFTER = '(?:以后|之后|过后|后)';
const TO = '(?:[-~—–―〜]+|至|到)';

const PERIOD = PERIODS.map(([words]) => words).join('|');
/** `3点半`, `15:30`, `3pm`, in groups whose names begin with `a`; the hour alone where `ahead` matches. */
const clock = (a: string, ahead = '(?!)') =>
  `(?:(?<${a}h>${N})(?:(?:点钟?|时)(?:(?<${a}m>\\d{2}|[零〇][${DIGITS}]|[二三四五]十[一二三四五六七八九]?|十[一二三四五六七八九])${END}(?![号日分刻./])|(?<${a}minute>${N})分(?!钟)|(?<${a}quarter>[一三13])刻|(?<${a}half>半)|整)?|(?=${ahead}))` +
  `|(?<${a}H>\\d{1,2}):(?<${a}M>\\d{2})(?![\\d:])(?: ?(?<${a}s>am|pm))?|(?<${a}x>\\d{1,2}) ?(?<${a}y>am|pm))`;

type MonthDay = readonly [month: number, day: number];
const FESTIVALS: readonly (readonly [words: string, day: MonthDay])[] = [
  ['元旦', [1, 1]],
  ['三八(?:妇女)?节|妇女节', [3, 8]],
  ['植树节', [3, 12]],
  ['五一(?:国际)?(?:劳动)?节?|劳动节', [5, 1]],
  ['五四(?:青年)?节|青年节', [5, 4]],
  ['六一(?:国际)?(?:儿童)?节?|儿童节', [6, 1]],
  ['七一(?:建党)?节?|建党节', [7, 1]],
  ['八一(?:建军)?节?|建军节', [8, 1]],
  ['教师节', [9, 10]],
  ['(?:十一)?国庆', [10, 1]],
  ['国家宪法日|宪法日', [12, 4]],
];
/** By the lunar calendar; day 0 is the last of the year. */
const LUNAR_FESTIVALS: readonly (readonly [words: string, day: MonthDay])[] = [
  ['春节', [1, 1]],
  ['元宵', [1, 15]],
  ['端午', [5, 5]],
  ['七夕', [7, 7]],
  ['中秋', [8, 15]],
  ['重阳', [9, 9]],
  ['腊八', [12, 8]],
  ['除夕|大年三十|年三十', [12, 0]],
];
const NEAR_DAYS: readonly (readonly [words: string, days: number])[] = [
  ['大前天', -3],
  ['(?<![以之])前[天日]', -2],
  ['昨天|昨日', -1],
  ['今天|今日|今儿个?', 0],
  ['(?<![说证文照透清])明[天日]|明儿个?', 1],
  ['大后天', 3],
  ['(?<![以之今过])后[天日](?!气)', 2],
];

const rules: readonly (readonly [RegExp, Read])[] = (
  [
    [HARMLESS, () => []],
    [
      '截止到?|截至|最晚|最迟|不晚于|为止|结束',
      (_, { toward }) => (toward === 'due' ? [] : [{ kind: 'unclear' }]),
    ],
    [
      `原[定来]|取消|散会|[为会]期|历时|连续|[推延][迟后期](?![到至])|[单双逢](?=${WEEK}|月|[\\d${HAN}])`,
      () => [{ kind: 'unclear' }],
    ],
    // 大大后天 and 大下周三 are further away than what they end with; 快3点 and 避开周三 are another time.
    [
      `大(?:大|[前后]年|[上下](?=[上下]|个?${WEEK}|个?月))|[避错躲绕]开|不[要在想]|(?:[快近]|[临将接靠]近|过了)(?=(?:${PERIOD})?的?(?:${N}|\\d{1,2}:\\d{2})[点时:]?)|(?<=[延推])(?:${N})日`,
      () => [{ kind: 'unclear' }],
    ],
    // 9到11号, 12月9、10日
    [`${N}[日号]?(?:${TO}|[、,和与及])${N}[日号]`, () => [{ kind: 'someDay' }]],
    [
      `(?<n>${N})个?${WEEK}${AFTER}的?${WEEK}(?<w>[一二三四五六日天])${NO_NUMBER}`,
      ({ n, w }, { today }) =>
        counted(n, (weeks) => inWeek(today, weeks, weekdayOf(w))).map((found) =>
          found.kind === 'day' && found.day < addDays(today, 7 * number(n)) ? { kind: 'someDay' } : found,
        ),
    ],
    [
      `(?<over>再?过)?(?<n>${COUNT})(?<u>天|日|个?${WEEK}|个月|年)(?<after>${AFTER})?`,
      ({ over, n, u = '', after }, { today }) => {
        // 过两天 is some day soon, 过两天后 and 过三天 are counted.
        if (over ? n === '两' && !after : !after) return undefined;
        return u === '日' && !over ? [{ kind: 'someDay' }] : counted(n, (k) => later(today, k, u));
      },
    ],
    [
      `(?<n>${COUNT})(?<u>天|个?${WEEK}|个月|年)(?:以前|之前|前)`,
      ({ n, u = '' }, { today }) => counted(n, (k) => later(today, -k, u)),
    ],
    [
      `(?:再?过)?(?<n>${COUNT})个?(?<half>半)?(?:小时|钟头)(?:(?<m>${COUNT})分钟?)?${AFTER}`,
      ({ n = '', half, m }, at) =>
        soon(at, (n === '半' ? 30 : 60 * number(n)) + (half ? 30 : 0) + (m === undefined ? 0 : number(m))),
    ],
    [
      `(?:再?过)?(?<n>${COUNT})(?<u>分|刻)钟?${AFTER}`,
      ({ n, u }, at) => soon(at, number(n) * (u === '刻' ? 15 : 1)),
    ],
    ...NEAR_DAYS.map(([words, n]): [string, Read] => [words, (_, { today }) => day(addDays(today, n))]),
    ...FESTIVALS.map(([words, [m, d]]): [string, Read] => [
      `(?:${YEAR})?(?:${words})${END}节?(?:当天|当日|那天)?`,
      (g, at) => yearly(g, at, (y) => ymd(y, m, d)),
    ]),
    ...LUNAR_FESTIVALS.map(([words, [m, d]]): [string, Read] => [
      `(?:${YEAR})?(?:${words})${END}节?(?:当天|当日|那天)?`,
      (g, at) => lunar(g, at, m, d),
    ]),
    [`大年(?<d>初[一二三四五六七八九十])${END}`, (g, at) => lunar(g, at, 1, number(g.d))],
    [
      `(?:${YEAR})?(?:${LUNAR}(?<m>正|冬|腊|${N})月(?<d>初?${N})|(?<m2>正|冬|腊)月(?<d2>初?${N})|(?<m3>[${HAN}]{1,3})月(?<d3>初[${HAN}]))${END}日?`,
      (g, at) => lunar(g, at, monthOf(g.m ?? g.m2 ?? g.m3), number(g.d ?? g.d2 ?? g.d3)),
    ],
    [
      `(?:${YEAR})?(?<m>${N})月份?的?(?:(?<d>${N})[日号]|(?<bare>${N})${END})`,
      (g, at, words) => {
        // 八月十五 is a day of the lunar calendar to most, 8月15 is not.
        if (g.bare && !/\d$/.test(words)) return [{ kind: 'someDay' }];
        return yearly(g, at, (y) => ymd(y, number(g.m), number(g.d ?? g.bare)));
      },
    ],
    [
      `(?<near>${NEAR})个?月份?的?(?<d>${N})[日号]`,
      ({ near, d }, { today }) => day(ymd(...monthFrom(today, offsetOf(near)), number(d))),
    ],
    [
      `(?:(?<near>${NEAR})个?月|(?:${YEAR})?(?<m>${N})月份?|月)的?(?:底|末|最后一天)`,
      (g, at) => {
        if (g.m) return yearly(g, at, (y) => lastOf(y, number(g.m)));
        return day(lastOf(...monthFrom(at.today, offsetOf(g.near))));
      },
    ],
    [`(?:${YEAR}年?|年)(?:底|末)`, (g, at) => day(ymd(yearOf(g, at) ?? yearIn(at.today), 12, 31))],
    [
      `(?<near>${NEAR})个?(?:${WEEK}的)?${WEEK}(?<w>[一二三四五六日天1-7])${NO_NUMBER}`,
      ({ near, w }, { today }) => day(inWeek(today, offsetOf(near), weekdayOf(w))),
    ],
    [
      `${WEEK}(?<w>[一二三四五六日天1-7])${NO_NUMBER}|(?<=[日号\\d])\\((?<p>[一二三四五六日天])\\)`,
      ({ w, p }) => [{ kind: 'weekday', weekday: weekdayOf(w ?? p) }],
    ],
    [SOME_TIME, () => [{ kind: 'someTime' }]],
    [
      `(?:(?<p>${PERIOD})[的,(: ]{0,2})?${clock('a', `${TO}(?:${PERIOD})?${N}(?:点|时)`)}(?:${TO}(?:(?<q>${PERIOD})的?)?${clock('b')})?`,
      readSpan,
    ],
    [
      `(?<year>\\d{4})(?:(?<sep>[-./])(?<m>\\d{1,2})\\k<sep>(?<d>\\d{1,2})|(?<m2>\\d{2})(?<d2>\\d{2}))[日号]?(?![\\d:])`,
      (g, at) => yearly(g, at, (y) => ymd(y, number(g.m ?? g.m2), number(g.d ?? g.d2))),
    ],
    [
      '(?<year>2[4-9]|3\\d)(?<sep>[-./])(?<m>\\d{1,2})\\k<sep>(?<d>\\d{1,2})[日号]?(?![\\d:])',
      (g, at) => yearly(g, at, (y) => ymd(y, number(g.m), number(g.d))),
    ],
    [
      '(?<m>\\d{1,2})(?<sep>[-./])(?<d>\\d{1,2})(?<e>[日号])?(?![\\d:./-]|点|时)',
      (g, at) => {
        const found = yearly(g, at, (y) => ymd(y, number(g.m), number(g.d)));
        if (g.sep === '/' || g.e) return found;
        return [{ kind: 'dots', day: found[0]?.kind === 'day' ? found[0].day : undefined }];
      },
    ],
    [`(?<d>${N})[日号]`, ({ d }, at) => ofMonth(number(d), at)],
    [SOME_DAY, () => [{ kind: 'someDay' }]],
    [
      `(?<p>凌晨|清晨|清早|早晨|早上|上午|中午|正午|下午|午后|傍晚|黄昏|晚上|晚间|夜里|夜间|(?<=[日号天一二三四五六])[早晚])`,
      ({ p = '' }) => [{ kind: 'period', hours: hoursOf(p) }],
    ],
  ] as [string, Read][]
).map(([source, read]) => [new RegExp(source, 'y'), read]);

/**
 * The days and hours in words that `plain` has made plain, and the characters around them that no rule knows. Costs at
 * most a try of each rule at each character.
 */
export function findPieces(words: string, at: Situation): { pieces: readonly Piece[]; rest: string } {
  const pieces: Piece[] = [];
  let rest = '';
  for (let from = 0; from < words.length; ) {
    const { found, length } = findAt(words, from, at) ?? { found: undefined, length: 1 };
    const blur = found?.length ? (matchAt(BLUR, words, from + length)?.[0] ?? '') : '';
    const said = words.slice(from, from + length + blur.length);
    if (!found) rest += said;
    for (const piece of found ?? [])
      pieces.push({ ...(blur ? blurred(piece, blur, at.toward) : piece), words: said });
    from += said.length;
  }
  return { pieces, rest };
}

/** What begins here: by the first rule that takes it, else something that may be about time. */
function findAt(
  words: string,
  from: number,
  at: Situation,
): { found: readonly Found[]; length: number } | undefined {
  for (const [pattern, read] of rules) {
    const match = matchAt(pattern, words, from);
    const found = match?.[0] && read(match.groups ?? {}, at, match[0]);
    if (found) return { found, length: match[0].length };
  }
  const stray = matchAt(SUSPICIOUS, words, from)?.[0];
  return stray ? { found: [{ kind: 'unclear' }], length: stray.length } : undefined;
}

function matchAt(pattern: RegExp, words: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(words);
}

function blurred(piece: Found, blur: string, toward: Toward): Found {
  if (piece.kind === 'time' || piece.kind === 'period' || piece.kind === 'someTime')
    return { kind: 'someTime' };
  return (toward === 'due' && UNTIL.test(blur)) || piece.kind === 'unclear' ? piece : { kind: 'someDay' };
}
