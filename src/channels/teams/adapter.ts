/** What is used of the SDK: it checks the tokens of those who write to us, and fetches ours. Turns and sends are our own. */
import type { Agent } from 'node:http';
import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type Activity as SdkActivity,
} from 'botbuilder';
import type { Credentials } from '../../config.ts';
import { RecentMap } from '../../lib/recent.ts';
import type { Activity, Reference } from './activity.ts';
import { cloudOf } from './clouds.ts';
import { addressOf, type Connector, createAgents, noToken, send } from './connector.ts';
import { fetchFile } from './fetch.ts';

/** How requests are proven, in and out; tests put one that asks a local key server in place of Microsoft's. */
export type Authentication = NonNullable<ConstructorParameters<typeof CloudAdapter>[0]>;

export interface TeamsAdapter {
  /** Rejects when the token of a request does not hold. */
  authenticate(activity: Activity, authorization: string): Promise<void>;
  /** Post an activity, or put it in place of another one; resolves to its id. */
  post(reference: Reference, activity: Partial<SdkActivity>, how?: How): Promise<string>;
  /** What is at this address, at most so many bytes; `proven` shows who we are, which only a service may be shown. */
  fetch(url: URL, mostBytes: number, proven: boolean): Promise<Uint8Array>;
}

/** `replaced`: the id of the activity whose place it takes. `only`: the one of a group who sees it. */
export interface How {
  readonly replaced?: string | undefined;
  readonly only?: string | undefined;
}

const MOST_CONNECTORS = 50;
/** Lets the SDK take the one of its cloud, as its own adapter does; the types do not say so. */
const DEFAULT_AUDIENCE = undefined as unknown as string;

/** The adapter of the bot; without `authentication` it is the one that `credentials` (or their absence) ask for. */
export function createAdapter(
  credentials: Credentials | undefined,
  timeoutMs: number,
  authentication: Authentication = defaultAuthentication(credentials),
): TeamsAdapter {
  const identity = new Identities(authentication).of(credentials?.appId ?? '');
  const factory = authentication.createConnectorFactory(identity);
  const connectors = new RecentMap<Promise<Connector>>(MOST_CONNECTORS);
  const agents = createAgents();

  function connectorTo(serviceUrl: string): Promise<Connector> {
    const known = connectors.get(serviceUrl);
    if (known) return known;
    // Callers are channels only (guard.ts), so that the audience is always the same and the address is key enough.
    const made = factory
      .create(serviceUrl, DEFAULT_AUDIENCE)
      .catch((error: unknown) => Promise.reject(noToken(error)))
      .then((sdk) => connectorOf(serviceUrl, sdk, agents, credentials === undefined));
    made.catch(() => connectors.delete(serviceUrl));
    connectors.set(serviceUrl, made);
    return made;
  }

  return {
    async authenticate(activity, authorization) {
      await authentication.authenticateRequest(sdkActivity(activity), authorization);
    },
    async post(reference, activity, how = {}) {
      const { replaced, only } = how;
      const { channelId, serviceUrl, conversation, bot } = reference;
      // Written into the conversation itself: as a reply (`replyToId`) Teams may refuse what it cannot find.
      const addressed = {
        ...activity,
        channelId,
        serviceUrl,
        conversation,
        ...(bot && { from: bot }),
        ...(only !== undefined && { recipient: { id: only } }),
        ...(replaced !== undefined && { id: replaced }),
      };
      const connector = await connectorTo(serviceUrl);
      const id = await send(connector, conversation.id, addressed, how, timeoutMs);
      return id || (replaced ?? '');
    },
    async fetch(url, mostBytes, proven) {
      const connector = await connectorTo(`${url.origin}/`);
      const proof = proven ? await connector.authorization() : undefined;
      return fetchFile(url, connector, proof, mostBytes, timeoutMs);
    },
  };
}

/** Opens what the SDK keeps for its subclasses: who we are, in its own terms. */
class Identities extends CloudAdapter {
  of(appId: string) {
    return this.createClaimsIdentity(appId);
  }
}

function defaultAuthentication(credentials: Credentials | undefined): Authentication {
  if (!credentials) return new ConfigurationBotFrameworkAuthentication({});
  const { type, appId, password, tenantId } = credentials;
  return new ConfigurationBotFrameworkAuthentication({
    MicrosoftAppType: type,
    MicrosoftAppId: appId,
    // The SDK refuses a managed identity that also has a password.
    ...(password && type !== 'UserAssignedMsi' && { MicrosoftAppPassword: password }),
    ...(tenantId && { MicrosoftAppTenantId: tenantId }),
    ...cloudOf(credentials).settings(credentials),
  });
}

/** Only what was parsed, and only what the check of a token looks at. */
function sdkActivity({
  type,
  id,
  channelId,
  serviceUrl,
  from,
  recipient,
  conversation,
}: Activity): SdkActivity {
  return { type, id, channelId, serviceUrl, from, recipient, conversation } as unknown as SdkActivity;
}

type Factory = ReturnType<Authentication['createConnectorFactory']>;
type SdkClient = Awaited<ReturnType<Factory['create']>>;

/** What is used of the SDK's connector client, which its types keep private. */
interface Inside {
  readonly credentials: {
    signRequest(request: object): Promise<unknown>;
    /** Where there is something to ask for. */
    getToken?(refresh: boolean): Promise<string>;
  };
  readonly options: { readonly userAgent?: unknown };
  readonly client: {
    readonly pipeline: {
      getOrderedPolicies(): readonly {
        name: string;
        sendRequest(request: object, next: (request: Proxied) => Promise<unknown>): Promise<unknown>;
      }[];
    };
  };
}

interface Proxied {
  readonly agent?: Agent;
}

/** The SDK knows our secrets and the proxies of this machine; it is asked once per service. */
async function connectorOf(
  serviceUrl: string,
  sdk: SdkClient,
  agents: ReturnType<typeof createAgents>,
  direct: boolean,
): Promise<Connector> {
  const { credentials, options, client } = sdk as unknown as Inside;
  const where = addressOf(serviceUrl);
  let agent = where.secure ? agents.secure : agents.plain;
  // Without credentials nothing leaves this machine, not even to a proxy.
  const proxy = direct
    ? undefined
    : client.pipeline.getOrderedPolicies().find((p) => p.name === 'proxyPolicy');
  await proxy?.sendRequest({ url: serviceUrl }, async (request) => {
    agent = request.agent ?? agent;
  });
  return {
    where,
    userAgent: String(options.userAgent ?? 'huishang').trim(),
    agent,
    async authorization(fresh = false) {
      if (fresh) await credentials.getToken?.(true);
      let header: string | undefined;
      const set = (name: string, value: string) => {
        if (name.toLowerCase() === 'authorization') header = value;
      };
      await credentials.signRequest({ url: serviceUrl, headers: { set } });
      return header;
    },
  };
}
