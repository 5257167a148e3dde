/** The stories of the programme over DingTalk, however its cards are drawn: with fields, with buttons, in words. */
import { afterEach, describe, expect, it } from 'vitest';
import { files } from '../../src/bot/files/tables.ts';
import { issues } from '../../src/features/issues/model.ts';
import { meetings } from '../../src/features/meetings/model.ts';
import { checkins } from '../../src/features/tasks/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { hashOf } from '../../src/store/files.ts';
import { until } from '../channels/dingtalk/kit.ts';
import { CORP, type Message } from '../fake-dingtalk.ts';
import { photo, placed } from '../samples.ts';
import { type DingtalkRig, fills, pressables, said, startDingtalkRig } from './dingtalk.rig.ts';

const GROUP = 'cidShiqiao0==';
/** What a camera writes beside the picture. */
const PLACE = 'GPS-34.7466N-113.6254E';
let rig: DingtalkRig;
afterEach(() => rig.end());

const titles = (message: Message) => pressables(message).map(({ title }) => title);
const numberIn = (message: Message) => /[A-Z]{2}-\d{4}-[\d-]{2,}/.exec(said(message))?.[0] ?? '';
const issue = (id: string) => rig.app.store.read((tx) => tx.table(issues).get(id));

describe.each(['form', 'basic', 'words'] as const)('over DingTalk with cards as %s', (tier) => {
  it('an issue goes from 上报 to 销号, and nobody else can press', async () => {
    rig = await startDingtalkRig({ tier });
    const secretary = rig.person('huang-wenchang');
    const township = rig.person('huang-changqing');
    await township.says('帮助');
    await secretary.shows('上报 村口路灯坏了', placed(1, PLACE));
    const done = await fills(
      secretary,
      '提交',
      { title: '村口路灯坏了', star: 'pingan-fazhi', aspect: '物' },
      ['关系到哪颗星：平安法治星', '哪方面的问题：物'],
    );
    const id = numberIn(done);
    expect(await issue(id)).toMatchObject({ title: '村口路灯坏了', state: 'pending' });
    expect(said(township.last())).toContain('请您受理');
    // The photo that came with the words, for whom it concerns, and nothing beside the picture.
    const look = await fetch(township.find('看照片').pressed.url ?? '');
    expect(Buffer.from(await look.arrayBuffer())).toEqual(photo(1));
    // Somebody who learnt the name of the button, in a chat that is not theirs.
    const { pressed } = township.find('受理');
    if (pressed.button) {
      const ack = await rig.fake.press(township.last().id, 'chen-delin', pressed.button);
      expect(ack).toMatchObject({ code: 200, answer: { response: {} } });
    } else expect(said(await rig.person('chen-delin').says(pressed.sends ?? ''))).toContain('与您的单位无关');
    expect(await issue(id)).toMatchObject({ state: 'pending' });

    expect(said(await township.presses('受理'))).toContain('办理中');
    await township.presses('办结');
    await fills(township, '办结', { words: '三盏都换好了' }, ['怎么解决的：三盏都换好了']);
    expect(await issue(id)).toMatchObject({ state: 'verifying', result: '三盏都换好了' });
    await secretary.presses('满意销号');
    expect(await issue(id)).toMatchObject({ state: 'closed', verdict: '满意' });
  });

  it('a meeting is called after a last look, and the invited join', async () => {
    rig = await startDingtalkRig({ tier });
    const lead = rig.person('guo-chengye');
    const invited = rig.person('yu-zhenbang');
    await invited.says('帮助');
    await lead.says('会商 发起 下周三下午3点');
    const place = '市委三楼会议室';
    const last = await fills(lead, '发起会商', { place }, [`地点或链接：${place}`]);
    expect(said(last)).toContain(place);
    await lead.presses('发起会商');
    const found = await rig.app.store.read((tx) => tx.table(meetings).get('HS-2026-11-01'));
    expect(found).toMatchObject({ place });
    expect(said(invited.last())).toContain('11月25日');
    expect(said(await invited.presses('参加'))).toContain('参加');
  });

  it('a task is given after a last look, and checked in by one line with a photo, and one more', async () => {
    rig = await startDingtalkRig({ tier });
    const organiser = rig.person('bai-zhiyuan');
    await organiser.says('下达任务 入户走访');
    await fills(organiser, '下达', {}, [
      '标准：35户',
      '哪些单位：below:qingshan-shiqiao',
      '截止日期：2026-11-27',
    ]);
    await organiser.presses('下达');
    await rig.app.tick();
    const secretary = rig.person('huang-wenchang');
    await secretary.shows('报进展 入户走访 35户 已覆盖三组', placed(2, PLACE));
    expect(said(await secretary.shows('', placed(3, PLACE)))).toContain('佐证：2个');
    const where = { round: 'RW-2026-0001|once' };
    const { rows } = await rig.app.store.read((tx) =>
      tx.table(checkins).find({ where, order: 'unit', limit: 10 }),
    );
    expect(rows).toMatchObject([{ amount: 35 }]);
    const kept = await rig.app.store.read((tx) =>
      Promise.all([2, 3].map((n) => tx.table(files).find({ where: { hash: hashOf(photo(n)) }, limit: 2 }))),
    );
    expect(kept.flatMap((found) => found.rows)).toMatchObject(Array(2).fill({ about: expect.any(String) }));
  });
});

