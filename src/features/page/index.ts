/** 看板, 退出: a link to the page that works once, for the asker alone; the end of all that were opened; what pages look like. */
import { button, note, recordCard } from '../../bot/cards/spec.ts';
import type { Feature, View } from '../../bot/feature.ts';
import { ownLink, ownLinkCard } from '../../bot/files/own-link.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import {
  issueSignInLink,
  LINK_MINUTES,
  sessions,
  sessionsOf,
  signInLinkOf,
} from '../../bot/turn/page-sessions.ts';
import { rights } from './rights.ts';

export { boardDocument, rootOf, Wide } from './document.tsx';

const ASK = `点“打开网页”。链接${LINK_MINUTES}分钟内有效，只能用一次，请不要转给别人。`;

/** The link, for the one who asked for it and as long as it works. */
const passView: View = async ({ tx, now, page }, name, viewer) => {
  const token = page?.token(name);
  const pass = token === undefined ? 'unknown' : await signInLinkOf(tx, now, token);
  if (pass === 'used' || pass === 'expired')
    return note(`这个链接${pass === 'used' ? '用过' : '过期'}了，要打开网页请再发“看板”。`);
  const mine = pass !== 'unknown' && pass.person === viewer?.id;
  if (!page || !mine) return note('这个链接只给要它的人。要打开网页请发“看板”。');
  const also = [{ title: '数字和图（先打开网页）', url: `${page.address}/board` }];
  return ownLinkCard({ title: '看板', ask: ASK, url: `${page.address}/in/${token}`, open: '打开网页', also });
};

const open = operation({
  right: rights.open,
  words: ['看板', '网页'],
  help: '在网页上看和办',
  async run(ctx): Promise<Outcome> {
    if (ctx.page?.pick) {
      const { address } = ctx.page;
      const ask = `这是本机演示，打开 ${address}/ 选一个身份就行；各县区、乡镇的数字和图在 ${address}/board 。`;
      const links = [{ title: '数字和图', url: `${address}/board?as=${encodeURIComponent(ctx.me.id)}` }];
      const card = recordCard({ number: '', title: '看板', state: '', ask, facts: [], links });
      return { text: ask, card, mine: true };
    }
    const name = ctx.newId();
    const answer = ownLink(ctx, { kind: 'pass', id: name }, `看板。${ASK}`);
    if (ctx.page) await issueSignInLink(ctx, ctx.page.token(name), ctx.me.id);
    return { ...answer, did: { kind: 'page', id: '' } };
  },
});

const leave = operation({
  right: rights.leave,
  words: ['退出'],
  help: '退出打开过的网页',
  async run(ctx): Promise<Outcome> {
    const opened = await sessionsOf(ctx.tx, ctx.me.id);
    if (opened.length === 0) {
      const none = '您没有打开着的网页。要打开，发送“看板”。';
      return { text: '', card: note(none, [button(rights.open)]), mine: true };
    }
    for (const row of opened) await ctx.tx.table(sessions).delete(row);
    return { text: `已退出${opened.length}处网页，再用请发“看板”。`, did: { kind: 'page', id: '' } };
  },
});

export const page: Feature = {
  name: 'page',
  group: '公开',
  tables: [],
  operations: [open, leave],
  views: { pass: passView },
};
