/** The page's HTTP endpoints. Every request says who asks and is held to that person's own chats. */

import type { Request, Response } from 'restify';
import type { z } from 'zod';
import type { Place } from '../../bot/delivery/channel.ts';
import type { Answer, Attachment, Inbound } from '../../bot/turn/inbound.ts';
import { AppError } from '../../lib/errors.ts';
import { plainName } from '../../lib/filekind.ts';
import { MOST_FILE_BYTES, sayTooLarge } from '../../lib/filelimits.ts';
import { BodyError, readBody, readJson } from '../../web/body.ts';
import { mountAsides, type RoutesOptions } from './asides.ts';
import { type Chat, chatsOf, receivedFrom, WEBCHAT } from './city.ts';
import { answering, parsed, query, TooMuch } from './guard.ts';
import {
  actionInput,
  changesInput,
  fileInput,
  historyInput,
  photoInput,
  readInput,
  textInput,
} from './input.ts';
import type { Kept } from './mailbox.ts';
import type {
  ActionAnswer,
  ChatsAnswer,
  ChatView,
  MessageView,
  PageAnswer,
  Person,
  TextAnswer,
} from './wire.ts';

const PAGE = 30;
const CATCH_UP = 100;
const PREVIEW = 60;
/** In a group one may also type the mention; the bot hears what follows it. */
const MENTION = /^\s*@会商(?:助手)?[\s，,：:]*/;
/** What puts a photo into a form. */
const ADD_PHOTO = 'form.addPhoto';
const TEXT_BYTES = 32 * 1024;
const ACTION_BYTES = 128 * 1024;
const READ_BYTES = 1024;
/** The bot knows for two days what it has answered; what is sent again later than this was answered long ago. */
const RESEND_MS = 24 * 3_600_000;
/** Files on their way at a time, of one person and of all: each takes its size in memory until it is kept. */
const UPLOADS = { each: 2, all: 8 };

async function fileOf(req: Request, name: string): Promise<Attachment> {
  try {
    const bytes = await readBody(req, MOST_FILE_BYTES);
    return { name, fetch: async () => bytes };
  } catch (error) {
    if (!(error instanceof BodyError) || error.status === 415) throw error;
    const why = error.status === 413 ? sayTooLarge() : '文件没有传完，请再发一次。';
    throw new AppError('invalid', why, { cause: error });
  }
}

