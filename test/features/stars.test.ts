/** 创星: from the application of a branch to the naming, step by step, by those whose step it is. */
import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import readXlsx from 'read-excel-file/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { starsHeld } from '../../src/features/branches/index.ts';
import { getUnit } from '../../src/features/orgs/index.ts';
import { applications, isDrawn } from '../../src/features/stars/model.ts';
import { buttonsOf, createKit, inputsOf, type Kit, wordsOf } from '../kit.ts';

const LIUWAN = 'qingshan-shiqiao-liuwan';
const STAR = 'chanye-xingwang';
/** The head of the department that leads the star. */
const LEAD = 'chen-qiming';
const ID = `${LIUWAN}|${STAR}|2026`;
let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ day: '2026-12-01' });
});
afterEach(() => kit.end());

const state = async (id = ID) => (await kit.store.read((tx) => tx.table(applications).get(id)))?.state;
const held = (day: string) => kit.store.read(async (tx) => starsHeld(tx, await getUnit(tx, LIUWAN), day));

async function apply(person: string, star: string) {
  const branch = kit.person(person);
  await branch.say('创星 申报');
  return branch.click('提交申报', { star, words: '合作社带动八十户' });
}

describe('a star', () => {
  it('that is the only one left is filled in', async () => {
    const form = await kit.person('cai-zhongyi').say('创星申报');
    expect(inputsOf(form.card)).toMatchObject({ star: 'chanye-xingwang' });
    expect(wordsOf(form.card)).toContain('产业兴旺星，记录里有');
  });

  it('goes from the branch to its naming, an objection holds that star alone, and the history is right on any day', async () => {
    await apply('huang-wenchang', STAR);
    expect(await state()).toBe('applied');
    const township = kit.person('huang-changqing');
    expect((await township.say('待办')).text + wordsOf((await township.last()).card)).toContain(
      '产业兴旺星申报1份',
    );
    expect(wordsOf((await township.say('评星 产业兴旺星')).card)).toContain('合作社带动八十户');
    expect((await kit.person('hao-haitao').say('同意申报 柳湾村 产业兴旺星')).text).toContain(
      '石桥镇党委来办',
    );
    await township.click('同意');
    expect(await state()).toBe('agreed');
    await kit.person('hao-haitao').say('评星 产业兴旺星');
    await kit.person('hao-haitao').click('同意');
    expect(await state()).toBe('reviewed');
    const lead = kit.person(LEAD);
    await lead.say('评星 产业兴旺星');
    await lead.click('认定');
    // Four stars with this one: the city looks.
    expect(await state()).toBe('checking');
    const organiser = kit.person('bai-zhiyuan');
    await organiser.say('评星 产业兴旺星');
    await organiser.click('同意');
    expect(await state()).toBe('ready');

    // Another star of the same branch has come as far.
    const other = `${LIUWAN}|wenming-xingfu|2026`;
    await kit.store.transaction(async (tx) => {
      const known = await tx.table(applications).get(ID);
      if (!known) throw new Error('no application');
      const { rev: _, ...row } = known;
      await tx.table(applications).put({ ...row, id: other, star: 'wenming-xingfu', lead: 'minzhengju' });
    });
    kit.time('2026-12-07');
    await organiser.say('开始公示');
    expect((await organiser.last()).text + wordsOf((await organiser.last()).card)).toContain(
      '12月7日到12月11日',
    );
    await organiser.click('开始公示');
    expect(await state()).toBe('public');
    const neighbour = kit.person('chen-delin');
    expect(wordsOf((await neighbour.say('公示 柳湾村')).card)).toContain('产业兴旺星');
    await neighbour.say('提异议 柳湾村 产业兴旺星 合作社去年就停了');
    expect(await state()).toBe('objected');
    expect(await state(other)).toBe('public');
    // The branch hears that there is one, not from whom.
    const seen = wordsOf((await kit.person('huang-wenchang').say('公示 柳湾村')).card);
    await kit.person('huang-wenchang').press('stars.show', { application: ID });
    const shown = wordsOf((await kit.person('huang-wenchang').last()).card);
    expect(shown).toContain('提异议');
    expect(`${seen} ${shown}`).not.toContain('陈德林');
    expect(`${seen} ${shown}`).not.toContain('去年就停了');
    kit.time('2026-12-11');
    await organiser.say('命名 示党建〔2026〕29号');
    const early = await organiser.click('命名', { document: '示党建〔2026〕29号', date: '2026-12-11' });
    expect(early.text + wordsOf((await organiser.last()).card)).toContain('公示期满');
    kit.time('2026-12-14');
    await organiser.say('命名 示党建〔2026〕29号');
    await organiser.click('命名', { document: '示党建〔2026〕29号', date: '2026-12-14' });
    await organiser.click('命名');
    expect([await state(), await state(other)]).toEqual(['objected', 'named']);

    expect(wordsOf((await organiser.say('待办')).card)).toContain('请处理异议');
    // Nothing that could be agreed to together.
    const waiting = await organiser.say('评星');
    expect(buttonsOf(waiting.card).map(({ title }) => title)).not.toContain('全部同意');
    expect(wordsOf((await organiser.click('产业兴旺星')).card)).toContain('请核实后点“处理异议”');
    await organiser.say('处理异议 柳湾村 产业兴旺星');
    await organiser.click('处理异议', { outcome: 'dismiss', words: '实地看过，合作社在运转' });
    expect(await state()).toBe('public');
    await organiser.say('命名 示党建〔2026〕30号');
    await organiser.click('命名', { document: '示党建〔2026〕30号', date: '2026-12-14' });
    await organiser.click('命名');
    expect(await state()).toBe('named');
    expect(await held('2026-12-13')).not.toContain(STAR);
    expect(await held('2026-12-14')).toContain(STAR);
    expect(wordsOf((await kit.person('huang-wenchang').say('支部')).card)).toContain('示党建〔2026〕30号');
    expect(wordsOf((await organiser.say('公开')).card)).toContain('产业兴旺星45/113');
    await files();
  });

  async function files() {
    const { card } = await kit.bot.draw(
      { text: '', card: { subject: { kind: 'naming', id: '示党建〔2026〕30号' } } },
      'chen-delin',
    );
    const urls = (card && 'links' in card ? card.links : []).map(({ url }) => url.split('/d/')[1] ?? '');
    const [docx, xlsx] = await Promise.all(urls.map((token) => kit.bot.download(token)));
    if (!docx || !xlsx || typeof docx === 'string' || typeof xlsx === 'string') throw new Error('no files');
    const xml = Buffer.from(unzipSync(docx.body as Uint8Array)['word/document.xml'] ?? []).toString();
    expect(xml).toContain('示党建〔2026〕30号');
    expect(xml).toContain('柳湾村党支部（石桥镇党委）');
    const rows = await readXlsx(Buffer.from(xlsx.body as Uint8Array));
    expect(JSON.stringify(rows)).toContain('柳湾村党支部');
  }

  it('waits with a reason, which the branch hears, and can be applied for again', async () => {
    await apply('huang-wenchang', STAR);
    const township = kit.person('huang-changqing');
    await township.say('评星 产业兴旺星');
    const refused = await township.click('暂缓');
    expect(refused.text + wordsOf((await township.last()).card)).toContain('原因');
    expect(await state()).toBe('applied');
    await township.say('暂缓 柳湾村 产业兴旺星 再巩固一段');
    expect(await state()).toBe('deferred');
    expect((await kit.person('huang-wenchang').last()).text).toContain('再巩固一段');
    expect((await apply('huang-wenchang', STAR)).text).toContain('已申报');
    expect(await state()).toBe('applied');
  });

  it('is not applied for twice, nor held or not its own, nor by others, and nothing is said of what one may not see', async () => {
    await apply('huang-wenchang', STAR);
    expect((await apply('huang-wenchang', STAR)).text).toContain('已经申报了');
    expect((await apply('huang-wenchang', 'pingan-fazhi')).text).toContain('已经有了');
    expect((await kit.person('huang-changqing').say('创星 申报')).text).toContain('支部自己申报');
    const stranger = kit.person('chen-delin');
    const known = (await stranger.press('stars.show', { application: ID })).shown.text;
    const unknown = (await stranger.press('stars.show', { application: 'nobody|x|2026' })).shown.text;
    expect(known).toBe(unknown);
  });

  it('is agreed to all at once, after a look, and by nobody a second time', async () => {
    for (const person of ['huang-wenchang', 'chen-delin']) await apply(person, STAR);
    const township = kit.person('huang-changqing');
    await township.say('全部同意 产业兴旺星');
    expect(wordsOf((await township.last()).card)).toMatch(/一起同意[12]份/);
    await township.click('全部同意');
    expect(await state()).toBe('agreed');
    expect((await township.say('全部同意 产业兴旺星')).text).toContain('没有等本单位评的');
    expect(buttonsOf((await kit.person('huang-wenchang').say('创星')).card).length).toBeGreaterThan(0);
  });

  it('is looked at by the city for about a tenth of the branches below four stars, the same each time', () => {
    const all = Array.from({ length: 2_000 }, (_, i) => createHash('sha256').update(String(i)).digest('hex'));
    const drawn = all.filter((branch) => isDrawn(branch, '2026'));
    expect(drawn.length).toBeGreaterThan(120);
    expect(drawn.length).toBeLessThan(280);
    expect(all.filter((branch) => isDrawn(branch, '2026'))).toEqual(drawn);
  });
});

