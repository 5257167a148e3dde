/** The shape of a Bot Framework activity at the edge: only the fields that are used, everything else is dropped. */
import { z } from 'zod';

const CHANNELS = ['msteams', 'emulator'] as const;

/** Ids become keys of rows: bounded, and free of control characters. */
const id = z
  .string()
  .min(1)
  .max(1_024)
  .regex(/^\P{Cc}+$/u);
const words = z.string().nullish();
const account = z.object({ id, name: words, aadObjectId: id.nullish().or(z.literal('')) });
/** Who came or went; a list that cannot be read is as good as none. */
const people = z.array(account).max(2_000).nullish().catch(undefined);

const serviceUrl = z
  .string()
  .max(2_048)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text));

const activity = z
  .object({
    type: z.string().min(1).max(100),
    id: id.nullish(),
    channelId: z.enum(CHANNELS),
    serviceUrl,
    from: account,
    recipient: account.nullish(),
    conversation: z.object({
      id,
      name: words,
      conversationType: words,
      tenantId: words,
      isGroup: z.unknown().optional(),
    }),
    name: words,
    text: words,
    value: z.unknown().optional(),
    replyToId: words,
    deliveryMode: words,
    action: words,
    membersAdded: people,
    membersRemoved: people,
    entities: z.unknown().optional(),
    attachments: z.unknown().optional(),
    channelData: z.unknown().optional(),
  })
  // Only what runs needs a name of its own; some channels send events without one.
  .refine(({ type, id }) => Boolean(id) || (type !== 'message' && type !== 'invoke'));

export type Activity = z.infer<typeof activity>;

/** The activity in a request body; undefined when the body is none, or comes from a channel that is not served. */
export function parseActivity(body: unknown): Activity | undefined {
  return activity.safeParse(body).data;
}

/** How to write to a conversation later: what is kept as `Place.ref`. */
const reference = z.object({
  channelId: z.enum(CHANNELS),
  serviceUrl,
  conversation: z.object({
    id,
    conversationType: z.string().optional(),
    tenantId: z.string().optional(),
    isGroup: z.boolean().optional(),
  }),
  bot: z.object({ id, name: z.string().optional() }).optional(),
});

export type Reference = z.infer<typeof reference>;

/** A conversation of a channel and one of its threads: `19:…@thread.tacv2;messageid=1700…`. */
const THREAD = /;messageid=[^;]*$/;

/** The conversation itself, without the thread in which something was said. */
export function withoutThread(conversation: string): string {
  return conversation.replace(THREAD, '');
}

/** The reference that an activity leaves behind. It holds nothing that changes from message to message. */
export function referenceOf({ channelId, serviceUrl, conversation, recipient }: Activity): Reference {
  const { conversationType, tenantId, isGroup } = conversation;
  return {
    channelId,
    serviceUrl,
    conversation: {
      id: withoutThread(conversation.id),
      ...(conversationType && { conversationType }),
      ...(tenantId && { tenantId }),
      ...(typeof isGroup === 'boolean' && { isGroup }),
    },
    ...(recipient && { bot: { id: recipient.id, ...(recipient.name && { name: recipient.name }) } }),
  };
}

/** The same conversation, in one of its threads; a thread of another conversation is none. */
export function inThread(reference: Reference, thread: string | undefined): Reference {
  const { conversation } = reference;
  if (!thread || withoutThread(thread) !== conversation.id) return reference;
  return { ...reference, conversation: { ...conversation, id: thread } };
}

/** A stored reference read back; undefined when it is none. */
export function parseReference(ref: unknown): Reference | undefined {
  return reference.safeParse(ref).data;
}
