/** Builds what an operation works with, and gathers what it wants sent until the transaction lands. */
import { mondayOf } from '../lib/dates.ts';
import { AppError } from '../lib/errors.ts';
import type { Actor, Ctx, Feature, Notice, World } from './feature.ts';
import { oldestFirst } from './feature.ts';
import type { Inbound, Reply, Subject } from './message.ts';
import { lives, type OutboxRow, outbox, type PlaceRow, places, redraws } from './tables.ts';

/** A place seen less than this long ago (milliseconds) is not written again. */
const PLACE_FRESH_MS = 24 * 3_600_000;

/** What an operation wants sent and redrawn. */
export interface Effects {
  readonly notices: Notice[];
  readonly refreshes: Subject[];
}

/** `<kind>:<id>`, how rows name a subject. */
export function subjectKey({ kind, id }: Subject): string {
  return `${kind}:${id}`;
}

/** The refusal for people whom nobody has put on the list yet. */
export function unknownPerson(): AppError {
  return new AppError(
    'unbound',
    '我还不认识您。请把您的姓名和单位告诉所在县区或市委组织部，加进名单后就能使用。',
  );
}

export function createContext(
  world: World,
  features: readonly Feature[],
  sender: Actor | null,
  place: PlaceRow,
  pressed: Subject | undefined,
  newId: () => string,
): { ctx: Ctx; effects: Effects } {
  const effects: Effects = { notices: [], refreshes: [] };
  const ctx: Ctx = {
    ...world,
    sender,
    place,
    pressed,
    newId,
    get me() {
      if (!sender) throw unknownPerson();
      return sender;
    },
    notify: (notice) => effects.notices.push(notice),
    refresh: (subject) => effects.refreshes.push(subject),
    help: () =>
      features.flatMap(({ operations }) =>
        operations.flatMap(({ name, words, help, who }) =>
          help && words?.[0] && (who === 'all' || (sender && (who === 'bound' || who(sender))))
            ? [{ word: words[0], text: help, op: name }]
            : [],
        ),
      ),
    async todos() {
      if (!sender) return [];
      const lists = [];
      for (const feature of features) if (feature.todos) lists.push(...(await feature.todos(world, sender)));
      return lists.sort(oldestFirst);
    },
  };
  return { ctx, effects };
}

/** Remember where this chat is and whose it is; written only when that changed or was not seen for a day. */
export async function notePlace(world: World, inbound: Inbound, sender: Actor | null): Promise<PlaceRow> {
  const rows = world.tx.table(places);
  const known = await rows.get(inbound.place.key);
  const { key, kind, ref = null } = inbound.place;
  const person = kind === 'personal' ? (sender?.id ?? null) : null;
  const at = world.now.toISOString();
  if (!known)
    return rows.put({ id: key, channel: inbound.channel, kind, person, unit: null, star: null, ref, at });
  const fresh = world.now.getTime() - Date.parse(known.at) < PLACE_FRESH_MS;
  if (fresh && known.person === person && JSON.stringify(known.ref) === JSON.stringify(ref)) return known;
  return rows.put({ ...known, person, ref, at });
}

/** Put what was gathered into the outbox; a notice whose key is known is left out. */
export async function landEffects(world: World, { notices, refreshes }: Effects): Promise<void> {
  for (const { key, to, text, card } of notices) {
    if (await world.tx.table(outbox).get(key)) continue;
    const person = 'person' in to ? to.person : null;
    const place = 'place' in to ? to.place : null;
    await queue(world, { id: key, kind: 'notice', person, place, reply: card ? { text, card } : { text } });
  }
  for (const subject of refreshes) {
    // One row a subject, however often it changes before it is redrawn.
    const id = subjectKey(subject);
    const known = await world.tx.table(redraws).get(id);
    await world.tx.table(redraws).put({ ...known, id, subject, due: world.now.toISOString(), attempts: 0 });
  }
}

/** Queue the answer to a turn as a message. */
export async function queueReply(world: World, turn: string, place: string, reply: Reply): Promise<void> {
  await queue(world, { id: `reply:${turn}`, kind: 'reply', person: null, place, reply });
}

type Queued = Pick<OutboxRow, 'id' | 'kind' | 'person' | 'place' | 'reply'>;

async function queue({ tx, now, today }: World, row: Queued): Promise<void> {
  const at = now.toISOString();
  await tx
    .table(outbox)
    .put({ ...row, state: 'due', due: at, attempts: 0, at, week: mondayOf(today), error: null });
}

/** From now on the card of this message follows `subject`. */
export async function followSubject(
  { tx, now }: Pick<World, 'tx' | 'now'>,
  place: string,
  message: string,
  subject: Subject,
): Promise<void> {
  const id = `${place}|${message}`;
  const known = await tx.table(lives).get(id);
  if (known?.subject === subjectKey(subject)) return;
  await tx
    .table(lives)
    .put({ ...known, id, place, message, subject: subjectKey(subject), at: now.toISOString() });
}

/** The subject that the pressed card follows, if it follows one. */
export async function pressedSubject(
  { tx }: Pick<World, 'tx'>,
  inbound: Inbound,
): Promise<Subject | undefined> {
  if (inbound.kind !== 'action' || !inbound.pressed) return undefined;
  const live = await tx.table(lives).get(`${inbound.place.key}|${inbound.pressed}`);
  const [kind = '', ...id] = live?.subject.split(':') ?? [];
  return live && { kind, id: id.join(':') };
}
