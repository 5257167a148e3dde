/** The table of forms; what is done with them is in forms.ts. */
import { z } from 'zod';
import { defineTable, type Tx } from '../../store/store.ts';
import { files } from '../files/tables.ts';
import { liveCards } from './live.ts';
import { subjectKey } from './spec.ts';
import { storedReply, storedSubject } from './stored.ts';

const formRow = z.object({
  id: z.string(),
  op: z.string(),
  person: z.string(),
  place: z.string(),
  /** `shut`: nobody can send it any more (sent, cancelled, or replaced by a newer one). */
  state: z.enum(['open', 'shut']),
  at: z.string(),
  text: z.string(),
  template: z.string(),
  data: z.record(z.string(), z.unknown()),
  /** The record whose card it was opened from, shown again when it is cancelled. */
  origin: storedSubject.nullable().default(null),
  /** What came of it, shown in its place once it is shut. */
  result: storedReply.nullable(),
});

export type FormRow = z.infer<typeof formRow>;

/** The cards that showed a form are nothing without it, and its photos belong to nothing any more. */
async function dropAlong(tx: Tx, { id }: FormRow): Promise<void> {
  const about = subjectKey({ kind: 'form', id });
  const left = await tx.table(files).find({ where: { about }, order: 'at', limit: MOST_CARDS });
  for (const file of left.rows) await tx.table(files).put({ ...file, about: null });
  const where = { subject: about };
  const { rows } = await tx.table(liveCards).find({ where, order: 'at', limit: MOST_CARDS });
  for (const row of rows) await tx.table(liveCards).delete(row);
}

/** Nobody shows one form in more chats. */
const MOST_CARDS = 200;

export const forms = defineTable<FormRow>({
  name: 'forms',
  schema: formRow,
  indexes: [
    { on: ['person', 'place', 'state'], order: 'at' },
    { on: ['op'], order: 'at' },
    { on: [], order: 'at' },
  ],
  keep: { by: 'at', days: 31, along: dropAlong },
  people: {
    title: '打开过的表',
    at: 'at',
    fields: [{ field: 'person', left: 'goes' }],
    labels: {
      op: { op: '操作' },
      plain: { result: '回复' },
    },
    unsaid: ['origin'],
    words: { state: { open: '还没提交', shut: '已结束' } },
  },
});
