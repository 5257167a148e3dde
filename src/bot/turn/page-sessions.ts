/** How a person gets onto the page: a link that works once, and the session that it opens. Secrets are kept as hashes. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineTable, type Stored, type Tx } from '../../store/store.ts';
import type { World } from '../world.ts';

/** How long a link may be used, in minutes. */
export const LINK_MINUTES = 10;
/** How long a session lasts: a working day. */
export const SESSION_MS = 12 * 3_600_000;
/** Sessions of one person at a time; the oldest gives way. */
const MOST_SESSIONS = 5;

const signInLinkRow = z.object({
  /** Hash of the token in the link. */
  id: z.string(),
  person: z.string(),
  at: z.string(),
  expires: z.string(),
  used: z.boolean(),
});
export const signInLinks = defineTable<z.infer<typeof signInLinkRow>>({
  name: 'page_passes',
  schema: signInLinkRow,
  indexes: [{ on: [], order: 'at' }],
  keep: { by: 'at', days: 1 },
  people: {
    title: '网页登录链接',
    at: 'at',
    fields: [{ field: 'person', left: 'goes' }],
    labels: {
      plain: { used: '已用' },
    },
  },
});

const sessionRow = z.object({
  /** Hash of the secret in the cookie. */
  id: z.string(),
  person: z.string(),
  at: z.string(),
  expires: z.string(),
});
export type SessionRow = Stored<z.infer<typeof sessionRow>>;
export const sessions = defineTable<z.infer<typeof sessionRow>>({
  name: 'page_sessions',
  schema: sessionRow,
  indexes: [
    { on: ['person'], order: 'at' },
    { on: [], order: 'at' },
  ],
  keep: { by: 'at', days: 1 },
  people: { title: '网页登录', at: 'at', fields: [{ field: 'person', left: 'goes' }] },
});

const hash = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Make a link's token good for this person, for some minutes. */
export async function issueSignInLink({ tx, now }: World, token: string, person: string): Promise<void> {
  const expires = new Date(now.getTime() + LINK_MINUTES * 60_000).toISOString();
  await tx.table(signInLinks).put({ id: hash(token), person, at: now.toISOString(), expires, used: false });
}

type SignInLink = Stored<z.infer<typeof signInLinkRow>>;

/** The link with this token, while it may be used; or why not. */
export async function signInLinkOf(
  tx: Tx,
  now: Date,
  token: string,
): Promise<SignInLink | 'unknown' | 'used' | 'expired'> {
  const pass = await tx.table(signInLinks).get(hash(token));
  if (!pass) return 'unknown';
  if (pass.used) return 'used';
  return pass.expires <= now.toISOString() ? 'expired' : pass;
}

/** Use up a token and open a session under `secret`; or why not. */
export async function openPageSession(
  tx: Tx,
  now: Date,
  token: string,
  secret: string,
): Promise<SessionRow | 'unknown' | 'used' | 'expired'> {
  const pass = await signInLinkOf(tx, now, token);
  if (typeof pass === 'string') return pass;
  const at = now.toISOString();
  await tx.table(signInLinks).put({ ...pass, used: true });
  const { person } = pass;
  const open = await sessionsOf(tx, person);
  for (const row of open.slice(0, Math.max(0, open.length + 1 - MOST_SESSIONS)))
    await tx.table(sessions).delete(row);
  const expires = new Date(now.getTime() + SESSION_MS).toISOString();
  return tx.table(sessions).put({ id: hash(secret), person, at, expires });
}

/** The session of a cookie, while it lasts. */
export async function sessionOf(tx: Tx, now: Date, secret: string): Promise<SessionRow | undefined> {
  const row = await tx.table(sessions).get(hash(secret));
  return row && row.expires > now.toISOString() ? row : undefined;
}

/** A person's sessions, oldest first; there are never more than a few. */
export async function sessionsOf(tx: Tx, person: string): Promise<readonly SessionRow[]> {
  return (await tx.table(sessions).find({ where: { person }, order: 'at', limit: 2 * MOST_SESSIONS })).rows;
}

/** What the page must send along with every write; who cannot read the page cannot know it. */
export function csrfOf(secret: string): string {
  return hash(`csrf ${secret}`);
}
