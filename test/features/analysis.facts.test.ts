/** Facts A–D: their sentences one by one, what never changes them, and that a past day always says the same. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Criteria, criteriaSchema, FIRST } from '../../src/features/analysis/criteria.ts';
import {
  type Fact,
  factsOn,
  type Level,
  levelOf,
  lookAt,
  type Material,
} from '../../src/features/analysis/facts.ts';
import { findingsOf } from '../../src/features/analysis/gather.ts';
import type { IssueRecord, Standing } from '../../src/features/issues/index.ts';
import { getUnit } from '../../src/features/orgs/index.ts';
import type { MajorRecord } from '../../src/features/tasks/index.ts';
import { addDays, instant } from '../../src/lib/dates.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import { createKit, type Kit } from '../kit.ts';

const DAY = '2026-11-23';
const T = 'qingshan-shiqiao';
const workdays = createLiveWorkdays();
const facts = (material: Partial<Material>, criteria: Criteria = FIRST, day = DAY) =>
  factsOn(lookAt({ township: T, issues: [], tasks: [], ...material }, day, workdays), criteria);
const kinds = (all: readonly Fact[]) => all.map(({ kind }) => kind);

const standing = (on: string, change: Partial<Standing> = {}): Standing => ({
  ...{ on, state: 'active', owner: T, deadline: '2027-01-01', via: null, verdict: null, recurs: null },
  ...change,
});
const closed = (on: string) => standing(on, { state: 'closed', verdict: '满意' });
let n = 0;
const issue = (reportedOn: string, change: Partial<IssueRecord> = {}): IssueRecord => ({
  ...{ id: `WT-2026-${1000 + ++n}`, title: '事', branch: 'b', star: 's', aspect: '物', source: '群众反映' },
  ...{ recurrenceOf: null, reportedOn, standings: [standing(reportedOn), closed(reportedOn)] },
  ...change,
});
const task = (state: MajorRecord['state'], label: string, due: string): MajorRecord => ({
  ...{ task: 'RW-2026-0001', title: '走访', branch: 'b', period: label, label, due, ended: false, state },
});

describe('A', () => {
  const q3 = (state: MajorRecord['state']) => task(state, '第3季度', '2026-09-20');
  const q2 = (state: MajorRecord['state']) => task(state, '第2季度', '2026-06-20');
  it('is two periods one after the other that were missed, late or returned', () => {
    for (const [a, b] of [
      ['missing', 'missing'],
      ['late', 'returned'],
      ['returned', 'missing'],
    ] as const)
      expect(kinds(facts({ tasks: [q3(a), q2(b)] }))).toEqual(['periods']);
    expect(facts({ tasks: [q3('done'), q2('missing')] })).toEqual([]);
    expect(facts({ tasks: [q3('missing'), q2('done')] })).toEqual([]);
    expect(facts({ tasks: [q3('missing')] })).toEqual([]);
  });

  it('is one that does not come back, more than 30 days over, until it is in', () => {
    const once = (state: MajorRecord['state'], due: string) => ({ ...task(state, '', due), period: 'once' });
    expect(kinds(facts({ tasks: [once('missing', addDays(DAY, -31))] }))).toEqual(['once']);
    expect(facts({ tasks: [once('missing', addDays(DAY, -30))] })).toEqual([]);
    expect(facts({ tasks: [once('late', addDays(DAY, -60))] })).toEqual([]);
  });
});

describe('B', () => {
  it('is three from residents in 365 days on one star and aspect, and says from when it is none', () => {
    const days = ['2025-11-24', '2026-03-01', '2026-10-01'] as const;
    const [fact, ...more] = facts({ issues: days.map((day) => issue(day)) });
    expect(more).toEqual([]);
    expect(fact).toMatchObject({ letter: 'B', kind: 'residents', amount: 3, until: '2026-11-24' });
    expect(facts({ issues: ['2025-11-23', ...days.slice(1)].map((day) => issue(day)) })).toEqual([]);
    const other = issue('2026-10-02', { aspect: '人' });
    expect(facts({ issues: [...days.slice(1).map((day) => issue(day)), other] })).toEqual([]);
    const own = issue('2026-10-02', { source: '自查' });
    expect(facts({ issues: [...days.slice(1).map((day) => issue(day)), own] })).toEqual([]);
    const back = issue('2026-10-02', { standings: [standing('2026-10-02', { state: 'withdrawn' })] });
    expect(facts({ issues: [...days.slice(1).map((day) => issue(day)), back] })).toEqual([]);
  });

  it('is one that came back, unless its supervisor says that it did not', () => {
    const again = (recurs: boolean | null) =>
      issue('2026-10-01', {
        recurrenceOf: 'WT-2026-0001',
        standings: [standing('2026-10-01'), { ...closed('2026-10-02'), recurs }],
      });
    expect(kinds(facts({ issues: [again(null)] }))).toEqual(['recurrence']);
    expect(kinds(facts({ issues: [again(true)] }))).toEqual(['recurrence']);
    expect(facts({ issues: [again(false)] })).toEqual([]);
  });

  it('is two verdicts 不满意 in 180 days, also of one issue', () => {
    const unhappy = (on: string) => [
      standing(on, { state: 'verifying' }),
      standing(on, { state: 'active', verdict: '不满意' }),
    ];
    const twice = (first: string) =>
      issue('2026-04-01', {
        standings: [
          standing('2026-04-01'),
          ...unhappy(first),
          ...unhappy('2026-11-01'),
          closed('2026-11-10'),
        ],
      });
    expect(kinds(facts({ issues: [twice('2026-06-01')] }))).toEqual(['dissatisfied']);
    expect(facts({ issues: [twice('2026-05-27')] })).toEqual([]);
  });
});

describe('C', () => {
  const up = (on: string, ends = '2026-11-20') =>
    issue('2026-02-01', {
      ...{ source: '自查', aspect: String(n) as '人' },
      standings: [
        standing('2026-02-01'),
        standing(on, { owner: 'qingshan', via: 'up' }),
        { ...closed(ends), owner: 'qingshan', via: 'up' },
      ],
    });
  it('is two that climbed to the county in 180 days: handed up, or overdue', () => {
    expect(kinds(facts({ issues: [up('2026-06-01'), up('2026-11-01')] }))).toEqual(['climbed']);
    expect(facts({ issues: [up('2026-05-20'), up('2026-11-01')] })).toEqual([]);
    const back = standing('2026-06-01');
    const taken = issue('2026-02-01', {
      ...{ source: '自查', aspect: '效' },
      standings: [
        standing('2026-02-01'),
        standing('2026-06-01', { owner: 'qingshan', via: 'up' }),
        back,
        closed('2026-06-02'),
      ],
    });
    expect(facts({ issues: [taken, up('2026-11-01')] })).toEqual([]);
    const late = (deadline: string, ends: string) =>
      issue('2026-10-01', {
        aspect: String(n) as '人',
        standings: [standing('2026-10-01', { deadline }), closed(ends)],
      });
    // The second working day after a Friday is a Tuesday.
    expect(kinds(facts({ issues: [late('2026-11-06', '2026-11-10'), up('2026-11-01')] }))).toEqual([
      'climbed',
    ]);
    expect(facts({ issues: [late('2026-11-06', '2026-11-09'), up('2026-11-01')] })).toEqual([]);
  });

  it('is two from superiors or inspections on one star and aspect', () => {
    const asked = [issue('2026-08-01', { source: '上级交办' }), issue('2026-09-01', { source: '督导发现' })];
    expect(kinds(facts({ issues: asked }))).toEqual(['superiors']);
    expect(facts({ issues: asked.slice(1) })).toEqual([]);
  });

  it('counts nothing that was handed over to others', () => {
    const over = (on: string): IssueRecord => {
      const { standings, ...rest } = up(on);
      return {
        ...rest,
        standings: [...standings.slice(0, 2), standing('2026-11-02', { owner: 'shuiliju', via: 'over' })],
      };
    };
    expect(facts({ issues: [over('2026-10-01'), over('2026-10-02')] })).toEqual([]);
  });
});

describe('D', () => {
  const open = (deadline: string, reportedOn = '2026-10-20', more: readonly Standing[] = []) =>
    issue(reportedOn, { standings: [standing(reportedOn, { deadline }), ...more] });
  it('is one that is open and was 10 working days over while the township had it', () => {
    expect(facts({ issues: [open('2026-11-03')] })).toMatchObject([{ kind: 'overdue', amount: 14 }]);
    expect(facts({ issues: [open('2026-11-09')] })).toMatchObject([{ kind: 'overdue', amount: 10 }]);
    expect(facts({ issues: [open('2026-11-10')] })).toEqual([]);
    expect(facts({ issues: [open('2026-11-03', '2026-10-20', [closed('2026-11-22')])] })).toEqual([]);
  });

  it('is one that is open for 60 days; time that was granted does not count', () => {
    expect(facts({ issues: [open('2026-12-31', '2026-09-24')] })).toMatchObject([
      { kind: 'open', amount: 60 },
    ]);
    expect(facts({ issues: [open('2026-12-31', '2026-09-25')] })).toEqual([]);
    const granted = [standing('2026-10-01', { deadline: '2026-10-26' })];
    expect(facts({ issues: [open('2026-10-06', '2026-09-20', granted)] })).toMatchObject([
      { kind: 'overdue' },
    ]);
    const longer = [standing('2026-10-01', { deadline: '2026-11-20' })];
    expect(facts({ issues: [open('2026-10-06', '2026-09-20', longer)] })).toEqual([]);
  });

  it('is nothing that was handed over, nor time that was granted after the deadline', () => {
    const over = standing('2026-11-22', { owner: 'shuiliju', via: 'over' });
    expect(facts({ issues: [open('2026-11-03', '2026-08-01', [over])] })).toEqual([]);
    const granted = standing('2026-11-20', { deadline: '2026-12-10' });
    expect(facts({ issues: [open('2026-11-03', '2026-10-20', [granted])] })).toEqual([]);
  });
});

describe('what facts come to', () => {
  const of = (...letters: Fact['letter'][]) => letters.map((letter) => ({ letter }));
  it('is 够条件 with A and D and one of B and C, or any type; anything else is 关注', () => {
    for (const [letters, level] of [
      [of('A', 'B', 'D'), 'meets'],
      [of('A', 'C', 'D'), 'meets'],
      [of('A', 'D'), 'watch'],
      [of('A', 'B', 'C'), 'watch'],
      [of('B', 'C', 'D'), 'watch'],
      [of('D'), 'watch'],
      [[], 'none'],
    ] as const)
      expect(levelOf(letters, false, FIRST)).toBe(level);
    expect(levelOf([], true, FIRST)).toBe('meets');
    const strict = { ...FIRST, meets: 'A&B&C&D' } as const;
    expect(levelOf(of('A', 'B', 'D'), false, strict)).toBe('watch');
    expect(levelOf(of('A', 'B', 'C', 'D'), false, strict)).toBe('meets');
  });

  it('rests on a file that has its schema', () => {
    expect(criteriaSchema.safeParse({ ...FIRST, quota: 3, B: {} }).success).toBe(false);
    expect(Object.keys(FIRST).sort()).toEqual([
      'A',
      'B',
      'C',
      'D',
      'from',
      'meets',
      'statementWorkdays',
      'version',
    ]);
  });

  it('never grows by what is good: an issue closed, a check-in in time, time granted', () => {
    const day = fc.integer({ min: 0, max: 500 }).map((back) => addDays(DAY, -back));
    const record = fc
      .record({
        on: day,
        source: fc.constantFrom('群众反映', '上级交办', '督导发现', '自查'),
        star: fc.constantFrom('a', 'b'),
        aspect: fc.constantFrom('人', '物'),
        again: fc.boolean(),
        days: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }),
        states: fc.array(fc.constantFrom('pending', 'active', 'verifying', 'closed'), {
          minLength: 5,
          maxLength: 5,
        }),
        owners: fc.array(fc.constantFrom(T, 'qingshan'), { minLength: 5, maxLength: 5 }),
        due: fc.integer({ min: 0, max: 40 }),
      })
      .map(({ on, source, star, aspect, again, days, states, owners, due }): IssueRecord => {
        let at = on;
        const standings = [0, ...days].flatMap((more, i) => {
          at = addDays(at, more);
          const owner = owners[i] ?? T;
          const last = {
            state: states[i] ?? 'active',
            owner,
            via: owner === T ? null : 'up',
          } as Partial<Standing>;
          return at <= DAY ? [standing(at, { ...last, deadline: addDays(on, due) })] : [];
        });
        return issue(on, {
          ...{ source: source as '自查', star, aspect: aspect as '人', recurrenceOf: again ? 'x' : null },
          standings,
        });
      });
    const period = fc.constantFrom('missing', 'late', 'returned', 'done') as fc.Arbitrary<
      MajorRecord['state']
    >;
    const order: readonly Level[] = ['none', 'watch', 'meets'];
    const level = (material: Partial<Material>) => order.indexOf(levelOf(facts(material), false, FIRST));
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), period, period, fc.nat(7), (issues, a, b, at) => {
        const tasks = [task(a, '第3季度', '2026-09-20'), task(b, '第2季度', '2026-06-20')];
        const before = level({ issues, tasks });
        const better = (change: (one: IssueRecord) => IssueRecord) =>
          level({ issues: issues.map((one, i) => (i === at ? change(one) : one)), tasks });
        expect(better((one) => ({ ...one, standings: [...one.standings, closed(DAY)] }))).toBeLessThanOrEqual(
          before,
        );
        expect(
          better((one) => {
            const last = one.standings.at(-1);
            return last
              ? { ...one, standings: [...one.standings, { ...last, on: DAY, deadline: '2027-02-01' }] }
              : one;
          }),
        ).toBeLessThanOrEqual(before);
        expect(
          level({ issues, tasks: [{ ...task('done', '第3季度', '2026-09-20') }, ...tasks.slice(1)] }),
        ).toBeLessThanOrEqual(before);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a past day', () => {
  let kit: Kit;
  afterEach(() => kit.close());

  it('says the same whenever it is looked at again, whatever people did since', async () => {
    const people = [
      'chen-delin',
      'huang-changqing',
      'wang-haiyan',
      'hao-haitao',
      'bai-zhiyuan',
      'guo-chengye',
    ];
    const act = fc.record({
      wait: fc.integer({ min: 0, max: 6 }),
      what: fc.constantFrom(
        ...([
          'report',
          'accept',
          'transfer',
          'escalate',
          'extend',
          'grant',
          'resolve',
          'verify',
          'unhappy',
        ] as const),
        ...(['withdraw', 'checkin', 'undo', 'pass', 'return', 'report', 'resolve', 'verify'] as const),
      ),
      which: fc.nat(6),
      who: fc.constantFrom(...people),
      source: fc.constantFrom('群众反映', '上级交办', '督导发现'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 25, maxLength: 60 }), async (acts) => {
        kit = await createKit({ day: '2026-03-02' });
        const branch = 'qingshan-shiqiao-qingshi';
        const look = (day: string) =>
          kit.store.read(async (tx) => {
            const world = { tx, now: instant(day), today: day, workdays };
            const found = await findingsOf(world, await getUnit(tx, T), day);
            return found.map(({ branch: { id }, facts: of }) => ({ id, of }));
          });
        const head = kit.person('huang-changqing');
        for (const [title, units] of [
          ['每周走访', branch],
          ['全镇走访', `below:${T}`],
        ])
          await head.press('tasks.assign', {
            title,
            units,
            due: '2026-03-06',
            rhythm: 'week',
            major: 'yes',
            sure: 'yes',
          });
        const seen = new Map<string, unknown>();
        let day = '2026-03-02';
        for (const { wait, what, which, who, source } of acts) {
          if (wait > 0) seen.set(day, await look(day));
          day = addDays(day, wait);
          kit.time(day, '10:00');
          const number = { issue: `WT-2026-${String(which + 1).padStart(4, '0')}` };
          const person = kit.person(who);
          const press = (op: string, data: object) => person.press(op, data as Record<string, unknown>);
          const check = { task: 'RW-2026-0001', unit: branch };
          switch (what) {
            case 'report':
              await press('issues.report', {
                title: '路坏了',
                star: 'pingan-fazhi',
                aspect: '物',
                branch,
                source,
              });
              break;
            case 'transfer':
              await press('issues.transfer', {
                ...number,
                unit: which % 2 ? 'shuiliju' : 'gonganju',
                reason: 'x',
              });
              break;
            case 'extend':
              await press('issues.extend', { ...number, date: addDays(day, 20), reason: 'x' });
              break;
            case 'escalate':
              await press('issues.escalate', { ...number, reason: 'x' });
              break;
            case 'resolve':
              await press('issues.resolve', { ...number, words: 'x' });
              break;
            case 'verify':
            case 'unhappy':
              await press('issues.verify', {
                ...number,
                verdict: what === 'verify' ? '满意' : '不满意',
                reason: 'x',
              });
              break;
            case 'checkin':
              await kit.person('chen-delin').press('tasks.submit', { task: 'RW-2026-0001', percent: '100' });
              break;
            case 'undo':
              await kit.person('chen-delin').say('撤销 RW-2026-0001');
              break;
            case 'pass':
            case 'return':
              await head.press(`tasks.${what}`, { ...check, reason: 'x' });
              break;
            default:
              await press(`issues.${what}`, number);
          }
        }
        seen.set(day, await look(day));
        kit.time(addDays(day, 300));
        for (const [on, before] of seen) expect(await look(on), on).toEqual(before);
        await kit.close();
      }),
      { numRuns: 8 },
    );
    kit = await createKit();
  });
});
