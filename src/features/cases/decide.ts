/** 核实, 退回, 不采用, 回访 (保留, 撤下): by named people, and never by who wrote it. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import type { Raw } from '../../bot/cards/spec.ts';
import { detach } from '../../bot/files/files.ts';
import type { Ctx } from '../../bot/operation.ts';
import type { Right } from '../../bot/turn/rights.ts';
import { words } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { unitName } from '../orgs/index.ts';
import type { Example, StoredExample } from './model.ts';
import { warnings } from './publish.ts';
import { basisOf, changed, exampleOperation, recordsIn, saveExample, signedBy, tellNews } from './record.ts';
import { rights } from './rights.ts';
import { picturesOf } from './write.ts';

const MOST_REASON = 300;
/** Records that a last look shows. */
const SHOWN = 12;

export const verify = exampleOperation()(rights.verify, {
  words: ['核实'],
  async preview(ctx, _input, row) {
    personalOnly(ctx);
    const all = recordsIn({ words: row.words, reasons: [] });
    const lines = [];
    for (const number of all.slice(0, SHOWN)) {
      const basis = await basisOf(ctx.tx, row.branch, number);
      lines.push({ mark: number, text: basis ? `${basis.title} ${basis.stands}` : '现在找不到了' });
    }
    if (all.length > SHOWN) lines.push({ mark: '', text: `还有${all.length - SHOWN}条，点“依据”看` });
    const { rows } = await picturesOf(ctx, row, ctx.me);
    lines.push({
      mark: '图片',
      text: rows.length > 0 ? `${rows.length}张，没有群众名单和证件，出镜的人都同意` : '没有',
    });
    lines.push(...(await warnings(ctx, row)));
    return { text: `“${row.title}”里的数字都和记录对过，写到的事情都属实，可以发布。`, lines };
  },
  async run(ctx, _input, row) {
    const saved = await saveExample(ctx, {
      ...row,
      ...{ state: 'verified', verified: await signedBy(ctx), waits: row.waits },
    });
    return changed(ctx, saved, '核实了。点“发布”，各单位在下一个工作日早上的提醒里看到。');
  },
});

/** A step that needs a reason and puts the case into another state. */
const refusal = (
  right: Right<Example>,
  label: string,
  done: (
    ctx: Ctx,
    row: StoredExample,
    reason: string,
  ) => Promise<{ row: Example; text: string; said: string }>,
) =>
  exampleOperation('reason')(right, {
    words: [right.title],
    input: z.object({ reason: words(label, MOST_REASON) }),
    form: async (ctx, row) => {
      personalOnly(ctx);
      return {
        title: `${right.title} ${row.id}`,
        intro: row.title || (await unitName(ctx.tx, row.branch)),
        fields: [field.lines('reason', label, MOST_REASON, { required: true })],
        submit: { title: `确认${right.title}`, op: right, data: { example: row.id } },
      };
    },
    async run(ctx, { reason }, row) {
      const { row: after, text, said } = await done(ctx, row, reason);
      const saved = await saveExample(ctx, after);
      for (const unit of new Set([row.writer, row.state === 'published' ? row.branch : '']))
        if (unit !== '') await tellNews(ctx, saved, unit, `${row.id}“${row.title}”${text}：${reason}。`);
      return changed(ctx, saved, said);
    },
  });

export const sendBack = refusal(rights.return, '退回的原因', async ({ tx }, row, reason) => ({
  row: { ...row, state: 'clue', reason, verified: null, waits: row.writer },
  text: '被退回',
  said: `已退回给${await unitName(tx, row.writer)}再写。`,
}));

export const decline = refusal(rights.decline, '不采用的原因', async (ctx, row, reason) => ({
  row: await withoutPictures(ctx, { ...row, state: 'declined', reason, waits: '' }),
  text: '没有采用',
  said: '知道了，不采用。',
}));

export const withdraw = refusal(rights.withdraw, '撤下的原因', async (ctx, row, reason) => ({
  row: await withoutPictures(ctx, {
    ...row,
    ...{ state: 'withdrawn', reason, waits: '', revisitOn: null, doubt: '' },
    revisits: [...row.revisits, { kept: false, words: reason, ...(await signedBy(ctx)) }],
  }),
  text: '撤下了',
  said: '撤下了，网页上和各单位都看不到了，图片也不再保存。',
}));

/** What nobody is to see any more is not kept: its pictures belong to nothing, and go after a day. */
async function withoutPictures(ctx: Ctx, row: Example): Promise<Example> {
  for (const file of (await picturesOf(ctx, row, null)).rows) await detach(ctx, file);
  return row;
}

export const keep = exampleOperation('words')(rights.keep, {
  words: ['保留'],
  input: z.object({ words: words('回访情况', MOST_REASON, '请写一句回访看到的情况') }),
  form: async (ctx, row) => {
    personalOnly(ctx);
    return {
      title: `回访 ${row.id}`,
      intro: `${row.title}${row.doubt ? `。${row.doubt}` : ''}`,
      fields: [field.lines('words', '回访情况', MOST_REASON, { required: true })],
      submit: { title: '保留', op: rights.keep, data: { example: row.id } as Raw },
    };
  },
  async run(ctx, { words: said }, row) {
    const revisits = [...row.revisits, { kept: true, words: said, ...(await signedBy(ctx)) }];
    return changed(
      ctx,
      await saveExample(ctx, { ...row, revisits, revisitOn: null, doubt: '' }),
      '记下了，保留。',
    );
  },
});
