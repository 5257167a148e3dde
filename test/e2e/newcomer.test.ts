/** Coming to a town over POST /api/messages: the bot in a group, a person nobody knows, and who lets them in. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conversations } from '../../src/bot/delivery/conversations.ts';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { accounts, identify } from '../../src/features/members/index.ts';
import { executes, type Json, other, says } from '../fake-connector.ts';
import { platform } from '../platform.ts';
import { actionsOf, cardOf, type Rig, startRig, type TeamsPerson } from './rig.ts';

const BOT = { id: '28:bot-app-id', name: '会商' };
const GROUP = '19:liuwan@thread.v2';

let rig: Rig;
let township: TeamsPerson;
beforeAll(async () => {
  rig = await startRig();
  township = rig.person('huang-changqing');
  await township.says('帮助');
});
afterAll(() => rig.close());
beforeEach(() => rig.connector.reset());

const words = (message: Json | undefined) => JSON.stringify(cardOf(message ?? {}) ?? message);
const titles = (message: Json | undefined) => actionsOf(cardOf(message ?? {})).map(({ title }) => title);
const place = (id: string) => rig.app.store.read((tx) => tx.table(conversations).get(`msteams|${id}`));
const newcomer = (n: number, group?: string) =>
  rig.stranger({ account: `aad-new-${n}`, name: `Li Xiaoming ${n}` }, group);
const actor = (n: number) => rig.app.store.read((tx) => identify(tx, platform('teams'), `aad-new-${n}`));

async function happens(who: TeamsPerson, type: string, fields: Json): Promise<void> {
  expect((await rig.post(other(who.from, type, fields))).status).toBe(200);
  await rig.app.pump();
}

describe('a newcomer', () => {
  it('adds the bot to a group, binds it and herself, is let in and reports, in at most 8 presses', async () => {
    let presses = 0;
    const she = newcomer(1);
    const inGroup = newcomer(1, GROUP);
    const press = async (who: TeamsPerson, title: string, inputs: Json = {}) => {
      presses++;
      return who.executes(title, inputs);
    };

    presses++; // Teams' own “Add”, told twice
    await happens(inGroup, 'installationUpdate', { action: 'add' });
    await happens(inGroup, 'conversationUpdate', { membersAdded: [BOT] });
    expect(inGroup.messages()).toHaveLength(1);
    const welcome = inGroup.messages()[0];
    expect(titles(welcome)).toEqual(['绑定本群', '绑定', '帮助']);
    expect(words(welcome).match(/。/g)?.length).toBeLessThanOrEqual(8);

    expect((await press(inGroup, '绑定本群')).value).toContain('我还不认识您');
    const form = await press(inGroup, '绑定');
    const inputs = JSON.stringify(form.value);
    expect(inputs).toContain('Li Xiaoming 1');
    expect(inputs).toContain('"choices.data":{"type":"Data.Query","dataset":"members.units"}');

    const search = await rig.post(
      other(inGroup.from, 'invoke', {
        name: 'application/search',
        value: { queryText: '石桥镇', queryOptions: { skip: 0, top: 15 }, dataset: 'members.units' },
      }),
    );
    const { type, value } = (await search.json()) as Json;
    expect(type).toBe('application/vnd.microsoft.search.searchResponse');
    expect(value.results[0]).toEqual({ title: '石桥镇党委（青山县委）', value: 'qingshan-shiqiao' });

    presses++;
    const submit = actionsOf(form.value).find(({ title }) => title === '提交绑定');
    const answer = await rig.post(
      executes(inGroup.from, welcome?.id, 'members.bind', {
        ...submit?.data,
        name: '李晓明',
        unit: 'qingshan-shiqiao',
        role: 'liaison',
        group: 'yes',
      }),
    );
    expect(words((await answer.json()) as Json)).toContain('等石桥镇党委黄长青同意');
    await rig.app.pump();
    expect(await actor(1)).toBeNull();

    const asked = township.messages().at(-1);
    expect(titles(asked)).toEqual(['同意', '不同意']);
    expect(words(asked)).toContain('还没有这个人');
    expect(words(await township.says('待办'))).toContain('请批绑定');
    await press(township, '同意');
    expect(await actor(1)).toMatchObject({ name: '李晓明', unit: 'qingshan-shiqiao', role: 'liaison' });
    expect((await place(GROUP))?.unit).toBe('qingshan-shiqiao');
    expect(words(inGroup.messages().at(-1))).toContain('黄长青同意了：您是石桥镇党委的联络员');

    await happens(she, 'installationUpdate', { action: 'add' });
    expect(titles(she.messages().at(-1))).toEqual(['下一步', '不看了']);
    await press(inGroup, '上报');
    const done = await she
      .says('上报 街口路灯坏了')
      .then(() =>
        press(she, '提交', { star: 'pingan-fazhi', aspect: '物', branch: 'qingshan-shiqiao-liuwan' }),
      );
    expect(words(done)).toMatch(/WT-\d{4}-\d{4}/);
    console.info(`newcomer over Teams: ${presses} presses`);
    expect(presses).toBeLessThanOrEqual(8);
  });

  it('is told what to do whatever they say, in a chat or in a group, and nothing of it runs', async () => {
    const he = newcomer(2);
    for (const text of ['上报 路灯坏了', '待办', '随便说说', '交接 黄长青']) {
      const said = await he.says(text);
      expect(said.summary).toContain('我还不认识您');
      expect(titles(said)).toEqual(['绑定']);
    }
    expect((await newcomer(2, '19:anywhere@thread.v2').says('帮助')).summary).toContain('我还不认识您');
  });
});

describe('somebody on the list without an account here', () => {
  const ask = (from: TeamsPerson['from'], dataset: string, queryText: string, queryOptions?: Json) =>
    rig
      .post(
        other(from, 'invoke', { name: 'application/search', value: { queryText, dataset, queryOptions } }),
      )
      .then(async (response) => ((await response.json()) as Json).value.results as Json[]);

  it('is found, still asked about, and then the person that was listed', async () => {
    await rig.app.store.transaction(async (tx) => {
      const [own] = (await tx.table(accounts).find({ where: { person: 'wang-ping' }, limit: 1 })).rows;
      if (own) await tx.table(accounts).delete(own);
    });
    const she = newcomer(3);
    await she.says('绑定 王萍 河口村 支部书记');
    await rig.app.pump();
    expect(words(she.messages().at(-1))).toContain('等石桥镇党委黄长青同意');
    expect(words(township.messages().at(-1))).toContain('有王萍，还没有绑定账号');
    expect(await actor(3)).toBeNull();
    await township.executes('同意');
    expect(await actor(3)).toMatchObject({ id: 'wang-ping', role: 'secretary' });
  });

  it('is named while one types only to those who answer for them, at most 15 at once', async () => {
    const names = async (who: TeamsPerson, text: string) => ask(who.from, 'members.people', text);
    expect((await names(township, '黄文昌')).map(({ value }) => value)).toEqual([
      'huang-wenchang|qingshan-shiqiao-liuwan',
    ]);
    for (const who of [newcomer(4), rig.person('chen-delin'), rig.person('wang-caifeng')])
      expect(await names(who, '黄文昌')).toEqual([]);
    expect(await names(rig.person('bai-zhiyuan'), '王')).toHaveLength(15);
    expect(await ask(township.from, 'members.units', '')).toHaveLength(15);
    expect(await ask(township.from, 'no.such', '黄')).toEqual([]);
  });

  it('is found page by page, as the client asks', async () => {
    const page = (skip: number, top: number) => ask(township.from, 'members.units', '', { skip, top });
    const first = await page(0, 15);
    const next = await page(15, 15);
    expect(next.length).toBeGreaterThan(0);
    expect(new Set([...first, ...next].map(({ value }) => value)).size).toBe(first.length + next.length);
    expect(await page(0, 5)).toEqual(first.slice(0, 5));
    expect(await page(5, 5)).toEqual(first.slice(5, 10));
    expect(await page(0, 500)).toEqual(first);
    expect(await page(5_000, 15)).toEqual([]);
    expect(await ask(township.from, 'members.units', '石桥\u0000\u202e镇', { skip: 0, top: 1 })).toHaveLength(
      1,
    );
  });

  it('is known by the object id in whatever case a client writes it', async () => {
    const { account } = rig.person('huang-wenchang').from;
    const loud = rig.stranger({ account: String(account).toUpperCase(), name: '黄文昌' });
    expect(words(await loud.says('我的'))).toContain('柳湾村党支部');
  });
});

describe('an installation', () => {
  const who = (group: string) => rig.person('huang-changqing', group);

  it('ends and begins again: nothing is sent meanwhile, the unit is kept, the welcome comes once each time', async () => {
    const group = '19:town@thread.v2';
    const here = who(group);
    await here.says('绑定本群');
    const report = async (title: string) => {
      const secretary = rig.person('huang-wenchang');
      await secretary.says(`上报 ${title}`);
      await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' });
      await rig.app.pump();
    };
    await report('一');
    const before = here.messages().length;
    await happens(here, 'conversationUpdate', { membersRemoved: [BOT] });
    expect(await place(group)).toMatchObject({ gone: '会商助手已经被移出这里', unit: 'qingshan-shiqiao' });
    await report('二');
    expect(here.messages()).toHaveLength(before);

    // What was already on its way there ends with the reason, and is not tried again.
    await rig.app.store.transaction((tx) =>
      tx.table(outbox).put({
        id: 'late',
        kind: 'notice',
        person: null,
        place: `msteams|${group}`,
        reply: { text: '晚了' },
        lines: [],
        later: null,
        from: null,
        instead: null,
        state: 'due',
        due: '2020-01-01T00:00:00.000Z',
        attempts: 0,
        at: '2020-01-01T00:00:00.000Z',
        day: '',
        week: '',
        error: null,
      }),
    );
    const calls = rig.connector.calls.length;
    await rig.app.pump();
    await rig.app.pump();
    expect(rig.connector.calls).toHaveLength(calls);
    expect(await rig.app.store.read((tx) => tx.table(outbox).get('late'))).toMatchObject({
      state: 'failed',
      attempts: 1,
      error: '会商助手已经被移出这里',
    });

    await happens(here, 'conversationUpdate', { membersAdded: [BOT] });
    await happens(here, 'installationUpdate', { action: 'add' });
    const welcomes = here.messages().filter((message) => words(message).includes('助手：'));
    expect(welcomes).toHaveLength(1);
    await report('三');
    expect(words(here.messages().at(-1))).toContain('三');
  });

  it('keeps up with a service that moves, at whatever happens', async () => {
    const group = '19:moves@thread.v2';
    await happens(who(group), 'installationUpdate', { action: 'add' });
    const moved = { ...who(group).from, serviceUrl: `${rig.connector.url}emea/` };
    await rig.post(other(moved, 'conversationUpdate', { membersRemoved: [{ id: '29:someone' }] }));
    expect(await place(group)).toMatchObject({ ref: { serviceUrl: `${rig.connector.url}emea/` } });
  });

  it('greets those who join once, and only when there is somebody to greet', async () => {
    const here = who('19:join@thread.v2');
    await here.says('帮助');
    const before = here.messages().length;
    const known = { id: '29:k', aadObjectId: here.from.account };
    await happens(here, 'conversationUpdate', { membersAdded: [known] });
    expect(here.messages()).toHaveLength(before);
    await happens(here, 'conversationUpdate', {
      membersAdded: [known, { id: '29:n', aadObjectId: 'aad-n' }],
    });
    await happens(here, 'conversationUpdate', { membersAdded: [{ id: '29:m', aadObjectId: 'aad-m' }] });
    expect(here.messages()).toHaveLength(before + 1);
    expect(titles(here.messages().at(-1))).toEqual(['绑定']);
  });
});

describe('a channel of a team', () => {
  const CHANNEL = '19:channel@thread.tacv2';
  const TEAM = { id: '19:team@thread.tacv2', name: '石桥' };
  const data = { tenant: { id: 'tenant-1' }, team: TEAM, channel: { id: CHANNEL } };
  const thread = (n: number) => `${CHANNEL};messageid=170${n}`;
  const inChannel = (body: Json) => ({
    ...body,
    channelData: { ...data, ...body.channelData },
    conversation: { ...body.conversation, conversationType: 'channel' },
  });
  const say = async (n: number, text: string) => {
    const from = rig.person('wang-haiyan', thread(n)).from;
    expect((await rig.post(inChannel(says(from, text)))).status).toBe(200);
    await rig.app.pump();
    return rig.connector.messages(thread(n)).at(-1);
  };

  it('is bound as a whole; answers stay in their thread, what concerns the unit begins one', async () => {
    expect((await say(1, '绑定本群'))?.text).toContain('本群归石桥镇党委');
    expect((await say(2, '绑定本群'))?.text).toContain('本群已经归石桥镇党委');
    expect((await place(CHANNEL))?.unit).toBe('qingshan-shiqiao');
    expect(await place(thread(1))).toBeUndefined();

    const secretary = rig.person('huang-wenchang');
    await secretary.says('上报 渠道堵了');
    await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' });
    await rig.app.pump();
    const posted = rig.connector.messages(CHANNEL).at(-1);
    expect(words(posted)).toContain('渠道堵了');

    const [number = ''] = /WT-\d{4}-\d{4}/.exec(words(posted)) ?? [];
    const shown = await say(2, number);
    expect(words(shown)).toContain('渠道堵了');
    const from = rig.person('wang-haiyan', thread(2)).from;
    await rig.post(inChannel(executes(from, shown?.id, 'issues.accept', { issue: number })));
    await rig.app.pump();
    // Each card is redrawn where it is.
    const drawn = (where: string, id: string) =>
      rig.connector.calls.some(
        ({ method, conversation, target }) => method === 'PUT' && conversation === where && target === id,
      );
    expect(drawn(thread(2), shown?.id)).toBe(true);
    expect(drawn(CHANNEL, posted?.id)).toBe(true);
  });

  it('goes with its team, and comes back when somebody speaks there', async () => {
    await say(3, '帮助');
    const general = rig.person('wang-haiyan', TEAM.id).from;
    await rig.post(
      inChannel(other(general, 'conversationUpdate', { channelData: { eventType: 'teamDeleted' } })),
    );
    expect((await place(CHANNEL))?.gone).toBe('这个团队已经删除或归档');
    await say(3, '帮助');
    expect((await place(CHANNEL))?.gone).toBeNull();
    await rig.post(
      inChannel(other(general, 'conversationUpdate', { channelData: { eventType: 'channelDeleted' } })),
    );
    expect((await place(CHANNEL))?.gone).toBe('这个频道已经删除');
  });
});
