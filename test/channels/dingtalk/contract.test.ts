/** DingTalk, over its calls and its Stream on loopback, keeps what every channel promises: with both templates, and in words. */
import type { Channel, Place } from '../../../src/bot/delivery/channel.ts';
import { literal } from '../../../src/channels/dingtalk/drawing.ts';
import { groupPlace, personalPlace } from '../../../src/channels/dingtalk/place.ts';
import { CORP, type Json, type Message } from '../../fake-dingtalk.ts';
import { channelContract, type Driver, type Seen } from '../channel.contract.ts';
import { buttonsIn, startKit, type Tier } from './kit.ts';

const ZHANG = 'zhang';
const GROUP = 'cidGroup0==';

/** What a client makes of Markdown: links, emphasis, tags. */
const MARKS = /\[[^\]]*\]\([^)]*\)|<[^>]+>|^#{1,6} |`[^`]+`|\*\*[^*]+\*\*/gm;

const LINK = /\[([^\]]*)\]\((dtmd:[^)]*)\)/g;
const saidBy = (address: string) => new URL(address).searchParams.get('content') ?? '';

/** A card in words: its lines, as a reader takes marks in full width for what they are, and its links. */
function seenInWords({ id, text = '', kind, at }: Message): Seen {
  if (kind === 'text') return { id, text, marks: at };
  const links = [...text.matchAll(LINK)].map(([, title = '', address = '']) => [
    title,
    ...saidBy(address).split(/[#~]/),
  ]);
  const lines = text.replace(LINK, '').split('\n\n');
  const said = lines.map((line) => line.replace(/^\*\*(.*)\*\*$/s, '$1'));
  const marks = said.join('\n').match(MARKS) ?? [];
  return {
    id,
    text,
    card: { said: said.map((line) => line.normalize('NFKC')), links },
    marks: [...at, ...marks],
  };
}

function seenOf({ id, text, kind, params, at }: Message): Seen {
  if (kind !== 'card')
    return { id, text: text ?? '', marks: [...at, ...(kind === 'text' ? [] : (text?.match(MARKS) ?? []))] };
  const { markdown = '', body = '', title = '', form = '', ...rest } = params;
  const marks = `${markdown}${body}`.match(MARKS) ?? [];
  // The name of a button begins with what it does.
  const buttons = buttonsIn(rest).map((one: Json) => ({ ...one, id: String(one.id).split('~') }));
  const card = { title, text: `${markdown}${body}`, buttons, form: form ? JSON.parse(form) : [] };
  return { id, text: title, card, marks: [...at, ...marks] };
}

const NAMES = { form: 'with our template', basic: 'with the basic template', words: 'in words' };

const dingtalk = (tier: Tier): Driver => ({
  name: `DingTalk ${NAMES[tier]}`,
  async start(bot) {
    const kit = await startKit(bot, tier);
    const { fake } = kit;
    const personal = personalPlace(`${CORP}:${ZHANG}`) as Place;
    const group = groupPlace(CORP, GROUP);
    const chat = ({ kind }: Place) => (kind === 'group' ? `g:${GROUP}` : `p:${ZHANG}`);
    const refused =
      (code: string, status = 400) =>
      () =>
        fake.trouble({ status, body: { code, message: `${code} of the tests` } });
    /** Words have no id on the platform but that of the request. */
    const sent = new Map<string, string>();
    const channel: Channel = {
      ...kit.channel,
      async send(...message) {
        const id = await kit.channel.send(...message);
        sent.set(id.split(':')[1] ?? '', id);
        return id;
      },
    };
    const look = (at: Place) => fake.seen(chat(at), ZHANG);
    return {
      channel,
      ...(tier === 'words' && { typed: true as const }),
      personal,
      group,
      elsewhere: { key: 'webchat|g:sq', kind: 'group' },
      seen: async (at) =>
        tier === 'words'
          ? look(at).map((one) => seenInWords({ ...one, id: sent.get(one.id) ?? one.id }))
          : look(at).map(seenOf),
      async say(at, text, id) {
        const ack = await fake.say({
          staff: ZHANG,
          text,
          msgId: id,
          ...(at.kind === 'group' && { group: GROUP }),
        });
        if (ack.code !== 200) throw new Error(JSON.stringify(ack));
      },
      async press(at, message, op, data, id) {
        if (tier === 'words') {
          const words = look(at).flatMap(({ text }) => [...(text ?? '').matchAll(LINK)]);
          const found = words.find(([, , address]) => address?.includes(encodeURIComponent(`${op}~`)));
          await fake.say({ staff: ZHANG, text: saidBy(found?.[2] ?? ''), msgId: id });
          const { id: _, ...seen } = seenInWords(look(at).at(-1) as Message);
          return seen;
        }
        const before = look(at).find((one) => one.id === message);
        const button = buttonsIn(before?.params ?? {}).find((one: Json) =>
          String(one.id).startsWith(`${op}~`),
        );
        const ack = await fake.press(message, ZHANG, button?.id, { form: data }, id);
        const { cardData, userPrivateData } = ack.answer.response;
        const params = (cardData ?? userPrivateData)?.cardParamMap ?? {};
        if (!params.title) return { text: params.status ?? params.tips, marks: [] };
        const { id: _, ...seen } = seenOf({ id: message, kind: 'card', at: [], own: new Map(), params });
        return seen;
      },
      async file(name, bytes) {
        fake.file('code-1', bytes);
        const fields = { msgtype: 'file', content: { downloadCode: 'code-1', fileName: name } };
        await fake.say({ staff: ZHANG, fields });
      },
      happens: {
        added: async () => void (await fake.say({ staff: ZHANG, text: '帮助', group: 'cidNew' })),
        removed: async () => void (await fake.event('chat_disband', { openConversationId: GROUP })),
        left: async () => void (await fake.event('user_leave_org', { userId: [ZHANG] })),
      },
      failures: {
        retry: refused('system.busy', 503),
        limited: refused('Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', 403),
        configuration: refused('Forbidden.AccessDenied.AccessTokenPermissionDenied', 403),
        unsure: () => fake.trouble({ fail: 'late' }),
        gone: refused('robot.oto.notExist'),
        refused: refused('contain.notAllowed.text'),
      },
      close: kit.close,
    };
  },
});

// What a client shows of full-width marks is those marks: nothing of ours may turn them back.
if (literal('[a](b)') === '[a](b)') throw new Error('people’s words are markup');
for (const tier of ['form', 'basic', 'words'] as const) channelContract(dingtalk(tier));
