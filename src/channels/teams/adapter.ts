/** The SDK's adapter, tamed: one client per service, no hidden retries, no redirects, a deadline on every request. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConversationReference,
  type InvokeResponse,
  type Activity as SdkActivity,
  type TurnContext,
} from 'botbuilder';
import type { Credentials } from '../../config.ts';
import type { Activity, Reference } from './activity.ts';

/** How requests are proven, in and out; tests put one that asks a local key server in place of Microsoft's. */
export type Authentication = NonNullable<ConstructorParameters<typeof CloudAdapter>[0]>;
export type Authenticated = Awaited<ReturnType<Authentication['authenticateRequest']>>;
type ConnectorFactory = ReturnType<Authentication['createConnectorFactory']>;
type ConnectorClient = Awaited<ReturnType<ConnectorFactory['create']>>;

export interface TeamsAdapter {
  /** Whose request this is. Rejects when the token does not hold. */
  authenticate(activity: Activity, authorization: string): Promise<Authenticated>;
  /** Run one turn. `say` sends into its conversation, `respond` sets the body of the answer to an invoke. */
  turn(
    authenticated: Authenticated,
    activity: Activity,
    run: (io: TurnIo) => Promise<void>,
  ): Promise<InvokeResponse | undefined>;
  /** Post an activity, or put it in place of the one with the id `replaced`; resolves to its id. */
  post(reference: Reference, activity: Partial<SdkActivity>, replaced?: string): Promise<string>;
}

export interface TurnIo {
  say(activity: Partial<SdkActivity>): Promise<void>;
  respond(body: unknown): Promise<void>;
}

const MOST_CLIENTS = 50;
const IDLE_MS = 30_000;

/** The adapter of the bot; without `authentication` it is the one that `credentials` (or their absence) ask for. */
export function createAdapter(
  credentials: Credentials | undefined,
  timeoutMs: number,
  authentication: Authentication = defaultAuthentication(credentials),
): TeamsAdapter {
  const tamed = tame(authentication, timeoutMs, credentials === undefined);
  const adapter = new Adapter(tamed);
  return {
    authenticate: (activity, authorization) =>
      tamed.authenticateRequest(sdkActivity(activity), authorization),
    turn: (authenticated, activity, run) =>
      adapter.run(authenticated, sdkActivity(activity), (context) =>
        run({
          say: async (said) => {
            await adapter.sendActivities(context, [addressed(said, context.activity)]);
          },
          respond: async (body) => {
            const value = { status: 200, body };
            await adapter.sendActivities(context, [{ type: 'invokeResponse', value }]);
          },
        }),
      ),
    async post(reference, activity, replaced) {
      let id: string | undefined;
      const to = { ...reference } as Partial<ConversationReference>;
      await adapter.continueConversationAsync(credentials?.appId ?? '', to, async (context) => {
        const sent = addressed(activity, context.activity);
        if (replaced) id = (await adapter.updateActivity(context, { ...sent, id: replaced }))?.id ?? replaced;
        else id = (await adapter.sendActivities(context, [sent]))[0]?.id;
      });
      return id ?? '';
    },
  };
}

/** Opens what the SDK keeps for its subclasses: a turn whose request is already authenticated. */
class Adapter extends CloudAdapter {
  run(authenticated: Authenticated, activity: SdkActivity, logic: (context: TurnContext) => Promise<void>) {
    return this.processActivity(authenticated, activity, logic);
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
  });
}

/** Written into the conversation itself: as a reply (`replyToId`) Teams may refuse what it cannot find. */
function addressed(activity: Partial<SdkActivity>, turn: SdkActivity): Partial<SdkActivity> {
  const { channelId, serviceUrl, conversation, recipient } = turn;
  return { ...activity, channelId, serviceUrl, conversation, ...(recipient && { from: recipient }) };
}

/** Only what was parsed: fields such as deliveryMode would change what the SDK does with our answer. */
function sdkActivity(activity: Activity): SdkActivity {
  const { type, id, name, channelId, serviceUrl, from, recipient, conversation } = activity;
  return { type, id, name, channelId, serviceUrl, from, recipient, conversation } as unknown as SdkActivity;
}

/** The same authentication, whose connector clients are made once per service and follow our rules for sending. */
function tame(authentication: Authentication, timeoutMs: number, direct: boolean): Authentication {
  const clients = new Map<string, ConnectorClient>();
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
    'https:': new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
  };
  // Callers are channels only (guard.ts), so that the audience is always the same and the address is key enough.
  const sharing = (factory: ConnectorFactory): ConnectorFactory => ({
    async create(serviceUrl, audience) {
      const known = clients.get(serviceUrl);
      if (known) return known;
      const client = await factory.create(serviceUrl, audience);
      rule(client, timeoutMs, direct, agents);
      const [oldest] = clients.keys();
      if (oldest !== undefined && clients.size >= MOST_CLIENTS) clients.delete(oldest);
      clients.set(serviceUrl, client);
      return client;
    },
  });
  let tokens: ReturnType<Authentication['createUserTokenClient']> | undefined;
  const tamed: Authentication = Object.create(authentication);
  tamed.createConnectorFactory = (identity) => sharing(authentication.createConnectorFactory(identity));
  tamed.authenticateRequest = async (activity, authorization) => {
    const result = await authentication.authenticateRequest(activity, authorization);
    return { ...result, connectorFactory: sharing(result.connectorFactory ?? noFactory()) };
  };
  // Every turn is given one by the SDK; nobody signs in through this bot, so one is enough.
  tamed.createUserTokenClient = (identity) => {
    tokens ??= authentication.createUserTokenClient(identity).catch((error: unknown) => {
      tokens = undefined;
      throw error;
    });
    return tokens;
  };
  return tamed;
}

function noFactory(): never {
  throw new Error('The request was authenticated without a way to answer it');
}

interface PipelineRequest {
  readonly url: string;
  abortSignal?: AbortSignal;
  agent?: HttpAgent;
}
/** What is used of the pipeline of @azure/core-rest-pipeline, which the SDK's types keep private. */
interface Pipeline {
  removePolicy(policy: { name: string }): unknown;
  addPolicy(
    policy: {
      name: string;
      sendRequest<T>(request: PipelineRequest, next: (request: PipelineRequest) => Promise<T>): Promise<T>;
    },
    options: { beforePolicies: string[] },
  ): void;
}

/** A post is not idempotent, so trying again is the outbox's to decide; a redirect would carry our token away. */
function rule(
  client: ConnectorClient,
  timeoutMs: number,
  direct: boolean,
  agents: Readonly<Record<string, HttpAgent>>,
): void {
  const { pipeline } = (client as unknown as { client: { pipeline: Pipeline } }).client;
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.removePolicy({ name: 'redirectPolicy' });
  // Without credentials nothing leaves this machine, not even to a proxy.
  if (direct) pipeline.removePolicy({ name: 'proxyPolicy' });
  pipeline.addPolicy(
    {
      name: 'huishang',
      async sendRequest(request, next) {
        const cut = new AbortController();
        request.abortSignal = cut.signal;
        const agent = agents[new URL(request.url).protocol];
        if (agent) request.agent ??= agent;
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<never>((_, reject) => {
          timer = setTimeout(() => {
            reject(Object.assign(new Error(`no answer within ${timeoutMs} ms`), { name: 'TimeoutError' }));
            cut.abort();
          }, timeoutMs);
        });
        try {
          return await Promise.race([next(request), late]);
        } finally {
          clearTimeout(timer);
        }
      },
    },
    { beforePolicies: ['ServiceClientContext_Credentials_SignRequest'] },
  );
}
