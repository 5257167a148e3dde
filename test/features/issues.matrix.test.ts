/** Who may do what to an issue: role × action × own / other unit, every cell pressed through the kernel. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Issue, issues, type State } from '../../src/features/issues/model.ts';
import type { Act } from '../../src/features/issues/rights.ts';
import { createKit, type Kit } from '../kit.ts';

const PEOPLE = {
  reporter: 'huang-wenchang', // secretary of 柳湾村
  neighbour: 'chen-delin', // secretary of 青石村, same township
  owner: 'huang-changqing', // head of 石桥镇, the responsible unit
  colleague: 'wang-haiyan', // liaison of 石桥镇
  county: 'hao-haitao', // head of 青山县委
  otherCounty: 'wang-caifeng', // head of 明湖区委
  supervisor: 'guo-chengye', // head of 市委政法委, leads the star
  otherLead: 'luo-lei', // head of 市民政局, leads other stars
  responsible: 'yu-zhenbang', // head of 市公安局, no part in it
  organiser: 'bai-zhiyuan', // head of 市委组织部
} as const;
type Who = keyof typeof PEOPLE;

interface Cell {
  readonly state: State;
  readonly allowed: readonly Who[];
  readonly data?: Record<string, unknown>;
  readonly change?: Partial<Issue>;
}

const SEES: readonly Who[] = ['reporter', 'owner', 'colleague', 'county', 'supervisor', 'organiser'];
const extension = { to: '2026-12-20', reason: '等配件', by: PEOPLE.owner };

/** The table: in the state in which an act is possible, who may do it. Everyone else is refused. */
const MATRIX: Readonly<Record<Act, Cell>> = {
  accept: { state: 'pending', allowed: ['owner', 'colleague'] },
  transfer: { state: 'active', allowed: ['owner', 'colleague', 'supervisor'], data: { unit: 'gonganju' } },
  escalate: { state: 'active', allowed: ['owner', 'colleague'] },
  extend: {
    state: 'active',
    allowed: ['owner', 'colleague'],
    data: { date: '2026-12-20', reason: '等配件' },
  },
  grant: { state: 'active', allowed: ['supervisor'], change: { extension, grantor: 'zhengfawei' } },
  deny: { state: 'active', allowed: ['supervisor'], change: { extension, grantor: 'zhengfawei' } },
  resolve: { state: 'active', allowed: ['owner', 'colleague'], data: { words: '已换好' } },
  verify: { state: 'verifying', allowed: ['reporter'], data: { verdict: '满意' } },
  return: { state: 'verifying', allowed: ['reporter'], data: { reason: '还没亮' } },
  withdraw: { state: 'pending', allowed: ['reporter'] },
  supplement: { state: 'active', allowed: SEES, data: { words: '补充' } },
  history: { state: 'closed', allowed: SEES },
};

let kit: Kit;
let number = 0;
beforeAll(async () => {
  kit = await createKit();
});
afterAll(() => kit.close());

async function issueIn(state: State, change: Partial<Issue> = {}): Promise<Issue> {
  const issue: Issue = {
    id: `WT-2026-${String(++number).padStart(4, '0')}`,
    title: '村口路灯坏了',
    details: '',
    aspect: '物',
    star: 'pingan-fazhi',
    branch: 'qingshan-shiqiao-liuwan',
    township: 'qingshan-shiqiao',
    county: 'qingshan',
    source: '群众反映',
    urgency: '一般',
    state,
    reporter: PEOPLE.reporter,
    reporterUnit: 'qingshan-shiqiao-liuwan',
    owner: 'qingshan-shiqiao',
    supervisor: 'zhengfawei',
    handlers: ['qingshan-shiqiao'],
    deadline: '2026-12-04',
    reportedAt: '2026-11-20T01:00:00.000Z',
    returned: 0,
    slipped: 0,
    extension: null,
    grantor: null,
    result: '',
    evidence: '',
    resolvedBy: state === 'verifying' ? PEOPLE.owner : null,
    verdict: null,
    closedAt: null,
    recurrenceOf: null,
    ...change,
  };
  await kit.store.transaction((tx) => tx.table(issues).put(issue));
  return issue;
}
const stored = (id: string) => kit.store.read((tx) => tx.table(issues).get(id));

describe('permission matrix of issues', () => {
  let cells = 0;
  for (const [act, { state, allowed, data, change }] of Object.entries(MATRIX) as [Act, Cell][]) {
    for (const who of Object.keys(PEOPLE) as Who[]) {
      const may = allowed.includes(who);
      it(`${act} by ${who}: ${may ? 'done' : 'refused, nothing changed'}`, async () => {
        cells++;
        const issue = await issueIn(state, change);
        const before = await stored(issue.id);
        const answer = await kit.person(PEOPLE[who]).press(`issues.${act}`, { issue: issue.id, ...data });
        expect(answer.refused).toBe(!may);
        if (!may) expect(answer.shown.text).toMatch(/。$/);
        const after = await stored(issue.id);
        if (!may) expect(after).toEqual(before);
        else if (act !== 'history') expect(after?.rev).toBeGreaterThan(before?.rev ?? 0);
      });
    }
  }

  it('covers every act and every person', () => {
    expect(cells).toBe(Object.keys(MATRIX).length * Object.keys(PEOPLE).length);
    console.info(`permission matrix of issues: ${cells} cells`);
  });

  it('refuses each act in every state in which it makes no sense, whoever presses', async () => {
    for (const [act, { state, data, allowed }] of Object.entries(MATRIX) as [Act, Cell][]) {
      if (act === 'history') continue;
      const elsewhere = (['closed', 'withdrawn'] as const).filter((other) => other !== state);
      for (const other of elsewhere) {
        const issue = await issueIn(other);
        const before = await stored(issue.id);
        const [first = 'owner'] = allowed;
        const answer = await kit.person(PEOPLE[first]).press(`issues.${act}`, { issue: issue.id, ...data });
        expect([act, other, answer.refused]).toEqual([act, other, true]);
        expect(await stored(issue.id)).toEqual(before);
      }
    }
  });
});
