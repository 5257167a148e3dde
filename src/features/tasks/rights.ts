/** Who may do what to a task and to a check-in, and when. */
import { type Relation, type Right, STAFF } from '../../bot/turn/rights.ts';
import { getUnit, isBranch, type Star, type Unit, unitName } from '../orgs/index.ts';
import { CHECKIN_NAMES, type Checkin, type Task } from './model.ts';
import { hasPart, isIssuer, maySee } from './record.ts';
import { covers } from './scope.ts';
import type { Desk as CheckinDesk, Seat } from './seat.ts';

interface Of {
  readonly task: Task;
}
type Sheet = Of & { readonly checkin: Checkin };

const party: Relation<Of> = {
  title: '有关单位',
  holds: (actor, { task }, { tx }) => maySee(tx, task, actor),
  otherwise: ({ task: { id } }) => `${id} 与您的单位无关，不能查看或操作。`,
};
const partyIfOne: Relation<Of | null> = {
  title: party.title,
  holds: (actor, of, world) => of === null || party.holds(actor, of, world),
  otherwise: (of, world, actor) => (of ? party.otherwise(of, world, actor) : ''),
};
const issuer = (what: string): Relation<Of> => ({
  title: '下达单位',
  holds: (actor, { task }) => isIssuer(task, actor),
  otherwise: async ({ task }, { tx }) => `${what}由下达的单位（${await unitName(tx, task.issuer)}）来做。`,
});
const assigned: Relation<CheckinDesk> = {
  title: '任务单位',
  holds: (_actor, desk, { tx }) => !('seat' in desk) || covers(tx, desk.seat.task.scope, desk.seat.unit),
  otherwise: (desk) => ('seat' in desk ? `${desk.seat.task.id} 没有分给您的单位，不用打卡。` : ''),
};
const own: Relation<Sheet> = {
  title: '打卡单位',
  holds: ({ unit }, { checkin }) => unit === checkin.unit,
  otherwise: () => '转为问题由打卡的单位或下达的单位来做。',
};
/** Those who have others below them, or lead a star. */
const hands: Relation<{ readonly unit: Unit; readonly stars: readonly Star[] }> = {
  title: '牵头单位、县区、乡镇（街道）',
  holds: (_actor, { unit, stars }) => ['city', 'county', 'township'].includes(unit.kind) || stars.length > 0,
  otherwise: () => '任务由牵头单位、县区、乡镇（街道）下达，您的单位没有牵头的星。',
};

const ENDED = ({ id }: Task) => `${id} 已经结束。`;
const running = ({ task }: Of) => task.state === 'open' || ENDED(task);
const writable = (desk: CheckinDesk) => {
  if (!('seat' in desk)) return true;
  const { task, checkin } = desk.seat;
  if (task.state === 'ended') return `${ENDED(task)}不能再打卡。`;
  return checkin?.state !== 'passed' || '已经审核通过，不能再改。有变化请联系下达的单位。';
};
const undoable = ({ task, checkin }: Seat & { readonly checkin: Checkin }) => {
  if (checkin.state !== 'in') return `这次打卡${CHECKIN_NAMES[checkin.state]}，不能撤销。`;
  if (checkin.issue) return `已经转为问题 ${checkin.issue}，不能撤销，可以修改。`;
  return task.state === 'open' || `${ENDED(task)}不能撤销。`;
};
const waiting = ({ checkin: { state } }: Sheet) =>
  state === 'in' || `这次打卡${CHECKIN_NAMES[state]}，不用再审核。`;
const raisable = ({ checkin: { issue, difficulty } }: Sheet) => {
  if (issue) return `已经转为问题 ${issue}。`;
  return difficulty !== '' || '这次打卡没有写困难。要上报别的事，请发送“上报”。';
};

const known = { who: 'bound', sees: party } as const;
const review = { ...known, when: waiting, of: [issuer('审核')] } as const;
const seesSeat: Relation<CheckinDesk> = {
  title: party.title,
  holds: (actor, desk, world) => !('seat' in desk) || party.holds(actor, desk.seat, world),
  otherwise: (desk, world, actor) => ('seat' in desk ? party.otherwise(desk.seat, world, actor) : ''),
};

const ownProof: Relation<Seat> = {
  title: '打卡单位',
  holds: ({ unit }, seat) => unit === seat.unit.id,
  otherwise: async ({ task }, { tx }) =>
    `佐证由打卡的单位和下达的单位（${await unitName(tx, task.issuer)}）查看，打卡的单位来改。`,
};
const proofOpen = ({ task, checkin }: Seat) => {
  if (task.state === 'ended') return `${ENDED(task)}佐证不能再改。`;
  return checkin?.state !== 'passed' || '已经审核通过，佐证不能再改。有变化请联系下达的单位。';
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

export const rights = {
  list: { who: 'bound', sees: partyIfOne },
  show: known,
  sheet: known,
  detail: known,
  assign: {
    who: STAFF,
    whoElse: '任务由牵头单位、县区、乡镇（街道）下达。您可以发送“打卡”看看要报什么。',
    of: [hands],
  },
  checkin: { who: 'bound', sees: seesSeat, when: writable, of: [assigned] },
  submit: { who: 'bound', sees: seesSeat, when: writable, of: [assigned] },
  /** Evidence is added by whoever may check in. */
  evidence: { who: 'bound', sees: seesSeat, when: writable, of: [assigned] },
  proofs: { who: 'bound', of: [ownProof, issuer('查看佐证')] },
  unproof: { who: 'bound', when: proofOpen, of: [ownProof] },
  export: { ...known, of: [above] },
  undo: { ...known, when: undoable },
  pass: review,
  return: review,
  passAll: { ...known, of: [issuer('审核')] },
  raise: { ...known, when: raisable, of: [own, issuer('转为问题')] },
  nudge: { ...known, when: running, of: [issuer('催办')] },
  end: { ...known, when: running, of: [issuer('结束任务')] },
} as const satisfies Readonly<Record<string, Right<never>>>;
