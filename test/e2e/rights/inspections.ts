/** The scenes of 督导 in the matrix: one of 青山县 each time, whose head goes to 柳湾村. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import {
  type Inspection,
  inspections,
  inspectors,
  seals,
  type Visit,
  visits,
} from '../../../src/features/inspections/model.ts';
import { INSPECTION } from '../../../src/features/inspections/questions.ts';
import type { Scene } from './scenes.ts';

const BRANCH = 'qingshan-shiqiao-liuwan';
const NAME = '柳湾村党支部（石桥镇党委）';
const TODAY = '2026-11-20';
const HEAD = 'hao-haitao';

interface More {
  readonly data?: Raw;
  readonly visit?: Partial<Visit>;
  readonly goes?: string;
  readonly group?: boolean;
}

function scene(
  change: Partial<Inspection>,
  { data = {}, visit, goes = HEAD, group = false }: More = {},
): Scene {
  return {
    group,
    async data(tx, n) {
      const id = `DD-2026-${5000 + n}`;
      await tx.table(inspections).put({
        ...{
          id,
          unit: 'qingshan',
          state: 'sealed',
          day: TODAY,
          amount: 1,
          hash: 'f'.repeat(64),
          version: '2026版',
        },
        ...{ drawnBy: HEAD, drawnName: '郝海涛', drawnAt: '2026-11-20T00:30:00.000Z', begunOn: null },
        ...{ submittedOn: null, publishedOn: null, reason: '', ...change },
      });
      await tx.table(seals).put({ id, branches: [{ id: BRANCH, name: NAME }], salt: '00' });
      await tx.table(inspectors).put({ id: `${id}|${goes}`, inspection: id, person: goes, unit: 'qingshan' });
      if (!change.begunOn) return { inspection: id, ...data };
      await tx.table(visits).put({
        ...{
          id: `${id}|${BRANCH}`,
          inspection: id,
          branch: BRANCH,
          township: 'qingshan-shiqiao',
          county: 'qingshan',
        },
        ...{
          name: NAME,
          state: 'recorded',
          on: null,
          reason: '',
          answers: [],
          words: '',
          by: null,
          byName: '',
        },
        ...{ at: '', times: 0, found: [], issues: [], ...visit },
      });
      return { inspection: id, visit: `${id}|${BRANCH}`, sure: 'yes', ...data };
    },
  };
}

const tomorrow = { day: '2026-11-21' };
const begun = { state: 'begun', begunOn: TODAY } as const;
const submitted = { ...begun, state: 'submitted', submittedOn: TODAY } as const;
const published = { ...submitted, state: 'published', publishedOn: TODAY } as const;
const fine = { data: Object.fromEntries(INSPECTION.questions.map(({ id }) => [id, '没问题'])) };
const found = { data: { title: '路灯坏了', star: 'pingan-fazhi', aspect: '物', source: '督导发现' } };
const why = { data: { reason: '防汛' } };
const one = { amount: '1' };

export const INSPECTION_SCENES: Readonly<Record<string, Scene>> = {
  'inspections.list': { data: async () => ({}) },
  'inspections.list 青山县的，已封存': scene({}),
  'inspections.list 青山县的，已公开': scene(published),
  'inspections.show 青山县的，已封存': scene({}),
  'inspections.show 青山县的，已提交': scene(submitted),
  'inspections.show 青山县的，已公开': scene(published),
  'inspections.show 青山县的，在群里': scene(published, { group: true }),
  'inspections.draw': { data: async () => one },
  'inspections.draw 在群里': { group: true, data: async () => one },
  'inspections.begin 督导日期是今天': scene({}),
  'inspections.begin 督导日期是明天': scene(tomorrow),
  'inspections.begin 青山县联络员去': scene({}, { goes: 'huang-chunyan' }),
  'inspections.begin 去的同志调走了': scene({}, { goes: 'somebody-who-left' }),
  'inspections.begin 已经开始': scene(begun),
  'inspections.visits 已封存，看不到名字': scene({}),
  'inspections.visits 已公开': scene(published),
  'inspections.visit 柳湾村，已开始': scene(begun),
  'inspections.visit 柳湾村，已提交': scene(submitted),
  'inspections.visit 柳湾村，已公开': scene(published),
  'inspections.record 柳湾村，已开始': scene(begun, fine),
  'inspections.record 柳湾村，不用去': scene(begun, { ...fine, visit: { state: 'skipped' } }),
  'inspections.record 柳湾村，已提交': scene(submitted, fine),
  'inspections.raise 柳湾村，已开始': scene(begun, found),
  'inspections.raise 柳湾村，已提交': scene(submitted, found),
  'inspections.submit 都记完了': scene(begun),
  'inspections.submit 还没有记完': scene(begun, { visit: { state: 'open' } }),
  'inspections.submit 青山县联络员去': scene(begun, { goes: 'huang-chunyan' }),
  'inspections.publish 已提交': scene(submitted),
  'inspections.publish 已开始': scene(begun),
  'inspections.verify 已公开': scene(published),
  'inspections.verify 已提交': scene(submitted),
  'inspections.verify 已开始': scene(begun),
  'inspections.void 已封存': scene({}, why),
  'inspections.void 已开始': scene(begun, why),
  'inspections.void 已提交': scene(submitted, why),
};
