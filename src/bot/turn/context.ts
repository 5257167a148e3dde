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

interface Named {
  readonly help: Help;
  readonly op: AnyOperation;
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

/** Where commands stand whose feature names no group. */
const OTHERS = '其他';
/** The operations that help names, of each list of features: few of some hundred, and asked for at every look. */
const named = new WeakMap<Kernel['features'], readonly Named[]>();

function namedIn(features: Kernel['features']): readonly Named[] {
  const known = named.get(features);
  if (known) return known;
  const found = features.flatMap(({ operations, group = OTHERS }) =>
    operations.flatMap((op) => {
      const [word] = op.words ?? [];
      return op.help && word ? { help: { word, text: op.help, group, op: op.right }, op } : [];
    }),
  );
  named.set(features, found);
  return found;
}

async function isFor({ right, record, offered }: AnyOperation, world: World, sender: Actor | null) {
  if (!roleFits(right, sender) || (sender && offered && !(await offered(world, sender)))) return false;
  // Where no record decides, the person alone does.
  return record !== undefined || (await judge(right, undefined, world, sender)) === true;
}

/** What this person may do, over all features, by the words that call it. */
export async function helpFor(
  world: World,
  features: Kernel['features'],
  sender: Actor | null,
): Promise<readonly Help[]> {
  // Asked together: over PostgreSQL each wait is a way there and back.
  const found = await Promise.all(
    namedIn(features).map(async ({ help, op }) => ((await isFor(op, world, sender)) ? help : [])),
  );
  return found.flat();
}
