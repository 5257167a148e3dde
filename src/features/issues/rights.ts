/** Who may do what to an issue, and when. */
import { defineRights, ifOne, type Relation, type When } from '../../bot/turn/rights.ts';
import { actorIn } from '../members/index.ts';
import { getUnit, unitName } from '../orgs/index.ts';
import {
  type Issue,
  isInvolved,
  isOpen,
  isRunning,
  isSuspected,
  nextOwner,
  RESIDENTS,
  STATE_NAMES,
} from './model.ts';

const involved: Relation<Issue> = {
  title: '有关单位',
  holds: async (actor, issue, { tx }) =>
    isInvolved(issue, actor) || (await getUnit(tx, actor.unit)).kind === 'city',
  otherwise: ({ id }) => `${id} 与您的单位无关，不能查看或操作。`,
};
const owner: Relation<Issue> = {
  title: '责任单位',
  holds: ({ unit }, issue) => unit === issue.owner,
  otherwise: async (issue, { tx }) => `这件事由${await unitName(tx, issue.owner)}办理，要由他们的人来操作。`,
};
const supervisor: Relation<Issue> = {
  ...owner,
  title: '督办单位',
  holds: ({ unit }, issue) => unit === issue.supervisor,
};
const reporter: Relation<Issue> = {
  title: '上报人',
  holds: ({ id }, issue) => id === issue.reporter,
  otherwise: () => '只有上报的人能撤回。',
};
/** The reporter checks the result; somebody else of that unit, or the supervisor, when the reporter cannot. */
const verifier: Relation<Issue> = {
  title: '上报人（不在岗时：上报单位或督办单位；办结人除外）',
  async holds({ id, unit }, issue, { tx }) {
    if (id === issue.resolvedBy) return false;
    if (id === issue.reporter) return true;
    if (unit !== issue.reporterUnit && unit !== issue.supervisor) return false;
    return issue.reporter === issue.resolvedBy || !(await isReporterHere(issue, tx));
  },
  async otherwise(issue, { tx }, { id }) {
    if (id === issue.resolvedBy) return '办结的人不能自己核验，请换一位同志。';
    if (issue.reporter !== issue.resolvedBy && (await isReporterHere(issue, tx)))
      return '请由上报的同志来核验。';
    return `请由${await unitName(tx, issue.reporterUnit)}或${await unitName(tx, issue.supervisor)}来核验。`;
  },
};
/** False once the person who reported has left the unit. */
async function isReporterHere(issue: Issue, tx: Parameters<typeof actorIn>[0]): Promise<boolean> {
  return (await actorIn(tx, issue.reporter, issue.reporterUnit)) !== undefined;
}
const grantor: Relation<Issue> = {
  title: '批延期的单位（申请人除外）',
  holds: ({ id, unit }, { grantor: by, extension }) => unit === by && id !== extension?.by,
  otherwise: async ({ grantor: by, supervisor: lead }, { tx }, { unit }) =>
    unit === by ? '自己提的延期不能自己批，请换一位同志。' : `延期由${await unitName(tx, by ?? lead)}批。`,
};

const arbiter: Relation<Issue> = {
  ...supervisor,
  otherwise: async (issue, { tx }) =>
    `是不是反弹，由督办单位（${await unitName(tx, issue.supervisor)}）来认定。`,
};
/** Whoever handed it up. */
const raiser: Relation<Issue> = {
  title: '提级的单位',
  holds: ({ unit }, { raised }) => unit === raised?.owner,
  otherwise: async ({ raised }, { tx }) =>
    raised ? `由提级的单位（${await unitName(tx, raised.owner)}）来收回。` : '',
};

const nowIs = (issue: Issue) => `现在是“${STATE_NAMES[issue.state]}”`;
const pending: When<Issue> = (issue) => issue.state === 'pending' || `这件事已经受理过了，${nowIs(issue)}。`;
const running: When<Issue> = (issue) => isRunning(issue) || `这件事${nowIs(issue)}，不用再办这一步。`;
const hasNext: When<Issue> = async (issue, world) => {
  const ok = await running(issue, world);
  return ok === true && nextOwner(issue) === null
    ? '已经到牵头单位了，不能再提级。请直接办理，或者提请会商。'
    : ok;
};
const inTime: When<Issue> = (issue, world) => {
  if (issue.extension) return '延期申请已经提了，正在等批。';
  if (isRunning(issue) && world.today > issue.deadline)
    return '已经超期，不能再申请延期。请尽快办结，或者提级办理。';
  return running(issue, world);
};
const asked: When<Issue> = (issue) => issue.extension !== null || '现在没有待批的延期申请。';
const active: When<Issue> = async (issue, { tx }) => {
  if (issue.state === 'pending') return `还没有受理，请${await unitName(tx, issue.owner)}先受理，再办结。`;
  return issue.state === 'active' || `这件事${nowIs(issue)}，不用再办结。`;
};
const verifying: When<Issue> = (issue) =>
  issue.state === 'verifying' ||
  (isOpen(issue) ? '还没有办结，办结以后再核验。' : `这件事${nowIs(issue)}，不用再核验。`);
const byResidents: When<Issue> = (issue, world) =>
  issue.source === RESIDENTS ? verifying(issue, world) : '这件事不是群众反映的，办好了请点“核验通过”。';
const suspected: When<Issue> = (issue) => {
  if (issue.recurs !== null) return `已经认定过了：${issue.recurs ? '是反弹' : '不是反弹'}。`;
  return isSuspected(issue) || '这件事没有疑似反弹，不用认定。';
};
const takenUp: When<Issue> = async (issue, { tx }) => {
  if (!issue.raised) return `这件事没有提级，不用收回。`;
  if (issue.state === 'pending') return true;
  return `${await unitName(tx, issue.owner)}已经受理，不能收回。要撤回请和他们联系。`;
};
const untouched: When<Issue> = (issue) =>
  issue.state === 'pending' || `这件事${nowIs(issue)}，受理以后不能撤回。`;
const open: When<Issue> = (issue) => isOpen(issue) || `这件事${nowIs(issue)}，不用再补充。`;

const known = { who: 'bound', sees: involved } as const;

export const rights = defineRights('issues', {
  report: { title: '上报', who: 'bound' },
  draft: { title: '上报', who: 'bound' },
  list: { title: '问题', who: 'bound', sees: ifOne(involved) },
  figures: { title: '统计', who: 'bound' },
  show: { title: '打开', ...known },
  history: { title: '查看历史', ...known },
  accept: { title: '受理', ...known, when: pending, of: [owner] },
  transfer: { title: '转办', ...known, when: running, of: [owner, supervisor] },
  escalate: { title: '提级办理', ...known, when: hasNext, of: [owner] },
  recall: { title: '收回', ...known, when: takenUp, of: [raiser] },
  extend: { title: '申请延期', ...known, when: inTime, of: [owner] },
  grant: { title: '同意', ...known, when: asked, of: [grantor] },
  deny: { title: '不同意', ...known, when: asked, of: [grantor] },
  resolve: { title: '办结', ...known, when: active, of: [owner] },
  verify: { title: '核验通过', ...known, when: verifying, of: [verifier] },
  recurs: { title: '是反弹', ...known, when: suspected, of: [arbiter] },
  single: { title: '不是反弹', ...known, when: suspected, of: [arbiter] },
  satisfied: { title: '满意销号', ...known, when: byResidents, of: [verifier] },
  return: { title: '退回', ...known, when: verifying, of: [verifier] },
  withdraw: { title: '撤回', ...known, when: untouched, of: [reporter] },
  supplement: { title: '补充情况', ...known, when: open },
});
