/**
 * What the fields of rows are called, and how their values are said, for who reads their own data. Each field of a table
 * with `people` stands here, in `LABELS` or, if it says nothing to a person, in `UNSAID`: a test goes through all of them.
 * `outbox.from` and `outbox.lines.due` (a field within a field) go before `from` and `due`.
 */
import { dayOf, timeOf } from '../../lib/dates.ts';
import { numberIn } from '../../lib/numbershape.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import type { Tx } from '../../store/store.ts';
import { wordFor } from './words.ts';

/** What has an id, and a name that says more. */
export type Named = 'unit' | 'person' | 'star' | 'op' | 'channel';
/** What something is called; '' when there is no such thing (any more). */
export type NameOf = (kind: Named, id: string) => string;
/** How that is found out. */
export type Names = Readonly<Partial<Record<Named, (tx: Tx, id: string) => Promise<string | undefined>>>>;

const LABELS = {
  /** What people typed, and sentences: word for word. */
  typed: {
    alias: '自报姓名',
    'analysis_criteria.version': '标准版本',
    'analysis_sheets.version': '标准版本',
    'analysis_trials.version': '标准版本',
    answer: '回复',
    ask: '要做的事',
    byName: '姓名',
    decidedName: '审定人',
    decision: '决定',
    details: '详情',
    difficulty: '困难',
    drawnName: '抽取人',
    evidence: '佐证',
    'files.name': '文件名',
    'inspections.version': '标准版本',
    measure: '计量单位',
    'meetings.place': '地点',
    name: '姓名',
    phone: '手机',
    'places.name': '群名',
    proposedName: '提出人',
    reason: '原因',
    reasons: '理由',
    reply: '内容',
    result: '办理结果',
    saidWhy: '乡镇理由',
    standard: '标准',
    text: '内容',
    title: '标题',
    unitName: '单位',
    version: '第几版',
    'weak_listings.version': '标准版本',
    'webchat_messages.unit': '单位',
    what: '做了什么',
    who: '岗位',
    why: '来由',
    words: '内容',
  },
  /** Ids of units, of people and of stars: by name; nothing when there is none (any more). */
  unit: {
    asked: '受理单位',
    below: '上级单位',
    branch: '支部',
    county: '县区',
    doubt: '认定反弹的单位',
    grantor: '批准单位',
    handlers: '经办单位',
    helper: '帮带支部',
    issuer: '下达单位',
    lead: '牵头单位',
    normal: '其余正常',
    'outbox.from': '来自',
    owner: '责任单位',
    partners: '配合单位',
    proposedUnit: '提出单位',
    reporterUnit: '上报单位',
    supervisor: '督办单位',
    township: '乡镇',
    unit: '单位',
    units: '单位',
  },
  person: {
    by: '经办',
    instead: '代收',
    person: '人员',
    resolvedBy: '办结人',
  },
  star: {
    star: '星',
  },
  /** An operation: by the title of its line of rights. */
  op: {
    op: '操作',
  },
  /** A platform, or an account `<platform>:<account>`: by the name of the platform. */
  channel: {
    'accounts.id': '平台',
    channel: '平台',
  },
  /** Numbers, days, instants, values that words.ts has a word for, keys that begin with the number of a record. */
  plain: {
    A: '事实A',
    about: '关于',
    amount: '数量',
    'analysis_criteria.from': '启用日期',
    'analysis_items.decision': '决定',
    'analysis_trials.from': '启用日期',
    answeredAt: '答复时间',
    answeredOn: '答复日期',
    aspect: '方面',
    assessment: '换届后评估',
    assessOn: '评估时间',
    at: '时间',
    B: '事实B',
    before: '改前',
    begunOn: '开始日期',
    C: '事实C',
    case: '整顿对象',
    changes: '换过几次',
    checkin: '任务',
    climbed: '上交的问题',
    closedAt: '销号时间',
    count: '次数',
    D: '事实D',
    date: '日期',
    day: '日期',
    days: '天数',
    deadline: '期限',
    decidedOn: '审定日期',
    differs: '不一致',
    dissatisfied: '不满意',
    done: '已完成',
    due: '期限',
    edited: '修改时间',
    endedOn: '结束',
    error: '说明',
    example: '典型',
    expires: '到期',
    'exports.lines': '行数',
    extension: '申请延期',
    facts: '事实',
    'files.size': '字节数',
    'forms.result': '回复',
    from: '从',
    gone: '已不在',
    handedAt: '下达时间',
    'heavy_weeks.count': '消息条数',
    'heavy_weeks.week': '周一',
    helped: '帮上了',
    honours: '荣誉',
    inspection: '督导',
    'inspections.amount': '支部数',
    'invites.answer': '答复',
    issue: '问题',
    items: '议题',
    kind: '种类',
    kinds: '支部种类',
    late: '超期',
    letter: '事实',
    level: '程度',
    major: '重点任务',
    marks: '经过',
    meeting: '会商',
    meets: '够条件',
    more: '其他决定',
    moved: '改期次数',
    nudgedAt: '催办时间',
    number: '编号',
    on: '日期',
    onceLateDays: '超期天数',
    openDays: '未办结天数',
    origin: '来自',
    'outbox.lines': '提醒的事',
    'outbox.lines.due': '期限',
    outcome: '结果',
    overdueWorkdays: '超期工作日',
    percent: '百分比',
    period: '期',
    periods: '期数',
    present: '到会',
    proof: '佐证情况',
    publishedOn: '公开日期',
    quarters: '各季度',
    raised: '上交前',
    record: '对象',
    records: '有关事项',
    recurrence: '反弹',
    recurrenceOf: '反弹自',
    recurs: '认定反弹',
    reportedAt: '上报时间',
    residents: '群众反映的问题',
    returned: '退回次数',
    review: '回头看',
    rhythm: '多久一次',
    role: '岗位',
    said: '乡镇意见',
    scope: '范围',
    since: '任职时间',
    slipped: '延期次数',
    source: '来源',
    'star_namings.count': '星数',
    startsAt: '时间',
    state: '状态',
    statements: '情况说明',
    statementWorkdays: '说明的工作日',
    step: '导览第几步',
    steps: '经过',
    submittedOn: '提交日期',
    superiors: '上级和督导发现的问题',
    target: '目标',
    task: '任务',
    'tasks.day': '截止日期',
    'tasks.size': '单位数',
    time: '时间',
    to: '到',
    total: '总行数',
    trainings: '培训',
    type: '类型',
    types: '认定的类型',
    undone: '撤销',
    until: '止',
    urgency: '紧急程度',
    used: '已用',
    verdict: '评价',
    visible: '谁能看',
    'weak_listings.meeting': '会议日期',
    'webchat_messages.ask': '是对会商助手说的',
    withdrawn: '已撤回',
  },
} as const satisfies Readonly<Record<'typed' | 'plain' | Named, Readonly<Record<string, string>>>>;

