/** The scenes of 结对 in the matrix: 柳湾村 is helped, 青石村 helps. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { type Pair, pairs } from '../../../src/features/pairing/model.ts';
import { RECTIFICATION_SCENES } from './rectification.ts';
import type { Scene } from './scenes.ts';

const HELPER = 'qingshan-shiqiao-qingshi';

const listed = RECTIFICATION_SCENES['rectification.show 柳湾村整顿中'];

/** A case, and who was asked to help. */
function pair(change: Partial<Pair>, more: Raw = {}): Scene {
  return {
    async data(tx, n, place) {
      const one = String((await listed?.data(tx, n, place))?.case);
      await tx.table(pairs).put({
        ...{
          id: `${one}|1`,
          case: one,
          county: 'qingshan',
          branch: 'qingshan-shiqiao-liuwan',
          helper: HELPER,
        },
        ...{
          state: 'asked' as const,
          reasons: ['同一个县区'],
          by: 'hao-haitao',
          name: '郝海涛',
          on: '2026-11-16',
        },
        ...{ answeredOn: null, endedOn: null, reason: '', quarters: [] },
        ...change,
      });
      return { pair: `${one}|1`, case: one, ...more };
    },
  };
}
const choose: Raw = { helper: 'qingshan-shiqiao-beizhuang', sure: 'yes' };
const withCase = (more: Raw): Scene => ({
  data: async (tx, n, place) => ({ ...(await listed?.data(tx, n, place)), ...more }),
});

export const PAIRING_SCENES: Readonly<Record<string, Scene>> = {
  'pairing.list': { data: async () => ({}) },
  'pairing.list 在群里': { data: async () => ({}), group: true },
  'pairing.choices 还没有定': withCase({}),
  'pairing.choices 定了青石村': pair({}),
  'pairing.choose 还没有定': withCase(choose),
  'pairing.choose 定了青石村': pair({}, choose),
  'pairing.show 青石村还没有答复': pair({}),
  'pairing.agree 青石村还没有答复': pair({}),
  'pairing.agree 结对中': pair({ state: 'agreed' }),
  'pairing.decline 青石村还没有答复': pair({}, { reason: '书记刚换' }),
  'pairing.decline 结对中': pair({ state: 'agreed' }, { reason: '书记刚换' }),
  'pairing.helped 结对中': pair({ state: 'agreed' }),
  'pairing.helped 青石村还没有答复': pair({}),
  'pairing.unhelped 结对中': pair({ state: 'agreed' }),
  'pairing.unhelped 青石村还没有答复': pair({}),
};
