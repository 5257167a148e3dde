/** 我的数据, and what is forgotten of who left: each table says whose its rows are and what becomes of them. */
import readXlsx from 'read-excel-file/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { tablesOf } from '../../src/bot/bot.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { DAYS_AFTER_LEAVING, FORGOTTEN, leavers } from '../../src/bot/jobs/forget.ts';
import { lookupsOf, rowsAbout } from '../../src/bot/jobs/people.ts';
import { audit } from '../../src/bot/turn/tables.ts';
import { allTables } from '../../src/engine.ts';
import { features } from '../../src/features/index.ts';
import { issueEvents, issues } from '../../src/features/issues/model.ts';
import { members } from '../../src/features/members/model.ts';
import { opinions } from '../../src/features/opinions/model.ts';
import { team } from '../../src/features/rectification/model.ts';
import { checkins } from '../../src/features/tasks/model.ts';
import { addDays } from '../../src/lib/dates.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { type AnyTable, defineTable } from '../../src/store/store.ts';
import { createKit, type Kit, type Screen, wordsOf } from '../kit.ts';
import { fieldsSeen, saidAs, undeclared } from '../people.ts';

const [SECRETARY, TOWNSHIP] = ['huang-wenchang', 'huang-changqing'] as const;
const TODAY = '2026-11-20';
let kit: Kit;
let secretary: Screen;
let township: Screen;

beforeEach(async () => {
  kit = await createKit({ day: TODAY });
  [secretary, township] = kit.people(SECRETARY, TOWNSHIP);
});
afterEach(() => kit.end());

const people = async () => {
  const { rows } = await kit.store.read((tx) => tx.table(members).find({ order: 'name', limit: 1000 }));
  return new Set(rows.map(({ id }) => id));
};

