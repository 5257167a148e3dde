/** The scenes of the matrix for 创星: an application of 柳湾村 for 平安法治星, which 政法委 leads, in each of its states. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { standardDrafts } from '../../../src/features/stars/import.ts';
import {
  type Application,
  applications,
  starWarnings,
  type Warning,
  waitsIn,
} from '../../../src/features/stars/model.ts';
import { negatives, type StoredNegative } from '../../../src/features/stars/negatives.ts';
import { standardId } from '../../../src/features/stars/standards.ts';
import { type Suggestion, suggestions } from '../../../src/features/stars/suggest.ts';
import type { Scene } from './scenes.ts';

const application = (state: Application['state'], more: Raw = {}, until = ''): Scene => ({
  async data(tx, n) {
    const units = { township: 'qingshan-shiqiao', county: 'qingshan', lead: 'zhengfawei' };
    const { id } = await tx.table(applications).put({
      id: `qingshan-shiqiao-liuwan|pingan-fazhi|2026#${n}`,
      ...{ branch: 'qingshan-shiqiao-liuwan', star: 'pingan-fazhi', year: '2026', ...units },
      ...{ state, waits: waitsIn(state, units, 'zzb'), words: '全年没有刑事案件', facts: [], steps: [] },
      ...{ until, document: '', inside: [], records: ['WT-2026-0001'], standard: '2026版' },
    });
    return { application: id, ...more };
  },
});
const warning = (state: Warning['state'], more: Raw = {}, said = ''): Scene => ({
  async data(tx, n) {
    const waits = { warned: 'zhengfawei', proposed: 'zzb', kept: '', ended: '' }[state];
    const { id } = await tx.table(starWarnings).put({
      id: `qingshan-shiqiao-liuwan|pingan-fazhi|#${n}`,
      ...{ branch: 'qingshan-shiqiao-liuwan', township: 'qingshan-shiqiao', county: 'qingshan' },
      ...{ star: 'pingan-fazhi', lead: 'zhengfawei', state, waits, on: '2026-11-02', until: '2027-01-01' },
      ...{ reason: '半年反弹两次', said, proposed: state === 'proposed' ? '2026-11-19' : '', steps: [] },
      ...{ facts: [], records: [], standard: '2026版' },
    });
    return { starWarning: id, ...more };
  },
});
const LIUWAN = 'qingshan-shiqiao-liuwan';
const suggestion = (state: Suggestion['state'], more: Raw = {}): Scene => ({
  async data(tx, n) {
    const { id } = await tx.table(suggestions).put({
      ...{ id: `suggestion-${n}`, branch: LIUWAN, township: 'qingshan-shiqiao', county: 'qingshan' },
      ...{ star: 'pingan-fazhi', lead: 'zhengfawei', state, waits: state === 'open' ? 'zhengfawei' : '' },
      ...{ on: '2026-11-19', standard: '2026版', reason: '', by: '', decidedOn: '' },
      facts: [{ kind: 'recurrence', text: '180天内反弹2件', records: [`WT-2026-${n}1`, `WT-2026-${n}2`] }],
    });
    return { suggestion: id, ...more };
  },
});
const negative = (withdrawn: StoredNegative['withdrawn']): Scene => ({
  async data(tx, n) {
    const { id } = await tx.table(negatives).put({
      ...{ id: `negative-${n}`, branch: LIUWAN, kind: 'falsified', star: '', words: '台账是补的' },
      ...{ on: '2026-11-02', at: '2026-11-05', unit: 'qingshan', person: 'hao-haitao', byName: '郝海涛' },
      withdrawn,
    });
    return { negative: id, reason: '核实过，是真的' };
  },
});
const dates = {
  ...{ aim: '2026-03-31', apply: '2026-10-20', township: '2026-10-30' },
  ...{ county: '2026-11-10', lead: '2026-11-20', city: '2026-11-30' },
};
const taken = { document: '示党建〔2026〕31号', reason: '限期里没有整改' };
const carries = (data: Raw): Scene => ({ data: async () => data });
const reason = { reason: '再巩固一段' };
const settled = { outcome: 'dismiss', words: '核实过了' };
const LATER = '2026-11-26';

export const STAR_SCENES: Readonly<Record<string, Scene>> = {
  'stars.overview': carries({}),
  'stars.show 待乡镇意见': application('applied'),
  'stars.show 公示中': application('public', {}, LATER),
  'stars.evidence 待乡镇意见': application('applied'),
  'stars.aim 产业兴旺星': carries({ stars: 'chanye-xingwang' }),
  'stars.calendar': carries(dates),
  'stars.apply 产业兴旺星': carries({ star: 'chanye-xingwang', words: '合作社带动八十户' }),
  'stars.review': carries({}),
  'stars.agree 待乡镇意见': application('applied'),
  'stars.agree 待县区审核': application('agreed'),
  'stars.agree 待市复核': application('checking'),
  'stars.agree 已命名': application('named'),
  'stars.defer 待乡镇意见': application('applied', reason),
  'stars.defer 待牵头单位认定': application('reviewed', reason),
  'stars.recognise 待牵头单位认定': application('reviewed'),
  'stars.recognise 待乡镇意见': application('applied'),
  'stars.decline 待牵头单位认定': application('reviewed', reason),
  'stars.decline 待乡镇意见': application('applied', reason),
  'stars.agreeAll': application('applied', { star: '', sure: 'yes' }),
  'stars.publicity': carries({}),
  'stars.publish': application('ready', { sure: 'yes' }),
  'stars.object 公示中': application('public', { reason: '群众有不同看法' }, LATER),
  'stars.object 公示期已过': application('public', { reason: '群众有不同看法' }, '2026-11-10'),
  'stars.settle 异议处理中': application('objected', settled, LATER),
  'stars.settle 公示中': application('public', settled, LATER),
  'stars.name 公示期满': {
    async data(tx, n, place) {
      await application('public', {}, '2026-11-10').data(tx, n, place);
      return { document: `示党建〔2026〕${n}号`, date: '2026-11-20', sure: 'yes' };
    },
  },
  'stars.warn 平安法治星': carries({ branch: 'qingshan-shiqiao-liuwan', star: 'pingan-fazhi', ...reason }),
  'stars.warning': warning('warned'),
  'stars.answer 限期里': warning('warned', reason),
  'stars.answer 已保星': warning('kept', reason),
  'stars.keep 限期里': warning('warned'),
  'stars.keep 拟摘星': warning('proposed'),
  'stars.propose 限期里': warning('warned', reason),
  'stars.propose 已保星': warning('kept', reason),
  'stars.take 支部没有说明': warning('proposed', taken),
  'stars.take 支部说明过': warning('proposed', taken, '已经调解好了'),
  'stars.suggestion 还没定': suggestion('open'),
  'stars.dismiss 还没定': suggestion('open', { reason: '不是一回事' }),
  'stars.dismiss 已经预警': suggestion('warned', { reason: '不是一回事' }),
  'stars.negatives 柳湾村': carries({ branch: LIUWAN }),
  'stars.enter 柳湾村': {
    // Said in the same words it would be one entry.
    data: async (_tx, n) => ({
      ...{ branch: LIUWAN, kind: 'grave', date: '2026-11-16' },
      words: `第${n}起安全事故`,
    }),
  },
  'stars.withdraw 青山县登记的': negative(null),
  'stars.withdraw 已经撤销': negative({ on: '2026-11-10', unit: 'qingshan', reason: '登记错了' }),
  'stars.standards': carries({}),
  'stars.importStandards': carries({}),
  'stars.applyStandards 政法委发来的标准': {
    async data(tx, n) {
      const drafts = tx.table(standardDrafts);
      const version = `第${n}版`;
      const standard = {
        star: 'pingan-fazhi',
        version,
        from: '2026-11-20',
        text: '矛盾在村里调解',
        unit: 'zhengfawei',
      };
      const row = { id: 'guo-chengye', number: 'one', rows: [{ ...standard, id: standardId(standard) }] };
      await drafts.put({ ...(await drafts.get(row.id)), ...row });
      return { number: 'one' };
    },
  },
};
