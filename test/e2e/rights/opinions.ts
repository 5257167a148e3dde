/** The scenes of opinions in the matrix: 柳湾村's secretary has said something to the organiser. */
import { type Opinion, opinions } from '../../../src/features/opinions/model.ts';
import type { Scene } from './scenes.ts';

const AT = '2026-11-20T01:00:00.000Z';

const opinion = (change: Partial<Opinion> = {}): Scene => ({
  async data(tx, n, place) {
    const { id } = await tx.table(opinions).put({
      id: `YJ-2026-${5000 + n}`,
      at: AT,
      who: 'huang-wenchang',
      name: '黄文昌',
      unit: 'qingshan-shiqiao-liuwan',
      words: '表太多',
      place,
      state: 'open',
      due: '2026-11-27',
      answer: '',
      answeredAt: null,
      by: null,
      ...change,
    });
    return { opinion: id, words: '下月起不用填了' };
  },
});

export const OPINION_SCENES: Readonly<Record<string, Scene>> = {
  'opinions.give': { data: async () => ({ words: '表太多', sent: 'yes' }) },
  'opinions.mine': { data: async () => ({}) },
  'opinions.list': { data: async () => ({}) },
  'opinions.show 柳湾村书记提的': opinion(),
  'opinions.show 组织部负责人提的': opinion({ who: 'bai-zhiyuan', unit: 'zzb' }),
  'opinions.answer 柳湾村书记提的': opinion(),
  'opinions.answer 组织部负责人提的': opinion({ who: 'bai-zhiyuan', unit: 'zzb' }),
  'opinions.answer 已经答复': opinion({ state: 'answered', answer: '好', answeredAt: AT }),
};
