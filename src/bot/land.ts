/** How a turn ends: the answer is written down, queued if it is a message of its own, and drawn; refusals too. */
import { dayOf } from '../lib/dates.ts';
import { AppError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Workdays } from '../lib/workdays.ts';
import { type Store, StoreError, type Tx } from '../store/store.ts';
import { writeRefused } from './audit.ts';
import { followSubject, notePlace, pressedSubject } from './context.ts';
import type { Draw } from './draw.ts';
import { createDoing, landEffects, queueReply } from './effects.ts';
import type { Actor, AnyOperation, Ctx, Feature, Greetings, Outcome, World } from './feature.ts';
import type { Links } from './links.ts';
import { type Answer, type Inbound, type Reply, type Shown, subjectKey } from './message.ts';
import type { Router } from './router.ts';
import { type PlaceRow, redraws, turns } from './tables.ts';
import { noteVisitor, withViewers } from './visitors.ts';

/** What the flow works with; put together once by createBot. */
export interface Kernel {
  readonly store: Store;
  readonly features: readonly Feature[];
  readonly router: Router;
  readonly draw: Draw;
  readonly workdays: Workdays;
  readonly log: Log;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly links?: Links;
  readonly greetings: Greetings | undefined;
  /** Who an account belongs to; null when the programme does not know it. */
  readonly identify: (tx: Tx, channel: string, account: string) => Promise<Actor | null>;
  /** What to say to words that call nothing; `nearest` are the operations that come close. */
  readonly unknownWords: (ctx: Ctx, text: string, nearest: readonly AnyOperation[]) => Outcome;
}

interface Done {
  readonly reply: Reply;
  readonly scope: Answer['scope'];
  readonly refused: boolean;
}

/**
 * Write down what was answered, queue what goes out as a message, draw what the channel shows in its response.
 * A press that only looked leaves nothing behind: sent again, it looks again.
 */
export async function land(
  { draw }: Kernel,
  world: World,
  inbound: Inbound,
  sender: Actor | null,
  place: PlaceRow | undefined,
  { reply, scope, refused }: Done,
): Promise<Answer> {
  const id = turnId(inbound);
  const message = !isInline(inbound) && scope !== 'card';
  const rows = world.tx.table(turns);
  const fresh = !(await rows.get(id));
  if (fresh && (message || refused || world.tx.changed)) {
    // What goes out as a message is drawn once, in the outbox; later arrivals need its words only.
    const kept = message ? { text: reply.text } : reply;
    await rows.put({ id, at: world.now.toISOString(), reply: kept, scope, refused });
  }
  if (!message) {
    const shown = isInline(inbound) ? await draw(world, reply, sender) : { text: reply.text };
    return { scope, shown, refused, sends: [] };
  }
  const answer = { scope, shown: { text: reply.text }, refused, sends: [`reply:${id}`] };
  if (!fresh || !place) return answer;
  const row = await queueReply(world, id, inbound.place, reply);
  const shown = await withViewers(world.tx, place, await draw(world, reply, place.person ? sender : null));
  return { ...answer, ready: { row, place, shown, pending: await pendingRedraw(world.tx, shown) } };
}

/** The revision of the redraw that a card which is drawn now will not need any more. */
export async function pendingRedraw(tx: Tx, shown: Shown | undefined): Promise<number | undefined> {
  return shown?.subject && (await tx.table(redraws).get(subjectKey(shown.subject)))?.rev;
}

/** Turn a failure into a sentence, and bring the pressed card up to date: it may have been an old one. */
export async function refuse(kernel: Kernel, inbound: Inbound, error: unknown): Promise<Answer> {
  const text = sentence(kernel.log, inbound, error);
  const words: Answer = { scope: 'words', shown: { text }, refused: true, sends: [] };
  // What failed for no fault of the person is not written down: the same inbound sent again may succeed.
  if (!(error instanceof AppError)) return { ...words, failed: true };
  try {
    return await kernel.store.transaction(async (tx) => {
      const world = worldOf(kernel, tx);
      const sender = await kernel.identify(tx, inbound.channel, inbound.sender.account);
      const place = await notePlace(world, inbound, sender);
      await noteVisitor(world, inbound, sender);
      const pressed = await pressedSubject(world, inbound);
      const { doing, effects } = createDoing(world, kernel.newId, null);
      if (pressed && inbound.kind === 'action' && inbound.pressed) {
        await followSubject(world, place.id, inbound.pressed, pressed, inbound.place.thread);
        doing.refresh(pressed);
      }
      await landEffects(world, effects);
      await writeRefused(kernel, world, inbound, sender, pressed, error);
      const scope = isInline(inbound) ? 'words' : 'none';
      const reply = await refusal(kernel, world, sender, error.code, text);
      return land(kernel, world, inbound, sender, place, { reply, scope, refused: true });
    });
  } catch (cause) {
    kernel.log.error({ turn: turnId(inbound), err: cause }, 'the refusal could not be stored');
    return { ...words, failed: true };
  }
}

/** With what helps: who is unknown is shown the way in, who has another post is told of it. */
async function refusal(
  { greetings }: Kernel,
  world: World,
  sender: Actor | null,
  code: AppError['code'],
  text: string,
): Promise<Reply> {
  if (code === 'unbound' && greetings) return greetings.stranger;
  if (code !== 'forbidden' || !sender) return { text };
  return { text: `${text}${(await greetings?.elsewhere(world, sender)) ?? ''}` };
}

function sentence(log: Log, inbound: Inbound, error: unknown): string {
  const turn = turnId(inbound);
  if (error instanceof AppError) {
    log.info({ turn, code: error.code, err: error.cause }, 'refused');
    return error.publicMessage;
  }
  const code = error instanceof StoreError ? error.code : undefined;
  if (code === 'bad_cursor') return '这一页已经翻过了，请重新打开列表。';
  log.error({ turn, err: error }, 'turn failed');
  if (code === 'conflict') return '刚才有人同时在操作，请再试一次。';
  if (code === 'unavailable') return '系统正忙，刚才的操作没有保存，请稍后再试。';
  return '出了点问题，刚才的操作没有保存。请稍后再试，还不行就告诉市委组织部。';
}

/** The moment of a transaction. */
export function worldOf({ now, workdays }: Pick<Kernel, 'now' | 'workdays'>, tx: Tx): World {
  const at = now();
  return { tx, now: at, today: dayOf(at), workdays };
}

/** Names an inbound for good: the same one again has the same id. */
export function turnId(inbound: Inbound): string {
  return `${inbound.place.key}|${inbound.id}`;
}

/** True when the channel shows the answer in its response to the press. */
export function isInline(inbound: Inbound): boolean {
  return inbound.kind === 'action' && inbound.inline;
}
