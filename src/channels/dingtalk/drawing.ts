/**
 * A card as DingTalk can show it: a title, a few lines, buttons, maybe fields. What each template and words alone make
 * of it is in params.ts and words.ts.
 */
import type { Button, Card, FormCard, Link, Raw, RecordCard } from '../../bot/cards/spec.ts';
import { hintOf, offeredOf, shownOf, wordOf } from '../../bot/cards/text.ts';
import { shorten, withoutMarkup } from '../../lib/text.ts';

/** What a button runs. */
export interface Runs {
  readonly op: string;
  readonly data: Raw;
}

interface Drawn {
  readonly text: string;
  readonly color: 'blue' | 'gray' | 'red';
}

/** A button that runs something. `own`: the data as the card has them, where more goes along. */
export type Running = Drawn & Runs & { readonly own?: Raw };

/** A button that runs something, or opens an address. */
export type Pressable = Running | (Drawn & { readonly url: string });

export interface Drawing {
  /** Plain text. */
  readonly title: string;
  /** Markdown, a line each, in which people's words are no markup; the ones that may go first are last. */
  readonly lines: readonly string[];
  readonly buttons: readonly Pressable[];
  /** Rows of a list that a press opens, in order. */
  readonly rows: readonly Pressable[];
  /** Photos to look at, each behind its address: cards show no pictures of ours. */
  readonly photos?: readonly Pressable[];
  /** What is to be filled in. */
  readonly form?: FormCard;
}

/** A sentence that is short enough is its own title. */
const TITLE_CHARS = 120;
const LINE_CHARS = 300;
/** All that a field offers which takes several. */
const CHOICES_CHARS = 1_500;
const ROW_CHARS = 6;
const MOST_PHOTOS = 3;
const LOOK = '看照片';
/** Verbs of the kernel that every form has. */
const CANCEL = { op: 'form.cancel', text: '取消' };
const COLORS = { positive: 'blue', default: 'gray', destructive: 'red' } as const;

/** What people typed as Markdown that shows exactly them: its marks in full width, each line one of its own. */
export function literal(text: string): string {
  return withoutMarkup(text).replace(/</g, '＜').replace(/\n+/g, '  \n');
}

/** Brackets would end it. */
export const linkTo = (text: string, url: string): string =>
  `[${literal(text)}](${url.replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)})`;

const bold = (text: string) => (text ? `**${literal(shorten(text, LINE_CHARS))}**` : '');
const line = (text: string) => literal(shorten(text, LINE_CHARS));

/** The buttons of a card. */
export function runningOf(buttons: readonly Button[]): readonly Running[] {
  return buttons.map(({ title: text, op, data, style }) => ({ text, color: COLORS[style], op, data }));
}

function linksOf(links: readonly Link[]): readonly Pressable[] {
  return links.map(({ title: text, url }) => ({ text, url, color: 'gray' }));
}

/** The card for whoever looks; `why` it came stands above it. */
export function drawingOf(card: Card, why?: string): Drawing {
  const drawing = drawCard(card);
  return why ? { ...drawing, lines: [line(why), ...drawing.lines] } : drawing;
}

