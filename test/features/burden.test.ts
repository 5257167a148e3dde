/** 减负自查: what the bot asks of people, counted from the forms and messages themselves; and what can wait, waits. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outbox } from '../../src/bot/delivery/tables.ts';
import { createKit, inputsOf, type Kit, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;
let organiser: Screen;

beforeEach(async () => {
  // A Friday.
  kit = await createKit({ day: '2026-11-20' });
  [secretary, township, organiser] = kit.people('huang-wenchang', 'huang-changqing', 'bai-zhiyuan');
});
afterEach(() => kit.end());

const said = async (who: Screen, words: string) => wordsOf((await who.say(words)).card);
async function assign(title: string): Promise<void> {
  await township.say(`下达任务 ${title}`);
  await township.click('下达', { standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' });
  await township.click('下达');
}

describe('减负自查', () => {
  it('counts the fields of the forms that were handed out, as they were', async () => {
    expect(await said(organiser, '减负自查')).toContain('还没有人打开过表');
    const report = await secretary.say('上报 路灯坏了');
    const fields = Object.keys(inputsOf(report.card)).length;
    expect(fields).toBeGreaterThan(3);
    const opinion = await secretary.say('意见');
    expect(Object.keys(inputsOf(opinion.card))).toHaveLength(1);
    const card = await said(organiser, '减负自查');
    expect(card).toContain(`2种表，平均${((fields + 1) / 2).toFixed(1)}项，最多${fields}项（上报`);
    expect(card).toContain('国办函〔2026〕12号：不得重复、随意要求填报');
    const each = await said(organiser, '每张表问几项');
    expect(each).toMatch(new RegExp(`上报\\S* +问${fields}项，必填\\d项 31天打开1次`));
    expect(each).toMatch(/意见 +问1项，必填1项 31天打开1次/);
  });

  it('finds that no picture must be sent, and names what is asked for twice', async () => {
    await assign('入户走访');
    await secretary.say('报进展 RW-2026-0001');
    const each = await said(organiser, '每张表问几项');
    expect(each).toContain('报进展 ');
    expect(each).not.toContain('报进展：');
    expect(await said(organiser, '减负自查')).toMatch(
      /必填的照片、视频、定位0项；写了要佐证的任务0项[\s\S]*同名的任务0组/,
    );
    await assign('入户走访');
    await township.say('催办 RW-2026-0001');
    expect(await said(organiser, '减负自查')).toMatch(/同名的任务1组：入户走访；近四周催办1次/);
  });

  it('counts the messages of last week by the delivery records: on average, and who had too many', async () => {
    const sent = async () => {
      const { rows } = await kit.store.read((tx) => tx.table(outbox).find({ order: 'at', limit: 1000 }));
      return rows.filter(({ person, state, kind }) => person && state === 'sent' && kind !== 'reply').length;
    };
    for (let n = 1; n <= 7; n++) {
      const where = { aspect: '物', star: 'pingan-fazhi', source: '自查' };
      await secretary.say(`上报 第${n}件事`);
      await secretary.click('提交', where);
    }
    const count = await sent();
    expect(count).toBeGreaterThan(7);
    kit.time('2026-11-23');
    const card = await said(organiser, '减负自查');
    expect(card).toMatch(/上周平均每人0\.\d条，超过5条的\d+人（\d+\.\d%），最多7条/);
    expect(card).toContain('石桥镇党委7条');
    expect(card).not.toContain('黄长青');
    const own = await said(township, '减负自查');
    expect(own).toContain('上周最多7条');
    expect(own).not.toContain('消息多的');
  });

  it('is for heads and the organiser, who sees what became of opinions too', async () => {
    expect((await secretary.say('减负自查')).text).toContain('由各单位负责人和市委组织部来看');
    expect((await kit.person('wang-haiyan').say('减负自查')).text).toContain('意见');
    await secretary.say('意见 表太多');
    await secretary.click('提交');
    kit.time('2026-11-30');
    expect(await said(organiser, '减负自查')).toContain('待答复1条，超期1条');
    expect(await said(township, '减负自查')).not.toContain('待答复');
  });
});

describe('what can wait', () => {
  it('comes with the next digest once there were three messages in the week, as long as it is true', async () => {
    const titles = ['环境整治', '入户走访', '防汛巡查', '政策宣讲', '垃圾清运'];
    for (const title of titles) await assign(title);
    const came = (await secretary.messages()).map(({ text }) => text).join('\n');
    expect(titles.map((title) => came.includes(title))).toEqual([true, true, true, false, false]);
    // It is there all the same, for who looks.
    expect(await said(secretary, '待办')).toContain('垃圾清运');
    await secretary.say('打卡 垃圾清运 35户');
    await kit.tick('2026-11-23', '08:31');
    const digest = wordsOf((await secretary.last()).card);
    expect(digest).toContain('政策宣讲');
    expect(digest).not.toMatch(/垃圾清运|环境整治/);
  });
});