it('a group is known at its first @, bound by a press, and shows each person their own buttons', async () => {
  rig = await startDingtalkRig();
  const head = rig.person('huang-changqing', GROUP);
  const secretary = rig.person('huang-wenchang', GROUP);
  await head.says('帮助');
  expect(head.messages().map(said).join()).toContain('绑定本群');
  expect(said(await head.presses('绑定本群'))).toContain('本群归石桥镇党委');
  await secretary.says('帮助');
  const alone = rig.person('huang-wenchang');
  await alone.says('上报 广场灯不亮');
  await alone.presses('提交', { title: '广场灯不亮', star: 'pingan-fazhi', aspect: '物' });
  const card = head.last();
  expect(said(card)).toContain('广场灯不亮');
  expect(titles(card)).toContain('受理');
  expect(titles(secretary.last())).not.toContain('受理');
  expect(said(await head.presses('受理'))).toContain('办理中');
  expect(said(secretary.last())).toContain('办理中');
  // A form is for whoever asked: the group does not see it, by word or by press.
  const before = secretary.messages().length;
  expect(head.messages().length).toBe(before);
  expect(said(await head.says('上报 门口积水'))).toContain('上报问题');
  expect(secretary.messages()).toHaveLength(before);
  await head.presses('办结');
  expect(head.messages().find(({ id }) => id === card.id)?.params.form).toContain('怎么解决');
  expect(said(secretary.last())).toContain('办理中');
});

it('who leaves the organisation is nobody from then on, and who is no one of it is told so', async () => {
  rig = await startDingtalkRig();
  const head = rig.person('huang-changqing');
  expect(said(await head.says('我的'))).toContain('石桥镇党委');
  await rig.fake.event('user_leave_org', { userId: ['huang-changqing'] });
  expect(said(await head.says('待办'))).toContain('我还不认识您');
  await rig.fake.say({ staff: 'somebody', text: '帮助', fields: { senderStaffId: undefined } });
  const seen = rig.fake.seen('p:somebody', 'somebody');
  expect(seen.map(said).join()).toContain('请用本单位的钉钉账号');
  await rig.fake.say({ staff: 'other', text: '帮助', fields: { senderCorpId: `${CORP}2` } });
  expect(rig.fake.seen('p:other', 'other').map(said).join()).toContain('请用本单位的钉钉账号');
});

it('somebody new says who they are, and is let in by a press', async () => {
  rig = await startDingtalkRig();
  const decides = rig.person('huang-wenchang');
  await decides.says('帮助');
  const fresh = rig.person('new-0001');
  expect(said(await fresh.says('绑定 李新 柳湾村党支部 联络员'))).toContain('提交');
  expect(pressables(decides.last()).map(({ title }) => title)).toContain('同意');
  await decides.presses('同意');
  expect(said(await fresh.says('我的'))).toContain('李新');
});

it('an export comes as a file where there is no address for a link', async () => {
  rig = await startDingtalkRig({ env: { NODE_ENV: 'production', HOST: '127.0.0.1' } });
  const organiser = rig.person('bai-zhiyuan');
  await organiser.says('导出审计');
  await until(async () => {
    await rig.app.pump();
    return organiser.messages().some(({ kind }) => kind === 'file');
  }, 20_000);
  expect(organiser.messages().findLast(({ kind }) => kind === 'file')?.text).toMatch(/^审计.*\.xlsx$/);
});

it('a second tap on what has just come under the finger does not count', async () => {
  rig = await startDingtalkRig({ now: () => instant('2026-11-20', '09:00') });
  const secretary = rig.person('huang-wenchang');
  const township = rig.person('huang-changqing');
  await township.says('帮助');
  await secretary.says('上报 村口路灯坏了');
  await secretary.presses('提交', { title: '村口路灯坏了', star: 'pingan-fazhi', aspect: '物' });
  await township.presses('受理');
  const { message, pressed } = township.find('办结');
  await rig.fake.press(message.id, township.staff, pressed.button ?? '');
  expect(township.last().params.status).toContain('卡片刚刚更新');
  await township.presses('办结');
  expect(township.last().params.form).toContain('怎么解决');
});
