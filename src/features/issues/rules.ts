/**
 * Who may do what to an issue, and when: one rule for each button, used for showing it and for every press.
 * A rule gives true, or the sentence that says why not.
 */
import type { Actor } from '../../bot/feature.ts';
import { type Issue, isOpen, isRunning, nextOwner, STATE_NAMES } from './model.ts';

export type Verdict = true | string;

/** What the rules ask of the world around the issue. */
export interface Scene {
  readonly actor: Actor;
  readonly today: string;
  /** Names by unit id, for the sentences. */
  readonly name: (unit: string) => string;
  /** False once the person who reported has left. */
  readonly reporterHere: boolean;
}

type Rule = (issue: Issue, scene: Scene) => Verdict;

const nowIs = (issue: Issue) => `现在是“${STATE_NAMES[issue.state]}”`;

const owner: Rule = (issue, { actor, name }) =>
  actor.unit === issue.owner || `这件事由${name(issue.owner)}办理，要由他们的人来操作。`;

const inState =
  (states: readonly Issue['state'][], otherwise: (issue: Issue) => string): Rule =>
  (issue) =>
    states.includes(issue.state) || otherwise(issue);

/** The first refusal of several rules, or true. */
const all =
  (...rules: readonly Rule[]): Rule =>
  (issue, scene) => {
    for (const rule of rules) {
      const verdict = rule(issue, scene);
      if (verdict !== true) return verdict;
    }
    return true;
  };

const running = inState(['pending', 'active'], (issue) => `这件事${nowIs(issue)}，不用再办这一步。`);

/** The reporter checks the result; somebody else of that unit or the supervisor when the reporter cannot. */
const verifier: Rule = (issue, { actor, name, reporterHere }) => {
  if (actor.id === issue.resolvedBy) return '办结的人不能自己核验，请换一位同志。';
  if (actor.id === issue.reporter) return true;
  const reporterCan = reporterHere && issue.reporter !== issue.resolvedBy;
  if (reporterCan) return '请由上报的同志来核验。';
  if (actor.unit === issue.reporterUnit || actor.unit === issue.supervisor) return true;
  return `请由${name(issue.reporterUnit)}或${name(issue.supervisor)}来核验。`;
};

const grantor: Rule = (issue, { actor, name }) => {
  if (!issue.grantor || !issue.extension) return '现在没有待批的延期申请。';
  if (actor.unit !== issue.grantor) return `延期由${name(issue.grantor)}批。`;
  return actor.id !== issue.extension.by || '自己提的延期不能自己批，请换一位同志。';
};

/** Rule of each operation, by the last part of its name. */
export const RULES = {
  accept: all(
    owner,
    inState(['pending'], (issue) => `这件事已经受理过了，${nowIs(issue)}。`),
  ),
  transfer: all(
    (issue, scene) => scene.actor.unit === issue.supervisor || owner(issue, scene),
    running,
  ),
  escalate: all(owner, running, (issue) => nextOwner(issue) !== null || '已经到牵头单位了，不能再上交。请直接办理，或者提请会商。'),
  extend: all(
    owner,
    running,
    (issue) => issue.extension === null || '延期申请已经提了，正在等批。',
    (issue, { today }) => today <= issue.deadline || '已经过了期限，不能再申请延期。请尽快办结，或者上交。',
  ),
  grant: grantor,
  deny: grantor,
  resolve: all(
    owner,
    (issue) => issue.state !== 'pending' || '请先受理，再办结。',
    inState(['active'], (issue) => `这件事${nowIs(issue)}，不用再办结。`),
  ),
  verify: all(
    inState(['verifying'], (issue) => (isOpen(issue) ? '还没有办结，办结后再核验。' : `这件事${nowIs(issue)}，不用再核验。`)),
    verifier,
  ),
  return: all(
    inState(['verifying'], (issue) => (isOpen(issue) ? '还没有办结，没有可退回的。' : `这件事${nowIs(issue)}，不能再退回。`)),
    verifier,
  ),
  withdraw: all(
    (issue, { actor }) => actor.id === issue.reporter || '只有上报的人能撤回。',
    inState(['pending'], (issue) => `这件事${nowIs(issue)}，受理以后不能撤回。`),
  ),
  supplement: inState(['pending', 'active', 'verifying'], (issue) => `这件事${nowIs(issue)}，不用再补充。`),
  history: () => true,
} satisfies Record<string, Rule>;

export type Act = keyof typeof RULES;

/** May this person do this now? */
export function mayAct(act: Act, issue: Issue, scene: Scene): Verdict {
  return RULES[act](issue, scene);
}

/** What state alone allows, for a card in a group where nobody in particular looks. */
export function stateAllows(act: Act, issue: Issue, today: string): boolean {
  switch (act) {
    case 'accept':
    case 'withdraw':
      return issue.state === 'pending';
    case 'resolve':
      return issue.state === 'active';
    case 'transfer':
      return isRunning(issue);
    case 'escalate':
      return isRunning(issue) && nextOwner(issue) !== null;
    case 'extend':
      return isRunning(issue) && issue.extension === null && today <= issue.deadline;
    case 'grant':
    case 'deny':
      return issue.extension !== null;
    case 'verify':
    case 'return':
      return issue.state === 'verifying';
    case 'supplement':
      return isOpen(issue);
    case 'history':
      return true;
  }
}
