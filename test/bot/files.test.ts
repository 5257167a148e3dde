/** Files that people send: taken in by content, kept once, handed to whoever wants them, given out by links. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Feature } from '../../src/bot/feature.ts';
import { attach, downloadOf, filesOf, sentFiles } from '../../src/bot/files/files.ts';
import { files } from '../../src/bot/files/tables.ts';
import { operation } from '../../src/bot/operation.ts';
import { holidays } from '../../src/bot/reminders/tables.ts';
import { defineRights } from '../../src/bot/turn/rights.ts';
import { audit } from '../../src/bot/turn/tables.ts';
import { features as town } from '../../src/features/index.ts';
import { AppError } from '../../src/lib/errors.ts';
import { createKit, type Kit, wordsOf } from '../kit.ts';
import { bomb, docx, exe, html, pdf, photo, png, xlsx } from '../samples.ts';

const ALBUM = { kind: 'album', id: 'one' };

const rights = defineRights('album', {
  keep: { title: '存进相册', who: ['secretary'], whoElse: '相册只收支部书记的照片。' },
  show: { title: '看相册', who: 'bound' },
});

/** Keeps pictures and documents of secretaries; reads JSON of its own. */
const album: Feature = {
  name: 'album',
  tables: [],
  operations: [
    operation({
      right: rights.keep,
      input: z.object({ files: z.string(), words: z.string().default('') }),
      async run(ctx, { files: ids, words }) {
        const rows = await sentFiles(ctx, ids);
        await attach(ctx, rows, ALBUM);
        return { text: `存了：${rows.map(({ name }) => name).join('、')} ${words}`, did: ALBUM };
      },
    }),
    operation({
      right: rights.show,
      words: ['相册'],
      input: z.object({}),
      async run(ctx) {
        const rows = await filesOf(ctx, ALBUM);
        return { text: rows.map(({ id }) => ctx.link?.('album', id, ctx.me, 1)).join('\n') || '空的' };
      },
    }),
  ],
  intakes: [{ kinds: ['jpg', 'png', 'webp', 'heic', 'pdf', 'docx', 'xlsx'], op: rights.keep }],
  downloads: {
    async album(world, id, viewer) {
      const row = await world.tx.table(files).get(id);
      return row?.about === 'album:one' && viewer.unit === 'qingshan-shiqiao-liuwan'
        ? downloadOf(row)
        : undefined;
    },
  },
};

let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ features: [album, ...town] });
});
afterEach(() => kit.close());

const SECRETARY = 'huang-wenchang';
const token = (url: string) => url.split('/d/')[1] ?? '';

