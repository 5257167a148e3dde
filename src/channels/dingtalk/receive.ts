/** Turns messages and presses into what the kernel handles; pure, so that it can be read and tested without a server. */
import type { Place } from '../../bot/delivery/channel.ts';
import type { Inbound, TextInbound } from '../../bot/turn/inbound.ts';
import type { Runs } from './drawing.ts';
import { fieldsOf, SUBMIT } from './form.ts';
import type { Press, RobotMessage } from './frames.ts';
import { accountOf, DINGTALK, groupPlace, personalPlace } from './place.ts';
import { refOf } from './webhooks.ts';

/** A file of a message: what it is called, and the code with which it is fetched. */
export interface Coded {
  readonly name: string;
  readonly code: string;
}

/** `say`: what cannot be handled, and the sentence that says what to do instead. */
export type Received =
  | { readonly kind: 'inbound'; readonly inbound: TextInbound; readonly files: readonly Coded[] }
  | { readonly kind: 'say'; readonly text: string };

const OUTSIDER = '我只为本单位的同志服务，没有认出您是哪位。请用本单位的钉钉账号和我说。';
const UNCLEAR = '这条语音没有转成文字。请再说一遍，或者打字发给我。';
const UNREADABLE = '这种消息我看不懂。请发文字、照片或文件。';
const PICTURE = '图片';

/** The chat of a message; undefined when it was said by nobody of the organisation. */
export function placeOf(message: RobotMessage): Place | undefined {
  const { conversationType, conversationId, conversationTitle, chatbotCorpId: corp } = message;
  const staff = message.senderStaffId;
  const place =
    conversationType === '2'
      ? groupPlace(corp, conversationId, conversationTitle ?? undefined)
      : staff && personalPlace(accountOf(corp, staff));
  return place
    ? { ...place, ...refOf(message.sessionWebhook, message.sessionWebhookExpiredTime) }
    : undefined;
}

/** What somebody said. */
export function receiveMessage(message: RobotMessage, at: Date): Received {
  const { senderStaffId: staff, senderCorpId, chatbotCorpId: corp, senderNick, msgId: id } = message;
  const place = placeOf(message);
  // People of other organisations have no staff id here, or one that is somebody else's.
  if (!place || !staff || (senderCorpId && senderCorpId !== corp)) return { kind: 'say', text: OUTSIDER };
  const said = contentOf(message);
  if (typeof said === 'string') return { kind: 'say', text: said };
  const sender = { account: accountOf(corp, staff), name: senderNick ?? '', handle: staff };
  const { text, files } = said;
  return {
    kind: 'inbound',
    inbound: { channel: DINGTALK, id, place, sender, at, kind: 'text', text },
    files,
  };
}

function contentOf(message: RobotMessage): { text: string; files: readonly Coded[] } | string {
  const { msgtype, text, content } = message;
  const code = codeIn(content);
  switch (msgtype) {
    case 'text':
      return { text: (text?.content ?? '').trim(), files: [] };
    case 'richText': {
      if (!content?.richText) return UNREADABLE;
      const parts = withoutCall(message);
      const pictures = parts.flatMap((part) => {
        const picture = codeIn(part);
        return picture ? [{ name: PICTURE, code: picture }] : [];
      });
      const words = parts.map((part) => part.text ?? '').join('');
      return { text: words.trim(), files: pictures };
    }
    case 'audio':
      return content?.recognition?.trim() ? { text: content.recognition.trim(), files: [] } : UNCLEAR;
    case 'picture':
      return code ? { text: '', files: [{ name: PICTURE, code }] } : UNREADABLE;
    case 'file':
      return code ? { text: '', files: [{ name: content?.fileName ?? '文件', code }] } : UNREADABLE;
    default:
      return UNREADABLE;
  }
}

/** The code by which a file, or a picture of a message, is fetched. */
function codeIn(part: RobotMessage['content']): string | undefined {
  return part?.downloadCode ?? part?.pictureDownloadCode ?? undefined;
}

/**
 * The parts of a rich text without the one that called the bot: plain text comes without it, rich text does not. People
 * are called in parts of their own, in the order of `atUsers`.
 */
function withoutCall({ conversationType, content, atUsers, chatbotUserId }: RobotMessage) {
  const parts = content?.richText ?? [];
  if (conversationType !== '2') return parts;
  const calls = parts.filter(({ text }) => text && /^\s*@\S+\s*$/.test(text));
  const ours = (atUsers ?? []).findIndex(({ dingtalkId }) => dingtalkId === chatbotUserId);
  const call = calls[Math.max(ours, 0)] ?? calls[0];
  return parts.filter((part) => part !== call);
}

/** Where a press came from: the card says in which chat it is. */
export interface PressedAt {
  readonly id: string;
  readonly place: Place;
  readonly corp: string;
  readonly name: string;
  readonly at: Date;
}

/** The names under which the pressed button may be known: its own, that of the form, that in a loop of buttons. */
export function namesOf({ button, params }: Press): readonly string[] {
  const named = [button, fieldsOf(params)[SUBMIT], params.button];
  return named.flatMap((name) => (typeof name === 'string' && name !== '' ? [name] : []));
}

/** A press on a card. What the button carries counts more than what a client claims to be in the fields. */
export function receivePress(press: Press, runs: Runs | undefined, pressed: PressedAt): Inbound {
  const { id, place, corp, name, at } = pressed;
  const { [SUBMIT]: _, ...fields } = fieldsOf(press.params);
  return {
    channel: DINGTALK,
    id,
    place,
    sender: { account: accountOf(corp, press.user), name, handle: press.user },
    at,
    kind: 'action',
    op: runs?.op ?? '',
    data: { ...fields, ...runs?.data },
    pressed: press.card,
    inline: true,
  };
}

/** Words that press a button, as a press: the answer is a message, like that to any words. */
export function pressedByWords(inbound: TextInbound, { op, data }: Runs): Inbound {
  const { text: _, files: __, ...received } = inbound;
  return { ...received, kind: 'action', op, data, inline: false };
}
