/** A message in words: plain text, or Markdown with links that say a command for whoever presses them. */
import type { Card } from '../../bot/cards/spec.ts';
import { textOf } from '../../bot/cards/text.ts';
import type { Shown } from '../../bot/delivery/channel.ts';
import { fitting, shorten } from '../../lib/text.ts';
import { type Drawing, drawingOf, fitLines, linkTo, literal, type Pressable, type Runs } from './drawing.ts';
import { buttonName, type Named } from './params.ts';

/** What the message says, and what its links run. */
export interface Words {
  readonly msgKey: 'sampleText' | 'sampleMarkdown';
  readonly title: string;
  readonly text: string;
  readonly named: Named;
}

/** A message of the robot weighs at most 15,000 bytes, with what stands around the text. */
const MOST_BYTES = 12_000;
const MOST_CHARS = 4_000;
const LINKS = 12;
const NEWS_CHARS = 120;
/** A command with the name of a button behind it: what somebody sends who presses a link. */
const PRESSED = /^(\S.{0,40}?)\s+#([a-z][\w-]{0,40}\.[\w-]{1,60}~[\w-]{12})$/i;

/** The button that typed words press, if they do. */
export function pressedBy(text: string): string | undefined {
  return PRESSED.exec(text.trim())?.[2];
}

/** @param formUrl the page on which a form is filled in */
export function wordsOf(
  { text, card, kind, why }: Shown,
  formUrl?: (form: string) => string | undefined,
): Words {
  const named = new Map<string, Runs>();
  if (!card) return { msgKey: 'sampleText', title: '会商', text: fitting(text, MOST_CHARS), named };
  const drawing = drawingOf(card);
  const url = card.kind === 'form' && card.form && card.fields.length > 0 ? formUrl?.(card.form) : undefined;
  const page = url ? [{ text: '填写', color: 'blue' as const, url }] : [];
  const pressables = [...page, ...drawing.buttons, ...(drawing.photos ?? [])];
  const links = pressables.map((one) => link(one, kind === 'digest'));
  const rows = new Map(
    drawing.rows.map((one) => [
      one.text.split(' ')[0] ?? '',
      link({ ...one, text: '打开' }, false, one.text),
    ]),
  );

  function link(one: Pressable, plain: boolean, said: string = one.text): string {
    if ('url' in one) return linkTo(one.text, one.url);
    // Everybody gets the same words of a digest: there the typed command finds what is one's own.
    if (plain) return linkTo(one.text, saying(said));
    const name = buttonName(one.op, one.data);
    named.set(name, { op: one.op, data: one.data });
    return linkTo(one.text, saying(`${said} #${name}`));
  }

  const title = drawing.title || shorten(text, 40);
  const lines = [
    ...(why || isNews(text, card) ? [literal(why ?? text)] : []),
    `**${literal(drawing.title)}**`,
    ...opened(drawing, rows),
  ];
  const last = links.slice(0, LINKS).join('　');
  const room = MOST_BYTES - Buffer.byteLength(last);
  const body = fitLines(lines, room);
  return {
    msgKey: 'sampleMarkdown',
    title: shorten(title, 60),
    text: [body, last].filter(Boolean).join('\n\n'),
    named,
  };
}

/** Whether words beside a card say why it comes, and not only what it says itself. */
function isNews(text: string, card: Card): boolean {
  return text !== '' && text.length <= NEWS_CHARS && !text.includes('\n') && !textOf(card).includes(text);
}

/** The lines, those of a list with what opens each. */
function opened({ lines }: Drawing, rows: ReadonlyMap<string, string>): readonly string[] {
  return lines.map((one) => {
    const number = /^(\d+)\. /.exec(one)?.[1];
    const open = number && rows.get(number);
    return open ? `${one} ${open}` : one;
  });
}

/** The address that sends a text as whoever presses it. */
function saying(content: string): string {
  return `dtmd://dingtalkclient/sendMessage?content=${encodeURIComponent(content)}`;
}
