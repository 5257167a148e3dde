/** 看板 gives a link that works once, to the asker alone; 退出 ends what it opened. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { places } from '../../src/bot/delivery/conversations.ts';
import { sessionOf, usePass } from '../../src/bot/turn/page-sessions.ts';
import { createKit, type Kit, type Message, wordsOf } from '../kit.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await createKit();
});
afterEach(() => kit.close());

/** The token of the only link on a card. */
function tokenOf(card: Message['card']): string {
  return /https:\/\/kit\.example\/(?:in|d)\/([\w-]+)/.exec(JSON.stringify(card))?.[1] ?? '';
}

/** Everything that the store has on disk. */
async function stored(): Promise<string> {
  const files = (await readdir(kit.dir, { withFileTypes: true })).filter((file) => file.isFile());
  return (await Promise.all(files.map(({ name }) => readFile(join(kit.dir, name), 'utf8')))).join('\n');
}

it('keeps no link in what is stored of an answer, and shows it to nobody else', async () => {
  const lead = kit.person('guo-chengye');
  await lead.say('会商 发起 11月25日下午3点');
  await lead.click('发起会商', { place: '三楼', agenda: '一件事' });
  await lead.click('发起会商');
  const tokens = [];
  for (const words of ['看板', '日历', '日历 HS-2026-11-01', '换新链接']) {
    let said = await lead.say(words);
    if (words === '换新链接') said = { ...said, ...(await lead.click('换新链接')) };
    tokens.push(tokenOf(said.card));
  }
  const known = await stored();
  expect(known).toContain('看板。点“打开网页”');
  expect(new Set(tokens).size).toBe(4);
  for (const token of tokens) {
    expect(token.length).toBeGreaterThan(40);
    expect(known).not.toContain(token);
  }
  const subjects = [...known.matchAll(/"kind":"pass","id":"([^"]+)"/g)].map(([, id = '']) => id);
  expect(subjects.length).toBeGreaterThan(0);
  for (const viewer of ['huang-changqing', null]) {
    for (const subject of [
      { kind: 'pass', id: subjects[0] ?? '' },
      { kind: 'feed', id: 'guo-chengye' },
      { kind: 'event', id: 'HS-2026-11-01' },
    ]) {
      const { card } = await kit.bot.draw({ text: '', card: { subject } }, viewer);
      expect(JSON.stringify(card)).not.toContain('https');
    }
  }
});

const NOW = new Date('2026-11-20T09:05:00+08:00');

it('opens a session for the one who asked, until 退出', async () => {
  const township = kit.person('huang-changqing');
  const { text, card } = await township.say('看板');
  expect(text).not.toContain('http');
  const token = tokenOf(card);
  const opened = await kit.store.transaction((tx) => usePass(tx, NOW, token, 'a secret'));
  expect(opened).toMatchObject({ person: 'huang-changqing' });
  expect(await kit.store.transaction((tx) => usePass(tx, NOW, token, 'another'))).toBe('used');
  expect((await kit.person('wang-haiyan').say('退出')).text).toContain('没有打开着的网页');
  // The card says so, too; and whoever else sees it gets no link.
  expect(wordsOf((await township.last()).card)).toContain('这个链接用过了');
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
