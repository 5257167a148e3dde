/** 导入书记: a county sends the .xlsx, sees what it would change, and presses a button. */
import { z } from 'zod';
import { button, previewCard } from '../../bot/cards/spec.ts';
import type { Intake } from '../../bot/feature.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { AppError } from '../../lib/errors.ts';
import { defineTable } from '../../store/store.ts';
import { getUnit } from '../orgs/index.ts';
import { secretaries } from './model.ts';
import { planSecretaries, type SecretaryPlan } from './plan.ts';
import { personalOnly, rights } from './rights.ts';
import { MOST_ROWS, type SecretarySheetRow, secretarySheetRow } from './sheet.ts';

/** Problems that a message names. */
const NAMED = 12;
const HOW = `请在单聊里把书记档案（.xlsx）发给我，一次最多${MOST_ROWS}行。第一行写列名：支部、乡镇、姓名、任职时间、培训、培训时间、天数、荣誉、荣誉时间；一次培训或一项荣誉一行，空着的格不改。我先告诉您会改什么，您点了才改。`;

const rowsField = z.array(secretarySheetRow).max(MOST_ROWS);
const draftRow = z.object({
  /** The person's id: the sheet that was sent last and is not applied yet. */
  id: z.string(),
  /** Names this very sheet: an old card must not apply a newer one. */
  number: z.string(),
  rows: rowsField,
});
export const secretaryDrafts = defineTable<z.infer<typeof draftRow>>({
  name: 'secretary_drafts',
  schema: draftRow,
  indexes: [],
  keep: 'for ever: because it is at most one row for each person',
  people: { title: '发来还没导入的书记档案', fields: [{ field: 'id', acts: true, left: 'goes' }] },
});

export const secretaryIntake: Intake = {
  kinds: ['xlsx'],
  op: rights.import,
  reader: new URL('./sheet.ts', import.meta.url),
  lookedFor: '书记档案要有支部、姓名，还有任职时间、培训或荣誉',
};

export const importSecretaries = operation({
  right: rights.import,
  words: ['导入书记'],
  help: '从 .xlsx 记下书记的任职时间、培训、荣誉',
  input: z.object({ rows: rowsField.default([]) }),
  async run(ctx, { rows }): Promise<Outcome> {
    personalOnly(ctx);
    if (rows.length === 0) return { text: HOW };
    const { id, unit } = ctx.me;
    const number = ctx.newId();
    const known = await ctx.tx.table(secretaryDrafts).get(id);
    await ctx.tx.table(secretaryDrafts).put({ ...known, id, number, rows: [...rows] as SecretarySheetRow[] });
    return card('书记档案看过了', await planSecretaries(ctx, rows, await getUnit(ctx.tx, unit)), number);
  },
});

export const applySecretaries = operation({
  right: rights.applyImport,
  words: ['确认导入书记'],
  input: z.object({ number: z.string().max(100).default('') }),
  async run(ctx, { number }): Promise<Outcome> {
    personalOnly(ctx);
    const draft = await ctx.tx.table(secretaryDrafts).get(ctx.me.id);
    if (!draft || (number !== '' && draft.number !== number))
      throw new AppError('stale', '这份档案已经导入过，或者后来又发了一份。请看最新的一份，或者重新发。');
    // Looked at anew: what was changed meanwhile stays.
    const plan = await planSecretaries(ctx, draft.rows, await getUnit(ctx.tx, ctx.me.unit));
    for (const row of plan.changes) {
      await ctx.tx.table(secretaries).put(row);
      ctx.refresh({ kind: 'secretary', id: row.id });
    }
    await ctx.tx.table(secretaryDrafts).delete(draft);
    return { ...card('导入好了', plan, ''), did: { kind: 'secretaries', id: draft.number } };
  },
});

function card(title: string, plan: SecretaryPlan, number: string): Outcome {
  const { changes, trainings, honours, terms, same, problems } = plan;
  const rest = problems.length > NAMED ? [`……还有${problems.length - NAMED}条`] : [];
  const lines = [...problems.slice(0, NAMED).map(({ line, text }) => `第${line}行 ${text}`), ...rest];
  const kinds = [
    [trainings, '条培训'],
    [honours, '项荣誉'],
    [terms, '个任职时间'],
  ] as const;
  const what = kinds.flatMap(([n, kind]) => (n > 0 ? [`${n}${kind}`] : [])).join('、');
  const buttons = number && changes.length > 0 ? [button(rights.applyImport, { number }, 'positive')] : [];
  return {
    text: '',
    card: previewCard({
      title,
      text: `更新${changes.length}位书记${what && `（${what}）`}，不变${same}行；有问题${problems.length}行，不会导入。`,
      lines: lines.map((line) => ({ mark: '', text: line, tone: 'default' as const })),
      buttons,
    }),
    mine: true,
  };
}
