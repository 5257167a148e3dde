/**
 * What every channel promises to the kernel, played over its real transport against a bot of a few lines. A platform
 * plugs in with one `Driver`: what its people do and see, and how it fails.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bot } from '../../src/bot/bot.ts';
import { type Card, note, previewCard } from '../../src/bot/cards/spec.ts';
import type { Channel, ChatEvent, Place, SendFailure } from '../../src/bot/delivery/channel.ts';
import { SendError } from '../../src/bot/delivery/channel.ts';
import type { Answer, Attachment, Inbound } from '../../src/bot/turn/inbound.ts';
import { turnId } from '../../src/bot/turn/inbound.ts';
import { sizeOf } from '../../src/lib/text.ts';
import { idleBot } from '../platform.ts';

/** A message of the bot as a chat shows it. */
export interface Seen {
  readonly id: string;
  /** Its words, where the platform shows any beside a card. */
  readonly text?: string | undefined;
  /** The card as the platform got it. */
  readonly card?: unknown;
  /** Links, mentions and markup that the platform makes of the words. */
  readonly marks: readonly unknown[];
}

/** A channel on its platform, with somebody who writes. */
export interface Played {
  readonly channel: Channel;
  /** The chat of that person, a group, and a chat that is none of this platform's. */
  readonly personal: Place;
  readonly group: Place;
  readonly elsewhere: Place;
  /** The group within one of its threads, where it has threads. */
  readonly thread?: Place;
  /** What the bot's messages look like in a chat (or its thread) now, oldest first. */
  seen(place: Place): Promise<readonly Seen[]>;
  /** The person types; `id` is the platform's own name of the message. */
  say(place: Place, text: string, id: string): Promise<void>;
  /** The person presses a button of a card; resolves to what they then see in its stead. */
  press(place: Place, message: string, op: string, data: object, id: string): Promise<Omit<Seen, 'id'>>;
  /** The person sends a file, where the platform takes files. */
  file?(name: string, bytes: Uint8Array): Promise<void>;
  /** Buttons are words that the person sends: a press is a message, and so is its answer. */
  readonly typed?: true;
  /** What the platform tells of chats themselves. */
  readonly happens: Partial<Record<ChatEvent['what'], () => Promise<void>>>;
  /** How the next `send` to the personal chat is made to fail so. */
  readonly failures: Partial<Record<SendFailure, () => void>>;
  close(): Promise<void>;
}

export interface Driver {
  readonly name: string;
  start(bot: Bot): Promise<Played>;
}

/** A bot that answers as it is told to; without that, by a message 收到. */
function stubBot() {
  const handled: Inbound[] = [];
  const attached: Attachment[] = [];
  const happened: ChatEvent[] = [];
  let channel: Channel | undefined;
  let reply: (inbound: Inbound) => Answer = () => ({
    scope: 'none',
    shown: { text: '收到' },
    refused: false,
  });
  const bot = idleBot({
    async handle(inbound, files = []) {
      handled.push(inbound);
      attached.push(...files);
      const answer = reply(inbound);
      if (answer.scope === 'none')
        await channel?.send(inbound.place, answer.shown, `reply:${turnId(inbound)}`);
      return answer;
    },
    chatEvent: async (happening) => void happened.push(happening),
  });
  return {
    bot,
    handled,
    attached,
    happened,
    connect: (to: Channel) => {
      channel = to;
    },
    answerWith: (answer: (inbound: Inbound) => Answer) => {
      reply = answer;
    },
  };
}

const HOSTILE = '**粗** [点我](https://evil.example) <at>所有人</at> <b>x</b> @所有人 # 标题 `码` ${1+1}';
const CARD: Card = note('村口路灯坏了', [
  { title: '受理', op: 'issues.accept', data: { n: 1 }, style: 'default' },
]);

/** Everything that is not in the platform's own fields: the strings of a card. */
function wordsIn(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (node === null || typeof node !== 'object') return [];
  return Object.values(node).flatMap(wordsIn);
}

/** How a send fails. */
export async function failure(work: Promise<unknown>): Promise<SendError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SendError)) throw new Error(`no SendError: ${String(error)}`);
  return error;
}

