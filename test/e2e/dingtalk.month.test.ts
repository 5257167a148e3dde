/** November 2026 of the demo city in DingTalk: all reminders, 30 meetings, 6 tasks, and the calls that they take. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meetings } from '../../src/features/meetings/model.ts';
import { tasks } from '../../src/features/tasks/model.ts';
import { addDays, instant } from '../../src/lib/dates.ts';
import { createWorkdays } from '../../src/lib/workdays.ts';
import { fills, pressables, said, startDingtalkRig } from './dingtalk.rig.ts';
import { root } from './rig.ts';

const MEETINGS = 30;
const TASKS = 6;
const MOST = 5_000;
const read = <T>(name: string): T[] => JSON.parse(readFileSync(join(root, 'data/demo', name), 'utf8'));
const units = read<{ id: string; kind: string }>('units.json');
const members = read<{ id: string; unit: string; role: string }>('members.json');
const leads = members.filter(
  ({ unit, role }) => role === 'head' && units.find(({ id }) => id === unit)?.kind === 'lead',
);
const secretaries = members.filter(({ role }) => role === 'secretary');

it('takes no more calls in a month than the standard edition has', { timeout: 280_000 }, async () => {
  let clock = instant('2026-11-01', '08:00');
  const rig = await startDingtalkRig({
    env: { PUBLIC_URL: 'https://huishang.example.gov.cn', HOST: '127.0.0.1' },
    now: () => clock,
  });
  const { app, fake } = rig;
  const workdays = createWorkdays();
  const days = Array.from({ length: 30 }, (_, i) => addDays('2026-11-01', i)).filter((day) =>
    workdays.isWorkday(day),
  );
  const organiser = rig.person('bai-zhiyuan');
  const calledBy = new Map<string, { readonly day: string; readonly number: string }>();
  let called = 0;
  let given = 0;
  try {
    for (const [n, day] of days.entries()) {
      clock = instant(day, '08:30');
      await app.tick();
      clock = instant(day, '09:30');
      // A star has one meeting a month: to have six they are called off, all but the last, which costs no less than holding them.
      for (const [i, { id }] of leads.entries()) {
        const open = calledBy.get(id);
        const lead = rig.person(id);
        if (open?.day === day && called < MEETINGS) {
          await lead.says(`取消会商 ${open.number} 人到不齐`);
          calledBy.delete(id);
        }
        if (calledBy.has(id) || called >= MEETINGS) continue;
        const on = days[n + 1] ?? day;
        await lead.says(`会商 发起 ${on} 下午2点`);
        await fills(lead, '发起会商', { place: `第${i}会议室` }, []);
        const number = /HS-[\d-]+/.exec(said(await lead.presses('发起会商')))?.[0] ?? '';
        calledBy.set(id, { day: on, number });
        called += 1;
      }
      for (; given < (TASKS * (n + 1)) / 12 && given < TASKS; given++) {
        await organiser.says(`下达任务 走访第${given + 1}轮`);
        const due = addDays(day, 7);
        await fills(organiser, '下达', {}, ['标准：35户', '哪些单位：below:zzb', `截止日期：${due}`]);
        await organiser.presses('下达');
        await app.tick();
        // Most check in by a line, some on the last day, a few not at all.
        for (const [i, { id }] of secretaries.entries())
          if (i % 10 < 7) await fake.say({ staff: id, text: `打卡 走访第${given + 1}轮 ${i}户` });
      }
      for (const { id } of members) {
        const person = rig.person(id);
        const invited = person
          .messages()
          .findLast((one) => pressables(one).some(({ title }) => title === '参加'));
        if (invited) await person.presses('参加', {}, invited);
      }
      clock = instant(day, '14:30');
      await app.tick();
      clock = instant(day, '17:00');
      await app.tick();
    }
    const counts = await app.store.read(async (tx) => ({
      meetings: await tx.table(meetings).count(),
      tasks: await tx.table(tasks).count(),
    }));
    const byPath = new Map<string, number>();
    for (const { path, method } of fake.calls)
      byPath.set(`${method} ${path}`, (byPath.get(`${method} ${path}`) ?? 0) + 1);
    const free = /oauth2|gateway|webhook/;
    const calls = fake.calls.filter(({ path }) => !free.test(path)).length;
    const messages = members.reduce((sum, { id }) => sum + fake.seen(`p:${id}`, id).length, 0);
    const lines = [...byPath].map(([path, count]) => `  ${count} ${path}`);
    console.info(
      [
        `November: ${calls} calls for ${messages} messages to ${members.length} people of ${units.length} units, ${counts.meetings} meetings, ${counts.tasks} tasks`,
        ...lines,
      ].join('\n'),
    );
    expect(counts).toMatchObject({ meetings: MEETINGS, tasks: TASKS });
    expect(calls).toBeLessThanOrEqual(MOST);
    expect(rig.errors).toEqual([]);
  } finally {
    await rig.close();
  }
});
