/** Who may talk to us and whom we talk to: loopback without credentials, the right tenant and token with them. */
import { z } from 'zod';
import type { Credentials } from '../../config.ts';
import { parseJson } from '../../lib/json.ts';
import type { Activity } from './activity.ts';
import type { Cloud } from './clouds.ts';

/** True for an address on this machine: 127.0.0.0/8, localhost, [::1]. */
export function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const local = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return local && (protocol === 'http:' || protocol === 'https:');
}

/**
 * True for an address that our replies, and with them our token, may go to. The token of a request vouches for its
 * serviceUrl, too; this holds whoever signed it.
 * @param cloud the one that the bot is registered in
 * @param more names of further hosts, lower case; plain http only to one of them on this machine
 */
export function isServiceUrl(url: string, cloud: Cloud, more: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username || password) return false;
  const named = more.includes(hostname);
  if (protocol === 'http:') return named && isLoopbackUrl(url);
  return protocol === 'https:' && (named || cloud.serviceHosts.test(hostname));
}

const tokenHeader = z.object({ alg: z.enum(['RS256', 'RS384', 'RS512']), kid: z.string().min(1) });
const tokenClaims = z.object({ iss: z.string(), tid: z.undefined().optional() });

/**
 * True when the header could hold a token of a channel; whether it really does, only its signature says.
 * Everything else stays away from the SDK: tokens of the Emulator are good for any serviceUrl there, and before it
 * looks at a signature it adds each new `tid` to its list of issuers for good. Tokens of channels have none: theirs
 * are `iss` (always the cloud's, for a single tenant too), `aud` (our app id), `serviceurl`, `nbf` and `exp`.
 */
export function mayBeChannelToken(authorization: string, { issuer }: Cloud): boolean {
  const parts = /^Bearer ([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(authorization);
  return (
    tokenHeader.safeParse(readPart(parts?.[1])).success &&
    tokenClaims.safeParse(readPart(parts?.[2])).data?.iss === issuer
  );
}

function readPart(part: string | undefined): unknown {
  return parseJson(Buffer.from(part ?? '', 'base64url').toString());
}

const tenanted = z.object({ tenant: z.object({ id: z.string() }) });

/** True when the activity comes from the tenant that the bot belongs to; the SDK does not look. */
export function isOurTenant({ channelData, conversation }: Activity, credentials: Credentials): boolean {
  if (credentials.type === 'MultiTenant') return true;
  const named = [tenanted.safeParse(channelData).data?.tenant.id, conversation.tenantId].filter(Boolean);
  const ours = credentials.tenantId?.toLowerCase();
  return named.length > 0 && named.every((tenant) => tenant?.toLowerCase() === ours);
}
