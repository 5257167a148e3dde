/** The whole story over POST /api/messages, with real activities and a connector on loopback. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Issue, issues } from '../../src/features/issues/model.ts';
import { executes, type Json, says, submits } from '../fake-connector.ts';
import { actionsOf, cardOf, type Rig, startRig, type TeamsPerson } from './rig.ts';

const GROUP = '19:shiqiao@thread.v2';
const HOSTILE = '<at>all</at> [点我](javascript:alert(1)) ${1+1} <img onerror=…>';
const fields = { star: 'pingan-fazhi', aspect: '物' };

let rig: Rig;
let secretary: TeamsPerson;
let township: TeamsPerson;
let county: TeamsPerson;
beforeAll(async () => {
  rig = await startRig();
  secretary = rig.person('huang-wenchang');
  township = rig.person('huang-changqing');
  county = rig.person('hao-haitao');
  await township.says('帮助');
  await county.says('帮助');
});
afterAll(() => rig.close());
beforeEach(() => rig.connector.reset());

const words = (message: Json) => JSON.stringify(cardOf(message) ?? message);
const titles = (message: Json) => actionsOf(cardOf(message)).map(({ title }) => title);
const row = (id: string) => rig.app.store.read((tx) => tx.table(issues).get(id));
const all = () =>
  rig.app.store.read(
    async (tx) =>
      (
        await tx.table(issues).find({
          where: {
            reporter: 'huang-wenchang',
            state: ['pending', 'active', 'verifying', 'closed', 'withdrawn'],
          },
          order: 'deadline',
          limit: 500,
        })
      ).rows,
  );

/** Report and read the number off the answer. */
async function report(title: string): Promise<string> {
  await secretary.says(`上报 ${title}`);
  const answer = await secretary.executes('提交', fields);
  const [number = ''] = /WT-\d{4}-\d{4,}/.exec(JSON.stringify(answer)) ?? [];
  return number;
}

describe('an issue over Teams', () => {
  it('goes from 上报 to 销号 with Action.Execute, refused to everybody whose turn it is not', async () => {
    const form = await secretary.says('上报 村口路灯坏了');
    expect(words(form)).toContain('村口路灯坏了');
    const done = await secretary.executes('提交', fields);
    expect(done).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' });
    const [number = ''] = /WT-\d{4}-\d{4,}/.exec(words(done)) ?? [];
    expect(number).not.toBe('');
    // The form's message is replaced in place, for everyone and for good.
    expect(words(secretary.messages().at(-1) ?? {})).toContain(number);
    expect(words(township.messages().at(-1) ?? {})).toContain('请您受理');

    const card = township.messages().at(-1) ?? {};
    const stranger = async (id: string, verb: string, data: Json = {}) => {
      const before = await row(number);
      const other = rig.person(id);
      const response = await rig.post(executes(other.from, card.id, verb, { issue: number, ...data }));
      const body = await response.json();
      expect([id, verb, response.status, body.type]).toEqual([
        id,
        verb,
        200,
        'application/vnd.microsoft.activity.message',
      ]);
      expect(body.value).toMatch(/。$/);
      expect(await row(number)).toEqual(before);
    };
    await stranger('huang-wenchang', 'issues.accept');
    await stranger('chen-delin', 'issues.accept');
    await stranger('wang-caifeng', 'issues.accept');
    expect(words(await township.executes('受理'))).toContain('办理中');
    await stranger('huang-wenchang', 'issues.resolve', { words: '假的' });
    await stranger('hao-haitao', 'issues.escalate');
    await township.executes('提级办理');
    await township.executes('提级办理', { reason: '要县里协调' });
    expect(await row(number)).toMatchObject({ owner: 'qingshan', state: 'pending' });
    await stranger('huang-changqing', 'issues.accept');
    await county.executes('受理');
    const ask = await county.executes('办结');
    expect(ask.value.body.some((b: Json) => JSON.stringify(b).includes('Input.Text'))).toBe(true);
    const submit = actionsOf(ask.value).find(({ title }) => title === '办结');
    const message = county.messages().at(-1) ?? {};
    await rig.post(
      executes(county.from, message.id, 'issues.resolve', { ...submit?.data, words: '三盏都换好了' }),
    );
    expect(await row(number)).toMatchObject({ state: 'verifying', result: '三盏都换好了' });
    await stranger('hao-haitao', 'issues.verify', { verdict: '满意' });
    await rig.app.pump();
    const opened = { attachments: [{ content: (await secretary.executes('打开')).value }] };
    expect(titles(opened)).toEqual(['满意销号', '不满意退回', '补充情况', '查看历史']);
    // The card that was there all the time can do it, too.
    await secretary.executes('满意销号');
    expect(await row(number)).toMatchObject({ state: 'closed', verdict: '满意' });
  });

  it('goes the same way with Action.Submit, handed over and sent back in between', async () => {
    await secretary.says('上报 水管漏水');
    const card = await secretary.submits('提交', fields);
    const [number = ''] = /WT-\d{4}-\d{4,}/.exec(words(card)) ?? [];
    await township.submits('受理');
    await township.submits('转办');
    await township.submits('转办', { unit: 'shuiliju-no-such' });
    expect(words(township.messages().at(-1) ?? {})).toContain('请从名单里选');
    await township.submits('转办', { unit: 'gonganju', reason: '归公安管' });
    expect(await row(number)).toMatchObject({ owner: 'gonganju', state: 'pending' });
    const police = rig.person('yu-zhenbang');
    await police.says(`受理 ${number}`);
    await police.says(`办结 ${number} 修好了`);
    await secretary.submits('不满意退回');
    await secretary.submits('不满意退回', { reason: '还在漏' });
    expect(await row(number)).toMatchObject({ state: 'active', returned: 1 });
    const refused = await secretary.says(`办结 ${number} 假的`);
    expect(refused.text).toContain('由市公安局办理');
  });

  it('changes the card in the group of the responsible unit in place, and strips the mention', async () => {
    const group = rig.person('huang-changqing', GROUP);
    expect((await group.says('绑定本群')).text).toContain('石桥镇党委');
    expect((await rig.person('chen-delin', GROUP).says('绑定本群')).text).toContain('负责人或联络员');
    const number = await report('广场灯不亮');
    const posted = group.messages().at(-1) ?? {};
    expect(words(posted)).toContain('等石桥镇党委受理');
    await group.executes('受理');
    const now = group.messages().find(({ id }) => id === posted.id) ?? {};
    expect(words(now)).toContain('办理中');
    expect(
      rig.connector.calls.filter(({ method, conversation }) => method === 'PUT' && conversation === GROUP)
        .length,
    ).toBeGreaterThan(0);
    expect(await row(number)).toMatchObject({ state: 'active' });
    const refused = await rig.post(
      executes(rig.person('chen-delin', GROUP).from, posted.id, 'issues.resolve', {
        issue: number,
        words: 'x',
      }),
    );
    expect((await refused.json()).value).toContain('与您的单位无关');
  });
});

