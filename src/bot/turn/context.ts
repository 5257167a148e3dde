/** Builds what an operation works with. */
import { AppError } from '../../lib/errors.ts';
import type { Subject } from '../cards/spec.ts';
import type { Account } from '../delivery/channel.ts';
import type { ConversationRow } from '../delivery/conversations.ts';
import { createDoing, type Effects } from '../delivery/effects.ts';
import type { Kernel } from '../kernel.ts';
import { type AnyOperation, type Ctx, type Help, oldestFirst } from '../operation.ts';
import type { Actor, World } from '../world.ts';
import { judge, roleFits } from './rights.ts';

interface Named extends Help {
  readonly op: AnyOperation['right'];
  readonly ofRecord: boolean;
}

/** The refusal for people whom nobody has put on the list yet. */
export function unknownPerson(): AppError {
  return new AppError('unbound', '我还不认识您。请发送“绑定”，填一下姓名和单位，同意后就能使用。');
}

export function createContext(
  world: World,
  { features, channels, newId, random }: Pick<Kernel, 'features' | 'channels' | 'newId' | 'random'>,
  sender: Actor | null,
  account: Account,
  place: ConversationRow,
  pressed: Subject | undefined,
): { ctx: Ctx; effects: Effects } {
  const { doing, effects } = createDoing(world, newId, sender?.unit ?? null);
  const ctx: Ctx = {
    ...doing,
    sender,
    account,
    self: sender?.id ?? `${account.channel}:${account.id}`,
    place,
    random,
    channels,
    pressed,
    get reminders() {
      return features.flatMap((feature) => feature.reminders ?? []);
    },
    get starts() {
      return features.flatMap((feature) => feature.starts ?? []);
    },
    get handovers() {
      return features.flatMap((feature) => feature.handovers ?? []);
    },
    get me() {
      if (!sender) throw unknownPerson();
      return sender;
    },
    help: () => helpFor(world, features, sender),
    async todos() {
      if (!sender) return [];
      const lists = await Promise.all(features.map((feature) => feature.todos?.(world, sender) ?? []));
      return lists.flat().sort(oldestFirst);
    },
  };
  return { ctx, effects };
}

/** The operations that help names, of each list of features: few of some hundred, and asked for at every look. */
const named = new WeakMap<Kernel['features'], readonly Named[]>();

function namedIn(features: Kernel['features']): readonly Named[] {
  const known = named.get(features);
  if (known) return known;
  const found = features
    .flatMap(({ operations }) => operations)
    .flatMap(({ words, help, right, record }) =>
      help && words?.[0] ? { word: words[0], text: help, op: right, ofRecord: record !== undefined } : [],
    );
  named.set(features, found);
  return found;
}

/** What this person may do, over all features, by the words that call it. */
export async function helpFor(
  world: World,
  features: Kernel['features'],
  sender: Actor | null,
): Promise<readonly Help[]> {
  const found: Help[] = [];
  for (const { ofRecord, ...each } of namedIn(features)) {
    if (!roleFits(each.op, sender)) continue;
    // Where no record decides, the person alone does.
    if (ofRecord || (await judge(each.op, undefined, world, sender)) === true) found.push(each);
  }
  return found;
}
