/** What all operations on one meeting share: loading it, writing it, telling those who are invited. */
import { z } from 'zod';
import type { Raw } from '../../bot/cards/spec.ts';
import { type Ctx, type Operation, type Outcome, operation } from '../../bot/operation.ts';
import type { World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { readNumber } from '../../lib/recordnumber.ts';
import { tellUnit } from '../members/index.ts';
import { allStars } from '../orgs/index.ts';
import { type Invite, invites, type Meeting, meetings, SIGN_AFTER_MS, type StoredMeeting } from './model.ts';
import { inviteOf } from './rights.ts';

export const NUMBER = /^HS-\d{4}-\d{2}-\d{1,6}$/;

/** `hs-2026-11-1` is HS-2026-11-01; then the words after it. Without a number all of it is words. */
export function numberAndWords(rest: string): { meeting: string; words: string } {
  const { number = '', words = '' } = readNumber(rest) ?? {};
  if (NUMBER.test(number)) return { meeting: number, words };
  // HS-11 is meant for a number.
  const [first = ''] = rest.trim().split(/\s/, 1);
  const meeting = /^hs/i.test(first.normalize('NFKC')) ? first : '';
  return { meeting, words: rest.trim().slice(meeting.length).trim() };
}

/** The number, then words for one field: `请假 HS-2026-11-01 外出开会`. */
export const wordsFor = (field: string) => (rest: string) => {
  const { meeting, words } = numberAndWords(rest);
  return words ? { meeting, [field]: words } : { meeting };
};

export async function loadMeeting(ctx: Ctx, raw: Raw): Promise<StoredMeeting> {
  const number = z.string().safeParse(raw.meeting).data ?? '';
  if (number === '') throw new AppError('invalid', '请写上会商的编号。发送“会商”可以看到编号。');
  const id = readNumber(number)?.number ?? '';
  const meeting = NUMBER.test(id) ? await ctx.tx.table(meetings).get(id) : undefined;
  if (!meeting)
    throw new AppError('not_found', `没有找到“${number.slice(0, 20)}”这个会。发送“会商”看看编号。`);
  return meeting;
}

/** The meeting that is named; without a number the one that can be meant, if there is only one and it is not over. */
export async function loadMeant(ctx: Ctx, raw: Raw): Promise<StoredMeeting> {
  if (raw.meeting) return loadMeeting(ctx, raw);
  const { unit } = ctx.me;
  const near = {
    order: 'startsAt' as const,
    range: { gt: new Date(ctx.now.getTime() - SIGN_AFTER_MS).toISOString() },
    limit: 10,
  };
  const asked = await ctx.tx.table(invites).find({ where: { unit, state: 'set' }, ...near });
  const called = await ctx.tx.table(meetings).find({ where: { lead: unit }, ...near });
  const ids = [
    ...asked.rows.map(({ meeting }) => meeting),
    ...called.rows.filter(({ state }) => state === 'set').map(({ id }) => id),
  ];
  return loadMeeting(ctx, ids.length === 1 ? { meeting: ids[0] } : raw);
}

/** The invitation of the sender's unit. @throws AppError `stale` when it has been taken back meanwhile */
export async function ownInvite(ctx: Ctx, meeting: StoredMeeting): Promise<Invite> {
  const invite = await inviteOf(ctx, meeting, ctx.me.unit);
  if (!invite) throw new AppError('stale', '这个会没有请您的单位。');
  return invite;
}

/** An operation on one meeting, named `meetings.<act>`. */
export function meetingOperation<R, I>(act: string, op: Omit<Operation<R, I>, 'name'>): Operation<R, I> {
  return operation({
    name: `meetings.${act}`,
    fromText: (rest) => ({ meeting: numberAndWords(rest).meeting }),
    ...op,
  });
}

/** The answer to a change: a sentence, and the card as it is now, everywhere. */
export function changed(ctx: Ctx, { id }: Pick<Meeting, 'id'>, text: string): Outcome {
  const subject = { kind: 'meeting', id };
  ctx.refresh(subject);
  return { text, card: { subject }, did: subject };
}

/** What a meeting is called: `11月平安法治星联席会商`, `2026年第4季度推进会`. */
export async function meetingTitle(
  { tx }: Pick<World, 'tx'>,
  { kind, star, period }: Pick<Meeting, 'kind' | 'star' | 'period'>,
): Promise<string> {
  if (kind === 'push') return `${period.slice(0, 4)}年第${period.slice(-1)}季度推进会`;
  const name = (await allStars(tx)).find(({ id }) => id === star)?.name ?? '';
  return `${Number(period.slice(5))}月${name}联席会商`;
}

/** All invitations of a meeting; a meeting has at most 200. */
export async function invitesOf({ tx }: Pick<Ctx, 'tx'>, meeting: string): Promise<readonly Invite[]> {
  return (await tx.table(invites).find({ where: { meeting }, order: 'unit', limit: 1000 })).rows;
}

/** Tell everyone invited, and the convening unit, about a change of the meeting, once; `urgent` however much they heard today. */
export async function tellInvited(
  ctx: Ctx,
  meeting: StoredMeeting,
  textFor: (unit: string) => string,
  urgent = false,
): Promise<void> {
  const card = { subject: { kind: 'meeting', id: meeting.id } };
  const asked = (await invitesOf(ctx, meeting.id)).map(({ unit }) => unit);
  for (const unit of [meeting.lead, ...asked]) {
    const key = `meeting:${meeting.id}:${meeting.rev}:${unit}`;
    await tellUnit(ctx, unit, { text: textFor(unit), card, key, urgent });
  }
}

/** Write a meeting, and what its invitations copy of it. */
export async function saveMeeting(ctx: Ctx, meeting: StoredMeeting): Promise<StoredMeeting> {
  const saved = await ctx.tx.table(meetings).put(meeting);
  for (const invite of await invitesOf(ctx, meeting.id)) {
    if (invite.state === saved.state && invite.startsAt === saved.startsAt) continue;
    await ctx.tx.table(invites).put({ ...invite, state: saved.state, startsAt: saved.startsAt });
  }
  return saved;
}
