/** Who pairs branches, who answers, and who sees it. */
import { defineRights, type Relation, STAFF, type When } from '../../bot/turn/rights.ts';
import { knowsRecord } from '../analysis/index.ts';
import { units } from '../orgs/index.ts';
import { type Case, rectificationRights } from '../rectification/index.ts';
import { PAIR_NAMES, type Pair } from './model.ts';

export const NO_PAIR = '没有找到这个结对。发送“结对”看看。';

const involvedInCase = rectificationRights.show.sees;

/** Those who know of the branch that is helped, and the helper. */
const involved: Relation<Pair> = {
  title: '结对的两个支部，所在乡镇和县区，牵头单位，总牵头单位',
  holds: async (actor, pair, world) =>
    actor.unit === pair.helper ||
    (await knowsRecord(actor, pair, world)) ||
    (await knowsRecord(actor, { ...pair, branch: pair.helper }, world)),
  otherwise: () => NO_PAIR,
};
const helper: Relation<Pair> = {
  title: '结对支部',
  holds: ({ unit }, pair) => unit === pair.helper,
  otherwise: () => '由结对的支部自己来答复。',
};
const helped: Relation<Pair> = {
  title: '被帮的支部，它的乡镇（街道）',
  holds: async ({ unit, role }, { branch }, { tx }) =>
    unit === branch || (role !== 'secretary' && (await tx.table(units).get(branch))?.parent === unit),
  otherwise: () => '由被帮的支部或它的乡镇（街道）来说。',
};
const county: Relation<Case> = {
  title: '上级县区',
  holds: ({ unit }, one) => unit === one.county,
  otherwise: () => '结对由县区来定。',
};

const asked: When<Pair> = ({ state }) => state === 'asked' || `这个结对${PAIR_NAMES[state]}，不用再答复。`;
const agreed: When<Pair> = ({ state }) =>
  state === 'agreed' || `这个结对${PAIR_NAMES[state]}，不用说这一句。`;
const open: When<Case> = ({ state }) => state !== 'closed' || '已经销号，不用结对了。';
const known = { who: 'bound', sees: involved } as const;

export const rights = defineRights('pairing', {
  list: { title: '结对', who: 'bound' },
  choices: { title: '选结对支部', who: 'bound', sees: involvedInCase, when: open, of: [county] },
  choose: {
    title: '定结对',
    who: STAFF,
    whoElse: '结对由县区来定。',
    sees: involvedInCase,
    when: open,
    of: [county],
  },
  show: { title: '打开', ...known },
  agree: { title: '同意结对', ...known, when: asked, of: [helper] },
  decline: { title: '有困难', ...known, when: asked, of: [helper] },
  helped: { title: '帮上了', ...known, when: agreed, of: [helped] },
  unhelped: { title: '没帮上', ...known, when: agreed, of: [helped] },
});
