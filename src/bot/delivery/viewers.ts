/** Who has been seen in which group, so that a card there can show each of them what he or she may do. */
import { z } from 'zod';
import { trueIfFound } from '../../lib/errors.ts';
import { defineTable, type Tx } from '../../store/store.ts';
import type { Draw } from '../cards/draw.ts';
import type { NoteCard, Reply, Subject } from '../cards/spec.ts';
import type { StoredReply } from '../cards/stored.ts';
import type { Concern } from '../feature.ts';
import type { Inbound } from '../turn/inbound.ts';
import type { Actor, World } from '../world.ts';
import type { Channels } from './addresses.ts';
import type { Shown } from './channel.ts';
import type { ConversationRow } from './conversations.ts';

/** Somebody seen less than this long ago (milliseconds) is not written again. */
const FRESH_MS = 24 * 3_600_000;
/** People of one group who are asked about for one card, those seen last. */
const ASKED = 200;

/** Whoever was seen in a group less than this long ago (milliseconds) is taken to read what is said there. */
const READS_MS = 30 * 24 * 3_600_000;

/** What a reply is shown with. */
export interface Showing {
  readonly channels: Channels;
  readonly draw: Draw;
  readonly actor: (tx: Tx, person: string) => Promise<Actor | null>;
  /** By the kind of a subject. */
  readonly concerns: ReadonlyMap<string, Concern>;
}

/** Remember that this person is in this group, on platforms that name people on cards. */
export async function noteViewer(
  world: World,
  { place, sender }: Inbound,
  actor: Actor | null,
): Promise<void> {
  const { handle } = sender;
  if (place.kind !== 'group' || !actor || !handle) return;
  const id = `${place.key}|${actor.id}`;
  const known = await world.tx.table(viewers).get(id);
  const fresh = known && Math.abs(world.now.getTime() - Date.parse(known.at)) < FRESH_MS;
  if (fresh && known.handle === handle) return;
  await world.tx
    .table(viewers)
    .put({ ...known, id, place: place.key, person: actor.id, handle, at: world.now.toISOString() });
}

/**
 * A reply as it is shown in a chat; in a group with those for whom there is something to do, who get a drawing of their own.
 * @param alone the viewer is the only one who sees it
 */
export async function drawIn(
  showing: Showing,
  world: World,
  { id: place, kind, channel, unit }: ConversationRow,
  reply: Reply | StoredReply,
  viewer: Actor | null,
  alone = false,
): Promise<Shown> {
  const forAll = kind === 'group' && !viewer;
  const drawn = await showing.draw(forAll ? { ...world, group: unit } : world, reply, viewer);
  // What a group may not be shown it is not told in words either.
  const shown = forAll && isRefused(drawn) ? { ...drawn, text: drawn.card.text } : drawn;
  const most = showing.channels.get(channel)?.capabilities.viewers ?? 0;
  if (kind !== 'group' || alone || most === 0 || !shown.card || !shown.subject) return shown;
  return { ...shown, viewers: await viewersOf(showing, world, place, shown.subject, most) };
}

/** Nothing is shown of the record: only a sentence that says so. */
export function isRefused(shown: Shown): shown is Shown & { readonly card: NoteCard } {
  return shown.card?.kind === 'note' && shown.subject !== undefined && shown.subject.kind !== 'form';
}

/** Of those seen there last, the first `most` for whom the card still has something to do. */
async function viewersOf(
  { actor, concerns }: Showing,
  world: World,
  place: string,
  { kind, id }: Subject,
  most: number,
): Promise<readonly string[]> {
  const concern = concerns.get(kind);
  const limit = concern ? ASKED : most;
  const { rows } = await world.tx.table(viewers).find({ where: { place }, order: 'at', desc: true, limit });
  if (!concern) return rows.map(({ handle }) => handle);
  // Asked for together: over PostgreSQL each wait is a way there and back. Older rows name the person in their id alone.
  const people = await Promise.all(rows.map(({ id }) => actor(world.tx, id.slice(place.length + 1))));
  const handles: string[] = [];
  for (const [i, { handle }] of rows.entries()) {
    const person = people[i];
    if (person && (await trueIfFound(concern(world, id, person)))) handles.push(handle);
    if (handles.length === most) break;
  }
  return handles;
}

/** Whether this person spoke or pressed in this group not long ago, on a platform that names people on cards. */
export async function wasSeenIn(
  { tx, now }: Pick<World, 'tx' | 'now'>,
  place: string,
  person: string,
): Promise<boolean> {
  const seen = await tx.table(viewers).get(`${place}|${person}`);
  return seen !== undefined && now.getTime() - Date.parse(seen.at) < READS_MS;
}

/** People who were seen in a group, by the names under which its platform knows them. */
const viewerRow = z.object({
  /** `<place>|<person>` */
  id: z.string(),
  place: z.string(),
  person: z.string().default(''),
  handle: z.string(),
  at: z.string(),
});

export const viewers = defineTable<z.infer<typeof viewerRow>>({
  name: 'visitors',
  schema: viewerRow,
  indexes: [{ on: ['place'], order: 'at' }],
  keep: { by: 'at', days: 180 },
  people: { title: '在群里出现过', at: 'at', fields: [{ field: 'person', left: 'goes' }] },
});
