/** The first month of a star over POST /api/messages: board, form, invitations, answers, sign-in, minutes, next agenda. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decisions, invites, meetings } from '../../src/features/meetings/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { executes, type Json } from '../fake-connector.ts';
import { onlyEvent, wordsOfDocument } from '../features/readers.ts';
import { actionsOf, calm, cardOf, inputsOf, type Rig, startRig, type TeamsPerson } from './rig.ts';

const ID = 'HS-2026-11-01';
const GROUP = '19:pingan-fazhi@thread.v2';
let rig: Rig;
let clock = instant('2026-11-20', '09:00');
let lead: TeamsPerson;
let police: TeamsPerson;
let justice: TeamsPerson;
let county: TeamsPerson;
beforeAll(async () => {
  rig = await startRig({ now: () => clock });
  const people = ['guo-chengye', 'yu-zhenbang', 'du-aiqin', 'hao-haitao'].map((id) => rig.person(id));
  [lead, police, justice, county] = people as [TeamsPerson, TeamsPerson, TeamsPerson, TeamsPerson];
  const secretary = rig.person('huang-wenchang');
  await secretary.says('上报 村口路灯坏了');
  await secretary.executes('提交', { star: 'pingan-fazhi', aspect: '物' });
  for (const person of [police, justice, county]) await person.says('帮助');
  await rig.person('guo-chengye', GROUP).says('绑定本群');
});
afterAll(() => rig.end());

const words = (message: Json | undefined) => JSON.stringify((message && cardOf(message)) ?? message);
const last = (person: TeamsPerson) => person.messages().at(-1) ?? {};
const link = (message: Json, title: string): string =>
  cardOf(message).actions.find((action: Json) => action.title === title)?.url;
const invite = (unit: string) => rig.app.store.read((tx) => tx.table(invites).get(`${ID}|${unit}`));
const meeting = () => rig.app.store.read((tx) => tx.table(meetings).get(ID));
const download = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
/** Press a button of a card that was given in a response, where that card was shown. */
async function goOn(person: TeamsPerson, response: Json, title: string, inputs: Json = {}): Promise<Json> {
  const action = actionsOf(response.value).find((a) => a.title === title);
  if (!action) throw new Error(`no button “${title}” in ${words(response)}`);
  const data = { ...inputsOf(response.value), ...inputs, ...calm(action.data) };
  const answer = await rig.post(executes(person.from, last(person).id, action.verb, data));
  expect(answer.status).toBe(200);
  await rig.app.pump();
  return answer.json();
}

