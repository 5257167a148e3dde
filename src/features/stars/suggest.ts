/**
 * 可能要预警: what facts suggest to the lead of a star that a branch holds. Found when an issue is saved and by a look at
 * what became long overdue, never by a look at all branches. A named person decides: 预警, or 不算 with a reason.
 */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { button, listCard, note, type Raw } from '../../bot/cards/spec.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import type { Ctx, Outcome, Todo } from '../../bot/operation.ts';
import { type Listener, on } from '../../bot/turn/events.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, Doing, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { words as typed } from '../../lib/inputs.ts';
import { defineTable, type Stored } from '../../store/store.ts';
import { listed, personalOnly } from '../analysis/index.ts';
import { issueSaved, overdueFor } from '../issues/index.ts';
import { tellStaff } from '../members/index.ts';
import { allStars, units, unitsAbove } from '../orgs/index.ts';
import { RECURRENCES, recurrencesOf, sayNumbers } from './facts.ts';
import { isRunning, starWarnings } from './model.ts';
import { isOfTheBranchItself } from './negatives.ts';
import { fromWords, recordRows, starAndBranch, titleOf } from './record.ts';
import { NO_SUGGESTION, rights } from './rights.ts';
import { standardFact, standardOn } from './standards.ts';

/** An issue that is red for more working days than that. */
export const RED_WORKDAYS = 30;
/** What was missed while no server ran is caught up with for so long. */
const CATCH_UP_WORKDAYS = 20;
const MOST = 100;
const WAITING = 20;

const factRow = z.object({
  kind: z.enum(['recurrence', 'red', 'weak']),
  text: z.string(),
  /** What it rests on: numbers of issues, or the entry of the list. */
  records: z.array(z.string()),
});
type Fact = z.infer<typeof factRow>;

const suggestionRow = z.object({
  id: z.string(),
  branch: z.string(),
  township: z.string(),
  county: z.string(),
  star: z.string(),
  lead: z.string(),
  state: z.enum(['open', 'warned', 'dismissed']),
  /** The lead while it has to decide; '' after. */
  waits: z.string(),
  on: z.string(),
  facts: z.array(factRow),
  /** The version of the standard that was in force. */
  standard: z.string(),
  /** Why it does not count, the unit that said so, and when. */
  reason: z.string(),
  by: z.string(),
  decidedOn: z.string(),
});
export type Suggestion = z.infer<typeof suggestionRow>;
type StoredSuggestion = Stored<Suggestion>;
export const suggestions = defineTable<Suggestion>({
  name: 'star_suggestions',
  schema: suggestionRow,
  indexes: [
    { on: ['branch', 'star'], order: 'on' },
    { on: ['waits'], order: 'on' },
  ],
  keep: 'for ever: because it is the history of the stars',
  people: 'not listed: because it names units only; who decided is in the audit trail',
});

async function suggestionsOf({ tx }: Pick<World, 'tx'>, branch: string, star: string) {
  const query = { where: { branch, star }, order: 'on', desc: true, limit: MOST } as const;
  return (await tx.table(suggestions).find(query)).rows;
}

/** The one that waits for the lead. */
export async function openSuggestion(world: Pick<World, 'tx'>, branch: string, star: string) {
  return (await suggestionsOf(world, branch, star)).find(({ state }) => state === 'open');
}

/** Somebody has decided. */
export async function decideSuggestion(
  ctx: Ctx,
  row: StoredSuggestion,
  change: Pick<Suggestion, 'state' | 'reason'>,
): Promise<void> {
  const decided = { waits: '', by: ctx.me.unit, decidedOn: ctx.today };
  await ctx.tx.table(suggestions).put({ ...row, ...change, ...decided });
}

/**
 * One kind of fact as it is now, with none for what does not hold any more. What somebody has decided about does not
 * count again.
 */
