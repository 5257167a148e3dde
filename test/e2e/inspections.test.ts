/** 督导 over HTTP: story 8 by POST, no surface that says what is sealed, and a form that is sent in over a dreadful line. */
import { connect } from 'node:net';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Tally } from '../../src/backup/tally.ts';
import { audit } from '../../src/bot/turn/tables.ts';
import { features } from '../../src/features/index.ts';
import { inspections, seals, visits } from '../../src/features/inspections/model.ts';
import { INSPECTION } from '../../src/features/inspections/questions.ts';
import { issues } from '../../src/features/issues/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { createLog } from '../../src/lib/log.ts';
import { seeded } from '../kit.ts';
import { cardOf, type Rig, startRig } from './rig.ts';

const FINE = Object.fromEntries(INSPECTION.questions.map(({ id }) => [id, '没问题']));
const HEAD = 'hao-haitao';
const PLACE = `webchat|p:${HEAD}`;
const logged: string[] = [];
let clock = instant('2026-11-23', '09:00');
let rig: Rig;
beforeAll(async () => {
  const log = createLog('trace', { write: (line) => void logged.push(line) });
  rig = await startRig({ now: () => clock, log });
});
afterAll(() => rig.close());

const visitsOf = (inspection: string) =>
  rig.app.store.read(
    async (tx) => (await tx.table(visits).find({ where: { inspection }, order: 'name', limit: 20 })).rows,
  );

it('is story 8: drawn, begun, written down, submitted, published, verified', async () => {
  const county = rig.person(HEAD);
  expect(JSON.stringify(await county.says('督导 抽取 3'))).toContain('DD-2026-0001');
  await county.executes('开始');
  const [first, ...others] = await visitsOf('DD-2026-0001');
  for (const visit of [first, ...others]) {
    const form = county
      .messages()
      .find((one) => one.attachments && JSON.stringify(cardOf(one)).includes(`督导记录 · ${visit?.name}`));
    await county.executes(
      '提交记录',
      { ...FINE, ...(visit === first && { clean: '有问题', words: '公厕没人扫' }) },
      form,
    );
  }
  await county.says('督导 提交');
  await county.executes('提交');
  const issue = await rig.app.store.read((tx) => tx.table(issues).get('WT-2026-0001'));
  expect(issue).toMatchObject({ source: '督导发现', origin: 'DD-2026-0001', branch: first?.branch });
  await county.says('督导 公开 DD-2026-0001');
  const anybody = rig.person('huang-wenchang');
  expect(JSON.stringify(await anybody.says('督导 核对 DD-2026-0001'))).toContain('核对通过');
});

describe('what is sealed', () => {
  /** What no branch is called: who reads the seal and shows it, is caught. */
  const MARKS = ['暗号甲村党支部', '暗号乙村党支部', 'mark-one', 'mark-two', 'salt-of-the-mark'];

  it('is in no answer, card, file, page, number or line of the log, whatever is asked by whom', async () => {
    const county = rig.person(HEAD);
    await county.says('督导 抽取 2 11月24日');
    const id = 'DD-2026-0002';
    await rig.app.store.transaction(async (tx) => {
      const row = await tx.table(seals).get(id);
      const [one = '', two = '', b1 = '', b2 = '', salt = ''] = MARKS;
      if (row)
        await tx.table(seals).put({
          ...row,
          branches: [
            { id: b1, name: one },
            { id: b2, name: two },
          ],
          salt,
        });
    });
    logged.length = 0;
    const words = features.flatMap(({ operations }) =>
      operations.flatMap((op) => op.words?.slice(0, 1) ?? []),
    );
    expect(words.length).toBeGreaterThan(100);
    const shown = features.flatMap(({ operations }) =>
      operations.flatMap(({ help, words: called }) => (help ? (called?.slice(0, 1) ?? []) : [])),
    );
    const own = features.flatMap(({ name, operations }) =>
      name === 'inspections' ? operations.map((op) => op.words?.[0]) : [],
    );
    const said: string[] = [];
    for (const person of ['huang-wenchang', 'huang-changqing', HEAD]) {
      const me = rig.person(person);
      // A secretary may do less than a head of a township: what 帮助 shows.
      for (const word of person === 'huang-wenchang' ? shown : words) await me.says(word);
      for (const word of own) if (word) await me.says(`${word} ${id}`);
      said.push(JSON.stringify(me.messages()));
    }
    const city = rig.person('bai-zhiyuan');
    for (const word of ['审计', '审计 督导抽取', '导出审计', id, `督导 支部 ${id}`, '投递', '我的数据'])
      await city.says(word);
    await rig.app.tick();
    said.push(JSON.stringify(city.messages()), logged.join('\n'));

    const links = new Set(said.join('\n').match(/http:\/\/127\.0\.0\.1:\d+\/d\/[\w.-]+/g) ?? []);
    expect(links.size).toBeGreaterThan(0);
    const pages = ['/board', '/board/qingshan', '/metrics', '/healthz', '/webchat/people', '/'].map(
      (path) => rig.url + path,
    );
    let sheets = 0;
    for (const url of [...links, ...pages]) {
      const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
      if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) said.push(Buffer.from(bytes).toString());
      else {
        sheets += 1;
        for (const file of Object.values(unzipSync(bytes))) said.push(Buffer.from(file).toString());
      }
    }
    expect(sheets).toBeGreaterThan(0);
    for (const person of ['huang-changqing', HEAD])
      for (const path of [
        'chats',
        `messages?place=${encodeURIComponent(`webchat|p:${person}`)}`,
        'find?words=%E6%9A%97%E5%8F%B7',
      ])
        said.push(
          await (await fetch(`${rig.url}/webchat/${path}`, { headers: { 'x-person': person } })).text(),
        );
    const tally = new Tally();
    for await (const item of rig.app.store.export()) {
      tally.add(item);
      if (!('table' in item) || item.table !== seals.name) said.push(JSON.stringify(item));
    }
    said.push(tally.lines().join('\n'));
    const all = said.join('\n');
    expect(all.length).toBeGreaterThan(500_000);
    for (const mark of MARKS) expect(all.includes(mark), mark).toBe(false);
    // It was there to be found all the time.
    expect((await rig.app.store.read((tx) => tx.table(inspections).get(id)))?.state).toBe('sealed');
    expect((await rig.app.store.read((tx) => tx.table(seals).get(id)))?.salt).toBe(MARKS[4]);
  });
});

