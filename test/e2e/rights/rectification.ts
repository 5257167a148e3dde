/** The scenes of 整顿 in the matrix: a case of 柳湾村 each time. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { issues } from '../../../src/features/issues/model.ts';
import {
  type Case,
  cases,
  type Dispatch,
  dispatches,
  team,
} from '../../../src/features/rectification/model.ts';
import type { Scene } from './scenes.ts';

const BRANCH = 'qingshan-shiqiao-liuwan';
const TODAY = '2026-11-20';
const HEAD = { who: '青山县委负责人', on: '2026-11-10' };

const base = (id: string): Case => ({
  ...{ id, listing: `${BRANCH}|1`, branch: BRANCH, township: 'qingshan-shiqiao', county: 'qingshan' },
  ...{ state: 'active', types: ['班子不团结'], records: [], issues: [], listedOn: '2026-11-09' },
  ...{ since: '2026-11-09', planDue: '2026-11-23', deadline: '2027-05-08', extended: 0, round: 1 },
  ...{ relapses: 0, plan: null, notes: [], applied: null, checks: [], settledUntil: null, doubt: null },
  ...{ answers: [], helper: null, previous: null, closedOn: null },
});

interface Sent {
  readonly people: readonly string[];
  readonly person?: string;
}

function scene(change: Partial<Case>, more: Raw = {}, sent?: Sent, group = false): Scene {
  return {
    group,
    async data(tx, n) {
      const id = `ZD-2026-${5000 + n}`;
      await tx.table(cases).put({ ...base(id), ...change });
      if (sent) {
        const row: Dispatch = {
          ...{ id: `${id}|1`, case: id, county: 'qingshan', kind: '第一书记', sender: '市公安局' },
          ...{ senderUnit: 'gonganju', senderKind: '机关', people: [...sent.people], from: TODAY },
          ...{ to: '2028-11-20', merit: '', ...HEAD },
        };
        await tx.table(dispatches).put(row);
        const { person } = sent;
        if (person) await tx.table(team).put({ id: `${id}|${person}`, case: id, person, to: '2028-11-20' });
      }
      return { case: id, ...more };
    },
  };
}

const plan = {
  ...{ round: 1, cause: '班子不团结', measures: [], unit: BRANCH, person: '' },
  ...{ countyLeader: '郝海涛', townshipLeader: '黄长青', ...HEAD },
};
const fields = {
  ...{ cause: '班子不团结', measures: '补开支委会', countyLeader: '郝海涛', townshipLeader: '黄长青' },
};
const sends = { kind: '工作队', sender: '市供电公司', senderKind: '国企', people: '甲、乙' };
const counts = { satisfied: '16', basic: '1', unsatisfied: '1' };
const later = { date: '2027-06-01', reason: '等汛期过去' };
const words = { words: '正在补' };
const applied = { state: 'applied', plan, applied: HEAD } as const;
const settling = { state: 'settling', plan, settledUntil: '2027-11-20' } as const;
const doubt = { on: TODAY, records: [], words: '又反映了' };
const closed = { state: 'closed', closedOn: TODAY } as const;
const police = { people: ['余振邦'], person: 'yu-zhenbang' };

const linked = (change: Partial<Case>): Scene => ({
  async data(tx, n, place) {
    const issue = `WT-2026-${6000 + n}`;
    const row = {
      ...{ id: issue, title: '路灯坏了', details: '', aspect: '物', star: 'pingan-fazhi', branch: BRANCH },
      ...{ township: 'qingshan-shiqiao', county: 'qingshan', source: '群众反映', urgency: '一般' },
      ...{ state: 'active', reporter: 'huang-wenchang', reporterUnit: BRANCH, owner: 'qingshan-shiqiao' },
      ...{ supervisor: 'zhengfawei', handlers: ['qingshan-shiqiao'], deadline: '2026-12-04' },
      ...{ reportedAt: '2026-11-18T01:00:00.000Z', returned: 0, slipped: 0, extension: null, grantor: null },
      ...{ result: '', evidence: '', resolvedBy: null, verdict: null, closedAt: null, recurrenceOf: null },
    };
    await tx.table(issues).put(issues.schema.parse(row));
    return { ...(await scene(change).data(tx, n, place)), issue };
  },
});

export const RECTIFICATION_SCENES: Readonly<Record<string, Scene>> = {
  'rectification.list': { data: async () => ({}) },
  'rectification.list 柳湾村整顿中': scene({}),
  'rectification.show 柳湾村整顿中': scene({}),
  'rectification.show 公安局负责人派在那里': scene({}, {}, police),
  'rectification.show 青石村结对帮': scene({ helper: 'qingshan-shiqiao-qingshi' }),
  'rectification.show 在群里': scene({}, {}, undefined, true),
  'rectification.plan 整顿中': scene({}, fields),
  'rectification.plan 待验收': scene(applied, fields),
  'rectification.dispatch 整顿中': scene({}, sends),
  'rectification.dispatch 已销号': scene(closed, sends),
  'rectification.sent': { data: async () => ({}) },
  'rectification.merit 公安局负责人派在那里': scene({}, words, police),
  'rectification.link 整顿中': linked({}),
  'rectification.link 待验收': linked(applied),
  'rectification.extend 没有延过': scene({}, later),
  'rectification.extend 延过一次': scene({ extended: 1 }, later),
  'rectification.extend 待验收': scene(applied, later),
  'rectification.note 公安局负责人派在那里': scene({}, words, police),
  'rectification.note 已销号': scene(closed, words, police),
  'rectification.apply 方案定了，公安局负责人派在那里': scene({ plan }, {}, police),
  'rectification.apply 没有方案': scene({}, {}, police),
  'rectification.apply 待验收': scene(applied, {}, police),
  'rectification.accept 待验收': scene(applied, counts),
  'rectification.accept 整顿中': scene({ plan }, counts),
  'rectification.accept 青山县负责人派在那里': scene(applied, counts, { people: ['郝海涛'] }),
  'rectification.relapse 可能反弹': scene({ ...settling, doubt }),
  'rectification.relapse 巩固期': scene(settling),
  'rectification.dismiss 可能反弹': scene({ ...settling, doubt }, { reason: '是另一条路' }),
  'rectification.dismiss 巩固期': scene(settling, { reason: '是另一条路' }),
  'rectification.document 柳湾村整顿中': scene({}),
  'rectification.export': { data: async () => ({}) },
};
