/** Orders the people of the demo city for the first screen. Pure; tolerant of cities that lack a level. */
import type { Person } from '../wire.ts';

export interface Suggestion {
  readonly person: Person;
  /** What there is to see in these shoes. */
  readonly note: string;
}

/** One line of the tree from the village to the city, and a lead department. */
export function suggested(people: readonly Person[]): readonly Suggestion[] {
  const headOf = (unit: string | undefined) =>
    people.find((person) => person.unitName === unit && person.role === 'head') ??
    people.find((person) => person.unitName === unit);
  const line = people
    .filter((person) => person.kind === 'village' && person.role === 'secretary')
    .map((secretary) => {
      const township = headOf(secretary.parentName);
      return { secretary, township, county: headOf(township?.parentName) };
    });
  const { secretary, township, county } = line.find((one) => one.township && one.county) ?? line[0] ?? {};
  const lead = people.find(({ kind, role }) => kind === 'lead' && role === 'head');
  const organiser = people.find(({ kind, role }) => kind === 'city' && role === 'head');
  const all: readonly [Person | undefined, string][] = [
    [secretary, '上报村里的事，看办到哪了'],
    [township, '受理、转办、办结本镇的问题'],
    [county, '看全县，督促办理'],
    [lead, '牵头一颗星，督办问题'],
    [organiser, '总牵头，看全市'],
  ];
  return all.flatMap(([person, note]) => (person ? [{ person, note }] : []));
}

export interface Group {
  readonly name: string;
  /** The county of a township. */
  readonly above: string;
  readonly people: readonly Person[];
}

const KINDS = ['city', 'lead', 'responsible', 'county', 'township', 'village', 'community'];
const ROLES = ['head', 'liaison', 'secretary'];

function nameOfGroup({ kind, unitName, parentName }: Person): string {
  if (kind === 'city' || kind === 'lead') return '市委组织部和分牵头单位';
  if (kind === 'responsible') return '市直责任单位';
  if (kind === 'county') return '县区委';
  return kind === 'township' ? unitName : (parentName ?? unitName);
}

/** City departments together, then the counties; below them each township with the branches under it. */
export function grouped(people: readonly Person[]): readonly Group[] {
  const rank = ({ kind }: Person) => KINDS.indexOf(kind);
  const groups = new Map<string, Person[]>();
  const inOrder = [...people].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      a.unitName.localeCompare(b.unitName, 'zh') ||
      ROLES.indexOf(a.role) - ROLES.indexOf(b.role),
  );
  for (const person of inOrder) {
    const name = nameOfGroup(person);
    const members = groups.get(name);
    if (members) members.push(person);
    else groups.set(name, [person]);
  }
  const all = [...groups].map(([name, members]) => {
    const township = members.find(({ kind }) => kind === 'township');
    return { name, above: township?.parentName ?? '', people: members };
  });
  return all.sort((a, b) => a.above.localeCompare(b.above, 'zh'));
}
