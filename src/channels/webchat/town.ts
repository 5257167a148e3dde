/** What the chat page must know of the town, and who may look into which chat. */
import type { Place } from '../../bot/delivery/channel.ts';
import type { Person } from './wire.ts';

export interface Town {
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

/** Every chat that this person may read and write in; nothing else is. */
export async function chatsOf(town: Town, person: string): Promise<Chat[]> {
  const groups = await town.groups(person);
  return [
    { place: personalPlace(person), name: '会商助手' },
    ...groups.map(({ unit, name }) => ({ place: groupPlace(unit), name })),
  ];
}