it('goes from the board to the next agenda', async () => {
  // The board, and the form with the agenda from records.
  expect(words(await lead.says('会商'))).toContain('未发起');
  const form = await lead.says('会商 发起 下周三下午3点');
  expect(inputsOf(cardOf(form))).toMatchObject({ date: '2026-11-25', time: '15:00' });
  expect(inputsOf(cardOf(form)).agenda).toContain('村口路灯坏了（石桥镇党委，12月4日前）〔WT-2026-0001〕');
  const look = await lead.executes('发起会商', { place: '政法委三楼' });
  expect(words(look)).toContain('请6个单位');
  expect(await meeting()).toBeUndefined();
  expect(words(await goOn(lead, look, '发起会商'))).toContain('等各单位回复');

  // Answers: on one's own card, by both kinds of buttons, in the group, and typed; everybody sees the tally.
  expect(words(last(police))).toContain('请回复能不能来');
  expect(words(await police.executes('参加'))).toContain('已回复，开会前都可以改');
  await justice.submits('请假');
  await justice.submits('请假', { reason: '外出培训' });
  const group = rig.person('hao-haitao', GROUP);
  const [posted] = group.messages().filter((m) => m.attachments);
  expect(words(posted)).toContain('请各单位回复能不能来');
  const asked = await group.executes('派员', {}, posted);
  const substitute = actionsOf(asked.value).find(({ title }) => title === '派员');
  await rig.post(
    executes(group.from, posted?.id ?? '', 'meetings.substitute', {
      ...calm(substitute?.data),
      name: '王副书记',
    }),
  );
  await rig.app.pump();
  expect(await invite('sifaju')).toMatchObject({ answer: 'no', words: '外出培训' });
  expect(await invite('qingshan')).toMatchObject({ answer: 'sub', words: '王副书记', by: 'hao-haitao' });
  for (const shown of [last(lead), last(police), group.messages().find(({ id }) => id === posted?.id)])
    expect(words(shown)).toContain('参加1，派员1，请假1，未回复3');

  // Into the calendar; moved: everybody hears it, and the calendar too.
  const first = onlyEvent((await download(link(last(police), '加入日历'))).toString());
  expect(first.start.toISOString()).toBe('2026-11-25T07:00:00.000Z');
  const change = await lead.executes('改期');
  const move = { date: '2026-11-26', time: '09:30', reason: '会议室冲突' };
  expect(words(await goOn(lead, change, '改期', move))).toContain('11月26日 周四 09:30');
  expect(words(await county.executes('打开'))).toContain('改过1次：会议室冲突');
  const moved = (await police.executes('打开')).value;
  const second = onlyEvent(
    (await download(link({ attachments: [{ content: moved }] }, '加入日历'))).toString(),
  );
  expect([second.start.toISOString(), second.event.sequence]).toEqual(['2026-11-26T01:30:00.000Z', 1]);
  await police.executes('参加');
  await county.says(`派员 ${ID} 王副书记`);

  // An hour before, sign-in, late.
  clock = instant('2026-11-26', '08:31');
  await rig.app.tick();
  expect(last(police).summary).toContain('快开会了：09:30');
  await rig.app.pump();
  expect(words(await police.executes('到会'))).toContain('已到会');
  expect((await rig.person('huang-wenchang').says(`签到 ${ID}`)).text).toContain('这个会没有邀请您的单位');
  clock = instant('2026-11-26', '09:50');
  expect(words(await county.says(`签到 ${ID}`))).toContain('迟到');

  // Minutes: put aside half-way, gone on with, published to all.
  await lead.says(`填写纪要 ${ID}`);
  const draft = await lead.executes('存草稿', { decision1: '十天内修好，全镇排查', unit1: 'gonganju' });
  expect(words(draft)).toContain('纪要写了一半，请接着写');
  const again = await lead.says(`填写纪要 ${ID}`);
  expect(inputsOf(cardOf(again))).toMatchObject({ decision1: '十天内修好，全镇排查', unit1: 'gonganju' });
  const view = await lead.executes('提交纪要', { deadline1: '2026-12-05', decision2: '下月照常' });
  expect(words(await goOn(lead, view, '提交纪要'))).toContain('已出纪要');
  expect(words(await police.executes('打开'))).toContain('纪要已出，您单位有1件事要办');
  expect(words(await police.says('待办'))).toContain('十天内修好，全镇排查');
  const file = await download(link(await police.says(`下载纪要 ${ID}`), '打开'));
  const text = wordsOfDocument(file);
  for (const part of ['会商纪要', '王副书记，迟到', '十天内修好，全镇排查', '完成期限：2026年12月5日'])
    expect(text).toContain(part);
  if (process.env.SHOTS) await writeFile(join(process.env.SHOTS, 'minutes.docx'), file);

  // The next month opens with it; done, it is not spoken of any more.
  clock = instant('2026-12-02', '09:00');
  const next = await lead.says('会商 发起 12月9日上午9点');
  expect(inputsOf(cardOf(next)).agenda).toContain(
    `落实：十天内修好，全镇排查（市公安局，第2个月）〔${ID}-1〕`,
  );
  await lead.says('取消');
  await police.says(`已落实 ${ID}-1 都亮了`);
  await lead.executes('确认落实');
  expect(await rig.app.store.read((tx) => tx.table(decisions).get(`${ID}-1`))).toMatchObject({
    state: 'done',
    done: '都亮了',
  });
  expect(inputsOf(cardOf(await lead.says('会商 发起 12月9日上午9点'))).agenda).not.toContain('十天内修好');

  // Cancelled: all hear it, and old cards say so.
  await lead.executes('发起会商', { place: '三楼' }).then((shown) => goOn(lead, shown, '发起会商'));
  const old = last(justice);
  await lead.says('取消会商 HS-2026-12-01 并到下月');
  const late = await rig.post(executes(justice.from, old.id, 'meetings.come', { meeting: 'HS-2026-12-01' }));
  expect((await late.json()).value).toBe('这个会已经取消了。');
  for (const person of [justice, police, county]) expect(words(last(person))).toContain('并到下月');
  expect(words(justice.messages().find(({ id }) => id === old.id))).toContain('已取消');
});
