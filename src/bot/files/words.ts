/**
 * What the values that rows keep are called, for who reads their own data: the words of the cards. By the table and the
 * field, or by the field alone where it means the same everywhere. A test goes through the values of all schemas.
 */

import type { OutboxRow } from '../delivery/tables.ts';

type Words = Readonly<Record<string, string>>;

/** How it stands with a message: also on the lists of 投递. */
export const DELIVERY_NAMES: Readonly<Record<OutboxRow['state'], string>> = {
  due: '待发',
  waiting: '排队中',
  sending: '发送中',
  sent: '已送达',
  merged: '已合并',
  void: '作废',
  failed: '失败',
  unsure: '不确定',
};

const MEETING: Words = { set: '已定', minuted: '已出纪要', cancelled: '已取消' };
const FACT: Words = {
  periods: '重点任务连续没落实',
  once: '重点任务过期没报',
  residents: '群众反映',
  recurrence: '反弹或疑似反弹',
  dissatisfied: '群众不满意',
  climbed: '升到县区或以上',
  superiors: '上级交办或督导发现',
  overdue: '超期未销号',
  open: '上报很久未销号',
};
const DECISION: Words = { list: '建议列入', watch: '关注', none: '不列入', normal: '其余正常' };

const WORDS: Readonly<Record<string, Words>> = {
  'forms.state': { open: '还没提交', shut: '已结束' },
  'outbox.kind': { reply: '回复', notice: '通知', digest: '提醒' },
  'outbox.state': DELIVERY_NAMES,
  'files.kind': {
    jpg: '照片',
    png: '照片',
    webp: '照片',
    heic: '照片',
    pdf: 'PDF文件',
    docx: 'Word文档',
    xlsx: 'Excel表格',
    json: 'JSON文件',
  },
  'exports.state': { open: '正在导出', done: '已导出', failed: '没有成功', refused: '没有权限' },
  outcome: { done: '已办', refused: '被拒绝' },
  role: { head: '负责人', liaison: '联络员', secretary: '支部书记' },
  'requests.state': { open: '待批', agreed: '已同意', refused: '没有同意', withdrawn: '已撤回' },
  'opinions.state': { open: '待答复', answered: '已答复' },
  'issues.state': {
    pending: '待受理',
    active: '办理中',
    verifying: '待核验',
    closed: '已销号',
    withdrawn: '已撤回',
  },
  'meetings.kind': { month: '联席会商', push: '季度推进会' },
  'meetings.state': MEETING,
  'invites.state': MEETING,
  'invites.answer': { none: '未回复', yes: '参加', no: '请假', sub: '派员' },
  present: { no: '没有到会', yes: '已到会', late: '迟到' },
  'meeting_topics.state': { open: '等下次会商', taken: '已列入议题', dropped: '已撤下' },
  'tasks.state': { open: '进行中', ended: '已结束' },
  kinds: { village: '村', community: '社区' },
  rhythm: { once: '一次', week: '每周', month: '每月', quarter: '每季度' },
  visible: { parties: '有关单位', all: '所有单位' },
  'checkins.state': { in: '待审核', passed: '已通过', returned: '已退回' },
  proof: { none: '没有', files: '有文件', photos: '有照片' },
  'star_negatives.kind': { grave: '重大问题', falsified: '弄虚作假' },
  'analysis_sheets.kind': { analysis: '研判', census: '排查' },
  'analysis_sheets.state': {
    draft: '待研判',
    submitted: '已提交',
    adopted: '采用',
    returned: '退回',
    done: '已完成',
  },
  level: { meets: '够条件', watch: '关注', none: '没有够条件的事实' },
  letter: { A: '任务没落实', B: '群众多次反映', C: '上级多次要求', D: '乡镇未及时解决' },
  'analysis_items.kind': FACT,
  'analysis_items.decision': DECISION,
  'analysis_items.said': DECISION,
  'weak_listings.kind': FACT,
  'weak_listings.state': { proposed: '待审定', listed: '列入', refused: '不列入', left: '已销号' },
  meets: { 'A&D&(B|C)': 'A和D都有，B、C有一个', 'A&B&C&D': 'A、B、C、D都有' },
  'pairs.state': { asked: '待答复', agreed: '结对中', declined: '有困难', ended: '已结束' },
  'inspections.state': {
    sealed: '已封存',
    begun: '已开始',
    submitted: '已提交',
    published: '已公开',
    void: '作废',
  },
};

/** The word for a value, by the first of these names of its field that has one. */
export function wordFor(names: readonly string[], value: string): string | undefined {
  return names.map((name) => WORDS[name]?.[value]).find((word) => word !== undefined);
}
