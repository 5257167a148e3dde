/** What all operations on one meeting share: loading it, writing it, telling those who are invited. */
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { recordOperation, recordsOf } from '../../bot/turn/records.ts';
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { numbered } from '../../lib/recordnumber.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import { tellUnit } from '../members/index.ts';
import { allStars, unitName } from '../orgs/index.ts';
import {
  type Decided,
  type Invite,
  invites,
  type Meeting,
  meetings,
  SIGN_AFTER_MS,
  type StoredMeeting,
} from './model.ts';
import { inviteOf } from './rights.ts';

/** HS-11 is meant for a number. */
export const numbers = numbered('HS', /^hs/i);
const records = recordsOf({ kind: 'meeting', table: meetings, numbers, word: '会商', noun: '会' });
export const { load: loadMeeting, numberAndWords, fromNumber, wordsFor, changed } = records;

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
  if (!invite) throw new AppError('stale', '这个会没有邀请您的单位。');
  return invite;
}

/** Operations on one meeting: on the one that is named, or on the only one that can be meant. */
export const meetingOperation = recordOperation(loadMeeting, fromNumber);
export const meantOperation = recordOperation(loadMeant, fromNumber);

/** What a meeting is called: `11月平安法治星联席会商`, `2026年第四季度推进会`. */
export async function meetingTitle(
  { tx }: Pick<World, 'tx'>,
  { kind, star, period }: Pick<Meeting, 'kind' | 'star' | 'period'>,
): Promise<string> {
  if (kind === 'push') return `${sayDatedPeriod(period)}推进会`;
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
    // Who is of several of them hears it once.
    const key = `meeting:${meeting.id}:${meeting.rev}`;
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

/** The names of units, in one line. */
export async function unitNames({ tx }: Pick<World, 'tx'>, units: readonly string[]): Promise<string> {
  const names = [];
  for (const unit of units) names.push(await unitName(tx, unit));
  return names.join('、');
}

/** Who does what was decided, and until when: `市公安局，12月9日前`; with helpers `市公安局牵头，市司法局配合，12月9日前`. */
export async function sayWho(
  world: Pick<World, 'tx' | 'today'>,
  { unit, partners, deadline }: Pick<Decided, 'unit' | 'partners' | 'deadline'>,
): Promise<string> {
  if (!unit) return '';
  const lead = await unitNames(world, [unit]);
  const who = partners.length > 0 ? `${lead}牵头，${await unitNames(world, partners)}配合` : lead;
  return `${who}，${sayDay(deadline ?? world.today, world.today)}前`;
}

/** What was decided, and who does it. */
export async function sayDecided(world: Pick<World, 'tx' | 'today'>, decided: Decided): Promise<string> {
  const who = await sayWho(world, decided);
  return `${decided.decision || '没有决定'}${who && `（${who}）`}`;
}
