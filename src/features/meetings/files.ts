/** 日历, 下载纪要: the files of a meeting, who may have them, and the links and typed words that lead to them. */
import { z } from 'zod';
import { type Link, note } from '../../bot/cards/spec.ts';
import type { Download, Feature, View } from '../../bot/feature.ts';
import { ownLink, ownLinkCard } from '../../bot/files/own-link.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { may, type Right } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { id } from '../../lib/inputs.ts';
import { unitName } from '../orgs/index.ts';
import { calendarOf } from './calendar.ts';
import { minutesDocument } from './document.ts';
import { feedLink, feedOf, feedView } from './feed.ts';
import { invites, MEETING_STATES, type Meeting, meetings } from './model.ts';
import { fromNumber, loadMeeting, meetingOperation, meetingTitle } from './record.ts';
import { rights } from './rights.ts';

/** How long the links to a meeting's files are good for, in days. */
const FILE_DAYS = 90;
/** What a subscription reaches back for, and how many meetings it holds at most. */
const BACK_MS = 180 * 86_400_000;
const MOST = 500;

const CALENDAR = 'text/calendar; charset=utf-8';

/** The meeting, if this person may have this file of it. */
async function meetingFor(
  world: World,
  right: Right<Meeting>,
  id: string,
  viewer: Actor,
): Promise<Meeting | undefined> {
  const meeting = await world.tx.table(meetings).get(id);
  return meeting && (await may(right, meeting, world, viewer)) ? meeting : undefined;
}

const eventFile: Download = async (world, id, viewer) => {
  const meeting = await meetingFor(world, rights.calendar, id, viewer);
  if (!meeting) return undefined;
  const title = await meetingTitle(world, meeting);
  return { name: `${title}.ics`, type: CALENDAR, body: await calendarOf(world, [meeting], title, false) };
};

/** All meetings to which this person's present unit is invited, and those that it called. */
const feedFile: Download = async (world, id, viewer) => {
  if (id !== (await feedOf(world, viewer.id))) return undefined;
  const { tx, now } = world;
  const recent = {
    order: 'startsAt' as const,
    range: { gte: new Date(now.getTime() - BACK_MS).toISOString() },
    limit: MOST,
  };
  const asked = await tx
    .table(invites)
    .find({ where: { unit: viewer.unit, state: MEETING_STATES }, ...recent });
  const called = await tx.table(meetings).find({ where: { lead: viewer.unit }, ...recent });
  const found = new Map<string, Meeting>(called.rows.map((meeting) => [meeting.id, meeting]));
  for (const { meeting: number } of asked.rows) {
    const meeting = await tx.table(meetings).get(number);
    if (meeting) found.set(number, meeting);
  }
  const name = `${await unitName(tx, viewer.unit)}会商日历`;
  return {
    name: `${name}.ics`,
    type: CALENDAR,
    body: await calendarOf(world, [...found.values()], name, true),
  };
};

const minutesFile: Download = async (world, id, viewer) => {
  const meeting = await meetingFor(world, rights.take, id, viewer);
  if (!meeting) return undefined;
  const name = `${meeting.id} ${await meetingTitle(world, meeting)}纪要.docx`;
  return { name, ...(await minutesDocument(world, meeting)) };
};

export const downloads: NonNullable<Feature['downloads']> = {
  event: eventFile,
  feed: feedFile,
  minutes: minutesFile,
};

/** The links on a meeting's card, the most useful first. Those who were not asked get none. */
export async function linksOf(world: World, meeting: Meeting, viewer: Actor): Promise<readonly Link[]> {
  if (!(await may(rights.calendar, meeting, world, viewer))) return [];
  const ahead = new Date(meeting.startsAt) > world.now;
  const wanted: (readonly [boolean, string, string])[] = [
    [meeting.version > 0, '下载纪要', 'minutes'],
    [ahead && meeting.state === 'set', '加入日历', 'event'],
    [ahead && meeting.state === 'cancelled', '从日历删除', 'event'],
  ];
  return wanted.flatMap(([given, title, kind]) => {
    const url = given ? world.link?.(kind, meeting.id, viewer, FILE_DAYS) : undefined;
    return url ? [{ title, url }] : [];
  });
}

/** What is said beside the link to a file. */
const FILES = {
  event: {
    right: rights.calendar,
    ask: '点开就能放进日历。',
    title: (id: string, title: string) => `${id} ${title}`,
  },
  minutes: {
    right: rights.take,
    ask: '点开就能下载。',
    title: (_id: string, title: string) => `${title}纪要`,
  },
};

async function fileAnswer(ctx: Ctx, kind: keyof typeof FILES, meeting: Meeting): Promise<Outcome> {
  const title = FILES[kind].title(meeting.id, await meetingTitle(ctx, meeting));
  return ownLink(ctx, { kind, id: meeting.id }, `${title}。${FILES[kind].ask}`);
}

function fileView(kind: keyof typeof FILES): View {
  const { right, ask, title } = FILES[kind];
  return async (world, id, viewer) => {
    const meeting = viewer && (await meetingFor(world, right, id, viewer));
    if (!meeting) return note('这个链接只给能看这次会商的人。');
    const url = world.link?.(kind, id, viewer, FILE_DAYS);
    return ownLinkCard({ title: title(id, await meetingTitle(world, meeting)), ask, url });
  };
}

export const linkViews: NonNullable<Feature['views']> = {
  feed: feedView,
  event: fileView('event'),
  minutes: fileView('minutes'),
};

export const calendar = operation<Meeting | null, { meeting?: string | undefined }>({
  right: rights.calendar,
  words: ['日历', '加入日历', 'calendar'],
  help: '把会商放进自己的日历',
  glued: 'number',
  fromText: (rest) => (rest ? fromNumber(rest) : {}),
  record: async (ctx, raw) => (raw.meeting === undefined ? null : loadMeeting(ctx, raw)),
  input: z.object({ meeting: id().optional() }),
  async run(ctx, _input, meeting) {
    if (!meeting) return feedLink(ctx);
    return fileAnswer(ctx, 'event', meeting);
  },
});

export const takeMinutes = meetingOperation(rights.take, {
  words: ['下载纪要'],
  async run(ctx, _input, meeting) {
    return fileAnswer(ctx, 'minutes', meeting);
  },
});
