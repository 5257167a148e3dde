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
import { isTime, type Named, type NameOf, type Names, sayField } from './labels.ts';

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
  /** Of all features, of the operations and of the platforms. */
  readonly names: Names;
}

type Found = readonly [lookup: Lookup, row: Row];

export function ownDataFeature({ lookups, idsOf, names }: OwnDataParts): Feature {
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
      const found: Found[] = [];
      let next: string | undefined;
      let at = Number(after.slice(0, after.indexOf(' ')));
      let cursor = after.slice(after.indexOf(' ') + 1);
      for (let lookup = all[at]; lookup && !next; lookup = all[++at]) {
        const page = await rowsAbout(tx, lookup, mine, PAGE - found.length, cursor || undefined);
        found.push(...page.rows.map((row) => [lookup, row] as const));
        cursor = '';
        if (page.next) next = `${at} ${page.next}`;
        else if (found.length >= PAGE) next = `${at + 1} `;
      }
      const nameOf = await namesIn(tx, names, found);
      return { lines: found.map((one) => lineOf(one, nameOf)), next };
    },
  };
  return { name: 'own', tables: [], operations: [give], exports: [own] };
}

/** The names of all that these rows mention, each asked for once, and all of them at the same time. */
async function namesIn(tx: Tx, names: Names, found: readonly Found[]): Promise<NameOf> {
  const asked = new Map<string, Promise<string>>();
  const keyOf = (kind: Named, id: string) => `${kind} ${id}`;
  const ask: NameOf = (kind, id) => {
    const key = keyOf(kind, id);
    if (!asked.has(key)) asked.set(key, (async () => (await names[kind]?.(tx, id)) ?? '')());
    return '';
  };
  for (const one of found) lineOf(one, ask);
  const known = new Map(await Promise.all([...asked].map(async ([key, name]) => [key, await name] as const)));
  return (kind, id) => known.get(keyOf(kind, id)) ?? '';
}

function lineOf([lookup, row]: Found, nameOf: NameOf): Line {
  const { table, title, at, field } = lookup;
  const fields = Object.entries(row);
  const when = fields.find(([name]) => name === at)?.[1];
  const said = (field.acts ? [] : fields).flatMap(([name, value]) =>
    name === at || name === field.field ? [] : sayField(table, [name], value, nameOf),
  );
  return [
    field.acts ? `${title}（只告诉您有这一条）` : title,
    isTime(when) ? when : null,
    numberAt(row.id),
    said.join('；').slice(0, MOST_CHARS),
  ];
}
