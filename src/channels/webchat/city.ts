/** What the chat page must know of the city, and who may look into which chat. */
import type { Place } from '../../bot/delivery/channel.ts';
import type { Person } from './wire.ts';

export interface City {
  people(): Promise<Person[]>;
  person(id: string): Promise<Person | undefined>;
  /** The group chats that this person sees. */
  groups(person: string): Promise<{ readonly unit: string; readonly name: string }[]>;
}

/** A chat as one person finds it in the list. */
export interface Chat {
  readonly place: Place;
  readonly name: string;
}

/** The name of the channel; ids of its chats begin with it. */
export const WEBCHAT = 'webchat';
const PERSONAL = `${WEBCHAT}|p:`;
const GROUP = `${WEBCHAT}|g:`;

export function personalPlace(person: string): Place {
  return { key: `${PERSONAL}${person}`, kind: 'personal' };
}

export function groupPlace(unit: string): Place {
  return { key: `${GROUP}${unit}`, kind: 'group' };
}

export function isOurs(place: Place): boolean {
  return place.key.startsWith(PERSONAL) || place.key.startsWith(GROUP);
}

/** What all that a person says or presses has in common. */
export function receivedFrom({ id: account, name }: Person, place: Place, id: string, at: Date) {
  return { channel: WEBCHAT, id, place, sender: { account, name }, at };
}

/** Every chat that this person may read and write in; nothing else is. */
export async function chatsOf(city: City, person: string): Promise<Chat[]> {
  const groups = await city.groups(person);
  return [
    { place: personalPlace(person), name: '会商助手' },
    ...groups.map(({ unit, name }) => ({ place: groupPlace(unit), name })),
  ];
}
