/** 导入名单 in the chat: the organiser sends the .xlsx, sees what it would change, and presses a button. */
import { z } from 'zod';
import { type Button, button } from '../../bot/cards/spec.ts';
import type { Intake } from '../../bot/feature.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { AppError } from '../../lib/errors.ts';
import { defineTable } from '../../store/store.ts';
import { rights } from './rights.ts';
import { applyRoster, planRoster, type RosterPlan, sayPlan } from './roster.ts';
import { MOST_ROWS, rosterRow } from './sheet.ts';

const HOW =
  '请在单聊里把名单（.xlsx）发给我。第一行写列名：姓名、单位、角色（负责人、联络员、支部书记），还可以有手机、Teams账号、编号。我先告诉您会改什么，您点了才改。';
/** Rows of each kind that a message names; the command line names all. */
const NAMED = 12;

/** Lists that were sent and not yet applied, the last one of each person. */
const draftRow = z.object({
  /** The person's id. */
  id: z.string(),
  /** Names this very list: an old card must not apply a newer one. */
  number: z.string(),
  rows: z.array(rosterRow).max(MOST_ROWS),
});
export const rosterDrafts = defineTable<z.infer<typeof draftRow>>({
  name: 'roster_drafts',
  schema: draftRow,
  indexes: [],
  keep: 'for ever: because it is at most one row for each person',
});

export const rosterIntake: Intake = {
  kinds: ['xlsx'],
  op: 'members.roster',
  reader: new URL('./sheet.ts', import.meta.url),
};

export const roster = operation({
  name: 'members.roster',
  title: '导入名单',
  words: ['导入名单'],
  help: '从 .xlsx 更新人员',
  right: rights.roster,
  input: z.object({ rows: z.array(rosterRow).max(MOST_ROWS).default([]) }),
  async run(ctx, { rows }): Promise<Outcome> {
    if (rows.length === 0) return { text: HOW };
    const plan = await planRoster(ctx.tx, rows);
    const number = ctx.newId();
    const known = await ctx.tx.table(rosterDrafts).get(ctx.me.id);
    await ctx.tx.table(rosterDrafts).put({ ...known, id: ctx.me.id, number, rows: [...rows] });
    const buttons: Button[] = [];
    if (plan.added + plan.changed > 0)
      buttons.push(button('导入', 'members.applyRoster', { number, gone: 'keep' }, 'positive'));
    if (plan.gone.length > 0)
      buttons.push(
        button('导入，并移出不在表上的', 'members.applyRoster', { number, gone: 'remove' }, 'destructive'),
      );
    return show(`名单看过了，共${rows.length}行`, plan, buttons);
  },
});

export const applyRosterOperation = operation({
  name: 'members.applyRoster',
  title: '导入',
  words: ['确认导入'],
  right: rights.roster,
  input: z.object({
    number: z.string().max(100).default(''),
    gone: z.enum(['keep', 'remove']).default('keep'),
  }),
  async run(ctx, { number, gone }): Promise<Outcome> {
    const draft = await ctx.tx.table(rosterDrafts).get(ctx.me.id);
    if (!draft || (number !== '' && draft.number !== number)) {
      throw new AppError('stale', '这份名单已经导入过，或者后来又发了一份。请看最新的一份，或者重新发。');
    }
    const own =
      gone === 'remove' &&
      (await planRoster(ctx.tx, draft.rows)).gone.some((one) => one.person === ctx.me.id);
    if (own) throw new AppError('invalid', '表上没有您自己，这样会把您移出去。请把自己加进表里再发一次。');
    const plan = await applyRoster(ctx.tx, draft.rows, ctx.newId, gone === 'remove');
    await ctx.tx.table(rosterDrafts).delete(draft);
    const done = gone === 'remove' ? { ...plan, gone: [] } : plan;
    const left = gone === 'remove' ? `，移出${plan.gone.length}人` : '';
    return { ...show(`导入好了${left}`, done, []), did: { kind: 'roster', id: draft.number } };
  },
});

function show(title: string, plan: RosterPlan, buttons: readonly Button[]): Outcome {
  const lines = sayPlan(plan, NAMED);
  const text = [title, ...lines].join('\n');
  const shown = {
    title,
    text: lines[0] ?? '',
    lines: lines.slice(1).map((line) => ({ mark: '', text: line, tone: 'default' })),
    buttons,
  };
  return { text, card: { template: 'bot/preview', data: shown }, mine: true };
}
