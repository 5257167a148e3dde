/** The house keeps its floors: imports only point down, and what belongs to one place stays there. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { features, importOrder } from '../src/features/index.ts';

const src = new URL('../src', import.meta.url).pathname;
/** Floor of each folder, from the bottom up; config.ts needs nothing but lib, app.ts and main.ts stand above them all. */
const FLOORS: Readonly<Record<string, number>> = {
  // data/*.json, beside src.
  '..': 1,
  lib: 1,
  'config.ts': 1,
  store: 2,
  bot: 3,
  features: 4,
  channels: 5,
  web: 5,
};
/** Of everything else. */
const TOP = 6;
/** A feature imports only those before it, through their index. */
const ORDER = importOrder.map(({ name }) => name);
const MAX_LINES = 400;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => {
    const text = readFileSync(join(src, path), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name);
    return { path, text, imports };
  });

/** Settings in data/ are for everybody. */
const floorOf = (path: string) =>
  path.startsWith('../data/') ? 1 : (FLOORS[path.split('/')[0] ?? ''] ?? TOP);
const local = ({ path, imports }: Source) =>
  imports
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(src, resolve(src, dirname(path), name)));
const offenders = (rule: (source: Source) => readonly string[]) =>
  sources.flatMap((source) => rule(source).map((what) => `${source.path} → ${what}`));
const onlyIn = (folder: string, packages: RegExp) =>
  offenders(({ path, imports }) =>
    path.startsWith(folder) ? [] : imports.filter((name) => packages.test(name)),
  );

