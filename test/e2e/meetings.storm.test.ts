/** 40 units asked, all of them answer in the same second, over HTTP, before a connector that enforces Teams' limits. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jobs } from '../../src/bot/jobs/job.ts';
import { type Invite, invites } from '../../src/features/meetings/model.ts';
import { executes, type From, says, submits, TEAMS_LIMITS } from '../fake-connector.ts';
import { accountOf, cardOf, root, startRig, tempDir } from './rig.ts';

const UNITS = 40;
const GROUP = '19:pingan-fazhi@thread.v2';
const ID = 'HS-2026-11-01';
const demo = async (file: string) => JSON.parse(await readFile(join(root, 'data/demo', file), 'utf8'));

/** The demo city with forty more departments of one person each. */
async function bigCity(): Promise<string> {
  const dir = await tempDir();
  const more = Array.from({ length: UNITS }, (_, i) => `unit-${String(i + 1).padStart(2, '0')}`);
  const units = more.map((id, i) => ({ id, name: `市第${i + 1}局`, kind: 'responsible', parent: 'zzb' }));
  const people = more.map((unit, i) => ({
    id: `person-${unit}`,
    name: `第${i + 1}局联络员`,
    unit,
    role: 'liaison',
    accounts: { teams: `aad-${unit}` },
  }));
  await writeFile(join(dir, 'units.json'), JSON.stringify([...(await demo('units.json')), ...units]));
  await writeFile(join(dir, 'members.json'), JSON.stringify([...(await demo('members.json')), ...people]));
  await writeFile(join(dir, 'stars.json'), JSON.stringify(await demo('stars.json')));
  return dir;
}

it('keeps every answer, shows one tally to all, and is never refused by the platform', {
  timeout: 180_000,
}, async () => {
  const cityData = await bigCity();
  // Redraws that find no room now are due in some seconds: the clock goes on.
  const start = Date.parse('2026-11-20T01:00:00Z') - performance.now();
  const rig = await startRig({ cityData, limited: true, now: () => new Date(start + performance.now()) });
  const { connector } = rig;
  const serviceUrl = connector.url;
  const units = Array.from({ length: UNITS }, (_, i) => `unit-${String(i + 1).padStart(2, '0')}`);
  const personal = (unit: string): From => ({
    serviceUrl,
    account: `aad-${unit}`,
    name: unit,
    conversation: `a:${unit}`,
  });
  const inGroup = (from: From): From => ({ ...from, conversation: GROUP, group: true });
  const lead: From = { serviceUrl, ...accountOf('guo-chengye'), conversation: 'a:guo-chengye' };
  const send = async (activity: unknown) => {
    const response = await rig.post(activity);
    return { status: response.status, body: await response.text() };
  };
  /** Resolves once nothing is left to send or redraw. */
  const quiet = async () => {
    await expect
      .poll(
        async () => {
          await rig.app.pump();
          return rig.app.store.read((tx) => tx.table(jobs).count({ kind: 'cards.redraw' }));
        },
        { timeout: 120_000, interval: 50 },
      )
      .toBe(0);
  };

  for (const unit of units) await send(says(personal(unit), '帮助'));
  await send(says(lead, '帮助'));
  await send(says(inGroup(lead), '绑定本群'));
  const fields = { date: '2026-11-25', time: '15:00', place: '政法委三楼', agenda: '冬季防火', sure: 'yes' };
  await send(executes(lead, 'none', 'meetings.call', { ...fields, units: units.join(',') }));
  await quiet();
  const isCard = (message: { attachments?: unknown }) => JSON.stringify(message).includes(ID);
  const groupCards = () => connector.messages(GROUP).filter((m) => m.attachments && isCard(m));
  const [posted] = groupCards();
  expect(groupCards()).toHaveLength(1);

  // All at once: on the card in the group, on one's own card by both kinds of buttons, and typed into the group.
  const expected = new Map<string, Pick<Invite, 'answer' | 'words'>>();
  const meeting = ID;
  const answers = units.map((unit, i) => {
    const own = connector.messages(`a:${unit}`).findLast(isCard)?.id ?? '';
    const kind = (['yes', 'yes', 'no', 'sub'] as const)[i % 4] ?? 'yes';
    const words = { yes: '', no: `第${i}个请假`, sub: `第${i}个副职` }[kind];
    expected.set(unit, { answer: kind, words });
    const verb = { yes: 'meetings.come', no: 'meetings.excuse', sub: 'meetings.substitute' }[kind];
    const data = { meeting, reason: words, name: words };
    if (i < 16) return executes(inGroup(personal(unit)), posted?.id ?? '', verb, data);
    if (i < 24) return executes(personal(unit), own, verb, data);
    if (i < 32) return submits(personal(unit), own, { ...data, op: verb });
    const typed = { yes: '参加', no: '请假', sub: '派员' }[kind];
    return says(inGroup(personal(unit)), `${typed} ${ID} ${words}`);
  });
  const began = performance.now();
  const responses = await Promise.all(answers.map(send));
  const took = Math.round(performance.now() - began);
  expect(responses.map(({ status }) => status)).toEqual(units.map(() => 200));
  await quiet();

  const rows = await rig.app.store.read(
    async (tx) => (await tx.table(invites).find({ where: { meeting: ID }, order: 'unit', limit: 100 })).rows,
  );
  expect(new Map(rows.map(({ unit, answer, words }) => [unit, { answer, words }]))).toEqual(expected);
  const tally = '参加20，派员10，请假10，未回复0';
  const cards = [...units.map((unit) => `a:${unit}`), GROUP, 'a:guo-chengye'].map((chat) =>
    connector.messages(chat).filter(isCard),
  );
  for (const messages of cards) {
    const shown = messages.filter(({ attachments }) => attachments);
    expect(shown.length).toBeGreaterThan(0);
    // One of them follows; the others say that they do not.
    const says = shown.map((message) => JSON.stringify(cardOf(message)));
    expect(says.filter((card) => card.includes(tally)).length).toBeGreaterThan(0);
    expect(says.filter((card) => !card.includes(tally) && !card.includes('不再更新'))).toEqual([]);
  }

  expect(connector.calls.filter(({ status }) => status === 429)).toEqual([]);
  const { perThread, inAll } = TEAMS_LIMITS;
  const threads = new Set(connector.calls.map(({ conversation }) => conversation));
  for (const thread of threads) expect(busiest(timesOf(thread), perThread), thread).toEqual([]);
  expect(busiest(timesOf(undefined), inAll)).toEqual([]);
  const inTheGroup = connector.calls.filter(({ conversation }) => conversation === GROUP);
  const updates = inTheGroup.filter(({ method, target }) => method === 'PUT' && target === posted?.id).length;
  expect(updates).toBeLessThan(UNITS);
  console.info(
    `storm: ${UNITS} answers taken in ${took} ms, ${updates} updates of the group's card, ` +
      `${inTheGroup.length} calls in the group, ${connector.calls.length} in all, 0 refused`,
  );
  await rig.end();
  await rm(cityData, { recursive: true });

  function timesOf(thread: string | undefined): number[] {
    return connector.calls
      .filter(({ conversation }) => thread === undefined || conversation === thread)
      .map(({ at }) => at);
  }
});

/** The spans in which more arrived than a limit allows. */
function busiest(times: readonly number[], limits: readonly (readonly [number, number])[]): string[] {
  return limits.flatMap(([count, ms]) =>
    times.flatMap((at, i) => {
      const later = times[i + count];
      return later !== undefined && later - at < ms ? [`${count + 1} in ${later - at} ms`] : [];
    }),
  );
}
