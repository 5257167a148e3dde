/** 导入支部: a county or the organiser sends the .xlsx, sees what it would change, and presses a button. */

import { setImmediate as pause } from 'node:timers/promises';
import { z } from 'zod';
import { button, previewCard } from '../../bot/cards/spec.ts';
import { inWords } from '../../bot/cards/text.ts';
import type { Intake } from '../../bot/feature.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import type { Doing, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { parts } from '../../lib/pages.ts';
import { defineTable } from '../../store/store.ts';
import { getUnit } from '../orgs/index.ts';
import { industries, profiles } from './model.ts';
import { type ProfilePlan, planProfiles } from './plan.ts';
import { rights } from './rights.ts';
import { MOST_ROWS, profileSheetRow } from './sheet.ts';

/** Rows that are looked at and applied in one transaction; more are, too, some at a time, in a job. */
const AT_ONCE = 200;
/** Problems that a message names. */
const NAMED = 12;
const HOW = `请在单聊里把支部档案（.xlsx）发给我。第一行写列名：支部、乡镇、经度、纬度、产业、户数、2025年集体收入（万元）、来源；空着的格不改。产业写：${industries.map(({ name }) => name).join('、')}，最多两类。我先告诉您会改什么，您点了才改。`;

const draftRow = z.object({
  /** The person's id: the sheet that was sent last and is not applied yet. */
  id: z.string(),
  /** Names this very sheet: an old card must not apply a newer one. */
  number: z.string(),
  unit: z.string(),
  rows: z.array(profileSheetRow).max(MOST_ROWS),
});
type Draft = z.infer<typeof draftRow>;
export const profileDrafts = defineTable<Draft>({
  name: 'branch_drafts',
  schema: draftRow,
  indexes: [],
  keep: 'for ever: because it is at most one row for each person',
  people: { title: '发来还没导入的支部档案', fields: [{ field: 'id', acts: true, left: 'goes' }] },
});

export const profileIntake: Intake = {
  kinds: ['xlsx'],
  op: rights.import,
  reader: new URL('./sheet.ts', import.meta.url),
  lookedFor: '支部档案要有支部，还有经度、纬度、产业、户数或收入',
};

export const importProfiles = operation({
  right: rights.import,
  words: ['导入支部'],
  help: '从 .xlsx 更新支部档案',
  input: z.object({ rows: z.array(profileSheetRow).max(MOST_ROWS).default([]) }),
  async run(ctx, { rows }): Promise<Outcome> {
    if (rows.length === 0) return { text: HOW };
    const { id, unit } = ctx.me;
    const number = ctx.newId();
    const known = await ctx.tx.table(profileDrafts).get(id);
    await ctx.tx.table(profileDrafts).put({ ...known, id, number, unit, rows: [...rows] });
    if (rows.length <= AT_ONCE)
      return preview(number, await planProfiles(ctx, rows, await getUnit(ctx.tx, unit), new Map()));
    ctx.start(profileJob, { person: id, number, act: 'look' }, { key: `${number} look` });
    return { text: `收到了，共${rows.length}行，正在看，看完告诉您。` };
  },
});

export const applyProfiles = operation({
  right: rights.applyImport,
  words: ['确认导入支部'],
  input: z.object({ number: z.string().max(100).default('') }),
  async run(ctx, { number }): Promise<Outcome> {
    const draft = await ctx.tx.table(profileDrafts).get(ctx.me.id);
    if (!draft || (number !== '' && draft.number !== number))
      throw new AppError('stale', '这份档案已经导入过，或者后来又发了一份。请看最新的一份，或者重新发。');
    const did = { kind: 'branchProfiles', id: draft.number };
    if (draft.rows.length > AT_ONCE) {
      ctx.start(profileJob, { person: draft.id, number: draft.number, act: 'apply' }, { key: draft.number });
      return { text: `正在导入，共${draft.rows.length}行，好了告诉您。`, did };
    }
    const plan = await planProfiles(ctx, draft.rows, await getUnit(ctx.tx, ctx.me.unit), new Map());
    await write(ctx, plan);
    await ctx.tx.table(profileDrafts).delete(draft);
    return { ...card('导入好了', plan, ''), did };
  },
});

