/** The naming as a document with a red head, and its list as a spreadsheet. */
import { AlignmentType, BorderStyle, Document, Packer, Paragraph, TextRun } from 'docx';
import writeXlsx from 'write-excel-file/node';
import type { Download } from '../../bot/feature.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { pages } from '../../lib/pages.ts';
import { plainText } from '../../lib/text.ts';
import { allStars, organiser, unitName } from '../orgs/index.ts';
import { applications, type Naming, namings } from './model.ts';
import { rights } from './rights.ts';

const TYPES = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
const PAGE = 500;
/** GB/T 9704: the head in red, 二号 小标宋 for the title, 三号 仿宋 for the text; sizes in half points, lengths in twips. */
const SIZE = { head: 64, title: 44, text: 32 } as const;
const SHEET = {
  size: { width: 11_906, height: 16_838 },
  margin: { top: 2098, bottom: 1984, left: 1587, right: 1474 },
} as const;
const RED = 'C00000';

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
  return named && { name: `${id}命名.docx`, type: TYPES.docx, body: () => written(named) };
};

export const listFile: Download = async (world, id, viewer) => {
  const named = await read(world, id, viewer);
  return named && { name: `${id}名单.xlsx`, type: TYPES.xlsx, body: () => listed(named) };
};

const text = (value: string, bold = false) => ({
  value: plainText(value),
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

function run(words: string, size: number, eastAsia: string, color?: string): TextRun {
  const font = { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia };
  return new TextRun({ text: plainText(words), size, font, ...(color && { color }) });
}

const body = (words: string, eastAsia = '仿宋_GB2312') =>
  new Paragraph({
    indent: { firstLine: 640 },
    spacing: { line: 560, lineRule: 'exact' },
    children: [run(words, SIZE.text, eastAsia)],
  });

function written({ naming, stars, by }: Named): Promise<Uint8Array> {
  const [year, month, day] = naming.on.split('-').map(Number);
  const right = (words: string) =>
    new Paragraph({
      alignment: AlignmentType.RIGHT,
      keepNext: true,
      spacing: { line: 560, lineRule: 'exact' },
      children: [run(words, SIZE.text, '仿宋_GB2312')],
    });
  const children = [
    new Paragraph({
      alignment: AlignmentType.CENTER,
      spacing: { after: 300 },
      children: [run(`${by}文件`, SIZE.head, '方正小标宋简体', RED)],
    }),
    new Paragraph({
      alignment: AlignmentType.CENTER,
      spacing: { after: 400 },
      border: { bottom: { style: BorderStyle.SINGLE, size: 12, color: RED, space: 6 } },
      children: [run(naming.id, SIZE.text, '仿宋_GB2312')],
    }),
    new Paragraph({
      alignment: AlignmentType.CENTER,
      spacing: { after: 300, line: 700, lineRule: 'exact' },
      children: [run('关于命名“五星”支部各星的决定', SIZE.title, '方正小标宋简体')],
    }),
    body(
      `经支部申报、乡镇（街道）提出意见、县区审核、牵头单位认定、市级复核并公示，决定命名以下支部，共${naming.count}颗星。`,
    ),
    ...stars.flatMap(({ star, branches }) => [
      body(`${star}（${branches.length}个）`, '黑体'),
      body(`${branches.map(({ name, township }) => `${name}（${township}）`).join('、')}。`),
    ]),
    right(by),
    right(`${year}年${month}月${day}日`),
  ];
  return Packer.toBuffer(new Document({ sections: [{ properties: { page: SHEET }, children }] }));
}
