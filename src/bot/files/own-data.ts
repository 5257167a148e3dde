/** 我的数据: everything that is kept about the one who asks, as a spreadsheet: each table says what in it is whose. */
import { z } from 'zod';
import { numberAt } from '../../lib/numbershape.ts';
import type { Line } from '../../lib/sheet.ts';
import type { Row, Tx } from '../../store/store.ts';
import type { Export, Feature } from '../feature.ts';
import { chatsOf, countAbout, type Lookup, rowsAbout, type Whose } from '../jobs/people.ts';
import { operation } from '../operation.ts';
import { defineRights } from '../turn/rights.ts';
import type { Actor } from '../world.ts';
import { startExport } from './exports.ts';
import { sayField } from './labels.ts';

const TITLE = '我的数据';
const PAGE = 100;
const COLUMNS = [
  ['类别', 18, 'text'],
  ['时间', 18, 'time'],
  ['编号', 18, 'text'],
  ['内容', 100, 'text'],
] as const;
/** What a cell says at most. */
const MOST_CHARS = 4_000;

export const rights = defineRights('own', { data: { title: TITLE, who: 'bound' } });

const give = operation({
  right: rights.data,
  words: [TITLE, '导出我的数据'],
  input: z.object({}),
  run: async (ctx) => ({
    ...(await startExport(ctx, rights.data.name, {}, TITLE)),
    did: { kind: 'member', id: ctx.me.id },
  }),
});

export interface OwnDataParts {
  /** Of all tables, those of the platforms too; asked when somebody wants their data. */
  readonly lookups: () => readonly Lookup[];
  /** The ids under which a person's rows are kept, their own first. */
  readonly idsOf: (tx: Tx, person: string) => Promise<readonly string[]>;
}

export function ownDataFeature({ lookups, idsOf }: OwnDataParts): Feature {
  const whose = async (tx: Tx, { id }: Actor): Promise<Whose> => ({
    ids: await idsOf(tx, id),
    chats: await chatsOf(tx, id),
  });
  const own: Export = {
    name: rights.data.name,
    async open({ tx, today }, _data, viewer) {
      const mine = await whose(tx, viewer);
      let total = 0;
      for (const lookup of lookups()) total += await countAbout(tx, lookup, mine);
      return {
        name: `${TITLE} ${viewer.name} ${today}`,
        sheet: TITLE,
        columns: COLUMNS.map(([title, width, kind]) => ({ title, width, kind })),
        total,
      };
    },
    async page({ tx }, _data, viewer, after = '0 ') {
      const mine = await whose(tx, viewer);
      const all = lookups();
      const lines: Line[] = [];
      let at = Number(after.slice(0, after.indexOf(' ')));
      let cursor = after.slice(after.indexOf(' ') + 1);
      for (let lookup = all[at]; lookup; lookup = all[++at]) {
        const room = PAGE - lines.length;
        const { rows, next } = await rowsAbout(tx, lookup, mine, room, cursor || undefined);
        lines.push(...rows.map((row) => lineOf(lookup, row)));
        cursor = next ?? '';
        if (next) return { lines, next: `${at} ${next}` };
        if (lines.length >= PAGE) return { lines, next: `${at + 1} ` };
      }
      return { lines };
    },
  };
  return { name: 'own', tables: [], operations: [give], exports: [own] };
}

function lineOf({ title, at, field: { field, acts } }: Lookup, row: Row): Line {
  const fields: Readonly<Record<string, unknown>> = { ...row };
  const when = at === undefined ? null : fields[at];
  const said = Object.entries(fields).flatMap(([name, value]) =>
    name === at || name === field ? [] : sayField(name, value),
  );
  return [
    acts ? `${title}（只告诉您有这一条）` : title,
    typeof when === 'string' && !Number.isNaN(Date.parse(when)) ? new Date(when).toISOString() : null,
    numberAt(row.id),
    acts ? '' : said.join('；').slice(0, MOST_CHARS),
  ];
}
