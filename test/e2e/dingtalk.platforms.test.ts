/** Teams, DingTalk and the page in one running server: a story that goes from one to the other, press by press. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { issues } from '../../src/features/issues/model.ts';
import { executes, type From, type Json, says } from '../fake-connector.ts';
import { type DingtalkRig, said, startDingtalkRig } from './dingtalk.rig.ts';
import { accountOf, actionsOf, cardOf, postTo } from './rig.ts';

let rig: DingtalkRig;
let typed = 0;
beforeAll(async () => {
  rig = await startDingtalkRig();
});
afterAll(() => rig.end());

function onTeams(id: string) {
  const from: From = { serviceUrl: rig.connector.url, ...accountOf(id), conversation: `a:${id}` };
  const messages = () => rig.connector.messages(`a:${id}`);
  return {
    messages,
    async says(text: string): Promise<Json> {
      expect((await postTo(rig.url, says(from, text))).status).toBe(200);
      await rig.app.pump();
      return messages().at(-1) ?? {};
    },
    async presses(title: string): Promise<Json> {
      const message =
        messages().findLast((one) => actionsOf(cardOf(one) ?? {}).some((a) => a.title === title)) ?? {};
      const action = actionsOf(cardOf(message)).find((one) => one.title === title) ?? {};
      const response = await postTo(rig.url, executes(from, message.id, action.verb, action.data));
      await rig.app.pump();
      return response.json();
    },
  };
}

function onPage(id: string) {
  const place = `webchat|p:${id}`;
  const headers = { 'content-type': 'application/json', 'x-person': id };
  return {
    async says(text: string): Promise<void> {
      const body = JSON.stringify({ place, text, id: `page-of-the-story-${++typed}` });
      const response = await fetch(`${rig.url}/webchat/text`, { method: 'POST', headers, body });
      expect(response.status).toBe(200);
      await rig.app.pump();
    },
  };
}

const issue = (id: string) => rig.app.store.read((tx) => tx.table(issues).get(id));

it('an issue is reported in DingTalk, accepted on Teams, resolved on the page and verified in DingTalk', async () => {
  const secretary = rig.person('huang-wenchang');
  const township = onTeams('huang-changqing');
  await township.says('帮助');
  await secretary.says('上报 村口路灯坏了');
  await secretary.presses('提交', { title: '村口路灯坏了', star: 'pingan-fazhi', aspect: '物' });
  const id = 'WT-2026-0001';
  expect(said(secretary.last())).toContain('待受理');
  expect(JSON.stringify(township.messages().at(-1))).toContain('请您受理');

  await township.presses('受理');
  expect(await issue(id)).toMatchObject({ state: 'active' });
  // The card in DingTalk follows what was pressed on Teams.
  expect(said(secretary.messages().find((one) => said(one).includes(id)) ?? secretary.last())).toContain(
    '办理中',
  );

  await onPage('huang-changqing').says(`办结 ${id} 三盏都换好了`);
  expect(await issue(id)).toMatchObject({ state: 'verifying', result: '三盏都换好了' });
  expect(said(secretary.last())).toContain('请您');
  await secretary.presses('满意销号');
  expect(await issue(id)).toMatchObject({ state: 'closed' });
  // And the card on Teams follows what was pressed in DingTalk.
  expect(JSON.stringify(township.messages())).toContain('已经解决');
  await secretary.says('问题 已销号');
  expect(rig.errors).toEqual([]);
});

it('one person on both hears everything once, where they were last', async () => {
  const teams = onTeams('huang-changqing');
  const dingtalk = rig.person('huang-changqing');
  const counts = () => [teams.messages().length, dingtalk.messages().length] as const;
  const secretary = rig.person('huang-wenchang');
  const report = async (title: string) => {
    await secretary.says(`上报 ${title}`);
    await secretary.presses('提交', { title, star: 'pingan-fazhi', aspect: '物' });
  };
  await teams.says('待办');
  await dingtalk.says('待办');
  let [onTeamsBefore, onDingtalkBefore] = counts();
  await report('水管漏水');
  expect(counts()).toEqual([onTeamsBefore, onDingtalkBefore + 1]);
  await teams.says('待办');
  [onTeamsBefore, onDingtalkBefore] = counts();
  await report('井盖丢了');
  expect(counts()).toEqual([onTeamsBefore + 1, onDingtalkBefore]);
});

it('who never wrote hears in DingTalk, where they have an account, and not on the page', async () => {
  const secretary = rig.person('huang-wenchang');
  const liaison = rig.person('wang-haiyan');
  await secretary.says('上报 下水道堵了');
  await secretary.presses('提交', { title: '下水道堵了', star: 'pingan-fazhi', aspect: '物' });
  expect(said(liaison.last())).toContain('下水道堵了');
});
