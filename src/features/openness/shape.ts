/** What a report is made of: the shapes that card, page, spreadsheet and document show, and words about them. */
import { sayDay } from '../../lib/dates.ts';
import { sayDatedPeriod } from '../../lib/schedule.ts';
import type { Unit } from '../orgs/index.ts';
import type { Cell } from './figures.ts';
import type { Numbers, Settings } from './model.ts';

/** Units of fewer branches are not compared by shares. */
export const FEWEST_COMPARED = 5;

/** Instead of a number that is not for everybody's eyes. */
export const HIDDEN = '不公布';

export interface Line {
  readonly title: string;
  readonly unit?: Unit;
  readonly cells: readonly Cell[];
  /** By cell: the key of the figure that it is, of this line's unit or the report's; '' for none. */
  readonly keys?: readonly string[];
}

export interface Table {
  readonly id: 'stars' | 'holders' | 'issues' | 'weak' | 'help' | 'tasks' | 'meetings' | 'trend';
  readonly title: string;
  /** The rule behind its numbers, in a sentence. */
  readonly rule: string;
  readonly head: string;
  readonly columns: readonly string[];
  readonly lines: readonly Line[];
  /** The last line is the sum of the others. */
  readonly total?: true;
}

export interface Goal {
  readonly title: string;
  readonly value: string;
  /** What is missing, or what it is compared with. */
  readonly gap: string;
}

/** A sum that stands on top: what, how many, how that changed since the quarter before. */
export interface Headline {
  readonly title: string;
  readonly value: string;
  readonly change: string;
  /** Its figure. */
  readonly key: string;
}

export interface Report {
  readonly unit: Unit;
  readonly quarter: string;
  /** The day of the numbers. */
  readonly on: string;
  readonly numbers: Numbers;
  readonly headline: readonly Headline[];
  readonly goals: readonly Goal[];
  /** Names of the townships all of whose branches have three stars or more. */
  readonly whole: readonly string[];
  readonly tables: readonly Table[];
  readonly settings: Settings;
}

/** A unit as a place: 全市, 青山县, 石桥镇, 柳湾村. */
export const placeOf = ({ kind, name }: Pick<Unit, 'kind' | 'name'>): string =>
  kind === 'city' ? '全市' : name.replace(/(?:党工委|党委|党支部|(?<=[县区市旗])委)$/, '');

export const share = (part: number, whole: number): string =>
  whole === 0 ? '没有数据' : `${((part / whole) * 100).toFixed(1)}%`;

/** `2026年第四季度，数据到11月23日` */
export const sayWhen = ({ quarter, on }: Pick<Report, 'quarter' | 'on'>, today: string): string =>
  `${sayDatedPeriod(quarter)}，数据到${sayDay(on, today)}`;

export const NO_BASIS = '公开的数字不作为考核依据。';
