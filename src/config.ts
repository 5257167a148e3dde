/** Reads the environment once, with zod; the only place that touches process.env. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './lib/errors.ts';

/** Nobody means more than one thing a second for a whole minute; on one's own machine scripts try things out. */
const PEOPLE_LIMIT = 60;
const TRYING_LIMIT = 6_000;
/** The invented city. */
export const DEMO_CITY = 'data/demo';
/** A template of DingTalk's own, for cards without set-up; it could vanish. */
const BASIC_TEMPLATE = '1366a1eb-bc54-4859-ac88-517c56a9acb1.schema';
const TYPES = ['SingleTenant', 'UserAssignedMsi', 'MultiTenant'] as const;
const CLOUDS = ['Public', 'China'] as const;
const BACKENDS = ['postgres', 'pgbouncer', 'yugabyte', 'opengauss'] as const;
const ISOLATIONS = ['prefer', 'require'] as const;
const HASHES = ['sha256', 'sm3'] as const;
const SWITCH = ['on', 'off'] as const;
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const text = z.string().trim().optional();
const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

function whole(from: number, to = Number.POSITIVE_INFINITY) {
  const range = to === Number.POSITIVE_INFINITY ? `, ${from} or more` : ` from ${from} to ${to}`;
  const error = `must be a whole number${range}`;
  return z.coerce.number({ error }).refine((n) => Number.isInteger(n) && n >= from && n <= to, error);
}

/** A variable that is blank is as good as not set. */
const environment = z.object({
  NODE_ENV: text,
  PORT: whole(0, 65_535).default(3978),
  HOST: text,
  PUBLIC_URL: text,
  DATABASE_URL: text,
  DATABASE_BACKEND: oneOf(BACKENDS).default('postgres'),
  DATABASE_LISTEN_URL: text,
  DATABASE_ISOLATION: oneOf(ISOLATIONS).default('prefer'),
  DATA_DIR: z.string().default('data/local'),
  CITY_DATA: z.string().default(DEMO_CITY),
  DEMO_HISTORY: oneOf(SWITCH).optional(),
  MicrosoftAppType: oneOf(TYPES).optional(),
  MICROSOFT_CLOUD: oneOf(CLOUDS).optional(),
  MicrosoftAppId: text,
  MicrosoftAppPassword: text,
  MicrosoftAppTenantId: text,
  TEAMS_SERVICE_HOSTS: text,
  DINGTALK_CLIENT_ID: text,
  DINGTALK_CLIENT_SECRET: text,
  DINGTALK_CORP_ID: text,
  DINGTALK_CARD_TEMPLATE: text,
  DINGTALK_BASIC_TEMPLATE: z.string().trim().default(BASIC_TEMPLATE),
  DINGTALK_VALUE_BYTES: whole(500, 15_000).default(2_500),
  DINGTALK_MONTHLY_CALLS: whole(100).default(5_000),
  DINGTALK_API: z.string().trim().default('https://api.dingtalk.com'),
  DINGTALK_OAPI: z.string().trim().default('https://oapi.dingtalk.com'),
  AUDIT_HASH: oneOf(HASHES).default('sha256'),
  PUBLIC_BOARD: oneOf(SWITCH).default('off'),
  METRICS_TOKEN: z.string().trim().min(16, 'must have 16 characters or more').optional(),
  PERSON_LIMIT: whole(10).optional(),
  LOG_LEVEL: oneOf(LEVELS).default('info'),
});
type Values = z.infer<typeof environment>;

/** How the bot proves itself to the Bot Framework. */
export interface Credentials {
  readonly type: 'SingleTenant' | 'UserAssignedMsi' | 'MultiTenant';
  readonly appId: string;
  readonly password?: string;
  readonly tenantId?: string;
  /** Where the bot is registered: the public cloud (default), or 21Vianet's in mainland China. */
  readonly cloud?: 'Public' | 'China';
}

