/** Documents in the customary form of 公文 (GB/T 9704): the page, and what stands on it. */
import {
  AlignmentType,
  Document,
  type FileChild,
  type IParagraphOptions,
  type IRunOptions,
  Packer,
  Paragraph,
  TextRun,
} from 'docx';
import { MEDIA_TYPES } from './filekind.ts';
import { plainText } from './text.ts';

/** GB/T 9704: title 二号 小标宋, text 三号 仿宋, headings 黑体; sizes in half points, lengths in twips. */
const SIZE = { head: 64, title: 44, text: 32 } as const;
const FONT = { title: '方正小标宋简体', text: '仿宋_GB2312', head: '黑体' } as const;
export const RED = 'C00000';
export const LINE = 560;
const INDENT = 640;
const PAGE = {
  size: { width: 11_906, height: 16_838 },
  margin: { top: 2098, bottom: 1984, left: 1587, right: 1474 },
} as const;
/** What is written: title and author as Word knows them, and what stands on the page; `margin` where it is not the customary one. */
export interface Written {
  readonly title: string;
  readonly by: string;
  readonly children: FileChild[];
  readonly margin?: Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>;
}

/** What a download gives, but for its name. */
export interface WordFile {
  readonly type: string;
  readonly body: () => Promise<Uint8Array>;
}

/** A document that is made only after all it says was read: that takes some hundred milliseconds. */
export function wordFile(written: () => Written): WordFile {
  return {
    type: MEDIA_TYPES.docx,
    async body() {
      const { title, by, children, margin = PAGE.margin } = written();
      const sections = [{ properties: { page: { ...PAGE, margin } }, children }];
      return Packer.toBuffer(new Document({ title: plainText(title), creator: plainText(by), sections }));
    },
  };
}

/** Numerals of headings. */
const DIGITS = '零一二三四五六七八九';

/** 1 to 99 as headings count: 一, 十二, 三十. */
export function numeral(n: number): string {
  const tens = Math.floor(n / 10);
  const ones = n % 10;
  if (tens === 0) return DIGITS[ones] ?? '';
  return `${tens > 1 ? DIGITS[tens] : ''}十${ones > 0 ? DIGITS[ones] : ''}`;
}

type Run = readonly [text: string, font?: string];

/** One paragraph; text from people only ever becomes text, its line breaks line breaks. */
export function paragraph(
  runs: readonly Run[],
  options: ConstructorParameters<typeof Paragraph>[0] = {},
): Paragraph {
  const children = runs.flatMap(([text, name = FONT.text]) =>
    plainText(text)
      .split('\n')
      .map(
        (line, i) =>
          new TextRun({
            text: line,
            size: SIZE.text,
            font: fontOf(name),
            ...(i > 0 && { break: 1 }),
          }),
      ),
  );
  const more = typeof options === 'string' ? {} : options;
  return new Paragraph({ spacing: { line: LINE, lineRule: 'exact' }, ...more, children });
}

export const body = (text: string, keepNext = false) =>
  paragraph([[text]], { indent: { firstLine: INDENT }, keepNext });
export const heading = (text: string) =>
  paragraph([[text, FONT.head]], { indent: { firstLine: INDENT }, keepNext: true });
/** A sentence ends as one. */
export const sentence = (text: string) => (/[。！？；…]$/.test(text) ? text : `${text}。`);
export const signature = (text: string) =>
  paragraph([[text]], { alignment: AlignmentType.RIGHT, keepNext: true });
/** A label with what follows it, later lines standing under the first. */
export const entry = (label: string, text: string) =>
  paragraph([[`${label}：`, FONT.head], [text]], { indent: { left: 1600, hanging: 1600 } });

export const title = (text: string) =>
  display(text, { size: SIZE.title }, { before: LINE, after: 200, line: 700, lineRule: 'exact' });
/** The head in red of a document that is issued. */
export const redHead = (text: string) => display(text, { size: SIZE.head, color: RED }, { after: 300 });

function display(
  text: string,
  look: IRunOptions,
  spacing: NonNullable<IParagraphOptions['spacing']>,
): Paragraph {
  const run = new TextRun({ ...look, text: plainText(text), font: fontOf(FONT.title) });
  return new Paragraph({ alignment: AlignmentType.CENTER, spacing, children: [run] });
}

/** For Chinese this font, for the rest the customary one. */
const fontOf = (eastAsia: string) => ({ ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia });

/** `2026-12-05` → `2026年12月5日` */
export function longDay(day: string): string {
  const [year, month, date] = day.split('-');
  return `${year}年${Number(month)}月${Number(date)}日`;
}
