/** 导入标准: a lead or the organiser sends the .xlsx, sees what it would change, and presses a button. */
import { z } from 'zod';
import { button, previewCard } from '../../bot/cards/spec.ts';
import type { Intake } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { isDay, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { readDay } from '../../lib/when/index.ts';
import { defineTable } from '../../store/store.ts';
import { allStars, findStar, getUnit } from '../orgs/index.ts';
import { rights } from './rights.ts';
import { MOST_ROWS, type StandardSheetRow, standardSheetRow } from './standard-sheet.ts';
import {
  MOST_TEXT,
  MOST_VERSION,
  type Standard,
  standardId,
  standardRow,
  standardsTable,
} from './standards.ts';

/** Problems that a message names. */
const NAMED = 12;
const HOW =
  '请在单聊里把各星的标准（.xlsx）发给我。第一行写列名：星、标准、版本、起用日期；版本和日期空着的，就是今年版、今天起用。我先告诉您会改什么，您点了才改。';

const draftRow = z.object({
  /** The person's id: the sheet that was sent last and is not applied yet. */
  id: z.string(),
  /** Names this very sheet: an old card must not apply a newer one. */
  number: z.string(),
  rows: z.array(standardRow).max(MOST_ROWS),
});
export const standardDrafts = defineTable<z.infer<typeof draftRow>>({
  name: 'star_standard_drafts',
  schema: draftRow,
  indexes: [],
  keep: 'for ever: because it is at most one row for each person',
  people: { title: '发来还没导入的创星标准', fields: [{ field: 'id', acts: true, left: 'goes' }] },
});

export const standardIntake: Intake = {
  kinds: ['xlsx'],
  op: rights.importStandards,
  reader: new URL('./standard-sheet.ts', import.meta.url),
  lookedFor: '创星标准要有星、标准',
};

interface Plan {
  readonly changes: readonly Standard[];
  readonly same: number;
  readonly problems: readonly string[];
}

/** What a sheet would change; nothing is written. */
async function plan(ctx: Ctx, rows: readonly StandardSheetRow[]): Promise<Plan> {
  const changes: Standard[] = [];
  const problems: string[] = [];
  let same = 0;
  const seen = new Map<string, number>();
  for (const row of rows) {
    const found = await planRow(ctx, row);
    if (found === undefined) same += 1;
    else if (typeof found === 'string') problems.push(`第${row.line}行 ${row.star || '没有写星'}：${found}`);
    else if (seen.has(found.id))
      problems.push(`第${row.line}行 ${row.star}：和第${seen.get(found.id)}行是同一版`);
    else {
      seen.set(found.id, row.line);
      changes.push(found);
    }
  }
  return { changes, same, problems };
}

/** The standard of a row, undefined when it is so already, or what is wrong. */
async function planRow(ctx: Ctx, row: StandardSheetRow): Promise<Standard | string | undefined> {
  const star = findStar(await allStars(ctx.tx), row.star.trim());
  if (!star) return '没有这颗星，请写全名';
  const unit = await getUnit(ctx.tx, ctx.me.unit);
  if (unit.kind !== 'city' && star.lead !== unit.id) return '这颗星不是本单位牵头的';
  const text = row.text.trim();
  if (text === '') return '没有写标准';
  if (text.length > MOST_TEXT) return `标准最多${MOST_TEXT}个字`;
  const version = row.version.trim() || `${ctx.today.slice(0, 4)}版`;
  if (version.length > MOST_VERSION) return `版本最多${MOST_VERSION}个字`;
  const typed = row.from.trim();
  const from = typed === '' ? ctx.today : isDay(typed) ? typed : readDay(typed, ctx.now, 'ahead').value;
  if (from === undefined) return `起用日期“${typed.slice(0, 20)}”没看懂，请写成 2026-12-01`;
  const next = { star: star.id, version, from, text, unit: unit.id };
  const known = await ctx.tx.table(standardsTable).get(standardId(next));
  if (known?.text === text && (typed === '' || known.from === from)) return undefined;
  // What applications were looked at by stays as it was.
  if (known && known.from <= ctx.today) return `${version}已经起用，要改请写一个新的版本`;
  if (from < ctx.today) return '起用日期不能在今天以前';
  return { ...next, id: standardId(next) };
}

export const importStandards = operation({
  right: rights.importStandards,
  words: ['导入标准', '导入创星标准'],
  help: '从 .xlsx 导入各星的标准',
  input: z.object({ rows: z.array(standardSheetRow).max(MOST_ROWS).default([]) }),
  async run(ctx, { rows }): Promise<Outcome> {
    if (rows.length === 0) return { text: HOW };
    const { id } = ctx.me;
    const number = ctx.newId();
    const known = await ctx.tx.table(standardDrafts).get(id);
    const found = await plan(ctx, rows);
    await ctx.tx.table(standardDrafts).put({ ...known, id, number, rows: [...found.changes] });
    return card(ctx, '创星标准看过了', found, number);
  },
});

export const applyStandards = operation({
  right: rights.applyStandards,
  words: ['确认导入标准'],
  input: z.object({ number: z.string().max(100).default('') }),
  async run(ctx, { number }): Promise<Outcome> {
    const draft = await ctx.tx.table(standardDrafts).get(ctx.me.id);
    if (!draft || (number !== '' && draft.number !== number))
      throw new AppError('stale', '这份标准已经导入过，或者后来又发了一份。请看最新的一份，或者重新发。');
    const table = ctx.tx.table(standardsTable);
    for (const row of draft.rows) {
      const known = await table.get(row.id);
      if (known && known.from <= ctx.today)
        throw new AppError('stale', `${row.version}已经起用，这份标准没有导入。请写一个新的版本再发。`);
      await table.put({ ...row, ...(known && { rev: known.rev }) });
    }
    await ctx.tx.table(standardDrafts).delete(draft);
    const done = { changes: draft.rows, same: 0, problems: [] };
    return { ...card(ctx, '导入好了', done, ''), did: { kind: 'starStandards', id: draft.number } };
  },
});

function card({ today }: Ctx, title: string, { changes, same, problems }: Plan, number: string): Outcome {
  const rest = problems.length > NAMED ? [`……还有${problems.length - NAMED}条`] : [];
  const said = changes.map(
    ({ version, from, text }) => `${version}，${sayDay(from, today)}起用：${text.slice(0, 30)}`,
  );
  const lines = [...problems.slice(0, NAMED), ...rest, ...said];
  return {
    text: '',
    card: previewCard({
      title,
      text: number
        ? `导入${changes.length}颗星的标准，不变${same}颗；有问题${problems.length}行，不会导入。`
        : `导入了${changes.length}颗星的标准。`,
      lines: lines.map((text) => ({ mark: '', text })),
      buttons: number && changes.length > 0 ? [button(rights.applyStandards, { number }, 'positive')] : [],
    }),
    mine: true,
  };
}