async function suggest(
  doing: Doing,
  { branch: id, star }: { readonly branch: string; readonly star: string },
  kind: Fact['kind'],
  records: readonly string[],
  { least, say }: { readonly least: number; readonly say: (records: readonly string[]) => string },
): Promise<void> {
  const { tx, today } = doing;
  const branch = await tx.table(units).get(id);
  if (!branch?.stars.includes(star)) return;
  const all = await suggestionsOf(doing, id, star);
  const decided = new Set(
    all
      .filter(({ state }) => state !== 'open')
      .flatMap(({ facts }) => facts.flatMap((fact) => (fact.kind === kind ? fact.records : []))),
  );
  const open = all.find(({ state }) => state === 'open');
  const others = open?.facts.filter((fact) => fact.kind !== kind) ?? [];
  const before = open?.facts.find((fact) => fact.kind === kind)?.records ?? [];
  // Red is red for each issue by itself; what came back is counted anew.
  const fresh = [...new Set([...(kind === 'red' ? before : []), ...records])].filter(
    (one) => !decided.has(one),
  );
  const holds = fresh.length >= least;
  if (String(fresh) === String(before) || (!holds && before.length === 0)) return;
  const facts = holds ? [...others, { kind, text: say(fresh), records: fresh }] : others;
  if (open && facts.length === 0) {
    await tx.table(suggestions).delete(open);
    return;
  }
  if (!open && (await isWarned(doing, id, star))) return;
  const lead = (await allStars(tx)).find((one) => one.id === star)?.lead ?? '';
  const [township, county] = await unitsAbove(tx, branch);
  const row: Suggestion & { rev?: number } = open
    ? { ...open, facts }
    : {
        ...{
          id: doing.newId(),
          branch: id,
          star,
          lead,
          township: township?.id ?? '',
          county: county?.id ?? '',
        },
        ...{ state: 'open', waits: lead, on: today, facts, reason: '', by: '', decidedOn: '' },
        standard: (await standardOn(tx, star, today))?.version ?? '',
      };
  const saved = await tx.table(suggestions).put(row);
  // That there is one is said once; what is added to it stands on the card.
  if (open) return;
  const text = `${await titleOf(doing, saved)}可能要预警：${facts.map((fact) => fact.text).join('；')}`;
  const line = { reminder: 'notice', title: text, ask: '请定要不要预警', due: null, op: rights.suggestion };
  const calm = { ...line, data: { suggestion: saved.id } };
  const card = note('预警还是不算，由您来定。', [
    button(rights.suggestion, { suggestion: saved.id }, 'positive'),
  ]);
  await tellStaff(doing, lead, { text, card, calm, key: `suggestion:${saved.id}` });
}

/** A warning of the star is under way. */
async function isWarned({ tx }: Pick<World, 'tx'>, branch: string, star: string): Promise<boolean> {
  const query = { where: { branch }, order: 'on', desc: true, limit: MOST } as const;
  const { rows } = await tx.table(starWarnings).find(query);
  return rows.some((row) => row.star === star && isRunning(row));
}

const cameBack = on(issueSaved, async (doing, { issue }) => {
  if (issue.recurrenceOf === null) return;
  const found = (await recurrencesOf(doing, issue.branch, issue.star)).map(({ id }) => id);
  await suggest(doing, issue, 'recurrence', found, {
    least: RECURRENCES.count,
    say: (records) => `${RECURRENCES.days}天内反弹${records.length}件${sayNumbers(records)}`,
  });
});

const becameWeak = on(listed, async (doing, { listing: { id, branch } }) => {
  const star = (await allStars(doing.tx)).find(isOfTheBranchItself)?.id;
  if (star) await suggest(doing, { branch, star }, 'weak', [id], { least: 1, say: () => '支部列入软弱涣散' });
});

export const listeners: readonly Listener[] = [cameBack, becameWeak];

