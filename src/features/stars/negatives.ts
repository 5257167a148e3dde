/** 负面清单: what stands in the way of a star. People write it down; that a branch is weak stands in the list already. */
import { z } from 'zod';
import type { World } from '../../bot/world.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { defineTable, type Stored } from '../../store/store.ts';
import { listings } from '../analysis/index.ts';
import { allStars, type Star, unitName } from '../orgs/index.ts';

export const KINDS = ['grave', 'falsified'] as const;
export const KIND_NAMES: Readonly<Record<(typeof KINDS)[number], string>> = {
  grave: '重大问题',
  falsified: '弄虚作假',
};
/** Days after it happened for which it counts. */
export const COUNTS_DAYS = 365;
const MOST = 100;

const negativeRow = z.object({
  id: z.string(),
  branch: z.string(),
  kind: z.enum(KINDS),
  /** The star that it is about; '' for all. */
  star: z.string(),
  words: z.string(),
  /** The day on which it happened, and on which it was written down. */
  on: z.string(),
  at: z.string(),
  /** Who wrote it down, for which unit. */
  unit: z.string(),
  person: z.string(),
  byName: z.string(),
  /** Why and by which unit it was taken back; null while it counts. */
  withdrawn: z.object({ on: z.string(), unit: z.string(), reason: z.string() }).nullable(),
});
export type StoredNegative = Stored<z.infer<typeof negativeRow>>;
export const negatives = defineTable<z.infer<typeof negativeRow>>({
  name: 'star_negatives',
  schema: negativeRow,
  indexes: [{ on: ['branch'], order: 'at' }],
  keep: 'for ever: because it is the history of the stars',
  people: {
    title: '登记的负面清单',
    at: 'at',
    fields: [{ field: 'person', name: 'byName', left: 'nameless' }],
    labels: {
      plain: { withdrawn: '已撤回' },
    },
    words: { kind: KIND_NAMES },
  },
});

/** Everything that was written down about a branch, the newest first. */
export async function writtenOf({ tx }: Pick<World, 'tx'>, branch: string) {
  const query = { where: { branch }, order: 'at', desc: true, limit: MOST } as const;
  return (await tx.table(negatives).find(query)).rows;
}

/** Whether it counts on a day. */
export function counts({ on, withdrawn }: Pick<StoredNegative, 'on' | 'withdrawn'>, today: string): boolean {
  return withdrawn === null && addDays(on, COUNTS_DAYS) > today;
}

/** 支部过硬星, which a branch on the list of weak ones does not get. */
export const isOfTheBranchItself = ({ name }: Pick<Star, 'name'>) => name.replace(/星$/, '') === '支部过硬';

/** `重大问题：… （青山县委 郝海涛，11月3日）` */
export async function sayNegative(
  { tx, today }: Pick<World, 'tx' | 'today'>,
  { kind, star, words, on, unit, byName, at }: StoredNegative,
): Promise<string> {
  const of = (await allStars(tx)).find(({ id }) => id === star);
  const who = [await unitName(tx, unit), byName].filter(Boolean).join(' ');
  return `${KIND_NAMES[kind]}${of ? `（${of.name}）` : ''}：${sayDay(on, today)}，${words}（${who}${sayDay(at, today)}登记）`;
}

/** What stands in the way of a star now, with who said so and when. */
export async function negativesOf(
  world: Pick<World, 'tx' | 'today'>,
  branch: string,
  star: string,
): Promise<readonly string[]> {
  const { tx, today } = world;
  const found: string[] = [];
  const known = (await allStars(tx)).find(({ id }) => id === star);
  if (known && isOfTheBranchItself(known)) {
    const query = { where: { branch }, order: 'proposedOn', desc: true, limit: MOST } as const;
    const listed = (await tx.table(listings).find(query)).rows.find(({ state }) => state === 'listed');
    if (listed) {
      const who = [await unitName(tx, listed.county), listed.decidedName].filter(Boolean).join(' ');
      const day = listed.meeting ?? listed.decidedOn ?? listed.proposedOn;
      found.push(`列入软弱涣散，没有${known.name}（${who}${sayDay(day, today)}）`);
    }
  }
  for (const row of await writtenOf(world, branch))
    if (counts(row, today) && (row.star === '' || row.star === star))
      found.push(await sayNegative(world, row));
  return found;
}
