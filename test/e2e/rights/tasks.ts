/** The scenes of tasks in the matrix: 石桥镇 has handed one out to 柳湾村. */
import type { Raw } from '../../../src/bot/cards/spec.ts';
import { files } from '../../../src/bot/files/tables.ts';
import { type Checkin, checkins, type Task, tasks } from '../../../src/features/tasks/model.ts';
import type { Scene } from './scenes.ts';

const BRANCH = 'qingshan-shiqiao-liuwan';
const TOWNSHIP = 'qingshan-shiqiao';

function task(change: Partial<Task>, more: Raw = {}, said?: Partial<Checkin>): Scene {
  return {
    async data(tx, n) {
      const id = `RW-2026-${5000 + n}`;
      await tx.table(tasks).put({
        id,
        title: '入户走访',
        details: '',
        standard: '35户',
        target: 35,
        measure: '户',
        scope: { below: [], kinds: ['village', 'community'], units: [BRANCH] },
        size: 1,
        rhythm: 'once',
        day: '2026-11-27',
        evidence: '',
        visible: 'parties',
        issuer: TOWNSHIP,
        by: 'huang-changqing',
        state: 'open',
        handedAt: '2026-11-18T01:00:00.000Z',
        endedOn: null,
        nudgedAt: null,
        decision: null,
        major: false,
        ...change,
      });
      if (!said) return { task: id, ...more };
      const checkin = await tx.table(checkins).put({
        id: `${id}|once|${BRANCH}`,
        round: `${id}|once`,
        task: id,
        period: 'once',
        unit: BRANCH,
        parent: TOWNSHIP,
        issuer: TOWNSHIP,
        state: 'in',
        amount: 35,
        percent: null,
        words: '',
        difficulty: '',
        late: false,
        person: 'huang-wenchang',
        name: '黄文昌',
        at: '2026-11-19T01:00:00.000Z',
        version: 1,
        before: null,
        reason: '',
        issue: null,
        marks: [],
        proof: '',
        ...said,
      });
      return { task: id, checkin: checkin.id, ...more };
    },
  };
}

/** The same with a photo that the secretary of 柳湾村 has sent: attached to the check-in, or not yet. */
function withPhoto(scene: Scene, attached: boolean): Scene {
  return {
    async data(tx, n, place) {
      const data = await scene.data(tx, n, place);
      const id = `photo-${n}`;
      await tx.table(files).put({
        ...{ id, hash: '0'.repeat(64), name: '走访.jpg', kind: 'jpg', size: 10, by: 'huang-wenchang' },
        at: '2026-11-20T00:50:00.000Z',
        about: attached ? `checkin:${data.checkin}` : null,
      });
      return attached ? { ...data, file: id } : { ...data, files: id };
    },
  };
}

/** A file of the township's head, in the task or just sent. */
function withAttachment(scene: Scene, attached: boolean): Scene {
  return {
    async data(tx, n, place) {
      const data = await scene.data(tx, n, place);
      const { id } = await tx.table(files).put({
        id: `attachment-${n}`,
        hash: 'none',
        name: '走访表.pdf',
        kind: 'pdf',
        size: 1,
        by: 'huang-changqing',
        at: '2026-11-20T00:50:00.000Z',
        about: attached ? `task:${data.task}` : null,
      });
      return attached ? { ...data, file: id } : { ...data, files: id };
    },
  };
}

const carries = (data: Raw): Scene => ({ data: () => Promise.resolve(data) });
const form = { period: 'once', amount: '36' };
/** As the forms of the version before say it. */
const former = { ...form, filled: 'yes' };
const ended = { state: 'ended', endedOn: '2026-11-19' } as const;
const to = (units: string): Scene =>
  carries({ title: '入户走访', standard: '35户', units, due: '2026-11-27', sure: 'yes' });
const report = { title: '缺人手', aspect: '人', star: 'pingan-fazhi', branch: BRANCH };

