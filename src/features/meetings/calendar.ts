/** Meetings as iCalendar text (RFC 5545): one meeting to put into a calendar, or all of a unit's to subscribe to. */
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { World } from '../../bot/world.ts';
import { dayOf, timeOf } from '../../lib/dates.ts';
import { plainText } from '../../lib/text.ts';
import { unitName } from '../orgs/index.ts';
import { LASTS_MS, type Meeting } from './model.ts';
import { meetingTitle } from './record.ts';

const ZONE = 'Asia/Shanghai';
/**
 * UTC+8 without daylight saving since September 1991, earlier than any meeting of ours. It stands after all that is
 * said of the calendar itself and before its events; without events it is the one component that there has to be.
 */
const VTIMEZONE = [
  'BEGIN:VTIMEZONE',
  `TZID:${ZONE}`,
  'BEGIN:STANDARD',
  'DTSTART:19910915T000000',
  'TZOFFSETFROM:+0800',
  'TZOFFSETTO:+0800',
  'TZNAME:CST',
  'END:STANDARD',
  'END:VTIMEZONE',
  '',
].join('\r\n');
/** How often a calendar is asked to look again. */
const REFRESH_S = 3600;
/** An organiser has to have an address; ours reads no mail, and this one can never exist. */
const NO_MAIL = 'huishang@no-reply.invalid';

/**
 * The calendar of these meetings: read now, to be written down later. Every change of a meeting that calendars know of raises its SEQUENCE: a move, a
 * cancellation. A single cancelled meeting is METHOD:CANCEL; a subscription publishes it as cancelled.
 */
export async function calendarOf(
  world: Pick<World, 'tx' | 'now'>,
  meetings: readonly Meeting[],
  name: string,
  feed: boolean,
): Promise<() => Promise<string>> {
  const said: Said[] = [];
  for (const meeting of meetings)
    said.push([meeting, await meetingTitle(world, meeting), await unitName(world.tx, meeting.lead)]);
  return async () => written(said, world.now, name, feed);
}

/** A meeting with its title and the name of the unit that leads it. */
type Said = readonly [meeting: Meeting, title: string, lead: string];

function written(said: readonly Said[], now: Date, name: string, feed: boolean): string {
  const cancel = !feed && said.every(([{ state }]) => state === 'cancelled');
  const calendar = ical({
    prodId: { company: 'huishang', product: 'huishang', language: 'ZH' },
    method: cancel ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
    ...(feed && { name, ttl: REFRESH_S }),
  });
  for (const [meeting, title, lead] of said) {
    const { id, startsAt, place, state, moved, items, reason } = meeting;
    const cancelled = state === 'cancelled';
    const link = /https?:\/\/[^\s<>"“”，。；）]+/.exec(place)?.[0];
    const agenda = items.map(({ text }, i) => `${i + 1}. ${text}`).join('\n');
    calendar.createEvent({
      id: `${id}@huishang`,
      sequence: moved + (cancelled ? 1 : 0),
      stamp: now,
      // Given to the calendar instead, the library leaves TZID off and DTSTAMP out of UTC.
      timezone: ZONE,
      start: wallClock(new Date(startsAt)),
      end: wallClock(new Date(Date.parse(startsAt) + LASTS_MS)),
      summary: `${cancelled ? '（已取消）' : ''}${plainText(title)}`,
      location: plainText(place),
      description: plainText(`${id}\n${cancelled ? `取消原因：${reason}\n` : ''}${agenda}`),
      status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      organizer: { name: plainText(lead), email: NO_MAIL },
      ...(link && URL.canParse(link) && { url: new URL(link).href }),
    });
  }
  return `${calendar}\r\n`.replace(/^(?=BEGIN:VEVENT|END:VCALENDAR)/m, VTIMEZONE);
}

/**
 * The library writes a Date in a named zone with the machine's own clock face, so it is given the Date at which the
 * machine's clock shows what Shanghai's shows at `at`. A machine whose clock skips that hour in spring is off by it.
 */
function wallClock(at: Date): Date {
  return new Date(`${dayOf(at)}T${timeOf(at)}:00`);
}
