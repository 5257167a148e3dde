/** Which branches of a township were helped on any day. */
import type { Tx } from '../../store/store.ts';
import { casesOf, isOpenOn } from '../rectification/index.ts';
import type { Pair } from './model.ts';
import { pairsOf } from './propose.ts';

/** The pairs that were agreed upon by a day and had not ended, by themselves or with their case. */
export async function pairsOn(tx: Tx, township: string, day: string): Promise<readonly Pair[]> {
  const found: Pair[] = [];
  for (const one of (await casesOf(tx, township)).filter((of) => isOpenOn(of, day)))
    for (const pair of await pairsOf(tx, one.id))
      if (
        ['agreed', 'ended'].includes(pair.state) &&
        pair.answeredOn !== null &&
        pair.answeredOn <= day &&
        (pair.endedOn === null || pair.endedOn > day)
      )
        found.push(pair);
  return found;
}
