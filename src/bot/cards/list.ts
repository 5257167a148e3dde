/** A card with a page of rows: what a row says, what can be ticked, which other parts the list has. */
import type { Act, Button, Raw, Tone } from './parts.ts';

export interface ListRow {
  readonly title: string;
  /** A few words in front: the state, a colour. */
  readonly mark: string;
  readonly tone: Tone;
  readonly sub: string;
  /** What opens it; '' where there is nothing to open. */
  readonly op: string;
  readonly data: Raw;
  /** The address of a small picture; `pictured` is `yes` where there is one. */
  readonly photo?: string;
  readonly pictured?: 'yes' | '';
  /** What is missing or late, as on a record; `lacking` is `yes` where something is. */
  readonly lack?: string;
  readonly lacking?: 'yes' | '';
  /** What the row is called among those that are ticked; `tickable` is `yes` where it can be. */
  readonly tick?: string;
  readonly tickable?: 'yes' | '';
}

/** Ticked rows come as inputs called so, each with its name, and reach the operation as one field (`readTicks`). */
export const TICK = 'tick:';

/** A page of rows, most of them opened by a press. */
export interface ListCard {
  readonly kind: 'list';
  readonly title: string;
  readonly sub: string;
  readonly rows: readonly ListRow[];
  readonly buttons: readonly Button[];
  /** Other parts of the same list, to be chosen above it. */
  readonly tabs: readonly Button[];
  /** `yes`: there are some. */
  readonly tabbed: 'yes' | '';
  /** What can be done with the rows that are ticked; it comes before the other buttons. */
  readonly ticked: readonly Button[];
}

/** A row as it is made; `op` is null where there is nothing to open. */
export type RowSpec = Omit<ListRow, 'op' | 'pictured' | 'lacking' | 'tickable' | 'tone'> & {
  readonly tone?: Tone | undefined;
  readonly op: Pick<Act, 'name'> | null;
};

export function listCard(
  title: string,
  sub: string,
  rows: readonly RowSpec[],
  buttons: readonly Button[],
  { tabs = [], ticked = [] }: Partial<Pick<ListCard, 'tabs' | 'ticked'>> = {},
): ListCard {
  const yes = (said: string | undefined): 'yes' | '' => (said ? 'yes' : '');
  const named = rows.map((row) => ({
    ...row,
    tone: row.tone ?? 'default',
    op: row.op?.name ?? '',
    pictured: yes(row.photo),
    lacking: yes(row.lack),
    tickable: yes(row.tick),
  }));
  return { kind: 'list', title, sub, rows: named, buttons, tabs, tabbed: yes(tabs[0]?.title), ticked };
}
