/**
 * Who may do what, and when: one line for each operation. The check of every press and the buttons on cards come from
 * the same line. A feature writes its lines in `rights.ts`; an operation without one does not compile.
 */
import { trueIfFound } from '../../lib/errors.ts';
import type { Act } from '../cards/spec.ts';
import type { Actor, World } from '../world.ts';

export type Verdict = true | string;

/** How a person stands to a record: 责任单位, 上报人, 发起单位. */
export interface Relation<R> {
  /** As an organiser calls it. */
  readonly title: string;
  readonly holds: (actor: Actor, record: R, world: World) => boolean | Promise<boolean>;
  /** The sentence for who does not stand so; says who does. */
  readonly otherwise: (record: R, world: World, actor: Actor) => string | Promise<string>;
}

/** The same for what may be about no record in particular: then everybody stands so. */
export const ifOne = <R>(relation: Relation<R>): Relation<R | null> => ({
  title: relation.title,
  holds: (actor, record, world) => record === null || relation.holds(actor, record, world),
  otherwise: (record, world, actor) => (record === null ? '' : relation.otherwise(record, world, actor)),
});

/** Who may, and when. The record is what the operation loads; without one only the person matters. */
type Rule<R> =
  /** Also people whom the programme does not know. */
  | { readonly who: 'all' }
  | {
      /** Any known person, or those of some roles. */
      readonly who: 'bound' | readonly Actor['role'][];
      /** Says why when the role does not fit. */
      readonly whoElse?: string;
      /** Who may know of the record at all; asked before anything is said about it. */
      readonly sees?: Relation<R>;
      /** Whoever asks. */
      readonly when?: When<R>;
      /** One of these has to hold; the first one's sentence is said when none does. */
      readonly of?: readonly Relation<R>[];
    };

/** What a record allows now: true, or why not. */
export type When<R> = (record: R, world: World) => Verdict | Promise<Verdict>;

/** A line of the table: what the operation is called, and who may do it. */
export type Right<R> = Act & Rule<R>;

type Lines = Readonly<Record<string, Rule<never> & Pick<Act, 'title'>>>;

/** The table of a feature: each line is the operation `<feature>.<key>`, and is named by its value everywhere. */
export function defineRights<const L extends Lines>(
  feature: string,
  lines: L,
): { readonly [K in keyof L]: L[K] & Act } {
  const named = Object.entries(lines).map(([key, line]) => [key, { ...line, name: `${feature}.${key}` }]);
  return Object.fromEntries(named);
}

/** Those who answer for a unit's work, as against the secretary of a branch. */
export const STAFF = ['head', 'liaison'] as const;

/** True when the role alone does not stand in the way; null is somebody whom the programme does not know. */
export function roleFits({ who }: Right<never>, actor: Actor | null): boolean {
  return who === 'all' || (actor !== null && (who === 'bound' || who.includes(actor.role)));
}

/** Said in place of a record that not everybody in a group may know of. */
export const NOT_HERE = '这个群里不是人人都能看，请在和我的单聊里看。';

/** Whether everybody in a group may know of the record: those of its unit may. */
async function groupSees<R>(sees: Relation<R>, record: R, world: World): Promise<boolean> {
  if (world.group === undefined) return true;
  const one: Actor = { id: '', name: '', unit: world.group ?? '', role: 'secretary' };
  // A group of nobody's may know what hangs on no unit.
  return trueIfFound(sees.holds(one, record, world));
}

/**
 * May it be done to this record now, by this person? Without an actor (the card of a group, where nobody in particular
 * looks) only whether the record allows it, and whether everybody in that group may know of it.
 */
export async function judge<R>(
  right: Right<R>,
  record: R,
  world: World,
  actor: Actor | null,
): Promise<Verdict> {
  if (right.who === 'all') return true;
  const { sees, when, of = [] } = right;
  if (actor && sees && !(await sees.holds(actor, record, world))) return sees.otherwise(record, world, actor);
  if (!actor && sees && !(await groupSees(sees, record, world))) return NOT_HERE;
  const now = (await when?.(record, world)) ?? true;
  if (now !== true || !actor) return now;
  for (const relation of of) if (await relation.holds(actor, record, world)) return true;
  return (await of[0]?.otherwise(record, world, actor)) ?? true;
}

/** Whether to show the button for it. */
export async function may<R>(
  right: Right<R>,
  record: R,
  world: World,
  actor: Actor | null,
): Promise<boolean> {
  return (!actor || roleFits(right, actor)) && (await judge(right, record, world, actor)) === true;
}
