/**
 * 发布: a case goes to all units, or to those of the county, once, as a line of their next morning's digest; who sent it
 * sees how many have it, and never who.
 */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { LineSpec } from '../../bot/cards/spec.ts';
import { outbox } from '../../bot/delivery/tables.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import { MORNING, type PlannedLine, type Reminder } from '../../bot/reminders/reminder.ts';
import type { World } from '../../bot/world.ts';
import { addDays, mondayOf, sayDay, sayTime } from '../../lib/dates.ts';
import { pages } from '../../lib/pages.ts';
import type { Tx } from '../../store/store.ts';
import { personalOnly } from '../analysis/index.ts';
import { actorOf, linesFor, peopleOf, unitsOf } from '../members/index.ts';
import {
  branchesBelow,
  getUnit,
  isWithin,
  organiser,
  townshipsOf,
  type Unit,
  units,
  unitsBelow,
  unitsOfKind,
} from '../orgs/index.ts';
import { openCase } from '../rectification/index.ts';
import { type Example, examples, REVISIT_DAYS, SCOPES, type StoredExample } from './model.ts';
import { changed, exampleCard, exampleOperation, saveExample, signedBy } from './record.ts';
import { rights } from './rights.ts';

/** Names the lines in digests. */
const NAME = 'cases.published';
/** Townships in one page of those who hear of a case: of a plan, and where each person’s messages are looked at. */
const TOWNSHIPS = 10;
const TOWNSHIPS_COUNTED = 2;
/** Cases that are told of on one day, and days for which it is counted whom they reached. */
const MOST_A_DAY = 20;
const COUNTED_DAYS = 7;

type Scope = (typeof SCOPES)[number];

/** A page of the units that hear of a case: those above the townships first, then some townships with their branches. */
async function audience(
  tx: Tx,
  { county, published }: Pick<Example, 'county' | 'published'>,
  after: string | undefined,
  most: number,
): Promise<{ readonly rows: readonly Unit[]; readonly next?: string | undefined }> {
  const own = published?.scope === 'county';
  if (after === undefined) {
    const top = own
      ? [await getUnit(tx, county)]
      : await unitsOfKind(tx, ['city', 'lead', 'responsible', 'county']);
    return { rows: top, next: 'below' };
  }
  const top = own ? await getUnit(tx, county) : await organiser(tx);
  const from = after === 'below' ? undefined : after.slice('below '.length);
  const page = await townshipsOf(tx, top, most, from);
  const rows: Unit[] = [];
  for (const township of page.rows.filter(({ kind }) => kind === 'township'))
    rows.push(township, ...(await unitsBelow(tx, township.id)));
  return { rows, next: page.next && `below ${page.next}` };
}

/** How many units that is. */
async function sizeOf(tx: Tx, { county }: Example, scope: Scope): Promise<number> {
  if (scope === 'city') return tx.table(units).count();
  const top = await getUnit(tx, county);
  return 1 + (await branchesBelow(tx, top, ['township', 'village', 'community']));
}

export const publish = exampleOperation('scope')(rights.publish, {
  words: ['发布'],
  input: z.object({
    scope: z.preprocess((said) => SCOPE_WORDS.get(String(said)) ?? said, z.enum(SCOPES, '请选发给哪些单位')),
  }),
  form: async ({ tx }, row) => ({
    title: `发布 ${row.id}`,
    intro: `${row.title}。并入各单位下一个工作日早上的提醒，只发一次。`,
    fields: [
      field.pick(
        'scope',
        '发给',
        [
          { title: '全市', value: 'city' },
          { title: (await getUnit(tx, row.county)).name, value: 'county' },
        ],
        { value: 'city', required: true },
      ),
    ],
    submit: { op: rights.publish, data: { example: row.id } },
  }),
  async preview(ctx, { scope }, row) {
    personalOnly(ctx);
    const { tx, workdays, today } = ctx;
    const size = await sizeOf(tx, row, scope);
    const text = `${sayDay(workdays.add(today, 1), today)}早上并入${size}个单位的提醒，只发一次。网页上现在就看得到。`;
    return { text, lines: [{ mark: row.id, text: row.title }, ...(await warnings(ctx, row))] };
  },
  async run(ctx, { scope }, row) {
    const { today, workdays, me } = ctx;
    const saved = await saveExample(ctx, {
      ...row,
      ...{ state: 'published', waits: '', reason: '', publishedOn: today },
      published: { unit: me.unit, scope, ...(await signedBy(ctx)) },
      ...{ tellOn: workdays.add(today, 1), revisitOn: addDays(today, REVISIT_DAYS) },
    });
    const told = sayDay(saved.tellOn ?? today, today);
    return changed(
      ctx,
      saved,
      `发布了。${told}早上各单位在提醒里看到，${sayDay(saved.revisitOn ?? today, today)}回访。`,
    );
  },
});
const SCOPE_WORDS = new Map<string, Scope>(
  Object.entries({ 全市: 'city', 县区: 'county', 本县区: 'county' }),
);

/** What whoever decides should know: that the branch itself is being put right. */
export async function warnings({ tx }: World, { branch }: Example): Promise<readonly LineSpec[]> {
  const one = await openCase(tx, branch);
  return one && one.state !== 'settling' ? [{ mark: '注意', text: `这个支部正在整顿（${one.id}）` }] : [];
}

/** Cases that are told of within some days. */
async function toldIn(
  tx: Tx,
  range: { readonly gt: string; readonly lte: string },
): Promise<readonly StoredExample[]> {
  const { rows } = await tx.table(examples).find({ order: 'tellOn', range, limit: MOST_A_DAY });
  return rows.filter(({ state }) => state === 'published');
}

