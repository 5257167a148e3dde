/** Every package has a licence that we may use and, if we asked for it, a reason. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import about from '../../data/packages.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { reportOf } from '../../src/tools/packages.ts';

const root = new URL('../..', import.meta.url).pathname;
type Packages = Record<string, object>;

/** The lock with some packages otherwise. */
const withPackages = (changes: Packages) => ({ packages: { ...(lock.packages as Packages), ...changes } });

describe('npm run licenses', () => {
  it('finds nothing that needs a look, and shows each package with what it is for', () => {
    expect(reportOf(lock, about).problems).toEqual([]);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'src/tools/licenses.ts'],
      { cwd: root, encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ {2}botbuilder +4\.23\.3 +MIT +\S/m);
    expect(stdout).toMatch(/^ {2}vitest +4\.\S+ +MIT +the tests$/m);
    expect(stdout).toContain('All that is installed:');
  });

  it('fails on a licence that is not on the list, for development also on fewer', () => {
    const gpl = reportOf(
      withPackages({ 'node_modules/a/node_modules/b': { version: '1.0.0', license: 'GPL-3.0' } }),
      about,
    );
    expect(gpl.problems).toEqual(['b 1.0.0 has the licence GPL-3.0, which is not on the list']);
    const none = reportOf(withPackages({ 'node_modules/b': { version: '1.0.0' } }), about);
    expect(none.problems).toEqual(['b 1.0.0 has the licence unknown, which is not on the list']);
    const shipped = { version: '2.2.1', license: 'MPL-2.0' };
    expect(reportOf(withPackages({ 'node_modules/ical.js': shipped }), about).problems).toHaveLength(1);
  });

  it('fails on a dependency without a reason, and on a reason without a dependency', () => {
    const { zod: _, ...others } = about.for;
    const { problems } = reportOf(lock, { ...about, for: { ...others, express: 'nothing' } });
    expect(problems).toEqual([
      'data/packages.json does not say what zod is for',
      'data/packages.json has a line for express, which is no dependency',
    ]);
  });

  it('fails on a version with a known hole, wherever it is installed', () => {
    const old = { 'node_modules/x/node_modules/uuid': { version: '8.3.2', license: 'MIT' } };
    expect(reportOf(withPackages(old), about).problems[0]).toContain(
      'uuid 8.3.2 is older than 11.1.1: CVE-2026-41907',
    );
    const newer = { 'node_modules/x/node_modules/uuid': { version: '12.0.0', license: 'MIT' } };
    expect(reportOf(withPackages(newer), about).problems).toEqual([]);
  });
});