function drawCard(card: Card): Drawing {
  const buttons = 'buttons' in card ? runningOf(card.buttons) : [];
  const some = { rows: [], buttons };
  switch (card.kind) {
    case 'record': {
      const more = card.more.map(({ title, url }) => linkTo(title, url));
      const marks = [...card.badges, ...card.marks, ...card.lacks].map(({ text }) => text);
      const state = [card.state, ...marks].filter(Boolean).join(' · ');
      return {
        title: shorten(`${card.number} ${card.title}`.trim(), TITLE_CHARS),
        lines: kept([
          bold(state),
          line(card.ask),
          // Before what may be cut off.
          ...more,
          ...card.facts.map(({ label, value }) => line(`${label}：${value}`)),
          card.copied === 'yes' ? line(card.links[0]?.url ?? '') : '',
        ]),
        rows: [],
        buttons: [...buttons, ...linksOf(card.links)],
        photos: photosOf(card),
      };
    }
    case 'list':
      return {
        title: shorten(card.title, TITLE_CHARS),
        lines: kept([
          line(card.sub),
          ...card.rows.map(({ mark, title, sub, lack = '' }, i) => {
            const said = [mark && bold(mark), line(title), bold(lack)].filter(Boolean).join(' ');
            return said && `${i + 1}. ${said}${sub ? `（${line(sub)}）` : ''}`;
          }),
        ]),
        rows: card.rows.flatMap(({ op, data, mark }, i) =>
          op
            ? [
                {
                  text: mark.length <= ROW_CHARS ? `${i + 1} ${mark}`.trim() : `${i + 1}`,
                  color: 'gray',
                  op,
                  data,
                },
              ]
            : [],
        ),
        // There is nothing to tick: what is ticked elsewhere is written here.
        buttons: [...buttons, ...runningOf(card.tabs)],
      };
    case 'chart':
      return {
        title: shorten(card.title, TITLE_CHARS),
        lines: kept([
          line(card.sub),
          ...card.facts.map(({ label, value }) => line(`${label}：${value}`)),
          ...card.bars.map(({ title, cells }, i) => {
            const said = cells.map(({ text }, at) => `${card.columns[at]?.text ?? ''}${text}`);
            return `${i + 1}. ${line([title, ...said].join(' '))}`;
          }),
        ]),
        rows: card.bars.flatMap(({ op, data }, i) =>
          op ? [{ text: `${i + 1}`, color: 'gray', op, data }] : [],
        ),
        buttons: [...buttons, ...linksOf(card.links)],
      };
    case 'preview':
      return {
        ...some,
        title: shorten(card.title, TITLE_CHARS),
        lines: kept([
          line(card.text),
          ...card.lines.map(({ mark, text }) => [mark && bold(mark), line(text)].filter(Boolean).join(' ')),
        ]),
      };
    case 'progress':
      return {
        ...some,
        title: shorten(card.title, TITLE_CHARS),
        lines: [line(`${card.text}（${card.percent}%）`)],
      };
    case 'note':
      return card.text.length <= TITLE_CHARS && !card.text.includes('\n')
        ? { ...some, title: card.text, lines: [] }
        : { ...some, title: '会商', lines: card.text.split('\n').filter(Boolean).map(line) };
    case 'form':
      return drawForm(card);
  }
}

function photosOf({ photos }: RecordCard): readonly Pressable[] {
  return photos.slice(0, MOST_PHOTOS).map(({ url }, i) => {
    const text = photos.length > 1 ? `${LOOK}${i + 1}` : LOOK;
    return { text, url, color: 'gray' };
  });
}

/** With every required field filled in it can be sent as it is; else only with fields, on the page or by typed lines. */
function drawForm(card: FormCard): Drawing {
  const filled = Object.fromEntries(card.fields.map(({ id, value }) => [id, value]));
  const cancel: Pressable = { ...CANCEL, color: 'gray', data: formIn(card), own: {} };
  const complete = card.fields.every(({ required, value }) => !required || value !== '');
  return {
    title: shorten(card.title, TITLE_CHARS),
    lines: kept([
      bold(card.error),
      line(card.intro),
      ...(card.fields.length > 0 ? [line(`打字填写：第一行写“${card.submit.title}”，下面每行写一项：`)] : []),
      ...card.fields.flatMap((field) => [
        line(`${wordOf(field.label)}：${shownOf(field) || hintOf(field)}`),
        literal(shorten(offeredOf(field), CHOICES_CHARS)),
      ]),
    ]),
    rows: [],
    buttons: [
      ...(complete ? submitsOf(card).map((one) => ({ ...one, data: { ...filled, ...one.data } })) : []),
      cancel,
    ],
    form: card,
  };
}

/** What says which form was handed out. */
const formIn = ({ form }: FormCard): Raw => (form ? { form } : {});

/** Every way to send a form in, whatever is filled in by now. */
export function submitsOf(card: FormCard): readonly Running[] {
  return [card.submit, ...card.also].map(({ title: text, op, data }, i) => ({
    text,
    color: i === 0 ? 'blue' : 'gray',
    op,
    data: { ...data, ...formIn(card) },
    own: data,
  }));
}

function kept(lines: readonly string[]): readonly string[] {
  return lines.filter((one) => one !== '');
}

/** As many of the lines as weigh at most so many bytes, and how many more there are. */
export function fitLines(lines: readonly string[], bytes: number): string {
  const weigh = (text: string) => Buffer.byteLength(text);
  const whole = lines.join('\n\n');
  if (weigh(whole) <= bytes) return whole;
  const room = bytes - weigh(`\n\n还有${lines.length}条`);
  let text = '';
  let shown = 0;
  for (const one of lines) {
    const more = shown === 0 ? one : `${text}\n\n${one}`;
    if (weigh(more) > room) break;
    text = more;
    shown += 1;
  }
  // A line that fits nowhere: as much of it as there is room.
  if (shown === 0) {
    for (const char of lines[0] ?? '') {
      if (weigh(text + char) > room) break;
      text += char;
    }
    shown = 1;
  }
  return shown === lines.length ? text : `${text}\n\n还有${lines.length - shown}条`;
}
