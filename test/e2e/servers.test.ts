/** Several servers over one PostgreSQL: a story that alternates, a server that dies, a database that restarts. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Issue, issueEvents, issues } from '../../src/features/issues/model.ts';
import { dayOf } from '../../src/lib/dates.ts';
import { openPostgres } from '../../src/store/postgres/index.ts';
import { executes, type FakeConnector, type Json, startFakeConnector } from '../fake-connector.ts';
import { photo } from '../samples.ts';
import { type PgServer, startPg } from '../store/pg.ts';
import { until } from '../store/sharing.contract.ts';
import { accountOf, actionsOf, inputsOf, postTo, spawnApp, tempDir } from './rig.ts';

type Server = Awaited<ReturnType<typeof spawnApp>>;

let pg: PgServer;
let database: string;
let connector: FakeConnector;
let dir: string;
let a: Server;
let b: Server;
const start = () => spawnApp(dir, { DATABASE_URL: database });
beforeAll(async () => {
  [pg, connector, dir] = await Promise.all([startPg(), startFakeConnector(), tempDir()]);
  database = await pg.database();
  // Both find an empty database: the tables are made once, the city is loaded once.
  [a, b] = await Promise.all([start(), start()]);
});
afterAll(async () => {
  await Promise.all([a?.kill(), b?.kill()]);
  await connector.close();
  await pg.remove();
  await rm(dir, { recursive: true });
});

async function call(url: string, path: string, who: string, body?: Json): Promise<Json> {
  const response = await fetch(`${url}/webchat/${path}`, {
    headers: { 'x-person': who, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  const json = (await response.json()) as Json;
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(json)}`);
  return json;
}

/** A person in the chat with the bot; each call goes to the server that the caller names. */
function pageOf(who: string) {
  const place = `webchat|p:${who}`;
  const messages = async ({ url }: Server): Promise<Json[]> =>
    (await call(url, `messages?place=${encodeURIComponent(place)}`, who)).messages;
  return {
    place,
    messages,
    say: ({ url }: Server, text: string) => call(url, 'text', who, { place, text, id: randomUUID() }),
    /** Press a button as soon as the newest message that has it is there. */
    async press(server: Server, title: string, inputs: Json = {}): Promise<Json> {
      let found: { message: Json; action: Json } | undefined;
      await until(async () => {
        for (const message of (await messages(server)).reverse()) {
          const action = message.card && actionsOf(message.card).find((each) => each.title === title);
          if (action) found = { message, action };
          if (found) return true;
        }
        return false;
      });
      const { message, action } = found ?? { message: {}, action: {} };
      return call(server.url, 'action', who, {
        id: randomUUID(),
        place,
        message: message.id,
        op: action.verb,
        data: { ...inputsOf(message.card), ...inputs, ...action.data },
      });
    },
  };
}

/** The events of a person's page. */
async function streamOf({ url }: Server, who: string) {
  const stop = new AbortController();
  const response = await fetch(`${url}/webchat/stream?as=${who}`, { signal: stop.signal });
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => {});
  return {
    text: () => text,
    forget: () => {
      text = '';
    },
    async close() {
      stop.abort();
      await reading;
    },
  };
}

async function stored(): Promise<Issue[]> {
  const store = await openPostgres({ url: database, tables: [issues, issueEvents] });
  const rows: Issue[] = [];
  for await (const item of store.export()) {
    if ('table' in item && item.table === 'issues') rows.push(item.row as unknown as Issue);
  }
  await store.close();
  return rows;
}

/** One report as Teams would send it; with the same id it is the same activity sent again. */
async function report(url: string, title: string, id = title): Promise<string> {
  const from = {
    serviceUrl: connector.url,
    ...accountOf('huang-wenchang'),
    conversation: `a:${title}`,
    id: `act-${id}`,
  };
  const fields = { title, star: 'pingan-fazhi', aspect: '物' };
  try {
    return await (await postTo(url, executes(from, '', 'issues.report', fields))).text();
  } catch {
    return ''; // the server was killed: no answer, no acknowledgement
  }
}

const numberIn = (answer: string) => /WT-\d{4}-\d{4,}/.exec(answer)?.[0];

/** What was acknowledged is there, each title once, each number once. */
async function expectAll(acknowledged: ReadonlyMap<string, string>): Promise<void> {
  const rows = await stored();
  const numbers = new Map(rows.map(({ title, id }) => [title, id]));
  expect(numbers.size, 'a title is there once').toBe(rows.length);
  expect(new Set(rows.map(({ id }) => id)).size, 'a number is given once').toBe(rows.length);
  for (const [title, number] of acknowledged) expect(numbers.get(title), title).toBe(number);
}

