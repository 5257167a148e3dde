/** What the bot asked of people, counted where it stands: forms as they were handed out, messages as they were sent. */
import { type FormRow, forms } from '../../bot/cards/form-rows.ts';
import type { FormCard } from '../../bot/cards/spec.ts';
import { heavyWeeks, outbox } from '../../bot/delivery/tables.ts';
import { audit } from '../../bot/turn/tables.ts';
import type { World } from '../../bot/world.ts';
import { addDays, instant } from '../../lib/dates.ts';
import { memberRows, peopleOf } from '../members/index.ts';
import { opinionRows } from '../opinions/index.ts';
import { taskRights, taskRows } from '../tasks/index.ts';

/** Forms of one kind that are looked at: some ask more than others, by what was filled in. */
const LOOKED_AT = 20;
/** Tasks that run at the same time and are looked at; nobody has more of them around. */
const MOST_TASKS = 500;
const MOST_NUDGES = 1_000;
const NUDGE_DAYS = 28;
/** What nobody may be made to send. */
const PICTURES = /照片|图片|视频|录像|定位|轨迹|位置/;
const UNASKED = ['notice', 'digest'] as const;

export interface FormFigures {
  readonly title: string;
  /** Handed out within the days for which forms are kept. */
  readonly times: number;
  readonly fields: number;
  readonly required: number;
  /** Fields that want a picture and cannot be left out. */
  readonly pictures: number;
}

/** What forms of a kind are called, without the record that one of them was for: that is not for everybody. */
const kindOf = (title: string) => title.split(/：| · /)[0] ?? title;

/** Every kind of form that was handed out lately, those that ask most first. */
export async function formFigures({ tx }: World): Promise<readonly FormFigures[]> {
  const found: FormFigures[] = [];
  for (const [op, times] of Object.entries(await tx.table(forms).countBy('op'))) {
    const query = { where: { op }, order: 'at', desc: true, limit: LOOKED_AT } as const;
    const { rows } = await tx.table(forms).find(query);
    const asked = rows.map(fieldsOf);
    const most = (count: (fields: FormCard['fields']) => number) => Math.max(0, ...asked.map(count));
    found.push({
      title: kindOf(String(rows[0]?.data.title ?? op)),
      times,
      fields: most((fields) => fields.length),
      required: most((fields) => fields.filter(({ required }) => required).length),
      pictures: most(
        (fields) => fields.filter(({ required, label }) => required && PICTURES.test(label)).length,
      ),
    });
  }
  return found.sort((a, b) => b.fields - a.fields || (a.title < b.title ? -1 : 1));
}

const fieldsOf = ({ data }: FormRow) => (data.fields ?? []) as FormCard['fields'];

export interface MessageFigures {
  readonly people: number;
  readonly messages: number;
  /** People who got more than is good for anybody. */
  readonly heavy: number;
  /** The most that one of them got; 0 when nobody did. */
  readonly most: number;
}

/** What everybody got in the week of a Monday. */
export async function messageFigures({ tx }: World, week: string): Promise<MessageFigures> {
  const heaviest = { where: { week }, order: 'count', desc: true, limit: 1 } as const;
  return {
    people: await tx.table(memberRows).count(),
    messages: await tx.table(outbox).count({ week, kind: UNASKED, state: 'sent' }),
    heavy: await tx.table(heavyWeeks).count({ week }),
    most: (await tx.table(heavyWeeks).find(heaviest)).rows[0]?.count ?? 0,
  };
}

/** What the people of one unit got in that week, each of them. */
export async function unitMessages({ tx }: World, unit: string, week: string): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const { id: person } of await peopleOf(tx, unit))
    counts.push(await tx.table(outbox).count({ person, week, kind: UNASKED, state: 'sent' }));
  return counts;
}

export interface RepeatFigures {
  /** Titles under which the same is asked for by several tasks that are running, each once. */
  readonly titles: readonly string[];
  /** Running tasks that ask for evidence. */
  readonly evidence: number;
  /** How often somebody pressed 催办 in four weeks. */
  readonly nudges: number;
}

/** What is asked for again. */
export async function repeatFigures({ tx, today }: World): Promise<RepeatFigures> {
  const open = { where: { state: 'open' }, order: 'handedAt', desc: true, limit: MOST_TASKS } as const;
  const { rows } = await tx.table(taskRows).find(open);
  const since = instant(addDays(today, -NUDGE_DAYS)).toISOString();
  const nudged = await tx.table(audit).find({
    where: { what: taskRights.nudge.title },
    order: 'at',
    range: { gte: since },
    limit: MOST_NUDGES,
  });
  return {
    titles: repeated(rows),
    evidence: rows.filter(({ evidence }) => evidence !== '').length,
    nudges: nudged.rows.filter(({ outcome }) => outcome === 'done').length,
  };
}

function repeated(tasks: readonly { readonly title: string }[]): readonly string[] {
  const seen = new Map<string, number>();
  for (const { title } of tasks) seen.set(title.trim(), (seen.get(title.trim()) ?? 0) + 1);
  return [...seen].filter(([, count]) => count > 1).map(([title]) => title);
}

/** Opinions that wait for an answer, and those of them that are late. */
export async function opinionFigures({ tx, today }: World): Promise<{ open: number; late: number }> {
  const open = await tx.table(opinionRows).count({ state: 'open' });
  const query = { where: { state: 'open' }, order: 'due', range: { lt: today }, limit: 1_000 } as const;
  return { open, late: (await tx.table(opinionRows).find(query)).rows.length };
}
