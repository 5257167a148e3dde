/** Who may do what to a task and to a check-in, and when. */
import { defineRights, ifOne, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import { getUnit, isBranch, type Star, type Unit, unitName } from '../orgs/index.ts';
import type { Assignment, CheckinTarget } from './assignment.ts';
import { CHECKIN_NAMES, type Checkin, TASK_NAMES, type Task } from './model.ts';
import { hasPart, isIssuer, maySee } from './record.ts';
import { covers } from './scope.ts';

interface Of {
  readonly task: Task;
}
type OfCheckin = Of & { readonly checkin: Checkin };

const party: Relation<Of> = {
  title: '有关单位',
  holds: (actor, { task }, { tx }) => maySee(tx, task, actor),
  otherwise: ({ task: { id } }) => `${id} 与您的单位无关，不能查看或操作。`,
};
const issuer = (what: string): Relation<Of> => ({
  title: '下达单位',
  holds: (actor, { task }) => isIssuer(task, actor),
  otherwise: async ({ task }, { tx }) => `${what}由下达的单位（${await unitName(tx, task.issuer)}）来做。`,
});
const assigned: Relation<CheckinTarget> = {
  title: '任务单位',
  holds: (_actor, target, { tx }) =>
    !('assignment' in target) || covers(tx, target.assignment.task.scope, target.assignment.unit),
  otherwise: (target) =>
    'assignment' in target ? `${target.assignment.task.id} 没有分给您的单位，不用报进展。` : '',
};
const own: Relation<OfCheckin> = {
  title: '填报单位',
  holds: ({ unit }, { checkin }) => unit === checkin.unit,
  otherwise: async ({ task, checkin }, { tx }) =>
    `转为问题由填报的单位（${await unitName(tx, checkin.unit)}）或下达的单位（${await unitName(tx, task.issuer)}）来做。`,
};
/** Those who have others below them, or lead a star. */
const hands: Relation<{ readonly unit: Unit; readonly stars: readonly Star[] }> = {
  title: '牵头单位、县区、乡镇（街道）',
  holds: (_actor, { unit, stars }) => ['city', 'county', 'township'].includes(unit.kind) || stars.length > 0,
  otherwise: () => '任务由牵头单位、县区、乡镇（街道）下达，您的单位没有牵头的星。',
};

const nowIs = ({ id, state }: Task) => `${id} ${TASK_NAMES[state]}`;
const running = ({ task }: Of) => task.state === 'open' || `${nowIs(task)}。`;
const writable: When<CheckinTarget> = async (target, { tx }) => {
  if (!('assignment' in target)) return true;
  const { task, checkin } = target.assignment;
  if (task.state !== 'open') return `${nowIs(task)}，不能再报进展。`;
  return (
    checkin?.state !== 'passed' || `已经审核通过，不能再改。有变化请联系${await unitName(tx, task.issuer)}。`
  );
};
const undoable = ({ task, checkin }: Assignment & { readonly checkin: Checkin }) => {
  if (checkin.state !== 'in') return `这次进展${CHECKIN_NAMES[checkin.state]}，不能撤销。`;
  if (checkin.issue) return `已经转为问题 ${checkin.issue}，不能撤销，可以修改。`;
  return task.state === 'open' || `${nowIs(task)}，不能撤销。`;
};
const waiting = ({ task, checkin: { state } }: OfCheckin) => {
  if (state !== 'in') return `这次进展${CHECKIN_NAMES[state]}，不用再审核。`;
  return task.state === 'open' || `${nowIs(task)}，不能再审核。`;
};
const raisable = ({ checkin: { issue, difficulty } }: OfCheckin) => {
  if (issue) return `已经转为问题 ${issue}。`;
  return difficulty !== '' || '这次进展没有写困难。要上报别的事，请发送“上报”。';
};

const known = { who: 'bound', sees: party } as const;
const review = { ...known, when: waiting, of: [issuer('审核')] } as const;
const seesAssignment: Relation<CheckinTarget> = {
  title: party.title,
  holds: (actor, target, world) => !('assignment' in target) || party.holds(actor, target.assignment, world),
  otherwise: (target, world, actor) =>
    'assignment' in target ? party.otherwise(target.assignment, world, actor) : '',
};

const ownProof: Relation<Assignment> = {
  title: '填报单位',
  holds: ({ unit }, assignment) => unit === assignment.unit.id,
  otherwise: async ({ task }, { tx }) =>
    `佐证由填报的单位和下达的单位（${await unitName(tx, task.issuer)}）查看，填报的单位来改。`,
};
const proofOpen: When<Assignment> = async ({ task, checkin }, { tx }) => {
  if (task.state !== 'open') return `${nowIs(task)}，佐证不能再改。`;
  return (
    checkin?.state !== 'passed' ||
    `已经审核通过，佐证不能再改。有变化请联系${await unitName(tx, task.issuer)}。`
  );
};
const above: Relation<Of> = {
  title: '下达单位和上级单位',
  async holds(actor, { task }, { tx }) {
    if (isIssuer(task, actor)) return true;
    const unit = await getUnit(tx, actor.unit);
    return unit.kind === 'city' || (!isBranch(unit) && (await hasPart(tx, task, unit)));
  },
  otherwise: async ({ task }, { tx }) =>
    `台账由下达的单位（${await unitName(tx, task.issuer)}）和任务单位的上级来导出。`,
};
const write = { who: 'bound', sees: seesAssignment, when: writable, of: [assigned] } as const;
const proofs = { who: 'bound', of: [ownProof, issuer('查看佐证')] } as const;

export const rights = defineRights('tasks', {
  list: { title: '任务', who: 'bound', sees: ifOne(party) },
  show: { title: '打开', ...known },
  sheet: { title: '看进展', ...known },
  detail: { title: '查看明细', ...known },
  assign: {
    title: '下达',
    who: STAFF,
    whoElse: '任务由牵头单位、县区、乡镇（街道）下达。您可以发送“报进展”看看要报什么。',
    of: [hands],
  },
  checkin: { title: '报进展', ...write },
  submit: { title: '提交进展', ...write },
  /** Evidence is added by whoever may check in. */
  evidence: { title: '附到进展', ...write },
  proofs: { title: '看佐证', ...proofs },
  proof: { title: '打开佐证', ...proofs },
  unproof: { title: '移除', who: 'bound', when: proofOpen, of: [ownProof] },
  export: { title: '导出', ...known, of: [above] },
  attachments: { title: '附件', ...known },
  attachment: { title: '打开附件', ...known },
  attach: { title: '加附件', ...known, when: running, of: [issuer('加附件')] },
  detach: { title: '移除附件', ...known, when: running, of: [issuer('移除附件')] },
  undo: { title: '撤销', ...known, when: undoable },
  pass: { title: '通过', ...review },
  passOn: { title: '通过并看下一份', ...review },
  return: { title: '退回', ...review },
  review: {
    title: '审核',
    who: 'bound',
    sees: ifOne(party),
    when: (of: Of | null) => of === null || running(of),
    of: [ifOne(issuer('审核'))],
  },
  passSome: { title: '通过选中的', ...known, when: running, of: [issuer('审核')] },
  passAll: { title: '全部通过', ...known, of: [issuer('审核')] },
  raise: { title: '转为问题', ...known, when: raisable, of: [own, issuer('转为问题')] },
  nudge: { title: '催办', ...known, when: running, of: [issuer('催办')] },
  end: { title: '结束任务', ...known, when: running, of: [issuer('结束任务')] },
});
