/** The same words to several people at about the same time are one request; each still hears what became of theirs. */
import type { SendError } from '../../bot/delivery/channel.ts';

/** Sends to these people; resolves to the failures, by person, and the id of the message. */
export type SendTo<T> = (
  people: readonly string[],
  message: T,
) => Promise<{ readonly id: string; readonly failed: ReadonlyMap<string, SendError> }>;

interface Waiting<T> {
  readonly message: T;
  readonly people: Map<string, { resolve(id: string): void; reject(error: unknown): void }>;
}

/**
 * @param most people whom one request reaches
 * @param ms how long the first one waits for others
 */
export function createBatcher<T>(send: SendTo<T>, most: number, ms: number) {
  const waiting = new Map<string, Waiting<T>>();

  async function leave(key: string, { message, people }: Waiting<T>): Promise<void> {
    waiting.delete(key);
    try {
      const { id, failed } = await send([...people.keys()], message);
      for (const [person, { resolve, reject }] of people) {
        const error = failed.get(person);
        if (error) reject(error);
        else resolve(id);
      }
    } catch (error) {
      for (const { reject } of people.values()) reject(error);
    }
  }

  /** Resolves to the message's id; `key` says which messages are the same. */
  return function add(key: string, person: string, message: T): Promise<string> {
    return new Promise((resolve, reject) => {
      let group = waiting.get(key);
      // The same person twice is two messages.
      if (group?.people.has(person)) {
        void leave(key, group);
        group = undefined;
      }
      if (!group) {
        const fresh: Waiting<T> = { message, people: new Map() };
        group = fresh;
        waiting.set(key, fresh);
        setTimeout(() => {
          if (waiting.get(key) === fresh) void leave(key, fresh);
        }, ms);
      }
      group.people.set(person, { resolve, reject });
      if (group.people.size >= most) void leave(key, group);
    });
  };
}
