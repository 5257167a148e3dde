/**
 * Buttons by typed words, for who sees none: the title of what can be pressed on the card that one was answered with last
 * in this chat presses it, the number of a row opens that row. So everything on a card is reached by words; what a command
 * says by itself stays that command.
 */
import { z } from 'zod';
import { foldHan } from '../../lib/han.ts';
import { defineTable } from '../../store/store.ts';
import { subjectOf } from '../cards/live.ts';
import type { Card, Subject } from '../cards/spec.ts';
import { storedSubject } from '../cards/stored.ts';
import type { Kernel } from '../kernel.ts';
import type { Ctx } from '../operation.ts';
import type { World } from '../world.ts';
import type { Call } from './router.ts';

/** No title of a button is longer. */
const LONGEST = 20;
/** What was shown longer ago is not what somebody looks at. */
const SHOWN_WITHIN_MS = 3_600_000;
const ROW = /^第?(\d{1,3})[条个行项]?$/;
/** Said to a last look whatever its button is called. */
const YES = /^(?:确认|确定|提交)$/;

const press = z.object({ op: z.string(), data: z.record(z.string(), z.unknown()) });
type Press = z.infer<typeof press>;

/** What can be pressed on a card, as it is named by words. */
const named = z.object({
  /** In the order in which they are counted; `op` is '' where there is nothing to open. */
  rows: z.array(press),
  buttons: z.array(press.extend({ title: z.string() })),
  /** A last look: its first button is the one that goes on. */
  look: z.boolean(),
});
type Named = z.infer<typeof named>;

const answerRow = z.object({
  /** `<place>|<person>` */
  id: z.string(),
  /** Who was answered, or the account while it is nobody's. */
  person: z.string(),
  at: z.string(),
  /** What is drawn anew whenever it is asked for; else what could be pressed when it was shown. */
  subject: storedSubject.nullable(),
  named: named.nullable(),
});

/** The card with which each person was answered last in each chat. */
export const answers = defineTable<z.infer<typeof answerRow>>({
  name: 'answers',
  schema: answerRow,
  indexes: [{ on: [], order: 'at' }],
  keep: { by: 'at', days: 2 },
  people: { title: '最近一次的回复', at: 'at', fields: [{ field: 'person', left: 'goes' }] },
});

/**
 * Keep what can be pressed on the card of an answer. Words alone leave the card before them in front of one, but for a
 * last look: that is over.
 */
export async function noteShown(
  { tx, now }: World,
  place: string,
  person: string,
  card: Card | { readonly subject: Subject } | undefined,
): Promise<void> {
  const id = `${place}|${person}`;
  const known = await tx.table(answers).get(id);
  if (!card) {
    if (known?.named?.look) await tx.table(answers).put({ ...known, named: null });
    return;
  }
  const shown =
    'subject' in card ? { subject: card.subject, named: null } : { subject: null, named: namedOn(card) };
  await tx.table(answers).put({ ...known, id, person, at: now.toISOString(), ...shown });
}

interface Shown extends Pick<z.infer<typeof answerRow>, 'subject' | 'named'> {
  /** The words reply to it: a title alone means its button. */
  readonly quoted?: true;
}

/**
 * What this person was answered with last here, when these words may name something on it; who replies to the card of a
 * record means that one.
 */
export async function lastShown(ctx: Ctx, text: string, quoted?: string): Promise<Shown | undefined> {
  const said = text.trim();
  if (said === '' || said.length > LONGEST || said.includes('\n')) return undefined;
  const subject = quoted === undefined ? undefined : await subjectOf(ctx.tx, ctx.place.id, quoted);
  if (subject) return { subject, named: null, quoted: true };
  const row = await ctx.tx.table(answers).get(`${ctx.place.id}|${ctx.self}`);
  return row && ctx.now.getTime() - Date.parse(row.at) < SHOWN_WITHIN_MS ? row : undefined;
}

/** A button of a last look: before it has been answered, its words mean nothing else. */
export function pressedOnLook({ named: on }: Shown, text: string): Press | undefined {
  if (!on?.look) return undefined;
  return pressNamed(on, text) ?? (YES.test(plain(text)) ? on.buttons[0] : undefined);
}

/** What these words press on the card, drawn as it is now, unless they are a command that can say as much. */
export async function pressedOnCard(
  { draw }: Pick<Kernel, 'draw'>,
  ctx: Ctx,
  { subject, named: kept, quoted }: Shown,
  text: string,
  call: Call | undefined,
): Promise<Press | undefined> {
  // A card that has to be drawn is looked at only where the words alone say too little.
  if (call && saysEnough(call) && (subject || call.op.fromText)) return undefined;
  const { card } = subject ? await draw(ctx, { text: '', card: { subject } }, ctx.sender) : {};
  const on = card ? namedOn(card) : kept;
  const found = on ? pressNamed(on, text) : undefined;
  return found && !quoted && isCommand(call, found) ? undefined : found;
}

/** A command that needs no record, or names one. */
function saysEnough(call: Call): boolean {
  return !call.op.record || namesSomething(call);
}

function namesSomething({ raw }: Call): boolean {
  return Object.values(raw).some((value) => value !== '');
}

/** Whether words that are the title of a button are a command all the same: as such they can say what the button does. */
export function isCommand(call: Call | undefined, { op, data }: Press): boolean {
  if (!call) return false;
  if (op !== call.op.right.name) return saysEnough(call);
  return call.op.fromText !== undefined || namesSomething(call) || Object.keys(data).length === 0;
}

/** All that words can press on a card; a form is filled in otherwise (cards/typed.ts). */
export function namedOn(card: Card): Named {
  const rows = card.kind === 'list' ? card.rows : card.kind === 'chart' ? card.bars : [];
  const tabs = card.kind === 'list' ? [...card.tabs, ...card.ticked] : [];
  const buttons = 'buttons' in card ? card.buttons : [];
  return {
    rows: rows.map(({ op, data }) => ({ op, data })),
    buttons: [...tabs, ...buttons].map(({ title, op, data }) => ({ title, op, data })),
    look: card.kind === 'preview' && card.confirm !== '',
  };
}

/** What a title or the number of a row means. */
export function pressNamed({ rows, buttons }: Named, text: string): Press | undefined {
  const said = plain(text);
  const [, row] = ROW.exec(said) ?? [];
  const one = row === undefined ? undefined : rows[Number(row) - 1];
  if (one) return one.op === '' ? undefined : one;
  return said === '' ? undefined : buttons.find(({ title }) => plain(title) === said);
}

/** Without spaces, signs and forms of characters, which nobody copies exactly. */
function plain(text: string): string {
  return foldHan(text.normalize('NFKC')).replace(/[\s\p{P}]/gu, '');
}
