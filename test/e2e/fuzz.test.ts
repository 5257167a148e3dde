/** Hostile input at every door of the running app: no 5xx, no crash, not one row of the programme changed. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples } from '../../src/features/cases/model.ts';
import { features } from '../../src/features/index.ts';
import { issues } from '../../src/features/issues/model.ts';
import { tours } from '../../src/features/members/tour.ts';
import { executes, type Json, says, submits } from '../fake-connector.ts';
import { accountOf, type Rig, startRig } from './rig.ts';

const OPS = features.flatMap(({ operations }) => operations.map(({ right }) => right.name));
const AT_ONCE = 16;

let rig: Rig;
let number = '';
let before: unknown;
let sent = 0;
beforeAll(async () => {
  rig = await startRig();
  const secretary = rig.person('huang-wenchang');
  await secretary.says('上报 路灯坏了');
  const answer = await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' });
  [number = ''] = /WT-\d{4}-\d{4,}/.exec(JSON.stringify(answer)) ?? [];
  before = await programme();
});
afterAll(async () => {
  await rig.close();
  console.info(`fuzz: ${sent} hostile inputs`);
});

/** Every row that the programme keeps, as one value. */
function programme(): Promise<unknown> {
  // Who may press 不看了, or recommend the own branch, may do so with whatever else in the press.
  const own = [tours.name, examples.name];
  const tables = features.flatMap((feature) => feature.tables).filter(({ name }) => !own.includes(name));
  return rig.app.store.read(async (tx) => {
    const issue = await tx.table(issues).get(number);
    const counts = [];
    for (const table of tables) counts.push([table.name, await tx.table(table).count()]);

    return { issue, counts };
  });
}

const json = fc.jsonValue({ maxDepth: 4 });
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '__proto__',
    'constructor',
    '<at>all</at>',
    '${1+1}',
    '=1+1',
    '../../etc/passwd',
    '\u202e',
    'WT-2026-0001',
    '9'.repeat(300),
    '提交',
    '取消',
    '办结',
    "'; DROP TABLE issues; --",
  ),
  json,
);
const record = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'issue',
      'form',
      'title',
      'unit',
      'words',
      'reason',
      'date',
      'verdict',
      'filter',
      'after',
      'op',
    ),
    fc.string({ maxLength: 20 }),
  ),
  nasty,
  { maxKeys: 8 },
);
/** People who have nothing to do with the issue, or whom nobody knows. */
const outsider = fc.constantFrom(accountOf('wang-caifeng'), accountOf('han-ruolin'), {
  account: 'unknown-account',
  name: '陌生人',
});

async function storm(inputs: readonly (() => Promise<Response>)[]): Promise<void> {
  const queue = inputs.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const send of queue) {
        const response = await send();
        const body = await response.text();
        sent++;
        if (response.status >= 500) expect.fail(`HTTP ${response.status}: ${body}`);
        expect(body).not.toMatch(/\bat .*\.ts:\d+|node_modules/);
      }
    }),
  );
}

const many = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] =>
  fc.sample(arbitrary, { numRuns, seed: 20261122 });
