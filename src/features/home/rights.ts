/** Who may ask for help and for what waits. */
import { entries } from '../../bot/operation.ts';
import { defineRights } from '../../bot/turn/rights.ts';

export const rights = defineRights('home', {
  help: { ...entries.help, who: 'all' },
  more: { title: '更多', who: 'all' },
  me: { title: '我的', who: 'bound' },
  todo: { ...entries.todo, who: 'bound' },
});
