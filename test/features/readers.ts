/** Reads what we wrote with other people's means: calendars with ical.js, Word documents with zlib. */
import { inflateRawSync } from 'node:zlib';
import ICAL from 'ical.js';

/** Events as ical.js reads them, its zones those of the file alone. */
export function readCalendar(text: unknown) {
  const calendar = new ICAL.Component(ICAL.parse(String(text)));
  const zones = calendar.getAllSubcomponents('vtimezone').map((zone) => new ICAL.Timezone(zone));
  const events = calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
  return { method: calendar.getFirstPropertyValue('method'), zones, events };
}
/** The one event of a calendar. */
export function onlyEvent(text: unknown) {
  const { events, ...calendar } = readCalendar(text);
  const [event] = events;
  if (!event || events.length !== 1) throw new Error(`${events.length} events`);
  const status = event.component.getFirstPropertyValue('status');
  return { ...calendar, event, status, start: event.startDate.toJSDate(), end: event.endDate.toJSDate() };
}

/** The text of one file of a zip, by its central directory. */
function unzip(zip: Buffer, name: string): string {
  const end = zip.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  for (let at = zip.readUInt32LE(end + 16); zip.readUInt32LE(at) === 0x02014b50; ) {
    const [size, long, extra, note] = [20, 28, 30, 32].map((o) =>
      o === 20 ? zip.readUInt32LE(at + o) : zip.readUInt16LE(at + o),
    ) as [number, number, number, number];
    if (zip.toString('utf8', at + 46, at + 46 + long) === name) {
      const local = zip.readUInt32LE(at + 42);
      const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const data = zip.subarray(from, from + size);
      return (zip.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)).toString();
    }
    at += 46 + long + extra + note;
  }
  throw new Error(`no ${name} in the zip`);
}
/** What a document says, a line for each paragraph. */
export function wordsOfDocument(body: string | Uint8Array): string {
  const xml = unzip(Buffer.from(body), 'word/document.xml');
  const text = xml.replace(/<\/w:p>/g, '\n').replace(/<[^>]*>/g, '');
  const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replace(/&(\w+);/g, (_all, name: string) => named[name] ?? '?');
}
