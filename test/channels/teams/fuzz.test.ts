import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseActivity } from '../../../src/channels/teams/activity.ts';
import { executes, type Json, other, says, submits } from '../../fake-connector.ts';
import { type Rig, startRig } from './kit.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ timeoutMs: 2_000 });
  rig.answerWith(() => ({ scope: 'none', shown: { text: '' }, refused: false }));
});
afterAll(() => rig.close());

const RUNS = 3_000;
const here = { serviceUrl: 'http://127.0.0.1:9/' };
const good = [
  says(here, '待办'),
  says({ ...here, group: true }, '上报 路灯'),
  submits(here, 'm1', { op: 'issues.accept', words: 'x' }),
  executes(here, 'm1', 'issues.accept', { form: 'f' }),
  other(here, 'conversationUpdate'),
  says({ serviceUrl: 'https://evil.example/' }, '待办'),
];
const odd = fc.oneof(
  fc.constantFrom(
    null,
    '',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    '<at>'.repeat(99),
    -0,
    1e308,
    [],
    {},
    true,
  ),
  fc.constantFrom(
    'https://evil.example/',
    'http://127.0.0.1:9/{conversationId}',
    'urn:x',
    'adaptiveCard/action',
  ),
  fc.constantFrom(
    'message',
    'invoke',
    'event',
    'endOfConversation',
    'expectReplies',
    '../..',
    '-271821-04-20T00:00:00Z',
  ),
  fc.jsonValue({ maxDepth: 4 }),
);
const changed = fc
  .tuple(
    fc.constantFrom(...good),
    fc.array(fc.tuple(fc.nat(9), fc.nat(30), odd, fc.boolean()), { minLength: 1, maxLength: 4 }),
  )
  .map(([base, changes]) => {
    const body: Json = structuredClone(base);
    for (const [where, which, value, remove] of changes) {
      const holders: Json[] = [
        body,
        ...Object.values(body).filter((v) => v !== null && typeof v === 'object'),
      ];
      const holder = holders[where % holders.length] ?? body;
      const keys = [
        ...Object.keys(holder),
        'deliveryMode',
        'callerId',
        'relatesTo',
        '__proto__',
        'expiration',
      ];
      const key = keys[which % keys.length] ?? 'x';
      if (remove) delete holder[key];
      else
        Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return JSON.stringify(body);
  });
const hostile = fc.oneof(
  { weight: 6, arbitrary: changed },
  { weight: 2, arbitrary: fc.json({ maxDepth: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.nat(60_000).map((depth) => `{"value":${'['.repeat(depth)}${']'.repeat(depth)}}`),
  },
);

function readable(body: string): boolean {
  try {
    return parseActivity(JSON.parse(body)) !== undefined;
  } catch {
    return false;
  }
}

it(`answers ${RUNS} hostile bodies without a 5xx, and runs nothing that is malformed`, async () => {
  let ran = 0;
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(hostile, async (body) => {
      const before = rig.handled.length;
      const response = await rig.post(body);
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      expect([200, 400, 403, 413, 501]).toContain(response.status);
      const handled = rig.handled.length - before;
      ran += handled;
      if (!readable(body) || response.status !== 200) expect(handled).toBe(0);
    }),
    { numRuns: RUNS },
  );
  // The bodies reach every branch, and the server is still well.
  expect(ran).toBeGreaterThan(100);
  expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 400, 403, 501]));
  expect((await rig.post(says(here, '待办'))).status).toBe(200);
  expect(rig.logged.filter((line) => line.startsWith('error'))).toEqual([]);
}, 120_000);
