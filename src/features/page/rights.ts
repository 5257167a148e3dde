/** Who may open the page, and shut it: everybody, for themselves. */
import { defineRights } from '../../bot/turn/rights.ts';

export const rights = defineRights('page', {
  open: { title: '看板', who: 'bound' },
  leave: { title: '退出', who: 'bound' },
});
