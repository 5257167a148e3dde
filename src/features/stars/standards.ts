/** Standards of each star: imported text with a version and a first day, no points, no weights; and which one is in force. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { button, listCard, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { may } from '../../bot/turn/rights.ts';
import { isDay, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { defineTable, type Tx } from '../../store/store.ts';
import type { CityPart } from '../members/index.ts';
import { allStars, findStar, readRows } from '../orgs/index.ts';
import { rights } from './rights.ts';

const FILE = 'star_standards.json';
export const MOST_TEXT = 1000;
export const MOST_VERSION = 20;

export const standardRow = z.object({
  /** `<star>|<version>` */
  id: z.string(),
  star: z.string(),
  /** As it is printed: `2026版`. */
  version: z.string().trim().min(1).max(MOST_VERSION),
  /** The first day on which it is in force. */
  from: z.string().refine(isDay),
  text: z.string().trim().min(1).max(MOST_TEXT),
  /** The unit that brought it. */
  unit: z.string(),
});
export type Standard = z.infer<typeof standardRow>;
export const standardsTable = defineTable<Standard>({
  name: 'star_standards',
  schema: standardRow,
  indexes: [{ on: ['star'], order: 'from' }],
  keep: 'for ever: because applications of any past day name the version of that day',
});

export const standardId = ({ star, version }: Pick<Standard, 'star' | 'version'>) => `${star}|${version}`;

/** The standard of a star that is in force on a day. */
export async function standardOn(tx: Tx, star: string, day: string): Promise<Standard | undefined> {
  const range = { lte: day };
  const query = { where: { star }, order: 'from', desc: true, range, limit: 1 } as const;
  return (await tx.table(standardsTable).find(query)).rows[0];
}

/** A standard on a card: `标准（2026版）` and its text; nothing where there was none. */
export async function standardFact(
  tx: Tx,
  star: string,
  version: string,
): Promise<readonly [string, string]> {
  const known =
    version === '' ? undefined : await tx.table(standardsTable).get(standardId({ star, version }));
  return [`标准（${version}）`, known?.text ?? ''];
}

/** The file `star_standards.json` of a new city; it may be missing. */
export const starFiles: CityPart = async (folder, { stars }) => {
  if (!existsSync(join(folder, FILE))) return async () => {};
  const rows = await readRows(folder, FILE, standardRow.omit({ id: true }));
  const known = new Set(stars.map(({ id }) => id));
  const wrong = rows.filter(({ star }) => !known.has(star)).map(({ star }) => `no such star: ${star}`);
  if (new Set(rows.map(standardId)).size < rows.length) wrong.push('a version stands twice');
  if (wrong.length > 0)
    throw new AppError('config', `${join(folder, FILE)}: ${wrong.slice(0, 10).join('; ')}`);
  return async (tx) => {
    for (const row of rows) await tx.table(standardsTable).put({ ...row, id: standardId(row) });
  };
};

export const showStandards = operation({
  right: rights.standards,
  words: ['创星标准'],
  help: '每颗星的标准',
  fromText: (rest) => ({ star: rest.trim() }),
  input: z.object({ star: z.string().max(100).default('') }),
  async run(ctx, { star: named }): Promise<Outcome> {
    const stars = await allStars(ctx.tx);
    const star = findStar(stars, named);
    if (named !== '' && !star)
      throw new AppError('not_found', '没有这颗星，请写全名，例如：创星标准 平安法治星。');
    if (star) {
      const now = await standardOn(ctx.tx, star.id, ctx.today);
      if (!now)
        return {
          text: `${star.name}的标准还没有导入，由牵头单位或市委组织部发送“导入标准”来导入。`,
          mine: true,
        };
      const card = recordCard({
        ...{ number: '', title: `${star.name}标准`, state: now.version, ask: '' },
        facts: [
          [`标准（${now.version}）`, now.text],
          ['起用', sayDay(now.from, ctx.today)],
        ],
      });
      return { text: '', card, mine: true };
    }
    const rows: RowSpec[] = [];
    for (const { id, name } of stars) {
      const now = await standardOn(ctx.tx, id, ctx.today);
      rows.push({
        ...{ mark: now?.version ?? '没有', title: name, sub: now?.text.slice(0, 40) ?? '' },
        ...{ op: rights.standards, data: { star: id } },
      });
    }
    const buttons = (await may(rights.importStandards, null, ctx, ctx.me))
      ? [button(rights.importStandards)]
      : [];
    return { text: '', card: listCard('创星标准', '点一下看全文。', rows, buttons), mine: true };
  },
});
