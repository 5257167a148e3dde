/**
 * What DingTalk's own documents and examples, and people who ran a robot in a real organisation, published of what it
 * sends: word for word, with the stars and placeholders that stand there in place of ids. Whoever replays them fills in
 * what the stars hide, whose robot it is, and where the webhook leads.
 */
import type { Json } from './dingtalk-payloads.ts';

/** github.com/open-dingtalk/developerpedia, “接收的消息类型” of the robot: the single chat. */
const SINGLE = {
  conversationId: 'cide****P4g=',
  chatbotCorpId: 'ding****6741',
  chatbotUserId: '$:LWC****hY/',
  senderNick: '张三',
  isAdmin: true,
  senderStaffId: '042***297',
  sessionWebhookExpiredTime: 1695289579622,
  createAt: 1695284179371,
  senderCorpId: 'ding****6741',
  conversationType: '1',
  senderId: '$:LWC****PA==',
  robotCode: 'ding****c6gk',
};

export const MESSAGES = {
  text: { ...SINGLE, msgId: 'msgY****Pw==', msgtype: 'text', text: { content: 'hello DingTalk!' } },
  picture: {
    ...SINGLE,
    msgId: 'msgg*****fg==',
    msgtype: 'picture',
    content: { pictureDownloadCode: 'pWjA****ks=', downloadCode: 'mIof****JE0E' },
  },
  video: {
    ...SINGLE,
    msgId: 'msgu****nw==',
    msgtype: 'video',
    content: { duration: '5', videoType: 'mp4', downloadCode: 'mIof****SaqP' },
  },
  audio: {
    ...SINGLE,
    msgId: 'msg8****SA==',
    msgtype: 'audio',
    content: { downloadCode: 'mIof****7g==', recognition: '钉钉PaaS开放中心，致力为企业……' },
  },
  file: {
    ...SINGLE,
    msgId: 'msg2****kg==',
    msgtype: 'file',
    content: {
      spaceId: '223***573',
      fileName: 'foobar.zip',
      downloadCode: 'LJYY****bw==',
      fileId: '117***848',
    },
  },
  richText: {
    ...SINGLE,
    msgId: 'msg4****cg==',
    msgtype: 'richText',
    content: {
      richText: [
        { text: '这个问题示例图如下：' },
        { pictureDownloadCode: 'pWjA****SjIg', downloadCode: 'mIof****7A==', type: 'picture' },
        { text: '通过以上示意图可以明白完整的交互流程' },
      ],
    },
  },
  unknown: {
    ...SINGLE,
    msgId: 'msgN****Uw==',
    ai_robot_sessionid: '',
    msgtype: 'unknownMsgType',
    content: { unknownMsgType: '用户发送了一条消息，机器人暂不支持接收。' },
  },
  /** open.dingtalk.com, “机器人接收消息” (receive-message): in a group, before robots had a robotCode of their own. */
  group: {
    conversationId: 'xxx',
    atUsers: [{ dingtalkId: 'xxx', staffId: 'xxx' }],
    chatbotCorpId: 'dinge8a565xxxx',
    chatbotUserId: '$:LWCP_v1:$Cxxxxx',
    msgId: 'msg0xxxxx',
    senderNick: '杨xx',
    isAdmin: true,
    senderStaffId: 'user123',
    sessionWebhookExpiredTime: 1613635652738,
    createAt: 1613630252678,
    senderCorpId: 'dinge8a565xxxx',
    conversationType: '2',
    senderId: '$:LWCP_v1:$Ff09GIxxxxx',
    conversationTitle: '机器人测试-TEST',
    isInAtList: true,
    text: { content: ' 你好' },
    msgtype: 'text',
  },
} as const satisfies Record<string, Json>;

/**
 * A specification of a file bot, “以下消息结构均来自线上实测”: rich text in a group comes with the part that called the
 * robot, in front or behind, and plain text without.
 */
