/** A whole cycle of stars over POST /api/messages: a county of 55 branches from the application to the star that is lost again. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { starsHeld } from '../../src/features/branches/index.ts';
import { getUnit } from '../../src/features/orgs/index.ts';
import { applications, namings } from '../../src/features/stars/model.ts';
import { addDays, instant } from '../../src/lib/dates.ts';
import { executes } from '../fake-connector.ts';
import { actionsOf, calm, cardOf, type Rig, root, startRig, tempDir } from './rig.ts';

const COUNTY = 'qingshan';
interface Unit {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly parent: string | null;
  readonly stars?: readonly string[];
}
interface Award {
  readonly branch: string;
  readonly star: string;
  readonly from: string;
  readonly to: string | null;
}
interface Star {
  readonly id: string;
  readonly name: string;
  readonly kinds: readonly string[];
}
interface Member {
  readonly id: string;
  readonly unit: string;
  readonly role: string;
}

let folder: string;
let rig: Rig;
let clock = instant('2026-10-12', '09:00');
let units: readonly Unit[];
let awards: readonly Award[];
let stars: readonly Star[];
let members: readonly Member[];
const unitOf = (id: string) => units.find((unit) => unit.id === id) as Unit;
const branches = () => units.filter(({ parent }) => parent !== null && unitOf(parent).parent === COUNTY);
const missing = ({ kind, stars: held = [] }: Unit) =>
  stars.filter(({ id, kinds }) => kinds.includes(kind) && !held.includes(id));

beforeAll(async () => {
  folder = await tempDir();
  await cp(join(root, 'data/demo'), folder, { recursive: true });
  const read = async <T>(file: string): Promise<readonly T[]> =>
    JSON.parse(await readFile(join(folder, file), 'utf8'));
  [units, awards, stars, members] = [
    await read<Unit>('units.json'),
    await read<Award>('star_awards.json'),
    await read<Star>('stars.json'),
    await read<Member>('members.json'),
  ];
  // Whoever has all stars has lost nothing yet, but could not apply.
  const full = new Map(
    branches().flatMap((unit) => (missing(unit).length === 0 ? [[unit.id, unit.stars?.[0]]] : [])),
  );
  const without = ({ branch, star }: Award) => full.get(branch) !== star;
  awards = awards.filter(without);
  units = units.map((unit) =>
    full.has(unit.id)
      ? { ...unit, stars: (unit.stars ?? []).filter((star) => star !== full.get(unit.id)) }
      : unit,
  );
  await writeFile(join(folder, 'units.json'), JSON.stringify(units));
  await writeFile(join(folder, 'star_awards.json'), JSON.stringify(awards));
  rig = await startRig({ now: () => clock, cityData: folder });
});
afterAll(async () => {
  await rig.end();
  await rm(folder, { recursive: true });
});

const somebody = (unit: string, role?: string) =>
  members.find((member) => member.unit === unit && (!role || member.role === role))?.id ?? '';
const says = async (person: string, words: string) => {
  const message = await rig.person(person).says(words);
  return `${message.text ?? ''} ${JSON.stringify(cardOf(message) ?? '')}`;
};
/** 全部同意 after the last look, until nothing is left that this person may agree to. */
async function agreeToAll(person: string): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const look = await says(person, '全部同意');
    if (!look.includes('一起同意')) return;
    await rig.person(person).executes('全部同意');
  }
}
const stateOf = (branch: string, star: string) =>
  rig.app.store.read(async (tx) => (await tx.table(applications).get(`${branch}|${star}|2026`))?.state);

