/** The scenes of the matrix: what is in the store before somebody presses, and what the press carries. */

import { forms } from '../../../src/bot/cards/form-rows.ts';
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { buildForm } from '../../../src/bot/cards/spec.ts';
import { conversations } from '../../../src/bot/delivery/conversations.ts';
import { outbox } from '../../../src/bot/delivery/tables.ts';
import { profileDrafts } from '../../../src/features/branches/import.ts';
import { type Issue, issues } from '../../../src/features/issues/model.ts';
import {
  decisions,
  invites,
  type Meeting,
  meetings,
  newItem,
  topics,
} from '../../../src/features/meetings/model.ts';
import { rosterDrafts } from '../../../src/features/members/import.ts';
import { members } from '../../../src/features/members/model.ts';
import { type Request, requests } from '../../../src/features/members/requests.ts';
import { rights } from '../../../src/features/reminders/rights.ts';
import type { Row, Table, Tx } from '../../../src/store/store.ts';
import { accountOf } from '../rig.ts';
import { albumScenes } from './album.ts';
import { ANALYSIS_SCENES } from './analysis.ts';
import { CASE_SCENES } from './cases.ts';
import { INSPECTION_SCENES } from './inspections.ts';
import { OPINION_SCENES } from './opinions.ts';
import { PAIRING_SCENES } from './pairing.ts';
import { RECTIFICATION_SCENES } from './rectification.ts';
import { SECRETARY_SCENES } from './secretaries.ts';
import { SPONSORSHIP_SCENES } from './sponsorship.ts';
import { STAR_SCENES } from './stars.ts';
import { TALK_SCENES } from './talks.ts';
import { TASK_SCENES } from './tasks.ts';

/** The moment of all scenes: a Friday morning in Shanghai. */
export const NOW = new Date('2026-11-20T09:00:00+08:00');
const TODAY = '2026-11-20';
const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

/** The people of the columns, by the head of the column; `生人` is on no list. */
export const PEOPLE: Readonly<Record<string, string | null>> = {
  生人: null,
  柳湾村书记: 'huang-wenchang',
  青石村书记: 'chen-delin',
  石桥镇负责人: 'huang-changqing',
  石桥镇联络员: 'wang-haiyan',
  青山县负责人: 'hao-haitao',
  明湖区负责人: 'wang-caifeng',
  政法委负责人: 'guo-chengye',
  民政局负责人: 'luo-lei',
  公安局负责人: 'yu-zhenbang',
  组织部负责人: 'bai-zhiyuan',
};
const TOWNSHIP = 'huang-changqing';

/** Sets the scene once more, with records of its own; resolves to what the press carries. */
export interface Scene {
  readonly data: (tx: Tx, n: number, place: string) => Promise<Raw>;
  /** Pressed in a group instead of the personal chat. */
  readonly group?: boolean;
}

/** Checked by the table itself, so that fields which get a default later need not be named here. */
async function put<T extends Row>(tx: Tx, table: Table<T>, row: object): Promise<T> {
  return tx.table(table).put(table.schema.parse(row));
}

const carries = (data: Raw = {}): Scene => ({ data: () => Promise.resolve(data) });

const issue = (change: Partial<Issue>, more: Raw = {}): Scene => ({
  async data(tx, n) {
    const { id } = await put(tx, issues, {
      id: `WT-2026-${5000 + n}`,
      title: '村口路灯坏了',
      details: '',
      aspect: '物',
      star: 'pingan-fazhi',
      branch: 'qingshan-shiqiao-liuwan',
      township: 'qingshan-shiqiao',
      county: 'qingshan',
      source: '群众反映',
      urgency: '一般',
      state: 'active',
      reporter: 'huang-wenchang',
      reporterUnit: 'qingshan-shiqiao-liuwan',
      owner: 'qingshan-shiqiao',
      supervisor: 'zhengfawei',
      handlers: ['qingshan-shiqiao'],
      deadline: '2026-12-04',
      reportedAt: '2026-11-18T01:00:00.000Z',
      returned: 0,
      slipped: 0,
      extension: null,
      grantor: null,
      result: '',
      evidence: '',
      resolvedBy: change.state === 'verifying' ? TOWNSHIP : null,
      verdict: null,
      closedAt: null,
      recurrenceOf: null,
      ...change,
    });
    return { issue: id, ...more };
  },
});

