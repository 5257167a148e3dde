/** A city of a thousand branches, generated: ten counties of ten townships of ten, and the departments of the demo city. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../data/demo', import.meta.url));
const EACH = 10;
/** Names that come back in every county, as they do. */
const NUMERALS = [...'一二三四五六七八九十'];

interface Row {
  readonly id: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Write its units, people and stars to `dir`. Each county, township and branch has one person, whose id is the unit's. */
export async function writeLargeCity(dir: string): Promise<void> {
  const read = async (file: string) => JSON.parse(await readFile(join(DEMO, file), 'utf8')) as Row[];
  const departments = (await read('units.json')).filter(({ kind }) =>
    ['city', 'lead', 'responsible'].includes(String(kind)),
  );
  const ids = new Set(departments.map(({ id }) => id));
  const units: Row[] = [...departments];
  const members = (await read('members.json')).filter(({ unit }) => ids.has(String(unit)));
  const stars = (await read('stars.json')).map(({ id }) => id);
  const add = (unit: Row, role: string) => {
    units.push(unit);
    members.push({ id: unit.id, name: `某${NUMERALS[members.length % EACH]}`, unit: unit.id, role });
  };
  for (const [c, county] of NUMERALS.entries()) {
    add({ id: `c${c}`, name: `第${county}县委`, kind: 'county', parent: 'zzb' }, 'head');
    for (const [t, township] of NUMERALS.entries()) {
      const town = `c${c}-t${t}`;
      add({ id: town, name: `${county}县${township}镇党委`, kind: 'township', parent: `c${c}` }, 'head');
      for (const [b, branch] of NUMERALS.entries()) {
        const name = `${township}镇${branch}村党支部`;
        const village = {
          id: `${town}-b${b}`,
          name,
          kind: 'village',
          parent: town,
          stars: stars.slice(0, 2),
        };
        add(village, 'secretary');
      }
    }
  }
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'units.json'), JSON.stringify(units));
  await writeFile(join(dir, 'members.json'), JSON.stringify(members));
  await copyFile(join(DEMO, 'stars.json'), join(dir, 'stars.json'));
}
