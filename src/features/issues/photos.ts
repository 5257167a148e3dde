/** Photos of an issue: as it was found, and as it was solved; for everybody who may see the issue. */
import { photosOf } from '../../bot/cards/album.ts';
import { type Subject, subjectKey } from '../../bot/cards/spec.ts';
import type { Download } from '../../bot/feature.ts';
import { attach, downloadOf, filesAbout, filesOf, sentFiles } from '../../bot/files/files.ts';
import { files } from '../../bot/files/tables.ts';
import type { Ctx } from '../../bot/operation.ts';
import { judge } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { type Issue, issues } from './model.ts';
import { rights } from './rights.ts';

/** `reported`: how it was found, `done`: how it was solved. */
const WHEN = ['reported', 'done'] as const;

const subjectOf = ({ id }: Pick<Issue, 'id'>, when: (typeof WHEN)[number]): Subject => ({
  kind: 'issue',
  id: `${id}|${when}`,
});

/** From now on the photos that were sent belong to the issue. @param sent their ids, '' for none */
export async function addPhotos(
  ctx: Ctx,
  sent: string,
  issue: Pick<Issue, 'id'>,
  when: (typeof WHEN)[number],
): Promise<void> {
  if (sent !== '') await attach(ctx, await sentFiles(ctx, sent), subjectOf(issue, when));
}

/** The issue gets what belongs to another record, too. */
export async function copyPhotos(ctx: Ctx, from: Subject, issue: Pick<Issue, 'id'>): Promise<void> {
  const about = subjectKey(subjectOf(issue, 'reported'));
  for (const { rev: _, ...row } of await filesOf(ctx, from))
    await ctx.tx.table(files).put({ ...row, id: ctx.newId(), about });
}

/** All photos of an issue as one person may look at them, those of the result last; and how many there are. */
export async function issuePhotos(world: World, issue: Pick<Issue, 'id'>, viewer: Actor | null) {
  const rows = await filesAbout(
    world,
    WHEN.map((when) => subjectOf(issue, when)),
  );
  return { count: rows.length, photos: photosOf(world, rows, viewer) };
}

/** A photo, for who may see the issue that it belongs to now. */
export const photoDownload: Download = async (world, id, viewer) => {
  const row = await world.tx.table(files).get(id);
  const [, number] = /^issue:(.+)\|\w+$/.exec(row?.about ?? '') ?? [];
  const issue = number === undefined ? undefined : await world.tx.table(issues).get(number);
  if (!row || !issue) return undefined;
  return (await judge(rights.show, issue, world, viewer)) === true ? downloadOf(row) : undefined;
};
