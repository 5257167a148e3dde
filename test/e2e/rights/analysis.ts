/** The scenes of 研判, 排查 and the list in the matrix. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { FIRST } from '../../../src/features/analysis/criteria.ts';
import { newItem } from '../../../src/features/analysis/lines.ts';
import { items, type Listing, listings, type Sheet, sheets } from '../../../src/features/analysis/model.ts';
import { trials } from '../../../src/features/analysis/trial.ts';
import { units } from '../../../src/features/orgs/index.ts';
import type { Scene } from './scenes.ts';

const BRANCH = 'qingshan-shiqiao-liuwan';
const TOWNSHIP = 'qingshan-shiqiao';
const COUNTY = 'qingshan';
const TODAY = '2026-11-20';

/** A sheet of its own: whichever one of its period. */
function sheet(change: Partial<Sheet>, more: Raw = {}): Scene {
  return {
    async data(tx, n) {
      const kind = change.kind ?? 'analysis';
      const unit = kind === 'census' ? COUNTY : TOWNSHIP;
      const period = change.period ?? (kind === 'census' ? '2026-H2' : `${2100 + n}-Q4`);
      const id = `${unit}|${period}|${100 + n}`;
      await tx.table(sheets).put({
        ...{ id, kind, unit, county: COUNTY, period, n: 100 + n, state: 'draft' as const, version: '2026版' },
        ...{ day: null, normal: [], by: null, name: '', at: '', reason: '' },
        ...change,
      });
      return { sheet: id, branch: BRANCH, ...more };
    },
  };
}
const draft = (more: Raw = {}) => sheet({}, more);
const handed = { state: 'submitted', day: TODAY, name: '黄长青', at: '2026-11-20T01:00:00.000Z' } as const;
const submitted = (more: Raw = {}, by = 'huang-changqing') => sheet({ ...handed, by }, more);
const census = (more: Raw = {}, change: Partial<Sheet> = {}) => sheet({ kind: 'census', ...change }, more);

const listing = (change: Partial<Listing>, more: Raw = {}): Scene => ({
  async data(tx, n) {
    const id = `${BRANCH}|${100 + n}`;
    await tx.table(listings).put({
      ...{
        id,
        branch: BRANCH,
        township: TOWNSHIP,
        county: COUNTY,
        state: 'proposed' as const,
        level: 'meets' as const,
      },
      ...{ facts: [], types: [], version: '2026版', proposedBy: 'huang-changqing', proposedName: '黄长青' },
      ...{
        proposedUnit: TOWNSHIP,
        proposedOn: '2026-11-10',
        decidedBy: null,
        decidedName: '',
        decidedOn: null,
      },
      ...{ meeting: null, reason: '', statements: [] },
      ...change,
    });
    return { listing: id, ...more };
  },
});
const listed = (decidedOn: string) =>
  ({ state: 'listed', decidedOn, meeting: decidedOn, decidedBy: 'hao-haitao' }) as const;
const type = { type: '班子不团结', words: '两个月没开支委会' };
const reason = { reason: '正在换届' };
const meeting = { date: '2026-11-19' };
const own = { proposedBy: 'hao-haitao' };

const thresholds = {
  ...{ meets: 'A&D&(B|C)', onceLateDays: '30', residents: '3', residentsDays: '365', recurrence: '1' },
  ...{ dissatisfied: '2', climbed: '2', superiors: '2', overdueWorkdays: '10', openDays: '60' },
};

