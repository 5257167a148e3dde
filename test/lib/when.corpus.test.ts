/** A generated corpus: days and hours, the many ways to say each, and what comes back: the same, or a question. */
import { expect, it } from 'vitest';
import { instant, isDay } from '../../src/lib/dates.ts';
import { readDay, readHours, readWhen, type When } from '../../src/lib/when/index.ts';

const DAY_MS = 86_400_000;
const HAN = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const WEEKDAYS = ['日', '一', '二', '三', '四', '五', '六'];

/** 0 to 99 in Chinese: 十二, 二十, 三十一. */
function han(n: number): string {
  if (n < 10) return HAN[n] ?? '';
  return `${n < 20 ? '' : HAN[Math.floor(n / 10)]}十${n % 10 ? HAN[n % 10] : ''}`;
}
const wide = (text: string) => text.replace(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0));
const traditional = (text: string) =>
  text.replace(
    /[号后周个两点时礼节钟]/g,
    (c) => '號後週個兩點時禮節鐘'['号后周个两点时礼节钟'.indexOf(c)] ?? c,
  );
const two = (n: number) => String(n).padStart(2, '0');

/** The same on each run. */
function generator(seed: number) {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return { next, pick: <T>(all: readonly T[]) => all[next(all.length)] as T };
}

/** Ways to say the day `ahead` days after `today` that mean it and no other. */
function daysOf(today: Date, ahead: number): string[] {
  const at = new Date(today.getTime() + ahead * DAY_MS);
  const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
  const [mm, dd] = [two(month), two(date)];
  const weekday = WEEKDAYS[at.getUTCDay()];
  const week = Math.floor((((today.getUTCDay() + 6) % 7) + ahead) / 7);
  const all = [
    `${month}月${date}日`,
    `${month}月${date}号`,
    `${mm}月${dd}日`,
    `${month}月${date}`,
    `${han(month)}月${han(date)}日`,
    `${han(month)}月${han(date)}号`,
    `${month}月份${date}号`,
    `${month}/${date}`,
    `${year}年${month}月${date}日`,
    `${year % 100}年${month}月${date}日`,
    `${[...String(year)].map((d) => HAN[Number(d)]).join('')}年${han(month)}月${han(date)}日`,
    `${year}-${mm}-${dd}`,
    `${year}.${month}.${date}`,
    `${year}/${month}/${date}`,
    `${year}${mm}${dd}`,
    `${month}月${date}日(周${weekday})`,
    `${month}月${date}日（星期${weekday}）`,
    `周${weekday}，${month}月${date}日`,
  ];
  if (ahead > 0) all.push(`${ahead}天后`, `${ahead}天以后`);
  if (ahead > 0 && ahead < 100 && ahead !== 2) all.push(`${han(ahead)}天后`, `过${han(ahead)}天`);
  if (ahead > 0 && ahead % 7 === 0 && ahead < 70) all.push(`${ahead / 7}周后`, `${han(ahead / 7)}个星期之后`);
  if (ahead < 3)
    all.push(['今天', '明天', '后天'][ahead] ?? '', `${['今天', '明天', '后天'][ahead]}(周${weekday})`);
  const sameMonth = at.getUTCMonth() === today.getUTCMonth();
  if (sameMonth) all.push(`${date}号`, `${han(date)}日`, `本月${date}日`, `这个月${date}号`);
  const nextMonth = (today.getUTCMonth() + 1) % 12 === at.getUTCMonth();
  if (nextMonth) all.push(`下月${date}日`, `下个月${han(date)}号`);
  if (week === 0) all.push(`本周${weekday}`, `这个星期${weekday}`);
  if (week === 1) all.push(`下周${weekday}`, `下星期${weekday}`, `下个礼拜${weekday}`);
  if (week === 2) all.push(`下下周${weekday}`, `下下个星期${weekday}`);
  if (ahead > 0 && ahead < 7) all.push(`周${weekday}`, `星期${weekday}`);
  return all;
}

/** Ways to say an hour between 7 and 21 that mean it and no other. */
function timesOf(hour: number, minute: number): string[] {
  const [period, h] =
    hour < 12
      ? ['上午', hour]
      : hour === 12
        ? ['中午', 12]
        : hour < 19
          ? ['下午', hour - 12]
          : ['晚上', hour - 12];
  const minutes = minute === 0 ? '' : `${minute}分`;
  const spoken =
    minute === 0 ? '' : minute === 15 ? '一刻' : minute === 30 ? '半' : minute === 45 ? '三刻' : '';
  const all = [
    ` ${two(hour)}:${two(minute)}`,
    ` ${two(hour)}：${two(minute)}`,
    `${period}${h}点${minutes}`,
    `${period}${han(h)}点${minute === 0 ? '' : `${han(minute)}分`}`,
    `${period}${h}:${two(minute)}`,
    `${period}${two(hour)}:${two(minute)}`,
    `${period}，${h}点${minutes}`,
    `${hour < 8 ? period : ''}${hour}时${minutes}`,
    `${period}${h}点${minutes}到${h + 1 > 12 ? 1 : h + 1}点${minutes}`,
    ` ${two(hour)}:${two(minute)}-${two(hour + 1)}:${two(minute)}`,
  ];
  if (spoken) all.push(`${period}${h}点${spoken}`, `${period}${han(h)}点${spoken}`);
  if (minute === 0)
    all.push(`${period}${h}点整`, `${period}${h}点钟`, `${period}${h === 2 ? '两' : han(h)}点`);
  if (minute > 9)
    all.push(`${period}${han(h)}点${han(minute)}`, `${hour < 8 ? period : ''}${hour}点${minute}`);
  return all;
}

