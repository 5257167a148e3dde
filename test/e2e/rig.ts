/** The whole app over HTTP: started in this process or as one of its own, with a fake connector beside it. */
import { deepStrictEqual } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { instant } from '../../src/lib/dates.ts';
import type { Log } from '../../src/lib/log.ts';
import { bundled } from '../bundle.ts';
import {
  executes,
  type FakeConnector,
  type From,
  type Json,
  says,
  startFakeConnector,
  submits,
} from '../fake-connector.ts';
import { NODE_ARGS, WITHOUT_TSX } from '../start.ts';
import { startHeldClock } from './held-clock.ts';

export const root = new URL('../..', import.meta.url).pathname;

interface DemoMember {
  readonly id: string;
  readonly name: string;
  readonly accounts: { readonly teams: string };
}
const members: readonly DemoMember[] = JSON.parse(readFileSync(join(root, 'data/demo/members.json'), 'utf8'));

export interface TeamsPerson {
  /** Words typed; resolves to the newest message in the chat. */
  says(text: string, id?: string): Promise<Json>;
  /** Press Action.Execute; resolves to the invoke response's body. */
  executes(title: string, inputs?: Json, on?: Json): Promise<Json>;
  /** Press Action.Submit; resolves to the newest message in the chat. */
  submits(title: string, inputs?: Json, on?: Json): Promise<Json>;
  messages(): Json[];
  readonly from: From;
}

export interface Rig {
  readonly app: App;
  readonly connector: FakeConnector;
  readonly url: string;
  /** What was logged as an error. */
  readonly errors: unknown[];
  post(body: unknown): Promise<Response>;
  person(id: string, group?: string): TeamsPerson;
  /** Somebody whom the city does not know. */
  stranger(who: { account: string; name: string }, group?: string): TeamsPerson;
  close(): Promise<void>;
  /** Close it where a test ends: nothing may have been logged as an error. @throws */
  end(): Promise<void>;
}

export async function tempDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'huishang-'));
}

interface RigOptions {
  /** Without it, it is nine o'clock of a working day when the rig starts, and time goes on. */
  readonly now?: () => Date;
  readonly cityData?: string;
  /** The demo city has its past. */
  readonly history?: boolean;
  /** The connector enforces Teams' limits, by a clock that it has in common with the bot. */
  readonly limited?: boolean;
  /** Instead of keeping errors and nothing else. */
  readonly log?: Log;
  /** The scheduler runs, as in earnest; else only `app.tick` does what it would. */
  readonly ticking?: boolean;
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { limited = false, ticking = false } = options;
  const dir = await tempDir();
  // A story of a morning takes a second here: Teams' limits are told in bot/outbox.test.ts.
  let elapsed = () => performance.now() * 1_000;
  const connector = await startFakeConnector({ limited, elapsed: () => elapsed() });
  const clock = limited ? startHeldClock(connector) : undefined;
  if (clock) elapsed = clock.elapsed;
  const config = readConfig({
    PORT: '0',
    DATA_DIR: dir,
    CITY_DATA: options.cityData ?? join(root, 'data/demo'),
    DEMO_HISTORY: options.history ? 'on' : 'off',
  });
  const errors: unknown[] = [];
  const none = () => undefined;
  const log: Log = options.log ?? {
    debug: none,
    info: none,
    warn: none,
    error: (...what: unknown[]) => void errors.push(what),
  };
  const began = performance.now();
  const morning = instant('2026-11-20', '09:00').getTime();
  const { now = () => new Date(morning + performance.now() - began) } = options;
  const app = await startApp({ config, log, elapsed, now, ticking });
  const url = `http://127.0.0.1:${app.port}`;
  const post = (body: unknown) => postTo(url, body);
  async function close(): Promise<void> {
    await app.stop();
    clock?.stop();
    await connector.close();
    await rm(dir, { recursive: true });
  }

  return {
    app,
    connector,
    url,
    errors,
    post,
    person: (id, group) => teamsPerson(accountOf(id), `a:${id}`, group, connector, post, app.pump),
    stranger: (who, group) => teamsPerson(who, `a:${who.account}`, group, connector, post, app.pump),
    close,
    async end() {
      await close();
      deepStrictEqual(errors, []);
    },
  };
}