const wants = (by: string) => ({ extension: { to: '2026-12-20', reason: '等配件', by } });
const byTownship = { ...wants(TOWNSHIP), grantor: 'zhengfawei' };
const byLead = { owner: 'zhengfawei', handlers: ['zhengfawei'], ...wants('guo-chengye'), grantor: 'zzb' };
const GONE = { state: 'verifying', reporter: 'the-one-before' } as const;
const up = { reason: '要县里协调' };
const again = { recurrenceOf: 'WT-2026-0001', doubt: 'zhengfawei' };
const raised = {
  owner: 'qingshan',
  handlers: ['qingshan-shiqiao', 'qingshan'],
  raised: {
    owner: 'qingshan-shiqiao',
    state: 'active' as const,
    handlers: ['qingshan-shiqiao'],
    deadline: '2026-12-04',
    slipped: 0,
    extension: null,
    grantor: null,
  },
};
const later = { date: '2026-12-20', reason: '等配件' };

const meeting = (
  startsAt: Date,
  more: Raw = {},
  change: Partial<Meeting> = {},
  signed: readonly string[] = [],
): Scene => ({
  async data(tx, n) {
    const { id, state } = await putMeeting(tx, n, startsAt, change);
    for (const unit of ['qingshan-shiqiao', 'gonganju']) {
      await put(tx, invites, {
        id: `${id}|${unit}`,
        meeting: id,
        unit,
        state,
        startsAt: startsAt.toISOString(),
        answer: 'none',
        words: '',
        by: null,
        present: signed.includes(unit) ? 'yes' : 'no',
      });
    }
    return { meeting: id, ...more };
  },
});

const putMeeting = (tx: Tx, n: number, startsAt: Date, change: Partial<Meeting>) =>
  put(tx, meetings, {
    id: `HS-2026-11-${100 + n}`,
    kind: 'month',
    period: '2026-11',
    star: 'pingan-fazhi',
    lead: 'zhengfawei',
    convener: 'guo-chengye',
    date: '2026-11-21',
    time: '15:00',
    startsAt: startsAt.toISOString(),
    place: '三楼会议室',
    state: 'set',
    items: [newItem({ id: '1', text: '路灯', about: null })],
    version: 0,
    reason: '',
    moved: 0,
    ...change,
  });
const ahead = (more: Raw = {}) => meeting(at(24), more);
const begun = (more: Raw = {}) => meeting(at(-1), more);
const call = (star: string, day: string): Scene =>
  carries({ star, date: day, time: '15:00', place: '三楼', units: 'gonganju', agenda: '路灯', sure: 'yes' });
const moved = { date: '2026-11-25', time: '15:00', reason: '领导下乡', sure: 'yes' };
const minutes = { decision1: '下月修好', sure: 'yes' };
/** As the forms of the version before say it. */
const former = { ...minutes, filled: 'yes' };

const LIUWAN = 'qingshan-shiqiao-liuwan';
const asking = (change: Partial<Request> = {}): Scene => ({
  async data(tx, n, place) {
    const account = change.account ?? `aad-asks-${n}`;
    const { id } = await put(tx, requests, {
      id: `BD-2026-${5000 + n}`,
      at: NOW.toISOString(),
      channel: 'teams',
      account,
      who: `teams:${account}`,
      alias: '某某',
      name: `某某${n}`,
      unit: LIUWAN,
      role: 'liaison',
      place,
      group: null,
      asked: LIUWAN,
      state: 'open',
      by: null,
      reason: '',
      ...change,
    });
    return { request: id };
  },
});
const rosterOf = (n: number) => ({
  ...{ line: 2, id: '', name: `名单${n}`, unit: '石门村党支部', role: '联络员' },
  ...{ phone: '', account: '', accounts: {}, notes: [] },
});
const profileOf = (n: number) => ({
  ...{ line: 2, branch: '石门村党支部', township: '', lng: '', lat: '', industries: '', source: '' },
  ...{ households: String(200 + n), income: [] },
});
const leaving: Scene = {
  async data(tx, n) {
    const person = (id: string) => put(tx, members, { id, name: id, unit: LIUWAN, role: 'liaison' });
    const [from, to] = [await person(`from-${n}`), await person(`to-${n}`)];
    return { person: `${from.id}|${LIUWAN}`, to: `${to.id}|${LIUWAN}`, sure: 'yes' };
  },
};