describe('two servers, one database', () => {
  it('share the files that people send, and make a ledger that either gives out', async () => {
    const [township, secretary] = [pageOf('huang-changqing'), pageOf('huang-wenchang')];
    const due = dayOf(new Date(Date.now() + 7 * 86_400_000));
    await township.say(a, '下达任务 入户走访');
    // What the last look's button carries.
    const sure = { sure: 'yes' };
    await township.press(b, '下达', { standard: '35户', units: 'below:qingshan-shiqiao', due, ...sure });
    const query = new URLSearchParams({ place: secretary.place, id: randomUUID(), name: '走访.jpg' });
    const sent = await fetch(`${a.url}/webchat/file?${query}`, {
      method: 'POST',
      headers: { 'x-person': 'huang-wenchang', 'content-type': 'application/octet-stream' },
      body: new Blob([new Uint8Array(photo())]),
    });
    expect(sent.status).toBe(200);
    const linkIn = async (who: typeof township, from: Server, at: Server) => {
      let token: string | undefined;
      await until(async () => {
        token = /\/d\/([\w-]+)/.exec(JSON.stringify(await who.messages(from)))?.[1];
        return token !== undefined;
      });
      return fetch(`${at.url}/d/${token}`);
    };
    const photoAtB = await linkIn(secretary, a, b);
    expect(photoAtB.status).toBe(200);
    expect(Buffer.from(await photoAtB.arrayBuffer())).toEqual(photo());
    const number = /RW-\d{4}-\d{4}/.exec(JSON.stringify(await township.messages(a)))?.[0];
    await township.say(b, `导出 ${number}`);
    const ledgerAtA = await linkIn(township, b, a);
    expect(ledgerAtA.status).toBe(200);
    expect(
      Buffer.from(await ledgerAtA.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
  });

  it('tell one story, press by press in turn', async () => {
    const secretary = pageOf('huang-wenchang');
    const township = pageOf('huang-changqing');
    const page = await streamOf(a, 'huang-wenchang');
    await secretary.say(a, '上报 村口路灯坏了');
    const done = await secretary.press(b, '提交', { star: 'pingan-fazhi', aspect: '物' });
    const number = numberIn(JSON.stringify(done)) ?? '';
    expect(number).not.toBe('');

    await township.press(a, '受理');
    // The reporter's page hangs on A; B acts, and A rings.
    await until(() => page.text().includes('event: ring'));
    page.forget();
    await township.press(b, '办结');
    await township.press(a, '办结', { words: '三盏都换好了' });
    page.forget();
    await secretary.say(b, `问题 ${number}`);
    await until(() => page.text().includes(`"place":"${secretary.place}"`));
    page.forget();
    await secretary.press(b, '满意销号');
    await until(() => page.text().includes('event: ring'));
    await page.close();

    const [issue] = await stored();
    expect(issue).toMatchObject({ id: number, state: 'closed', verdict: '满意' });
    for (const server of [a, b]) {
      const seen = JSON.stringify(await township.messages(server));
      expect(seen).toContain('已销号');
      const order = (await secretary.messages(server)).map(({ seq }) => seq);
      expect(order).toEqual(order.toSorted((x, y) => x - y));
    }
  });

  it('lose nothing when one is killed in the middle of reports, and nothing comes twice', async () => {
    const acknowledged = new Map<string, string>();
    let lost = 0;
    for (let round = 0; round < 2; round += 1) {
      const titles = Array.from({ length: 120 }, (_, n) => `kill-${round}-${n}`);
      let answers = 0;
      const began = performance.now();
      await Promise.all(
        titles.map(async (title, n) => {
          const number = numberIn(await report((n % 2 ? a : b).url, title));
          if (number) acknowledged.set(title, number);
          else lost += 1;
          answers += 1;
          if (answers === 30 + 20 * round) await a.kill();
        }),
      );
      console.info(`${titles.length} reports to two servers: ${Math.round(performance.now() - began)} ms`);
      await expectAll(acknowledged);
      // The other one goes on, also with what was not answered: Teams sends it again. It may ask to try later.
      const open = titles.filter((title) => !acknowledged.has(title));
      await Promise.all(
        open.map(async (title) => {
          let answer = await report(b.url, title);
          for (let press = 1; press < 10 && answer.includes('稍后再试'); press += 1)
            answer = await report(b.url, title, `${title}-${press}`);
          acknowledged.set(title, numberIn(answer) ?? answer);
        }),
      );
      await expectAll(acknowledged);
      a = await start();
    }
    expect(acknowledged.size).toBe(240);
    console.info(`kill -9 of one of two servers: ${lost} unanswered at first, none lost, none twice`);
  });

  it('ask people to try later while PostgreSQL restarts under load, and recover by themselves', async ({
    signal,
  }) => {
    const acknowledged = new Map<string, string>();
    const refused: string[] = [];
    let phase: 'up' | 'down' | 'again' = 'up';
    let since = 0;
    let titles = 0;
    const worker = async (server: Server) => {
      while (!signal.aborted && (phase !== 'again' || since < 40)) {
        const title = `restart-${++titles}`;
        // Who is asked to try later presses again: that is another activity, and nothing tells that it is the same.
        for (let press = 1; !acknowledged.has(title) && !signal.aborted; press += 1) {
          const answer = await report(server.url, title, `${title}-${press}`);
          const number = numberIn(answer);
          if (number) acknowledged.set(title, number);
          else refused.push(answer);
          if (phase === 'again') since += 1;
        }
      }
    };
    const work = [a, b, a, b, a, b].map(worker);
    await until(() => acknowledged.size > 30);
    phase = 'down';
    await pg.stop();
    await until(() => refused.length > 20);
    await pg.start();
    phase = 'again';
    await Promise.all(work);
    for (const answer of refused) expect(answer).toContain('稍后再试');
    await expectAll(acknowledged);
    console.info(`restart under load: ${acknowledged.size} kept, ${refused.length} asked to try later`);
  });
});
