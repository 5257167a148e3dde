/** What is written to the log while people work, at its most talkative: no word of theirs, no token, no number. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/lib/log.ts';
import { type Json, says } from '../fake-connector.ts';
import { type Rig, startRig } from './rig.ts';

const PHONE = '13812345678';
const WORDS = '村口路灯坏了三盏';
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzZWNyZXQiOjF9.c2VjcmV0';

const lines: string[] = [];
const logged = (): Json[] => lines.map((line) => JSON.parse(line));
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ log: createLog('trace', { write: (line) => void lines.push(line) }) });
});
afterAll(() => rig.close());

describe('the log', () => {
  it('has nothing of what was typed, shown or proven, whatever goes wrong', async () => {
    const secretary = rig.person('huang-wenchang');
    const township = rig.person('huang-changqing');
    await township.says('帮助');
    await secretary.says(`上报 ${WORDS}`);
    await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物', details: `找我：${PHONE}` });
    await secretary.says(`受理 WT-2026-0001 ${WORDS}`);
    await secretary.says(`${WORDS}${PHONE}`);
    await township.executes('受理');
    // The connector fails, and repeats what it was sent.
    for (const trouble of [
      { status: 500, body: JSON.stringify({ error: { code: 'Bad', message: 'no' }, echo: WORDS }) },
      { status: 503, code: 'ServiceUnavailable' },
      { fail: 'cut' },
    ] as const) {
      rig.connector.trouble(trouble, 2);
      await secretary.says(`上报 ${WORDS}`);
      rig.connector.reset();
    }
    // Requests that are refused, at the door and further in.
    const post = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${rig.url}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
        body,
      });
    expect((await post(`{"text":"${WORDS}`)).status).toBe(400);
    expect((await post(JSON.stringify({ text: WORDS }))).status).toBe(400);
    const elsewhere = says({ ...secretary.from, serviceUrl: 'https://smba.example/' }, WORDS);
    expect((await post(JSON.stringify(elsewhere))).status).toBe(403);
    await fetch(`${rig.url}/d/${TOKEN}`);
    await fetch(`${rig.url}/webchat/text?as=${PHONE}`, { method: 'POST', body: WORDS });

    expect(lines.length).toBeGreaterThan(10);
    const all = lines.join('');
    for (const secret of [WORDS, PHONE, TOKEN, 'AdaptiveCard', 'Bearer', '找我'])
      expect(all.includes(secret), secret).toBe(false);
  });

  it('names the turn in every line of a turn', async () => {
    lines.length = 0;
    const { from } = rig.person('huang-wenchang');
    rig.connector.trouble({ status: 503 });
    await rig.post(says({ ...from, id: 'act-77' }, '受理 WT-2026-9999'));
    const turn = `msteams|${from.conversation}|act-77`;
    const of = logged().map(({ msg, turn: named, outbox }) => [msg, named ?? outbox]);
    expect(of).toContainEqual(['refused', turn]);
    expect(of).toContainEqual(['turn', turn]);
    expect(of).toContainEqual(['message not sent', `reply:${turn}`]);
    expect(of.filter(([, named]) => !String(named).endsWith(turn))).toEqual([]);
  });
});

describe('an error in the log', () => {
  it('is its name, its words, its place and its cause, and nothing that hangs on it', () => {
    const written: string[] = [];
    const log = createLog('info', { write: (line) => void written.push(line) });
    const row = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: `Key (${WORDS})`,
      where: PHONE,
    });
    log.error({ err: new Error('turn failed', { cause: row }) }, 'x');
    const parse = () => JSON.parse(`"${WORDS}`);
    try {
      parse();
    } catch (error) {
      log.error({ err: error, error }, 'y');
    }
    log.error({ err: { words: WORDS }, error: WORDS.repeat(200) }, 'z');
    const [first, second, third] = written.map((line) => JSON.parse(line));
    expect(first.err).toMatchObject({ type: 'Error', reason: 'turn failed' });
    expect(first.err.stack).toContain('logs.test.ts');
    expect(first.err.cause).toMatchObject({ reason: 'duplicate key', code: '23505' });
    expect(second.err.reason).toBe('cannot be read');
    expect(third.err).toBe('object');
    expect(third.error.length).toBeLessThanOrEqual(300);
    expect(written.slice(0, 2).join()).not.toMatch(new RegExp(`${WORDS}|${PHONE}`));
  });
});