const CLAIM = { claim: { by: 'yu-zhenbang', name: '于振邦', words: '' }, confirms: 'zhengfawei' };
const decision = (state: 'open' | 'done', change: object = {}, words = ''): Scene => ({
  async data(tx, n) {
    const { id: of } = await putMeeting(tx, n, at(-100), { state: 'minuted', version: 1 });
    const { id } = await put(tx, decisions, {
      id: `${of}-1`,
      meeting: of,
      star: 'pingan-fazhi',
      lead: 'zhengfawei',
      text: '修好路灯',
      unit: 'gonganju',
      deadline: '2026-12-04',
      state,
      since: TODAY,
      done: '',
      ...change,
    });
    return { decision: id, words };
  },
});

const topic = (state: 'open' | 'taken'): Scene => ({
  async data(tx, n) {
    const { id } = await put(tx, topics, {
      id: `TY-2026-${5000 + n}`,
      at: NOW.toISOString(),
      star: 'pingan-fazhi',
      lead: 'zhengfawei',
      words: '夜间巡防怎么分片',
      unit: 'gonganju',
      by: 'yu-zhenbang',
      state,
      meeting: state === 'taken' ? 'HS-2026-11-01' : null,
      reason: '',
    });
    return { topic: id, reason: '已经单独办了' };
  },
});

const digest: Scene = {
  async data(tx, n) {
    const { id } = await put(tx, outbox, {
      id: `digest:${TOWNSHIP}:2026-11-${10 + (n % 9)}:am${n}`,
      kind: 'digest',
      person: TOWNSHIP,
      place: null,
      reply: { text: '' },
      lines: [
        { rhythm: 'x', period: '1', title: '路灯', ask: '请办', due: null, op: 'home.todo', data: { n } },
      ],
      from: null,
      instead: null,
      state: 'sent',
      due: NOW.toISOString(),
      attempts: 1,
      at: NOW.toISOString(),
      day: TODAY,
      week: '2026-11-16',
      error: null,
    });
    return { digest: id };
  },
};

const form = (field: 'form' | 'back'): Scene => ({
  async data(tx, n, place) {
    const row = {
      id: `form-${n}`,
      op: 'reminders.hours',
      person: TOWNSHIP,
      place,
      state: 'open',
      at: NOW.toISOString(),
      text: '提醒时段',
      template: 'bot/form',
      data: buildForm({ title: '提醒时段', fields: [], submit: { title: '保存', op: rights.hours } }, {}, []),
      origin: null,
      result: null,
    };
    await put(tx, forms, row);
    return { [field]: row.id };
  },
});

const group = (unit: string | null): Scene => ({
  group: true,
  async data(tx, _n, place) {
    const row = { id: place, channel: 'teams', kind: 'group' as const, person: null, star: null };
    await put(tx, conversations, { ...row, unit, ref: null, at: NOW.toISOString() });
    return {};
  },
});

const HOLIDAYS = Array.from({ length: 5 }, (_, i) => ({
  name: '元旦',
  date: `2027-01-0${i + 1}`,
  isOffDay: true,
}));

