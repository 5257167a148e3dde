import { describe, expect, it } from 'vitest';
import { endedOnce, fitting, plainText, wellFormed, withoutMarkup } from '../../src/lib/text.ts';

describe('words where Markdown is rendered', () => {
  it.each([
    ['[点我](http://a.example/x_y)', '［点我］(http://a.example/x_y)'],
    ['https://a.example[点我](http://b.example)', 'https://a.example［点我］(http://b.example)'],
    ['https://a.example/d/__x_-y_', 'https://a.example/d/__x_-y_'],
    ['**粗** _斜_ 文件_名_3.docx', '＊＊粗＊＊ ＿斜＿ 文件_名_3.docx'],
    ['`码` ~~划掉~~ 10~20户', '｀码｀ ～～划掉～～ 10~20户'],
    ['## 标题\n #1 路灯\n> 引用', '＃＃ 标题\n #1 路灯\n＞ 引用'],
    ['\\*  C:\\目录  A&B &amp; &#39;', '＼＊  C:\\目录  A&B ＆amp; ＆#39;'],
  ])('%s', (typed, shown) => {
    expect(withoutMarkup(typed)).toBe(shown);
    expect(withoutMarkup(shown)).toBe(shown);
  });
});

describe('controls of writing direction', () => {
  it('are taken out of whatever comes in and whatever is written to a file; text that runs that way stays', () => {
    const controls = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206f';
    expect(wellFormed({ [`名${controls}`]: [`照片${controls}gpj.exe`] })).toEqual({ 名: ['照片gpj.exe'] });
    expect(plainText(`${controls}路灯`)).toBe('路灯');
    for (const fine of ['ئۇيغۇرچە', 'שלום', '👨‍👩‍👧 一家']) expect(wellFormed(fine)).toBe(fine);
  });
});

describe('a text cut to a weight', () => {
  it('stays whole when it fits, and never breaks a character', () => {
    expect(fitting('四个汉字', 4)).toBe('四个汉字');
    expect(fitting('四个汉字', 3)).toBe('四个…');
    expect(fitting('“\n”', 3)).toBe('“…');
    expect(fitting('👍👍👍', 4)).toBe('👍…');
    expect(fitting('没有地方', 0)).toBe('');
    expect(fitting('没有地方', -5)).toBe('');
  });
});

it('a sentence that is quoted at the end of another ends once', () => {
  for (const [said, shown] of [
    ['原因：没改。。请再报', '原因：没改。请再报'],
    ['谁来办？。', '谁来办？'],
    ['等等。。。', '等等。。。'],
    ['一句。两句。', '一句。两句。'],
  ] as const)
    expect(endedOnce(said)).toBe(shown);
});
