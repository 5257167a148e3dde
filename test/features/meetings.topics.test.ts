/** Stories of 提议题: a unit proposes, the convener finds it in the next agenda, takes it, leaves it or drops it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { meetings, topics } from '../../src/features/meetings/model.ts';
import { buttonsOf, createKit, inputsOf, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let lead: Screen; // 市委政法委 leads 平安法治星
let police: Screen; // 市公安局, a responsible unit of it
let justice: Screen;
let secretary: Screen;
let organiser: Screen;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', time: '09:00' });
  [lead, police, justice] = kit.people('guo-chengye', 'yu-zhenbang', 'du-aiqin');
  [secretary, organiser] = kit.people('huang-wenchang', 'bai-zhiyuan');
  await kit.bot.tick();
});
afterEach(() => kit.end());

const topic = (id = 'TY-2026-0001') => kit.store.read((tx) => tx.table(topics).get(id));
const draft = async () =>
  String(inputsOf((await lead.say('会商 发起 11月27日下午3点')).card).agenda).split('\n');
const LINE = '夜间巡防怎么分片（市公安局提）〔TY-2026-0001〕';

async function callWith(agenda: string) {
  await lead.say('会商 发起 11月27日下午3点');
  await lead.click('发起会商', { place: '三楼', agenda });
  await lead.click('发起会商');
}

it('goes into the next agenda, and says where it went when the meeting is called', async () => {
  const done = await police.say('提议题 平安法治星 夜间巡防怎么分片');
  expect(done.text).toContain('编号 TY-2026-0001，放进下次平安法治星会商的议题，由市委政法委定');
  expect((await lead.last()).text).toContain('市公安局给下次平安法治星会商提了一个议题：夜间巡防怎么分片。');
  expect(wordsOf((await lead.say('会商')).card)).toContain('提来的议题  夜间巡防怎么分片');
  expect(wordsOf((await police.say('会商')).card)).toContain('提出的议题  夜间巡防怎么分片');
  expect(await draft()).toEqual([LINE, '本月工作情况和下月安排']);
  await callWith(`${LINE}\n其他`);
  const meeting = await kit.store.read((tx) => tx.table(meetings).get('HS-2026-11-01'));
  expect(meeting?.items).toMatchObject([{ about: 'TY-2026-0001' }, { text: '其他' }]);
  expect(await topic()).toMatchObject({ state: 'taken', meeting: 'HS-2026-11-01' });
  expect((await police.messages()).map(({ text }) => text).join('\n')).toContain(
    '本单位提的议题“夜间巡防怎么分片”列入了 HS-2026-11-01',
  );
  expect((await police.say('撤下议题 TY-2026-0001 不用了')).text).toContain('已经列入 HS-2026-11-01');
  // A cancelled meeting talks about nothing: it waits for the next one.
  await lead.say('取消会商 HS-2026-11-01 合并到下月');
  expect(await draft()).toContain(LINE);
});

it('comes the next time when its line was taken out, and no more once it is dropped with a reason', async () => {
  await police.say('提议题 平安法治星 夜间巡防怎么分片');
  await callWith('其他');
  expect(await topic()).toMatchObject({ state: 'open', meeting: null });
  expect(await draft()).toContain(LINE);
  await lead.click('取消');
  await lead.say('会商');
  const card = await lead.click('夜间巡防怎么分片');
  expect(buttonsOf(card.card).map(({ title }) => title)).toEqual(['撤下议题']);
  await lead.click('撤下议题');
  const empty = await lead.click('撤下议题', { reason: '' });
  expect(wordsOf(empty.card)).toContain('请写原因');
  await lead.click('撤下议题', { reason: '已经单独办了' });
  expect((await police.last()).text).toContain('议题“夜间巡防怎么分片”撤下了：已经单独办了。');
  expect(await draft()).not.toContain(LINE);
  await lead.click('取消');
  expect((await lead.say('撤下议题 TY-2026-0001 再来')).text).toContain('已经撤下了');
});

it('asks which meeting where several can be meant, keeps what was typed, and names what does not fit', async () => {
  const form = await secretary.say('提议题 路灯谁来管');
  expect(inputsOf(form.card)).toMatchObject({ words: '路灯谁来管' });
  await secretary.click('提议题', { star: 'pingan-fazhi' });
  expect(await topic()).toMatchObject({ words: '路灯谁来管', star: 'pingan-fazhi', lead: 'zhengfawei' });
  await secretary.say(`提议题 平安法治星 ${'长'.repeat(120)}`);
  expect((await secretary.last()).text + wordsOf((await secretary.last()).card)).toContain('议题最多100个字');
  for (let i = 2; i <= 5; i++) await secretary.say(`提议题 平安法治星 第${i}件`);
  const full = await secretary.say('提议题 平安法治星 第6件');
  expect(full.text + wordsOf(full.card)).toContain('已有5个在等');
  expect(await topic('TY-2026-0006')).toBeUndefined();
});

it('takes the push of the quarter too, and is read by nobody else', async () => {
  await police.say('提议题 推进会 警务进村');
  const push = await organiser.say('推进会 发起 12月18日上午9点');
  expect(String(inputsOf(push.card).agenda)).toContain('警务进村（市公安局提）〔TY-2026-0001〕');
  const said = await justice.say('提议题 TY-2026-0001');
  expect(said.text).toContain('没有找到“TY-2026-0001”这个议题');
  expect(said.text).not.toContain('警务');
  expect(wordsOf((await police.say('提议题 TY-2026-0001')).card)).toContain('季度推进会');
});

it('is not taken by a line that somebody else wrote', async () => {
  await police.say('提议题 推进会 警务进村');
  await callWith('随便写〔TY-2026-0001〕');
  expect(await topic()).toMatchObject({ state: 'open' });
});
