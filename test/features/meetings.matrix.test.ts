/**
 * Every press on a meeting by the wrong person, at the wrong time, and twice: each has its own answer and changes
 * nothing. Rows are the buttons, columns the situations; ✓ is done, a letter is the sentence of that name.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { features } from '../../src/features/index.ts';
import { decisions, invites, meetings } from '../../src/features/meetings/model.ts';
import { createKit, type Kit } from '../kit.ts';

const ID = 'HS-2026-11-01';
const START = ['2026-11-25', '15:00'] as const;

const SAID: Readonly<Record<string, string>> = {
  N: '这个会没有邀请您的单位。',
  O: '这是您单位发起的会，不用回复。',
  B: '会已经开始了，不能再改回复。到了请点“到会”。',
  C: '这个会已经取消了。',
  M: '会已经开完，纪要也出了。',
  E: '开会前1小时起，到了再点“到会”。',
  L: '会开了2小时以后，不能再记到会。',
  W: '只有发起的单位（市委政法委）能改期或取消。',
  S: '会已经开始了，不能再改期或取消。请填写纪要。',
  P: '纪要由发起的单位（市委政法委）来写。',
  F: '会还没有开，开了再写纪要。',
  T: '纪要只给参会单位。',
  Y: '纪要还没有出。',
};

/** An invited unit (police), one that was not asked (a village's secretary), the convening unit; each at six times. */
const WHO = { 请了: 'yu-zhenbang', 没请: 'huang-wenchang', 发起: 'guo-chengye' } as const;
const WHEN = {
  前一天: ['2026-11-24', '15:00'],
  前半小时: ['2026-11-25', '14:30'],
  开始后: ['2026-11-25', '15:30'],
  散会后: ['2026-11-25', '18:00'],
  取消后: ['2026-11-24', '15:00'],
  纪要后: ['2026-11-25', '18:00'],
} as const;

const TABLE = `
              请了                                          没请                                          发起
              前一天 前半小时 开始后 散会后 取消后 纪要后   前一天 前半小时 开始后 散会后 取消后 纪要后   前一天 前半小时 开始后 散会后 取消后 纪要后
come          ✓      ✓        B      B      C      M        N      N        B      B      C      M        O      O        B      B      C      M
excuse        ✓      ✓        B      B      C      M        N      N        B      B      C      M        O      O        B      B      C      M
substitute    ✓      ✓        B      B      C      M        N      N        B      B      C      M        O      O        B      B      C      M
sign          E      ✓        ✓      L      C      M        E      N        N      L      C      M        E      O        O      L      C      M
move          W      W        S      S      C      M        W      W        S      S      C      M        ✓      ✓        S      S      C      M
cancel        W      W        S      S      C      M        W      W        S      S      C      M        ✓      ✓        S      S      C      M
minutes       F      F        P      P      C      P        F      F        P      P      C      P        F      F        ✓      ✓      C      ✓
take          Y      Y        Y      Y      Y      ✓        T      T        T      T      T      T        Y      Y        Y      Y      Y      ✓
calendar      ✓      ✓        ✓      ✓      ✓      ✓        N      N        N      N      N      N        ✓      ✓        ✓      ✓      ✓      ✓
show          ✓      ✓        ✓      ✓      ✓      ✓        ✓      ✓        ✓      ✓      ✓      ✓        ✓      ✓        ✓      ✓      ✓      ✓
`;

/** What is sent along, so that only person and time stand in the way. */
const FIELDS: Readonly<Record<string, Record<string, string>>> = {
  excuse: { reason: '出差' },
  substitute: { name: '王副局长' },
  move: { date: '2026-12-15', time: '10:00', reason: '会议室冲突', sure: 'yes' },
  cancel: { reason: '合并到下月' },
  minutes: { filled: 'yes', decision1: '一个月内办完', unit1: 'gonganju', sure: 'yes' },
};
/** What pressing it once more says. */
const TWICE: Readonly<Record<string, string>> = {
  come: '您单位已经回复过：参加。',
  excuse: '您单位已经回复过：请假：出差。',
  substitute: '您单位已经回复过：派王副局长参加。',
  sign: '您的单位已经到会了。',
  move: '时间和原来一样',
  cancel: '这个会已经取消了。',
  minutes: '和上一版一样，没有要更正的',
};