describe('over a line that breaks', () => {
  const port = () => Number(new URL(rig.url).port);

  /** Send a request and cut the line: before it is sent, in the middle of it, or before the answer is read. */
  const sendAndCut = (bytes: Buffer, at: number): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port(), '127.0.0.1', () => {
        if (at < bytes.length) socket.write(bytes.subarray(0, at), () => socket.resetAndDestroy());
        else socket.write(bytes);
      });
      socket.once('data', () => socket.resetAndDestroy());
      // A few are cut while the server is at it.
      if (at > bytes.length) socket.setTimeout(at - bytes.length, () => socket.resetAndDestroy());
      socket.on('error', () => undefined);
      socket.once('close', () => resolve());
    });

  it('counts each of twenty forms once, though a thousand connections were cut', async () => {
    clock = instant('2026-11-25', '09:00');
    await rig.person(HEAD).says('督导 抽取 1');
    await rig.person(HEAD).says('督导 开始 DD-2026-0003');
    const [visit] = await visitsOf('DD-2026-0003');
    const forms = 20;
    const cuts = 50;
    const luck = seeded(8);
    const requests = Array.from({ length: forms }, (_, n) => {
      const press = { place: PLACE, id: `a-form-of-the-test-${n}`, op: 'inspections.record' };
      const body = JSON.stringify({ ...press, data: { visit: visit?.id, ...FINE, words: `第${n}次` } });
      const head = [
        'POST /webchat/action HTTP/1.1',
        'Host: 127.0.0.1',
        `x-person: ${HEAD}`,
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Connection: close',
      ];
      return { body, bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`) };
    });
    const sends = requests.flatMap(({ bytes }) =>
      Array.from({ length: cuts }, (_, k) => () => {
        const whole = bytes.length;
        return sendAndCut(bytes, k % 3 === 0 ? luck(whole) : k % 3 === 1 ? whole : whole + 1 + luck(5));
      }),
    );
    // Like a telephone that tries again and again, several at once.
    const workers = Array.from({ length: 16 }, async () => {
      for (let send = sends.pop(); send; send = sends.pop()) await send();
    });
    await Promise.all(workers);
    for (const { body } of requests) {
      const headers = { 'content-type': 'application/json', 'x-person': HEAD };
      const response = await fetch(`${rig.url}/webchat/action`, { method: 'POST', headers, body });
      expect(response.status).toBe(200);
      expect((await response.json()).shown.text).toContain('记下了');
    }
    expect((await visitsOf('DD-2026-0003'))[0]?.times).toBe(forms);
    const lines = await rig.app.store.read(
      async (tx) =>
        (await tx.table(audit).find({ where: { record: 'DD-2026-0003' }, order: 'at', limit: 100 })).rows,
    );
    expect(lines.filter(({ op }) => op === 'inspections.record')).toHaveLength(forms);
    console.info(`${forms * cuts} connections cut, ${forms} forms, each taken once`);
  });
});
