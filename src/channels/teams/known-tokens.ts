/** Remembers tokens that were checked: a service sends the same one for an hour, and each check of a signature costs. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RecentMap } from '../../lib/recent.ts';
import type { Activity } from './activity.ts';

const MOST = 1_000;
/** Keys can be withdrawn: after so long the signature is looked at again, whatever the token says. */
const LONGEST_MS = 15 * 60_000;

const claims = z.object({ exp: z.number() });

/**
 * @param check rejects when the token does not hold for the activity
 * @param now milliseconds of the clock by which tokens run out
 */
export function remembering(
  check: (activity: Activity, authorization: string) => Promise<void>,
  now: () => number,
): (activity: Activity, authorization: string) => Promise<void> {
  const until = new RecentMap<number>(MOST);
  return async (activity, authorization) => {
    // All that the check looks at: a token is good for one service and for the channels of its key.
    const { serviceUrl, channelId } = activity;
    const asked = JSON.stringify([authorization, serviceUrl, channelId]);
    const name = createHash('sha256').update(asked).digest('base64');
    const end = until.get(name);
    if (end !== undefined && now() < end) return;
    until.delete(name);
    await check(activity, authorization);
    const [, payload = ''] = authorization.split('.');
    const { exp } = claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    until.set(name, Math.min(exp * 1_000, now() + LONGEST_MS));
  };
}
