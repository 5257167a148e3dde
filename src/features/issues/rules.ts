/**
 * Who may do what to an issue, and when: one rule for each button, used for showing it and for every press.
 * A check gives true, or the sentence that says why not.
 */
import type { Actor } from '../../bot/feature.ts';
import { type Issue, isOpen, isRunning, nextOwner, STATE_NAMES } from './model.ts';

type Verdict = true | string;

/** What the checks ask of the world around the issue. */
export interface Scene {
  readonly actor: Actor;
  /** Names by unit id, for the sentences. */
  readonly name: (unit: string) => string;
  /** False once the person who reported has left. */
  readonly reporterHere: boolean;
}

interface Rule {
  /** What the issue allows now, whoever asks. */
  readonly when: (issue: Issue, today: string) => Verdict;
  /** Whose turn it is. */
  readonly who: (issue: Issue, scene: Scene) => Verdict;
}

const nowIs = (issue: Issue) => `现在是“${STATE_NAMES[issue.state]}”`;
const running: Rule['when'] = (issue) => isRunning(issue) || `这件事${nowIs(issue)}，不用再办这一步。`;

const owner: Rule['who'] = (issue, { actor, name }) =>
  actor.unit === issue.owner || `这件事由${name(issue.owner)}办理，要由他们的人来操作。`;
const ownerOrSupervisor: Rule['who'] = (issue, scene) =>
  scene.actor.unit === issue.supervisor || owner(issue, scene);

const verifying: Rule['when'] = (issue) =>
  issue.state === 'verifying' ||
  (isOpen(issue) ? '还没有办结，办结以后再核验。' : `这件事${nowIs(issue)}，不用再核验。`);
/** The reporter checks the result; somebody else of that unit, or the supervisor, when the reporter cannot. */
const verifier: Rule['who'] = (issue, { actor, name, reporterHere }) => {
  if (actor.id === issue.resolvedBy) return '办结的人不能自己核验，请换一位同志。';
  if (actor.id === issue.reporter) return true;
  if (reporterHere && issue.reporter !== issue.resolvedBy) return '请由上报的同志来核验。';
  if (actor.unit === issue.reporterUnit || actor.unit === issue.supervisor) return true;
  return `请由${name(issue.reporterUnit)}或${name(issue.supervisor)}来核验。`;
};

const asked: Rule['when'] = (issue) => issue.extension !== null || '现在没有待批的延期申请。';
const grantor: Rule['who'] = (issue, { actor, name }) => {
  if (actor.unit !== issue.grantor) return `延期由${name(issue.grantor ?? issue.supervisor)}批。`;
  return actor.id !== issue.extension?.by || '自己提的延期不能自己批，请换一位同志。';
};

const anyone: Rule['who'] = () => true;

/** The rule of each operation `issues.<act>`. */
export const RULES = {
  accept: {
    when: (issue) => issue.state === 'pending' || `这件事已经受理过了，${nowIs(issue)}。`,
    who: owner,
  },
  transfer: { when: running, who: ownerOrSupervisor },
  escalate: {
    when: (issue, today) => {
      const ok = running(issue, today);
      return ok === true && nextOwner(issue) === null
        ? '已经到牵头单位了，不能再上交。请直接办理，或者提请会商。'
        : ok;
    },
    who: owner,
  },
  extend: {
    when(issue, today) {
      if (issue.extension) return '延期申请已经提了，正在等批。';
      if (isRunning(issue) && today > issue.deadline)
        return '已经过了期限，不能再申请延期。请尽快办结，或者上交。';
      return running(issue, today);
    },
    who: owner,
  },
  grant: { when: asked, who: grantor },
  deny: { when: asked, who: grantor },
  resolve: {
    when(issue) {
      if (issue.state === 'pending') return '请先受理，再办结。';
      return issue.state === 'active' || `这件事${nowIs(issue)}，不用再办结。`;
    },
    who: owner,
  },
  verify: { when: verifying, who: verifier },
  return: { when: verifying, who: verifier },
  withdraw: {
    when: (issue) => issue.state === 'pending' || `这件事${nowIs(issue)}，受理以后不能撤回。`,
    who: (issue, { actor }) => actor.id === issue.reporter || '只有上报的人能撤回。',
  },
  supplement: { when: (issue) => isOpen(issue) || `这件事${nowIs(issue)}，不用再补充。`, who: anyone },
  history: { when: () => true, who: anyone },
} as const satisfies Record<string, Rule>;

export type Act = keyof typeof RULES;

/** May this be done now, and by this person? Without a scene (a card in a group) only the first is asked. */
export function mayAct(act: Act, issue: Issue, today: string, scene: Scene | null): Verdict {
  const now = RULES[act].when(issue, today);
  return now === true && scene ? RULES[act].who(issue, scene) : now;
}
