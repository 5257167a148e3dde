/** A roster as an .xlsx file: read as people really write them, looked at, applied once. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import writeXlsx from 'write-excel-file/node';
import { accounts, members, posts } from '../../src/features/members/model.ts';
import { readRoster } from '../../src/features/members/sheet.ts';
import type { AnyTable, Tx } from '../../src/store/store.ts';
import { bundled } from '../bundle.ts';
import { createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

type Cell = string | number | null;
const HEAD = ['姓名', '单位', '角色', '手机', 'Teams账号', '编号'];
const ACCOUNT = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function xlsx(rows: readonly (readonly Cell[])[]): Promise<Uint8Array> {
  const cells = rows.map((row) =>
    row.map((value) =>
      value === null ? null : typeof value === 'number' ? { value, type: Number } : { value },
    ),
  );
  return new Uint8Array(await writeXlsx(cells).toBuffer());
}

/** Change the XML of the only sheet, as Excel itself would have written it. */
function edited(file: Uint8Array, edit: (xml: string) => string): Uint8Array {
  const parts = unzipSync(file);
  const path = 'xl/worksheets/sheet1.xml';
  return zipSync({ ...parts, [path]: strToU8(edit(strFromU8(parts[path] ?? new Uint8Array()))) });
}

let kit: Kit;
let organiser: Screen;
beforeEach(async () => {
  kit = await createKit();
  organiser = kit.person('bai-zhiyuan');
});
afterEach(() => kit.end());

const person = (id: string) => kit.store.read((tx) => tx.table(members).get(id));
const named = (name: string) =>
  kit.store.read(async (tx) => (await tx.table(members).find({ where: { name }, limit: 10 })).rows);
const count = () => kit.store.read((tx) => tx.table(members).count());

