/** Days and hours as people say them: read rightly or asked, never filled in wrongly, in every zone of the machine. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addDays, instant } from '../../src/lib/dates.ts';
import { readDay, readHours, readTime, readWhen, type Toward } from '../../src/lib/when/index.ts';
import { lunarDay, lunarEve } from '../../src/lib/when/lunar.ts';

const ZONES = ['Asia/Shanghai', 'UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'];
const now = instant('2026-11-25', '10:00'); // a Wednesday

/** The machine in another zone; it really is. */
function moveTo(zone: string): void {
  vi.stubEnv('TZ', zone);
  expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
}
afterEach(() => void vi.unstubAllEnvs());

const say = (reading: { readonly value?: string; readonly why?: string } | undefined) =>
  reading ? (reading.value ?? '?') : '-';

/** Lines of words, what they mean, when they were said. */
const table = readFileSync(new URL('when.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [string, string, string?]);

describe.each(ZONES)('on a machine in %s', (zone) => {
  it('reads every line of the table', () => {
    moveTo(zone);
    expect(table.length).toBeGreaterThan(450);
    const wrong = table.flatMap(([words, right, said = '2026-11-25 10:00']) => {
      const { date, time } = readWhen(words, instant(said.slice(0, 10), said.slice(11)));
      const got = `${say(date)} ${say(time)}`;
      return got === right ? [] : [`${words} (${said}): ${got}, not ${right}`];
    });
    expect(wrong).toEqual([]);
  });

  it('knows at every hour which day it is', () => {
    moveTo(zone);
    const days = {
      今天: 0,
      明天: 1,
      后天: 2,
      大后天: 3,
      三天后: 3,
      一周后: 7,
      昨天: -1,
      前天: -2,
      三天前: -3,
    };
    for (let hour = 0; hour < 24; hour++) {
      const at = instant('2026-11-25', `${String(hour).padStart(2, '0')}:30`);
      for (const [words, n] of Object.entries(days)) {
        const day = addDays('2026-11-25', n);
        expect([words, hour, readDay(words, at, 'back').value]).toEqual([words, hour, day]);
        if (n >= 0) expect([words, hour, readWhen(words, at).date?.value]).toEqual([words, hour, day]);
      }
      const later = readWhen('一个小时后', at);
      const next = (hour + 1) % 24;
      expect(later.time?.value).toBe(`${String(next).padStart(2, '0')}:30`);
      expect(later.date?.value).toBe(next === 0 ? '2026-11-26' : '2026-11-25');
    }
  });
});

describe('a reason', () => {
  it('is given for whatever is asked, in the words that were said', () => {
    for (const [words, right, said = '2026-11-25 10:00'] of table) {
      const { date, time } = readWhen(words, instant(said.slice(0, 10), said.slice(11)));
      const reasons = [date?.why, time?.why].filter((why) => why !== undefined);
      expect(reasons.length).toBe([...right].filter((char) => char === '?').length);
      for (const why of reasons) expect(why).toMatch(/请/);
    }
  });

  it.each([
    ['12月9日(周四)下午3点', '12月9日是周三，不是周四'],
    ['昨天下午3点', '11月24日已经过了'],
    ['11月20日下午3点', '11月20日已经过了'],
    ['2月30日上午9点', '没有“2月30日”这一天'],
    ['下周下午3点', '“下周”是哪一天'],
    ['12月9日到11日下午3点', '是哪一天'],
    ['周四周五下午3点', '“周四”和“周五”是哪一天'],
    ['周三下午3点', '“周三”是不是今天'],
    ['2029年1月5日上午9点', '日期最晚到2028-11-24'],
  ])('says of the day in %s: %s', (words, why) => {
    expect(readWhen(words, now).date?.why).toContain(why);
  });

  it.each([
    ['明天3点', '“3点”是上午还是下午'],
    ['明天下午七八点', '“下午七八点”没说准'],
    ['今天上午9点', '11月25日 09:00已经过了'],
    ['12月9日晚上十二点', '没有全看懂'],
  ])('says of the hour in %s: %s', (words, why) => {
    expect(readWhen(words, now).time?.why).toContain(why);
  });
});

describe('a field', () => {
  it.each<[string, Toward, string | undefined]>([
    ['12月9日', 'ahead', '2026-12-09'],
    ['12.9', 'ahead', '2026-12-09'],
    ['12-9', 'due', '2026-12-09'],
    ['下周三', 'ahead', '2026-12-02'],
    ['12月9日下午3点', 'ahead', undefined],
    ['12月9日前', 'ahead', undefined],
    ['12月9日前', 'due', '2026-12-09'],
    ['12月9日之前完成', 'due', '2026-12-09'],
    ['12月底前', 'due', '2026-12-31'],
    ['下周五以前', 'due', '2026-12-04'],
    ['截止12月9日', 'due', '2026-12-09'],
    ['不晚于12月9号', 'due', '2026-12-09'],
    ['延到12月9日', 'due', '2026-12-09'],
    ['12月9日后', 'due', undefined],
    ['十天', 'due', undefined],
    ['延三日', 'due', undefined],
    ['延到三日', 'due', '2026-12-03'],
    ['11月20日', 'due', undefined],
    ['尽快', 'due', undefined],
    ['某某局12月9日', 'due', undefined],
    ['', 'due', undefined],
    ['11月25日', 'back', '2026-11-25'],
    ['11月26日', 'back', '2025-11-26'],
    ['26号', 'back', '2026-10-26'],
    ['20号', 'back', '2026-11-20'],
    ['31号', 'back', '2026-10-31'],
    ['12月9日', 'back', '2025-12-09'],
    ['上周三', 'back', '2026-11-18'],
    ['周五', 'back', '2026-11-20'],
    ['昨天', 'back', '2026-11-24'],
    ['去年12月9日', 'back', '2025-12-09'],
    ['9999-12-31', 'ahead', undefined],
    ['9999-12-31', 'back', undefined],
    ['0001-01-01', 'back', undefined],
  ])('for a day: %s (%s)', (words, toward, day) => {
    const { value, why } = readDay(words, now, toward);
    expect(value).toBe(day);
    expect(typeof why).toBe(day === undefined ? 'string' : 'undefined');
  });

  it.each([
    ['9:30', '09:30'],
    ['１５：００', '15:00'],
    ['下午3点', '15:00'],
    ['上午九点半', '09:30'],
    ['15点', '15:00'],
    ['15点半', '15:30'],
    ['晚上七点一刻', '19:15'],
    ['15:30-17:00', '15:30'],
    ['06:30', '06:30'],
    ['3pm', '15:00'],
  ])('for an hour: %s', (words, time) => {
    expect(readTime(words)).toEqual({ value: time });
  });

  it.each(['3点', '3:30', '下午', '尽快', '', '25:00', '15:70', '9.30', '明天下午3点', '七八点', '十点前'])(
    'for an hour, not: %s',
    (words) => {
      expect(readTime(words).why).toContain('请写成 15:00 这样');
    },
  );

  it.each(['避开15:00', '下午快3点', '15点过', '15点光景', '15点20栋', '15点之外'])(
    'for an hour, not quite: %s',
    (words) => {
      expect(readTime(words).why).toContain('请写成 15:00 这样');
    },
  );

  it.each([
    ['9:00-17:30', '09:00', '17:30'],
    ['9:00 17:30', '09:00', '17:30'],
    ['09：00～17：30', '09:00', '17:30'],
    ['9点到17点半', '09:00', '17:30'],
    ['9点到5点半', '09:00', '17:30'],
    ['上午9点到下午5点半', '09:00', '17:30'],
    ['早上八点半至晚上六点', '08:30', '18:00'],
    ['9—17点', '09:00', '17:00'],
    ['7:30-18:00', '07:30', '18:00'],
  ])('for hours: %s', (words, from, to) => {
    expect(readHours(words)).toEqual({ value: { from, to } });
  });

  it.each([
    '17:00-9:00',
    '9:00',
    '9:00-',
    '白天',
    '3点到5点',
    '9:00-17:30 18:00',
    '',
    '避开9:00-17:00',
    '9:00-17:00外',
  ])('for hours, not: %s', (words) => {
    expect(readHours(words).value).toBeUndefined();
  });
});

describe('the lunar calendar', () => {
  it.each([
    [2024, 1, 1, '2024-02-10'],
    [2025, 7, 1, '2025-08-23'], // after a leap month
    [2026, 8, 15, '2026-09-25'],
    [2027, 1, 1, '2027-02-06'], // the new moon is four minutes before midnight
    [2027, 1, 15, '2027-02-20'],
    [2033, 12, 1, '2034-01-20'], // after a leap eleventh month
    [2026, 12, 30, undefined],
    [1999, 1, 1, undefined],
    [2060, 1, 1, undefined],
  ] as const)('%i-%i-%i', (year, month, date, day) => {
    for (const zone of ZONES) {
      moveTo(zone);
      expect(lunarDay(year, month, date)).toBe(day);
    }
  });

  it('ends its year with 除夕', () => {
    expect([2025, 2026, 2027].map(lunarEve)).toEqual(['2026-02-16', '2027-02-05', '2028-01-25']);
  });
});

describe('long words', () => {
  it.each(['十', '1', '明天', '12月9日下午3点', '周', '一月', '\ufdfa', '㍿', ' ', '下', '(', '9-', '3点到'])(
    'are never looked at as a whole: %s',
    (words) => {
      const looked: number[] = [];
      const original = RegExp.prototype.exec;
      const exec = vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text) {
        looked.push(text.length);
        return original.call(this, text);
      });
      const answers = [41, 1_000, 100_000, 1_000_000].map((n) => {
        const long = words.repeat(Math.ceil(n / words.length));
        return [readWhen(long, now).date?.why, readDay(long, now, 'due').why, readTime(long).why];
      });
      const steps = looked.length;
      for (const n of [1, 5, 10, 20, 40]) {
        const short = words.repeat(n).slice(0, 40);
        readWhen(short, now);
        readHours(short);
      }
      exec.mockRestore();
      expect(new Set(answers.flat())).toEqual(
        new Set(['时间请用40个字以内说清楚', '日期请用40个字以内说清楚']),
      );
      expect(steps).toBeLessThan(100);
      // Each rule is tried once at each place, and no text is longer than what is read.
      expect(looked.length).toBeLessThan(10 * 40 * 60);
      expect(Math.max(...looked)).toBeLessThanOrEqual(40);
    },
  );
});
