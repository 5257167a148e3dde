/**
 * The address that comes with a message, by which answers may go there without a call of the month. The kernel keeps it
 * with the chat, so that every server knows it, also after a restart.
 */
import { z } from 'zod';
import type { Place } from '../../bot/delivery/channel.ts';
import { RecentMap } from '../../lib/recent.ts';

/** Not used any more so long before it ends. */
const MARGIN_MS = 60_000;
const MOST_BROKEN = 1_000;

const reference = z.object({ webhook: z.string(), until: z.number() });

/** What is kept with a chat that somebody wrote in. */
export function refOf(webhook: string | null | undefined, until: number | null | undefined) {
  return webhook && until ? { ref: { webhook, until } satisfies z.infer<typeof reference> } : {};
}

export interface Webhooks {
  /** The one of this chat, while it is good. */
  of(place: Place): string | undefined;
  /** It does not work any more, whatever it said of itself. */
  drop(url: string): void;
}

export function createWebhooks(now: () => Date): Webhooks {
  const broken = new RecentMap<true>(MOST_BROKEN);
  return {
    of({ ref }) {
      const { webhook, until = 0 } = reference.safeParse(ref).data ?? {};
      if (!webhook || broken.has(webhook)) return undefined;
      return until - MARGIN_MS > now().getTime() ? webhook : undefined;
    },
    drop(url) {
      broken.set(url, true);
    },
  };
}