const ACTS = TABLE.trim()
  .split('\n')
  .slice(2)
  .map((line) => line.trim().split(/\s+/));
const COLUMNS = Object.keys(WHO).flatMap((who) => Object.keys(WHEN).map((when) => [who, when] as const));
const CELLS = ACTS.flatMap(([act = '', ...marks]) => {
  if (marks.length !== COLUMNS.length) throw new Error(`${act} has ${marks.length} cells`);
  return marks.map((mark, i) => [act, ...(COLUMNS[i] as (typeof COLUMNS)[number]), mark] as const);
});

/** A kit with the meeting as it is in a situation. */
async function play(when: string): Promise<Kit> {
  const kit = await createKit({ day: '2026-11-20', time: '09:00' });
  const lead = kit.person(WHO.发起);
  const [date, time] = START;
  const fields = { date, time, place: '三楼', agenda: '冬季防火', units: 'gonganju,sifaju', sure: 'yes' };
  await lead.press('meetings.call', fields);
  if (when === '取消后') await lead.press('meetings.cancel', { meeting: ID, reason: '合并' });
  const [day, clock] = WHEN[when as keyof typeof WHEN];
  kit.time(day, clock);
  await kit.bot.pump();
  if (when === '纪要后') {
    const minutes = { filled: 'yes', decision1: '十天办完', unit1: 'gonganju', sure: 'yes' };
    await lead.press('meetings.minutes', { meeting: ID, ...minutes });
  }
  return kit;
}

const OURS: ReadonlySet<string> = new Set(features.flatMap(({ tables }) => tables.map(({ name }) => name)));
/** All rows of the features, and what is going to be sent. */
async function everything(kit: Kit): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const item of kit.store.export()) {
    if ('table' in item && (OURS.has(item.table) || item.row.id.startsWith('meeting:')))
      rows.push(`${item.table} ${item.row.id} ${item.row.rev}`);
  }
  return rows.sort();
}

describe('wrong presses', () => {
  for (const when of Object.keys(WHEN)) {
    it(`${when}: each has its answer and changes nothing`, async () => {
      for (const [act, who, at, mark] of CELLS) {
        if (at !== when || mark === '✓') continue;
        const kit = await shared(when);
        const before = await everything(kit);
        const person = kit.person(WHO[who as keyof typeof WHO]);
        const answer = await person.press(`meetings.${act}`, { meeting: ID, ...FIELDS[act] });
        expect([act, who, answer.shown.text, answer.refused]).toEqual([act, who, SAID[mark], true]);
        expect(await everything(kit), `${act} ${who}`).toEqual(before);
      }
    });
  }
});

describe('right presses', () => {
  for (const [act, who, when, mark] of CELLS) {
    if (mark !== '✓') continue;
    const again = TWICE[act];
    it(`${act} by ${who} ${when}${again ? ', and twice' : ''}`, async () => {
      const kit = await play(when);
      const person = kit.person(WHO[who as keyof typeof WHO]);
      const press = () => person.press(`meetings.${act}`, { meeting: ID, ...FIELDS[act] });
      const first = await press();
      expect([first.refused, first.shown.text]).toEqual([false, expect.not.stringMatching(/^请改一下/)]);
      if (again) {
        const before = await everything(kit);
        expect((await press()).shown.text).toContain(again);
        expect(await everything(kit)).toEqual(before);
      }
      await kit.close();
    });
  }
});

