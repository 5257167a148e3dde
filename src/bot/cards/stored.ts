/**
 * Cards and replies as rows keep them: the name of a template and its data. Servers of the version before knew cards in
 * this shape only, read what is written now, and what they wrote is read here.
 */
import { z } from 'zod';
import type { Card, ListRow, Live, Raw, RecordCard, Reply } from './spec.ts';

export const storedSubject = z.object({ kind: z.string(), id: z.string() });

const storedCard = z.union([
  z.object({ subject: storedSubject }),
  z.object({ template: z.string(), data: z.record(z.string(), z.unknown()) }),
]);
export type StoredCard = z.infer<typeof storedCard>;

export const storedReply = z.object({ text: z.string(), card: storedCard.exactOptional() });
export type StoredReply = z.infer<typeof storedReply>;

/** A reply as its row keeps it. */
export function keepReply({ text, card }: Reply | StoredReply): StoredReply {
  return card ? { text, card: keepCard(card) } : { text };
}

function keepCard(card: Card | Live | StoredCard): StoredCard {
  if ('subject' in card || 'template' in card) return card;
  const { kind, ...data } = card;
  const template = kind === 'note' && card.buttons.length > 0 ? 'bot/say' : `bot/${kind}`;
  return { template, data };
}

/** What templates of the version before became. */
const FORMER: Readonly<Record<string, (data: Raw) => Raw>> = {
  'bot/say': ({ text, buttons = [] }) => ({ kind: 'note', text, buttons }),
  'bot/note': ({ text, buttons = [] }) => ({ kind: 'note', text, buttons }),
  'bot/preview': (data) => ({ confirm: '', ...data, kind: 'preview' }),
  'home/unknown': ({ text, buttons }) => ({ kind: 'note', text, buttons }),
  'home/me': ({ facts, buttons }) => ({ ...ME, kind: 'record', facts, buttons }),
  'issues/history': ({ title, events, buttons }) => ({
    kind: 'list',
    title,
    sub: '',
    rows: (events as readonly { what: string; who: string; words: string }[]).map(historyRow),
    buttons,
    ...{ tabs: [], tabbed: '' as const, ticked: [] },
  }),
};

const ME: Omit<RecordCard, 'kind' | 'facts' | 'buttons'> = {
  ...{ number: '', title: '我的', state: '', style: 'emphasis', ask: '', copied: '' },
  ...{ badges: [], marks: [], lacks: [], links: [], more: [], photos: [], pictured: '' },
};

function historyRow({ what, who, words }: { what: string; who: string; words: string }): ListRow {
  return { mark: what, title: words, sub: who, tone: 'default', op: '', data: {} };
}

/** The reply of a row, whichever version wrote it. */
export function replyOf({ text, card }: Reply | StoredReply): Reply {
  return card ? { text, card: cardOf(card) } : { text };
}

/** The card of a row, whichever version wrote it. */
function cardOf(stored: StoredCard | Card | Live): Card | Live {
  if (!('template' in stored)) return stored;
  const { template, data } = stored;
  const made = FORMER[template]?.(data) ?? {
    copied: '',
    ...{ badges: [], lacks: [], more: [], tabs: [], ticked: [] },
    ...data,
    kind: template.replace('bot/', ''),
  };
  return made as unknown as Card;
}