const AROUND: readonly ((when: string) => string)[] = [
  (when) => when,
  (when) => `定在${when}`,
  (when) => `${when}开会`,
  (when) => `平安法治星 ${when}`,
  (when) => `${when}，三楼会议室`,
  (when) => `会议时间：${when}`,
  wide,
  traditional,
];

/** Digits do not run into digits. */
const together = (day: string, time: string) =>
  `${day}${/\d$/.test(day) && /^\d/.test(time) ? ' ' : ''}${time}`;
const read = (when: When) => [when.date?.value, when.time?.value] as const;

it('is said in 6,000 ways and never becomes another day or hour; what is plainly said is understood', () => {
  const { next, pick } = generator(15);
  const wrong: string[] = [];
  const asked: string[] = [];
  let count = 0;
  for (let i = 0; i < 60; i++) {
    const today = new Date(Date.UTC(2026, next(12), 1 + next(28)));
    const now = instant(today.toISOString().slice(0, 10), '06:00');
    const ahead = i % 3 === 0 ? next(8) : next(170);
    const day = new Date(today.getTime() + ahead * DAY_MS).toISOString().slice(0, 10);
    for (const said of daysOf(today, ahead)) {
      for (let k = 0; k < 4; k++) {
        const [hour, minute] = [7 + next(15), pick([0, 0, 15, 30, 45, 5, 20])];
        const words = pick(AROUND)(together(said, pick(timesOf(hour, minute))));
        if (words.length > 40) continue;
        count++;
        const [date, time] = read(readWhen(words, now));
        const right = `${day} ${two(hour)}:${two(minute)}`;
        if ((date ?? day) !== day || `${day} ${time ?? right.slice(11)}` !== right)
          wrong.push(`${words} on ${today.toISOString().slice(0, 10)}: ${date} ${time}, not ${right}`);
        else if (date === undefined || time === undefined)
          asked.push(`${words} on ${today.toISOString().slice(0, 10)}`);
      }
    }
  }
  expect(count).toBeGreaterThan(5_000);
  expect(wrong).toEqual([]);
  expect(asked).toEqual([]);
});

it('is asked about when it is not quite said: 2,000 ways', () => {
  const { next, pick } = generator(20);
  const filled: string[] = [];
  const now = instant('2026-11-25', '06:00');
  const today = new Date(Date.UTC(2026, 10, 25));
  const blur = ['左右', '前后', '前', '以前', '之后', '以后'];
  let count = 0;
  for (let i = 0; i < 400; i++) {
    const [one, other] = [1 + next(80), 81 + next(80)];
    const [hour, minute] = [8 + next(13), pick([0, 30])];
    // 过十天以后 is 过十天.
    const [day, time] = [
      pick(daysOf(today, one).filter((way) => !way.startsWith('过'))),
      pick(timesOf(hour, minute)),
    ];
    const another = pick(daysOf(today, other));
    // Which of the two may not come back: the day, the hour.
    const ways: readonly (readonly [string, 'date' | 'time'])[] = [
      [`${day}${pick(blur)}${time}`, 'date'],
      [`${day}${time}${pick(blur)}`, 'time'],
      [`${day}和${another}${time}`, 'date'],
      [`${day}${time}，不行就${another}`, 'date'],
      [`${day}${time}或者${pick(timesOf(hour + 1, minute))}`, 'time'],
      [`${pick(['每', '除了', '不是', '原定'])}${day}${time}`, 'date'],
      [`${day}${pick(['上午', '下午', '晚上', '下班后', '几点'])}`, 'time'],
    ];
    for (const [words, part] of ways) {
      if (words.length > 40) continue;
      count++;
      const value = readWhen(words, now)[part]?.value;
      if (value !== undefined) filled.push(`${words}: ${part} ${value}`);
    }
  }
  expect(count).toBeGreaterThan(2_000);
  expect(filled).toEqual([]);
});

it('comes back as a day, an hour or a question whatever is said: 4,000 soups', () => {
  const { next, pick } = generator(31);
  const now = instant('2026-11-25', '10:00');
  const pieces = [
    ...daysOf(new Date(Date.UTC(2026, 10, 25)), 14),
    ...timesOf(15, 45),
    ...'前后半下上每不隔本这那大个多整刻分点时日月年周天早晚中初底末第今明昨正腊闰两几廿卅零〇一三十1290 -~到至、和:./()过内农历节',
    ...[
      '星期',
      '礼拜',
      '农历',
      '大年',
      '除夕',
      '元宵',
      '季度',
      '月底',
      '小时',
      '分钟',
      '个月',
      '99',
      '2月',
      '30日',
      'pm',
    ],
  ];
  for (let i = 0; i < 4_000; i++) {
    let words = '';
    for (let n = 1 + next(6); n > 0; n--) words += pick(pieces);
    const { date, time } = readWhen(words, now);
    for (const reading of [date, time]) {
      if (reading) expect([words, reading.value ?? reading.why]).toEqual([words, expect.stringMatching(/./)]);
    }
    if (date?.value) expect([words, isDay(date.value) && date.value >= '2026-11-25']).toEqual([words, true]);
    if (time?.value)
      expect([words, time.value]).toEqual([words, expect.stringMatching(/^([01]\d|2[0-3]):[0-5]\d$/)]);
    for (const toward of ['due', 'back'] as const) readDay(words, now, toward);
    readHours(words);
  }
});