describe('once', () => {
  it('handles the same activity once, at once or later', async () => {
    const activity = says({ ...secretary.from, id: 'dup-1' }, '上报 重复');
    await Promise.all([rig.post(activity), rig.post(activity)]);
    await rig.post(activity);
    await rig.app.pump();
    expect(
      rig.connector.calls.filter(
        ({ method, activity: sent }) => method === 'POST' && words(sent).includes('重复'),
      ),
    ).toHaveLength(1);
  });

  it('makes one issue of two presses at once, by Execute and by Submit', async () => {
    const before = (await all()).length;
    for (const press of [executes, submits]) {
      const form = await secretary.says('上报 双击');
      const [submit] = actionsOf(cardOf(form));
      const data = { ...submit?.data, ...fields, title: '双击' };
      const one = () =>
        press === executes
          ? executes(secretary.from, form.id, submit?.verb, data)
          : submits(secretary.from, form.id, data);
      const answers = await Promise.all([rig.post(one()), rig.post(one())]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }
    expect((await all()).length).toBe(before + 2);
  });

  it('answers an old card with the present state', async () => {
    const number = await report('旧卡片');
    const old = structuredClone(township.messages().at(-1) ?? {});
    await rig.person('wang-haiyan').says(`受理 ${number}`);
    const answer = await township.executes('受理', {}, old);
    expect(answer.value).toContain('已经受理过了');
    expect(words(township.messages().at(-1) ?? {})).toContain('办理中');
  });
});

it('says above a card why it came, also once it was redrawn, and later what is new in a line', async () => {
  const number = await report('说明来由');
  const came = township.messages().find((message) => words(message).includes(`${number}`)) ?? {};
  const why = '柳湾村党支部上报：说明来由。';
  expect(words({ attachments: [{ content: { body: [cardOf(came).body[0]] } }] })).toContain(why);
  await rig.person('wang-haiyan').says(`受理 ${number}`);
  const redrawn = township.messages().find(({ id }) => id === came.id) ?? {};
  expect(words(redrawn)).toContain('办理中');
  expect(words(redrawn)).toContain(why);
  // Whoever reported it has its card already.
  const line = secretary.messages().at(-1) ?? {};
  expect(words(line)).toContain('已受理您上报的“说明来由”');
  expect(titles(line)).toEqual(['打开']);
  expect(words(await secretary.executes('打开', {}, line))).toContain('办理中');
  const before = secretary.messages().length;
  await rig.person('wang-haiyan').says(`办结 ${number} 好了`);
  expect(secretary.messages()).toHaveLength(before + 1);
  expect(titles(secretary.messages().at(-1) ?? {})).toEqual(['打开']);
});

it('takes words that reply to a card for that card, whatever was shown last', async () => {
  const [first, second] = [await report('先报的一件'), await report('后报的一件')];
  const cardFor = (number: string) =>
    township.messages().find((message) => words(message).includes(number)) ?? {};
  await township.says(second);
  await township.says(`<quoted messageId="${cardFor(first).id}"/> 受理`);
  expect(await row(first)).toMatchObject({ state: 'active' });
  expect(await row(second)).toMatchObject({ state: 'pending' });
  expect(words(await township.says('<quoted messageId="1783419459151"/>&nbsp;待办'))).toContain('待办');
});

describe('what people type on Teams', () => {
  it('arrives and is shown as exactly these characters', async () => {
    const form = await secretary.says(`上报 ${HOSTILE}`);
    const input = JSON.stringify(cardOf(form)).includes(JSON.stringify(HOSTILE).slice(1, -1));
    expect(input).toBe(true);
    await secretary.executes('提交', { ...fields, title: HOSTILE, details: HOSTILE });
    const card = secretary.messages().at(-1) ?? {};
    const runs: string[] = [];
    JSON.stringify(cardOf(card), (_key, value) => {
      if (value?.type === 'TextRun') runs.push(value.text);
      return value;
    });
    expect(runs.filter((text) => text === HOSTILE)).toHaveLength(2);
    for (const { activity } of rig.connector.calls) {
      expect(activity.entities ?? []).toEqual([]);
      expect(activity.textFormat).toBe('plain');
    }
    const stored = (await all()).find(({ title }: Issue) => title === HOSTILE);
    expect(stored?.details).toBe(HOSTILE);
  });
});