describe('decisions', () => {
  it('are said to be done by the unit and confirmed by the lead, once', async () => {
    const kit = await play('纪要后');
    const press = (id: string) => kit.person(id).press('meetings.settle', { decision: `${ID}-1` });
    const before = await everything(kit);
    expect((await press('du-aiqin')).shown.text).toBe(
      '这件事由责任单位（市公安局）或牵头单位（市委政法委）来销。',
    );
    const nothing = await kit.person(WHO.请了).press('meetings.settle', { decision: 'HS-1-1' });
    expect(nothing.shown.text).toContain('没有找到这个决定');
    expect(await everything(kit)).toEqual(before);
    expect((await press(WHO.请了)).refused).toBe(false);
    const claimed = await everything(kit);
    expect((await press(WHO.请了)).shown.text).toBe('已经说过落实了，等市委政法委确认。');
    expect(await everything(kit)).toEqual(claimed);
    expect((await press(WHO.发起)).refused).toBe(false);
    const done = await everything(kit);
    expect((await press(WHO.发起)).shown.text).toBe('这件事已经了结了。');
    expect(await everything(kit)).toEqual(done);
    await kit.close();
  });
});

describe('calling', () => {
  it('is for leads and the organiser, names what is wrong, and is not done twice', async () => {
    const kit = await createKit({ day: '2026-11-20', time: '09:00' });
    const fields = {
      date: '2026-11-25',
      time: '15:00',
      place: '三楼',
      agenda: '冬季防火',
      units: 'gonganju',
      sure: 'yes',
    };
    const press = async (who: string, op: string, more: Record<string, unknown> = {}) =>
      (await kit.person(who).press(op, { ...fields, ...more })).shown.text;
    for (const [who, op, more, said] of [
      ['yu-zhenbang', 'meetings.call', {}, '会商由牵头单位发起，您的单位没有牵头的星。'],
      ['huang-wenchang', 'meetings.call', {}, '会商由牵头单位发起。'],
      ['guo-chengye', 'meetings.push', {}, '推进会由市委组织部发起。'],
      ['guo-chengye', 'meetings.call', { star: 'wenming-xingfu' }, '请选这次商量哪颗星'],
      ['guo-chengye', 'meetings.call', { date: '2026-11-19' }, '11月19日已经过了'],
      ['guo-chengye', 'meetings.call', { date: '2026-02-30' }, '没有“2026-02-30”这一天'],
      ['guo-chengye', 'meetings.call', { time: '25:00' }, '几点请写成 15:00 这样'],
      ['guo-chengye', 'meetings.call', { place: ' ' }, '请写地点，线上会议就贴链接'],
      ['guo-chengye', 'meetings.call', { units: '' }, '请至少选一个参加单位'],
      ['guo-chengye', 'meetings.call', { units: 'gonganju,mars' }, '参加单位请从名单里选'],
      ['guo-chengye', 'meetings.call', { agenda: '\n ' }, '请写议题，一行一个'],
      ['guo-chengye', 'meetings.call', { agenda: Array(31).fill('议题').join('\n') }, '议题最多30个'],
    ] as const)
      expect(await press(who, op, more)).toContain(said);
    expect(await kit.store.read((tx) => tx.table(meetings).count({ period: '2026-11' }))).toBe(0);
    expect(await press('guo-chengye', 'meetings.call')).toContain('已发出');
    expect(await press('guo-chengye', 'meetings.call')).toContain('这个月已经定了 HS-2026-11-01');
    expect(await press('bai-zhiyuan', 'meetings.push', { date: '2026-11-26' })).toContain('已发出');
    expect(await press('bai-zhiyuan', 'meetings.push', { date: '2026-11-27' })).toContain(
      '这个季度已经定了 HS-2026-11-02',
    );
    expect(await kit.store.read((tx) => tx.table(invites).count({ meeting: ID }))).toBe(1);
    expect(await kit.store.read((tx) => tx.table(decisions).count({ meeting: ID }))).toBe(0);
    await kit.close();
  });
});

/** Refusals change nothing, so one kit serves all of a situation. */
const kits = new Map<string, Promise<Kit>>();
function shared(when: string): Promise<Kit> {
  const kit = kits.get(when) ?? play(when);
  kits.set(when, kit);
  return kit;
}
afterAll(async () => {
  for (const kit of kits.values()) await (await kit).close();
});
