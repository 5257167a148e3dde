/** What the fields of rows are called, for who reads their own data. */

const LABELS: Readonly<Record<string, string>> = {
  address: '地址',
  agenda: '议题',
  amount: '数量',
  answer: '回复',
  answeredAt: '答复时间',
  aspect: '方面',
  assessment: '换届后评估',
  assessOn: '评估时间',
  branch: '支部',
  changes: '换过几次',
  channel: '渠道',
  checkin: '进展',
  closedAt: '销号时间',
  county: '县区',
  date: '日期',
  day: '日期',
  days: '天数',
  deadline: '期限',
  details: '详情',
  difficulty: '困难',
  due: '期限',
  endedOn: '结束',
  error: '说明',
  evidence: '佐证',
  expires: '到期',
  from: '起',
  example: '典型',
  handedAt: '下达时间',
  honours: '荣誉',
  issue: '问题',
  issuer: '下达单位',
  kind: '种类',
  late: '超期',
  lead: '牵头单位',
  lines: '行数',
  measure: '单位',
  meeting: '会商',
  name: '名称',
  on: '日期',
  op: '操作',
  outcome: '结果',
  owner: '责任单位',
  percent: '百分比',
  period: '期',
  phone: '手机',
  place: '地点或聊天',
  present: '到会',
  reason: '原因',
  record: '对象',
  reply: '内容',
  reportedAt: '上报时间',
  reporterUnit: '上报单位',
  result: '办理结果',
  review: '回头看',
  rhythm: '频次',
  role: '岗位',
  size: '大小',
  since: '任职时间',
  source: '来源',
  standard: '标准',
  star: '星',
  startsAt: '时间',
  state: '状态',
  supervisor: '督办单位',
  task: '任务',
  text: '内容',
  time: '时间',
  title: '标题',
  to: '止',
  township: '乡镇',
  trainings: '培训',
  unit: '单位',
  unitName: '单位',
  urgency: '紧急程度',
  verdict: '评价',
  version: '第几版',
  what: '做了什么',
  who: '经办',
  words: '内容',
};
/** What names the row or the person, and what only the machine reads: the secrets of links among it. */
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
]);

/** `标题：路灯坏了`; nothing for what is empty. */
export function sayField(name: string, value: unknown): readonly string[] {
  if (UNSAID.has(name)) return [];
  const said = say(value);
  return said === '' ? [] : [`${LABELS[name] ?? name}：${said}`];
}

function say(value: unknown): string {
  if (typeof value === 'boolean') return value ? '是' : '';
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(say).filter(Boolean).join('、');
  if (typeof value === 'object')
    return Object.entries(value)
      .flatMap(([name, one]) => sayField(name, one))
      .join('，');
  return String(value);
}
