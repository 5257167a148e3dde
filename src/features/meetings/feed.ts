/** The address of a person's subscription: one at a time, and whoever has got hold of an old one can be shut out. */
import { z } from 'zod';
import { button, note } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { ownLink, ownLinkCard } from '../../bot/files/own-link.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import type { World } from '../../bot/world.ts';
import { defineTable } from '../../store/store.ts';
import { rights } from './rights.ts';

/** How long a subscription is good for, in days. */
const FEED_DAYS = 365;

const feedRow = z.object({
  /** The person. */
  id: z.string(),
  /** How often the address was changed. */
  changes: z.number().int(),
  at: z.string(),
});
export const feeds = defineTable<z.infer<typeof feedRow>>({
  name: 'calendar_feeds',
  schema: feedRow,
  indexes: [],
  keep: 'for ever: because it is one row for each person',
  people: {
    title: '日历订阅',
    at: 'at',
    fields: [{ field: 'id', left: 'goes' }],
    labels: {
      plain: { changes: '换过几次' },
    },
  },
});

/** What a link to the subscription of this person stands for now; what older links stand for is another. */
export async function feedOf({ tx }: Pick<World, 'tx'>, person: string): Promise<string> {
  const { changes = 0 } = (await tx.table(feeds).get(person)) ?? {};
  return changes === 0 ? person : `${person}|${changes}`;
}

const ASK =
  '在手机或电脑日历里选“订阅日历”，填这个链接，开会、改期、取消都会自己更新。一年有效，请不要转给别人。';
const RENEWED = '已换好，旧链接不能用了。';

/** The answer that shows the address; `renewed` says so. */
export function feedLink(ctx: Ctx, renewed = false): Outcome {
  const id = renewed ? `${ctx.me.id}|new` : ctx.me.id;
  return ownLink(ctx, { kind: 'feed', id }, `会商日历。${renewed ? RENEWED : ''}${ASK}`);
}

/** The card with the address, for the one whose it is. */
export const feedView: View = async (world, id, viewer) => {
  const [person, renewed] = id.split('|');
  if (!viewer || viewer.id !== person) return note('这个链接只给要它的人。');
  const ask = `${renewed ? RENEWED : ''}${ASK}`;
  const url = world.link?.('feed', await feedOf(world, viewer.id), viewer, FEED_DAYS);
  return ownLinkCard({
    title: '会商日历',
    ask,
    url,
    copied: true,
    buttons: [button(rights.renew)],
  });
};

export const renew = operation({
  right: rights.renew,
  words: ['换新链接', '更换日历链接'],
  preview: async () => ({
    title: '换日历链接',
    text: '链接给别人看到了就换一个。换了以后旧链接不能再用，要用新链接重新订阅一次。',
  }),
  async run(ctx): Promise<Outcome> {
    const { id } = ctx.me;
    const known = await ctx.tx.table(feeds).get(id);
    const changes = (known?.changes ?? 0) + 1;
    await ctx.tx.table(feeds).put({ ...known, id, changes, at: ctx.now.toISOString() });
    return { ...feedLink(ctx, true), did: { kind: 'calendar', id } };
  },
});
