/** A city large enough that nobody in it hears of more reports in a day than a person is to be told of. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { From } from '../fake-connector.ts';

const DEMO = fileURLToPath(new URL('../../data/demo', import.meta.url));
const TOWNSHIPS = 3_000;
const PER_COUNTY = 100;

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly role: 'head' | 'liaison' | 'secretary';
  readonly accounts: { readonly teams: string };
}

/** Write units, members and stars to `dir`; one branch and its secretary, and one liaison, for each township; and the head of the organiser. */
export async function makeCity(
  dir: string,
): Promise<{ organiser: Person; reporters: Person[]; told: Person[] }> {
  const organiser = person('organiser', 'zzb', 'head');
  const units = [
    { id: 'zzb', name: '市委组织部', kind: 'city', parent: null },
    ...['nongyeju', 'zhengfawei', 'minzhengju', 'rensheju'].map((id) => ({
      id,
      name: `市${id}`,
      kind: 'lead',
      parent: 'zzb',
    })),
  ] as { id: string; name: string; kind: string; parent: string | null }[];
  const reporters: Person[] = [];
  const told: Person[] = [];
  for (let n = 0; n < TOWNSHIPS; n += 1) {
    const county = `county-${Math.floor(n / PER_COUNTY)}`;
    if (n % PER_COUNTY === 0)
      units.push({ id: county, name: `第${county}县`, kind: 'county', parent: 'zzb' });
    units.push({ id: `town-${n}`, name: `第${n}镇`, kind: 'township', parent: county });
    units.push({ id: `village-${n}`, name: `第${n}村党支部`, kind: 'village', parent: `town-${n}` });
    told.push(person(`liaison-${n}`, `town-${n}`, 'liaison'));
    reporters.push(person(`secretary-${n}`, `village-${n}`, 'secretary'));
  }
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'units.json'), JSON.stringify(units));
  await writeFile(join(dir, 'members.json'), JSON.stringify([organiser, ...told, ...reporters]));
  await copyFile(join(DEMO, 'stars.json'), join(dir, 'stars.json'));
  return { organiser, reporters, told };
}

function person(id: string, unit: string, role: Person['role']): Person {
  return { id, name: `某${id}`, unit, role, accounts: { teams: `aad-${id}` } };
}

/** How this person's activities arrive when their connector listens on `port`. */
export function writes({ id, name, accounts }: Person, port: number): From {
  const serviceUrl = `http://127.0.0.1:${port}/`;
  return { serviceUrl, account: accounts.teams, name, conversation: `a:${id}` };
}
