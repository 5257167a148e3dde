/** Who may ask for help and for what waits. */
import type { Right } from '../../bot/turn/rights.ts';

export const rights = {
  help: { who: 'all' },
  me: { who: 'bound' },
  todo: { who: 'bound' },
} as const satisfies Readonly<Record<string, Right<never>>>;
