/** The Teams app: its manifest from the template in manifest/ and the features' own words, checked, then zipped. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { zipSync } from 'fflate';
import { z } from 'zod';
import type { Feature } from '../bot/feature.ts';

const FOLDER = fileURLToPath(new URL('../../manifest', import.meta.url));
const ICONS = {
  color: { file: 'color.png', side: 192 },
  outline: { file: 'outline.png', side: 32 },
} as const;
const SCOPES = ['personal', 'groupChat', 'team'] as const;
const MOST_COMMANDS = 10;
/** Clients cut off what is longer, whatever the schema allows. */
const LONGEST_TITLE = 32;
const LONGEST_DESCRIPTION = 128;
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

type Json = Record<string, unknown>;

/** Which commands Teams offers where, in this order; their words are the operations' own, English beside them. */
const commandLines = z.array(
  z.object({ op: z.string(), scopes: z.array(z.enum(SCOPES)).min(1), en: z.string() }),
);
export type CommandLine = z.infer<typeof commandLines>[number];

/** What only the one who installs it knows. */
export interface Install {
  /** Of the bot's registration; also names the app. */
  readonly appId: string;
  /** `1.0.0` */
  readonly version: string;
  /** https address of this server; also the publisher's, unless another one is given. */
  readonly url: string;
  readonly developer: string;
  readonly website?: string;
  readonly privacy?: string;
  readonly terms?: string;
}

/** A file of the package: name, content. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** Everything that is wrong with a package, in plain words. */
export class PackageError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The Teams app cannot be packaged:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** The files of the Teams app for one installation. @throws PackageError */
export async function buildApp(features: readonly Feature[], install: Install): Promise<Files> {
  const read = (file: string) => readFile(join(FOLDER, file));
  const json = async (file: string) => JSON.parse((await read(file)).toString('utf8')) as Json;
  const lines = commandLines.parse(await json('commands.json'));
  const problems = [...installProblems(install), ...commandProblems(features, lines)];
  if (problems.length > 0) throw new PackageError(problems);

  const lists = commandLists(features, lines);
  const manifest = manifestFor(await json('manifest.json'), lists, install);
  const english = { ...(await json('en-us.json')), ...commandsInEnglish(lists) };
  problems.push(
    ...(await misfits('MicrosoftTeams.schema.json', 'manifest.json', manifest)),
    ...(await misfits('MicrosoftTeams.Localization.schema.json', 'en-us.json', english)),
  );
  const files: Record<string, Uint8Array> = { 'manifest.json': text(manifest), 'en-us.json': text(english) };
  for (const { file, side } of Object.values(ICONS)) {
    const image = await read(file);
    if (!isPng(image, side)) problems.push(`manifest/${file} is not a PNG of ${side} × ${side} pixels`);
    files[file] = image;
  }
  if (problems.length > 0) throw new PackageError(problems);
  return files;
}

/** The package as Teams takes it in; the same files make the same bytes, wherever and whenever. */
export function zipApp(files: Files): Uint8Array {
  // fflate writes the local wall clock of this date: the first that a zip can hold.
  return zipSync({ ...files }, { level: 9, mtime: new Date(1980, 0, 1) });
}

interface Command {
  readonly title: string;
  readonly description: string;
  readonly english: { readonly title: string; readonly description: string };
}

type Lists = readonly { readonly scope: (typeof SCOPES)[number]; readonly commands: readonly Command[] }[];

function commandLists(features: readonly Feature[], lines: readonly CommandLine[]): Lists {
  const command = ({ op, en }: CommandLine): Command => {
    const { words = [], help = '', right } = operationOf(features, op) ?? {};
    const [first = right?.title ?? op] = words;
    // What is offered must be understood when it is sent: in English the alias, where there is one.
    const plain = words.find((word) => /^[a-z]+$/.test(word)) ?? first;
    return { title: first, description: help, english: { title: plain, description: en } };
  };
  return SCOPES.map((scope) => ({
    scope,
    commands: lines.filter(({ scopes }) => scopes.includes(scope)).map(command),
  }));
}

function operationOf(features: readonly Feature[], name: string) {
  return features.flatMap(({ operations }) => operations).find(({ right }) => right.name === name);
}

