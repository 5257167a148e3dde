/** Download links: signed for one person, good until a day ends; who holds the secret can make them, nobody else. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { addDays, dayOf, instant } from '../../lib/dates.ts';
import { defineTable, type Store, StoreError } from '../../store/store.ts';

import type { PageAddress } from '../world.ts';

/** What a link stands for. */
export interface LinkClaim {
  readonly kind: string;
  readonly id: string;
  /** For whom it was made. */
  readonly person: string;
}

export interface Links {
  /** The address, or undefined while nobody could reach it. The same for the whole day, so that cards stay the same. */
  make(claim: LinkClaim, days: number, now: Date): string | undefined;
  /** The page, while somebody could reach it. */
  page(): PageAddress | undefined;
  /** What a token stands for at this moment. */
  read(token: string, now: Date): LinkClaim | 'altered' | 'expired';
}

export interface LinksParts {
  /** At least 32 random bytes; the same on every server over one store. */
  readonly secret: string;
  /** Where this server is reached, without a slash at the end; undefined: there are no links. */
  readonly base: () => string | undefined;
  /** See `PageAddress`. */
  readonly pick: boolean;
}

const MAC_BYTES = 32;
const MOST_CHARS = 1000;

export function createLinks({ secret, base, pick }: LinksParts): Links {
  const sign = (payload: Buffer) => createHmac('sha256', secret).update(payload).digest();

  const token = (name: string) => sign(Buffer.from(`page ${name}`)).toString('base64url');

  return {
    make({ kind, id, person }, days, now) {
      const at = base();
      if (at === undefined) return undefined;
      const expires = instant(addDays(dayOf(now), days + 1)).getTime();
      const payload = Buffer.from(JSON.stringify([kind, id, person, expires]));
      return `${at}/d/${Buffer.concat([sign(payload), payload]).toString('base64url')}`;
    },
    page() {
      const address = base();
      return address === undefined ? undefined : { address, pick, token };
    },
    read(token, now) {
      if (token.length > MOST_CHARS) return 'altered';
      const bytes = Buffer.from(token, 'base64url');
      const payload = bytes.subarray(MAC_BYTES);
      // Decoding passes over what is not base64url: only the one way of writing it is ours.
      if (payload.length === 0 || bytes.toString('base64url') !== token) return 'altered';
      if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), sign(payload))) return 'altered';
      const [kind, id, person, expires] = JSON.parse(payload.toString()) as [string, string, string, number];
      return now.getTime() < expires ? { kind, id, person } : 'expired';
    },
  };
}

/** The secret with this name, made once for all servers over the store. */
export async function keepSecret(store: Store, id: string, make: () => string, now: Date): Promise<string> {
  try {
    return await store.transaction(async (tx) => {
      const known = await tx.table(secrets).get(id);
      return (known ?? (await tx.table(secrets).put({ id, value: make(), at: now.toISOString() }))).value;
    });
  } catch (error) {
    // Another server, started in the same instant, was first.
    const other =
      error instanceof StoreError && error.code === 'duplicate'
        ? await store.read((tx) => tx.table(secrets).get(id))
        : undefined;
    if (!other) throw error;
    return other.value;
  }
}

/** Random secrets that all servers over one store share, by what they are for. */
const secretRow = z.object({ id: z.string(), value: z.string(), at: z.string() });

export const secrets = defineTable<z.infer<typeof secretRow>>({
  name: 'secrets',
  schema: secretRow,
  indexes: [],
  keep: 'for ever: because it is one row for each purpose',
});