/** The app in DingTalk's developer console, and how its cards are drawn. */
export interface DingtalkCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The organisation; absent: as messages say. */
  readonly corpId?: string;
  /** Our own template, once it was imported; absent: the basic one. */
  readonly cardTemplate?: string;
  /** Buttons and Markdown without fields; absent: words only. */
  readonly basicTemplate?: string;
  /** Most that one value of a card weighs, in bytes: the sources disagree. */
  readonly valueBytes: number;
  /** Calls that the organisation's edition has in a month. */
  readonly monthlyCalls: number;
  /** Base addresses without a slash at the end. */
  readonly api: string;
  readonly oapi: string;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Where people reach this server, without a slash at the end; absent: download links are for this machine, or none. */
  readonly publicUrl?: string;
  /** PostgreSQL, for several servers; absent: the embedded store. */
  readonly databaseUrl?: string;
  /** What speaks PostgreSQL's language there, where signals are heard past a pooler, and whether it must isolate. */
  readonly database: {
    readonly backend: (typeof BACKENDS)[number];
    readonly listenUrl?: string;
    readonly mustIsolate: boolean;
  };
  /** Absolute folder of the embedded store. */
  readonly dataDir: string;
  /** Absolute folder with units.json, members.json and stars.json for an empty store. */
  readonly cityData: string;
  /** An empty store is filled with the invented city and some months of its past. */
  readonly demoHistory: boolean;
  /** What each platform that is connected knows us by. */
  readonly credentials: { readonly teams?: Credentials; readonly dingtalk?: DingtalkCredentials };
  /**
   * No platform is connected but one that is played on this machine, and nobody else reaches it: loopback only, and the
   * page lets one pick a demo person.
   */
  readonly demo: boolean;
  /** Hosts that Teams may ask us to answer at, beside those of the bot's cloud; lower case. */
  readonly serviceHosts: readonly string[];
  /** Who has it may read /metrics; absent: everybody in a demo, nobody elsewhere. */
  readonly metricsToken?: string;
  /** Anybody may look at the board, without a session: counts only, none below five. */
  readonly publicBoard: boolean;
  /** Messages and presses a minute that one person may send. */
  readonly personLimit: number;
  /** What the audit trail is sealed with. */
  readonly auditHash: (typeof HASHES)[number];
  readonly logLevel: string;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * The configuration of an environment.
 * @throws AppError `config` that lists everything that is wrong, in plain words, all at once
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values = readValues(env, problems);
  const teams = readTeams(values, problems);
  const dingtalk = readDingtalk(values, problems);
  const credentials = { ...(teams && { teams }), ...(dingtalk && { dingtalk }) };
  const production = values.NODE_ENV === 'production';
  const played =
    dingtalk !== undefined &&
    [dingtalk.api, dingtalk.oapi].every(isLocal) &&
    !values.PUBLIC_URL &&
    !production;
  const demo = !teams && (!dingtalk || played);
  const host = values.HOST ?? (demo ? '127.0.0.1' : '0.0.0.0');
  if (demo && production) {
    problems.push(
      'NODE_ENV=production needs MicrosoftAppId (and what its MicrosoftAppType asks for) or DINGTALK_CLIENT_ID',
    );
  }
  if (demo && !LOOPBACK.has(host)) {
    problems.push(`HOST=${host}: without credentials the server listens on loopback only (127.0.0.1)`);
  }
  for (const name of ['DATABASE_URL', 'DATABASE_LISTEN_URL'] as const)
    if (values[name] && !isDatabaseUrl(values[name]))
      problems.push(`${name}: must look like postgres://user:password@host:5432/database`);
  // Without it everything would be kept in DATA_DIR, and who set these believes otherwise.
  if (!values.DATABASE_URL) {
    const { DATABASE_BACKEND: backend, DATABASE_ISOLATION: isolation } = values;
    const meant = [
      ...(values.DATABASE_LISTEN_URL ? ['DATABASE_LISTEN_URL'] : []),
      ...(backend === 'postgres' ? [] : [`DATABASE_BACKEND=${backend}`]),
      ...(isolation === 'require' ? ['DATABASE_ISOLATION=require'] : []),
    ];
    for (const name of meant) problems.push(`${name} is set but DATABASE_URL is not`);
  }
  if (values.PUBLIC_URL && !isPublicUrl(values.PUBLIC_URL)) {
    problems.push('PUBLIC_URL: must look like https://huishang.example.gov.cn, without ? or #');
  }
  const cityData = resolve(values.CITY_DATA);
  const invented = demo && cityData === resolve(DEMO_CITY);
  if (values.DEMO_HISTORY === 'on' && !invented) {
    problems.push('DEMO_HISTORY=on: only the invented city has a past, and only without credentials');
  }
  const serviceHosts = (values.TEAMS_SERVICE_HOSTS ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (!serviceHosts.every((host) => /^[a-z\d.-]+$/.test(host))) {
    problems.push('TEAMS_SERVICE_HOSTS: must be names of hosts with commas between them, without https://');
  }
  if (problems.length > 0) throw configError(problems);
  return {
    port: values.PORT,
    host,
    dataDir: resolve(values.DATA_DIR),
    cityData,
    demoHistory: invented && (values.DEMO_HISTORY ?? (dingtalk ? 'off' : 'on')) === 'on',
    logLevel: values.LOG_LEVEL,
    auditHash: values.AUDIT_HASH,
    publicBoard: values.PUBLIC_BOARD === 'on',
    personLimit: values.PERSON_LIMIT ?? (demo ? TRYING_LIMIT : PEOPLE_LIMIT),
    credentials,
    demo,
    database: {
      backend: values.DATABASE_BACKEND,
      mustIsolate: values.DATABASE_ISOLATION === 'require',
      ...(values.DATABASE_LISTEN_URL && { listenUrl: values.DATABASE_LISTEN_URL }),
    },
    serviceHosts,
    ...(values.METRICS_TOKEN && { metricsToken: values.METRICS_TOKEN }),
    ...(values.PUBLIC_URL && { publicUrl: values.PUBLIC_URL.replace(/\/+$/, '') }),
    ...(values.DATABASE_URL && { databaseUrl: values.DATABASE_URL }),
  };
}

