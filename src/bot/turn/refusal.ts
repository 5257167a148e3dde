/** A failure as a sentence: written down, and the pressed card brought up to date, for it may have been an old one. */

import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { StoreError } from '../../store/store.ts';
import { followSubject } from '../cards/live.ts';
import type { Reply } from '../cards/spec.ts';
import { noteConversation } from '../delivery/conversations.ts';
import { withDoing } from '../delivery/effects.ts';
import { noteViewer } from '../delivery/viewers.ts';
import type { Kernel } from '../kernel.ts';
import { worldOf } from '../kernel.ts';
import type { Actor, World } from '../world.ts';
import type { Answered } from './answer.ts';
import { writeAnswer } from './answer.ts';
import { writeRefused } from './audit.ts';
import type { Answer, Inbound } from './inbound.ts';
import { isInline, turnId } from './inbound.ts';
import { pressedSubject } from './pressed.ts';

export async function refuse(kernel: Kernel, inbound: Inbound, error: unknown): Promise<Answered> {
  const text = sentence(kernel.log, inbound, error);
  const words: Answer = { scope: 'words', shown: { text }, refused: true };
  // What failed for no fault of the person is not written down: the same inbound sent again may succeed.
  if (!(error instanceof AppError)) return { answer: { ...words, failed: true } };
  try {
    return await kernel.store.transaction(async (tx) => {
      const world = worldOf(kernel, tx);
      const sender = await kernel.identify(tx, inbound.channel, inbound.sender.account);
      const place = await noteConversation(world, inbound, sender);
      await noteViewer(world, inbound, sender);
      const pressed = await pressedSubject(world, inbound);
      if (pressed && inbound.kind === 'action' && inbound.pressed) {
        await followSubject(world, place.id, inbound.pressed, pressed, { thread: inbound.place.thread });
        await withDoing(kernel, tx, null, async (doing) => doing.refresh(pressed));
      }
      await writeRefused(kernel, world, inbound, sender, pressed, error);
      const scope = isInline(inbound) ? 'words' : 'none';
      const reply = await refusal(kernel, world, inbound, sender, error.code, text);
      return writeAnswer(kernel, world, inbound, sender, place, { reply, scope, refused: true });
    });
  } catch (cause) {
    kernel.log.error({ turn: turnId(inbound), err: cause }, 'the refusal could not be stored');
    return { answer: { ...words, failed: true } };
  }
}

/** With what helps: who is unknown is shown the way in, who has another post is told of it. */
async function refusal(
  { greetings }: Kernel,
  world: World,
  { channel, sender: { account } }: Inbound,
  sender: Actor | null,
  code: AppError['code'],
  text: string,
): Promise<Reply> {
  if (code === 'unbound' && greetings) return greetings.stranger(world, `${channel}:${account}`);
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