describe('a roster file', () => {
  it('is read with titles above, blank and merged rows, wide spaces, formulas and phones as numbers', async () => {
    const plain = await xlsx([
      ['石桥镇名单（2026年）', null, null, null],
      [],
      ['姓 名', '单位（全称）', '岗位', '手机号'],
      ['王　小 明', '　石桥镇党委　', '联络员', 13800000001],
      ['李红', null, '负责人', '138 0000-0002'],
      [],
      ['FORMULA', '柳湾村党支部', '联络员', '+8613800000003'],
    ]);
    const file = edited(plain, (xml) =>
      xml
        .replace(/(<c r="A7")[^>]*>.*?<\/c>/, '$1 t="str"><f>"赵"&amp;"刚"</f><v>赵刚</v></c>')
        .replace('</sheetData>', '</sheetData><mergeCells count="1"><mergeCell ref="B4:B5"/></mergeCells>'),
    );
    const rows = await readRoster(file);
    expect(rows?.map(({ line, name, unit, role, phone }) => [line, name, unit, role, phone])).toEqual([
      [4, '王小明', '石桥镇党委', '联络员', '13800000001'],
      [5, '李红', '石桥镇党委', '负责人', '13800000002'],
      [7, '赵刚', '柳湾村党支部', '联络员', '13800000003'],
    ]);
    expect(rows?.map(({ notes }) => notes.join())).toEqual([
      '手机是数字格式，按文字读了',
      '单位空着，按上面的“石桥镇党委”',
      '',
    ]);
  });

  it('is none when it is something else, damaged, or unpacks to far more than any roster', async () => {
    expect(
      await readRoster(
        await xlsx([
          ['日期', '金额'],
          ['1', '2'],
        ]),
      ),
    ).toBeUndefined();
    expect(await readRoster(new Uint8Array([1, 2, 3]))).toBeUndefined();
    expect(await readRoster((await xlsx([HEAD])).subarray(0, 900))).toBeUndefined();
    const nulls = edited(await xlsx([HEAD]), () => '\0'.repeat(1_000_000));
    expect(await readRoster(nulls)).toBeUndefined();
  });

  it('is refused in words when it is larger than a roster can be, before it is taken apart', async () => {
    const two = await xlsx([HEAD, ['李晓明', '柳湾村党支部', '联络员', '13800000001', ACCOUNT(1), 'x']]);
    const refused = (file: Uint8Array) => readRoster(file).catch(({ publicMessage }) => publicMessage);
    const cases: [from: string, to: string, said: string][] = [
      ['<row r="2"', '<row r="999999999999"', '最多20,000行，它写到了第999,999,999,999行（空白的也算）'],
      ['<row r="2"', "<row spans='1:6'\n r = '20001'", '最多20,000行，它写到了第20,001行'],
      ['r="F1"', 'r="XFD1"', '最多50列，它写到了第16,384列'],
      ['r="F1"', 'r="AY1"', '最多50列，它写到了第51列'],
      ['r="F1"', 'r="ZZZZZZZ1"', '最多50列，它写到了第8,353,082,582列'],
      ['r="F2"', 'r="F20001"', '最多20,000行，它写到了第20,001行'],
      ['</sheetData>', `${' '.repeat(34_000_000)}</sheetData>`, '解开来太大'],
    ];
    for (const [from, to, said] of cases) {
      const file = edited(two, (xml) => xml.replace(from, to));
      expect(file.length).toBeLessThan(200_000);
      expect(await refused(file), to.slice(0, 40)).toContain(said);
    }
    const last = edited(two, (xml) =>
      xml.replace('r="F1"', 'r="AX1"').replace(/(<row r="|[A-F])2"/g, '$120000"'),
    );
    expect(await readRoster(last)).toMatchObject([{ line: 20_000, name: '李晓明' }]);
  });

  it('unpacks to what the archive says and no further, whoever reads it', async () => {
    const file = await xlsx([HEAD, ['李晓明', '柳湾村党支部', '联络员']]);
    const large = edited(file, (xml) => xml.replace('</sheetData>', `${' '.repeat(5_000_000)}</sheetData>`));
    // The directory says that the sheet has 100 bytes, the entry itself that it has four gigabytes.
    const bytes = Buffer.from(large);
    const name = 'xl/worksheets/sheet1.xml';
    bytes.writeUInt32LE(100, bytes.lastIndexOf(name) - 46 + 24);
    bytes.writeUInt32LE(0xffffffff, bytes.indexOf(name) - 30 + 22);
    expect(await readRoster(bytes)).toBeUndefined();
  });
});

describe('导入名单', () => {
  it('names every row with a problem, changes nothing before the press, and then what fits', async () => {
    expect((await organiser.say('导入名单')).text).toContain('姓名、单位、角色');
    const file = await xlsx([
      HEAD,
      ['李晓明', '柳湾村党支部', '联络员', '13800000001', ACCOUNT(1), null],
      ['', '柳湾村党支部', '联络员'],
      ['甲', '没有这个村', '联络员'],
      ['乙', '柳湾村党支部', '村长'],
      ['丙', '柳湾村党支部', '负责人'],
      ['丁', '石桥镇党委', '联络员', 12345],
      ['李晓明', '柳湾村党支部', '联络员'],
      ['戊', '石桥镇党委', '联络员', null, 'wu@example.com'],
      ['己', '石桥镇党委', '联络员', null, ACCOUNT(1)],
      ['汪海燕', '石桥镇党委', '负责人'],
      ['黄文昌', '柳湾村党支部', '支部书记'],
    ]);
    const before = await count();
    const report = await organiser.send({ '名单.xlsx': file });
    expect(report.text).toContain('新增1人，更新1人，不变1人；有问题8行');
    for (const words of [
      '第3行 没有姓名',
      '第4行 甲：没认出单位“没有这个村”',
      '第5行 乙：角色“村长”不对',
      '第6行 丙：柳湾村党支部没有“负责人”，请写支部书记或联络员',
      '第7行 丁：手机“12345”不是11位手机号',
      '第8行 李晓明：和第2行是同一个人',
      '第9行 戊：Teams账号要填 Entra 对象 ID',
      '第10行 己：这个Teams账号已经是李晓明的',
      '黄长青（石桥镇党委负责人）',
    ])
      expect(report.text).toContain(words);
    expect(wordsOf(report.card)).toContain('第3行');
    expect(await count()).toBe(before);

    expect((await organiser.click('导入')).text).toContain('导入好了');
    expect(await count()).toBe(before + 1);
    expect(await person('wang-haiyan')).toMatchObject({ role: 'head' });
    expect((await named('李晓明'))[0]).toMatchObject({
      phone: '13800000001',
      unit: 'qingshan-shiqiao-liuwan',
    });
    expect(await person('huang-changqing')).toBeDefined();
    expect((await organiser.say('确认导入')).text).toContain('已经导入过');

    // The same list again has nothing left to change.
    const again = await organiser.send({ '名单.xlsx': file });
    expect(again.text).toContain('新增0人，更新0人，不变3人');
  });

  it('updates by id and account without duplicates, moves people, and removes only when told', async () => {
    const file = await xlsx([
      HEAD,
      ['黄文昌', '青石村党支部', '支部书记', null, null, 'huang-wenchang'],
      ['陈德霖', '青石村党支部', '联络员', null, ACCOUNT(7), 'chen-delin'],
      ['新人', '石桥镇党委', '联络员', null, ACCOUNT(8), 'xin-ren'],
      ['新人', '柳湾村党支部', '联络员', null, ACCOUNT(8), 'xin-ren'],
    ]);
    const before = await count();
    const report = await organiser.send({ 'a.xlsx': file });
    expect(report.text).toContain('新增2人，更新2人');
    await organiser.click('导入，并移出不在表上的');
    expect(await person('huang-wenchang')).toMatchObject({ unit: 'qingshan-shiqiao-qingshi' });
    expect(await person('chen-delin')).toMatchObject({ name: '陈德霖', role: 'liaison' });
    expect(await kit.store.read((tx) => tx.table(accounts).get(`teams:${ACCOUNT(7)}`))).toMatchObject({
      person: 'chen-delin',
    });
    expect(await kit.store.read((tx) => tx.table(accounts).count({ person: 'chen-delin' }))).toBe(1);
    expect(await kit.store.read((tx) => tx.table(posts).count({ person: 'xin-ren' }))).toBe(1);
    for (const gone of ['huang-changqing', 'wang-haiyan']) expect(await person(gone)).toBeUndefined();
    expect(await count()).toBe(before + 1 - 2);
    // Units that are not in the list are left alone.
    expect(await person('hao-haitao')).toBeDefined();
  });

  it('is the organiser’s, judged at the press, and an old card does not apply a newer list', async () => {
    const one = await xlsx([HEAD, ['李晓明', '柳湾村党支部', '联络员']]);
    const two = await xlsx([HEAD, ['李晓红', '柳湾村党支部', '联络员']]);
    const township = await kit.person('huang-changqing').send({ 'a.xlsx': one });
    expect(township.text).toMatch(/^文件收到了，可现在没有哪件事要用它。.*名单由市委组织部来导入/);
    const old = await organiser.send({ 'a.xlsx': one });
    await organiser.send({ 'b.xlsx': two });
    expect((await organiser.click('导入', {}, old)).text).toContain('后来又发了一份');
    const liaison = kit.person('guo-yuxia');
    expect((await liaison.say('确认导入')).text).toContain('请看最新的一份');
    await kit.store.transaction(async (tx) => {
      const row = await tx.table(members).get('bai-zhiyuan');
      if (row) await tx.table(members).put({ ...row, unit: 'qingshan' });
    });
    expect((await organiser.click('导入')).refused).toBe(true);
    expect(await named('李晓红')).toEqual([]);
  });

  it('is not even looked into for who may not import it, and what is too much is said to who may', async () => {
    const file = await xlsx([HEAD, ['李晓明', '柳湾村党支部', '联络员']]);
    const hostile = edited(file, (xml) => xml.replace('<row r="2"', '<row r="999999999999"'));
    const words = '这张表太大，没有读';
    for (const who of ['huang-changqing', 'huang-wenchang']) {
      const { text } = await kit.person(who).send({ 'a.xlsx': hostile });
      expect(text).not.toContain(words);
      expect(text).toContain('名单由市委组织部来导入');
    }
    expect((await organiser.send({ 'a.xlsx': hostile })).text).toContain(words);
    // What the first look does not see grows until the other process is ended.
    const hidden = edited(file, (xml) => xml.replace('<row r="2"', '<row r="&#57;99999999999"'));
    expect((await organiser.send({ 'a.xlsx': hidden })).text).toContain('这个文件打不开');
    expect(kit.complaints.splice(0)).toMatchObject([[{ err: {} }, 'a file could not be read']]);
    expect((await organiser.send({ 'a.xlsx': file })).text).toContain('新增1人');
  });

  it('says what is missing where no list was found, of which list it is too long, and whom it would rename', async () => {
    const { text } = await organiser.send({
      'a.xlsx': await xlsx([
        ['姓名', '单位'],
        ['甲', '柳湾村党支部'],
      ]),
    });
    expect(text).toMatch(/^没看出这是哪种表。.*；名单要有姓名、单位、角色。请对一下列名，改好再发。书记档案/);
    const long = edited(await xlsx([HEAD]), (xml) => xml.replace('<row r="1"', '<row r="20001"'));
    const said = (await organiser.send({ 'a.xlsx': long })).text;
    expect(said).toContain('名单最多20,000行');
    expect(said).not.toContain('文件收到了');
    const list = await xlsx([HEAD, ['甲', '柳湾村党支部', '支部书记', '', '', 'huang-wenchang']]);
    const renames = (await organiser.send({ 'a.xlsx': list })).text;
    expect(renames).toContain('第2行 甲：这个编号是黄文昌的，导入后改叫甲');
  });

  it('never removes the one who imports', async () => {
    await organiser.send({ 'a.xlsx': await xlsx([HEAD, ['郭玉霞', '市委组织部', '联络员']]) });
    expect((await organiser.click('导入，并移出不在表上的')).text).toContain('表上没有您自己');
    expect(await person('bai-zhiyuan')).toBeDefined();
  });

  describe('of 5,000 rows', () => {
    const units = ['石桥镇党委', '柳湾村党支部', '青石村党支部', '市公安局', '青山县委'];
    const many = () =>
      Array.from({ length: 5_000 }, (_, i) => [
        `某${i}`,
        units[i % 5] ?? '',
        '联络员',
        13800000000 + i,
        ACCOUNT(i),
        `p-${i}`,
      ]);
    /** How many rows of the store the longest body touched: others wait for that long. */
    let longest: number;
    /** Whether the transaction that begins is to fail. */
    let stop: () => boolean;
    beforeEach(() => {
      longest = 0;
      stop = () => false;
      for (const method of ['read', 'transaction'] as const) {
        const run = kit.store[method].bind(kit.store);
        vi.spyOn(kit.store, method).mockImplementation((body: (tx: Tx) => Promise<unknown>) =>
          run(async (tx) => {
            let touched = 0;
            if (method === 'transaction' && stop()) throw new Error('the power is gone');
            const counting: Tx = Object.create(tx, {
              table: {
                value: (table: AnyTable) => {
                  touched += 1;
                  return tx.table(table);
                },
              },
            });
            const result = await body(counting);
            longest = Math.max(longest, touched);
            return result;
          }),
        );
      }
    });

    /** What the organiser hears, once it begins like this. */
    const heard = (words: RegExp) =>
      vi.waitFor(
        async () => {
          await kit.bot.pump();
          const { text } = await organiser.last();
          expect(text).toMatch(words);
          return text;
        },
        { timeout: 20_000, interval: 20 },
      );

    it('is looked at and applied some at a time, says how far it is, and what came of it', async () => {
      const before = await count();
      await organiser.send({ 'a.xlsx': await xlsx([HEAD, ...many()]) });
      expect(await heard(/^名单看过了，共5000行/)).toContain('新增5000人');
      const shown: string[] = [];
      const { update } = kit.channel;
      kit.channel.update = async (place, message, now) => {
        shown.push(wordsOf(now.card));
        await update(place, message, now);
      };
      expect((await organiser.click('导入')).text).toBe('正在导入，共5000行，好了告诉您。');
      await heard(/^导入好了\n新增5000人/);
      expect(shown.at(-1)).toContain('处理完了');
      expect(await named('某4999')).toHaveLength(1);
      expect(await count()).toBe(before + 5_000);
      expect(longest).toBeLessThan(5_000);
      expect((await organiser.say('确认导入')).text).toContain('已经导入过');
    }, 60_000);

    it('goes on where it stopped, changes nothing twice, and says the whole of it', async () => {
      const before = await count();
      await organiser.send({ 'a.xlsx': await xlsx([HEAD, ...many()]) });
      await heard(/^名单看过了/);
      let steps = 0;
      stop = () => {
        steps += 1;
        return steps === 20;
      };
      await organiser.click('导入');
      await vi.waitFor(() => expect(kit.complaints).toHaveLength(1), { timeout: 20_000, interval: 20 });
      expect(kit.complaints.splice(0)).toMatchObject([[{ attempts: 1 }, 'a job failed']]);
      const half = (await count()) - before;
      expect(half).toBeGreaterThan(0);
      expect(half).toBeLessThan(5_000);
      const again = await organiser.say('确认导入');
      expect(again.text).toContain('正在导入');
      await kit.tick('2026-11-20', '09:02');
      await heard(/^导入好了\n新增5000人/);
      expect(await count()).toBe(before + 5_000);
    }, 60_000);
  });
});

describe('npm run members:import', () => {
  it('says what would change, changes it with --apply, and once', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'huishang-'));
    const file = join(dir, 'roster.xlsx');
    await writeFile(file, await xlsx([HEAD, ['李晓明', '柳湾村党支部', '联络员'], ['甲', '没有', '联络员']]));
    const tool = await bundled(new URL('../../src/tools/members.ts', import.meta.url).pathname);
    const run = async (...args: string[]) => {
      const child = spawn(process.execPath, [tool, ...args], {
        cwd: new URL('../..', import.meta.url).pathname,
        env: { PATH: process.env.PATH, DATA_DIR: join(dir, 'data') },
      });
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += data));
      const code = await new Promise((resolve) => child.on('close', resolve));
      return { code, out };
    };
    const { openStore } = await import('../../src/engine.ts');
    const { readConfig } = await import('../../src/config.ts');
    const { loadCity } = await import('../../src/features/members/index.ts');
    const none = () => undefined;
    const open = () =>
      openStore(readConfig({ DATA_DIR: join(dir, 'data') }), 'lowdb', {
        debug: none,
        info: none,
        warn: none,
        error: none,
      });
    const store = await open();
    await loadCity(store, new URL('../../data/demo', import.meta.url).pathname);
    await store.close();

    const dry = await run(file);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.out).toContain('新增1人');
    expect(dry.out).toContain('第3行 甲：没认出单位“没有”');
    expect(dry.out).toContain('Nothing was changed');
    expect((await run(file, '--apply')).out).toContain('done: 1 added, 0 changed');
    expect((await run(file, '--apply')).out).toContain('done: 0 added, 0 changed');
    expect((await run()).code).toBe(2);
    expect((await run(join(dir, 'data', 'huishang.json'))).code).toBe(2);
    const after = await open();
    expect(await after.read((tx) => tx.table(members).count())).toBe(265);
    await after.close();
    await rm(dir, { recursive: true });
  }, 60_000);
});
