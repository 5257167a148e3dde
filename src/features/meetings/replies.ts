/** 查看回复: what every invited unit answered, who has not first; the card names only the first few of those. */
import { z } from 'zod';
import { button, listCard, type RowSpec } from '../../bot/cards/spec.ts';
import { unitName } from '../orgs/index.ts';
import { ANSWER_NAMES, type AnswerKind } from './model.ts';
import { invitesOf, meantOperation, meetingTitle } from './record.ts';
import { rights } from './rights.ts';

const PAGE = 10;
const ORDER: readonly AnswerKind[] = ['none', 'yes', 'sub', 'no'];

export const replies = meantOperation(rights.replies, {
  words: ['查看回复'],
  input: z.object({ from: z.number().int().min(0).catch(0).default(0) }),
  async run(ctx, { from }, meeting) {
    const data = { meeting: meeting.id };
    const asked = await invitesOf(ctx, meeting.id);
    const all = asked.toSorted((a, b) => ORDER.indexOf(a.answer) - ORDER.indexOf(b.answer));
    const rows: RowSpec[] = [];
    for (const { unit, answer, words: sub } of all.slice(from, from + PAGE)) {
      const title = await unitName(ctx.tx, unit);
      rows.push({ mark: ANSWER_NAMES[answer], title, sub, op: null, data: {} });
    }
    const next = button(rights.replies, { ...data, from: from + PAGE }, 'default', '下一页');
    const back = button(rights.show, data, 'default', '回到会商');
    const title = `${await meetingTitle(ctx, meeting)}：回复`;
    const silent = all.filter(({ answer }) => answer === 'none').length;
    const sub = `邀请${all.length}个单位，${silent}个未回复。`;
    const lines = rows.map((row) => `${row.mark} ${row.title}${row.sub && `（${row.sub}）`}`);
    const buttons = from + PAGE < all.length ? [next, back] : [back];
    return {
      text: [`${title}。${sub}`, ...lines].join('\n'),
      card: listCard(title, sub, rows, buttons),
      mine: true,
    };
  },
});
