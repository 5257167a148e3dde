/**
 * The answer with a link that is the asker's own. What is stored of it names what the link is for; the link itself is
 * made whenever the card is shown, so that nobody reads it in the store.
 */

import { AppError } from '../../lib/errors.ts';
import type { Button, Card, Link, Subject } from '../cards/spec.ts';
import { note, recordCard } from '../cards/spec.ts';
import type { Ctx, Outcome } from '../operation.ts';

const NOWHERE = '这里还没有开通网页和下载，请联系市委组织部。';

/**
 * An answer that shows `subject`, whose view draws the link: never in a group.
 * @param text what it is, for clients without cards
 * @throws AppError `forbidden`, `unavailable`
 */
export function ownLink(
  { place, page }: Pick<Ctx, 'place' | 'page'>,
  subject: Subject,
  text: string,
): Outcome {
  if (place.kind !== 'personal')
    throw new AppError('forbidden', '链接只给您本人。请在和我的单聊里再发一次。');
  if (!page) throw new AppError('unavailable', NOWHERE);
  return { text, card: { subject }, mine: true };
}

export interface OwnLink {
  readonly title: string;
  /** What it opens and for how long, in one or two sentences. */
  readonly ask: string;
  /** Undefined where this server has no address that people can reach. */
  readonly url: string | undefined;
  /** Title of the button. */
  readonly open?: string;
  /** To be copied, as for a subscription, and not only pressed. */
  readonly copied?: boolean;
  readonly buttons?: readonly Button[];
  /** Further addresses, which are not only the asker's. */
  readonly also?: readonly Link[];
}

/** The card with the link, drawn for the one whose it is. */
export function ownLinkCard(link: OwnLink): Card {
  const { title, ask, url, open = '打开', copied = false, buttons = [], also = [] } = link;
  if (!url) return note(NOWHERE);
  const links = [{ title: open, url }, ...also];
  const head = { number: '', title, state: '只给您本人' } as const;
  return recordCard({ ...head, ask, facts: [], buttons, links, copied });
}
