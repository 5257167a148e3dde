/** The scenes of 分包 in the matrix: a leader of 青山县 sponsors 柳湾村. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { leaders, type Sponsorship, sponsorships } from '../../../src/features/sponsorship/model.ts';
import { RECTIFICATION_SCENES } from './rectification.ts';
import type { Scene } from './scenes.ts';

const BRANCH = 'qingshan-shiqiao-liuwan';
const listed = RECTIFICATION_SCENES['rectification.show 柳湾村整顿中'];

interface Of {
  readonly unit?: string;
  /** The leader is the police’s head. */
  readonly police?: true;
  readonly listed?: true;
  readonly group?: boolean;
}

function sponsored(change: Partial<Sponsorship>, more: Raw = {}, of: Of = {}): Scene {
  return {
    group: of.group === true,
    async data(tx, n, place) {
      const unit = of.police ? 'gonganju' : (of.unit ?? 'qingshan');
      const person = of.police ? 'yu-zhenbang' : null;
      const leader = `leader-${n}`;
      await tx.table(leaders).put({ id: leader, unit, name: person ? '余振邦' : '赵县长', person });
      const one = of.listed ? String((await listed?.data(tx, n, place))?.case) : null;
      await tx.table(sponsorships).put({
        ...{ id: `sponsorship-${n}`, leader, unit, kind: 'branch', target: BRANCH, county: 'qingshan' },
        ...{
          township: 'qingshan-shiqiao',
          case: one,
          from: '2026-11-02',
          to: '9999-12-31',
          instructions: [],
        },
        ...change,
      });
      return { sponsorship: `sponsorship-${n}`, ...more };
    },
  };
}

const township = { kind: 'township', target: 'qingshan-shiqiao' } as const;
const ended = { to: '2026-11-10' } as const;
const words = { words: '把路灯修好' };
const carries = (data: Raw): Scene => ({ data: async () => data });
const quarter = (of: Of): Scene => {
  const { data } = sponsored({}, {}, of);
  return {
    async data(tx, n, place) {
      await data(tx, n, place);
      return { leader: `leader-${n}`, quarter: '2026-Q3' };
    },
  };
};

export const SPONSORSHIP_SCENES: Readonly<Record<string, Scene>> = {
  'sponsorship.list': carries({}),
  'sponsorship.list 在群里': { ...carries({}), group: true },
  'sponsorship.show 柳湾村': sponsored({}),
  'sponsorship.show 石桥镇': sponsored(township),
  'sponsorship.show 公安局负责人分包柳湾村': sponsored({}, {}, { police: true }),
  'sponsorship.show 在群里': sponsored({}, {}, { group: true }),
  'sponsorship.quarter 青山县的领导': quarter({}),
  'sponsorship.quarter 公安局负责人': quarter({ police: true }),
  'sponsorship.assign 没有写分包什么': carries({ target: '没有这个村', leader: '赵县长' }),
  'sponsorship.assign 柳湾村': {
    data: async (_tx, n) => ({ target: BRANCH, leader: `领导${n}` }),
  },
  'sponsorship.assign 平安法治星': {
    data: async (_tx, n) => ({ target: '平安法治星', leader: `领导${n}` }),
  },
  'sponsorship.end 青山县的领导': sponsored({}),
  'sponsorship.end 柳湾村整顿中': sponsored({}, {}, { listed: true }),
  'sponsorship.end 已经结束': sponsored(ended),
  'sponsorship.instruct 青山县的领导': sponsored({}, words),
  'sponsorship.instruct 公安局负责人，由公安局下达不了': sponsored({}, words, { police: true }),
  'sponsorship.instruct 已经结束': sponsored(ended, words),
};
