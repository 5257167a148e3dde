/** 导入名单 in the chat: the organiser sends the .xlsx, sees what it would change, and presses a button. */

import { setImmediate as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Button, button, note, previewCard, type Subject } from '../../bot/cards/spec.ts';
import { inWords } from '../../bot/cards/text.ts';
import type { Intake, View } from '../../bot/feature.ts';
import type { Job, JobKind } from '../../bot/jobs/job.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import type { Doing, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { parts } from '../../lib/pages.ts';
import { defineTable } from '../../store/store.ts';
import { rights } from './rights.ts';
import {
  applyRoster,
  createPlanner,
  createWriter,
  planRoster,
  type RosterPlan,
  rosterPlatforms,
  sayPlan,
} from './roster.ts';
import { MOST_ROWS, rosterRow } from './sheet.ts';

const how = (accounts: readonly string[]) =>
  `请在单聊里把名单（.xlsx）发给我。第一行写列名：姓名、单位、角色（负责人、联络员、支部书记），还可以有${['手机', ...accounts, '编号'].join('、')}。我先告诉您会改什么，您点了才改。`;
/** Rows that are looked at and applied in one turn; more are, too, some at a time, in a job. */
const AT_ONCE = 200;
const BUSY = '上一份名单正在导入，导完告诉您。请等导完再发。';
const HALF = '名单没有导完，可能只改了一部分。请把同一份名单再发一次，已经改好的不会再改。';
const OWN = '表上没有您自己，这样会把您移出去。请把自己加进表里再发一次。';
/** Rows of each kind that a message names; the command line names all. */
const NAMED = 12;

/** Lists that were sent and not yet applied, the last one of each person; and of those being applied, how far they are. */
const draftRow = z.object({
  /** The person's id; how far one is: `<person>|<number>`, without rows, for it is written with every part. */
  id: z.string(),
  /** Names this very list: an old card must not apply a newer one. */
  number: z.string(),
  rows: z.array(rosterRow).max(MOST_ROWS),
  /** What is said of it in the end, and how far it is. */
  applying: z
    .object({ text: z.array(z.string()), done: z.number().int(), total: z.number().int() })
    .exactOptional(),
});
type Draft = z.infer<typeof draftRow>;
export const rosterDrafts = defineTable<z.infer<typeof draftRow>>({
  name: 'roster_drafts',
  schema: draftRow,
  indexes: [],
  keep: 'for ever: because it is at most one row for each person, and one while it is applied',
  people: { title: '发来还没导入的名单', fields: [{ field: 'id', acts: true, left: 'goes' }] },
});

export const rosterIntake: Intake = {
  kinds: ['xlsx'],
  op: rights.roster,
  reader: new URL('./sheet.ts', import.meta.url),
  lookedFor: '名单要有姓名、单位、角色',
};

export const roster = operation({
  right: rights.roster,
  words: ['导入名单'],
  help: '从 .xlsx 更新人员',
  input: z.object({ rows: z.array(rosterRow).max(MOST_ROWS).default([]) }),
  async run(ctx, { rows }): Promise<Outcome> {
    const on = rosterPlatforms(ctx.channels);
    if (rows.length === 0) return { text: how(on.map(({ roster: { title } }) => title)) };
    const id = ctx.me.id;
    const number = ctx.newId();
    const known = await ctx.tx.table(rosterDrafts).get(id);
    if (known && (await progress(ctx, known))) throw new AppError('stale', BUSY);
    await ctx.tx.table(rosterDrafts).put({ ...known, id, number, rows: [...rows] });
    if (rows.length <= AT_ONCE) return preview(number, rows, await planRoster(ctx.tx, rows, on));
    ctx.start(rosterJob, { person: id, number, act: 'look' }, { key: number });
    return { text: `收到了，共${rows.length}行，正在看，看完告诉您。` };
  },
});

/** What a list would change, with the buttons that change it. */
function preview(number: string, rows: readonly unknown[], plan: RosterPlan): Outcome {
  const buttons: Button[] = [];
  if (plan.added + plan.changed > 0)
    buttons.push(button(rights.applyRoster, { number, gone: 'keep' }, 'positive'));
  if (plan.gone.length > 0)
    buttons.push(
      button(rights.applyRoster, { number, gone: 'remove' }, 'destructive', '导入，并移出不在表上的'),
    );
  return show(`名单看过了，共${rows.length}行`, sayPlan(plan, NAMED), buttons);
}

export const applyRosterOperation = operation({
  right: rights.applyRoster,
  words: ['确认导入'],
  input: z.object({
    number: z.string().max(100).default(''),
    gone: z.enum(['keep', 'remove']).default('keep'),
  }),
  async run(ctx, { number, gone }): Promise<Outcome> {
    const draft = await ctx.tx.table(rosterDrafts).get(ctx.me.id);
    if (!draft || (number !== '' && draft.number !== number)) {
      throw new AppError('stale', '这份名单已经导入过，或者后来又发了一份。请看最新的一份，或者重新发。');
    }
    if (await progress(ctx, draft)) throw new AppError('stale', BUSY);
    const did = { kind: 'roster', id: draft.number };
    if (draft.rows.length > AT_ONCE) {
      const total = draft.rows.length;
      const { id } = progressOf(draft);
      const applying = { text: [], done: 0, total };
      await ctx.tx.table(rosterDrafts).put({ id, number: draft.number, rows: [], applying });
      ctx.start(
        rosterJob,
        { person: draft.id, number: draft.number, act: gone },
        { key: `${draft.number} ${gone}` },
      );
      return { text: `正在导入，共${total}行，好了告诉您。`, card: { subject: progressOf(draft) }, did };
    }
    const on = rosterPlatforms(ctx.channels);
    const own = ({ person }: { readonly person: string }) => person === ctx.me.id;
    if (gone === 'remove' && (await planRoster(ctx.tx, draft.rows, on)).gone.some(own))
      throw new AppError('invalid', OWN);
    const plan = await applyRoster(ctx.tx, draft.rows, ctx.newId, gone === 'remove', on);
    await ctx.tx.table(rosterDrafts).delete(draft);
    const [title = '', ...lines] = sayDone(plan, gone === 'remove');
    return { ...show(title, lines, []), did };
  },
});