function manifestFor(template: Json, lists: Lists, install: Install): Json {
  const { appId, version, url, developer, website = url, privacy = url, terms = url } = install;
  const { $schema, manifestVersion, bots, ...rest } = template;
  const [bot] = z.array(z.record(z.string(), z.unknown())).parse(bots);
  const commandLists = lists.map(({ scope, commands }) => ({
    scopes: [scope],
    commands: commands.map(({ title, description }) => ({ title, description })),
  }));
  return {
    $schema,
    manifestVersion,
    version,
    id: appId,
    developer: { name: developer, websiteUrl: website, privacyUrl: privacy, termsOfUseUrl: terms },
    ...rest,
    bots: [{ botId: appId, ...bot, commandLists }],
    validDomains: [new URL(url).hostname],
  };
}

function commandsInEnglish(lists: Lists): Json {
  const entries = lists.flatMap(({ commands }, list) =>
    commands.flatMap(({ english }, at) => {
      const key = `bots[0].commandLists[${list}].commands[${at}]`;
      return [
        [`${key}.title`, english.title],
        [`${key}.description`, english.description],
      ];
    }),
  );
  return Object.fromEntries(entries);
}

function installProblems({ appId, version, url, developer, website, privacy, terms }: Install): string[] {
  const problems = [];
  if (!GUID.test(appId)) problems.push('MicrosoftAppId (or --app-id) must be the app id of the bot, a GUID');
  if (!/^\d+\.\d+\.\d+$/.test(version)) problems.push('--version must look like 1.0.0');
  if (developer.length < 1 || developer.length > 32)
    problems.push('--developer must have 1 to 32 characters');
  const addresses = {
    'PUBLIC_URL (or --url)': url,
    '--website': website,
    '--privacy': privacy,
    '--terms': terms,
  };
  for (const [name, address] of Object.entries(addresses)) {
    const good = address === undefined || (/^https:\/\//i.test(address) && URL.canParse(address));
    if (!good) problems.push(`${name} must be an https address, https://huishang.example.gov.cn`);
  }
  return problems;
}

function commandProblems(features: readonly Feature[], lines: readonly CommandLine[]): string[] {
  const missing = lines
    .filter(({ op }) => !(operationOf(features, op)?.help && operationOf(features, op)?.words?.length))
    .map(({ op }) => `manifest/commands.json names ${op}, which is no operation with words and help`);
  const lists = commandLists(features, lines);
  const tooMany = lists
    .filter(({ commands }) => commands.length > MOST_COMMANDS)
    .map(({ scope, commands }) => `${scope} has ${commands.length} commands, Teams takes ${MOST_COMMANDS}`);
  const tooLong = lists
    .flatMap(({ commands }) => commands.flatMap((command) => [command, command.english]))
    .filter(
      ({ title, description }) => title.length > LONGEST_TITLE || description.length > LONGEST_DESCRIPTION,
    )
    .map(({ title }) => `the command ${title} or what is said of it is too long for Teams`);
  return [...missing, ...tooMany, ...new Set(tooLong)];
}

/** What a file breaks of Microsoft's schema; the schemas come with @microsoft/app-manifest, nothing is fetched. */
async function misfits(schema: string, file: string, value: Json): Promise<string[]> {
  const version = /\/v([\d.]+)\//.exec(String(value.$schema))?.[1];
  const path = `@microsoft/app-manifest/build/json-schemas/teams/v${version}/${schema}`;
  const rules = JSON.parse(await readFile(createRequire(import.meta.url).resolve(path), 'utf8'));
  // The schema's patterns are older than the u flag.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats(ajv);
  const fits = ajv.compile(rules);
  if (fits(value)) return [];
  return (fits.errors ?? []).map(({ instancePath, message }) => `${file}${instancePath} ${message}`);
}

/** Whether these bytes begin like a PNG of so many pixels in both directions. */
function isPng(bytes: Buffer, side: number): boolean {
  return (
    bytes.length > 24 &&
    bytes.subarray(1, 4).toString('latin1') === 'PNG' &&
    bytes.readUInt32BE(16) === side &&
    bytes.readUInt32BE(20) === side
  );
}

function text(value: Json): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
