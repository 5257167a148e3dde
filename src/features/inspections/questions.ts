/** What inspectors look at, and how branches are drawn: the city's data, with a version. */
import { z } from 'zod';
import initial from '../../../data/inspection.json' with { type: 'json' };
import { findStar, type Star, type Unit } from '../orgs/index.ts';

/** Nobody is asked more than this about one branch. */
const MOST_QUESTIONS = 8;
/** An issue is about one of these, as `issues` has them. */
export const ASPECTS = ['人', '治', '物', '效'] as const;

const questionSchema = z.object({
  /** The field of the form. */
  id: z.string().regex(/^[a-z]{1,20}$/),
  /** What one types for it. */
  word: z.string().min(1).max(8),
  /** As it should be. */
  ask: z.string().min(1).max(40),
  /** The title of the issue when it is not. */
  title: z.string().min(1).max(60),
  /** By name: the first one that the branch can hold. */
  stars: z.array(z.string()).min(1),
  aspect: z.enum(ASPECTS),
});
export type Question = z.infer<typeof questionSchema>;

export const inspectionSchema = z.object({
  /** As it is printed: `2026版`. */
  version: z.string().trim().min(1).max(20),
  /** For so many days after a visit nobody comes again. */
  restDays: z.number().int().min(0).max(365),
  /** Working days after it was submitted, the list is open to everybody, unless who drew opened it before. */
  publishWorkdays: z.number().int().min(1).max(20),
  /** Branches of one draw. */
  most: z.number().int().min(1).max(20),
  /** In the weighted half of a draw: of a branch without facts, and more for each letter A–D that holds. */
  weight: z.object({ plain: z.number().int().min(1).max(100), fact: z.number().int().min(0).max(100) }),
  questions: z
    .array(questionSchema)
    .min(1)
    .max(MOST_QUESTIONS)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'two questions have the same id'),
});

/** The file data/inspection.json. */
export const INSPECTION = inspectionSchema.parse(initial);

/** The star that a question is about at this branch: where none of them can be held there, any that can. */
export function starOf(
  stars: readonly Star[],
  { stars: names }: Pick<Question, 'stars'>,
  { kind }: Pick<Unit, 'kind'>,
): Star | undefined {
  const named = names.flatMap((name) => findStar(stars, name) ?? []);
  return [...named, ...stars].find(({ kinds }) => kinds.some((one) => one === kind));
}
