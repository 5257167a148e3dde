/** Names by their pinyin. */
import { describe, expect, it } from 'vitest';
import { hasInitials, initialMatch, initialsOf, initialTerms, inNameOrder } from '../../src/lib/pinyin.ts';

describe('first letters', () => {
  it('are those of each character; figures and letters are themselves', () => {
    expect(initialsOf('市公安局')).toBe('sgaj');
    expect(initialsOf('黄文昌')).toBe('hwc');
    expect(initialsOf('第3党支部A')).toBe('d3dzba');
    expect(initialsOf('（）·')).toBe('');
  });

  it('find a name by its beginning and by its middle, one letter by the beginning alone', () => {
    const terms = new Set(initialTerms('市公安局'));
    const finds = (typed: string) =>
      initialMatch(typed)?.every((group) => group.some((term) => terms.has(term))) === true &&
      hasInitials('市公安局', typed);
    for (const typed of ['s', 'sg', 'SGAJ', 'gaj', 'aj']) expect(finds(typed), typed).toBe(true);
    for (const typed of ['g', 'jg', 'sgajx']) expect(finds(typed), typed).toBe(false);
    for (const typed of ['', '公安', 'sg aj', '1']) expect(initialMatch(typed)).toBeUndefined();
  });
});

describe('a list by name', () => {
  it('is in the order of pinyin, not of code points; figures by their value', () => {
    const names = ['青山县委', '云岭县委', '临溪县委', '明湖区委', '第10组', '第2组', '阿里村', '张营村'];
    expect(inNameOrder(names.map((name) => ({ name }))).map(({ name }) => name)).toEqual([
      ...['阿里村', '第2组', '第10组', '临溪县委', '明湖区委', '青山县委', '云岭县委', '张营村'],
    ]);
  });
});
