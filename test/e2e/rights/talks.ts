/** The scenes of 约谈 in the matrix: a talk with 石桥镇, or with 青山县, each time. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { type Talk, talks } from '../../../src/features/talks/model.ts';
import type { Scene } from './scenes.ts';

const TODAY = '2026-11-20';

function talk(change: Partial<Talk>, more: Raw = {}, group = false): Scene {
  return {
    group,
    async data(tx, n) {
      const id = `YT-2026-${5000 + n}`;
      await tx.table(talks).put({
        ...{ id, unit: 'qingshan-shiqiao', superior: 'qingshan', kind: 'relapse', state: 'suggested' },
        ...{ facts: [{ key: `ZD-2026-${5000 + n}@1`, words: '反弹1次' }], on: TODAY, movedOn: TODAY },
        ...{ quietUntil: null, reason: '', points: '', outcome: '', heldOn: null, told: true },
        ...{ asked: false, explanation: '', ...change },
      });
      return { talk: id, ...more };
    },
  };
}

const county = { unit: 'qingshan', superior: 'zzb' } as const;
const gone = { kind: 'red', facts: [{ key: 'WT-2026-9999', words: '路灯坏了' }] } as const satisfies Partial<
  Record<keyof Talk, unknown>
>;
const declined = { state: 'declined', quietUntil: '2027-02-18' } as const;
const planned = { state: 'planned' } as const;
const held = { state: 'held', heldOn: TODAY, points: '谈了' } as const;
const reason = { reason: '正在改' };
const points = { points: '抓紧办', date: TODAY };
const words = { words: '等配件' };

export const TALK_SCENES: Readonly<Record<string, Scene>> = {
  'talks.list': { data: async () => ({}) },
  'talks.list 在群里': { data: async () => ({}), group: true },
  'talks.show 石桥镇的建议': talk({}),
  'talks.show 青山县的建议': talk(county),
  'talks.show 请石桥镇说明以后': talk({ ...planned, asked: true }),
  'talks.show 在群里': talk({}, {}, true),
  'talks.propose 石桥镇的建议': talk({}),
  'talks.propose 青山县的建议': talk(county),
  'talks.propose 已经不采纳': talk(declined),
  'talks.propose 事实已变': talk({ ...gone, facts: [...gone.facts] }),
  'talks.decline 石桥镇的建议': talk({}, reason),
  'talks.decline 青山县的建议': talk(county, reason),
  'talks.decline 拟约谈': talk(planned, reason),
  'talks.ask 拟约谈': talk(planned),
  'talks.ask 石桥镇的建议': talk({}),
  'talks.explain 请石桥镇说明以后': talk({ ...planned, asked: true }, words),
  'talks.explain 没有请他说明': talk(planned, words),
  'talks.hold 拟约谈': talk(planned, points),
  'talks.hold 石桥镇的建议': talk({}, points),
  'talks.improved 已约谈': talk(held),
  'talks.improved 拟约谈': talk(planned),
  'talks.unimproved 已约谈': talk(held),
  'talks.unimproved 已经不采纳': talk(declined),
  'talks.year 没有写单位': { data: async () => ({}) },
  'talks.year 石桥镇': { data: async () => ({ unit: 'qingshan-shiqiao' }) },
  'talks.year 青山县': { data: async () => ({ unit: 'qingshan' }) },
};
