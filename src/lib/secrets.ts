/** Secrets as they are compared. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether somebody gave the secret that is wanted; how long it takes says nothing about either. */
export function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
