/** A running Teams channel over a stub bot and a fake connector. */
import type { Bot, Query } from '../../../src/bot/bot.ts';
import type { Channel } from '../../../src/bot/channel.ts';
import type { Answer, Attachment, Happening, Inbound, Shown } from '../../../src/bot/message.ts';
import { createTeams, type TeamsOptions } from '../../../src/channels/teams/index.ts';
import type { Log } from '../../../src/lib/log.ts';
import { createWeb } from '../../../src/web/server.ts';
import { type FakeConnector, startFakeConnector } from '../../fake-connector.ts';

export const NOW = new Date('2026-11-23T01:00:00.000Z');

export interface Rig {
  readonly connector: FakeConnector;
  readonly channel: Channel;
  readonly url: string;
  /** What reached the bot, and what was asked to be delivered. */
  readonly handled: Inbound[];
  /** What was attached to each of them. */
  readonly attached: (readonly Attachment[])[];
  readonly happened: Happening[];
  readonly asked: Query[];
  readonly delivered: string[];
  /** Every line that was logged: level, fields and message in one. */
  readonly logged: string[];
  /** How the bot answers from now on; without it, by a message `收到` through `channel.send`. */
  answerWith(answer: (inbound: Inbound) => Promise<Answer> | Answer): void;
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<globalThis.Response>;
  close(): Promise<void>;
}

export async function startRig(
  options: Partial<Pick<TeamsOptions, 'credentials' | 'authentication' | 'timeoutMs'>> = {},
): Promise<Rig> {
  const connector = await startFakeConnector();
  const handled: Inbound[] = [];
  const attached: (readonly Attachment[])[] = [];
  const happened: Happening[] = [];
  const asked: Query[] = [];
  const delivered: string[] = [];
  const logged: string[] = [];
  const outbox = new Map<string, { inbound: Inbound; shown: Shown }>();
  const write =
    (level: string) =>
    (...parts: unknown[]) =>
      void logged.push(`${level} ${parts.map((part) => JSON.stringify(part)).join(' ')}`);
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  let reply: (inbound: Inbound) => Promise<Answer> | Answer = (inbound) => {
    outbox.set(`reply:${inbound.id}`, { inbound, shown: { text: '收到' } });
    return { scope: 'none', shown: { text: '收到' }, refused: false, sends: [`reply:${inbound.id}`] };
  };
  const bot: Bot = {
    admit: () => undefined,
    handle: async (inbound, files = []) => {
      handled.push(inbound);
      attached.push(files);
      return reply(inbound);
    },
    spare: () => true,
    deliver: async ({ sends }) => {
      for (const id of sends) {
        delivered.push(id);
        const due = outbox.get(id);
        if (due) await channel.send(due.inbound.place, due.shown, id);
      }
    },
    happen: async (happening) => {
      happened.push(happening);
      return [];
    },
    search: async (query) => {
      asked.push(query);
      return [{ title: '柳湾村党支部', value: 'liuwan' }];
    },
    pump: async () => {},
    tick: async () => {},
    stop: async () => {},
    download: async () => 'refused',
    draw: async ({ text }) => ({ text }),
    look: async () => undefined,
  };
  const web = createWeb({ log, loopbackOnly: options.credentials === undefined, health: async () => 'ok' });
  const serviceHosts = ['127.0.0.1'];
  const channel = createTeams({ bot, web, log, serviceHosts, now: () => NOW, ...options });
  const url = `http://127.0.0.1:${await web.listen('127.0.0.1', 0)}/api/messages`;
  return {
    connector,
    channel,
    url,
    handled,
    attached,
    happened,
    asked,
    delivered,
    logged,
    answerWith: (answer) => {
      reply = answer;
    },
    post: (body, headers = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: async () => {
      await web.close();
      await connector.close();
    },
  };
}
