/** Taking up a post, acting in another one, giving one up: the rows that say who is who, changed in one place; no past is kept. */

import { conversations } from '../../bot/delivery/conversations.ts';
import { noteLeaving } from '../../bot/jobs/forget.ts';
import { sessions, sessionsOf } from '../../bot/turn/page-sessions.ts';
import type { Tx } from '../../store/store.ts';
import { unitName } from '../orgs/index.ts';
import {
  accounts,
  accountsOf,
  holderOf,
  listedAccount,
  members,
  type Post,
  posts,
  ROLE_NAMES,
} from './model.ts';

/** Most chats of one person. */
const CHATS = 20;

/** Give a person a post, or another role in a unit where they are already. */
export async function takePost(tx: Tx, person: string, { unit, role }: Post): Promise<void> {
  const member = await tx.table(members).get(person);
  if (!member) return;
  if (member.unit === unit) {
    if (member.role !== role) await tx.table(members).put({ ...member, role });
    return;
  }
  const id = `${person}|${unit}`;
  const known = await tx.table(posts).get(id);
  if (known?.role !== role) await tx.table(posts).put({ ...known, id, person, unit, role });
}

/** From now on the person acts in another of their posts. */
export async function actAs(tx: Tx, person: string, unit: string): Promise<void> {
  const member = await tx.table(members).get(person);
  const next = await tx.table(posts).get(`${person}|${unit}`);
  if (!member || !next) return;
  await tx.table(posts).delete(next);
  await tx.table(posts).put({ id: `${person}|${member.unit}`, person, unit: member.unit, role: member.role });
  await tx.table(members).put({ ...member, unit: next.unit, role: next.role });
}

/**
 * Take a post away. Whoever has none left is nobody here from this moment on: their accounts lead nowhere, and what
 * still waits for them is dropped when its time comes (bot/delivery/send.ts), what is kept about them later
 * (bot/jobs/forget.ts). Resolves to whether they have left altogether.
 */
export async function losePost(tx: Tx, person: string, unit: string): Promise<boolean> {
  const member = await tx.table(members).get(person);
  if (!member) return true;
  if (member.unit !== unit) {
    const post = await tx.table(posts).get(`${person}|${unit}`);
    if (post) await tx.table(posts).delete(post);
    return false;
  }
  const [next] = (await tx.table(posts).find({ where: { person }, limit: 1 })).rows;
  if (next) {
    await tx.table(posts).delete(next);
    await tx.table(members).put({ ...member, unit: next.unit, role: next.role });
    return false;
  }
  const bound = (await accountsOf(tx, person)).map(({ row }) => row);
  const post = `${await unitName(tx, unit)}${ROLE_NAMES[member.role]}`;
  await noteLeaving(
    tx,
    person,
    bound.map(({ id }) => id),
    post,
  );
  for (const row of bound) await tx.table(accounts).delete(row);
  const chats = await tx.table(conversations).find({ where: { person }, order: 'at', limit: CHATS });
  for (const chat of chats.rows) await tx.table(conversations).put({ ...chat, person: null });
  await tx.table(members).delete(member);
  return true;
}

/** An account leads nowhere from now on, and the pages that its person has open are shut; the person stays who they are. */
export async function unbind(tx: Tx, channel: string, account: string): Promise<void> {
  const person = await holderOf(tx, channel, account);
  if (person === undefined) return;
  for (const { row, channel: on, id } of await accountsOf(tx, person))
    if (on === channel && listedAccount(on, id) === listedAccount(channel, account))
      await tx.table(accounts).delete(row);
  for (const row of await sessionsOf(tx, person)) await tx.table(sessions).delete(row);
}