/** What fits; of what does not, the default, so that the rest can be judged in the same go. */
function readValues(env: Readonly<Record<string, string | undefined>>, problems: string[]): Values {
  const said = Object.entries(env).filter(([, value]) => value?.trim());
  const usable = Object.fromEntries(said);
  for (const { path, message } of environment.safeParse(usable).error?.issues ?? []) {
    problems.push(`${String(path[0])}: ${message}`);
    delete usable[String(path[0])];
  }
  return environment.parse(usable);
}

/** A folder of a web server, without a name or password in it. */
function isPublicUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { search, hash, username, password } = new URL(text);
  return `${search}${hash}${username}${password}` === '';
}

/** The text itself, which may hold a password, is never shown. */
function isDatabaseUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && new URL(text).pathname.length > 1;
}

function readTeams(values: Values, problems: string[]): Credentials | undefined {
  const { MicrosoftAppId: appId, MicrosoftAppPassword: password, MicrosoftAppTenantId: tenantId } = values;
  if (!appId) {
    for (const name of [
      'MicrosoftAppPassword',
      'MicrosoftAppTenantId',
      'MicrosoftAppType',
      'MICROSOFT_CLOUD',
    ] as const)
      if (values[name]) problems.push(`${name} is set but MicrosoftAppId is not`);
    return undefined;
  }
  const type = values.MicrosoftAppType ?? 'MultiTenant';
  if (type !== 'UserAssignedMsi' && !password) problems.push(`${type} needs MicrosoftAppPassword`);
  if (type !== 'MultiTenant' && !tenantId) problems.push(`${type} needs MicrosoftAppTenantId`);
  const cloud = values.MICROSOFT_CLOUD;
  return {
    type,
    appId,
    ...(password && { password }),
    ...(tenantId && { tenantId }),
    ...(cloud && { cloud }),
  };
}

function readDingtalk(values: Values, problems: string[]): DingtalkCredentials | undefined {
  const { DINGTALK_CLIENT_ID: clientId, DINGTALK_CLIENT_SECRET: clientSecret } = values;
  const { DINGTALK_CORP_ID: corpId, DINGTALK_CARD_TEMPLATE: cardTemplate } = values;
  for (const name of ['DINGTALK_API', 'DINGTALK_OAPI'] as const)
    if (!isBase(values[name]))
      problems.push(`${name}: must look like https://api.dingtalk.com; plain http only on this machine`);
  if (!clientId) {
    for (const name of ['DINGTALK_CLIENT_SECRET', 'DINGTALK_CORP_ID', 'DINGTALK_CARD_TEMPLATE'] as const)
      if (values[name]) problems.push(`${name} is set but DINGTALK_CLIENT_ID is not`);
    return undefined;
  }
  if (!clientSecret) problems.push('DINGTALK_CLIENT_ID needs DINGTALK_CLIENT_SECRET');
  if (corpId && !/^[\w-]+$/.test(corpId))
    problems.push('DINGTALK_CORP_ID: must look like ding0123456789abcdef');
  const basic = values.DINGTALK_BASIC_TEMPLATE;
  return {
    clientId,
    clientSecret: clientSecret ?? '',
    ...(corpId && { corpId }),
    ...(cardTemplate && { cardTemplate }),
    ...(basic !== 'none' && { basicTemplate: basic }),
    valueBytes: values.DINGTALK_VALUE_BYTES,
    monthlyCalls: values.DINGTALK_MONTHLY_CALLS,
    api: values.DINGTALK_API.replace(/\/+$/, ''),
    oapi: values.DINGTALK_OAPI.replace(/\/+$/, ''),
  };
}

/** Our secret goes there: only over TLS, or to this machine. */
function isBase(text: string): boolean {
  return isPublicUrl(text) && (/^https:/i.test(text) || isLocal(text));
}

function isLocal(text: string): boolean {
  return URL.canParse(text) && LOOPBACK.has(new URL(text).hostname.replace(/^\[|\]$/g, ''));
}

function configError(problems: readonly string[]): AppError {
  return new AppError(
    'config',
    `The configuration cannot be used:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
  );
}

/** The configuration of this process. */
export function loadConfig(): Config {
  return readConfig(process.env);
}

/** What backups are encrypted with; undefined: they are not. */
export function readPassphrase(): string | undefined {
  return process.env.BACKUP_PASSPHRASE || undefined;
}

/** Who the bot is and where people reach it, as far as this process was told: what packaging the Teams app needs. */
export function readNames(): { readonly appId?: string; readonly publicUrl?: string } {
  const { MicrosoftAppId, PUBLIC_URL } = process.env;
  const appId = MicrosoftAppId?.trim();
  const publicUrl = PUBLIC_URL?.trim().replace(/\/+$/, '');
  return { ...(appId && { appId }), ...(publicUrl && { publicUrl }) };
}
