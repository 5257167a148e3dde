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

/** What the form component sends in: what was filled in already, with what the person changed, each in its own shape. */
export function filledIn(form: string | undefined, changes: Readonly<Record<string, string>>): Json {
  const { fields = [] } = form ? (JSON.parse(form) as Json) : {};
  const sent: Json = {};
  for (const { name, type, defaultValue, options = [] } of fields as Json[]) {
    const value = changes[name];
    const indexOf = (one: string) => options.findIndex((option: Json) => option.value === one);
    if (value === undefined) sent[name] = defaultValue;
    else if (type === 'MULTI_CHECKBOX_GROUP') {
      const chosen = value.split(',').filter(Boolean);
      sent[name] = { index: chosen.map(indexOf), value: chosen };
    } else if (type === 'CHECKBOX_GROUP' || type === 'SELECT') sent[name] = { index: indexOf(value), value };
    else sent[name] = value;
  }
  return sent;
}

const MOST_VALUE = 3_000;

/** What is wrong with the values of a card. */
export function badParams(map: unknown): string | undefined {
  if (typeof map !== 'object' || map === null) return 'param.cardParamMap';
  for (const value of Object.values(map)) {
    if (typeof value !== 'string') return 'param.cardParamMap.notString';
    if (Buffer.byteLength(value) > MOST_VALUE) return 'msgParam.tooLong';
  }
  return undefined;
}
