/** The audit trail: who did what to which record, from where; and what somebody tried who may not. */
import type { AppError } from '../../lib/errors.ts';
import type { Raw, Subject } from '../cards/spec.ts';
import type { Account } from '../delivery/channel.ts';
import { type Feature, numbersOf } from '../feature.ts';
import type { AnyOperation, Ctx, Outcome } from '../operation.ts';
import type { Actor, World } from '../world.ts';
import type { Inbound } from './inbound.ts';
import type { Call, Router } from './router.ts';
import { type AuditRow, audit } from './tables.ts';

/** Refused attempts of one account that are written down in a day; more of them say nothing new. */
const MOST_REFUSED = 100;
/** A name that a platform gives may be of any length. */
const MOST_CHARS = 60;

/** Write down what was done. */
export async function writeDone(
  ctx: Ctx,
  op: AnyOperation,
  { id: record }: NonNullable<Outcome['did']>,
  words = '',
): Promise<void> {
  const { channel, id: place } = ctx.place;
  const who = whoDid(ctx, ctx.newId(), op, ctx.sender ?? stranger(ctx.account));
  await ctx.tx.table(audit).put({ ...who, record, channel, place, outcome: 'done', words, block: null });
}

export interface AuditParts {
  readonly router: Router;
  readonly features: readonly Feature[];
  readonly newId: () => string;
}

/** Write down an attempt that was refused because of who made it. */
export async function writeRefused(
  { router, features, newId }: AuditParts,
  world: World,
  inbound: Inbound,
  sender: Actor | null,
  pressed: Subject | undefined,
  { code, publicMessage }: AppError,
): Promise<void> {
  const call = code === 'forbidden' || code === 'unbound' ? calledBy(router, inbound) : undefined;
  if (!call) return;
  const { account: id, name } = inbound.sender;
  const who = whoDid(world, newId(), call.op, sender ?? stranger({ channel: inbound.channel, id, name }));
  const rows = world.tx.table(audit);
  const today = { person: who.person, day: who.day, outcome: 'refused' as const };
  if ((await rows.count(today)) >= MOST_REFUSED) return;
  const record = claimed(features, call.raw) ?? (pressed?.kind === 'form' ? undefined : pressed?.id) ?? '';
  const { channel, place } = inbound;
  const where = { channel, place: place.key };
  await rows.put({ ...who, ...where, record, outcome: 'refused', words: publicMessage, block: null });
}

/** An account that is nobody's. */
function stranger({ channel, id, name }: Account): Pick<Actor, 'id' | 'name' | 'unit'> {
  return { id: `${channel}:${id}`, name: name.slice(0, MOST_CHARS), unit: '' };
}

function calledBy(router: Router, inbound: Inbound): Call | undefined {
  if (inbound.kind === 'text') return router.byText(inbound.text);
  const op = router.byName(inbound.op);
  return op && { op, raw: inbound.data };
}

/** The record number among the fields that were claimed. */
function claimed(features: readonly Feature[], raw: Raw): string | undefined {
  const isNumber = (value: unknown) =>
    typeof value === 'string' &&
    value.length < MOST_CHARS &&
    features.some((feature) => numbersOf(feature).some(({ pattern }) => pattern.test(value)));
  return Object.values(raw).find(isNumber) as string | undefined;
}

function whoDid(
  { now, today: day }: World,
  id: string,
  { right, words = [] }: AnyOperation,
  { id: person, name, unit }: Pick<Actor, 'id' | 'name' | 'unit'>,
): Omit<AuditRow, 'record' | 'channel' | 'place' | 'outcome' | 'words' | 'block'> {
  const what = words[0] ?? right.title;
  return { id, at: now.toISOString(), day, person, name, unit, op: right.name, what };
}
