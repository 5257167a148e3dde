/**
 * A clock for those who count what leaves and for those who count what arrives: it stands still while a request is on
 * its way. Otherwise a busy machine holds one up, and it comes too close to the next one.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { FakeConnector } from '../fake-connector.ts';

export interface HeldClock {
  /** Milliseconds. */
  elapsed(): number;
  stop(): void;
}

/** @param connector which all requests go to that count, through node:http, and that knows which have arrived */
export function startHeldClock({ url, calls }: Pick<FakeConnector, 'url' | 'calls'>): HeldClock {
  const { host } = new URL(url);
  let [sent, time] = [0, 0];
  const count = (message: unknown) => {
    const { request } = message as { readonly request: ClientRequest };
    if (request.getHeader('host') === host) sent++;
  };
  subscribe('http.client.request.start', count);
  const timer = setInterval(() => {
    if (sent === calls.length) time += 10;
  }, 2);
  return {
    elapsed: () => time,
    stop() {
      clearInterval(timer);
      unsubscribe('http.client.request.start', count);
    },
  };
}