export function channelContract({ name, start }: Driver): void {
  describe(`${name} as a channel`, () => {
    let played: Played;
    let stub: ReturnType<typeof stubBot>;
    let channel: Channel;
    beforeEach(async () => {
      stub = stubBot();
      played = await start(stub.bot);
      channel = played.channel;
      stub.connect(channel);
    });
    afterEach(() => played.close());

    const answer = (changes: Partial<Answer>): Answer => ({
      scope: 'none',
      shown: { text: '' },
      refused: false,
      ...changes,
    });
    /** A message with a card to press. */
    const posted = () => channel.send(played.personal, { text: '新问题', card: CARD }, 'notice:card');

    it('says what it can do', () => {
      const { bytes, choices, viewers, batch, ...flags } = channel.capabilities;
      for (const count of [bytes, choices, viewers, batch]) expect(count).toBeGreaterThanOrEqual(0);
      expect(bytes).toBeGreaterThan(10_000);
      expect(batch).toBeGreaterThan(0);
      for (const flag of Object.values(flags)) expect(typeof flag).toBe('boolean');
      expect(['local', 'accounts']).toContain(channel.people);
      expect(channel.name).toMatch(/^[a-z]+$/);
      expect(new Set([played.personal, played.group].map(({ key }) => key)).size).toBe(2);
    });

    it('posts words and a card, and shows something else in their place if it can', async () => {
      await channel.send(played.personal, { text: '提醒一' }, 'notice:1');
      const message = await posted();
      const [words, card] = await played.seen(played.personal);
      expect(words).toMatchObject({ text: '提醒一' });
      expect(card).toMatchObject({ id: message });
      expect(wordsIn(card?.card)).toEqual(expect.arrayContaining(['村口路灯坏了', '受理', 'issues.accept']));
      if (!channel.capabilities.update) return;
      await channel.update(played.personal, message, { text: '已办结', card: note('已办结') });
      const after = await played.seen(played.personal);
      expect(after.map(({ id }) => id)).toEqual([words?.id, message]);
      expect(wordsIn(after[1]?.card)).toContain('已办结');
      expect(wordsIn(after[1]?.card)).not.toContain('村口路灯坏了');
    });

    it('refuses to replace what it never posted', async () => {
      if (!channel.capabilities.update) return;
      const { kind } = await failure(channel.update(played.personal, '', { text: 'x' }));
      expect(kind).toBe('refused');
      expect(await played.seen(played.personal)).toEqual([]);
    });

    it('knows a key again, or does not, as it says', async () => {
      const ids = [];
      for (const text of ['提醒一', '提醒二'])
        ids.push(await channel.send(played.personal, { text }, 'notice:1'));
      const { idempotent } = channel.capabilities;
      expect((await played.seen(played.personal)).map(({ text }) => text)).toEqual(
        idempotent ? ['提醒一'] : ['提醒一', '提醒二'],
      );
      expect(new Set(ids).size).toBe(idempotent ? 1 : 2);
    });

    it('keeps each chat to itself, and answers in the thread that it was asked in', async () => {
      await channel.send(played.group, { text: '给群里的' }, 'notice:1');
      expect(await played.seen(played.personal)).toEqual([]);
      expect(await played.seen(played.group)).toHaveLength(1);
      if (!played.thread) return;
      await played.say(played.thread, '待办', 'in-a-thread');
      expect(stub.handled[0]?.place).toMatchObject({ key: played.group.key, thread: played.thread.thread });
      expect(await played.seen(played.thread)).toMatchObject([{ text: '收到' }]);
      expect(await played.seen(played.group)).toHaveLength(1);
    });

    it('makes no markup, link or mention of what people typed', async () => {
      await channel.send(played.group, { text: HOSTILE }, 'notice:1');
      await channel.send(played.group, { text: HOSTILE, card: note(HOSTILE) }, 'notice:2');
      const [words, card] = await played.seen(played.group);
      expect(words).toMatchObject({ text: HOSTILE, marks: [] });
      expect(card?.marks).toEqual([]);
      expect(wordsIn(card?.card)).toContain(HOSTILE);
    });

    it('points somebody out in a group if it can, and says the words in any case', async () => {
      const mention = { name: '李<at>四', account: '29:li' };
      await channel.send(played.group, { text: '请转告', mention }, 'notice:1');
      const [seen] = await played.seen(played.group);
      expect(seen?.text).toContain('请转告');
      expect(seen?.marks).toHaveLength(channel.capabilities.mentions ? 1 : 0);
    });

    it('shows as many rows of a large card as it takes, and says that there are more', async () => {
      const line = { mark: '', text: '村口的路灯坏了三盏，晚上没人敢走', tone: 'default' as const };
      const card = previewCard({ title: '长', text: '', lines: Array(20_000).fill(line), buttons: [] });
      await channel.send(played.personal, { text: '长'.repeat(3_000), card }, 'notice:1');
      const [seen] = await played.seen(played.personal);
      expect(sizeOf(seen?.card)).toBeLessThanOrEqual(channel.capabilities.bytes);
      expect(wordsIn(seen?.card).join()).toMatch(/还有\d{5}条/);
    });

    it('says of each failure what it means, and nothing of what was to be sent', async () => {
      expect(['gone', 'refused']).toContain(
        (await failure(channel.send(played.elsewhere, { text: '秘密' }, 'notice:0'))).kind,
      );
      for (const [kind, arrange] of Object.entries(played.failures)) {
        arrange();
        const error = await failure(channel.send(played.personal, { text: '秘密' }, `notice:${kind}`));
        expect(error.kind).toBe(kind);
        expect(error.message).not.toContain('秘密');
      }
      await channel.send(played.personal, { text: '又通了' }, 'notice:last');
      expect((await played.seen(played.personal)).at(-1)).toMatchObject({ text: '又通了' });
    });

    it('has nobody wait for one who never wrote, where it can reach people by itself', async () => {
      const { account } = (await spoken('待办', 'first')).sender;
      const place = channel.personalPlace?.(account);
      if (!place) return;
      expect(place).toMatchObject({ key: played.personal.key, kind: 'personal' });
      await channel.send(place, { text: '提醒' }, 'notice:1');
      expect((await played.seen(played.personal)).at(-1)).toMatchObject({ text: '提醒' });
    });

    async function spoken(text: string, id: string): Promise<Inbound> {
      await played.say(played.personal, text, id);
      const inbound = stub.handled.at(-1);
      if (!inbound) throw new Error('nothing reached the bot');
      return inbound;
    }

    it('hands on words with who said them and where, and shows the answer there', async () => {
      const inbound = await spoken('上报 村口路灯坏了', 'said');
      const { key, kind } = played.personal;
      expect(inbound).toMatchObject({ kind: 'text', text: '上报 村口路灯坏了', channel: channel.name });
      expect(inbound.place).toMatchObject({ key, kind });
      expect(key).toMatch(/^[a-z]+\|./);
      expect(inbound.sender.account).not.toBe('');
      expect(await played.seen(played.personal)).toMatchObject([{ text: '收到' }]);
      await played.say(played.group, '待办', 'in-the-group');
      expect(stub.handled.at(-1)).toMatchObject({
        text: '待办',
        place: { key: played.group.key, kind: 'group' },
      });
    });

    it('names what arrives twice the same, and another message otherwise', async () => {
      for (const id of ['same-id-1', 'same-id-1', 'other-id-2']) await spoken('待办', id);
      const message = await posted();
      for (const id of ['press-id-1', 'press-id-1', 'press-id-2'])
        await played.press(played.personal, message, 'issues.accept', {}, id);
      const turns = (kind: string) => stub.handled.filter((one) => one.kind === kind).map(turnId);
      expect(new Set(turns('text')).size).toBe(2);
      expect(new Set(turns('action')).size).toBe(2);
      expect(new Set(stub.handled.map(turnId)).size).toBe(4);
    });

    it('hands on a press with the card it was on and what was filled in', async () => {
      const message = await posted();
      stub.answerWith(() => answer({ scope: 'words', shown: { text: '好的' } }));
      await played.press(played.personal, message, 'issues.accept', { n: 1, words: '好' }, 'press-id-1');
      expect(stub.handled).toMatchObject([
        {
          kind: 'action',
          channel: channel.name,
          op: 'issues.accept',
          data: { n: 1, ...(!played.typed && { words: '好' }) },
          ...(!played.typed && { pressed: message, inline: true }),
          place: { key: played.personal.key },
        },
      ]);
    });

    it.each<[Answer['scope']]>([['card'], ['mine']])('answers a press with a card: %s', async (scope) => {
      if (played.typed) return;
      const message = await posted();
      stub.answerWith(() => answer({ scope, shown: { text: '已受理', card: note('已受理了') } }));
      const shown = await played.press(played.personal, message, 'issues.accept', {}, 'press-id-1');
      expect(wordsIn(shown.card)).toContain('已受理了');
      expect(await played.seen(played.personal)).toHaveLength(1);
    });

    it('answers a press with a sentence, and leaves the card', async () => {
      const message = await posted();
      stub.answerWith(() => answer({ scope: 'words', shown: { text: HOSTILE }, refused: true }));
      const shown = await played.press(played.personal, message, 'issues.accept', {}, 'press-id-1');
      expect(shown).toMatchObject({ text: HOSTILE, marks: [] });
      expect(shown.card).toBeUndefined();
      const [seen] = await played.seen(played.personal);
      expect(wordsIn(seen?.card)).toContain('村口路灯坏了');
    });

    it('takes files if it says so', async () => {
      expect(Boolean(played.file)).toBe(channel.capabilities.files);
      await played.file?.('照片.jpg', new Uint8Array([1, 2, 3]));
      const [attached] = stub.attached;
      if (!played.file) return;
      expect(attached?.name).toBe('照片.jpg');
      expect([...((await attached?.fetch(10)) ?? [])]).toEqual([1, 2, 3]);
    });

    it('tells what happens to chats', async () => {
      for (const [what, happen] of Object.entries(played.happens)) {
        stub.happened.length = 0;
        await happen();
        expect(stub.happened.length).toBeGreaterThan(0);
        for (const one of stub.happened) {
          expect(one).toMatchObject({ what, channel: channel.name });
          expect(['personal', 'group']).toContain(one.place.kind);
        }
      }
    });
  });
}
