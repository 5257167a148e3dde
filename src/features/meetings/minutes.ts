/** 填写纪要, 提交纪要: one row per item; what has a unit becomes a decision that comes back until it is done. */

import { z } from 'zod';
import { showForm } from '../../bot/cards/forms.ts';
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { sayDay } from '../../lib/dates.ts';
import { unitName } from '../orgs/index.ts';
import { followup } from '../tasks/index.ts';
import { dropDraft, keepDraft, minutesForm, readItems } from './fill.ts';
import { type Decision, decisions, type Item, type StoredMeeting, versions } from './model.ts';
import { changed, meetingOperation, saveMeeting, tellInvited } from './record.ts';
import { rights } from './rights.ts';

/** As many items as the meeting has; whatever else is sent along is dropped. */
const FIELD = /^(?:page|(?:decision|unit|deadline)\d{1,3})$/;
const page = z.coerce.number().int().min(1).max(100).catch(1);
const fields = z
  .looseObject({})
  .transform((raw) => Object.fromEntries(Object.entries(raw).filter(([id]) => FIELD.test(id))));

/** A form of several pages: from here on nothing that was typed is lost, whether it fits or not. */
const typed = {
  days: { fields: /^deadline\d+$/, toward: 'due' as const },
  saveDraft: keepDraft,
};

/** 填写纪要: the form, at the beginning or where it was left. */
export const minutes = meetingOperation(rights.minutes, {
  words: ['填写纪要', '修改纪要', '纪要'],
  async open(_ctx, raw) {
    // So say the forms that the version before handed out.
    const at = Number(raw.page ?? 1) || 1;
    switch (raw.filled) {
      case 'yes':
        return { op: publish, raw };
      case 'draft':
        return { op: saveDraft, raw };
      case 'next':
      case 'back':
        return { op: turnPage, raw: { ...raw, to: raw.filled === 'next' ? at + 1 : at - 1 } };
      default:
        return undefined;
    }
  },
  input: z.object({ page }),
  run: async (ctx, at, meeting) => openPage(ctx, meeting, at.page),
});

async function openPage(ctx: Ctx, meeting: StoredMeeting, at: number) {
  return showForm(ctx, rights.publish, await minutesForm(ctx, meeting, { page: at }, []), undefined);
}

export const turnPage = meetingOperation(rights.turnPage, {
  ...typed,
  input: z.object({ to: page }),
  run: async (ctx, { to }, meeting) => openPage(ctx, meeting, to),
});

export const saveDraft = meetingOperation(rights.saveDraft, {
  ...typed,
  run: async (_ctx, _input, { id }) => ({
    text: '草稿存好了。下次点“填写纪要”接着写。',
    card: { subject: { kind: 'meeting', id } },
  }),
});

export const publish = meetingOperation<Raw>(rights.publish, {
  ...typed,
  input: fields,
  async refine(ctx, raw, meeting) {
    const { items, errors } = await readItems(ctx, meeting, raw);
    if (items.every(({ decision }) => decision === ''))
      return [...errors, { field: 'decision1', message: '请至少写一个决定' }];
    if (errors.length === 0 && meeting.version > 0 && changes(meeting.items, items) === '')
      return [{ field: 'decision1', message: '和上一版一样，没有要更正的' }];
    return errors;
  },
  form: minutesForm,
  async preview(ctx, raw, meeting) {
    const { items } = await readItems(ctx, meeting, raw);
    const lines = [];
    for (const [i, item] of items.entries()) {
      const who = item.unit
        ? `（${await unitName(ctx.tx, item.unit)}，${sayDay(item.deadline ?? ctx.today, ctx.today)}前）`
        : '';
      lines.push({
        mark: `议题${i + 1}`,
        text: item.decision ? `${item.decision}${who}` : '没有决定',
      });
    }
    return { title: '会议纪要', text: `${meeting.id}，发给所有参会单位。`, lines };
  },
  run: writeMinutes,
});