export function mountRoutes(options: RoutesOptions): void {
  const { bot, drawn, web, city, mailbox, hub, log, now, who, publicUrl } = options;
  const { server } = web;
  const answer = (run: Parameters<typeof answering>[1]) => answering(log, run, publicUrl);

  /** The chat with this key. @throws AppError `forbidden` when it is not one of this person's own */
  async function ownChat(person: Person, key: string): Promise<Chat> {
    const chat = (await chatsOf(city, person.id)).find(({ place }) => place.key === key);
    if (!chat) throw new AppError('forbidden', '您不在这个会话里。');
    return chat;
  }

  /** Where a newcomer opens the page for the first time, the bot was just added; it greets once. */
  async function welcome({ id: account }: Person, chats: readonly Chat[]): Promise<void> {
    for (const { place } of chats) {
      await bot.chatEvent({ channel: WEBCHAT, place, what: 'added', account });
    }
  }

  /** A message as `viewer` sees it now; what cannot be drawn is shown in words. */
  async function view(row: Kept, viewer: Person): Promise<MessageView> {
    const { id, seq, stamp, at, from, name, unit, ask, why } = row;
    const photo = row.file ? await bot.photo(row.file, viewer.id) : undefined;
    const head = { id, seq, stamp, at, from, name, unit, ask, edited: row.edited !== null, photo };
    if (!row.subject) return { ...head, text: row.text, card: row.card ?? undefined };
    try {
      const shown = await bot.draw({ text: row.text, card: { subject: row.subject } }, viewer.id);
      return { ...head, ...drawn({ ...shown, ...(why && { why }) }), subject: row.subject };
    } catch (error) {
      log.warn({ err: error, subject: row.subject }, 'card not drawn');
      return { ...head, subject: row.subject, text: row.text };
    }
  }

  async function views(rows: readonly Kept[], viewer: Person): Promise<MessageView[]> {
    return Promise.all(rows.map((row) => view(row, viewer)));
  }

  async function glance({ place, name }: Chat, person: Person): Promise<ChatView> {
    const { last, read, news } = await mailbox.glance(place.key, person.id);
    const asked = place.kind === 'personal' ? person.id : null;
    const still = await Promise.all(news.map(({ asks }) => !asks || bot.stillAsked(asks, asked)));
    const unread = still.filter(Boolean).length;
    const who = last && place.kind === 'group' && last.from !== person.id ? `${last.name}：` : '';
    const text = last ? `${who}${last.text}`.replace(/\s+/g, ' ').slice(0, PREVIEW) : '';
    const newest = last ? { seq: last.seq, at: last.at, text } : null;
    return { place: place.key, kind: place.kind, name, last: newest, unread, read };
  }

  /** Who asks, and whether more is taken from this person now: before anything is read and kept. @throws AppError */
  async function admitted(req: Request): Promise<Person> {
    const me = await who(req);
    const refusal = bot.admit(WEBCHAT, me.id);
    if (refusal !== undefined) throw new TooMuch(refusal);
    return me;
  }

  /** People whose files are on their way, once for each file. */
  const uploading: string[] = [];

  async function oneOfFew<T>(person: string, take: () => Promise<T>): Promise<T> {
    if (uploading.filter((other) => other === person).length >= UPLOADS.each)
      throw new TooMuch('您前面的文件还在传，请等传完再发这一个。');
    if (uploading.length >= UPLOADS.all) throw new TooMuch('现在传文件的人太多，请过一会儿再发。');
    uploading.push(person);
    try {
      return await take();
    } finally {
      uploading.splice(uploading.indexOf(person), 1);
    }
  }

  /** Keep what somebody said, and let the bot hear it; once, however often it comes. */
  async function hear(
    me: Person,
    place: Place,
    said: Pick<Kept, 'id' | 'text' | 'ask'>,
    files: readonly Attachment[] = [],
  ): Promise<TextAnswer> {
    const at = now();
    const from = { place: place.key, at: at.toISOString(), from: me.id, name: me.name, unit: me.unitName };
    const row = await mailbox.post({ ...from, ...said }, { text: said.text });
    // What was kept counts: a resend may not turn up elsewhere or say something else.
    if (row.place !== place.key) throw new AppError('stale', '这条消息已经发到别的会话了。');
    const message = await view(row, me);
    if (!row.ask || at.getTime() - Date.parse(row.at) > RESEND_MS) return { message, notice: null };
    const text = files.length > 0 ? '' : row.text.replace(MENTION, '') || '帮助';
    const inbound: Inbound = { ...receivedFrom(me, place, row.id, at), kind: 'text', text };
    const answer = await bot.handle(inbound, files, true);
    const [kept] = answer.kept ?? [];
    const shown = kept && (await mailbox.showFile(row.id, kept));
    return { message: shown ? await view(shown, me) : message, notice: noticeOf(answer) };
  }

  async function press(
    me: Person,
    place: Place,
    { id, op, data, message }: Pick<z.infer<typeof actionInput>, 'id' | 'op' | 'data' | 'message'>,
    files: readonly Attachment[] = [],
  ): Promise<ActionAnswer> {
    if (message && !(await mailbox.pressed(place.key, message))) {
      throw new AppError('not_found', '这条消息已经不在了，请刷新页面。');
    }
    const common = receivedFrom(me, place, `press|${me.id}|${id}`, now());
    const press = { ...common, kind: 'action', op, data, inline: true } as const;
    const inbound = { ...press, ...(message && { pressed: message }) };
    const { scope, refused, shown } = await bot.handle(inbound, files, true);
    // The pressed message now is about this, for everyone; a drawing without a subject is the presser's alone.
    if (message && scope === 'card' && shown.subject)
      await mailbox.replace(place.key, message, drawn(shown), now().toISOString());
    return { scope, refused, shown: drawn(shown) };
  }

  if (publicUrl === undefined)
    server.get(
      '/webchat/people',
      answer(async () => ({ people: await city.people() })),
    );

  server.get(
    '/webchat/chats',
    answer(async (req): Promise<ChatsAnswer> => {
      const me = await who(req);
      const chats = await chatsOf(city, me.id);
      if (me.role === '') await welcome(me, chats);
      return { me, chats: await Promise.all(chats.map((chat) => glance(chat, me))) };
    }),
  );

  server.get(
    '/webchat/messages',
    answer(async (req): Promise<PageAnswer> => {
      const me = await who(req);
      const { place, before, after } = parsed(historyInput, Object.fromEntries(query(req)));
      await ownChat(me, place);
      const { rows, more, stamp } = await (after === undefined
        ? mailbox.page(place, before, PAGE)
        : mailbox.pageAfter(place, after, PAGE));
      return { messages: await views(rows, me), more, stamp };
    }),
  );

  server.get(
    '/webchat/changes',
    answer(async (req): Promise<PageAnswer> => {
      const me = await who(req);
      const { place, after } = parsed(changesInput, Object.fromEntries(query(req)));
      await ownChat(me, place);
      const { rows, more, stamp } = await mailbox.changes(place, after, CATCH_UP);
      return { messages: await views(rows, me), more, stamp };
    }),
  );

  server.post(
    '/webchat/text',
    answer(async (req): Promise<TextAnswer> => {
      const me = await admitted(req);
      const said = parsed(textInput, await readJson(req, TEXT_BYTES));
      const { place } = await ownChat(me, said.place);
      const ask = place.kind === 'personal' || said.ask || MENTION.test(said.text);
      return hear(me, place, { id: `text|${me.id}|${said.id}`, text: said.text, ask });
    }),
  );

  server.post(
    '/webchat/file',
    answer(async (req): Promise<TextAnswer> => {
      const me = await admitted(req);
      const { id, name, ...sent } = parsed(fileInput, Object.fromEntries(query(req)));
      const { place } = await ownChat(me, sent.place);
      if (place.kind !== 'personal') throw new AppError('invalid', '文件请发到您和会商助手的单聊里。');
      const text = `文件：${plainName(name) || '文件'}`;
      return oneOfFew(me.id, async () =>
        hear(me, place, { id: `file|${me.id}|${id}`, text, ask: true }, [await fileOf(req, name)]),
      );
    }),
  );

  server.post(
    '/webchat/action',
    answer(async (req): Promise<ActionAnswer> => {
      const me = await admitted(req);
      const { id, op, data, message, ...sent } = parsed(actionInput, await readJson(req, ACTION_BYTES));
      const { place } = await ownChat(me, sent.place);
      return press(me, place, { id, op, data, message });
    }),
  );

  server.post(
    '/webchat/photo',
    answer(async (req): Promise<ActionAnswer> => {
      const me = await admitted(req);
      const { id, name, message, form, ...sent } = parsed(photoInput, Object.fromEntries(query(req)));
      const { place } = await ownChat(me, sent.place);
      const pressed = { id, op: ADD_PHOTO, data: { back: form }, message };
      return oneOfFew(me.id, async () => press(me, place, pressed, [await fileOf(req, name)]));
    }),
  );

  mountAsides({ ...options, answer, admitted, ownChat });

  server.post(
    '/webchat/read',
    answer(async (req) => {
      const me = await who(req);
      const { place, seq } = parsed(readInput, await readJson(req, READ_BYTES));
      await ownChat(me, place);
      await mailbox.markRead(place, me.id, seq);
      return {};
    }),
  );

  server.get(
    '/webchat/stream',
    answer(async (req, res: Response) => {
      const me = await who(req);
      const places = async () => (await chatsOf(city, (await who(req)).id)).map(({ place }) => place.key);
      if (!hub.listen(me.id, await places(), places, res)) {
        throw new AppError('unavailable', '现在接不上，可能是同时打开的页面太多了，请关掉几个再试。');
      }
      return undefined;
    }),
  );
}

/** Words that could not be put into the outbox, for the one who asked. */
function noticeOf({ scope, shown }: Answer): string | null {
  return scope === 'words' ? shown.text : null;
}
