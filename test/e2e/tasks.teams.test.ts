/**
 * Over POST /api/messages: all branches of the city check in at once, each counts once, and the group's card follows;
 * a branch comes to 整顿.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkins, tallies, tasks } from '../../src/features/tasks/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { says } from '../fake-connector.ts';
import { accountOf, cardOf, type Rig, root, startRig, type TeamsPerson } from './rig.ts';

const GROUP = '19:shiqiao@thread.v2';
const TASK = 'RW-2026-0001';
const read = <T>(name: string): T[] => JSON.parse(readFileSync(join(root, 'data/demo', name), 'utf8'));
const branches = read<{ id: string; kind: string; parent: string }>('units.json').filter(({ kind }) =>
  ['village', 'community'].includes(kind),
);
const members = read<{ id: string; unit: string }>('members.json');

let rig: Rig;
let now = instant('2026-11-20', '09:00');
beforeAll(async () => {
  rig = await startRig({ now: () => now });
});
afterAll(() => rig.end());

const words = (message: unknown) =>
  JSON.stringify(cardOf(message as Parameters<typeof cardOf>[0]) ?? message);

it('keeps what all branches say at the same time, each once, and adds it up exactly', async () => {
  const all = branches.length;
  expect(all).toBeGreaterThanOrEqual(160);
  const group = rig.person('huang-changqing', GROUP);
  await group.says('绑定本群');
  const organiser = rig.person('bai-zhiyuan');
  await organiser.says('下达任务 入户走访');
  await organiser.executes('下达', { standard: '35户', units: 'below:zzb', due: '2026-11-27', sure: 'yes' });
  await rig.app.tick();
  expect(words(group.messages().at(-1))).toContain('已报 0/9');
  expect(await rig.app.store.read((tx) => tx.table(tasks).get(TASK))).toMatchObject({ size: all });

  const lines = branches.map(({ id: unit }, i) => {
    const person = members.find((member) => member.unit === unit);
    if (!person) throw new Error(`nobody in ${unit}`);
    const from = { serviceUrl: rig.connector.url, ...accountOf(person.id), conversation: `a:${person.id}` };
    return says({ ...from, id: `checkin-${i}` }, `打卡 入户走访 ${i + 1}户`);
  });
  const before = rig.connector.calls.length;
  const began = performance.now();
  // Teams sends some of them twice.
  const sent = [...lines, ...lines.filter((_, i) => i % 8 === 0)];
  const answers = await Promise.all(sent.map((line) => rig.post(line)));
  const took = performance.now() - began;
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  await rig.app.pump();

  const rows = await rig.app.store.read((tx) =>
    tx.table(checkins).find({ where: { round: `${TASK}|once` }, order: 'unit', limit: 1000 }),
  );
  expect(rows.rows).toHaveLength(all);
  for (const [i, { id: unit }] of branches.entries())
    expect(rows.rows.find((row) => row.unit === unit)).toMatchObject({ amount: i + 1, version: 1 });
  const sums = await rig.app.store.read((tx) =>
    tx.table(tallies).find({ where: { round: `${TASK}|once` }, limit: 1000 }),
  );
  expect(sums.rows.reduce((sum, row) => sum + row.in, 0)).toBe(all);
  expect(sums.rows.reduce((sum, row) => sum + row.amount, 0)).toBe((all * (all + 1)) / 2);
  expect(words(group.messages().at(-1))).toContain('已报 9/9');
  const updates = rig.connector.calls
    .slice(before)
    .filter(({ method, conversation }) => method === 'PUT' && conversation === GROUP).length;
  expect(updates).toBeGreaterThan(0);
  // One for each check-in of that township at most.
  expect(updates).toBeLessThanOrEqual(9);

  // And several of them pass with one press.
  const page = await organiser.says(`审核 ${TASK}`);
  const ticks = [...JSON.stringify(cardOf(page)).matchAll(/"id":"(tick:[^"]+)"/g)].map(([, id = '']) => id);
  const [one = '', other = '', ...rest] = [...new Set(ticks)];
  const ticked = { ...Object.fromEntries(rest.map((id) => [id, 'false'])), [one]: 'true', [other]: 'true' };
  const { value } = await organiser.executes('通过选中的', ticked, page);
  expect(JSON.stringify(value)).toContain(`已通过2份。\\n${all - 2}份等您审核。`);
  console.info(
    `${all} branches checked in within ${Math.round(took)} ms; the group's card was updated ${updates} times`,
  );
});

it('lists a branch, never by who proposed it, and asks the county alone for a first secretary', async () => {
  const [county, deputy, head, secretary] = (
    ['hao-haitao', 'huang-chunyan', 'huang-changqing', 'chen-delin'] as const
  ).map((id) => rig.person(id)) as [TeamsPerson, TeamsPerson, TeamsPerson, TeamsPerson];
  now = instant('2026-12-03', '10:00');
  await rig.app.tick();
  await deputy.says('建议列入 青石村');
  await deputy.executes('建议列入', { type: '班子不团结', words: '两个月没开支委会' });
  expect(words(await deputy.says('列入 青石村 12月3日'))).toContain('提出的人不能自己审定');
  await county.says('列入 青石村 12月3日');
  expect(words(county.messages())).toContain('青石村党支部已列入');
  for (const day of ['12月17日前定好方案', '2027年6月1日'])
    expect(words(await county.says('整顿 青石村'))).toContain(day);
  now = instant('2026-12-17', '09:00');
  await rig.app.tick();
  expect(words(county.messages())).toContain('青石村党支部：还没有第一书记');
  for (const other of [head, secretary]) expect(words(other.messages())).not.toContain('还没有第一书记');
});
