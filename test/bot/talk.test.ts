/** What people say beside commands: talk and questions are answered, trouble opens the form, slips are named; nothing is sent. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issues } from '../../src/features/issues/model.ts';
import { buttonsOf, createKit, inputsOf, type Kit, type Message, type Screen, wordsOf } from '../kit.ts';

let kit: Kit;
let secretary: Screen;
let township: Screen;

beforeEach(async () => {
  kit = await createKit();
  [secretary, township] = kit.people('huang-wenchang', 'huang-changqing');
});
afterEach(() => kit.close());

const isForm = ({ card }: Message) => 'title' in inputsOf(card);
const said = ({ text, card }: Message) => `${text} ${wordsOf(card)}`;
const titles = ({ card }: Message) => buttonsOf(card).map(({ title }) => title);
const count = () => kit.store.read((tx) => tx.table(issues).count());

describe('a sentence', () => {
  it('is reported with one press: its first clause is the title, the rest the details, what is guessed says so', async () => {
    const form = await secretary.say('村口路灯坏了三天了，晚上黑得很，老人不敢出门');
    expect(inputsOf(form.card)).toMatchObject({
      title: '村口路灯坏了三天了',
      details: '晚上黑得很，老人不敢出门',
      star: 'shengtai-yiju',
      aspect: '物',
      urgency: '一般',
    });
    const labels = JSON.stringify(form.card);
    for (const label of ['关系到哪颗星', '哪方面的问题', '缓急']) expect(labels).toContain(`${label} （猜的`);
    expect(await count()).toBe(0);
    await secretary.click('提交');
    expect(await kit.store.read((tx) => tx.table(issues).get('WT-2026-0001'))).toMatchObject({
      title: '村口路灯坏了三天了',
      star: 'shengtai-yiju',
      state: 'pending',
    });
  });

  it('may be polite, pasted, traditional, marked up, long, or begin like a command', async () => {
    for (const [words, title, details] of [
      ['您好，我想反映一下，我村自来水管破了，麻烦领导看看', '我村自来水管破了', /麻烦领导看看/],
      ['我要上报村口路灯坏了', '村口路灯坏了', /^$/],
      ['我想反映：村口路灯坏了！晚上很黑。', '村口路灯坏了', /晚上很黑/],
      ['上報 村口路燈壞了', '村口路燈壞了', /^$/],
      [
        '張三 10:32\n村口那段路塌了個坑\n李四 10:33\n對，昨天還有人騎車摔了',
        '村口那段路塌了個坑',
        /騎車摔了/,
      ],
      ['王姐：3单元下水道又堵了\n刘大爷：臭得不行\n[图片]', '3单元下水道又堵了', /臭得不行/],
      ['各位领导好\n自来水停了五天\n老人没水喝', '自来水停了五天', /^老人没水喝$/],
      ['我是柳湾村的\n高龄补贴今年一分没发\n去年说系统升级', '高龄补贴今年一分没发', /我是柳湾村的\n去年/],
      ['审计说我们村的账对不上', '审计说我们村的账对不上', /^$/],
      ['谢谢，但是路灯还没修好', '谢谢，但是路灯还没修好', /^$/],
      ['帮助困难群众修房子的钱一直没到账', '帮助困难群众修房子的钱一直没到账', /^$/],
      ['取消低保的名单没公示，大家有意见', '取消低保的名单没公示', /大家有意见/],
      ['任务太重了，村里就三个干部，忙不过来', '任务太重了', /忙不过来/],
      ['参加合作医疗的钱退不回来，跑了三趟', '参加合作医疗的钱退不回来', /跑了三趟/],
      ['问题是三组的水渠堵了，田里浇不上水', '问题是三组的水渠堵了', /浇不上水/],
      ['待办的低保申请三个月没批下来', '待办的低保申请三个月没批下来', /^$/],
      ['提醒老人注意，村里有人卖假药骗钱', '提醒老人注意', /卖假药/],
      ['@张三 村口路灯坏了，见 https://evil.example/a?b=1', '村口路灯坏了', /https:\/\/evil\.example/],
      ['**村口路灯坏了** [点我](http://evil.example)', /村口路灯坏了/, /^/],
      ['村口路灯坏了'.repeat(300), /^(?:村口路灯坏了)+/, /(?:村口路灯坏了){100}/],
    ] as const) {
      const form = await secretary.say(words);
      expect([words, isForm(form)]).toEqual([words, true]);
      const { title: t, details: d } = inputsOf(form.card);
      expect([words, t]).toEqual([words, typeof title === 'string' ? title : expect.stringMatching(title)]);
      expect([words, d ?? '']).toEqual([words, expect.stringMatching(details)]);
    }
    expect(await count()).toBe(0);
  });

  it('may come in lines with the labels of the form, all of them or some', async () => {
    const form = await secretary.say(
      '上报\n标题：路灯坏了\n详情：三天了\n星：平安法治\n方面：治\n晚上没人敢走',
    );
    expect(inputsOf(form.card)).toMatchObject({
      ...{ title: '路灯坏了', star: 'pingan-fazhi', aspect: '治' },
      details: '三天了\n晚上没人敢走',
    });
    const labels = JSON.stringify(form.card);
    expect(labels).toContain('缓急 （猜的');
    expect(labels).not.toContain('关系到哪颗星 （猜的');
    await secretary.say('取消');
    const late = await secretary.say('提交\n标题：路灯坏了\n详情：三天了\n晚上没人敢走');
    expect(inputsOf(late.card)).toMatchObject({ title: '路灯坏了', details: '三天了\n晚上没人敢走' });
    await secretary.say('取消');
    const other = await secretary.say('上报 村口的桥断了，过不去\n缓急：紧急');
    expect(inputsOf(other.card)).toMatchObject({ title: '村口的桥断了', details: '过不去', urgency: '紧急' });
    expect(await count()).toBe(0);
  });

  it('that names a branch below fills it in', async () => {
    const form = await township.say('柳湾村的自来水停了两天了，群众意见很大');
    expect(inputsOf(form.card)).toMatchObject({ branch: 'qingshan-shiqiao-liuwan', star: 'shengtai-yiju' });
  });
});

describe('talk', () => {
  it('is answered and never becomes a report', async () => {
    const all = [
      ...[
        '你好',
        '您好',
        '您好！',
        '领导好',
        '大家早上好',
        '在吗',
        '在吗？',
        '有人吗',
        '早上好啊',
        'hi',
        'Hello!',
      ],
      ...['谢谢', '谢谢您啦', '多谢领导', '非常感谢您的帮助', '辛苦了', '太感谢了！', '麻烦您了，谢谢🙏'],
      ...[
        '好的',
        '好的，收到',
        '收到，马上办',
        '知道了',
        '嗯嗯',
        'OK',
        'ok👌',
        '行',
        '明白了，谢谢',
        '没问题',
        '👍',
        '哈哈哈哈哈哈',
      ],
      ...['你是谁', '你是谁呀？', '您是机器人吗', '你能做什么', '你会干什么', '你叫什么名字'],
      ...[
        '怎么用',
        '这个怎么用？',
        '怎么使用这个机器人',
        '不会用',
        '教教我怎么用',
        '使用说明',
        '怎么上报问题',
        '在哪里报进展',
        '如何绑定单位',
      ],
      ...['收到！马上落实', '已完成', '路灯的事办好没有', '昨天报的路灯修了吗'],
      ...['再见', '拜拜', '测试', '测试一下', 'test', '123456', '......', '？？？', '😀😀😀😀😀😀'],
    ];
    for (const [words, answered] of [
      ['您好', '您好，我在'],
      ['领导好', '您好，我在'],
      ['好的', '好的'],
      ['收到，谢谢', '不客气'],
      ['谢谢你们把路灯修好了', '不客气'],
      ['感谢领导，水来了', '不客气'],
      ['我代表村民感谢大家', '不客气'],
      ['帮助帮助', '您是想'],
      ['你是谁', '会商助手'],
    ] as const)
      expect([words, said(await secretary.say(words))]).toEqual([words, expect.stringContaining(answered)]);
    // What is asked about can be pressed.
    for (const [words, title] of [
      ['怎么上报问题', '上报'],
      ['在哪里报进展', '报进展'],
    ] as const)
      expect(titles(await secretary.say(words))).toEqual([title, '待办', '帮助']);
    for (const words of all) {
      const answer = await secretary.say(words);
      expect([words, isForm(answer)]).toEqual([words, false]);
      expect([words, said(answer).trim().length > 10]).toEqual([words, true]);
    }
  });

  it('that is none of these opens the form, whatever it speaks of: only 提交 sends it', async () => {
    for (const words of ['今天天气不错啊', '开会通知：明天上午九点三楼', '讲个笑话给我听吧'])
      expect([words, isForm(await secretary.say(words))]).toEqual([words, true]);
  });

  it('that asks is offered a way on, with the words kept', async () => {
    for (const words of [
      '请问帮助困难群众的政策问题怎么报',
      '帮助困难群众的政策怎么报',
      '养老保险怎么办理？',
      '今年合作医疗交多少钱',
      '危房改造需要什么材料',
      '低保申请要找谁？',
      '问一下高龄补贴几岁开始发',
      '咨询个事，户口迁移去哪里办',
      '星级支部怎么评的呀？',
      '下次会商什么时候开',
    ]) {
      const answer = await secretary.say(words);
      expect([words, isForm(answer)]).toEqual([words, false]);
      expect([words, titles(answer)]).toEqual([words, expect.arrayContaining(['帮助'])]);
    }
    expect(await count()).toBe(0);
  });
});

describe('commands', () => {
  it('that look for issues are known when the part comes first', async () => {
    await secretary.say('上报 村口路灯坏了');
    await secretary.click('提交', { star: 'pingan-fazhi' });
    for (const words of ['本月问题', '石桥镇的问题', '柳湾村的问题有哪些？', '平安法治星的问题'])
      expect([words, (await secretary.say(words)).text]).toEqual([
        words,
        expect.stringMatching(/的问题：.*村口路灯坏了/s),
      ]);
    expect(isForm(await secretary.say('村里吃水的问题一直没解决'))).toBe(true);
  });

  it('that have one word for two kinds of record are offered once', async () => {
    const offered = titles(await secretary.say('返回'));
    expect(offered).toContain('退回');
    expect(offered).toEqual([...new Set(offered)]);
  });

  it('are known by other words, politely, and in traditional characters', async () => {
    await secretary.say('上报 村口路灯坏了');
    await secretary.click('提交');
    for (const [words, shows] of [
      ['我要上报', /上报问题/],
      ['我想反映', /上报问题/],
      ['我想反映问题', /上报问题/],
      ['我有个事想反映', /上报问题/],
      ['我想上报一件事', /上报问题/],
      ['我上报的问题', /我上报的问题.*村口路灯坏了/s],
      ['逾期的问题', /超期/],
      ['已销号的', /已销号/],
      ['反映', /上报问题/],
      ['問題', /没销号的问题|未销号问题/],
      ['問題 已銷號', /已销号/],
      ['待辦', /待办/],
      ['幫助', /我能帮您做什么/],
      ['統計', /待受理.*1件|1件 待受理/],
      ['统计', /1件/],
      ['本月情况', /1件/],
      ['这个月情况怎么样', /1件/],
      ['上报了多少件问题', /1件/],
      ['我的待办', /待办|我的/],
      ['看一下待办', /待办/],
      ['查看问题', /问题/],
      ['报进展', /报进展/],
      ['打卡', /报进展/],
      ['WT-2026-1', /村口路灯坏了.*WT-2026-0001 等/],
      ['WT-1', /村口路灯坏了.*WT-2026-0001 等/],
      ['ＷＴ０００１。', /村口路灯坏了.*WT-2026-0001 等/],
      ['wt2', /没有找到“WT-2026-0002”/],
      ['ok 1', /好的|收到/],
      ['受理 WT-1', /没有找到“WT-1”/],
      ['ｗｔ－２０２６－１', /村口路灯坏了.*WT-2026-0001 等/],
      ['路灯到哪一步了', /“路灯”的问题.*村口路灯坏了/s],
      ['我昨天报的村口路灯的事现在办到哪一步了？', /“村口路灯”的问题.*村口路灯坏了/s],
      ['会商到哪一步了', /一月一会商/],
      ['我报的事到哪一步了', /我上报的.*村口路灯坏了/s],
      ['WT-2026-1 到哪一步了', /村口路灯坏了.*WT-2026-0001 等/],
      ['请问WT-2026-1到哪一步了', /村口路灯坏了.*WT-2026-0001 等/],
      ['查一下 wt2026-0001 办好没有', /村口路灯坏了.*WT-2026-0001 等/],
      ['我昨天报的WT-2026-0001办好了吗？', /村口路灯坏了.*WT-2026-0001 等/],
      ['撤回一下', /请写上问题的编号/],
    ] as const) {
      const answer = await secretary.say(words);
      expect([words, said(answer)]).toEqual([words, expect.stringMatching(shows)]);
    }
    expect(await count()).toBe(1);
  });

  it('with a slip of the finger are suggested, with what stands behind them', async () => {
    for (const [words, title, data] of [
      ['代办', '待办', {}],
      ['帮住', '帮助', {}],
      ['问提', '问题', {}],
      ['上抱', '上报', {}],
      ['上抱 村口路灯坏了', '上报', { words: '村口路灯坏了' }],
      ['报上 村口路灯坏了', '上报', { words: '村口路灯坏了' }],
      ['打咔 入户走访 35户', '报进展', { line: '入户走访 35户' }],
      ['抱进展', '报进展', {}],
      ['催半 RW-2026-0001', '催办', { task: 'RW-2026-0001' }],
      ['受里 WT-2026-1', '受理', { issue: 'WT-2026-0001' }],
      ['办截WT-2026-0001 已修好', '办结', { issue: 'WT-2026-0001', words: '已修好' }],
      ['統记', '统计', {}],
    ] as const) {
      const answer = await secretary.say(words);
      expect([words, said(answer)]).toEqual([words, expect.stringContaining('您是想')]);
      const button = buttonsOf(answer.card).find((one) => one.title === title);
      expect([words, button?.data]).toEqual([words, expect.objectContaining(data)]);
    }
    expect(await count()).toBe(0);
  });
});
