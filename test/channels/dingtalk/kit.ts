/** A running DingTalk channel over some bot, the real embedded store and a DingTalk on loopback. */
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bot } from '../../../src/bot/bot.ts';
import { forms } from '../../../src/bot/cards/form-rows.ts';
import { createDingtalk, type DingtalkOptions } from '../../../src/channels/dingtalk/index.ts';
import { dingtalkTables } from '../../../src/channels/dingtalk/tables.ts';
import { readConfig } from '../../../src/config.ts';
import type { Log } from '../../../src/lib/log.ts';
import { openLowdb } from '../../../src/store/lowdb/index.ts';
import { createWeb } from '../../../src/web/server.ts';
import { APP, CORP, type FakeDingtalk, type Json, OURS, startFakeDingtalk } from '../../fake-dingtalk.ts';

export type Tier = 'form' | 'basic' | 'words';

/** The environment of a server that talks to this DingTalk. */
export function environment(fake: FakeDingtalk, tier: Tier): Record<string, string> {
  return {
    DINGTALK_CLIENT_ID: APP.clientId,
    DINGTALK_CLIENT_SECRET: APP.clientSecret,
    DINGTALK_CORP_ID: CORP,
    DINGTALK_API: fake.url,
    DINGTALK_OAPI: fake.url,
    ...(tier === 'form' && { DINGTALK_CARD_TEMPLATE: OURS }),
    ...(tier === 'words' && { DINGTALK_BASIC_TEMPLATE: 'none' }),
  };
}

export async function startKit(
  bot: Bot,
  tier: Tier = 'form',
  changes: Partial<DingtalkOptions> = {},
  now: () => Date = () => new Date('2026-11-23T01:00:00.000Z'),
) {
  const fake = await startFakeDingtalk();
  const dir = await mkdtemp(join(tmpdir(), 'dingtalk-'));
  const store = await openLowdb({ dir, tables: [...dingtalkTables, forms] });
  const logged: string[] = [];
  const write =
    (level: string) =>
    (...parts: unknown[]) =>
      void logged.push(`${level} ${parts.map((part) => JSON.stringify(part)).join(' ')}`);
  const log: Log = { debug: () => {}, info: write('info'), warn: write('warn'), error: write('error') };
  const web = createWeb({ log, loopbackOnly: false, health: async () => 'ok' });
  const used: number[] = [];
  const warned: string[] = [];
  const { dingtalk: credentials } = readConfig(environment(fake, tier)).credentials;
  if (!credentials) throw new Error('no credentials');
  const channel = createDingtalk({
    bot,
    store,
    web,
    log,
    credentials,
    now,
    elapsed: () => performance.now(),
    sign: (text) => createHmac('sha256', 'tests only').update(text).digest('base64url'),
    people: { idOf: async () => undefined, signInToken: async () => 'token' },
    metrics: { calls: (_channel, count) => void used.push(count), connections: () => {} },
    warn: async (_tx, words) => void warned.push(words),
    timeoutMs: 500,
    ...changes,
  });
  const port = await web.listen('127.0.0.1', 0);
  await channel.start();
  await until(() => fake.sockets() > 0);
  return {
    fake,
    store,
    channel,
    logged,
    used,
    warned,
    url: `http://127.0.0.1:${port}`,
    async close() {
      await channel.stop();
      await web.close();
      await store.close();
      await fake.close();
      await rm(dir, { recursive: true });
    },
  };
}

/** Wait for what is to happen soon. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The buttons of a card in either template, as a client knows them. */
export function buttonsIn({ buttons, sys_full_json_obj }: Readonly<Record<string, string>>): readonly Json[] {
  if (buttons) return JSON.parse(buttons);
  return sys_full_json_obj ? JSON.parse(sys_full_json_obj).msgButtons : [];
}