/** A title, and what was done. */
function sayDone(plan: RosterPlan, removed: boolean): readonly string[] {
  const left = removed ? `，移出${plan.gone.length}人` : '';
  return [`导入好了${left}`, ...sayPlan(removed ? { ...plan, gone: [] } : plan, NAMED)];
}

/** `look` says what a list would change, `keep` and `remove` make it true. */
type Act = 'look' | 'keep' | 'remove';

/** A plan, and what writes it. */
interface Prepared {
  readonly plan: RosterPlan;
  readonly writer: ReturnType<typeof createWriter>;
}

const actOf = ({ data }: Pick<Job, 'data'>) => data.act as Act;
/** The list that a job is about, while there is no newer one. */
async function draftOf({ tx }: Pick<World, 'tx'>, person: unknown, number: unknown) {
  const draft = await tx.table(rosterDrafts).get(String(person));
  return draft?.number === number ? draft : undefined;
}

/** Looks at a long list, or makes it true, some rows at a time: nobody who chats waits for all of them. */
export const rosterJob: JobKind<Prepared | undefined> = {
  kind: 'members.roster',
  attempts: 5,
  async prepare(job, { read, renew, channels }) {
    const draft = await read((world) => draftOf(world, job.data.person, job.data.number));
    if (!draft) return undefined;
    const planner = createPlanner(rosterPlatforms(channels));
    for (const rows of parts(draft.rows, AT_ONCE)) {
      await read(({ tx }) => planner.add(tx, rows));
      await pause();
    }
    if (!(await renew())) return undefined;
    for (const units of parts(planner.units(), AT_ONCE)) {
      await read(({ tx }) => planner.miss(tx, units));
      await pause();
    }
    const plan = planner.plan();
    return { plan, writer: createWriter(plan, actOf(job) === 'remove') };
  },
  async step(doing, job, prepared) {
    const { data, cursor } = job;
    const draft = await draftOf(doing, data.person, data.number);
    if (!draft || !prepared) return undefined;
    const { plan, writer } = prepared;
    if (actOf(job) === 'look') {
      tell(doing, draft, 'look', preview(draft.number, draft.rows, plan));
      return undefined;
    }
    const removes = actOf(job) === 'remove';
    if (removes && cursor === null && plan.gone.some(({ person }) => person === draft.id))
      return leaveOff(doing, draft, OWN);
    const row = await progress(doing, draft);
    if (!row) return undefined;
    // What is said in the end is known before anything is changed: a plan made anew finds less to do.
    const text = row.applying?.text.length ? row.applying.text : [...sayDone(plan, removes)];
    const next = await writer.write(doing.tx, doing.newId, cursor ?? undefined);
    doing.refresh(progressOf(draft));
    if (next !== undefined) {
      const applying = { text, done: writer.done(next), total: writer.total };
      await doing.tx.table(rosterDrafts).put({ ...row, applying });
      return next;
    }
    for (const over of [row, draft]) await doing.tx.table(rosterDrafts).delete(over);
    const [title = '', ...lines] = text;
    tell(doing, draft, 'done', show(title, lines, []));
    return undefined;
  },
  async givenUp(doing, { data }) {
    const draft = await draftOf(doing, data.person, data.number);
    if (draft) await leaveOff(doing, draft, HALF);
  },
};

function tell(doing: Doing, { id: person, number }: Draft, what: string, outcome: Outcome): void {
  const key = `roster:${number}:${what}`;
  const { text, card } = inWords(outcome);
  doing.notify({ to: { person }, text, ...(card && { card }), key, urgent: true });
}

/** How far the import of a list is; undefined when it is not under way. */
function progress({ tx }: Pick<World, 'tx'>, draft: Pick<Draft, 'id' | 'number'>) {
  return tx.table(rosterDrafts).get(progressOf(draft).id);
}

/** The list stays, and may be sent or applied again. */
async function leaveOff(doing: Doing, draft: Draft, why: string): Promise<undefined> {
  const row = await progress(doing, draft);
  if (row) await doing.tx.table(rosterDrafts).delete(row);
  doing.refresh(progressOf(draft));
  tell(doing, draft, `off:${doing.newId()}`, { text: why });
}

const progressOf = ({ id, number }: Pick<Draft, 'id' | 'number'>): Subject => ({
  kind: 'roster',
  id: `${id}|${number}`,
});

/** How far the import of a long list is. */
export const rosterView: View = async ({ tx }, id) => {
  const { applying } = (await tx.table(rosterDrafts).get(id)) ?? {};
  return note(
    applying ? `正在导入 ${applying.done}/${applying.total}…` : '这份名单处理完了，结果见下面的消息。',
  );
};

function show(title: string, [text = '', ...rest]: readonly string[], buttons: readonly Button[]): Outcome {
  const lines = rest.map((line) => ({ mark: '', text: line }));
  return { text: '', card: previewCard({ title, text, lines, buttons }), mine: true };
}