/** By operation and, where it has several, by the words of the second column. */
export const SCENES: Readonly<Record<string, Scene>> = {
  'home.help': carries(),
  'home.more': carries(),
  'home.me': carries(),
  'home.todo': carries(),

  'issues.draft 只填表': carries({ words: '村口路灯坏了' }),
  'issues.figures': carries(),
  'own.data': carries(),
  'burden.check': carries(),
  'burden.forms': carries(),

  ...OPINION_SCENES,

  'issues.report 替柳湾村': carries({
    title: '路灯坏了',
    aspect: '物',
    star: 'pingan-fazhi',
    branch: 'qingshan-shiqiao-liuwan',
  }),
  'issues.list 自己单位的': carries(),
  'issues.list 写上词': carries({ words: '路灯' }),
  'issues.list 写上编号': issue({}),
  'issues.show': issue({}),
  'issues.history': issue({ state: 'closed' }),
  'issues.accept 待受理': issue({ state: 'pending' }),
  'issues.accept 已经受理': issue({}),
  'issues.accept 已销号': issue({ state: 'closed' }),
  'issues.transfer 办理中': issue({}, { unit: 'gonganju' }),
  'issues.transfer 已经转给公安局': issue(
    { owner: 'gonganju', handlers: ['qingshan-shiqiao', 'gonganju'] },
    { unit: 'minzhengju' },
  ),
  'issues.transfer 已销号': issue({ state: 'closed' }, { unit: 'gonganju' }),
  'issues.escalate 办理中': issue({}, up),
  'issues.escalate 已经到政法委': issue(
    {
      owner: 'zhengfawei',
      handlers: ['qingshan-shiqiao', 'zhengfawei'],
    },
    up,
  ),
  'issues.escalate 已销号': issue({ state: 'closed' }, up),
  'issues.recall 提级给青山县，还没受理': issue({ ...raised, state: 'pending' }),
  'issues.recall 青山县已经受理': issue(raised),
  'issues.recall 没有提级': issue({ state: 'pending' }),
  'issues.extend 办理中': issue({}, later),
  'issues.extend 已经超期': issue({ deadline: '2026-11-18' }, later),
  'issues.extend 已销号': issue({ state: 'closed' }, later),
  'issues.grant 石桥镇申请的': issue(byTownship),
  'issues.grant 政法委自己办、自己申请的': issue(byLead),
  'issues.deny 石桥镇申请的': issue(byTownship),
  'issues.deny 政法委自己办、自己申请的': issue(byLead),
  'issues.resolve 办理中': issue({}, { words: '已换好' }),
  'issues.resolve 还没受理': issue({ state: 'pending' }, { words: '已换好' }),
  'issues.resolve 已销号': issue({ state: 'closed' }, { words: '已换好' }),
  'issues.verify 石桥镇办结的': issue({ state: 'verifying' }, { verdict: '满意' }),
  'issues.verify 上报的是前任书记，已经调走': issue(GONE, { verdict: '满意' }),
  'issues.verify 已销号': issue({ state: 'closed' }, { verdict: '满意' }),
  'issues.satisfied 石桥镇办结的': issue({ state: 'verifying' }),
  'issues.satisfied 上报的是前任书记，已经调走': issue(GONE),
  'issues.satisfied 不是群众反映的': issue({ state: 'verifying', source: '自查' }),
  'issues.satisfied 已销号': issue({ state: 'closed' }),
  'issues.recurs 疑似反弹': issue(again),
  'issues.recurs 已经认定': issue({ ...again, recurs: false }),
  'issues.single 疑似反弹': issue(again),
  'issues.single 没有疑似反弹': issue({}),
  'issues.return 石桥镇办结的': issue({ state: 'verifying' }, { reason: '还没亮' }),
  'issues.return 上报的是前任书记，已经调走': issue(GONE, { reason: '还没亮' }),
  'issues.return 已销号': issue({ state: 'closed' }, { reason: '还没亮' }),
  'issues.withdraw 待受理': issue({ state: 'pending' }, { sure: 'yes' }),
  'issues.withdraw 已经受理': issue({}),
  'issues.withdraw 已销号': issue({ state: 'closed' }),
  'issues.supplement 办理中': issue({}, { words: '又暗了一盏' }),
  'issues.supplement 已销号': issue({ state: 'closed' }, { words: '又暗了一盏' }),

  'meetings.board': carries(),
  'meetings.quarter': carries(),
  'meetings.show': ahead(),
  'meetings.replies': ahead(),
  'meetings.decision': decision('open'),
  'meetings.call 平安法治星': call('pingan-fazhi', '2026-12-10'),
  'meetings.call 文明幸福星': call('wenming-xingfu', '2026-12-10'),
  'meetings.push': call('', '2026-12-11'),
  'meetings.propose 平安法治星': carries({ words: '冬季防火', star: 'pingan-fazhi' }),
  'meetings.topic 公安局提的': topic('open'),
  'meetings.dropTopic 公安局提的': topic('open'),
  'meetings.dropTopic 已经列入': topic('taken'),
  'meetings.come 开会前': ahead(),
  'meetings.come 已经开始': begun(),
  'meetings.excuse 开会前': ahead({ reason: '下乡' }),
  'meetings.substitute 开会前': ahead({ name: '李明' }),
  'meetings.sign 开会前半小时': meeting(at(0.5)),
  'meetings.sign 开会前一天': ahead(),
  'meetings.sign 公安局已经到会': meeting(at(0.5), {}, {}, ['gonganju']),
  'meetings.move 开会前': ahead(moved),
  'meetings.move 已经开始': begun(moved),
  'meetings.cancel 开会前': ahead({ reason: '领导下乡' }),
  'meetings.cancel 已经开始': begun({ reason: '领导下乡' }),
  'meetings.minutes 已经开始': begun(former),
  'meetings.minutes 开会前': ahead(former),
  'meetings.turnPage 已经开始': begun({ ...minutes, to: 1 }),
  'meetings.turnPage 开会前': ahead({ ...minutes, to: 1 }),
  'meetings.oneDecision 已经开始': begun({ ...minutes, one: '1+' }),
  'meetings.oneDecision 开会前': ahead({ ...minutes, one: '1+' }),
  'meetings.saveDraft 已经开始': begun(minutes),
  'meetings.saveDraft 开会前': ahead(minutes),
  'meetings.publish 已经开始': begun(minutes),
  'meetings.publish 开会前': ahead(minutes),
  'meetings.settle': decision('open'),
  'meetings.settle 已经了结': decision('done'),
  'meetings.settle 公安局已经说过': decision('open', CLAIM),
  'meetings.confirm 公安局说已落实': decision('open', CLAIM),
  'meetings.confirm 公安局还没有说': decision('open'),
  'meetings.unsettled 公安局说已落实': decision('open', CLAIM, '还有两盏不亮'),
  'meetings.unsettled 已经了结': decision('done', {}, '还有两盏不亮'),
  'meetings.calendar 自己单位的全部会': carries(),
  'meetings.calendar 这一个会': ahead(),
  'meetings.renew 自己的日历': carries({ sure: 'yes' }),
  'meetings.take 纪要已出': meeting(at(-24), {}, { state: 'minuted', version: 1 }),
  'meetings.take 纪要没出': begun(),

  ...TASK_SCENES,
  ...ANALYSIS_SCENES,
  ...RECTIFICATION_SCENES,
  ...PAIRING_SCENES,
  ...SPONSORSHIP_SCENES,
  ...TALK_SCENES,

  'reminders.next': carries(),
  'reminders.hours': carries({ from: '09:00', to: '17:00' }),
  'reminders.ledger': carries(),
  'reminders.resend': carries(),
  'reminders.schedules': carries(),
  'reminders.schedule': carries({ rhythm: 'issues.blue' }),
  'reminders.change': carries({ rhythm: 'issues.blue', time: '08:40', sure: 'yes' }),
  'reminders.holidays': carries({ json: JSON.stringify({ year: 2027, days: HOLIDAYS }) }),

  ...INSPECTION_SCENES,
  ...STAR_SCENES,
  ...SECRETARY_SCENES,
  ...CASE_SCENES,
  'openness.show': carries(),
  'openness.rows': carries({ figure: 'stars.5' }),
  'openness.circular': carries(),
  'openness.set': carries({ four: '35', province: '', source: '', basis: 'no' }),
  'page.open': carries(),
  'page.leave': carries(),
  'audit.list': carries(),
  'audit.filter': carries({ chosen: 'yes' }),
  'audit.export': carries(),

  'members.bindGroup 还没有归属的群': group(null),
  'members.bindGroup 归青山县的群': group('qingshan'),
  'members.bind 去石门村当联络员': carries({
    name: '某某',
    unit: 'qingshan-shiqiao-shimen',
    role: 'liaison',
  }),
  'members.withdraw 没有申请': carries(),
  'members.request 申请去柳湾村': asking(),
  'members.agree 申请去柳湾村': asking(),
  'members.agree 已经批过': asking({ state: 'agreed' }),
  'members.agree 石桥镇负责人自己的申请': asking({ account: accountOf(TOWNSHIP).account }),
  'members.refuse 申请去柳湾村': asking(),
  'members.refuse 已经批过': asking({ state: 'refused' }),
  'members.switch': carries(),
  'members.tourNext': carries({ step: 1 }),
  'members.tourEnd': carries(),
  'members.handover 柳湾村的一位': leaving,
  'members.remove 柳湾村的一位': leaving,
  'members.roster': carries({ rows: [rosterOf(0)] }),
  'members.applyRoster 组织部发来的名单': {
    async data(tx, n) {
      const drafts = tx.table(rosterDrafts);
      const id = 'bai-zhiyuan';
      await drafts.put({ ...(await drafts.get(id)), id, number: 'one', rows: [rosterOf(n)] });
      return { number: 'one' };
    },
  },

  'branches.show 自己单位的': carries(),
  'branches.show 柳湾村': carries({ branch: LIUWAN }),
  'branches.import': carries({ rows: [profileOf(0)] }),
  'branches.applyImport 青山县发来的档案': {
    async data(tx, n) {
      const drafts = tx.table(profileDrafts);
      const row = { id: 'hao-haitao', number: 'one', unit: 'qingshan', rows: [profileOf(n)] };
      await drafts.put({ ...(await drafts.get(row.id)), ...row });
      return { number: 'one' };
    },
  },

  'digest.tomorrow': digest,
  'digest.later': digest,
  'form.cancel 没有打开的表': carries(),
  'form.cancel 石桥镇负责人打开的表': form('form'),
  'form.leave': carries(),
  'form.reopen 石桥镇负责人打开的表': form('back'),
  ...albumScenes(NOW),
};
