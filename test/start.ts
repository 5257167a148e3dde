/** How `npm start` runs the bot, for whoever starts it as a process of its own. */
import product from '../package.json' with { type: 'json' };

/** What node is given before the file. */
export const NODE_ARGS: readonly string[] = product.scripts.start.split(' ').slice(1, -1);

/** The same for a file that is JavaScript already. */
export const WITHOUT_TSX = NODE_ARGS.filter((arg) => arg !== '--import' && arg !== 'tsx');
