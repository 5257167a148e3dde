/** Orders the people of the demo city for the first screen. Pure; tolerant of cities that lack a level. */
import type { Person } from '../wire.ts';

export interface Suggestion {
  readonly person: Person;
  /** What there is to see in these shoes. */
  readonly note: string;
}

const isBranch = ({ kind }: Person) => kind === 'village' || kind === 'community';

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
    [county, '看全县区，督促办理'],
    [lead, '牵头一颗星，督办问题'],
    [organiser, '总牵头，看全市'],
  ];
  return all.flatMap(([person, note]) => (person ? [{ person, note }] : []));
}

export interface Group {
  readonly name: string;
  readonly people: readonly Person[];
}

/** City departments together; below them each county's and township's own people with the branches under them. */
export function grouped(people: readonly Person[]): readonly Group[] {
  const groups = new Map<string, Person[]>();
  const put = (name: string, person: Person) => {
    const members = groups.get(name);
    if (members) members.push(person);
    else groups.set(name, [person]);
  };
  for (const person of people) {
    if (person.kind === 'city' || person.kind === 'lead') put('市委组织部和分牵头单位', person);
    else if (person.kind === 'responsible') put('市直责任单位', person);
    else if (person.kind === 'county') put('县区委', person);
    else if (isBranch(person) && person.parentName) put(person.parentName, person);
    else put(person.unitName, person);
  }
  return [...groups].map(([name, members]) => ({ name, people: members }));
}