const raw =
  (path: string, body: string, headers: Record<string, string> = {}) =>
  () =>
    fetch(`${rig.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

describe('hostile input', { timeout: 300_000 }, () => {
  it('as bodies of POST /api/messages', async () => {
    const whole = fc.record(
      {
        type: nasty,
        id: nasty,
        channelId: nasty,
        serviceUrl: nasty,
        from: json,
        conversation: json,
        recipient: json,
        text: nasty,
        value: json,
        name: nasty,
        channelData: json,
      },
      { requiredKeys: [] },
    );
    const bodies = [
      ...many(fc.oneof(json, whole), 3000).map((value) => JSON.stringify(value)),
      ...many(fc.string({ unit: 'binary', maxLength: 300 }), 500),
    ];
    await storm(bodies.map((body) => raw('/api/messages', body)));
  });

  it('as broken activities: one field of a good one replaced', async () => {
    const good = says({ serviceUrl: rig.connector.url, ...accountOf('wang-caifeng') }, '帮助');
    const broken = fc
      .tuple(fc.constantFrom(...Object.keys(good)), fc.oneof(nasty, fc.constant(undefined)))
      .map(([key, value]) => ({ ...good, [key]: value }));
    await storm(many(broken, 1500).map((body) => raw('/api/messages', JSON.stringify(body))));
  });

  it('as words that people type and buttons that they press, by those who may not', async () => {
    const typed = fc.tuple(
      outsider,
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc
          .tuple(
            fc.constantFrom(
              '问题',
              '办结',
              '受理',
              '转办',
              '退回',
              '补充情况',
              '核验通过',
              '提交',
              '取消',
              '绑定本群',
            ),
            fc.string({ maxLength: 60 }),
          )
          .map((words) => words.join(' ')),
      ),
    );
    await storm(
      many(typed, 1000).map(
        ([who, text]) =>
          () =>
            rig.post(says({ serviceUrl: rig.connector.url, ...who }, text)),
      ),
    );
    const pressed = fc.tuple(outsider, fc.constantFrom(...OPS), record, fc.boolean());
    await storm(
      many(pressed, 3000).map(([who, op, data, execute]) => () => {
        const from = { serviceUrl: rig.connector.url, ...who };
        const claimed: Json = { issue: number, ...data };
        return rig.post(
          execute ? executes(from, 'm1', op, claimed) : submits(from, 'm1', { ...claimed, op }),
        );
      }),
    );
  });

  it('as fields of the forms of those who may', async () => {
    const own = fc.tuple(
      fc.constantFrom('issues.report', 'issues.transfer', 'issues.extend', 'issues.verify'),
      record,
      fc.constantFrom('huang-wenchang', 'huang-changqing'),
    );
    await storm(
      many(own, 1000).map(([op, data, person]) => () => {
        // Nothing fits: a star and a unit that do not exist, a day that is none, a verdict that nobody gives.
        const claimed = { issue: number, ...data, star: 'none', unit: 'none', date: 'none', verdict: 'none' };
        return rig.post(executes({ serviceUrl: rig.connector.url, ...accountOf(person) }, 'm1', op, claimed));
      }),
    );
  });

  it('at the endpoints of the page', async () => {
    const place = fc.oneof(
      fc.constantFrom('webchat|p:wang-caifeng', 'webchat|g:minghu', 'webchat|p:huang-wenchang'),
      nasty,
    );
    const bodies = fc.oneof(
      fc.tuple(
        fc.constant('/webchat/text'),
        fc.oneof(json, fc.record({ place, text: nasty, id: nasty }, { requiredKeys: [] })),
      ),
      fc.tuple(
        fc.constant('/webchat/action'),
        fc.oneof(
          json,
          fc.record(
            {
              place,
              message: nasty,
              op: fc.oneof(fc.constantFrom(...OPS), nasty),
              data: fc.oneof(record, json),
              id: nasty,
            },
            { requiredKeys: [] },
          ),
        ),
      ),
      fc.tuple(
        fc.constant('/webchat/read'),
        fc.oneof(json, fc.record({ place, seq: nasty }, { requiredKeys: [] })),
      ),
    );
    await storm(
      many(bodies, 1500).map(([path, body]) =>
        raw(path, JSON.stringify(body), { 'x-person': 'wang-caifeng' }),
      ),
    );
    const paths = fc.tuple(
      fc.constantFrom('people', 'chats', 'messages', 'changes', 'nothing', '..%2f'),
      fc.dictionary(fc.constantFrom('place', 'before', 'after', 'as'), fc.string({ maxLength: 50 })),
    );
    await storm(
      many(paths, 500).map(
        ([path, query]) =>
          () =>
            fetch(`${rig.url}/webchat/${path}?${new URLSearchParams(query)}`, {
              headers: { 'x-person': 'wang-caifeng' },
            }),
      ),
    );
  });

  it('left everything as it was, and the app alive', async () => {
    expect(sent).toBeGreaterThanOrEqual(10_000);
    expect(await programme()).toEqual(before);
    expect(rig.errors).toEqual([]);
    // Nothing ticks in this rig, which is all that its health has to say.
    expect(await (await fetch(`${rig.url}/healthz`)).json()).toEqual({ status: 'starting' });
    const answer = await rig.person('huang-changqing').says(`受理 ${number}`);
    expect(JSON.stringify(answer)).toContain('办理中');
  });
});
