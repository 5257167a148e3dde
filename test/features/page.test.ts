/** 看板 gives a link that works once, to the asker alone; 退出 ends what it opened. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { places } from '../../src/bot/delivery/conversations.ts';
import { sessionOf, usePass } from '../../src/bot/turn/page-sessions.ts';
import { createKit, type Kit } from '../kit.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await createKit();
});
afterEach(() => kit.close());

const NOW = new Date('2026-11-20T09:05:00+08:00');

it('opens a session for the one who asked, until 退出', async () => {
  const township = kit.person('huang-changqing');
  const { text, card } = await township.say('看板');
  const [, token = ''] = /https:\/\/kit\.example\/in\/(\S+)/.exec(text) ?? [];
  expect(JSON.stringify(card)).toContain(`/in/${token}`);
  const opened = await kit.store.transaction((tx) => usePass(tx, NOW, token, 'a secret'));
  expect(opened).toMatchObject({ person: 'huang-changqing' });
  expect(await kit.store.transaction((tx) => usePass(tx, NOW, token, 'another'))).toBe('used');
  expect((await kit.person('wang-haiyan').say('退出')).text).toContain('没有打开着的网页');
  expect((await township.say('退出')).text).toContain('已退出1处');
  expect(await kit.store.read((tx) => sessionOf(tx, NOW, 'a secret'))).toBeUndefined();
});

it('gives no link in a group, nor where nobody can reach the server', async () => {
  expect((await kit.in('zzb', 'bai-zhiyuan').say('看板')).text).toBe(
    '链接只给您本人。请在和我的单聊里再发一次。',
  );
  const nowhere = await createKit({ address: null });
  expect((await nowhere.person('bai-zhiyuan').say('看板')).text).toContain('没有开通网页');
  await nowhere.close();
});

it('does not move messages to the page when the person has a chat on a platform', async () => {
  const { channel, store, bot } = kit;
  const at = (minute: number) => new Date(NOW.getTime() + minute * 60_000).toISOString();
  const place = (id: string, name: string, minute: number) => {
    const row = { id, channel: name, kind: 'personal' as const, person: 'huang-changqing', unit: null };
    return { ...row, star: null, ref: null, at: at(minute) };
  };
  await store.transaction(async (tx) => {
    await tx.table(places).put(places.schema.parse(place('webchat|p:huang-changqing', 'webchat', 2)));
    await tx.table(places).put(places.schema.parse(place('other|1', 'other', 1)));
  });
  const sent: string[] = [];
  const other = {
    ...channel,
    name: 'other',
    send: async ({ key }: { key: string }) => {
      sent.push(key);
      return key;
    },
  };
  kit.channels.set('other', other);
  channel.capabilities = { ...channel.capabilities, notifies: false };
  await kit.person('huang-wenchang').say('上报 路灯坏了');
  await kit.person('huang-wenchang').click('提交', { star: 'pingan-fazhi', aspect: '物' });
  await bot.pump();
  expect(sent).toEqual(['other|1']);
});
