/** Where people wrote a short while ago: answers may go there without a call of the month. In memory, one server's. */

const MOST = 10_000;
/** Not used any more so long before they end. */
const MARGIN_MS = 60_000;

export interface Webhooks {
  heard(place: string, url: string, until: number): void;
  of(place: string): string | undefined;
  /** It does not work any more. */
  drop(place: string): void;
}

export function createWebhooks(now: () => Date): Webhooks {
  const known = new Map<string, { readonly url: string; readonly until: number }>();
  return {
    heard(place, url, until) {
      known.delete(place);
      known.set(place, { url, until });
      const [oldest] = known.keys();
      if (oldest !== undefined && known.size > MOST) known.delete(oldest);
    },
    of(place) {
      const found = known.get(place);
      if (!found) return undefined;
      if (found.until - MARGIN_MS > now().getTime()) return found.url;
      known.delete(place);
      return undefined;
    },
    drop: (place) => void known.delete(place),
  };
}
