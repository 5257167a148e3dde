/** The scenes of 书记 in the matrix: the record of 柳湾村's secretary. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { posts } from '../../../src/features/members/model.ts';
import { secretaryDrafts } from '../../../src/features/secretaries/import.ts';
import { type Secretary, secretaries } from '../../../src/features/secretaries/model.ts';
import type { Scene } from './scenes.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
const PERSON = 'huang-wenchang';

const record = (change: Partial<Secretary>, more: Raw = {}): Scene => ({
  async data(tx, n) {
    const id = `${LIUWAN}|${PERSON}`;
    const at = { branch: LIUWAN, township: 'qingshan-shiqiao', county: 'qingshan', person: PERSON };
    const empty = { trainings: [], honours: [], assessment: null, review: null };
    const term = { since: '2025-10-01', assessOn: '2026-10-01' };
    const known = await tx.table(secretaries).get(id);
    await tx.table(secretaries).put({ ...known, id, ...at, ...empty, ...term, ...change });
    return { secretary: id, ...('words' in more && { words: `${more.words}${n}` }) };
  },
});
const carries = (data: Raw): Scene => ({ data: async () => data });
const sheetRow = (n: number) => ({
  ...{ line: 2, branch: '柳湾村', township: '', name: '黄文昌', since: '' },
  ...{ training: `第${n}期轮训班`, on: '2026-05-08', days: '3', honour: '', honouredOn: '' },
});
const said = { words: '班子团结' };

export const SECRETARY_SCENES: Readonly<Record<string, Scene>> = {
  'secretaries.list': carries({}),
  'secretaries.list 在群里': { ...carries({}), group: true },
  'secretaries.list 柳湾村书记的名字': carries({ name: '黄文昌' }),
  'secretaries.show 柳湾村书记': record({}),
  'secretaries.assess 任职满一年': record({}, said),
  'secretaries.assess 任职不满一年': record({ since: '2026-10-01', assessOn: '2027-10-01' }, said),
  'secretaries.review 柳湾村书记': record({}, said),
  'secretaries.review 青山县负责人自己兼任的': {
    async data(tx) {
      const id = `hao-haitao|${LIUWAN}`;
      const known = await tx.table(posts).get(id);
      await tx.table(posts).put({ ...known, id, person: 'hao-haitao', unit: LIUWAN, role: 'secretary' });
      return { secretary: `${LIUWAN}|hao-haitao`, ...said };
    },
  },
  'secretaries.import': carries({ rows: [sheetRow(0)] }),
  'secretaries.applyImport 青山县发来的档案': {
    async data(tx, n) {
      const row = { id: 'hao-haitao', number: 'one', rows: [sheetRow(n)] };
      const known = await tx.table(secretaryDrafts).get(row.id);
      await tx.table(secretaryDrafts).put({ ...known, ...row });
      return { number: 'one' };
    },
  },
};
