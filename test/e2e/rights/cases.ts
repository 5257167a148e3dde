/** The scenes of 典型 in the matrix: one about 柳湾村 and 平安法治星, which 政法委 leads, in each of its states. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { type Example, examples, mediaReports, writers } from '../../../src/features/cases/model.ts';
import type { Scene } from './scenes.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
const SIGNED = { who: '市委政法委负责人', on: '2026-11-16' };
const PUBLISHED: Partial<Example> = {
  ...{ state: 'published', publishedOn: '2026-11-16', tellOn: '2026-11-17', waits: '' },
  published: { unit: 'zhengfawei', scope: 'city', ...SIGNED },
};

const NAMES: Readonly<Record<string, string>> = { 'huang-changqing': '黄长青', 'guo-chengye': '郭承业' };

const example = (change: Partial<Example>, more: Raw = {}, writer = 'huang-changqing'): Scene => ({
  async data(tx, n) {
    const id = `DX-2026-${String(n).padStart(4, '0')}`;
    await tx.table(examples).put({
      ...{ id, branch: LIUWAN, township: 'qingshan-shiqiao', county: 'qingshan', star: 'pingan-fazhi' },
      ...{ lead: 'zhengfawei', state: 'clue', origin: 'issues', on: '2026-11-10', waits: 'zhengfawei' },
      ...{ reasons: [{ text: '满意销号10件', records: [] }], title: '小院里的调解室' },
      ...{
        words: [{ text: '老支书坐班', records: [] }],
        writer: 'qingshan-shiqiao',
        reason: '',
        verified: null,
      },
      ...{ published: null, publishedOn: null, tellOn: null, revisitOn: null, doubt: '', revisits: [] },
      ...{ delivery: null, ...change },
    });
    const wrote = { example: id, person: writer, name: NAMES[writer] ?? '', at: '2026-11-10T01:00:00.000Z' };
    await tx.table(writers).put({ id: `${id}|${writer}`, ...wrote });
    return { example: id, ...more };
  },
});
const carries = (data: Raw): Scene => ({ data: async () => data });
const proposal: Scene = { data: async (_tx, n) => ({ branch: LIUWAN, words: `第${n}样办得好` }) };
const newReport: Scene = {
  data: async (_tx, n) => ({ title: `第${n}篇`, medium: '示范日报', day: '2026-11-16', link: '' }),
};
const known: Scene = {
  async data(tx, n) {
    const row = {
      id: `r${n}`,
      unit: LIUWAN,
      title: `第${n}篇`,
      medium: '示范日报',
      link: '',
      day: '2026-11-16',
    };
    await tx.table(mediaReports).put(row);
    return { report: row.id, sure: 'yes' };
  },
};
const text = { title: '小院里的调解室', words: '老支书坐班' };
const reason = { reason: '和别处一样' };
const sure = { sure: 'yes' };

export const CASE_SCENES: Readonly<Record<string, Scene>> = {
  'cases.list': carries({}),
  'cases.recommend 柳湾村': proposal,
  'cases.show 线索': example({}),
  'cases.show 已发布': example(PUBLISHED),
  'cases.show 已撤下': example({ ...PUBLISHED, state: 'withdrawn' }),
  'cases.basis 已发布': example(PUBLISHED),
  'cases.basis 已撤下': example({ ...PUBLISHED, state: 'withdrawn' }),
  'cases.write 线索': example({}, text),
  'cases.write 已发布': example(PUBLISHED, text),
  'cases.decline 线索，轮到石桥镇': example({ waits: 'qingshan-shiqiao' }, reason),
  'cases.decline 已发布': example(PUBLISHED, reason),
  'cases.verify 待核实': example({ state: 'written' }, sure),
  'cases.verify 政法委负责人写的': example({ state: 'written' }, sure, 'guo-chengye'),
  'cases.verify 线索': example({}, sure),
  'cases.return 待核实': example({ state: 'written' }, reason),
  'cases.return 已发布': example(PUBLISHED, reason),
  'cases.publish 待发布': example({ state: 'verified', verified: SIGNED }, { scope: 'county', ...sure }),
  'cases.publish 待核实': example({ state: 'written' }, { scope: 'county', ...sure }),
  'cases.publish 已发布': example(PUBLISHED, { scope: 'county', ...sure }),
  'cases.delivery 政法委发布的': example(PUBLISHED),
  'cases.keep 到了回访的时候': example({ ...PUBLISHED, revisitOn: '2026-11-16' }, { words: '还是这样' }),
  'cases.keep 还没到回访的时候': example({ ...PUBLISHED, revisitOn: '2027-05-16' }, { words: '还是这样' }),
  'cases.withdraw 已发布': example(PUBLISHED, reason),
  'cases.withdraw 待发布': example({ state: 'verified', verified: SIGNED }, reason),
  'cases.reports': carries({}),
  'cases.report': newReport,
  'cases.showReport 柳湾村的报道': known,
  'cases.dropReport 柳湾村的报道': known,
};