const MEASURED = { ...MESSAGES.group, msgtype: 'richText', text: undefined };
const CALLED = { isInAtList: true, atUsers: [{ dingtalkId: '<chatbot_user_id>' }] };
const ROBOT = { chatbotUserId: '<chatbot_user_id>' };
const PICTURE = {
  type: 'picture',
  downloadCode: '<download_code>',
  pictureDownloadCode: '<picture_download_code>',
};
export const IN_GROUPS = {
  'called in front': {
    ...MEASURED,
    ...CALLED,
    ...ROBOT,
    msgId: 'measured-1',
    content: {
      richText: [{ text: '@FileBridge' }, { text: 'abcd' }, { text: '\n' }, PICTURE, { text: '\n' }, PICTURE],
    },
  },
  'called behind': {
    ...MEASURED,
    ...CALLED,
    ...ROBOT,
    msgId: 'measured-2',
    content: { richText: [PICTURE, { text: '\n' }, { text: '@FileBridge' }] },
  },
  'plain text, called behind': {
    ...MEASURED,
    ...CALLED,
    ...ROBOT,
    msgId: 'measured-3',
    msgtype: 'text',
    content: undefined,
    text: { content: 'hello world  ' },
  },
} as const satisfies Record<string, Json>;

/** open.dingtalk.com, “Stream 模式响应卡片回传请求事件”: the data of a press, in the frame that is printed there. */
export const PRESS = {
  extension: '{}',
  corpId: 'dingxxxx',
  spaceType: 'im',
  userIdType: 1,
  type: 'actionCallback',
  userId: 'xxxx',
  content: '{"cardPrivateData":{"actionIds":["single_button_node_ocltl6e6foq"],"params":{"action":"like"}}}',
  spaceId: 'cidxxxx',
  outTrackId: 'xxxx',
  value: '{"cardPrivateData":{"actionIds":["single_button_node_ocltl6e6foq"],"params":{"action":"like"}}}',
};

/**
 * What happened, as frames carry it (github.com/open-dingtalk/developerpedia, “协议描述”), and as the documents of the
 * events print it, “通讯录用户离职”, “企业删除员工”, “群会话解散群”: within an envelope.
 */
const ENVELOPE = {
  eventUnifiedAppId: 'bbb381b6-f01xxxxx58daac',
  eventCorpId: 'ding9f50b15bxxxx16741',
  eventId: 'c7c7120f2c07419**ebdba0318c8',
  eventBornTime: 1683533823336,
};
const USERS = { timeStamp: '1685501863357', userId: ['015xxxx227'] };
const CHAT = {
  timeStamp: 1608030111461,
  chatId: 'chat7795eead80xxxx5',
  corpId: 'dinge8a58ffxxxxxx884',
  operatorUnionId: 'Hq59gzyaaX2UZpxxxx',
  openConversationId: 'cid1MFt2YA6gAxxxxx',
  operator: 'user12345',
};
const DELETED = {
  unionid: 'zvLdpxxxxxiEiE',
  dingId: '$:LWCP_v1:$G5YX0l5yOKZ2oxxxx',
  userId: 'ding12345',
};
export const EVENTS = [
  { type: 'user_leave_org', data: USERS, key: 'p:ding9f50b15bxxxx16741:015xxxx227' },
  {
    type: 'user_leave_org',
    data: { ...ENVELOPE, eventType: 'user_leave_org', data: USERS },
    key: 'p:ding9f50b15bxxxx16741:015xxxx227',
  },
  {
    type: 'user_leave_org',
    data: { ...ENVELOPE, eventType: 'user_leave_org', data: DELETED },
    key: 'p:ding9f50b15bxxxx16741:ding12345',
  },
  { type: 'chat_disband', data: CHAT, key: 'g:ding9f50b15bxxxx16741:cid1MFt2YA6gAxxxxx' },
  {
    type: 'chat_disband',
    data: { ...ENVELOPE, eventType: 'chat_disband', data: CHAT },
    key: 'g:ding9f50b15bxxxx16741:cid1MFt2YA6gAxxxxx',
  },
] as const;

/** The headers of an event, as “协议描述” prints them. */
export const EVENT_HEADERS = {
  contentType: 'application/json',
  time: '1683533823336',
  eventBornTime: '1683533823336',
  eventCorpId: 'ding9f50b15bxxxx16741',
  eventUnifiedAppId: 'bbb381b6-f01xxxxx58daac',
};

/** Frames of the system, as “协议描述” prints them: neither has a version, one has no id to acknowledge. */
export const SYSTEM = {
  ping: {
    type: 'SYSTEM',
    headers: { topic: 'ping', messageId: '213d841d_972_1898bb26334_70a7', contentType: 'application/json' },
    data: '{"opaque" : "123-dsfs"}',
  },
  disconnect: {
    type: 'SYSTEM',
    headers: { topic: 'disconnect', contentType: 'application/json' },
    data: '{"reason" : "connection is expired"}',
  },
};