describe('the house', () => {
  it('was found', () => expect(sources.length).toBeGreaterThan(30));

  it('imports only downwards', () => {
    expect(offenders((source) => local(source).filter((to) => floorOf(to) > floorOf(source.path)))).toEqual(
      [],
    );
  });

  it('imports only features that come before, through their index', () => {
    const sideways = offenders((source) => {
      const [floor, own] = source.path.split('/');
      if (floor !== 'features' || !source.path.includes('/', 9)) return [];
      return local(source).filter((to) => {
        const [at, feature = '', file] = to.split('/');
        return (
          at === 'features' &&
          feature !== own &&
          !(ORDER.indexOf(feature) < ORDER.indexOf(own ?? '') && file === 'index.ts')
        );
      });
    });
    expect(sideways).toEqual([]);
  });

  it('declares every folder of features once, and shows people all of them', () => {
    const folders = new Set(sources.flatMap(({ path }) => /^features\/([^/]+)\//.exec(path)?.slice(1) ?? []));
    expect([...ORDER].sort()).toEqual([...folders].sort());
    expect(new Set(features)).toEqual(new Set(importOrder));
  });

  it('imports in no circle, types included', () => {
    const bySource = new Map(sources.map((source) => [source.path, local(source)]));
    const reached = (from: string, seen = new Set<string>()): ReadonlySet<string> => {
      for (const to of bySource.get(from) ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        reached(to, seen);
      }
      return seen;
    };
    expect(offenders(({ path }) => (reached(path).has(path) ? ['itself'] : []))).toEqual([]);
  });

  it('keeps the kernel in its six folders, with a handful of files beside them', () => {
    const kernel = sources.map(({ path }) => path.split('/')).filter(([floor]) => floor === 'bot');
    const folders = new Set(kernel.filter((parts) => parts.length > 2).map(([, folder]) => folder));
    expect([...folders].sort()).toEqual(['cards', 'delivery', 'files', 'jobs', 'reminders', 'turn']);
    expect(kernel.filter((parts) => parts.length === 2).length).toBeLessThanOrEqual(6);
  });

  it('does not import sideways between channels', () => {
    const sideways = offenders((source) => {
      const [floor, own] = source.path.split('/');
      return floor === 'channels'
        ? local(source).filter((to) => to.startsWith('channels/') && to.split('/')[1] !== own)
        : [];
    });
    expect(sideways).toEqual([]);
  });

  it('keeps each platform, engine and clockwork in its place', () => {
    expect(onlyIn('channels/teams/', /^botbuilder|^botframework/)).toEqual([]);
    expect(onlyIn('channels/dingtalk/', /^ws$|^dingtalk/)).toEqual([]);
    expect(onlyIn('store/postgres/', /^pg($|-)/)).toEqual([]);
    expect(onlyIn('store/lowdb/', /^lowdb/)).toEqual([]);
    expect(onlyIn('bot/cards/adaptive.ts', /^adaptivecards-templating/)).toEqual([]);
    expect(onlyIn('bot/reminders/scheduler.ts', /^node-cron/)).toEqual([]);
    expect(onlyIn('web/metrics.ts', /^prom-client/)).toEqual([]);
  });

  it('asks a channel what it can do, and never which one it is', () => {
    const named = ({ path, text }: Source) =>
      /^(bot|features)\//.test(path) && /['"`](?:ms)?(?:teams|webchat|dingtalk)['"`|:]/.test(text);
    expect(offenders((source) => (named(source) ? ['a platform by its name'] : []))).toEqual([]);
  });

  it('calls a file tables.ts where tables of the store are defined', () => {
    const misnamed = ({ path, text }: Source) =>
      /^(?!store).*\/tables\.ts$/.test(path) && !text.includes('defineTable');
    expect(offenders((source) => (misnamed(source) ? ['no table'] : []))).toEqual([]);
  });

  it('says who may do what in the tables of rights only', () => {
    const inline = ({ path, text }: Source) =>
      path.startsWith('features/') && !path.endsWith('/rights.ts') && /\bright: \{/.test(text);
    expect(offenders((source) => (inline(source) ? ['a right of its own'] : []))).toEqual([]);
  });

  it('names an operation by its line of rights, and has one operation for each line', async () => {
    const operations = features.flatMap((feature) => feature.operations);
    const declared = [];
    for (const { path } of sources.filter((source) => /^features\/[^/]+\/rights\.ts$/.test(source.path)))
      declared.push(...Object.values((await import(join(src, path))).rights ?? {}));
    expect(new Set(operations.map(({ right }) => right))).toEqual(new Set(declared));
    expect(operations).toHaveLength(declared.length);

    const names = new Set(operations.map(({ right }) => right.name));
    const inPlainText = ({ path, text }: Source) => {
      if (!/^(bot|features)\//.test(path) || path === 'bot/operation.ts') return [];
      // Jobs have names of their own, some of them those of what begins them.
      const quoted = [...text.matchAll(/(?<!kind: )['"](\w+\.\w+)['"]/g)].map(([, name = '']) => name);
      return quoted.filter((name) => names.has(name));
    };
    expect(offenders(inPlainText)).toEqual([]);
  });

  it('reads the environment in config.ts only', () => {
    expect(
      offenders(({ path, text }) =>
        path !== 'config.ts' && /process\.env/.test(text) ? ['process.env'] : [],
      ),
    ).toEqual([]);
  });

  it('takes the time as an argument', () => {
    const clocks = /Date\.now\(\)|new Date\(\)/;
    // What puts a server or a tool together, and the page in a browser.
    const mayAsk = (path: string) =>
      ['app.ts', 'tools/run.ts'].includes(path) || path.startsWith('channels/webchat/client/');
    expect(offenders(({ path, text }) => (!mayAsk(path) && clocks.test(text) ? ['the clock'] : []))).toEqual(
      [],
    );
  });

  it(`has no file over ${MAX_LINES} lines, a main of at most 40 and a flow of at most 150`, () => {
    const lines = ({ text }: Source) => text.split('\n').length - 1;
    const limit = ({ path }: Source) =>
      path === 'main.ts' ? 40 : path === 'bot/handle.ts' ? 150 : MAX_LINES;
    expect(offenders((source) => (lines(source) > limit(source) ? [`${lines(source)} lines`] : []))).toEqual(
      [],
    );
  });

  it('begins every file with a sentence that says what it is for', () => {
    expect(offenders(({ text }) => (text.startsWith('/**') ? [] : ['no sentence']))).toEqual([]);
  });
});
