/**
 * A platform's limit is for all servers together. Each holds a share of it, written down in the store: whoever has more
 * to send takes what is free, whoever joins gets an equal part from those who have more. No message waits for the store:
 * shares are looked at every second or two, and one that is given up is used by nobody until the platform has forgotten
 * what was sent under it.
 */
import { z } from 'zod';
import type { Limits } from '../../lib/limiter.ts';
import type { Log } from '../../lib/log.ts';
import { defineTable, type Store } from '../../store/store.ts';
import type { Channel } from './channel.ts';

/** How often a share is looked at, how long it holds without that, and how far the clocks of servers may be apart. */
const RENEW_MS = 1_500;
const LEASE_MS = 4_000;
const SKEW_MS = 1_000;
/** What was asked for more than so long ago is not wanted any more. */
const WANTED_MS = 3_000;
/** What was sent last may arrive a little later. */
const SLACK_MS = 100;
/** Of an equal part, what is kept by whoever has nothing to send. */
const IDLE_SHARE = 1 / 8;
/** Most servers of which the shares are read. */
const MOST_SERVERS = 200;

const shareRow = z.object({
  /** `<channel>|<server>` */
  id: z.string(),
  channel: z.string(),
  /** Of the messages that the channel's first limit allows, so many are this server's. */
  units: z.number().int(),
  /** It has more to send than that. */
  wants: z.boolean(),
  until: z.string(),
});
export const shares = defineTable<z.infer<typeof shareRow>>({
  name: 'send_shares',
  schema: shareRow,
  indexes: [{ on: ['channel'], order: 'until' }],
  keep: { by: 'until', days: 1 },
  people: 'not listed: because a server is no person',
});

export interface Shares {
  /** Of the limits of a channel, what this server may use now: 0 to 1. */
  of(channel: string, limits: Limits): number;
  /** Something has to wait: more of it would be used. */
  wanted(channel: string): void;
  /** Look at the shares of these channels; what fails is tried again the next time. */
  renew(channels: Iterable<Pick<Channel, 'name' | 'limits'>>): Promise<void>;
  /** Nothing is sent any more: the others need not wait until it runs out. */
  leave(): Promise<void>;
}

/** Where one process has the store for itself, everything is its own. */
export const ALL: Shares = { of: () => 1, wanted() {}, async renew() {}, async leave() {} };

interface Held {
  readonly most: number;
  /** The longest span of the limits for all chats, in ms. */
  readonly span: number;
  /** Used from now on, and written down: more than that while the platform still counts what was sent before. */
  using: number;
  written: number;
  /** On the clock that is never set back: when less was used last, since when nobody waits, and until when it holds. */
  loweredAt: number;
  wantedAt: number;
  until: number;
  askedAt: number;
}

export interface ShareParts {
  readonly store: Pick<Store, 'transaction'>;
  readonly log: Log;
  readonly now: () => Date;
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  /** Names this server among the others. */
  readonly server: string;
}

export function createShares({ store, log, now, elapsed, server }: ShareParts): Shares {
  const held = new Map<string, Held>();

  function heldOf(channel: string, { total }: Limits): Held {
    const never = Number.NEGATIVE_INFINITY;
    const known = held.get(channel) ?? {
      most: total[0]?.count ?? 1,
      span: Math.max(0, ...total.map(({ ms }) => ms)),
      using: 0,
      written: 0,
      loweredAt: never,
      wantedAt: never,
      until: never,
      askedAt: never,
    };
    held.set(channel, known);
    return known;
  }

  /** One look at the shares of a channel: what others hold, what they want, and what that leaves for us. */
  async function look(channel: string, own: Held): Promise<void> {
    const began = elapsed();
    own.askedAt = began;
    const wants = began - own.wantedAt < WANTED_MS;
    const written = await store.transaction(async (tx) => {
      const table = tx.table(shares);
      const id = `${channel}|${server}`;
      const mine = await table.get(id);
      const since = new Date(now().getTime() - SKEW_MS).toISOString();
      const query = {
        where: { channel },
        order: 'until',
        range: { gt: since },
        limit: MOST_SERVERS,
      } as const;
      const others = (await table.find(query)).rows.filter((row) => row.id !== id);
      const free = own.most - others.reduce((sum, { units }) => sum + units, 0) - own.written;
      const fair = Math.floor(own.most / (others.length + 1));
      const starving = others.some((row) => row.wants && (!wants || row.units < fair));
      const target = aim(own.written, free, fair, starving, wants);
      // Lowered at once for us; for the others once the platform has forgotten what was sent before.
      if (target < own.using) Object.assign(own, { using: target, loweredAt: began });
      const forgotten = own.using <= target && began - own.loweredAt > own.span + SLACK_MS;
      const units = target > own.written || forgotten ? target : own.written;
      const until = new Date(now().getTime() + LEASE_MS).toISOString();
      await table.put({ ...mine, id, channel, units, wants: wants && units < own.most, until });
      return { units, target };
    });
    Object.assign(own, { written: written.units, using: written.target, until: began + LEASE_MS });
  }

  async function renewOne(channel: string, own: Held): Promise<void> {
    if (elapsed() - own.askedAt < RENEW_MS) return;
    await look(channel, own).catch((err) => log.warn({ err, channel }, 'share of the limits not renewed'));
  }

  return {
    of(channel, limits) {
      const own = heldOf(channel, limits);
      if (elapsed() - own.askedAt >= RENEW_MS) void renewOne(channel, own);
      // A share that was not renewed is somebody else's by now.
      return elapsed() < own.until ? own.using / own.most : 0;
    },
    wanted(channel) {
      const own = held.get(channel);
      if (own) own.wantedAt = elapsed();
    },
    async renew(channels) {
      for (const { name, limits } of channels) if (limits) await renewOne(name, heldOf(name, limits));
    },
    async leave() {
      for (const [channel, own] of held) {
        own.until = Number.NEGATIVE_INFINITY;
        const until = new Date(now().getTime() + own.span).toISOString();
        await store
          .transaction(async (tx) => {
            const mine = await tx.table(shares).get(`${channel}|${server}`);
            if (mine) await tx.table(shares).put({ ...mine, until });
          })
          .catch((err) => log.warn({ err, channel }, 'share of the limits not given up'));
      }
    },
  };
}

/** How much to hold: what is free if it is wanted, an equal part while others go short, and never nothing at all. */
function aim(mine: number, free: number, fair: number, starving: boolean, wants: boolean): number {
  if (free < 0) return Math.max(0, mine + free);
  if (starving) return Math.min(mine + free, Math.max(1, wants ? fair : Math.floor(fair * IDLE_SHARE)));
  return mine + free;
}
