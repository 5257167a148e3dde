/** 填写纪要, 提交纪要: one row per item; what has a unit becomes a decision that comes back until it is done. */

import { z } from 'zod';
import { showForm } from '../../bot/cards/forms.ts';
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { unitName } from '../orgs/index.ts';
import { followup } from '../tasks/index.ts';
import { decisionForm, minutesForm, placeMeant } from './fill.ts';
import {
  type Decided,
  type Decision,
  decidedOf,
  decisions,
  type Item,
  NOTHING,
  placesOf,
  type StoredMeeting,
  versions,
} from './model.ts';
import { changed, meetingOperation, saveMeeting, sayDecided, tellInvited, unitNames } from './record.ts';
import { rights } from './rights.ts';
import { dropDraft, keepDraft, keyOf, MOST_DECISIONS, readItems, sayPlace } from './values.ts';

/** As many items as the meeting has; whatever else is sent along is dropped. */
const FIELD = /^(?:page|(?:decision|unit|partners|deadline)\d{1,3}(?:_\d)?)$/;
const page = z.coerce.number().int().min(1).max(100).catch(1);
const fields = z
  .looseObject({})
  .transform((raw) => Object.fromEntries(Object.entries(raw).filter(([id]) => FIELD.test(id))));

/** A form of several pages: from here on nothing that was typed is lost, whether it fits or not. */
const typed = {
  days: { fields: /^deadline[\d_]+$/, toward: 'due' as const },
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

/** One decision alone: who leads, who helps; or the next one about an item. */
export const oneDecision = meetingOperation(rights.oneDecision, {
  ...typed,
  input: z.object({ one: z.string('请选单独写哪个议题').max(10).default('') }),
  async refine(ctx, { one }, meeting) {
    if (await placeMeant(ctx, meeting, one)) return [];
    const n = one.endsWith('+') ? Number.parseInt(one, 10) : 0;
    const message = meeting.items[n - 1] ? `议题${n}最多${MOST_DECISIONS}条决定` : '请选单独写哪个议题';
    return [{ field: 'one', message }];
  },
  form: minutesForm,
  async run(ctx, { one }, meeting) {
    const place = await placeMeant(ctx, meeting, one);
    if (!place) throw new AppError('stale', '这一条刚有人写了，请再打开一次纪要。');
    return showForm(ctx, rights.publish, await decisionForm(ctx, meeting, place, {}, []), undefined);
  },
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
    if (items.flatMap(decidedOf).length === 0)
      return [...errors, { field: 'decision1', message: '请至少写一个决定' }];
    if (errors.length === 0 && meeting.version > 0 && (await changes(ctx, meeting.items, items)) === '')
      return [{ field: 'decision1', message: '和上一版一样，没有要更正的' }];
    return errors;
  },
  form: minutesForm,
  async preview(ctx, raw, meeting) {
    const { items } = await readItems(ctx, meeting, raw);
    const lines = [];
    for (const [i, item] of items.entries()) {
      const [first = NOTHING, ...more] = decidedOf(item);
      for (const decided of [first, ...more]) {
        const mark = `议题${i + 1}`;
        lines.push({ mark, text: await sayDecided(ctx, decided) });
      }
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
  const correction =
    version > 1 ? `更正（第${version}版）：${await changes(ctx, meeting.items, items)}。` : '';
  // One message a unit: that the minutes are out, and what it is to do.
  const given = new Map<string, { readonly own: string[]; readonly helped: string[] }>();
  const givenTo = (unit: string) => {
    const all = given.get(unit) ?? { own: [], helped: [] };
    given.set(unit, all);
    return all;
  };
  for (const [i, item] of items.entries())
    for (const decision of await keepDecisions(ctx, saved, item, meeting.items[i], i)) {
      const { unit, partners, text, deadline } = decision;
      const by = `${sayDay(deadline, ctx.today)}前`;
      givenTo(unit).own.push(`${text}（${by}）`);
      for (const partner of partners)
        givenTo(partner).helped.push(`${text}（${await unitName(ctx.tx, unit)}牵头，${by}）`);
    }
  await tellInvited(ctx, saved, (unit) => {
    const { own = [], helped = [] } = given.get(unit) ?? {};
    const asked = [
      ...(own.length > 0 ? [`由您单位办：${own.join('；')}`] : []),
      ...(helped.length > 0 ? [`请您单位配合：${helped.join('；')}`] : []),
    ];
    return `${meeting.id} 出纪要了。${correction}${asked.join('。')}`;
  });
  return changed(
    ctx,
    saved,
    version > 1 ? `更正已发出，这是第${version}版。` : '纪要已发出，定下的事都交到单位了。',
  );
}

/** Keep what was decided about an item; resolves to what is new of it. */
async function keepDecisions(
  ctx: Ctx,
  meeting: StoredMeeting,
  item: Item,
  before: Item | undefined,
  i: number,
): Promise<readonly Decision[]> {
  const now = placesOf(item);
  const count = Math.max(now.length, before ? placesOf(before).length : 0);
  // What the item is about goes on as the first one that somebody is to do.
  const goesOn = now.findIndex(({ unit }) => unit !== null);
  const kept = [];
  for (let nth = 0; nth < count; nth++) {
    const about = goesOn === nth || !now[nth]?.unit ? item.about : null;
    const decision = await keepDecision(
      ctx,
      meeting,
      now[nth] ?? NOTHING,
      `${meeting.id}-${keyOf({ item: i, nth }).replace('_', '-')}`,
      about,
    );
    if (decision) kept.push(decision);
  }
  return kept;
}

/**
 * What a unit is to do is an open decision; one that lost its unit in a correction is dropped. What is decided about an
 * earlier decision takes its place, and is as old as that. Resolves when it is new.
 */
async function keepDecision(
  ctx: Ctx,
  meeting: StoredMeeting,
  item: Decided,
  id: string,
  aboutId: string | null,
): Promise<Decision | undefined> {
  const rows = ctx.tx.table(decisions);
  const known = await rows.get(id);
  const about = aboutId ? await rows.get(aboutId) : undefined;
  // What an item is about is in its text, which anybody may write: others' decisions are not theirs to end.
  const earlier = about?.lead === meeting.lead && about.id !== id ? about : undefined;
  const goesOn = `由 ${id} 接着办`;
  if (!item.unit || !item.deadline) {
    if (known?.state === 'open') {
      await rows.put({ ...known, state: 'dropped' });
      await followup.drop(ctx, known);
    }
    if (earlier?.done === goesOn)
      await rows.put({ ...earlier, state: 'open', done: '', task: await openTask(ctx, earlier) });
    return undefined;
  }
  if (earlier?.state === 'open') {
    await rows.put({ ...earlier, state: 'dropped', done: goesOn });
    await followup.drop(ctx, earlier);
  }
  const { decision: text, unit, partners, deadline } = item;
  if (known && isSame({ ...known, decision: known.text }, item)) return undefined;
  const { lead, star } = meeting;
  const decision = {
    ...known,
    id,
    meeting: meeting.id,
    star,
    lead,
    text,
    unit,
    partners,
    deadline,
    state: known?.state === 'done' ? 'done' : 'open',
    // Another wording is another question.
    claim: null,
    confirms: null,
    since: known?.since ?? earlier?.since ?? ctx.today,
    done: known?.done ?? '',
    task: known?.task ?? null,
  } as const;
  if (decision.state === 'open') return rows.put({ ...decision, task: await openTask(ctx, decision) });
  return rows.put(decision);
}

/** The task of a decision, as the decision is now. */
async function openTask(ctx: Ctx, decision: Omit<Decision, 'rev'>): Promise<string> {
  return followup.open(ctx, { ...decision, helpers: await unitNames(ctx, decision.partners) });
}

function isSame(a: Decided, b: Decided): boolean {
  return (
    a.decision === b.decision &&
    a.unit === b.unit &&
    a.deadline === b.deadline &&
    a.partners.join() === b.partners.join()
  );
}

/** What a correction changed, decision by decision; empty when nothing. */
async function changes(ctx: Ctx, before: readonly Item[], after: readonly Item[]): Promise<string> {
  const said: string[] = [];
  for (const [i, item] of after.entries()) {
    const [old, now] = [before[i] ? placesOf(before[i]) : [], placesOf(item)];
    for (let nth = 0; nth < Math.max(old.length, now.length); nth++) {
      const [was, is] = [old[nth] ?? NOTHING, now[nth] ?? NOTHING];
      if (isSame(was, is)) continue;
      // What stayed the same is not said twice.
      const whole = was.decision === is.decision;
      const say = async (one: Decided) => (whole ? await sayDecided(ctx, one) : one.decision || '没有决定');
      said.push(`${sayPlace({ item: i, nth })}由“${await say(was)}”改为“${await say(is)}”`);
    }
  }
  return said.join('；');
}
