/** 公开设置: what the organiser compares the figures with. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { amount, optionalWords } from '../../lib/inputs.ts';
import { readNumeral } from '../../lib/numerals.ts';
import { NO_SETTINGS, settings } from './model.ts';
import { rights } from './rights.ts';

const percent = (label: string) =>
  amount(label, 100, (said) => readNumeral(said.replace(/^百分之|[%％]$/g, '')));

export const set = operation({
  right: rights.set,
  words: ['公开设置'],
  input: z.object({
    four: percent('四星以上的目标'),
    province: percent('全省五星比例'),
    source: optionalWords('出处', 100),
    basis: z.enum(['no', 'unsaid'], { error: '请选要不要写明不作为考核依据' }),
  }),
  async refine(_ctx, { province, source }) {
    return province !== null && source === ''
      ? [{ field: 'source', message: '全省的数字请写上出处，例如文件名和日期' }]
      : [];
  },
  async form(ctx, _record) {
    const now = (await ctx.tx.table(settings).get('city')) ?? NO_SETTINGS;
    const text = (value: number | null) => (value === null ? '' : String(value));
    return {
      title: '公开设置',
      intro: '空着的项，公开时照实写“还没有定目标”“没有全省数据”。',
      fields: [
        field.text('four', '四星成批（目标，%）', 10, { value: text(now.four) }),
        field.text('province', '五星领先（全省比例，%）', 10, { value: text(now.province) }),
        field.text('source', '出处', 100, { value: now.source }),
        field.pick(
          'basis',
          '考核',
          [
            { title: '写明不作为考核依据', value: 'no' },
            { title: '不写', value: 'unsaid' },
          ],
          { value: now.basis },
        ),
      ],
      submit: { op: rights.set, title: '保存' },
    };
  },
  async run(ctx, { four, province, source, basis }): Promise<Outcome> {
    const known = await ctx.tx.table(settings).get('city');
    await ctx.tx.table(settings).put({ ...known, id: 'city', four, province, source, basis });
    return { text: '已保存，公开的卡片和看板从现在起按新的来比。', did: { kind: 'figures', id: 'settings' } };
  },
});
