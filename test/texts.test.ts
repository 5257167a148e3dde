/**
 * Every text that people may see: what the sources say in Chinese, card templates, the manifest, the page, the demo's
 * past, the Chinese guide. What people may type keeps its old words; what they read says each thing in one way, by the
 * table in CONTRIBUTING.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';

const root = new URL('..', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Stands in a text for what is put there, and in the table for anything short. */
const ANYTHING = '…';

interface Word {
  readonly not: RegExp;
  readonly but: readonly RegExp[];
}

const pattern = (word: string) =>
  new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(ANYTHING, '(?:…|\\d{1,3})'), 'gu');
const coded = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** The table of CONTRIBUTING: what is not said, with what may be said instead. */
function wordsOf(markdown: string): readonly Word[] {
  const [, section = ''] = /^## Words\n(.*?)^## /ms.exec(markdown) ?? [];
  return [...section.matchAll(/^\| (`.*?) \|(.*?)\|/gm)].flatMap(([, not = '', but = '']) =>
    coded(not).map((word) => ({ not: pattern(word), but: coded(but).map(pattern) })),
  );
}
const WORDS = wordsOf(read('.github/CONTRIBUTING.md'));

/** What a text says otherwise than the table; what the table says instead may contain it. */
function wrongIn(text: string): readonly string[] {
  return WORDS.flatMap(
    ({ not, but }) => but.reduce((left, right) => left.replace(right, ''), text).match(not) ?? [],
  );
}

interface Text {
  readonly at: string;
  readonly text: string;
}

interface Node {
  readonly type?: string;
  readonly key?: { readonly name?: string };
  readonly id?: { readonly name?: string };
  readonly value?: unknown;
}
/** Lists of words that are read, beside the `words` of operations. */
const TYPED: ReadonlySet<string> = new Set(['SHORT', 'GLUED', 'FIELD_WORDS', 'fieldWords']);

/** The texts of a source, without what people may type: the `words` of operations, and patterns that read them. */
function textsOf(at: string, source: string): readonly Text[] {
  const found: Text[] = [];
  const note = (said: unknown) => {
    // Alternatives are a part of a pattern: words that are read.
    if (typeof said !== 'string' || !/\p{Script=Han}/u.test(said) || /\|.*\|/.test(said)) return;
    found.push({ at, text: said.trim() });
  };
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, key, id, value } = node as Node;
    if (type === 'Property' && key?.name === 'words' && (value as Node).type === 'ArrayExpression') return;
    if (/^(?:VariableDeclarator|Property)$/.test(type ?? '') && TYPED.has((id ?? key)?.name ?? '')) return;
    if (type === 'Literal' || type === 'JSXText') note(value);
    if (type === 'TemplateLiteral') {
      const { quasis } = node as { quasis: readonly { value: { cooked?: string } }[] };
      note(quasis.map(({ value: { cooked } }) => cooked).join(ANYTHING));
    }
    Object.values(node).forEach(visit);
  };
  visit(parseAst(source, { lang: at.endsWith('x') ? 'tsx' : 'ts' }));
  return found;
}

const under = (folder: string, ending: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => `${folder}/${path}`);

const sources = under('src', /\.tsx?$/).flatMap((path) => textsOf(path, read(path)));
const templates = [
  ...under('cards', /(?<!\.sample)\.json$/),
  ...under('manifest', /\.json$/),
  ...under('data/demo', /\.json$/),
].map((at) => ({ at, text: read(at) }));
/** What the guide says, without what it says to type. */
const guide = read('README.zh-CN.md')
  .split('\n')
  .map((line, i) => ({ at: `README.zh-CN.md:${i + 1}`, text: line.replace(/`[^`]*`/g, '') }));

describe('what people read', () => {
  it('was found: in features, in the kernel, on the page and in its templates', () => {
    expect(sources.length).toBeGreaterThan(1_000);
    for (const folder of ['src/features/', 'src/bot/', 'src/channels/webchat/client/'])
      expect(sources.filter(({ at }) => at.startsWith(folder)).length, folder).toBeGreaterThan(20);
    expect(templates.length).toBeGreaterThan(5);
    // Titles of operations, of columns of a spreadsheet, and parts of templates among them.
    const all = new Set(sources.map(({ text }) => text));
    for (const text of ['受理', '责任单位', '待办', '操作', '减负自查']) expect(all).toContain(text);
  });

  it('says each thing in one way, by the table in CONTRIBUTING', () => {
    const bad = [...sources, ...templates, ...guide].flatMap(({ at, text }) =>
      wrongIn(text).map((word) => `${at} ${word} in ${text.length > 100 ? '…' : text}`),
    );
    expect(bad).toEqual([]);
  });
});

describe('red, yellow and blue', () => {
  it('are those of issues, and of the tour that explains them, alone', () => {
    const coloured = [...under('src/bot', /\.ts$/), ...under('src/features', /\.ts$/)].filter((path) =>
      /'(?:attention|warning|accent)'/.test(read(path)),
    );
    expect(coloured.sort()).toEqual([
      'src/bot/cards/parts.ts',
      'src/features/issues/figures.ts',
      'src/features/issues/model.ts',
      'src/features/members/tour.ts',
    ]);
  });
});

describe('the table', () => {
  it('is read whole, and finds what it forbids but not what it says instead', () => {
    const rows = read('.github/CONTRIBUTING.md').match(/^\| `[^|]*\|[^|]*\|[^|]*\|$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(15);
    expect(WORDS.length).toBe(rows.flatMap((row) => coded(row.split('|')[1] ?? '')).length);
    expect(wrongIn('请…打卡，已经逾期')).toEqual(['打卡', '逾期']);
    expect(wrongIn('请7个单位，12月10日到期')).toEqual(['请7个单位']);
    expect(wrongIn('请…个单位，…到期')).toEqual(['…到期', '请…个单位']);
    expect(wrongIn('邀请…个单位，…前，@会商助手 报进展，未销号，曾退回')).toEqual([]);
  });
});

describe('the walk', () => {
  it('sees what is written into a title, a label, a template, and not what may be typed', () => {
    const source = `
      /** 打卡 */
      const card = {
        title: '打卡',
        words: ['签到', '打卡'],
        said: { words: '报到' },
        text: \`请\${day}前签到\`,
        pattern: /排名/,
        alternatives: '打卡|签到|报到',
      };
      const GLUED = new Set(['打卡']);
      const page = <p title="排名">签到<b>{'打卡：'}</b></p>;`;
    expect(textsOf('sample.tsx', source).map(({ text }) => text)).toEqual([
      '打卡',
      '报到',
      '请…前签到',
      '排名',
      '签到',
      '打卡：',
    ]);
  });
});