/** What names the row or the person, and what only the machine reads: keys of chats and secrets of links among it. */
const UNSAID: ReadonlySet<string> = new Set([
  'id',
  'rev',
  'ref',
  'hash',
  'data',
  'template',
  'seq',
  'stamp',
  'week',
  // What only the sending, the drawing and the finding of rows is about.
  'account',
  'asks',
  'attempts',
  'block',
  'buttons',
  'card',
  'check',
  'file',
  'greeted',
  'group',
  'handle',
  'hinted',
  'later',
  'look',
  'n',
  'named',
  'of',
  'only',
  'parent',
  'place',
  'round',
  'rows',
  'sheet',
  'subject',
  'thread',
  'via',
  'waits',
  // What other fields of the same rows say already, or say better.
  'audit.day',
  'audit.op',
  'decidedBy',
  'exports.due',
  'exports.name',
  'forms.origin',
  'outbox.day',
  'outbox.due',
  'outbox.op',
  'outbox.period',
  'outbox.rhythm',
  'outbox.since',
  'places.kind',
  'proposedBy',
  'weak_listings.statements.by',
]);

const WORDS = '内容';
const PERIOD = /^\d{4}-(Q[1-4]|H[12]|\d\d)$/;
const WEEK = /^(\d{4})-W(\d\d)$/;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
/** What is never due, has no end. */
const NEVER = /^9999/;

interface Field {
  readonly label: string;
  readonly how: keyof typeof LABELS;
}
const FIELDS: ReadonlyMap<string, Field> = new Map(
  (Object.keys(LABELS) as Field['how'][]).flatMap((how) =>
    Object.entries(LABELS[how]).map(([name, label]) => [name, { label, how }] as const),
  ),
);

/** A day or an instant, and not one that never comes. */
export function isTime(value: unknown): value is string {
  return typeof value === 'string' && !NEVER.test(value) && !Number.isNaN(Date.parse(value));
}

/** The names of a field, the most exact one first. */
const namesOf = (path: readonly string[]) => [path.join('.'), `${path[0]}.${path.at(-1)}`, `${path.at(-1)}`];

/**
 * `标题：路灯坏了`; nothing for what is empty or not said.
 * @param path the table, and the fields down to this one
 */
export function sayField(path: readonly string[], value: unknown, nameOf: NameOf): readonly string[] {
  return partsOf(path, value, nameOf).map(({ label, said }) => `${label}：${said}`);
}

function partsOf(path: readonly string[], value: unknown, nameOf: NameOf) {
  const names = namesOf(path);
  const first = names.find((name) => UNSAID.has(name) || FIELDS.has(name)) ?? '';
  if (UNSAID.has(first)) return [];
  const { label, how } = FIELDS.get(first) ?? { label: `${path.at(-1)}`, how: 'plain' };

  function say(one: unknown): string {
    if (typeof one === 'boolean') return one ? '是' : '';
    if (one === null || one === undefined) return '';
    if (Array.isArray(one)) {
      const said = one.map(say).filter(Boolean);
      return typeof one[0] === 'object' ? said.map((each) => `（${each}）`).join('') : said.join('、');
    }
    if (typeof one === 'object') {
      const parts = Object.entries(one).flatMap(([name, inner]) => partsOf([...path, name], inner, nameOf));
      const [only] = parts;
      if (only?.label === WORDS && parts.length === 1) return only.said;
      return parts.map((part) => `${part.label}：${part.said}`).join('，');
    }
    if (typeof one === 'number' || how === 'typed') return String(one);
    return how === 'plain' ? sayPlain(names, String(one)) : one === '' ? '' : nameOf(how, String(one));
  }
  const said = say(value);
  return said === '' ? [] : [{ label, said }];
}

/** What a machine wrote, in words; '' for what only a machine can read. */
function sayPlain(names: readonly string[], value: string): string {
  const word = wordFor(names, value);
  if (word !== undefined) return word;
  if (NEVER.test(value)) return '';
  if (INSTANT.test(value)) return `${dayOf(new Date(value))} ${timeOf(new Date(value))}`;
  if (PERIOD.test(value)) return sayDatedPeriod(value);
  if (WEEK.test(value)) return value.replace(WEEK, (_, year, week) => `${year}年第${Number(week)}周`);
  if (/\p{Script=Han}/u.test(value) || !/[A-Za-z|]/.test(value)) return value;
  return numberIn(value);
}
