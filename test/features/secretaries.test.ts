/** Records of secretaries: who may see them, trainings from an .xlsx, what the county concludes, the trial sum of pay. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import writeXlsx from 'write-excel-file/node';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { audit } from '../../src/bot/turn/tables.ts';
import { profiles } from '../../src/features/branches/index.ts';
import { members, posts } from '../../src/features/members/model.ts';
import { PAY, payTable, secretaries, trialPay, yearAfter } from '../../src/features/secretaries/model.ts';
import { sheetDay } from '../../src/features/secretaries/plan.ts';
import { createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
const HEAD = ['支部', '姓名', '任职时间', '培训', '培训时间', '天数', '荣誉', '荣誉时间'];
type Row = readonly (string | number | null)[];
const xlsx = async (...rows: readonly Row[]) =>
  new Uint8Array(
    await writeXlsx(
      [HEAD, ...rows].map((row) =>
        row.map((value) =>
          value === null ? null : typeof value === 'number' ? { value, type: Number } : { value },
        ),
      ),
    ).toBuffer(),
  );

let kit: Kit;
let county: Screen; // 青山县, head
let township: Screen; // 石桥镇, head
let himself: Screen; // 柳湾村
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-23' });
  [county, township, himself] = kit.people('hao-haitao', 'huang-changqing', 'huang-wenchang');
});
afterEach(() => kit.end());

const words = async (who: Screen, text: string) => {
  const { text: said, card } = await who.say(text);
  return `${said}\n${card ? wordsOf(card) : ''}`;
};
const imported = async (...rows: Row[]) => {
  await county.send({ '书记.xlsx': await xlsx(...rows) });
  return county.click('导入');
};

describe('书记', () => {
  it('is seen by the person, the head of the township and the county, and to nobody else is there such a name', async () => {
    await imported([
      '柳湾村',
      '黄文昌',
      '2021-03-12',
      '县委党校轮训班',
      '2026-05-08',
      3,
      '县优秀党务工作者',
      '2025-07-01',
    ]);
    for (const who of [county, township, himself, kit.person('huang-chunyan')]) {
      const said = await words(who, '书记 黄文昌');
      expect(said).toContain('2021年3月12日任职，5年');
      expect(said).toContain('5月8日 县委党校轮训班（3天）');
      expect(said).toContain('县优秀党务工作者');
    }
    // The liaison of the township, a neighbour, another county, departments, the organiser.
    const others = ['wang-haiyan', 'chen-delin', 'du-hongbin', 'guo-chengye', 'bai-zhiyuan'];
    for (const id of others) {
      const who = kit.person(id);
      const known = await who.say('书记 黄文昌');
      const unknown = await who.say('书记 诸葛无人');
      expect(known.text.replace('黄文昌', '…')).toBe(unknown.text.replace('诸葛无人', '…'));
      const press = await who.press('secretaries.show', { secretary: `${LIUWAN}|huang-wenchang` });
      const made = await who.press('secretaries.show', { secretary: `${LIUWAN}|nobody` });
      expect(press).toMatchObject({ refused: true });
      expect(JSON.stringify(press)).toBe(JSON.stringify(made));
      expect(await words(who, '待办')).not.toContain('评估');
    }
    // Not in a group, not even its own.
    expect((await kit.in('qingshan-shiqiao', 'huang-changqing').say('书记 黄文昌')).text).toContain('单聊');
  });

  it('lists for a head the branches of the township, for a county what is due and its townships, for others nothing', async () => {
    const below = await words(township, '书记');
    expect(below).toContain('共9位');
    expect(below).toContain('黄文昌 柳湾村党支部');
    expect(await words(county, '书记')).toContain('点一个乡镇');
    expect(wordsOf((await county.click('石桥镇党委')).card)).toContain('黄文昌 柳湾村党支部');
    expect(await words(himself, '书记')).toContain('黄文昌 柳湾村党支部书记');
    for (const id of ['wang-haiyan', 'guo-chengye', 'bai-zhiyuan'])
      expect(await words(kit.person(id), '书记')).not.toContain('柳湾村');
  });

  it('of one name are told apart by their branches, and who left is nobody’s', async () => {
    await kit.store.transaction(async (tx) => {
      const same = await tx.table(members).get('chen-delin');
      if (same) await tx.table(members).put({ ...same, name: '黄文昌' });
    });
    expect(await words(county, '书记 黄文昌')).toContain('共2位');
    expect(await words(county, '书记 黄文昌 青石村')).toContain('黄文昌 青石村党支部书记');
    // Each of the two sees one.
    expect(await words(himself, '书记 黄文昌')).toContain('黄文昌 柳湾村党支部书记');
    const refused = await words(county, '回头看 黄文昌 资格审查都合格');
    expect(refused).toContain('请在后面写上支部');
    await kit.store.transaction(async (tx) => {
      const gone = await tx.table(members).get('chen-delin');
      if (gone) await tx.table(members).delete(gone);
    });
    expect(await words(county, '书记 黄文昌')).toContain('黄文昌 柳湾村党支部书记');
    const late = await county.press('secretaries.show', { secretary: 'qingshan-shiqiao-qingshi|chen-delin' });
    expect(late).toMatchObject({ refused: true });
  });
});

describe('导入书记', () => {
  it('says first what it would change, changes it when asked to, and nothing when sent again', async () => {
    const file = await xlsx(
      ['柳湾村', '黄文昌', '2021年3月', '县委党校轮训班', '2026-05-08', 3, null, null],
      ['柳湾村', '黄 文昌', null, '县委党校轮训班', '2026.5.8', '3天', null, null],
      ['柳湾村党支部', '黄文昌', null, null, null, null, '县优秀党务工作者', '2025-07-01'],
      ['青石村', '陈德林', null, '=HYPERLINK("http://a.example","点我")', '2026-05-08', null, null, null],
      ['青石村', '黄文昌', null, '轮训班', '2026-05-08', null, null, null],
      ['溪口村', '某某', null, '轮训班', '2026-05-08', null, null, null],
      ['青石村', '陈德林', '2027-01-01', null, null, null, null, null],
      ['青石村', '陈德林', null, '轮训班', '去年', null, null, null],
      ['青石村', '陈德林', null, '轮训班 13800001234', '2026-05-08', null, null, null],
      ['青石村', '陈德林', null, null, null, null, null, null],
    );
    await county.send({ '书记.xlsx': file });
    const look = wordsOf((await county.last()).card);
    expect(look).toContain('更新2位书记（2条培训、1项荣誉、1个任职时间），不变1行；有问题6行');
    expect(look).toContain('第6行 青石村 黄文昌：名单上现在不是这个支部的书记');
    expect(look).toContain('第8行 青石村 陈德林：任职时间在今天以后');
    expect(look).toContain('培训时间“去年”没看懂');
    expect(look).toContain('像有手机号');
    const kept = () => kit.store.read((tx) => tx.table(secretaries).get(`${LIUWAN}|huang-wenchang`));
    expect(await kept()).toBeUndefined();
    await county.click('导入');
    expect(await kept()).toMatchObject({ since: '2021-03-01', trainings: [{ on: '2026-05-08', days: 3 }] });
    // What looks like a formula is words.
    expect(await words(county, '书记 陈德林')).toContain('=HYPERLINK');
    await county.send({ '书记.xlsx': file });
    expect(wordsOf((await county.last()).card)).toContain('更新0位书记，不变4行');
    expect((await county.say('确认导入书记')).text + wordsOf((await county.last()).card)).toContain(
      '更新0位',
    );
    expect((await county.say('确认导入书记')).text).toContain('已经导入过');
  });

  it('is the county’s, for its own branches', async () => {
    const file = await xlsx(['柳湾村', '黄文昌', '2021-03-12', null, null, null, null, null]);
    for (const who of [township, kit.person('bai-zhiyuan')]) {
      await who.send({ '书记.xlsx': file });
      expect((await who.last()).text).toContain('书记档案由县区来导入');
    }
    await himself.send({ '书记.xlsx': file });
    expect((await himself.say('确认导入书记')).text).toContain('书记档案由县区来导入');
    const other = kit.person('du-hongbin');
    await other.send({ '书记.xlsx': file });
    expect(wordsOf((await other.last()).card)).toContain('不归您单位管');
  });

  it('reads the days that sheets have', () => {
    const days = {
      '2021-03-05T00:00:00.000Z': '2021-03-05',
      '1998年9月': '1998-09-01',
      '2021.3.5': '2021-03-05',
    };
    for (const [said, day] of Object.entries(days)) expect(sheetDay(said)).toBe(day);
    for (const said of ['', '2021', '2021-02-30', '2021-13', '去年', '20210305'])
      expect(sheetDay(said)).toBeUndefined();
  });
});

describe('换届后评估 and 回头看', () => {
  it('comes to the county a year after, once, without a name in the message', async () => {
    await imported(['柳湾村', '黄文昌', '2025-11-28', null, null, null, null, null]);
    expect(await words(county, '待办')).not.toContain('评估');
    expect(await words(county, '换届后评估 黄文昌 班子团结')).toContain('11月28日起可以写');
    // The day is a Saturday.
    await kit.tick('2026-11-27', '08:30');
    await kit.tick('2026-11-30', '08:30');
    await kit.tick('2026-12-01', '08:30');
    const digests = await kit.store.read((tx) =>
      tx.table(outbox).find({
        where: { person: 'hao-haitao', day: ['2026-11-30', '2026-12-01'], kind: 'digest' },
        limit: 50,
      }),
    );
    const lines = digests.rows
      .flatMap((row) => row.lines)
      .filter(({ rhythm }) => rhythm === 'secretaries.due');
    expect(lines.map(({ title, ask }) => `${title}${ask}`)).toEqual(['有书记任职满一年请做换届后评估']);
    expect(await words(county, '待办')).toContain('黄文昌 柳湾村党支部');
    expect(await words(township, '待办')).not.toContain('评估');

    expect(await words(county, '换届后评估 黄文昌 身份证410102199001011234')).toContain('身份证号');
    expect(await words(county, '换届后评估 黄文昌 班子团结，群众认可')).toContain('记下了黄文昌的换届后评估');
    expect(await words(county, '待办')).not.toContain('评估');
    expect(await words(himself, '书记')).toContain('班子团结，群众认可（青山县委负责人，12月1日）');
    await county.say('回头看 黄文昌');
    await county.click('保存', { words: '资格都合格' });
    expect(await words(township, '书记 黄文昌')).toContain('资格都合格');
    // The trail says of which branch, and no more.
    const { rows } = await kit.store.read((tx) =>
      tx.table(audit).find({ order: 'at', desc: true, limit: 10 }),
    );
    const trail = JSON.stringify(rows.filter(({ op }) => op.startsWith('secretaries')));
    expect(trail).toContain(LIUWAN);
    expect(trail).not.toMatch(/团结|huang-wenchang/);
    // A new term is assessed anew.
    await imported(['柳湾村', '黄文昌', '2025-12-01', null, null, null, null, null]);
    expect(await words(county, '待办')).toContain('黄文昌 柳湾村党支部');
  });

  it('is nobody’s own, and not the township’s', async () => {
    await kit.store.transaction(async (tx) => {
      await tx
        .table(posts)
        .put({ id: `hao-haitao|${LIUWAN}`, person: 'hao-haitao', unit: LIUWAN, role: 'secretary' });
    });
    expect(await words(county, '回头看 郝海涛 都好')).toContain('不能给自己写');
    expect(await words(township, '回头看 黄文昌 都好')).toContain('由上级县区来办');
    expect(await words(himself, '回头看 黄文昌 都好')).toContain('由县区的负责人或联络员来办');
  });
});

describe('the trial sum of pay', () => {
  it('comes with audited income and its source, and says what it is', async () => {
    const profile = {
      lng: null,
      lat: null,
      industries: [],
      households: null,
      on: '2026-11-20',
      by: 'qingshan',
    };
    const known = await kit.store.read((tx) => tx.table(profiles).get(LIUWAN));
    const put = (source: string) =>
      kit.store.transaction(async (tx) => {
        const now = await tx.table(profiles).get(LIUWAN);
        await tx
          .table(profiles)
          .put({ ...profile, ...now, id: LIUWAN, income: [{ year: 2025, amount: 12.6, source }] });
      });
    await put('');
    expect(known).toBeDefined();
    expect(await words(himself, '书记')).toContain('还没有审计过的集体收入，不测算');
    await put('县审计局报告');
    expect(await words(himself, '书记')).toContain(
      '仅测算：2025年集体收入12.6万元（县审计局报告），按2026版第3档（示例标准，以本地文件为准），一年37200元',
    );
  });

  it('takes the last tier that is reached, and no table that is out of order', () => {
    const at = (amount: number) => trialPay([{ year: 2025, amount, source: '审计' }])?.yearly;
    expect([0, 4.99, 5, 19.9, 20, 1000].map(at)).toEqual([26400, 26400, 31200, 37200, 45600, 57600]);
    expect(at(-1)).toBeUndefined();
    expect(trialPay([])).toBeUndefined();
    const tiers = (...from: number[]) => ({ ...PAY, tiers: from.map((one) => ({ from: one, yearly: 1 })) });
    for (const bad of [tiers(), tiers(1), tiers(0, 5, 5), tiers(0, 9, 5)])
      expect(payTable.safeParse(bad).success).toBe(false);
    expect(yearAfter('2024-02-29')).toBe('2025-02-28');
  });
});
