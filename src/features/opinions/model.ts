/** Opinions 意见: what anybody has to say about the programme and its bot, for the organiser alone. Rows and pure rules. */
import { z } from 'zod';
import type { Actor } from '../../bot/world.ts';
import { numbered } from '../../lib/recordnumber.ts';
import { defineTable, type Stored, type Tx } from '../../store/store.ts';
import { accountsOf } from '../members/index.ts';

/** Working days within which the organiser answers. */
export const ANSWER_WORKDAYS = 5;
/** Each is a message to the organiser: a person has a few a day. */
export const MOST_A_DAY = 5;
export const MOST_CHARS = 500;

export const STATE_NAMES = { open: '待答复', answered: '已答复' } as const;

const opinionRow = z.object({
  /** `YJ-YYYY-NNNN` */
  id: z.string(),
  at: z.string(),
  /** The person, or `<channel>:<account>` of somebody whom the programme does not know. */
  who: z.string(),
  /** As it was then; the unit is null for who is not known. */
  name: z.string(),
  unit: z.string().nullable(),
  words: z.string(),
  /** The chat in which it was said, and to which the answer goes. */
  place: z.string(),
  state: z.enum(['open', 'answered']),
  /** Day by which it is to be answered. */
  due: z.string(),
  answer: z.string(),
  answeredAt: z.string().nullable(),
  /** Who answered. */
  by: z.string().nullable(),
});
export type Opinion = z.infer<typeof opinionRow>;
export type StoredOpinion = Stored<Opinion>;
/** Nothing of it hangs on a unit or goes to a successor: it stays between the person and the organiser. */
export const opinions = defineTable<Opinion>({
  name: 'opinions',
  schema: opinionRow,
  indexes: [
    { on: ['who'], order: 'at' },
    { on: ['state'], order: 'due' },
  ],
  keep: { by: 'answeredAt', days: 1_096 },
  people: {
    title: '意见',
    at: 'at',
    fields: [
      { field: 'who', left: 'goes' },
      { field: 'by', acts: true, left: 'nameless' },
    ],
    labels: {
      plain: { answeredAt: '答复时间' },
    },
    words: { state: STATE_NAMES },
  },
});

export const numbers = numbered('YJ');

/** The names under which a person may have spoken: their own, and those of their accounts before they were known. */
export async function namesOf(tx: Tx, { id }: Pick<Actor, 'id'>): Promise<readonly string[]> {
  return [id, ...(await accountsOf(tx, id)).map(({ row }) => row.id)].slice(0, 50);
}