export function postTo(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The card of a message or of an invoke response. */
export function cardOf(message: Json): Json {
  return message.attachments?.[0]?.content ?? message.value;
}

/** All Action.Execute of a card. */
export function actionsOf(card: Json): Json[] {
  return elementsOf(card).filter(({ type }) => type === 'Action.Execute');
}

/** What is filled in on a card, as a client sends it along with a press. */
export function inputsOf(card: Json): Json {
  const inputs = elementsOf(card).filter(
    ({ type, value }) => String(type).startsWith('Input.') && value !== undefined,
  );
  return Object.fromEntries(inputs.map(({ id, value }) => [id, value]));
}

function elementsOf(card: Json): Json[] {
  const found: Json[] = [];
  const walk = (node: Json | Json[]): void => {
    if (Array.isArray(node)) for (const item of node) walk(item);
    else if (node !== null && typeof node === 'object') {
      found.push(node);
      for (const [key, value] of Object.entries(node)) if (key !== 'fallback' && key !== 'data') walk(value);
    }
  };
  walk(card);
  return found;
}

export function accountOf(id: string): { account: string; name: string } {
  const member = members.find((m) => m.id === id);
  if (!member) throw new Error(`no demo person ${id}`);
  return { account: member.accounts.teams, name: member.name };
}

/** As somebody presses who looked first, longer than a new button is held back. */
export function calm({ drawn: _, ...data }: Json): Json {
  return data;
}

function teamsPerson(
  who: { account: string; name: string },
  personal: string,
  group: string | undefined,
  connector: FakeConnector,
  post: Rig['post'],
  pump: () => Promise<void>,
): TeamsPerson {
  const from: From = {
    serviceUrl: connector.url,
    ...who,
    ...(group ? { conversation: group, group: true } : { conversation: personal }),
  };
  const messages = () => connector.messages(from.conversation ?? '');
  const button = (title: string, on?: Json) => {
    const shown = on ? [on] : messages().reverse();
    for (const message of shown) {
      const action = message.attachments && actionsOf(cardOf(message)).find((a) => a.title === title);
      if (action) return { message, action, filled: inputsOf(cardOf(message)) };
    }
    throw new Error(`${who.name} sees no button “${title}”`);
  };
  const send = async (body: Json) => {
    const response = await post(body);
    if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    const text = await response.text();
    await pump();
    return text ? JSON.parse(text) : {};
  };
  return {
    from,
    messages,
    async says(text, activity) {
      await send(says({ ...from, ...(activity && { id: activity }) }, text));
      return messages().at(-1) ?? {};
    },
    async executes(title, inputs = {}, on) {
      const { message, action, filled } = button(title, on);
      return send(executes(from, message.id, action.verb, { ...filled, ...inputs, ...calm(action.data) }));
    },
    async submits(title, inputs = {}, on) {
      const { message, action, filled } = button(title, on);
      await send(submits(from, message.id, { ...filled, ...inputs, ...calm(action.fallback.data) }));
      return messages().at(-1) ?? {};
    },
  };
}

/**
 * The app as a process of its own; resolves once it listens. It runs from one file, or with `sources` exactly as
 * `npm start` runs it, which takes twice as long to begin. `home`: where its sources are, when they are another version's.
 */
export async function spawnApp(
  dir: string,
  settings: Readonly<Record<string, string>> = {},
  { sources = false, home = root } = {},
): Promise<{ url: string; process: ChildProcess; kill(): Promise<void> }> {
  const main = join(home, 'src/main.ts');
  const args = sources ? [...NODE_ARGS, main] : [...WITHOUT_TSX, await bundled(main)];
  const child = spawn(process.execPath, args, {
    cwd: home,
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dir, DEMO_HISTORY: 'off', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const { where } = JSON.parse(line);
    if (where) {
      child.stdout.resume();
      return {
        url: where,
        process: child,
        async kill() {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
        },
      };
    }
  }
  throw new Error(`the app ended with ${child.exitCode} before it listened`);
}
