/** How much one person may send: more is answered once, and then not until it is calm. */
import { createFlood } from '../../lib/flood.ts';
import type { Log } from '../../lib/log.ts';
import type { Counters } from '../delivery/metrics.ts';
import type { Answer, Inbound } from './inbound.ts';

/** Whoever sent too much is heard again after so long without a message. */
const CALM_MS = 15_000;
const TOO_MANY = '您发得太快了，我先停一下，刚才这条没有处理。请停 15 秒再发。';

interface AdmissionParts {
  /** Messages and presses a minute from one person. */
  readonly personLimit: number;
  readonly elapsed: () => number;
  readonly metrics: Counters;
  readonly log: Log;
}

export function createAdmission({ personLimit, elapsed, metrics, log }: AdmissionParts) {
  const flood = createFlood({ count: personLimit, ms: 60_000, calmMs: CALM_MS });

  function count(channel: string, account: string): ReturnType<typeof flood.admit> {
    const verdict = flood.admit(`${channel}:${account}`, elapsed());
    if (verdict !== 'fine') metrics.turn(channel, 'refused', 0);
    if (verdict === 'over') log.warn({ channel, account }, 'too many from one person');
    return verdict;
  }

  return {
    /** Count one message or press; the sentence that refuses it when it is too much. */
    admit: (channel: string, account: string) => (count(channel, account) === 'fine' ? undefined : TOO_MANY),
    /** Undefined when this person may go on; who may not hears it once, and from then on only where an answer must be. */
    refusal({ channel, sender }: Inbound): Answer | undefined {
      const verdict = count(channel, sender.account);
      if (verdict === 'fine') return undefined;
      return { scope: verdict === 'over' ? 'words' : 'none', shown: { text: TOO_MANY }, refused: true };
    },
  };
}
