/** Addresses within the board. They are relative: people may reach us under a folder of another server. */
import type { Unit } from '../orgs/index.ts';
import { rootOf } from '../page/index.ts';

/** Where a page of the board stands, and whom it is shown to. */
export interface Way {
  /** From this page to what is below `/board/`: `board/` from the board itself, '' from a unit, `../` from a figure. */
  readonly base: string;
  /** In a demo: who looks, to be kept by every link; elsewhere ''. */
  readonly as: string;
}

const asked = (query: Readonly<Record<string, string>>) =>
  new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();

type Query = Readonly<Record<string, string>>;

/** The page of a unit in a quarter. */
export function unitAddress({ base, as }: Way, unit: Unit, quarter: string, more: Query = {}): string {
  const query = asked({ q: quarter, ...more, as });
  return unit.kind === 'city'
    ? `${rootOf(base)}board?${query}`
    : `${base || './'}${encodeURIComponent(unit.id)}?${query}`;
}

/** What stands behind a figure of a unit. */
export function figureAddress(
  { base, as }: Way,
  unit: Unit,
  quarter: string,
  key: string,
  more: Query = {},
): string {
  const path = `${encodeURIComponent(unit.id)}/${encodeURIComponent(key)}`;
  return `${base || './'}${path}?${asked({ q: quarter, ...more, as })}`;
}

/** A file of a unit: its spreadsheet, its report. */
export function fileAddress({ base, as }: Way, unit: Unit, quarter: string, ending: string): string {
  return `${base || './'}${encodeURIComponent(unit.id)}.${ending}?${asked({ q: quarter, as })}`;
}

/** The chat page, with something opened or not. */
export function chatAddress({ base, as }: Way, open = ''): string {
  const query = asked({ as, open });
  return `${rootOf(base)}${query === '' ? '' : `?${query}`}`;
}
