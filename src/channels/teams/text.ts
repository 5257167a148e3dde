/** What a person typed, out of the text of an activity: mentions of the bot and quotes gone, markup of the client undone. */
import { z } from 'zod';
import type { Activity } from './activity.ts';

const MOST_MENTIONS = 50;
const LEADING_AT = /^\s*<at(?:\s[^<>]*)?>[^<>]*<\/at>/i;
const AT = /<at(?:\s[^<>]*)?>([^<>]*)<\/at>/gi;
/** Where a message that is replied to stands; what people type is escaped and never looks like this. */
const QUOTED = /<quoted\s+messageId="([^"<>]{1,1024})"\s*\/>/gi;
const mention = z.object({
  type: z.literal('mention'),
  text: z.string().min(1),
  mentioned: z.object({ id: z.string(), name: z.string().nullish() }),
});

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  nbsp: ' ',
  quot: '"',
};

/**
 * The words of a message.
 * Mentions of the bot are cut out where its entities say so, and at the start also without an entity. Another
 * person's mention becomes the name alone; where a client sends no entities, so do all behind the bot's. Nothing else
 * that was typed changes.
 */
export function plainText({
  text,
  entities,
  recipient,
}: Pick<Activity, 'text' | 'entities' | 'recipient'>): string {
  let rest = (text ?? '').replace(QUOTED, '');
  const mentions = readMentions(entities);
  const others = new Set<string>();
  for (const { text: tag, mentioned } of mentions) {
    if (mentioned.id === recipient?.id) rest = cutOnce(rest, tag);
    else for (const name of [nameIn(tag), mentioned.name?.trim()]) if (name) others.add(name);
  }
  let untold = false;
  for (let at = LEADING_AT.exec(rest)?.[0]; at && !others.has(nameIn(at)); at = LEADING_AT.exec(rest)?.[0]) {
    rest = rest.slice(at.length);
    untold = mentions.length === 0;
  }
  return decode(
    rest.replace(AT, (tag, name: string) => (untold || others.has(name.trim()) ? name : tag)),
  ).trim();
}

/** The id of the message that these words reply to, if they quote one. */
export function quotedMessage({ text }: Pick<Activity, 'text'>): string | undefined {
  return [...(text ?? '').matchAll(QUOTED)][0]?.[1];
}

/** The name in a mention: `李四` of `<at id="0">李四</at>`. */
function nameIn(tag: string): string {
  return tag.replace(AT, '$1').trim();
}

function readMentions(entities: unknown): z.infer<typeof mention>[] {
  if (!Array.isArray(entities)) return [];
  return entities.slice(0, MOST_MENTIONS).flatMap((entity) => mention.safeParse(entity).data ?? []);
}

/** One entity stands for one place in the text. */
function cutOnce(text: string, part: string): string {
  const at = text.indexOf(part);
  return at < 0 ? text : text.slice(0, at) + text.slice(at + part.length);
}

/** Teams escapes what people type; once undone, `&amp;nbsp;` is again the `&nbsp;` that somebody wrote. */
function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi, (whole, dec, hex, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? whole;
    const code = dec ? Number(dec) : Number.parseInt(hex, 16);
    const isChar = code >= 0x20 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    if (!isChar && code !== 0x0a && code !== 0x0d && code !== 0x09) return whole;
    return code === 0xa0 ? ' ' : String.fromCodePoint(code);
  });
}