async function write(doing: Doing, { changes }: ProfilePlan): Promise<void> {
  for (const profile of changes) {
    await doing.tx.table(profiles).put(profile);
    doing.refresh({ kind: 'branch', id: profile.id });
  }
}

/** The sheet that a job is about, while there is no newer one. */
async function draftOf({ tx }: Pick<World, 'tx'>, person: unknown, number: unknown) {
  const draft = await tx.table(profileDrafts).get(String(person));
  return draft?.number === number ? draft : undefined;
}

/** Looks a long sheet over, or makes it true, some rows at a time: nobody who chats waits for all of them. */
export const profileJob: JobKind<readonly ProfilePlan[]> = {
  kind: 'branches.import',
  attempts: 5,
  async prepare({ data }, { read, renew }) {
    const draft = await read((world) => draftOf(world, data.person, data.number));
    const seen = new Map<string, number>();
    const plans: ProfilePlan[] = [];
    for (const rows of parts(draft?.rows ?? [], AT_ONCE)) {
      plans.push(
        await read(async (world) =>
          planProfiles(world, rows, await getUnit(world.tx, draft?.unit ?? ''), seen),
        ),
      );
      await pause();
      if (!(await renew())) return [];
    }
    return plans;
  },
  async step(doing, { data, cursor }, plans) {
    const draft = await draftOf(doing, data.person, data.number);
    if (!draft || plans.length === 0) return undefined;
    if (data.act === 'look') {
      tell(doing, draft, 'look', preview(draft.number, sum(plans)));
      return undefined;
    }
    // The counts are those of the look that came first: what is looked at anew finds less to do.
    const [at = 0, changed = sum(plans).changes.length] = (cursor ?? '')
      .split(' ')
      .filter(Boolean)
      .map(Number);
    const plan = plans[at];
    if (plan) await write(doing, await fresh(doing, plan));
    if (at + 1 < plans.length) return `${at + 1} ${changed}`;
    await doing.tx.table(profileDrafts).delete(draft);
    tell(doing, draft, 'done', card('导入好了', sum(plans), '', changed));
    return undefined;
  },
  async givenUp(doing, { data }) {
    const draft = await draftOf(doing, data.person, data.number);
    if (!draft) return;
    const text = '支部档案没有导完，可能只改了一部分。请把同一份再发一次，已经改好的不会再改。';
    tell(doing, draft, `off:${doing.newId()}`, { text });
  },
};

/** The same changes over the rows as they are now. */
async function fresh({ tx }: Doing, plan: ProfilePlan): Promise<ProfilePlan> {
  const changes = [];
  for (const { rev: _, ...profile } of plan.changes) {
    const known = await tx.table(profiles).get(profile.id);
    changes.push({ ...profile, ...(known && { rev: known.rev }) });
  }
  return { ...plan, changes };
}

function sum(plans: readonly ProfilePlan[]): ProfilePlan {
  return {
    changes: plans.flatMap(({ changes }) => changes),
    same: plans.reduce((n, { same }) => n + same, 0),
    problems: plans.flatMap(({ problems }) => problems),
  };
}

function tell(doing: Doing, { id: person, number }: Draft, what: string, outcome: Outcome): void {
  const { text, card: shown } = inWords(outcome);
  const key = `branches:${number}:${what}`;
  doing.notify({ to: { person }, text, ...(shown && { card: shown }), key, urgent: true });
}

/** What a sheet would change, with the button that changes it. */
const preview = (number: string, plan: ProfilePlan): Outcome => card('支部档案看过了', plan, number);

function card(
  title: string,
  { changes, same, problems }: ProfilePlan,
  number: string,
  changed = changes.length,
): Outcome {
  const rest = problems.length > NAMED ? [`……还有${problems.length - NAMED}条`] : [];
  const lines = [...problems.slice(0, NAMED).map(({ line, text }) => `第${line}行 ${text}`), ...rest];
  const buttons = number && changed > 0 ? [button(rights.applyImport, { number }, 'positive')] : [];
  const text = `更新${changed}个支部，不变${same}个；有问题${problems.length}行，不会导入。`;
  return {
    text: '',
    card: previewCard({
      title,
      text,
      lines: lines.map((line) => ({ mark: '', text: line })),
      buttons,
    }),
    mine: true,
  };
}
