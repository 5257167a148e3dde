/** The scenes of the matrix for 创星: an application of 柳湾村 for 平安法治星, which 政法委 leads, in each of its states. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import {
  type Application,
  applications,
  starWarnings,
  type Warning,
  waitsIn,
} from '../../../src/features/stars/model.ts';
import type { Scene } from './scenes.ts';

const application = (state: Application['state'], more: Raw = {}, until = ''): Scene => ({
  async data(tx, n) {
    const units = { township: 'qingshan-shiqiao', county: 'qingshan', lead: 'zhengfawei' };
    const { id } = await tx.table(applications).put({
      id: `qingshan-shiqiao-liuwan|pingan-fazhi|2026#${n}`,
      ...{ branch: 'qingshan-shiqiao-liuwan', star: 'pingan-fazhi', year: '2026', ...units },
      ...{ state, waits: waitsIn(state, units, 'zzb'), words: '全年没有刑事案件', facts: [], steps: [] },
      ...{ until, document: '' },
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
    });
    return { warning: id, ...more };
  },
});
const taken = { document: '示党建〔2026〕31号', reason: '限期里没有整改' };
const carries = (data: Raw): Scene => ({ data: async () => data });
const reason = { reason: '再巩固一段' };
const settled = { outcome: 'dismiss', words: '核实过了' };
const LATER = '2026-11-26';

export const STAR_SCENES: Readonly<Record<string, Scene>> = {
  'stars.overview': carries({}),
  'stars.show 待乡镇意见': application('applied'),
  'stars.show 公示中': application('public', {}, LATER),
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
};
