/** Who may open the page, and shut it: everybody, for themselves. */
import type { Right } from '../../bot/turn/rights.ts';

export const rights = {
  open: { who: 'bound' },
  leave: { who: 'bound' },
} as const satisfies Readonly<Record<string, Right<never>>>;