/** Where planning goes on: which case, and with which of those who hear of it. */
const cursorRow = z.object({ example: z.string(), after: z.string().optional() });

export const telling: Reminder = {
  name: NAME,
  title: '发布的典型（发布后的第一个工作日）',
  schedule: MORNING,
  async plan({ tx, workdays }, { day }, after) {
    const all = await toldIn(tx, { gt: workdays.add(day, -1), lte: day });
    const cursor = after === undefined ? undefined : cursorRow.parse(JSON.parse(after));
    const at = cursor ? all.findIndex(({ id }) => id === cursor.example) : 0;
    const row = all[at];
    if (!row) return { reminders: [] };
    const page = await audience(tx, row, cursor?.after, TOWNSHIPS);
    const line = {
      title: `典型：${row.title}`,
      ask: '看一看',
      due: null,
      op: rights.show,
      data: { example: row.id },
    };
    const reminders: PlannedLine[] = [];
    for (const unit of page.rows) reminders.push(...linesFor(await peopleOf(tx, unit.id), line));
    const following = all[at + 1];
    const next = page.next ? { example: row.id, after: page.next } : following && { example: following.id };
    return { reminders, next: next && JSON.stringify(next) };
  },
  async still({ tx }, { data }, person) {
    const row = await tx.table(examples).get(String(data.example));
    return row?.state === 'published' && (await unitsOf(tx, person)).length > 0;
  },
};

const sums = cursorRow.extend({ sent: z.number(), failed: z.number(), open: z.number() });

/** Counts whom the cases of the last days have reached, some units at a time; every day, and when the sender asks. */
export const countJob: JobKind = {
  kind: 'cases.count',
  daily: true,
  async step(doing, { data, cursor }) {
    const { tx, today, now } = doing;
    const asked = typeof data.example === 'string' ? await tx.table(examples).get(data.example) : undefined;
    const all = asked ? [asked] : await toldIn(tx, { gt: addDays(today, -COUNTED_DAYS), lte: today });
    const [first] = all;
    if (!first) return undefined;
    const at =
      cursor === null ? { example: first.id, sent: 0, failed: 0, open: 0 } : sums.parse(JSON.parse(cursor));
    const row = all.find(({ id }) => id === at.example);
    if (row?.state !== 'published') return undefined;
    const page = await audience(tx, row, at.after, TOWNSHIPS_COUNTED);
    const counts = { sent: at.sent, failed: at.failed, open: at.open };
    for (const unit of page.rows)
      for (const { id: person } of await peopleOf(tx, unit.id)) {
        const what = (await isFirstPost(tx, row, person, unit))
          ? await deliveryTo(doing, row, person)
          : undefined;
        if (what) counts[what] += 1;
      }
    if (page.next) return JSON.stringify({ example: row.id, after: page.next, ...counts });
    await tx.table(examples).put({ ...row, delivery: { at: now.toISOString(), ...counts } });
    doing.refresh(exampleCard(row));
    const next = all[all.indexOf(row) + 1];
    return next && JSON.stringify({ example: next.id, sent: 0, failed: 0, open: 0 });
  },
};

/** Somebody in several units gets one message, and is counted once: where they act, or where none of that hears of it. */
async function isFirstPost(
  tx: Tx,
  { county, published }: Example,
  person: string,
  unit: Unit,
): Promise<boolean> {
  const own = (await actorOf(tx, person))?.unit;
  if (own === undefined || own === unit.id) return own !== undefined;
  return published?.scope === 'county' && !(await isWithin(tx, await getUnit(tx, own), county));
}

/** Every state of a digest, by what it says of the lines in it; what was merged or is not true any more says nothing. */
const SAYS = {
  sent: 'sent',
  failed: 'failed',
  unsure: 'failed',
  due: 'open',
  waiting: 'open',
  sending: 'open',
  merged: undefined,
  void: undefined,
} as const;
const STATES = Object.keys(SAYS) as (keyof typeof SAYS)[];

async function deliveryTo(
  { tx, today }: World,
  { id, tellOn }: Example,
  person: string,
): Promise<'sent' | 'failed' | 'open' | undefined> {
  const week = [...new Set([mondayOf(tellOn ?? today), mondayOf(today)])];
  const query = { where: { person, week, kind: 'digest' as const, state: STATES }, limit: 50 };
  const said = new Set<string | undefined>();
  for await (const { rows } of pages((from) => tx.table(outbox).find({ ...query, ...from })))
    for (const { state, lines } of rows)
      if (lines.some(({ rhythm, data }) => rhythm === NAME && data.example === id)) said.add(SAYS[state]);
  if (said.has('sent')) return 'sent';
  if (said.has('failed')) return 'failed';
  // What has not been made in so many days is not on its way.
  return said.has('open') || today <= addDays(tellOn ?? today, COUNTED_DAYS) ? 'open' : undefined;
}

export const delivery = exampleOperation()(rights.delivery, {
  words: ['送达情况'],
  async run(ctx, _input, row) {
    ctx.start(countJob, { example: row.id }, { key: row.id });
    return {
      text: `正在数${row.id}送达了多少，稍后看卡片。`,
      card: { subject: exampleCard(row) },
      mine: true,
    };
  },
});

/** `送达231人，失败2人，待发3人（11月27日 09:10）` */
export function sayDelivery({ delivery: counts, tellOn }: Example, today: string): string {
  if (!counts) return tellOn && tellOn >= today ? `${sayDay(tellOn, today)}早上发` : '还没有数，点“送达情况”';
  const { at, sent, failed, open } = counts;
  return `送达${sent}人，失败${failed}人${open > 0 ? `，待发${open}人` : ''}（${sayTime(at, today)}）`;
}
