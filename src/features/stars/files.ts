/** The naming as a document with a red head, and its list as a spreadsheet. */

import { AlignmentType, BorderStyle } from 'docx';
import writeXlsx from 'write-excel-file/node';
import type { Download } from '../../bot/feature.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { wordsForCell } from '../../lib/cells.ts';
import { MEDIA_TYPES } from '../../lib/filekind.ts';
import {
  body,
  heading,
  longDay,
  paragraph,
  RED,
  redHead,
  signature,
  title,
  type Written,
  wordFile,
} from '../../lib/official.ts';
import { pages } from '../../lib/pages.ts';
import { allStars, organiser, unitName } from '../orgs/index.ts';
import { applications, type Naming, namings } from './model.ts';
import { rights } from './rights.ts';

const PAGE = 500;

interface Named {
  readonly naming: Naming;
  readonly by: string;
  /** In the order of the stars, each with its branches: name and place in the tree. */
  readonly stars: readonly {
    readonly star: string;
    readonly branches: readonly {
      readonly name: string;
      readonly township: string;
      readonly county: string;
    }[];
  }[];
}

async function read(world: World, id: string, viewer: Actor): Promise<Named | undefined> {
  const { tx } = world;
  const naming = await tx.table(namings).get(id);
  if (!naming?.done || !(await may(rights.publicity, null, world, viewer))) return undefined;
  const byStar = new Map<string, { name: string; township: string; county: string }[]>();
  const query = { where: { document: id }, order: 'id', limit: PAGE } as const;
  for await (const { rows } of pages((from) => tx.table(applications).find({ ...query, ...from }))) {
    for (const { branch, township, county, star } of rows) {
      const names = {
        name: await unitName(tx, branch),
        township: await unitName(tx, township),
        county: await unitName(tx, county),
      };
      const list = byStar.get(star);
      if (list) list.push(names);
      else byStar.set(star, [names]);
    }
  }
  const stars = (await allStars(tx)).flatMap((star) => {
    const branches = byStar.get(star.id);
    return branches ? [{ star: star.name, branches }] : [];
  });
  return { naming, stars, by: (await organiser(tx)).name };
}

export const namingFile: Download = async (world, id, viewer) => {
  const named = await read(world, id, viewer);
  return named && { name: `${id}命名.docx`, ...wordFile(() => written(named)) };
};

export const listFile: Download = async (world, id, viewer) => {
  const named = await read(world, id, viewer);
  return named && { name: `${id}名单.xlsx`, type: MEDIA_TYPES.xlsx, body: () => listed(named) };
};

const text = (value: string, bold = false) => ({
  value: wordsForCell(value),
  type: String,
  ...(bold && { fontWeight: 'bold' as const }),
});

async function listed({ naming, stars }: Named): Promise<Uint8Array> {
  const data = [
    ['星', '县区', '乡镇（街道）', '支部', '日期', '文号'].map((title) => text(title, true)),
    ...stars.flatMap(({ star, branches }) =>
      branches.map(({ name, township, county }) =>
        [star, county, township, name, naming.on, naming.id].map((value) => text(value)),
      ),
    ),
  ];
  const columns = [14, 16, 18, 24, 12, 24].map((width) => ({ width }));
  return new Uint8Array(await writeXlsx(data, { columns, stickyRowsCount: 1, sheet: '名单' }).toBuffer());
}

function written({ naming, stars, by }: Named): Written {
  const name = '关于命名“五星”支部各星的决定';
  const rule = { style: BorderStyle.SINGLE, size: 12, color: RED, space: 6 };
  const children = [
    redHead(`${by}文件`),
    paragraph([[naming.id]], {
      alignment: AlignmentType.CENTER,
      spacing: { after: 400 },
      border: { bottom: rule },
    }),
    title(name),
    body(
      `经支部申报、乡镇（街道）提出意见、县区审核、牵头单位认定、市级复核并公示，决定命名以下支部，共${naming.count}颗星。`,
    ),
    ...stars.flatMap(({ star, branches }) => [
      heading(`${star}（${branches.length}个）`),
      body(`${branches.map(({ name, township }) => `${name}（${township}）`).join('、')}。`),
    ]),
    signature(by),
    signature(longDay(naming.on)),
  ];
  return { title: name, by, children };
}
