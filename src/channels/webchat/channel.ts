/** The page as a channel: what is sent to a chat of it is kept as a message there. */
import type { RenderAdaptive } from '../../bot/cards/adaptive.ts';
import type { Card } from '../../bot/cards/spec.ts';
import { type Channel, type Place, SendError, type Shown } from '../../bot/delivery/channel.ts';
import { StoreError } from '../../store/store.ts';
import { isOurs, personalPlace, WEBCHAT } from './city.ts';
import type { Mailbox } from './mailbox.ts';
import { webchatTables } from './tables.ts';
import type { Drawn } from './wire.ts';

/** Browsers take much, and look up what somebody types into a field. */
const CAPABILITIES = {
  bytes: 200_000,
  choices: 20,
  viewers: 0,
  update: true,
  mentions: false,
  files: true,
  batch: 1,
  idempotent: true,
  holdsBack: true,
} as const;

/** What the page shows of a card. */
export function drawWith(render: RenderAdaptive): (shown: Shown) => Drawn {
  return ({ text, card, subject, why }) => ({
    text,
    ...(card && { card: render(lookedUp(card), CAPABILITIES.bytes, { why }) }),
    ...(why && { why }),
    ...(subject && { subject }),
  });
}

/** A form without the choices that are looked up while one types: only what is chosen already comes along. */
function lookedUp(card: Card): Card {
  if (card.kind !== 'form') return card;
  const fields = card.fields.map((field) =>
    field.kind === 'lookup'
      ? { ...field, choices: field.choices.filter(({ value }) => value === field.value) }
      : field,
  );
  return { ...card, fields };
}

export interface PageChannelOptions {
  readonly mailbox: Mailbox;
  readonly drawn: (shown: Shown) => Drawn;
  /** Anyone on this machine picks a demo person, and there is no other platform. */
  readonly demo: boolean;
  readonly now: () => Date;
}

/** The channel alone; the page that shows its chats is mounted by `createWebchat`. */
export function createPageChannel({ mailbox, drawn, demo, now }: PageChannelOptions): Channel {
  /** A card about a subject is drawn anew for everyone who looks: only what it is about is kept. */
  const keptOf = ({ text, card, subject, why }: Shown): Drawn =>
    subject ? { text, subject, ...(why && { why }) } : drawn({ text, ...(card && { card }) });

  async function kept<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      const kind = cause instanceof StoreError && cause.code === 'invalid_row' ? 'refused' : 'retry';
      throw new SendError(kind, 'the message could not be kept', undefined, { cause });
    }
  }

  function ours(place: Place): void {
    if (!isOurs(place)) throw new SendError('gone', `${place.key} is not a chat of this page`);
  }

  return {
    name: WEBCHAT,
    title: '网页',
    people: 'local',
    capabilities: { ...CAPABILITIES, notifies: demo },
    tables: webchatTables,
    ...(demo && { personalPlace }),
    async send(place, shown, key) {
      ours(place);
      const said = {
        id: key,
        place: place.key,
        at: now().toISOString(),
        from: 'bot',
        name: '会商助手',
        unit: '',
      };
      const { text, asks } = shown;
      const asking = asks && { asks: { ...asks, of: [...asks.of] } };
      return (await kept(mailbox.post({ ...said, text, ask: false, ...asking }, keptOf(shown)))).id;
    },
    async update(place, message, shown) {
      ours(place);
      const row = await kept(mailbox.replace(place.key, message, keptOf(shown), now().toISOString()));
      if (!row) throw new SendError('refused', `there is no message ${message} in ${place.key}`);
    },
  };
}
