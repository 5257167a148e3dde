/** Numbers of records: whatever has one opens when that is typed alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRouter } from '../../src/bot/turn/router.ts';
import { features } from '../../src/features/index.ts';
import { looksNumbered, numberAt, WHOLE } from '../../src/lib/numbershape.ts';
import { numbered } from '../../src/lib/recordnumber.ts';
import { createKit, type Kit, wordsOf } from '../kit.ts';

const FEATURES = new URL('../../src/features', import.meta.url).pathname;
/** The kinds that the source declares: `WT`, `HS`, … */
const KINDS = readdirSync(FEATURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => [...readFileSync(join(FEATURES, name), 'utf8').matchAll(/\bnumbered\('([^']+)'/g)])
  .map(([, kind = '']) => kind);

let kit: Kit;
beforeAll(async () => {
  kit = await createKit({ day: '2026-11-20' });
});
afterAll(() => kit.close());

it('call what opens them, every kind that there is', () => {
  const router = createRouter(features);
  expect(KINDS.length).toBeGreaterThan(5);
  for (const kind of KINDS) {
    const number = `${kind}-2026-${kind === 'HS' ? '11-01' : '0001'}`;
    // What the audit trail, 我的数据 and the page go by.
    expect([looksNumbered(number), numberAt(`${number}|2026-W47`)]).toEqual([true, number]);
    expect(`见${number}。`.split(new RegExp(`(${WHOLE})`))[1]).toBe(number);
    for (const typed of [number, number.toLowerCase(), `“${number}”。`, `${number}到哪一步了`])
      expect(Object.values(router.byText(typed)?.raw ?? {}), typed).toContain(number);
  }
});

it('are of two letters and a year, for what recognizes them knows no others', () => {
  // @ts-expect-error: another kind would be written down and never found
  expect(numbered('见').read('见-2026-0001')).toBeUndefined();
});

it('open the record, also where several kinds are kept by one feature', async () => {
  const [secretary, township, lead, police, organiser] = kit.people(
    'huang-wenchang',
    'huang-changqing',
    'guo-chengye',
    'yu-zhenbang',
    'bai-zhiyuan',
  );
  const opens = async (who: typeof lead, typed: string) => wordsOf((await who.say(typed)).card);
  const issue = { title: '路灯坏了', star: 'pingan-fazhi', aspect: '物', source: '群众反映' };
  await secretary.press('issues.report', issue);
  expect(await opens(township, 'wt 2026 1')).toContain('路灯坏了');
  const task = { title: '入户走访', standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' };
  await township.press('tasks.assign', { ...task, sure: 'yes' });
  expect(await opens(secretary, 'RW-2026-1')).toContain('入户走访');
  await secretary.press('opinions.give', { words: '报表太多', sent: 'yes' });
  expect(await opens(organiser, 'YJ-2026-0001')).toContain('报表太多');
  await police.say('提议题 平安法治星 夜间巡防怎么分片');
  expect(await opens(police, 'TY-2026-0001')).toContain('夜间巡防怎么分片');
  expect((await secretary.say('ty-2026-0001')).text).toContain('没有找到“TY-2026-0001”这个议题');
  const bind = { name: '李晓明', unit: 'qingshan-shiqiao-liuwan', role: 'liaison' };
  await kit.person('u-new').press('members.bind', bind);
  expect(await opens(secretary, 'BD-2026-0001')).toContain('李晓明');
  const meeting = { date: '2026-11-25', time: '15:00', place: '三楼', units: 'gonganju', agenda: '第一件' };
  await lead.press('meetings.call', { ...meeting, sure: 'yes' });
  kit.time('2026-11-25', '16:00');
  const decided = { meeting: 'HS-2026-11-01', decision1: '十天修好', unit1: 'gonganju', sure: 'yes' };
  await lead.press('meetings.publish', decided);
  expect(await opens(police, 'HS-2026-11-01')).toContain('第一件');
  for (const typed of ['HS-2026-11-01-1', 'hs20261101－１', 'HS-2026-11-01-1落实了吗']) {
    const card = await opens(police, typed);
    expect([typed, card]).toEqual([typed, expect.stringContaining('十天修好')]);
    expect([typed, card]).toEqual([typed, expect.not.stringContaining('第一件')]);
  }
  expect((await police.say('HS-2026-11-01-7')).text).toContain('没有找到这个决定');
});
