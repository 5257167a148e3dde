/** What DingTalk sends: frames of the Stream, messages to the robot, presses on cards. Only what is used is read. */
import { z } from 'zod';
import { parseJson } from '../../lib/json.ts';

export const ROBOT = '/v1.0/im/bot/messages/get';
export const CARD = '/v1.0/card/instances/callback';

/** Ids become keys of rows: bounded, and free of spaces and control characters. */
const id = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s\p{Cc}]+$/u);
const words = z.string().nullish();
const code = z.string().min(1).max(2_000);

const frame = z.object({
  type: z.string(),
  headers: z.looseObject({
    topic: words,
    /** What it is acknowledged by: only a `disconnect`, which nobody answers, may come without. */
    messageId: z.string().max(200).default(''),
    eventType: words,
    eventId: words,
    eventCorpId: words,
  }),
  data: z.string().nullish(),
  errCode: z.union([z.string(), z.number()]).nullish(),
});
export type Frame = z.infer<typeof frame>;

/** The frame in a message of the socket; undefined when it is none. */
export function parseFrame(text: string): Frame | undefined {
  const found = frame.safeParse(parseJson(text)).data;
  return found && (found.headers.messageId !== '' || found.type === 'SYSTEM') ? found : undefined;
}

const robotMessage = z.object({
  conversationId: id,
  conversationType: z.enum(['1', '2']),
  conversationTitle: words,
  msgId: id,
  msgtype: z.string(),
  /** Absent for people of other organisations. */
  senderStaffId: id.nullish().catch(undefined),
  senderNick: words,
  senderCorpId: words,
  chatbotCorpId: id,
  robotCode: id.nullish().catch(undefined),
  chatbotUserId: words,
  atUsers: z
    .array(z.looseObject({ dingtalkId: words }))
    .max(1_000)
    .nullish()
    .catch(undefined),
  sessionWebhook: z.string().max(2_048).nullish(),
  sessionWebhookExpiredTime: z.coerce.number().nullish().catch(undefined),
  text: z.object({ content: z.string() }).nullish().catch(undefined),
  content: z
    .looseObject({
      downloadCode: code.nullish(),
      pictureDownloadCode: code.nullish(),
      fileName: words,
      recognition: words,
      richText: z
        .array(
          z.looseObject({
            text: words,
            type: words,
            downloadCode: code.nullish(),
            pictureDownloadCode: code.nullish(),
          }),
        )
        .max(200)
        .nullish(),
    })
    .nullish()
    .catch(undefined),
});
export type RobotMessage = z.infer<typeof robotMessage>;

export function parseMessage(data: string): RobotMessage | undefined {
  return robotMessage.safeParse(parseJson(data)).data;
}

const callback = z.object({
  outTrackId: id,
  userId: id,
  spaceId: words,
  corpId: words,
  content: z.string().max(100_000),
});
const pressed = z.object({
  cardPrivateData: z.object({
    actionIds: z.array(z.string().max(200)).min(1),
    params: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** A press on a card: which button, and what stands in the fields. */
export interface Press {
  readonly card: string;
  readonly user: string;
  /** The organisation whose id the user's is, where it is said. */
  readonly corp?: string;
  readonly button: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export function parsePress(data: string): Press | undefined {
  const received = callback.safeParse(parseJson(data)).data;
  const content = received && pressed.safeParse(parseJson(received.content)).data;
  if (!content) return undefined;
  const { actionIds, params } = content.cardPrivateData;
  return {
    card: received.outTrackId,
    user: received.userId,
    ...(received.corpId && { corp: received.corpId }),
    button: actionIds[0] ?? '',
    params: params ?? {},
  };
}

const leavers = z.object({ userId: z.union([id.transform((one) => [one]), z.array(id).max(2_000)]) });
const disbanded = z.object({ openConversationId: id.nullish(), chatId: id.nullish() });
/** Documents show what happened within an envelope that says of what kind it is; frames were seen without. */
const enveloped = z.object({ data: z.looseObject({}) });

/** Who has left the organisation, of an event that says so. */
export function parseLeavers(data: string): readonly string[] {
  return leavers.safeParse(happened(data)).data?.userId ?? [];
}

/** The group that is no more, of an event that says so. */
export function parseDisbanded(data: string): string | undefined {
  const event = disbanded.safeParse(happened(data)).data;
  return event?.openConversationId ?? event?.chatId ?? undefined;
}

function happened(data: string): unknown {
  const json = parseJson(data);
  return enveloped.safeParse(json).data?.data ?? json;
}
