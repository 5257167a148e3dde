/** A running Teams channel over a stub bot and a fake connector. */

import type { Query } from '../../../src/bot/bot.ts';
import type { CardJson } from '../../../src/bot/cards/adaptive.ts';
import type { Channel, ChatEvent } from '../../../src/bot/delivery/channel.ts';
import type { Answer, Attachment, Inbound } from '../../../src/bot/turn/inbound.ts';
import { createTeams, type TeamsOptions } from '../../../src/channels/teams/index.ts';
import type { Log } from '../../../src/lib/log.ts';
import { createWeb } from '../../../src/web/server.ts';
import { type FakeConnector, startFakeConnector } from '../../fake-connector.ts';
import { idleBot } from '../../platform.ts';

export const NOW = new Date('2026-11-23T01:00:00.000Z');

export interface Rig {
  readonly connector: FakeConnector;
  readonly channel: Channel;
  readonly url: string;
  /** What reached the bot. */
  readonly handled: Inbound[];
  /** What was attached to each of them. */
  readonly attached: (readonly Attachment[])[];
  readonly happened: ChatEvent[];
  readonly asked: Query[];
  /** Every line that was logged: level, fields and message in one. */
  readonly logged: string[];
  /** How the bot answers from now on; without it, by a message `收到` through `channel.send`. */
  answerWith(answer: (inbound: Inbound) => Promise<Answer> | Answer): void;
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<globalThis.Response>;
  close(): Promise<void>;
}

export async function startRig(
  options: Partial<
    Pick<TeamsOptions, 'bot' | 'render' | 'credentials' | 'authentication' | 'timeoutMs'>
  > = {},
): Promise<Rig> {
  const connector = await startFakeConnector();
  const handled: Inbound[] = [];
  const attached: (readonly Attachment[])[] = [];
  const happened: ChatEvent[] = [];
  const asked: Query[] = [];
  const logged: string[] = [];
  const write =
    (level: string) =>
    (...parts: unknown[]) =>
      void logged.push(`${level} ${parts.map((part) => JSON.stringify(part)).join(' ')}`);
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  let reply: (inbound: Inbound) => Promise<Answer> | Answer = (_inbound) => {
    return { scope: 'none', shown: { text: '收到' }, refused: false };
  };
  const bot = idleBot({
    handle: async (inbound, files = []) => {
      handled.push(inbound);
      attached.push(files);
      const answer = await reply(inbound);
      if (answer.scope === 'none' && answer.shown.text)
        await channel.send(inbound.place, answer.shown, `reply:${inbound.id}`);
      return answer;
    },
    chatEvent: async (happening) => {
      happened.push(happening);
    },
    search: async (query) => {
      asked.push(query);
      return [{ title: '柳湾村党支部', value: 'liuwan' }];
    },
  });
  const web = createWeb({ log, loopbackOnly: options.credentials === undefined, health: async () => 'ok' });
  const serviceHosts = ['127.0.0.1'];
  const channel = createTeams({
    bot,
    render: (card) => card as unknown as CardJson,
    web,
    log,
    serviceHosts,
    now: () => NOW,
    ...options,
  });
  const url = `http://127.0.0.1:${await web.listen('127.0.0.1', 0)}/api/messages`;
  return {
    connector,
    channel,
    url,
    handled,
    attached,
    happened,
    asked,
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
