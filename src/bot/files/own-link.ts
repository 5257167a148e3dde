/** The answer with a link that is the asker's own. */

import { AppError } from '../../lib/errors.ts';
import type { Button } from '../cards/spec.ts';
import { recordCard } from '../cards/spec.ts';
import type { Ctx, Outcome } from '../operation.ts';

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
}

/** The answer with a link that is the asker's own, so never in a group. @throws AppError `forbidden`, `unavailable` */
export function ownLink({ place }: Pick<Ctx, 'place'>, link: OwnLink): Pick<Outcome, 'text' | 'card'> {
  const { title, ask, url, open = '打开', copied = false, buttons = [] } = link;
  if (place.kind !== 'personal')
    throw new AppError('forbidden', '链接只给您本人。请在和我的单聊里再发一次。');
  if (!url) throw new AppError('unavailable', '这里还没有开通网页和下载，请联系市委组织部。');
  const card = recordCard({
    number: '',
    title,
    state: '只给您本人',
    style: 'accent',
    ask,
    facts: [],
    buttons,
    links: [{ title: open, url }],
    copied,
  });
  return { text: `${title}。${ask}\n${url}`, card };
}
