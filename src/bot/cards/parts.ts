/** What cards of several kinds have: buttons, links, what names an operation. */

export type Raw = Readonly<Record<string, unknown>>;

export type ButtonStyle = 'default' | 'positive' | 'destructive';

/** What names an operation: the verb on cards, and the exact title of its button. Its line of rights is one. */
export interface Act {
  /** `<feature>.<verb>` */
  readonly name: string;
  readonly title: string;
}

/** Runs the operation named `op` with `data` and what stands in the card's inputs. */
export interface Button {
  readonly title: string;
  readonly op: string;
  readonly data: Raw;
  readonly style: ButtonStyle;
}

/** A button that does `act`; the claimed fields go into `data`. */
export function button(
  act: Act,
  data: Raw = {},
  style: ButtonStyle = 'default',
  title: string = act.title,
): Button {
  return { title, op: act.name, data, style };
}

/** A button that opens an address. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** Buttons that one card shows at most. */
export const MOST_BUTTONS = 5;

/**
 * The background behind a line, never the colour of its words, which not every theme lets one read: `attention`,
 * `warning` and `accent` are the red, the yellow and the blue of an issue, and nothing else.
 */
export type Tone = 'default' | 'accent' | 'warning' | 'attention';