/** Issues that became red for more than so many working days, a page in each step. */
export const overdueJob: JobKind = {
  kind: 'stars.overdue',
  daily: true,
  async step(doing, { cursor }) {
    const span = { more: RED_WORKDAYS, recent: CATCH_UP_WORKDAYS };
    const { rows, next } = await overdueFor(doing, span, cursor ?? undefined);
    for (const issue of rows)
      await suggest(doing, issue, 'red', [issue.id], {
        least: 1,
        say: (records) => `问题超期超过${RED_WORKDAYS}个工作日${sayNumbers(records)}`,
      });
    return next;
  },
};

/** By its id, or by words of a branch and a star. */
async function loadSuggestion(ctx: Ctx, raw: Raw): Promise<StoredSuggestion> {
  personalOnly(ctx);
  const id = typeof raw.suggestion === 'string' ? raw.suggestion : '';
  const meant = id === '' ? await starAndBranch(ctx, raw) : undefined;
  const row = meant
    ? await openSuggestion(ctx, meant.unit.id, meant.star.id)
    : await ctx.tx.table(suggestions).get(id);
  if (!row) throw new AppError('not_found', NO_SUGGESTION);
  return row;
}

const suggestionOperation = recordOperation(loadSuggestion, fromWords);

export const showSuggestion = suggestionOperation(rights.suggestion, {
  words: ['预警提示'],
  example: '柳湾村 平安法治星',
  async run(ctx, _input, row): Promise<Outcome> {
    const { branch, star, facts } = row;
    const open = row.state === 'open';
    const buttons = [
      ...(open ? [button(rights.warn, { branch, star }, 'positive')] : []),
      ...((await may(rights.dismiss, row, ctx, ctx.me))
        ? [button(rights.dismiss, { suggestion: row.id })]
        : []),
    ];
    const [label, text] = await standardFact(ctx.tx, star, row.standard);
    const said = facts.map((fact) => fact.text).join('；');
    const state = {
      open: '预警还是不算，由您来定。',
      warned: '已预警。',
      dismissed: `不算：${row.reason}。`,
    };
    const sub = `${said}。${state[row.state]}${text === '' ? '' : `${label}：${text}`}`;
    const rows = recordRows(facts.flatMap(({ records }) => records));
    return {
      text: '',
      card: listCard(`可能要预警：${await titleOf(ctx, row)}`, sub, rows, buttons),
      mine: true,
    };
  },
});

export const dismiss = suggestionOperation<{ reason: string }>(rights.dismiss, {
  words: ['不算'],
  example: '柳湾村 平安法治星 两件不是一回事',
  input: z.object({ reason: typed('原因', 200) }),
  form: async (ctx, row) => ({
    title: `不算：${await titleOf(ctx, row)}`,
    intro: row.facts.map((fact) => fact.text).join('；'),
    fields: [field.text('reason', '原因', 200, { required: true })],
    submit: { op: rights.dismiss, data: { suggestion: row.id } },
  }),
  async run(ctx, { reason }, row): Promise<Outcome> {
    await decideSuggestion(ctx, row, { state: 'dismissed', reason });
    return {
      text: `记下了，不算：${reason}。同样的事不再提示。`,
      mine: true,
      did: { kind: 'suggestion', id: row.id },
    };
  },
});

/** One line for each that waits for the lead. */
export async function suggestionTodos(world: World, { unit, role }: Actor): Promise<readonly Todo[]> {
  if (role === 'secretary') return [];
  const query = { where: { waits: unit }, order: 'on', limit: WAITING } as const;
  const found: Todo[] = [];
  for (const row of (await world.tx.table(suggestions).find(query)).rows)
    found.push({
      ...{
        number: '预警',
        title: await titleOf(world, row),
        ask: '请定要不要预警',
        due: null,
        aside: true,
      },
      ...{ about: row.facts.map(({ text }) => text), op: rights.suggestion, data: { suggestion: row.id } },
    });
  return found;
}