it('gives each branch what it won, holds what was objected to, and knows what any branch had on any day', async () => {
  const all = branches();
  expect(all).toHaveLength(55);
  const won = new Map<string, string>();
  for (const [i, branch] of all.entries()) {
    const star = missing(branch)[i % missing(branch).length] as Star;
    expect(await says(somebody(branch.id), `创星申报 ${star.name} 第${i + 1}个`)).toContain('待乡镇意见');
    won.set(branch.id, star.id);
  }
  const nth = (n: number) => {
    const branch = all[n] as Unit;
    const star = stars.find(({ id }) => id === won.get(branch.id)) as Star;
    return { branch, star, said: `${branch.name} ${star.name}` };
  };
  const [waits, refused, upheld, dismissed, held, lost] = [3, 11, 19, 27, 35, 43].map(nth);
  if (!waits || !refused || !upheld || !dismissed || !held || !lost) throw new Error('there are 55');

  clock = instant('2026-10-26', '09:00');
  await says(somebody(waits.branch.parent ?? ''), `暂缓 ${waits.said} 再巩固一段`);
  for (const township of new Set(all.map(({ parent }) => parent ?? ''))) await agreeToAll(somebody(township));
  clock = instant('2026-11-09', '09:00');
  await agreeToAll(somebody(COUNTY));
  const leads: Readonly<Record<string, string>> = Object.fromEntries(
    JSON.parse(await readFile(join(folder, 'stars.json'), 'utf8')).map(
      ({ id, lead }: { id: string; lead: string }) => [id, lead],
    ),
  );
  await says(somebody(leads[refused.star.id] ?? ''), `不认定 ${refused.said} 材料不够`);
  for (const lead of new Set(Object.values(leads))) await agreeToAll(somebody(lead, 'head'));
  await agreeToAll(somebody('zzb', 'liaison'));

  clock = instant('2026-11-16', '09:00');
  const organiser = somebody('zzb', 'head');
  await says(organiser, '开始公示');
  await rig.person(organiser).executes('开始公示');
  await expect
    .poll(() => rig.app.store.read((tx) => tx.table(applications).count({ state: 'public' })))
    .toBe(53);
  for (const [one, by] of [upheld, dismissed, held].map(
    (one, i) => [one, somebody(`minghu-jinxiu-${['jinxiu', 'jinhua', 'kangle'][i]}`)] as const,
  ))
    expect(await says(by, `提异议 ${one.said} 和看到的不一样`)).toContain('先停下');

  const nameAll = async (document: string, date: string) => {
    await says(organiser, `命名 ${document}`);
    const look = await rig.person(organiser).executes('命名', { document, date });
    const on = actionsOf(look.value).find(({ title }) => title === '命名');
    await rig.post(executes(rig.person(organiser).from, '', on?.verb, calm(on?.data)));
    await rig.app.pump();
    await expect
      .poll(() => rig.app.store.read(async (tx) => (await tx.table(namings).get(document))?.done))
      .toBe(true);
    return rig.app.store.read(async (tx) => (await tx.table(namings).get(document))?.count);
  };
  clock = instant('2026-11-23', '09:00');
  expect(await nameAll('示党建〔2026〕29号', '2026-11-23')).toBe(50);
  for (const [one, outcome] of [
    [upheld, 'uphold'],
    [dismissed, 'dismiss'],
  ] as const) {
    await says(organiser, `处理异议 ${one.said}`);
    await rig.person(organiser).executes('处理异议', { outcome, words: '到村里看过' });
  }
  clock = instant('2026-11-25', '09:00');
  expect(await nameAll('示党建〔2026〕30号', '2026-11-25')).toBe(1);
  expect([
    await stateOf(held.branch.id, held.star.id),
    await stateOf(upheld.branch.id, upheld.star.id),
  ]).toEqual(['objected', 'declined']);

  clock = instant('2027-03-01', '09:00');
  const lead = somebody(leads[lost.star.id] ?? '', 'head');
  await says(lead, `预警 ${lost.said} 合作社停了`);
  clock = instant('2027-05-06', '09:00');
  await says(lead, `拟摘星 ${lost.said} 限期里没有整改`);
  await says(somebody(lost.branch.id), `说明情况 ${lost.said} 正在找人接手`);
  clock = instant('2027-05-10', '09:00');
  await says(organiser, `摘星 ${lost.said}`);
  const other = leads[lost.star.id] === 'zzb' ? somebody('zzb', 'liaison') : organiser;
  await rig.person(other).executes('摘星', { document: '示党建〔2027〕9号', reason: '限期里没有整改' });

  // Recomputed from what was done here and what the city began with, day by day.
  const gone = new Set([waits, refused, upheld, held].map(({ branch }) => branch.id));
  const rows: Award[] = [
    ...awards,
    ...all.flatMap(({ id }) => {
      if (gone.has(id)) return [];
      const from = id === dismissed.branch.id ? '2026-11-25' : '2026-11-23';
      return [{ branch: id, star: won.get(id) ?? '', from, to: id === lost.branch.id ? '2027-05-10' : null }];
    }),
  ];
  const days = ['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25', '2027-05-09', '2027-05-10'];
  for (let day = '2024-06-24'; day <= '2027-05-10'; day = addDays(day, 11)) days.push(day);
  const wrong = await rig.app.store.read(async (tx) => {
    const found: string[] = [];
    for (const { id } of all) {
      const unit = await getUnit(tx, id);
      for (const day of days) {
        const naive = new Set<string>();
        for (const { branch, star, from, to } of rows)
          if (branch === id && from <= day && !(to !== null && to <= day)) naive.add(star);
        const kept = await starsHeld(tx, unit, day);
        if (String([...kept].sort()) !== String([...naive].sort())) found.push(`${id} ${day}`);
      }
    }
    return found;
  });
  expect(wrong).toEqual([]);
});
