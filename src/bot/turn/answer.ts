/** How a turn ends: the answer is written down, queued if it is a message of its own, and drawn; refusals too. */

import { freshOf } from '../cards/fresh.ts';
import type { Reply } from '../cards/spec.ts';
import { subjectKey } from '../cards/spec.ts';
import type { StoredReply } from '../cards/stored.ts';
import { keepReply, replyOf } from '../cards/stored.ts';
import type { ConversationRow } from '../delivery/conversations.ts';
import { pendingRedraw, queueReply } from '../delivery/effects.ts';
import type { Outgoing } from '../delivery/send.ts';
import { drawIn } from '../delivery/viewers.ts';
import type { Kernel } from '../kernel.ts';
import type { Ctx, Outcome } from '../operation.ts';
import type { Actor, World } from '../world.ts';
import type { Answer, Inbound } from './inbound.ts';
import { isInline, turnId } from './inbound.ts';
import { noteShown } from './shown.ts';
import { turns } from './tables.ts';

interface Done {
  readonly reply: Reply | StoredReply;
  readonly scope: Answer['scope'];
  readonly refused: boolean;
  /** Meant for who asked alone. */
  readonly mine?: boolean | undefined;
  /** What the presser could press before. */
  readonly had?: readonly string[] | undefined;
}

/** An answer, and the reply that goes out as a message of its own. */
export interface Answered {
  readonly answer: Answer;
  readonly reply?: Outgoing;
  /** Nothing was written: there is nothing new to send and no job to do. */
  readonly looked?: boolean;
}

/**
 * Write down what was answered, queue what goes out as a message, draw what the channel shows in its response.
 * A press that only looked leaves nothing behind: sent again, it looks again.
 */
export async function writeAnswer(
  kernel: Kernel,
  world: World,
  inbound: Inbound,
  sender: Actor | null,
  place: ConversationRow | undefined,
  { reply, scope, refused, had, mine = refused }: Done,
): Promise<Answered> {
  const id = turnId(inbound);
  const message = !isInline(inbound) && scope !== 'card';
  const rows = world.tx.table(turns);
  const fresh = !(await rows.get(id));
  if (fresh && (message || refused || world.tx.changed)) {
    // What goes out as a message is drawn once, in the outbox; later arrivals need its words only.
    const kept = message ? { text: reply.text } : keepReply(reply);
    await rows.put({ id, at: world.now.toISOString(), reply: kept, scope, refused });
  }
  const self = sender?.id ?? `${inbound.channel}:${inbound.sender.account}`;
  if (!message) {
    // What a press has decided is not decided again by words.
    if (world.tx.changed) await noteShown(world, inbound.place.key, self, undefined);
    const shown = isInline(inbound) ? await kernel.draw(world, reply, sender) : { text: reply.text };
    const fresh = shown.card && had && { fresh: freshOf(shown.card, had, world.now) };
    const answer = { scope, shown: { ...shown, ...fresh }, refused };
    return { answer, looked: !world.tx.changed };
  }
  await noteShown(world, inbound.place.key, self, replyOf(reply).card);
  const answer = { scope, shown: { text: reply.text }, refused };
  if (!fresh || !place) return { answer, reply: { id: `reply:${id}` } };
  const only = mine ? onlySeenBy(kernel, inbound, sender) : undefined;
  const row = await queueReply(world, id, inbound.place, reply, only);
  const viewer = place.person || only ? sender : null;
  const shown = await drawIn(kernel, world, place, reply, viewer, only !== undefined);
  return {
    answer,
    reply: { id: row.id, ready: { row, place, shown, pending: await pendingRedraw(world.tx, shown) } },
  };
}

/** The one who asked, where a platform can show something to one of a group alone. */
function onlySeenBy({ channels }: Kernel, { channel, place, sender }: Inbound, actor: Actor | null) {
  if (place.kind !== 'group' || !sender.handle) return undefined;
  if (!channels.get(channel)?.capabilities.aside) return undefined;
  return { handle: sender.handle, person: actor?.id ?? null };
}

/** Whether an answer is for who asked, and no news for a group: what is looked at, and forms. */
export function isMine({ card, mine }: Outcome): boolean {
  return mine === true || (card !== undefined && 'subject' in card && card.subject.kind === 'form');
}

/**
 * Where the answer is seen. A card about a record takes the place of the pressed card, for everyone; a form that did
 * not fit is shown again where it was; everything else is for the presser alone, or a message of its own.
 */
export function scopeOf(ctx: Ctx, inbound: Inbound, { card, mine }: Outcome): Answer['scope'] {
  const inline = isInline(inbound);
  const subject = card && 'subject' in card ? card.subject : undefined;
  if (inbound.kind === 'action' && inbound.pressed && subject && !mine) {
    if (subject.kind !== 'form') return 'card';
    if (!inline && ctx.pressed && subjectKey(ctx.pressed) === subjectKey(subject)) return 'card';
  }
  if (!inline) return 'none';
  return card ? 'mine' : 'words';
}