describe('a star that is not kept', () => {
  const lead = () => kit.person('guo-chengye');

  it('is taken after a warning, once the branch was heard, by another one than who proposed it', async () => {
    const branch = kit.person('huang-wenchang');
    const organiser = kit.person('bai-zhiyuan');
    expect((await lead().say('摘星 柳湾村 平安法治星 半年反弹两次')).text).toContain('先由牵头单位预警');
    await lead().say('预警 柳湾村 平安法治星 半年反弹两次');
    expect((await branch.last()).text).toContain('2027年1月30日前整改');
    expect((await lead().say('预警 柳湾村 平安法治星 半年反弹两次')).text).toContain('已经预警过了');
    kit.time('2027-02-01');
    expect(wordsOf((await lead().say('待办')).card)).toContain('限期到了');
    await lead().say('摘星 柳湾村 平安法治星 限期到了还没有整改');
    expect((await branch.last()).text).toContain('拟摘星');
    expect((await organiser.say('摘星 柳湾村 平安法治星')).text).toContain('还没有说明情况');
    await branch.say('说明情况 柳湾村 平安法治星 两户已经调解好了');
    expect(wordsOf((await organiser.say('摘星 柳湾村 平安法治星')).card)).toContain('两户已经调解好了');
    await organiser.click('摘星', { document: '示党建〔2027〕2号', reason: '限期到了还没有整改' });
    expect(await held('2027-01-31')).toContain('pingan-fazhi');
    expect(await held('2027-02-01')).not.toContain('pingan-fazhi');
    expect(wordsOf((await branch.say('支部')).card)).toContain('曾有平安法治星');
    expect(wordsOf((await organiser.say('公开')).card)).toContain('平安法治星104/174');
  });

  it('is kept when the lead says so, and a branch that says nothing is waited for five working days only', async () => {
    await lead().say('预警 柳湾村 平安法治星 半年反弹两次');
    await lead().say('保星 柳湾村 平安法治星');
    expect((await kit.person('huang-wenchang').last()).text).toContain('保住了');
    kit.time('2026-12-02');
    await lead().say('预警 柳湾村 平安法治星 又反弹了');
    await lead().say('拟摘星 柳湾村 平安法治星 没有整改');
    kit.time('2026-12-10');
    await kit.person('bai-zhiyuan').say('摘星 柳湾村 平安法治星');
    await kit.person('bai-zhiyuan').click('摘星', { document: '示党建〔2026〕40号', reason: '没有整改' });
    expect(await held('2026-12-10')).not.toContain('pingan-fazhi');
  });
});
