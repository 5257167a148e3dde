/** Figures as a card: words, a small table, and a picture where a platform draws one. */
import { type Act, type Button, type Link, MOST_BUTTONS, type Raw } from './parts.ts';

/** One row of figures: its cells stand in the table, its parts in the picture where a platform draws one. */
export interface Bar {
  readonly title: string;
  /** As many as the card has columns. */
  readonly cells: readonly { readonly text: string }[];
  /** Of which the bar is made; none where there is nothing to draw. */
  readonly parts: readonly { readonly legend: string; readonly value: number }[];
  /** What opens it; '' where there is nothing to open. */
  readonly op: string;
  readonly data: Raw;
}

/** Figures: what they say in words first, a small table, and a picture of it where the platform can draw. */
export interface ChartCard {
  readonly kind: 'chart';
  readonly title: string;
  /** Of when the figures are. */
  readonly sub: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Titles over the cells of the rows; `head` stands over the names. */
  readonly head: string;
  readonly columns: readonly { readonly text: string }[];
  readonly bars: readonly Bar[];
  /** Title of the picture; '' for none. */
  readonly picture: string;
  readonly buttons: readonly Button[];
  readonly links: readonly Link[];
}

type ChartSpec = Pick<ChartCard, 'title' | 'sub' | 'head' | 'picture'> &
  Partial<Pick<ChartCard, 'buttons' | 'links'>> & {
    /** Label and value; those without a value are left out. */
    readonly facts: readonly (readonly [string, string])[];
    readonly columns: readonly string[];
    readonly bars: readonly (Omit<Bar, 'op' | 'cells'> & {
      readonly cells: readonly string[];
      readonly op: Pick<Act, 'name'> | null;
    })[];
  };

export function chartCard(spec: ChartSpec): ChartCard {
  const { title, sub, head, picture } = spec;
  const buttons = (spec.buttons ?? []).slice(0, MOST_BUTTONS);
  return {
    ...{ kind: 'chart', title, sub, head, picture, buttons },
    facts: spec.facts.flatMap(([label, value]) => (value === '' ? [] : [{ label, value }])),
    columns: spec.columns.map((text) => ({ text })),
    bars: spec.bars.map(({ op, cells, ...bar }) => ({
      ...bar,
      op: op?.name ?? '',
      cells: cells.map((text) => ({ text })),
    })),
    links: (spec.links ?? []).slice(0, MOST_BUTTONS - buttons.length),
  };
}
