/**
 * What came under the finger. A card that is redrawn has other buttons where somebody is just tapping a second time: for
 * a second what was not on it before does not count. A drawing that takes the place of another one says so in the data of
 * each new button; a platform whose own client holds them back (`Capabilities.holdsBack`) needs none of it.
 */
import { isDeepStrictEqual } from 'node:util';
import { hashOfText } from '../../lib/hash.ts';
import { cancel } from './forms.ts';
import type { Card, Fresh, Raw } from './spec.ts';

/** How long a new button is held back, in milliseconds. */
export const HELD_MS = 1_000;

/** Said to who pressed too soon; nothing else happens. */
export const TOO_SOON = '卡片刚刚更新，这一下没有算。请看清楚再点。';

interface Press {
  readonly op: string;
  readonly data: Raw;
}

/** A short name for what a button does: the same for the same operation with the same data. */
export function pressName({ op, data }: Press): string {
  return hashOfText(`${op} ${JSON.stringify(data)}`).toString(36);
}

const isOpened = ({ op }: { readonly op: string }) => op !== '';

/** Everything that can be pressed on a card. */
export function pressesOf(card: Card | undefined): readonly Press[] {
  if (!card) return [];
  switch (card.kind) {
    case 'form':
      return [card.submit, ...card.also, { op: cancel.right.name, data: {} }];
    case 'list':
      return [...card.tabs, ...card.ticked, ...card.buttons, ...card.rows.filter(isOpened)];
    case 'chart':
      return [...card.buttons, ...card.bars.filter(isOpened)];
    case 'record':
    case 'preview':
    case 'note':
      return card.buttons;
    case 'progress':
      return [];
    default:
      // A newer server's row may hold a kind that is not known here; one that is has a case above.
      card satisfies never;
      return [];
  }
}

export function namesOf(card: Card | undefined): readonly string[] {
  return pressesOf(card).map(pressName);
}

/**
 * What the presser had before: the buttons of the card, when the pressed one is among them; else it was on something
 * shown in its place (a form, a list, a last look), and nothing of the card was.
 */
export function hadBefore(card: Card | undefined, { op, data }: Press): readonly string[] {
  const among = pressesOf(card).some(
    (one) =>
      one.op === op && Object.entries(one.data).every(([key, value]) => isDeepStrictEqual(data[key], value)),
  );
  return among ? namesOf(card) : [];
}

/** The drawing that now takes the place of another; a form that cannot be sent in as it is needs no protection. */
export function freshOf(card: Card, had: readonly string[], now: Date): Fresh {
  const unready = card.kind === 'form' && card.fields.some(({ required, value }) => required && value === '');
  const harmless = unready ? [card.submit, ...card.also].map(pressName) : [];
  return { at: now.getTime(), had: [...had, ...harmless] };
}

/** The mark that the data of this button carry; none for what was there before. */
export function markOf(fresh: Fresh | undefined, press: Press): { drawn?: number } {
  return fresh && !fresh.had.includes(pressName(press)) ? { drawn: fresh.at } : {};
}

/** What a press carries, without the mark, and whether it came too soon. */
export function readMark({ drawn, ...data }: Raw, now: Date): { readonly data: Raw; readonly soon: boolean } {
  // Clocks of two servers differ a little.
  const soon = typeof drawn === 'number' && Math.abs(now.getTime() - drawn) < HELD_MS;
  return { data, soon };
}