async function writeMinutes(ctx: Ctx, raw: Raw, meeting: StoredMeeting) {
  const { items } = await readItems(ctx, meeting, raw);
  await dropDraft(ctx, meeting);
  const version = meeting.version + 1;
  const id = `${meeting.id}/${version}`;
  await ctx.tx
    .table(versions)
    .put({ id, meeting: meeting.id, at: ctx.now.toISOString(), by: ctx.me.id, items });
  const saved = await saveMeeting(ctx, { ...meeting, items, version, state: 'minuted' });
  const correction = version > 1 ? `更正（第${version}版）：${changes(meeting.items, items)}。` : '';
  // One message a unit: that the minutes are out, and what it is to do.
  const given = new Map<string, string[]>();
  for (const [i, item] of items.entries()) {
    const decision = await keepDecision(ctx, saved, item, i + 1);
    if (!decision) continue;
    const { unit, text, deadline } = decision;
    given.set(unit, [...(given.get(unit) ?? []), `${text}（${sayDay(deadline, ctx.today)}前）`]);
  }
  await tellInvited(ctx, saved, (unit) => {
    const own = given.get(unit);
    return `${meeting.id} 出纪要了。${correction}${own ? `由您单位办：${own.join('；')}` : ''}`;
  });
  return changed(
    ctx,
    saved,
    version > 1 ? `更正已发出，这是第${version}版。` : '纪要已发出，定下的事都交到单位了。',
  );
}

/**
 * An item with a unit is an open decision; one that lost its unit in a correction is dropped. What is decided about an
 * earlier decision takes its place, and is as old as that. Resolves when it is new.
 */
async function keepDecision(
  ctx: Ctx,
  meeting: StoredMeeting,
  item: Item,
  n: number,
): Promise<Decision | undefined> {
  const rows = ctx.tx.table(decisions);
  const id = `${meeting.id}-${n}`;
  const known = await rows.get(id);
  const about = item.about ? await rows.get(item.about) : undefined;
  // What an item is about is in its text, which anybody may write: others' decisions are not theirs to end.
  const earlier = about?.lead === meeting.lead && about.id !== id ? about : undefined;
  const goesOn = `由 ${id} 接着办`;
  if (!item.unit || !item.deadline) {
    if (known?.state === 'open') {
      await rows.put({ ...known, state: 'dropped' });
      await followup.drop(ctx, known);
    }
    if (earlier?.done === goesOn)
      await rows.put({ ...earlier, state: 'open', done: '', task: await followup.open(ctx, earlier) });
    return undefined;
  }
  if (earlier?.state === 'open') {
    await rows.put({ ...earlier, state: 'dropped', done: goesOn });
    await followup.drop(ctx, earlier);
  }
  const same =
    known && known.text === item.decision && known.unit === item.unit && known.deadline === item.deadline;
  if (same) return undefined;
  const { lead, star } = meeting;
  const decision = {
    ...known,
    id,
    meeting: meeting.id,
    star,
    lead,
    text: item.decision,
    unit: item.unit,
    deadline: item.deadline,
    state: known?.state === 'done' ? 'done' : 'open',
    // Another wording is another question.
    claim: null,
    confirms: null,
    since: known?.since ?? earlier?.since ?? ctx.today,
    done: known?.done ?? '',
    task: known?.task ?? null,
  } as const;
  if (decision.state === 'open') return rows.put({ ...decision, task: await followup.open(ctx, decision) });
  return rows.put(decision);
}

/** What a correction changed, item by item; empty when nothing. */
function changes(before: readonly Item[], after: readonly Item[]): string {
  const said = after.flatMap((item, i) => {
    const old = before[i];
    const same =
      old && old.decision === item.decision && old.unit === item.unit && old.deadline === item.deadline;
    return same ? [] : [`议题${i + 1}由“${old?.decision || '没有决定'}”改为“${item.decision || '没有决定'}”`];
  });
  return said.join('；');
}
