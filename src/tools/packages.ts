/** What is installed, read from the lock file, and what data/packages.json says of it: licences, purposes, advisories. */
import { z } from 'zod';

const locked = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().default(false),
      dependencies: z.record(z.string(), z.string()).default({}),
      devDependencies: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

const known = z.object({
  /** What each direct dependency is for. */
  for: z.record(z.string(), z.string().min(1)),
  licences: z.array(z.string()),
  /** Good enough for what is never shipped. */
  devLicences: z.array(z.string()),
  /** Packages whose package.json does not say it plainly; somebody looked. */
  judged: z.record(z.string(), z.object({ licence: z.string(), why: z.string() })),
  /** Advisories: nothing older may be installed. */
  atLeast: z.record(z.string(), z.object({ version: z.string(), why: z.string() })),
});

/** A direct dependency. */
export interface Line {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly purpose: string;
  readonly dev: boolean;
}

export interface Report {
  readonly lines: readonly Line[];
  /** Everything that is installed, what is for development only included: how many of each licence. */
  readonly counts: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** @param lock the content of package-lock.json; `about` that of data/packages.json */
export function reportOf(lock: unknown, about: unknown): Report {
  const { packages } = locked.parse(lock);
  const rules = known.parse(about);
  const problems: string[] = [];
  const counts: Record<string, number> = {};
  const { dependencies = {}, devDependencies = {} } = packages[''] ?? {};
  const direct = { ...dependencies, ...devDependencies };

  const licenceOf = (name: string, said: string | undefined) =>
    rules.judged[name]?.licence ?? said ?? 'unknown';
  for (const [path, { version = '', license, dev }] of Object.entries(packages)) {
    if (path === '') continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = licenceOf(name, license);
    counts[licence] = (counts[licence] ?? 0) + 1;
    const allowed = [...rules.licences, ...(dev ? rules.devLicences : [])];
    // Of several to choose from one must do; "A AND B" is none on the list.
    if (
      !licence
        .replace(/^\(|\)$/g, '')
        .split(' OR ')
        .some((one) => allowed.includes(one))
    )
      problems.push(`${name} ${version} has the licence ${licence}, which is not on the list`);
    const least = rules.atLeast[name];
    if (least && older(version, least.version))
      problems.push(`${name} ${version} is older than ${least.version}: ${least.why}`);
  }

  const lines = Object.keys(direct).map((name): Line => {
    const { version = '', license } = packages[`node_modules/${name}`] ?? {};
    const purpose = rules.for[name] ?? '';
    if (!purpose) problems.push(`data/packages.json does not say what ${name} is for`);
    return { name, version, licence: licenceOf(name, license), purpose, dev: name in devDependencies };
  });
  for (const name of Object.keys(rules.for))
    if (!(name in direct)) problems.push(`data/packages.json has a line for ${name}, which is no dependency`);
  return { lines, counts, problems };
}

function older(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  const at = [0, 1, 2].find((place) => ours?.[place] !== theirs?.[place]);
  return at !== undefined && (ours?.[at] ?? 0) < (theirs?.[at] ?? 0);
}
