/** A page of a list: the way to the next one, and what it says in words of its own. */
import { type Act, type Button, button, type Raw, type RowSpec } from './spec.ts';

/** The way to the next page, where there is one: what its press carries. */
export const nextPage = (op: Act, data: Raw | false | '' | undefined): Button[] =>
  data ? [button(op, data, 'default', '下一页')] : [];

/** A head, and a line for each row. */
export const inLines = (head: string, rows: readonly Pick<RowSpec, 'mark' | 'title' | 'sub'>[]): string =>
  [head, ...rows.map(({ mark, title, sub }) => `${mark} ${title}（${sub}）`)].join('\n');