describe('a file that somebody sends', () => {
  it('is looked at, kept under its hash and handed to the operation that wants it', async () => {
    const me = kit.person(SECRETARY);
    const { text } = await me.send({ '走访 照片.JPG': photo() });
    expect(text).toContain('存了：走访 照片.JPG');
    const url = (await me.say('相册')).text;
    expect(url).toMatch(/^https:\/\/kit\.example\/d\//);
    const given = await kit.bot.download(token(url));
    expect(given).toMatchObject({ name: '走访 照片.JPG', type: 'image/jpeg' });
    expect(typeof given === 'object' && Buffer.compare(Buffer.from(given.body), photo())).toBe(0);
    expect(await audited()).toContain('album.keep one');
  });

  it('may come with words, and with other files; each kind by its content', async () => {
    const me = kit.person(SECRETARY);
    const sent = { 'a.jpg': photo(1), 'b.png': png(), 'c.pdf': pdf(), 'd.docx': docx(), 'e.xlsx': xlsx() };
    expect((await me.send(sent, '这是走访的照片')).text).toBe(
      '存了：a.jpg、b.png、c.pdf、d.docx、e.xlsx 这是走访的照片',
    );
  });

  it('comes with a command: that is done, too', async () => {
    const { text } = await kit.person(SECRETARY).send({ 'a.jpg': photo() }, '相册');
    expect(text).toBe('空的\n存了：a.jpg ');
  });

  it('is called what its content is, whatever it was called', async () => {
    const { text } = await kit.person(SECRETARY).send({
      '../../etc/passwd': photo(1),
      'C:\\Windows\\a\u202egpj.exe': photo(2),
      '.hidden.png': photo(3),
      '': photo(4),
    });
    expect(text).toBe('存了：passwd.jpg、agpj.jpg、hidden.jpg、文件.jpg ');
  });

  it('is refused when its content is none of the kinds, is empty, too large or did not arrive; the others are kept', async () => {
    const { text } = await kit.person(SECRETARY).send({
      '好看.jpg': exe(),
      'page.pdf': html(),
      'empty.png': Buffer.alloc(0),
      'big.jpg': Buffer.concat([photo(), Buffer.alloc(10 * 2 ** 20)]),
      'lost.jpg': new Error('the line broke'),
      'said.jpg': new AppError('invalid', '这个文件过期了，请重发。'),
      'fine.jpg': photo(),
    });
    expect(text.split('\n')).toEqual([
      '存了：fine.jpg ',
      '“好看.jpg”没有收：只收照片、PDF、Word（docx）和 Excel（xlsx），而且内容要和文件名相符。',
      '“page.pdf”没有收：只收照片、PDF、Word（docx）和 Excel（xlsx），而且内容要和文件名相符。',
      '“empty.png”是空的，请再发一次。',
      '“big.jpg”超过 10 MB，没有收。请压缩后再发。',
      '“lost.jpg”没有收到，请再发一次。',
      '这个文件过期了，请重发。',
    ]);
    expect(await contents()).toHaveLength(1);
    kit.complaints.length = 0;
  });

  it('is not unpacked, whatever is packed in it', async () => {
    expect((await kit.person(SECRETARY).send({ '台账.xlsx': bomb() })).text).toBe('存了：台账.xlsx ');
  });

  it('that nothing wants gets a friendly sentence', async () => {
    const { text } = await kit.person(SECRETARY).send({ 'x.json': Buffer.from('{"a":1}') });
    expect(text).toMatch(/^文件收到了，可现在没有哪件事要用它/);
  });

  it('meets the operation’s right like a press', async () => {
    const { text } = await kit.person('guo-chengye').send({ 'a.jpg': photo() });
    expect(text).toBe('相册只收支部书记的照片。');
  });

  it('is not even fetched of people whom nobody knows, in groups, or when the message comes again', async () => {
    const fetched: string[] = [];
    const attachment = (name: string) => ({
      name,
      async fetch() {
        fetched.push(name);
        return photo();
      },
    });
    const inbound = (account: string, id: string, place: { key: string; kind: 'personal' | 'group' }) =>
      kit.bot.handle(
        {
          channel: 'webchat',
          kind: 'text',
          id,
          text: '',
          at: new Date(),
          place,
          sender: { account, name: '' },
        },
        [attachment(id)],
      );
    const own = { key: `webchat|p:${SECRETARY}`, kind: 'personal' } as const;
    const stranger = await inbound('nobody', 'stranger', { key: 'webchat|p:nobody', kind: 'personal' });
    expect(stranger.shown.text).toMatch(/我还不认识您|绑定/);
    await inbound(SECRETARY, 'group', { key: 'webchat|g:qingshan-shiqiao', kind: 'group' });
    await inbound(SECRETARY, 'first', own);
    const again = await inbound(SECRETARY, 'first', own);
    expect(fetched).toEqual(['first']);
    expect(again.shown.text).toBe('存了：first.jpg ');
  });

  it('is kept once, however often the same is sent', async () => {
    for (const name of ['a.jpg', 'b.jpg']) await kit.person(SECRETARY).send({ [name]: photo() });
    expect(await contents()).toHaveLength(1);
    expect(await kit.store.read((tx) => tx.table(files).count({ about: 'album:one' }))).toBe(2);
  });

  it('goes after a day when nothing asked for it; the same content that somebody uses stays', async () => {
    await kit.person('guo-chengye').send({ 'mine.jpg': photo(1), 'same.jpg': photo(2) });
    await kit.person(SECRETARY).send({ 'same.jpg': photo(2) });
    expect(await contents()).toHaveLength(2);
    await kit.tick('2026-11-21', '08:00');
    expect(await contents()).toHaveLength(2);
    await kit.tick('2026-11-21', '10:00');
    expect(await contents()).toHaveLength(1);
    const [url = ''] = (await kit.person(SECRETARY).say('相册')).text.split('\n');
    expect(await kit.bot.download(token(url))).toMatchObject({ name: 'same.jpg' });
  });

  it('can be used by its sender only, and once', async () => {
    const me = kit.person(SECRETARY);
    await me.send({ 'a.jpg': photo() });
    const [row] = (
      await kit.store.read((tx) =>
        tx.table(files).find({ where: { about: 'album:one' }, order: 'at', limit: 1 }),
      )
    ).rows;
    const refusal = /已经用过/;
    expect((await me.press('album.keep', { files: row?.id })).shown.text).toMatch(refusal);
    await kit.person('guo-chengye').send({ 'b.jpg': photo(1) });
    const [other] = (
      await kit.store.read((tx) => tx.table(files).find({ where: { about: null }, order: 'at', limit: 1 }))
    ).rows;
    expect((await me.press('album.keep', { files: other?.id })).shown.text).toMatch(refusal);
    expect((await me.press('album.keep', { files: 'no-such-id' })).shown.text).toMatch(refusal);
  });

  it('is given to those the feature lets have it, as long as the link is good', async () => {
    const me = kit.person(SECRETARY);
    await me.send({ 'a.jpg': photo() });
    const mine = (await me.say('相册')).text;
    const theirs = (await kit.person('guo-chengye').say('相册')).text;
    expect(await kit.bot.download(token(theirs))).toBe('refused');
    expect(await kit.bot.download(token(mine))).toMatchObject({ name: 'a.jpg' });
    kit.time('2026-11-22', '00:00');
    expect(await kit.bot.download(token(mine))).toBe('expired');
  });
});

describe('holidays as a file', () => {
  const days = ['01', '02', '03', '04', '05'].map((day) => ({
    name: '元旦',
    date: `2027-01-${day}`,
    isOffDay: true,
  }));
  const json = Buffer.from(`\ufeff${JSON.stringify({ year: 2027, days })}`);

  it('are imported like pasted ones, by the organiser', async () => {
    const { text } = await kit.person('bai-zhiyuan').send({ '2027.json': json });
    expect(text).toBe('已导入2027年：放假5天，调休上班0天。以后的期限和提醒都按它算。');
    expect(await audited()).toContain('reminders.holidays 2027');
  });

  it('are taken with a day of the year before, and known to 提醒 at once', async () => {
    const organiser = kit.person('bai-zhiyuan');
    const unknown = '2027年的放假安排还没有导入';
    expect(wordsOf((await organiser.say('提醒')).card)).toContain(unknown);
    const eve = [{ name: '元旦', date: '2026-12-31', isOffDay: true }, ...days, days[0]];
    const { text } = await organiser.send({
      '2027.json': Buffer.from(JSON.stringify({ year: 2027, days: eve })),
    });
    expect(text).toContain('已导入2027年：放假6天，调休上班0天');
    expect(wordsOf((await organiser.say('提醒')).card)).not.toContain(unknown);
  });

  it('are refused by their day or their year, and change nothing', async () => {
    const organiser = kit.person('bai-zhiyuan');
    const more = (...others: object[]) => ({ year: 2027, days: [...days, ...others] });
    const day = (date: string, isOffDay = true) => ({ name: '春节', date, isOffDay });
    const cases: [object, string][] = [
      [more(day('2027-01-02', false)), '2027-01-02又写了放假，又写了上班，只能留一种。'],
      [more(day('2027-02-30')), '2027-02-30不是日期'],
      [more(day('2026-10-01')), '2026-10-01不是2027年的'],
      [{ year: 2026, days }, '看不懂这份2026年的数据：里面一天也没有。'],
      [{ year: 2027, days: [] }, '看不懂这份2027年的数据：里面一天也没有。放假安排公布以后'],
      [{ year: 2027 }, '看不懂这份2027年的数据：里面一天也没有。'],
      [{ year: 2027, days: days.slice(2) }, '里面只有3天'],
      [{ year: 'soon', days }, '看不懂这份数据。要 holiday-cn 的格式'],
      [more(...Array(3_000).fill(day('2027-02-06'))), '太长'],
    ];
    for (const [content, said] of cases) {
      const json = JSON.stringify(content);
      expect((await organiser.send({ 'x.json': Buffer.from(json) })).text).toContain(said);
      if (json.length < 10_000) expect((await organiser.say(`导入节假日 ${json}`)).text).toContain(said);
    }
    expect(await kit.store.read((tx) => tx.table(holidays).count())).toBe(0);
  });

  it('are nobody else’s business', async () => {
    expect((await kit.person(SECRETARY).send({ '2027.json': json })).text).toBe(
      '文件收到了，可现在没有哪件事要用它。有任务要报进展时，发来的照片和文件会附在进展后面。节假日由市委组织部导入。',
    );
  });
});

async function contents(): Promise<string[]> {
  const names = await readdir(join(kit.dir, 'files'), { recursive: true });
  return names.filter((name) => /[0-9a-f]{64}$/.test(name));
}

async function audited(): Promise<string[]> {
  const { rows } = await kit.store.read((tx) => tx.table(audit).find({ order: 'at', limit: 100 }));
  return rows.map(({ op, record }) => `${op} ${record}`);
}