/** An issue from beginning to end, a check-in, an opinion, a setting, a chat with the bot. */
async function live(): Promise<void> {
  await secretary.say('上报 村口路灯坏了');
  await secretary.click('提交', { aspect: '物', star: 'pingan-fazhi', source: '自查' });
  await township.say('受理 WT-2026-0001');
  await township.say('办结 WT-2026-0001 换了灯泡');
  await secretary.say('核验通过 WT-2026-0001');
  await township.say('下达任务 入户走访');
  await township.click('下达', { standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' });
  await township.click('下达');
  await secretary.say('打卡 入户走访 35户 去了三组');
  await secretary.say('意见 表太多');
  await secretary.click('提交');
  await secretary.say('提醒时段 09:00 17:30');
}

/** The lines of somebody's 我的数据. */
async function ownData(who: Screen): Promise<readonly (readonly string[])[]> {
  await who.say('我的数据');
  const card = await vi.waitFor(
    async () => {
      await kit.bot.pump();
      const shown = JSON.stringify((await who.last()).card ?? {});
      expect(shown).toContain('kit.example/d/');
      return shown;
    },
    { timeout: 30_000, interval: 20 },
  );
  const file = await kit.bot.download(/kit\.example\/d\/([\w-]+)/.exec(card)?.[1] ?? '');
  if (typeof file === 'string') throw new Error(file);
  expect(file.name).toMatch(/^我的数据 .+ 2026-11-20\.xlsx$/);
  const sheets = (await readXlsx(Buffer.from(file.body))) as unknown as { data: unknown[][] }[];
  const rows = sheets[0]?.data ?? (sheets as unknown as unknown[][]);
  return rows
    .slice(1)
    .map((row) => row.map((cell) => (cell instanceof Date ? cell.toISOString() : `${cell ?? ''}`)));
}

describe('我的数据', () => {
  it('is a file with every row about me, by the tables’ own word, and nobody else’s words', async () => {
    await live();
    await kit.person('chen-delin').say('意见 青石村的事');
    await kit.person('chen-delin').click('提交');
    const lines = await ownData(secretary);
    const of = (kind: string) => lines.filter(([title]) => title === kind).map((line) => line.join(' '));
    expect(of('名单').join()).toContain('黄文昌');
    expect(of('问题')).toEqual([expect.stringContaining('WT-2026-0001 标题：村口路灯坏了')]);
    expect(of('问题的经过').join()).toContain('上报');
    expect(of('报的进展').join()).toContain('数量：35；内容：去了三组');
    expect(of('意见').join()).toContain('YJ-2026-0001');
    expect(of('提醒时段').join()).toContain('09:00');
    expect(of('收到的消息').join()).toContain('入户走访');
    expect(of('操作记录').length).toBeGreaterThan(3);
    expect(lines.join()).not.toContain('青石村的事');

    // As many as there are, found in another way: by going through the whole store.
    const fields = new Map(lookupsOf(allTables()).map(({ table }) => [table.name, table.people]));
    const rows: string[] = [];
    for await (const item of kit.store.export()) {
      const declared = 'series' in item ? undefined : fields.get(item.table);
      if ('series' in item || typeof declared !== 'object') continue;
      const { row } = item as { row: unknown } as { row: Record<string, unknown> };
      if (declared.fields.some(({ field }) => row[field] === SECRETARY)) rows.push(item.table);
    }
    // The conversation's own row is found by the chat, too; what came of asking itself came after the file.
    expect(lines.length).toBeGreaterThanOrEqual(rows.length - 4);
    expect(lines.length).toBeLessThanOrEqual(rows.length);
  });

  it('tells of what I did to others’ records that it is there, not what it says', async () => {
    await kit.person('chen-delin').say('意见 青石村的事');
    await kit.person('chen-delin').click('提交');
    const organiser = kit.person('bai-zhiyuan');
    await organiser.say('答复 YJ-2026-0001 正在改');
    const lines = await ownData(organiser);
    const answered = lines.filter(([title]) => title === '意见（只告诉您有这一条）');
    expect(answered).toHaveLength(1);
    expect(answered.join()).toContain('YJ-2026-0001');
    expect(answered.join()).not.toContain('青石村');
  });

  it('says everything in words: names, titles, local time', async () => {
    await live();
    const county = kit.person('hao-haitao');
    await county.say('意见 wifi总断');
    await county.click('提交');
    await kit.store.transaction((tx) =>
      tx.table(team).put({ id: 'x', case: 'ZD-2026-0001', person: SECRETARY, to: '2026-12-01' }),
    );
    const lines: (readonly string[])[] = [];
    for (const who of [secretary, township, county, kit.person('bai-zhiyuan')])
      lines.push(...(await ownData(who)));
    expect(lines.flat().filter((cell) => /[a-z]{2,}/.test(cell.replace(/Teams|wifi总断/g, '')))).toEqual([]);
    expect(lines).toContainEqual(['派驻', '2026-12-01T00:00:00.000Z', '', '整顿对象：ZD-2026-0001']);
    const all = lines.map((line) => line.at(-1)).join('\n');
    expect(all).not.toMatch(/9999|T\d\d:|\||内容：内容/);
    for (const said of [
      ...['星：平安法治星', '办结人：黄长青', '销号时间：2026-11-20 09:00', '来自：石桥镇党委'],
      ...['操作：上报；状态：已结束', '平台：网页', '平台：Teams', '姓名：郝海涛', '内容：wifi总断'],
      '范围：上级单位：石桥镇党委，支部种类：村、社区；单位数：9',
    ])
      expect(all).toContain(said);
  });

  it('goes to nobody else, and to nobody who is not known', async () => {
    await live();
    await ownData(secretary);
    const stranger = kit.person('somebody');
    expect((await stranger.say('我的数据')).text).toContain('绑定');
    const theirs = await ownData(kit.person('chen-delin'));
    expect(theirs.join()).not.toMatch(/村口路灯|表太多|去了三组/);
    const group = kit.in('qingshan-shiqiao', SECRETARY);
    expect((await group.say('我的数据')).text).toContain('单聊');
  });

  it('comes page by page, each row once, and looks at no others', async () => {
    const seen: number[] = [];
    await kit.store.transaction(async (tx) => {
      for (let n = 0; n < 1_000; n++) {
        const person = n % 4 === 0 ? SECRETARY : `p${n}`;
        await tx.table(issueEvents).put({
          ...{ id: `e${n}`, issue: 'WT-2026-0001', at: `2026-11-01T00:00:00.${String(n).padStart(3, '0')}Z` },
          ...{ person, name: '', unitName: '', what: '受理', words: `第${n}条` },
        });
      }
    });
    const lookup = lookupsOf([issueEvents])[0];
    if (!lookup) throw new Error('events declare no people');
    let cursor: string | undefined;
    do {
      const page = await kit.store.read((tx) =>
        rowsAbout(tx, lookup, { ids: [SECRETARY], chats: [] }, 100, cursor),
      );
      seen.push(page.rows.length);
      cursor = page.next;
    } while (cursor);
    expect(seen).toEqual([100, 100, 50]);
    const lines = await ownData(secretary);
    expect(new Set(lines.filter(([kind]) => kind === '问题的经过').map((line) => line.join())).size).toBe(
      250,
    );
  });
});

describe('a table', () => {
  it('that holds somebody’s id says so, or the test of the matrix and this one name it', async () => {
    await live();
    await ownData(secretary);
    await kit.tick('2026-11-23', '08:30');
    expect(await undeclared(kit.store, await people())).toEqual([]);

    const forgotten = defineTable({
      name: 'forgotten',
      schema: z.object({ id: z.string(), who: z.string(), words: z.string() }),
      indexes: [],
      keep: 'for ever: because it is made for this test',
    });
    const dir = `${kit.dir}/second`;
    const tables = [...tablesOf(features), forgotten];
    const store = await openLowdb({ dir, tables });
    await store.transaction((tx) =>
      tx.table(forgotten).put({ id: `x|${SECRETARY}`, who: SECRETARY, words: '' }),
    );
    expect(await undeclared(store, await people())).toEqual(['forgotten.id', 'forgotten.who']);
    await store.close();
  });

  it('of which a person sees the rows has a word for each field, or says that it is left out', () => {
    const unnamed = fieldsSeen()
      .filter(({ path }) => !/^(事实[A-D]|\p{Script=Han}+)：有$/u.test(saidAs(path, '有')))
      .map(({ path }) => path.join('.'));
    expect(unnamed).toEqual([]);
    const named = fieldsSeen().map(({ path }) => path.at(-1));
    expect(named).toEqual(expect.arrayContaining(['title', 'extension', 'difficulty', 'helped']));
  });

  it('of which a person sees the rows has a word for each value, that of the cards', () => {
    const values = fieldsSeen().flatMap(({ path, values: all }) =>
      all.filter((value) => /[a-z]/i.test(String(value))).map((value) => [path, value] as const),
    );
    const unnamed = values.filter(([path, value]) => !/：.*\p{Script=Han}/u.test(saidAs(path, value)));
    expect(unnamed).toEqual([]);
    expect(values.length).toBeGreaterThan(100);
  });

  it('is told of with what people typed as they typed it, and without keys that only a machine can read', () => {
    for (const typed of ['once', '9999', '2026-11-20T01:00:00.000Z', 'a|b', 'zzb'])
      expect(saidAs(['tasks', 'title'], typed)).toBe(`标题：${typed}`);
    expect(saidAs(['issues', 'closedAt'], '2026-11-20T16:30:00.000Z')).toBe('销号时间：2026-11-21 00:30');
    expect(saidAs(['checkins', 'period'], '2026-W07')).toBe('期：2026年第7周');
    expect(saidAs(['pairs', 'quarters'], [{ period: '2026-Q4', helped: true, on: '2026-12-01' }])).toBe(
      '各季度：（期：2026年第四季度，帮上了：是，日期：2026-12-01）',
    );
    expect(saidAs(['files', 'about'], 'checkin:RW-2026-0001|once|liuwan')).toBe('关于：RW-2026-0001');
    for (const key of ['form:id-000001', 'webchat|p:x', '9999-12-31', 'once', ''])
      expect(saidAs(['files', 'about'], key)).toBe('');
  });

  it('declares each field that is called as if it held a person', () => {
    const called = /^(person|by|who|reporter|convener|author|leader|inspector|member)s?$|By$/;
    const silent = (allTables() as AnyTable[]).flatMap(({ name, schema, people: declared }) => {
      const known = typeof declared === 'object' ? declared.fields.map(({ field }) => field) : [];
      const fields = Object.keys((schema as z.ZodObject).shape).filter((field) => called.test(field));
      return typeof declared === 'string'
        ? []
        : fields.filter((field) => !known.includes(field)).map((field) => `${name}.${field}`);
    });
    expect(silent).toEqual([]);
  });

  it('is asked by an index, and keeps what waits for its term no longer than that', () => {
    for (const { table, field, at } of lookupsOf(allTables() as AnyTable[])) {
      const served = field.field === 'id' || table.indexes.some(({ on }) => String(on) === field.field);
      expect(served, `${table.name}.${field.field}`).toBe(true);
      if (field.left === 'term') expect(table.keep, table.name).toBeTypeOf('object');
      if (at) expect(Object.keys((table.schema as z.ZodObject).shape)).toContain(at);
    }
  });

  it('of audit and delivery keeps its rows for 180 days at least', () => {
    for (const { name, keep } of [audit, outbox] as AnyTable[])
      expect(typeof keep === 'object' && keep.days, name).toBeGreaterThanOrEqual(180);
  });
});

describe('who has left', () => {
  const get = <T>(work: (tx: Parameters<Parameters<Kit['store']['read']>[0]>[0]) => Promise<T>) =>
    kit.store.read(work);
  async function leave(): Promise<void> {
    await live();
    await township.say('移出 黄文昌');
    await township.click('移出');
    await kit.bot.tick();
  }
  /** Where the person's id still stands, in what declares it. */
  async function left(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const lookup of lookupsOf(allTables() as AnyTable[])) {
      const known = tablesOf(features);
      if (!known.includes(lookup.table)) continue;
      const whose = { ids: [SECRETARY], chats: [`webchat|p:${SECRETARY}`] };
      const { rows } = await get((tx) => rowsAbout(tx, lookup, whose, 100));
      if (rows.length > 0) found.push(lookup.table.name);
    }
    return [...new Set(found)].sort();
  }
  const daysLater = (days: number) => kit.tick(addDays(TODAY, days), '09:01');

  it('is forgotten after the term: what is theirs goes, what is the public’s stays with the post', async () => {
    await leave();
    await daysLater(DAYS_AFTER_LEAVING - 1);
    expect(await left()).toContain('opinions');
    expect((await get((tx) => tx.table(issues).get('WT-2026-0001')))?.reporter).toBe(SECRETARY);

    await daysLater(DAYS_AFTER_LEAVING + 1);
    // The law wants audit and delivery kept; they go by their own term.
    expect((await left()).filter((name) => !['audit', 'outbox'].includes(name))).toEqual([]);
    expect(await get((tx) => tx.table(opinions).count())).toBe(0);
    expect((await get((tx) => tx.table(issues).get('WT-2026-0001')))?.reporter).toBe(FORGOTTEN);
    const where = { issue: 'WT-2026-0001' };
    const { rows } = await get((tx) => tx.table(issueEvents).find({ where, order: 'at', limit: 10 }));
    const theirs = rows.filter(({ person }) => person === FORGOTTEN);
    expect(theirs.length).toBeGreaterThanOrEqual(2);
    expect(new Set(theirs.map(({ name }) => name))).toEqual(new Set(['柳湾村党支部支部书记']));
    expect(rows.filter(({ name }) => name === '黄长青').length).toBeGreaterThanOrEqual(2);
    const checkin = (
      await get((tx) =>
        tx.table(checkins).find({ limit: 1, where: { unit: 'qingshan-shiqiao-liuwan' }, order: 'at' }),
      )
    ).rows[0];
    expect(checkin).toMatchObject({ name: '柳湾村党支部支部书记', amount: 35, words: '去了三组' });
    const card = wordsOf((await township.say('WT-2026-0001')).card);
    expect(card).toContain('村口路灯坏了');
    expect(card).toContain('柳湾村党支部');
    expect(card).not.toMatch(/黄文昌|left/);
    expect(await get((tx) => tx.table(leavers).count())).toBe(0);
  });

  it('and comes back before the term is not forgotten', async () => {
    await leave();
    await kit.store.transaction((tx) =>
      tx
        .table(members)
        .put({ id: SECRETARY, name: '黄文昌', unit: 'qingshan-shiqiao-liuwan', role: 'secretary' }),
    );
    await daysLater(DAYS_AFTER_LEAVING + 1);
    expect((await get((tx) => tx.table(issues).get('WT-2026-0001')))?.reporter).toBe(SECRETARY);
    expect(await get((tx) => tx.table(leavers).count())).toBe(0);
  });

  it('is forgotten some rows at a time, however many there are', async () => {
    await leave();
    await kit.store.transaction(async (tx) => {
      for (let n = 0; n < 450; n++)
        await tx.table(issueEvents).put({
          ...{ id: `e${n}`, issue: 'WT-2026-0001', at: '2026-11-01T00:00:00Z', person: SECRETARY },
          ...{ name: '黄文昌', unitName: '', what: '受理', words: '' },
        });
    });
    await daysLater(DAYS_AFTER_LEAVING + 1);
    expect((await left()).filter((name) => !['audit', 'outbox'].includes(name))).toEqual([]);
  });
});
