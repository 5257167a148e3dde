/** 导览: three steps in somebody's first chat: what there is to see, to press and to say. It ends for good. */
import { z } from 'zod';
import { type Button, button, note, previewCard, type Tone } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { entries, type Outcome, operation } from '../../bot/operation.ts';
import type { Actor, World } from '../../bot/world.ts';
import { defineTable, type Tx } from '../../store/store.ts';
import { allStars, getUnit, isBranch } from '../orgs/index.ts';
import { rights } from './rights.ts';

const STEPS = 3;

const tourRow = z.object({
  /** The person's. */
  id: z.string(),
  /** The step that is shown, from 1; one more than there are once it has ended. */
  step: z.number().int(),
});
export const tours = defineTable<z.infer<typeof tourRow>>({
  name: 'tours',
  schema: tourRow,
  indexes: [],
  keep: 'for ever: because it is at most one row for each person, and nobody is shown around twice',
  people: {
    title: '导览看到第几步',
    fields: [{ field: 'id', left: 'goes' }],
    labels: {
      plain: { step: '导览第几步' },
    },
  },
});

async function stepOf(tx: Tx, person: string): Promise<number> {
  return (await tx.table(tours).get(person))?.step ?? 1;
}

/** The tour of one person, as a card that follows it. */
export const tourCard = ({ id }: Pick<Actor, 'id'>) => ({ subject: { kind: 'tour', id } });

export const tourView: View = async (world, id, viewer) => {
  if (viewer?.id !== id) return note('这是别人的导览。');
  const step = await stepOf(world.tx, id);
  const next = button(rights.tourNext, { step }, 'positive');
  const skip = button(rights.tourEnd);
  const page = (what: string, text: string, lines: readonly Line[], buttons: readonly Button[]) =>
    previewCard({
      title: `第${step}步，共${STEPS}步：${what}`,
      text,
      lines: lines.map(([mark, words, tone = 'default']) => ({ mark, text: words, tone })),
      buttons,
    });
  switch (step) {
    case 1:
      return page('看什么', '等您办的事发到这里，一件事一张卡片。颜色是提醒：', COLOURS, [next, skip]);
    case 2:
      return page('按什么', '卡片下面的按钮，就是您现在能办的，按一下就行。', PRESSES, [
        next,
        button(entries.todo),
        button(entries.help),
        skip,
      ]);
    case STEPS:
      return page('说什么', '不找按钮，直接打字也行，比如：', await sayings(world, viewer), [
        button(rights.tourEnd, {}, 'positive', '知道了'),
      ]);
    default:
      return note('导览看完了，有事随时说。', [button(entries.todo, {}, 'positive'), button(entries.help)]);
  }
};

type Line = readonly [mark: string, words: string, tone?: Tone];

const COLOURS: readonly Line[] = [
  ['蓝', '快到期了', 'accent'],
  ['黄', '曾退回，或者延过期', 'warning'],
  ['红', '超期，会一级一级往上报', 'attention'],
];
const PRESSES: readonly Line[] = [
  ['待办', '看等您的事，先到期的在前'],
  ['帮助', '看您能做的事'],
];

/** What somebody in this post may want to say first. */
async function sayings({ tx }: World, { unit: id }: Actor): Promise<readonly Line[]> {
  const unit = await getUnit(tx, id);
  if (isBranch(unit))
    return [
      ['报事', '上报 村口路灯坏了'],
      ['问进度', '问题'],
    ];
  const leads = (await allStars(tx)).some(({ lead }) => lead === id);
  return [leads ? ['约会商', '会商 发起 下周三下午3点'] : ['看问题', '问题 本单位'], ['看超期', '问题 超期']];
}

/** To the step after the one that was shown: pressed twice, it skips none. */
export const tourNext = operation({
  right: rights.tourNext,
  words: ['下一步'],
  input: z.object({ step: z.number().int().min(1).max(STEPS).optional().catch(undefined) }),
  async run(ctx, { step }) {
    const now = await stepOf(ctx.tx, ctx.me.id);
    return show(ctx, ctx.me, Math.max(now, (step ?? now) + 1));
  },
});

export const tourEnd = operation({
  right: rights.tourEnd,
  words: ['不看了'],
  run: async (ctx) => show(ctx, ctx.me, STEPS + 1),
});

async function show({ tx }: World, person: Actor, step: number): Promise<Outcome> {
  const known = await tx.table(tours).get(person.id);
  const next = Math.min(step, STEPS + 1);
  if (known?.step !== next) await tx.table(tours).put({ ...known, id: person.id, step: next });
  return { text: '', card: tourCard(person) };
}
