/** A store folder that the version before has written opens, and its story goes on (see test/fixtures/README.md). */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { forms } from '../../src/bot/cards/form-rows.ts';
import { exportsTable } from '../../src/bot/files/tables.ts';
import { formerTables } from '../../src/bot/jobs/adopt.ts';
import { jobs } from '../../src/bot/jobs/job.ts';
import { allTables } from '../../src/engine.ts';
import { issues } from '../../src/features/issues/model.ts';
import { checkins } from '../../src/features/tasks/model.ts';
import { createKit, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let township: Screen; // 石桥镇党委, head
let secretary: Screen; // 柳湾村
let neighbour: Screen; // 青石村
let redrawn: string[];
beforeEach(async () => {
  const from = fileURLToPath(new URL('../fixtures/store-before', import.meta.url));
  kit = await createKit({ day: '2026-11-20', time: '09:05', from });
  [township, secretary] = kit.people('huang-changqing', 'huang-wenchang');
  neighbour = kit.person('chen-delin');
  redrawn = [];
  kit.channel.update = async (place, message) => void redrawn.push(`${place.key} ${message}`);
});
afterEach(() => kit.end());

const count = (table: (typeof formerTables)[number]) => kit.store.read((tx) => tx.table(table).count());
const texts = async (who: Screen) => (await who.messages()).map(({ text }) => text);

it('every row of it is one of ours still', async () => {
  const known = new Set(allTables().map(({ name }) => name));
  const kinds = new Map<string, number>();
  for await (const item of kit.store.export())
    if ('table' in item) kinds.set(item.table, (kinds.get(item.table) ?? 0) + 1);
  expect([...kinds.keys()].filter((name) => !known.has(name))).toEqual([]);
  for (const name of ['errands', 'occasions', 'redraws', 'exports', 'forms', 'outbox', 'lives', 'turns'])
    expect(kinds.get(name), name).toBeGreaterThan(0);
});

it('what was under way is done: the nudge, the reminder asked for, the redraw, the export', async () => {
  await kit.bot.tick();
  for (const table of formerTables) expect(await count(table), table.name).toBe(0);
  expect((await texts(neighbour)).filter((text) => text.includes('石桥镇党委催办：'))).toHaveLength(1);
  expect((await texts(secretary)).filter((text) => text.includes('催办：'))).toEqual([]);
  // The card of each chat that shows the issue, once.
  expect(redrawn.length).toBeGreaterThanOrEqual(3);
  expect(new Set(redrawn).size).toBe(redrawn.length);
  await vi.waitFor(
    async () => {
      await kit.bot.pump();
      expect(await kit.store.read((tx) => tx.table(exportsTable).get('old-export'))).toMatchObject({
        state: 'done',
        lines: 9,
      });
    },
    { timeout: 8_000, interval: 50 },
  );
  await kit.tick('2026-11-20', '15:05');
  expect(wordsOf((await neighbour.last()).card)).toContain('入户走访');
  expect(wordsOf((await kit.person('hao-haitao').last()).card)).toContain('旧版本写下的提醒');
  expect(await count(jobs)).toBe(0);
});

it('a message that waited goes out, with its card', async () => {
  await kit.bot.tick();
  const sent = (await township.messages()).filter(({ text }) => text === '旧版本写下的通知');
  expect(sent.map(({ card }) => wordsOf(card))).toEqual(['旧版本写下的卡片']);
});

it('an open form is filled in and sent, once', async () => {
  const query = {
    where: { person: 'huang-wenchang', place: 'webchat|p:huang-wenchang', state: 'open' as const },
  };
  const { rows } = await kit.store.read((tx) => tx.table(forms).find({ ...query, order: 'at', limit: 5 }));
  const [form] = rows.filter(({ op }) => op === 'issues.report');
  const fields = {
    title: '水渠堵了',
    star: 'chanye-xingwang',
    aspect: '物',
    urgency: '一般',
    source: '自查',
    details: '',
  };
  const press = () => secretary.press('issues.report', { ...fields, form: form?.id });
  expect((await press()).shown.text).toContain('WT-2026-0002');
  await press();
  expect(await count(issues)).toBe(2);
});

it('an answer given is given again, and nothing is done twice', async () => {
  const before = await kit.store.read((tx) =>
    tx.table(checkins).get('RW-2026-0001|once|qingshan-shiqiao-liuwan'),
  );
  expect(before).toMatchObject({ amount: 35, version: 1 });
  await secretary.say('打卡 入户走访 35户', 'turn-checkin').catch(() => undefined);
  const after = await kit.store.read((tx) =>
    tx.table(checkins).get('RW-2026-0001|once|qingshan-shiqiao-liuwan'),
  );
  expect(after).toEqual(before);
});

it('its records go on to the end', async () => {
  await township.say('办结 WT-2026-0001');
  expect((await township.click('办结', { words: '三盏都换好了' })).text).toContain('已办结');
  await secretary.click('打开');
  await secretary.click('满意销号');
  expect(wordsOf((await secretary.say('WT-2026-0001')).card)).toContain('已销号');
  const history = wordsOf((await secretary.click('查看历史')).card);
  for (const what of ['上报', '受理', '办结', '满意销号']) expect(history).toContain(what);
});
