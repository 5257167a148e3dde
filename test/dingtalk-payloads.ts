/** What DingTalk sends, as the recorded payloads of its documents and examples have it. */

// biome-ignore lint/suspicious/noExplicitAny: tests reach into payloads of every shape
export type Json = Record<string, any>;
export type Params = Readonly<Record<string, string>>;

export const CORP = 'ding0demo';
export const APP = { clientId: 'dingapp0demo', clientSecret: 'a secret of the tests only' };
export const BASIC = '1366a1eb-bc54-4859-ac88-517c56a9acb1.schema';
export const OURS = 'ours-0001.schema';

export interface Said {
  readonly staff: string;
  readonly text?: string;
  readonly group?: string;
  readonly msgId?: string;
  readonly fields?: Json;
}

let ids = 0;

/** The body of a robot message. @param url where its webhook is */
export function messageOf(
  url: string,
  { staff, text = '', group, msgId = `msg-${++ids}`, fields = {} }: Said,
): Json {
  const key = group ? `g:${group}` : `p:${staff}`;
  return {
    conversationId: group ?? `cid-${staff}`,
    conversationType: group ? '2' : '1',
    ...(group && { conversationTitle: '工作群', isInAtList: true, atUsers: [{ dingtalkId: '$:bot' }] }),
    msgId,
    msgtype: 'text',
    text: { content: group ? ` ${text}` : text },
    createAt: 1,
    senderId: `$:${staff}`,
    senderStaffId: staff,
    senderNick: staff,
    senderCorpId: CORP,
    chatbotCorpId: CORP,
    chatbotUserId: '$:bot',
    robotCode: APP.clientId,
    sessionWebhook: `${url}/webhook?chat=${encodeURIComponent(key)}`,
    sessionWebhookExpiredTime: 4_000_000_000_000,
    ...fields,
  };
}

/** The body of a press on a card. */
export function pressOf(card: string, user: string, button: string, params: Json): Json {
  const content = JSON.stringify({ cardPrivateData: { actionIds: [button], params } });
  return { type: 'actionCallback', outTrackId: card, userId: user, spaceId: 'IM', corpId: CORP, content };
}
