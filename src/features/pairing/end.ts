/** What ends a pair: the case that it was for is closed, or whoever helps is listed itself. */
import { on } from '../../bot/turn/events.ts';
import type { Doing } from '../../bot/world.ts';
import { listed } from '../analysis/index.ts';
import { tellStaff } from '../members/index.ts';
import { unitName } from '../orgs/index.ts';
import { caseClosed, setHelper } from '../rectification/index.ts';
import { HELD, pairs, type StoredPair } from './model.ts';
import { pairCard, pairsWith } from './pair.ts';
import { pairsOf } from './propose.ts';

async function end(doing: Doing, pair: StoredPair): Promise<StoredPair> {
  doing.refresh(pairCard(pair));
  return doing.tx.table(pairs).put({ ...pair, state: 'ended', endedOn: doing.today });
}

/** A case that is closed needs no helper any more. */
export const caseEnded = on(caseClosed, async (doing, { id }) => {
  for (const pair of await pairsOf(doing.tx, id)) if (HELD.includes(pair.state)) await end(doing, pair);
});

/** Who is to be put right helps nobody meanwhile. Why, is not for the county of another one to know. */
export const helperListed = on(listed, async (doing, { listing: { branch } }) => {
  const { tx } = doing;
  for (const pair of await pairsWith(tx, branch)) {
    if (pair.helper !== branch) continue;
    const saved = await end(doing, pair);
    await setHelper(doing, pair.case, null);
    const text = `${await unitName(tx, branch)}不能再帮${await unitName(tx, pair.branch)}了，请另选结对支部。`;
    await tellStaff(doing, pair.county, {
      text,
      card: { subject: pairCard(saved) },
      key: `pair:${saved.id}:${saved.rev}`,
    });
  }
});
