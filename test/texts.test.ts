/**
 * Every text that people may see: what the sources say in Chinese, card templates, the page. What people may type keeps
 * its old words; what they read has none of the words that national rules forbid as a demand on the grass roots.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';

const root = new URL('..', import.meta.url).pathname;
const FORBIDDEN = /打卡|签到|排名/;

interface Text {
  readonly at: string;
  readonly text: string;
}

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
    const { type, key, value } = node as { type?: string; key?: { name?: string }; value?: unknown };
    if (
      type === 'Property' &&
      key?.name === 'words' &&
      (value as Text & { type: string }).type === 'ArrayExpression'
    )
      return;
    if (type === 'Literal' || type === 'JSXText') note(value);
    if (type === 'TemplateElement') note((value as { cooked?: string }).cooked);
    Object.values(node).forEach(visit);
  };
  visit(parseAst(source, { lang: at.endsWith('x') ? 'tsx' : 'ts' }));
  return found;
}
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const under = (folder: string, ending: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => `${folder}/${path}`);

const sources = under('src', /\.tsx?$/).flatMap((path) => textsOf(path, read(path)));
const templates = [...under('cards', /(?<!\.sample)\.json$/), ...under('manifest', /\.json$/)].map((at) => ({
  at,
  text: read(at),
}));

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

  it('bears no 打卡, 签到 or 排名', () => {
    const bad = [...sources, ...templates].filter(({ text }) => FORBIDDEN.test(text));
    expect(bad.map(({ at, text }) => `${at} ${text.slice(0, 60)}`)).toEqual([]);
  });
});

describe('the walk', () => {
  it('sees what is written into a title, a label, a template, and not what may be typed', () => {
    const source = `
      /** 打卡 */
      const card = {
        title: '打卡',
        words: ['签到', '打卡'],
        text: \`请\${day}前签到\`,
        pattern: /排名/,
        alternatives: '打卡|签到|报到',
      };
      const page = <p title="排名">签到<b>{'打卡：'}</b></p>;`;
    expect(textsOf('sample.tsx', source).map(({ text }) => text)).toEqual([
      '打卡',
      '请',
      '前签到',
      '排名',
      '签到',
      '打卡：',
    ]);
  });
});