export const TASK_SCENES: Readonly<Record<string, Scene>> = {
  'tasks.checkin 没有写任务': carries({}),
  'tasks.checkin 分给柳湾村的': task({}, former),
  'tasks.checkin 已经通过': task({}, former, { state: 'passed' }),
  'tasks.checkin 任务已经结束': task(ended, former),
  'tasks.submit 分给柳湾村的': task({}, form),
  'tasks.submit 已经通过': task({}, form, { state: 'passed' }),
  'tasks.submit 任务已经结束': task(ended, form),
  'tasks.list 自己单位的': carries({}),
  'tasks.list 写上编号': task({}),
  'tasks.assign 给柳湾村': to(BRANCH),
  'tasks.assign 给公安局': to('gonganju'),
  'tasks.assign 给石桥镇下面全部支部': to(`below:${TOWNSHIP}`),
  'tasks.nudge 还没有报的': task({}),
  'tasks.nudge 任务已经结束': task(ended),
  'tasks.attachments 有关单位看的': withAttachment(task({}), true),
  'tasks.attachment 有关单位看的': withAttachment(task({}), true),
  'tasks.attach 石桥镇负责人发来的': withAttachment(task({}), false),
  'tasks.attach 任务已经结束': withAttachment(task(ended), false),
  'tasks.detach 进行中': withAttachment(task({}, { sure: 'yes' }), true),
  'tasks.detach 任务已经结束': withAttachment(task(ended), true),
  'tasks.undo 等审核的': task({}, {}, {}),
  'tasks.undo 已经通过': task({}, {}, { state: 'passed' }),
  'tasks.undo 已经转为问题': task({}, {}, { issue: 'WT-2026-0001' }),
  'tasks.evidence 柳湾村书记发来的': withPhoto(task({}, { period: 'once' }), false),
  'tasks.evidence 已经通过': withPhoto(task({}, { period: 'once' }, { state: 'passed' }), false),
  'tasks.proofs': withPhoto(task({}, {}, {}), true),
  'tasks.proof': withPhoto(task({}, {}, {}), true),
  'tasks.unproof 等审核的': withPhoto(task({}, { sure: 'yes' }, {}), true),
  'tasks.unproof 已经通过': withPhoto(task({}, {}, { state: 'passed' }), true),
  'tasks.export': task({}),
  'tasks.show 有关单位看的': task({}),
  'tasks.show 所有单位看的': task({ visible: 'all' }),
  'tasks.detail 有关单位看的': task({}),
  'tasks.sheet': task({}, {}, {}),
  'tasks.pass 等审核的': task({}, {}, {}),
  'tasks.pass 已经退回': task({}, {}, { state: 'returned', reason: '数不对' }),
  'tasks.passOn 等审核的': task({}, {}, {}),
  'tasks.passOn 已经退回': task({}, {}, { state: 'returned', reason: '数不对' }),
  'tasks.return 等审核的': task({}, { reason: '数不对' }, {}),
  'tasks.return 已经通过': task({}, { reason: '数不对' }, { state: 'passed' }),
  'tasks.review 没有写任务': carries({}),
  'tasks.review 写上编号': task({}, {}, {}),
  'tasks.review 任务已经结束': task(ended, {}, {}),
  'tasks.passSome 等审核的': task({}, { ticked: `${BRANCH}~1` }, {}),
  'tasks.passSome 任务已经结束': task(ended, { ticked: `${BRANCH}~1` }, {}),
  'tasks.pass 任务已经结束': task(ended, {}, {}),
  'tasks.passAll': task({}, { sure: 'yes' }, {}),
  'tasks.raise 写了困难的': task({}, report, { difficulty: '人手不够' }),
  'tasks.raise 没有写困难': task({}, report, {}),
  'tasks.end 进行中': task({}, { sure: 'yes' }),
  'tasks.end 已经结束': task(ended),
};
