/**
 * What the fields of rows are called, and how their values are said, for who reads their own data. What many tables call
 * by one name stands here, the rest beside its table (`people`), which goes before: a test asks for a word for every field.
 */
import { dayOf, timeOf } from '../../lib/dates.ts';
import { numberIn } from '../../lib/numbershape.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import type { AnyTable, Labels, Tx, Way } from '../../store/store.ts';

/** What has an id, and a name that says more. */
export type Named = Exclude<Way, 'typed' | 'plain'>;
/** What something is called; '' when there is no such thing (any more). */
export type NameOf = (kind: Named, id: string) => string;
/** How that is found out. */
export type Names = Readonly<Partial<Record<Named, (tx: Tx, id: string) => Promise<string | undefined>>>>;

const LABELS: Labels = {
  typed: {
    answer: '回复',
    ask: '要做的事',
    byName: '姓名',
    decision: '决定',
    details: '详情',
    evidence: '佐证',
    name: '姓名',
    reason: '原因',
    standard: '标准',
    text: '内容',
    title: '标题',
    version: '第几版',
    what: '做了什么',
    words: '内容',
  },
  unit: { branch: '支部', county: '县区', township: '乡镇', unit: '单位' },
  person: { by: '经办', person: '人员' },
  star: { star: '星' },
  channel: { channel: '平台' },
  plain: {
    about: '关于',
    amount: '数量',
    aspect: '方面',
    at: '时间',
    count: '次数',
    day: '日期',
    days: '天数',
    deadline: '期限',
    due: '期限',
    expires: '到期',
    from: '从',
    kind: '种类',
    number: '编号',
    on: '日期',
    percent: '百分比',
    period: '期',
    role: '岗位',
    state: '状态',
    to: '到',
  },
};

/** What names the row or the person, and what only the machine reads: keys of chats and secrets of links among it. */
const UNSAID: readonly string[] = [
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
];

const WORDS = '内容';
const PERIOD = /^\d{4}-(Q[1-4]|H[12]|\d\d)$/;
const WEEK = /^(\d{4})-W(\d\d)$/;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
/** What is never due, has no end. */
const NEVER = /^9999/;

interface Field {
  readonly label: string;
  readonly how: Way;
}

/** A day or an instant, and not one that never comes. */
export function isTime(value: unknown): value is string {
  return typeof value === 'string' && !NEVER.test(value) && !Number.isNaN(Date.parse(value));
}

/** What its table calls a field, or else what all do; undefined for one that is not said. */
function fieldOf({ people }: AnyTable, names: readonly string[]): Field | undefined {
  const { labels = {}, unsaid = [] } = typeof people === 'object' ? people : {};
  for (const [known, left] of [
    [labels, unsaid],
    [LABELS, UNSAID],
  ] as const)
    for (const name of names) {
      if (left.includes(name)) return undefined;
      for (const [how, { [name]: label }] of Object.entries(known))
        if (label !== undefined) return { label, how: how as Way };
    }
  return { label: `${names.at(-1)}`, how: 'plain' };
}

/**
 * `标题：路灯坏了`; nothing for what is empty or not said.
 * @param path the fields down to this one
 */
export function sayField(
  table: AnyTable,
  path: readonly string[],
  value: unknown,
  nameOf: NameOf,
): readonly string[] {
  return partsOf(table, path, value, nameOf).map(({ label, said }) => `${label}：${said}`);
}

function partsOf(table: AnyTable, path: readonly string[], value: unknown, nameOf: NameOf) {
  // The most exact name first.
  const names = [path.join('.'), `${path.at(-1)}`];
  const field = fieldOf(table, names);
  if (!field) return [];
  const { label, how } = field;

  function say(one: unknown): string {
    if (typeof one === 'boolean') return one ? '是' : '';
    if (one === null || one === undefined) return '';
    if (Array.isArray(one)) {
      const said = one.map(say).filter(Boolean);
      return typeof one[0] === 'object' ? said.map((each) => `（${each}）`).join('') : said.join('、');
    }
    if (typeof one === 'object') {
      const parts = Object.entries(one).flatMap(([name, inner]) =>
        partsOf(table, [...path, name], inner, nameOf),
      );
      const [only] = parts;
      if (only?.label === WORDS && parts.length === 1) return only.said;
      return parts.map((part) => `${part.label}：${part.said}`).join('，');
    }
    if (typeof one === 'number' || how === 'typed') return String(one);
    return how === 'plain' ? sayPlain(table, names, String(one)) : one === '' ? '' : nameOf(how, String(one));
  }
  const said = say(value);
  return said === '' ? [] : [{ label, said }];
}

/** What a machine wrote, in words; '' for what only a machine can read. */
function sayPlain({ people }: AnyTable, names: readonly string[], value: string): string {
  const words = typeof people === 'object' ? people.words : undefined;
  const word = names.map((name) => words?.[name]?.[value]).find((one) => one !== undefined);
  if (word !== undefined) return word;
  if (NEVER.test(value)) return '';
  if (INSTANT.test(value)) return `${dayOf(new Date(value))} ${timeOf(new Date(value))}`;
  if (PERIOD.test(value)) return sayDatedPeriod(value);
  if (WEEK.test(value)) return value.replace(WEEK, (_, year, week) => `${year}年第${Number(week)}周`);
  if (/\p{Script=Han}/u.test(value) || !/[A-Za-z|]/.test(value)) return value;
  return numberIn(value);
}
