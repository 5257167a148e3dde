/** Facts in people’s words. */
import { sayDay } from '../../lib/dates.ts';
import type { Tx } from '../../store/store.ts';
import { allStars, unitName } from '../orgs/index.ts';
import { type Fact, LETTER_NAMES } from './facts.ts';
import type { ChosenType } from './model.ts';

/** A fact as a sentence, with the numbers of its records, and what would clear it. */
export interface SaidFact {
  readonly letter: string;
  readonly text: string;
  readonly clears: string;
  readonly records: readonly string[];
}

export async function sayFacts(
  tx: Tx,
  facts: readonly Fact[],
  township: string,
  today: string,
): Promise<readonly SaidFact[]> {
  if (facts.length === 0) return [];
  const stars = await allStars(tx);
  const owner = await unitName(tx, township);
  return facts.map((fact) => ({
    letter: fact.letter,
    text: `${LETTER_NAMES[fact.letter]}：${sentence(fact, stars.find(({ id }) => id === fact.star)?.name ?? '', owner)}`,
    clears: clearing(fact, today),
    records: fact.records,
  }));
}

function sentence({ kind, amount = 0, words = '', aspect = '', records }: Fact, star: string, owner: string) {
  const of = `（${records.join('、')}）`;
  switch (kind) {
    case 'periods':
      return `重点任务“${words}”${of}`;
    case 'once':
      return `重点任务“${words}”过期${amount}天还没报${of}`;
    case 'residents':
      return `${star}·${aspect}，群众反映${amount}件${of}`;
    case 'recurrence':
      return `办结以后又反映${amount}件，反弹或疑似反弹${of}`;
    case 'dissatisfied':
      return `群众${amount}次不满意${of}`;
    case 'climbed':
      return `${amount}件升到县区或以上${of}`;
    case 'superiors':
      return `${star}·${aspect}，上级交办或督导发现${amount}件${of}`;
    case 'overdue':
      return `在${owner}超期${amount}个工作日，仍未销号${of}`;
    case 'open':
      return `上报${amount}天，仍未销号${of}`;
  }
}

function clearing({ kind, until }: Fact, today: string): string {
  if (kind === 'overdue' || kind === 'open') return '办结、核验销号以后就不再算';
  if (until) return `没有新的，${sayDay(until, today)}起就不再算`;
  return kind === 'once' ? '报上来就不再算' : '下一期按时报了就不再算';
}

/** The types that people chose, each with its sentence. */
export function sayTypes(types: readonly ChosenType[]): string {
  return types.map(({ type, words }) => `${type}：${words}`).join('；');
}