export const ANALYSIS_SCENES: Readonly<Record<string, Scene>> = {
  'analysis.analyse': { data: async () => ({}) },
  'analysis.analyse 在群里': { data: async () => ({}), group: true },
  'analysis.census': { data: async () => ({}) },
  'analysis.show 石桥镇提交的研判': submitted(),
  'analysis.item 石桥镇提交的研判': submitted(),
  'analysis.again 石桥镇提交的研判': submitted(),
  'analysis.again 石桥镇还没提交': draft(),
  'analysis.propose 石桥镇还没提交': draft(type),
  'analysis.propose 石桥镇提交的研判': submitted(type),
  'analysis.propose 青山县的排查': census(type),
  'analysis.watch 石桥镇还没提交': draft(),
  'analysis.watch 石桥镇提交的研判': submitted(),
  'analysis.watch 青山县的排查': census(),
  'analysis.decline 石桥镇还没提交': draft(reason),
  'analysis.decline 石桥镇提交的研判': submitted(reason),
  'analysis.decline 青山县的排查': census({ ...reason, branch: 'qingshan-shiqiao-qingshi' }),
  'analysis.type 石桥镇还没提交': draft(type),
  'analysis.type 石桥镇提交的研判': submitted(type),
  'analysis.rest 石桥镇还没提交': draft(),
  'analysis.rest 石桥镇提交的研判': submitted(),
  'analysis.rest 青山县的排查': census(),
  // Other scenes leave issues there: something is said of every branch.
  'analysis.submit 石桥镇还没提交': {
    async data(tx, n, place) {
      const data = await draft().data(tx, n, place);
      const branches = await tx.table(units).find({ where: { parent: TOWNSHIP }, order: 'name', limit: 50 });
      for (const { id } of branches.rows)
        await tx.table(items).put({ ...newItem(String(data.sheet), id), decision: 'watch' });
      return data;
    },
  },
  'analysis.submit 石桥镇提交的研判': submitted(),
  'analysis.complete 青山县的排查': {
    async data(tx, n, place) {
      const data = await census().data(tx, n, place);
      const where = { kind: ['village', 'community'] as const };
      const branches = await tx.table(units).find({ where, order: 'name', limit: 500 });
      for (const { id } of branches.rows.filter((branch) => branch.id.startsWith(`${COUNTY}-`)))
        await tx.table(items).put({ ...newItem(String(data.sheet), id), decision: 'watch' });
      return data;
    },
  },
  'analysis.complete 青山县完成的排查': census({}, { state: 'done', day: TODAY }),
  'analysis.adopt 石桥镇提交的研判': submitted(),
  'analysis.adopt 青山县负责人自己提交的': submitted({}, 'hao-haitao'),
  'analysis.adopt 石桥镇还没提交': draft(),
  'analysis.return 石桥镇提交的研判': submitted(reason),
  'analysis.return 青山县负责人自己提交的': submitted(reason, 'hao-haitao'),
  'analysis.return 石桥镇还没提交': draft(reason),
  'analysis.why 柳湾村': { data: async () => ({ branch: BRANCH }) },
  'analysis.why 在群里': { data: async () => ({ branch: BRANCH }), group: true },
  'analysis.list': { data: async () => ({}) },
  'analysis.list 石桥镇（支部和责任单位只看得到数）': { data: async () => ({ unit: TOWNSHIP }) },
  'analysis.listing 柳湾村待审定': listing({}),
  'analysis.listing 柳湾村已经列入': listing(listed(TODAY)),
  'analysis.confirm 柳湾村待审定': listing({}, meeting),
  'analysis.confirm 青山县负责人自己提出的': listing(own, meeting),
  'analysis.confirm 柳湾村已经列入': listing(listed(TODAY), meeting),
  'analysis.refuse 柳湾村待审定': listing({}, reason),
  'analysis.refuse 青山县负责人自己提出的': listing(own, reason),
  'analysis.refuse 柳湾村已经列入': listing(listed(TODAY), reason),
  'analysis.statement 柳湾村已经列入': listing(listed(TODAY), { words: '正在补走访' }),
  'analysis.statement 列入以后过了5个工作日': listing(listed('2026-11-12'), { words: '正在补走访' }),
  'analysis.standard': { data: async () => ({}) },
  'analysis.tryStandard': { data: async (_tx, n) => ({ version: `试${n}`, ...thresholds }) },
  'analysis.useStandard 组织部试过的': {
    async data(tx, n) {
      const id = 'bai-zhiyuan';
      const known = await tx.table(trials).get(id);
      const standard = { ...FIRST, version: `试${n}`, from: '2026-12-01' };
      await tx.table(trials).put({ ...known, id, number: 'one', standard });
      return { number: 'one' };
    },
  },
};
