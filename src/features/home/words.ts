/** Words that call nothing: talk is answered, an amount of an open task is a check-in, trouble opens the report form. */
import { type Button, button, note, type Raw } from '../../bot/cards/spec.ts';
import { type Ctx, entries, type Outcome } from '../../bot/operation.ts';
import { type Call, type Nearest, SENTENCE } from '../../bot/turn/router.ts';
import { foldHan } from '../../lib/han.ts';
import { readPeriod } from '../../lib/periods.ts';
import { draft, figures, guessOf, list } from '../issues/index.ts';
import { allStars, findStar, searchUnits } from '../orgs/index.ts';
import { checkinIn } from '../tasks/index.ts';
import { rights } from './rights.ts';

/** Pieces of talk; of words that are made of nothing else, no more is meant. */
const PARTICLES =
  '[啊呀哦噢喔呢吧嘛哈了的喽啦诶欸哎]|领导|书记|主任|同志们?|老师|大家|各位|你们?|您们?|会商|小?助手|机器人';
const HELLO =
  '您好|你好|(?:领导|书记|主任|同志们?|老师|大家|各位)们?好|早上好|早安|上午好|中午好|下午好|晚上好|晚安|新年好|过年好|(?:节日|新年|春节|中秋|国庆|元旦|周末)(?:快乐|愉快)|哈喽|哈罗|好久不见|嗨|hi|hello|hey|在吗|在么|在不在|在线吗|有人吗|有人在吗|人呢|喂|^早';
const THANKS =
  '谢谢|多谢|感谢|谢|感激不尽|感激|麻烦|费心|辛苦|打扰|帮忙|帮助|支持|非常|十分|特别|真是?|太|好|一下|给|对|thanks?|thankyou|thx|3q';
/** These thank for help; alone they ask for it. */
const FOR_HELP = /^(?:帮助|帮忙|支持)+$/;
/** For something: 谢谢你们把路灯修好了, 感谢领导，水来了. */
const THANKING =
  /^(?:领导|书记|大家|真的?|太|非常|十分|特别|要|想|我们?|村民们?|群众|替.{1,6}|代表.{1,8})*(?:谢谢|多谢|感谢|谢过|辛苦)/;
const AGREED =
  '好的|好嘞|好滴|好|收到|知道|晓得|明白|了解|清楚|懂|嗯|恩|行|可以|没问题|没事|不用|不客气|没有|是的?|对|okay|ok|k|已阅|阅|遵命|照办|马上|立即|落实|安排|跟进|执行|照做|这就|去?办|哦|哈|呵|嘿|嘻|确认|同上|赞|厉害|不错|棒|666|1|我|都';
const BYE = '再见|拜|88|回见|回头见|先这样|下次聊|明天见';
const TESTING = '测试|试试|试|一下|test|testing|\\d';

const KINDS = {
  hello: '您好，我在。有什么事，直接说就行，比如：村口路灯坏了三天了。',
  thanks: '不客气，有事随时说。',
  agreed: '好的。要办的事发“待办”就能看到。',
  bye: '好的，再见。',
  testing: '收到，我在。有什么事，直接说就行。',
} as const;
/** Linear in the words: a pattern for the whole would try 好的好的… in every way there is. */
const madeOf = (...pieces: readonly string[]) => {
  const some = new RegExp([...pieces, PARTICLES].join('|'), 'g');
  return (words: string) => words.replace(some, '') === '';
};
/** What people say that is neither a command nor trouble, with what is answered, when it is all they say. */
const TALK: readonly (readonly [(words: string) => boolean, string])[] = [
  [madeOf(HELLO), KINDS.hello],
  [madeOf(AGREED), KINDS.agreed],
  [madeOf(THANKS), KINDS.thanks],
  [madeOf(BYE), KINDS.bye],
  [madeOf(TESTING), KINDS.testing],
  [madeOf(THANKS, AGREED, BYE), KINDS.thanks],
  [madeOf(HELLO, THANKS, AGREED, BYE), KINDS.hello],
  [
    (words) =>
      /^(?:请问)?(?:你|您|会商|机器人|这个?)?(?:是|叫)(?:谁|什么|啥|哪个|哪位|干什么的|干啥的|做什么的|什么名字|机器人吗|真人吗|人吗|什么东西)/.test(
        words,
      ),
    '我是会商助手，帮大家上报问题、报进展、看待办。您的话只有点了“提交”才会发出去。',
  ],
  [
    (words) =>
      /^(?:请问)?(?:你|您|会商|机器人|这个?)(?:都)?(?:能|会|可以)(?:帮我)?(?:做|干|办)?(?:些)?(?:什么|啥|哪些)/.test(
        words,
      ),
    '您说群众关心的事，我帮您填好上报的表；任务做了多少，说一句就报上进展；“待办”看等您办的事。',
  ],
];
/** How this is used: 怎么用, 不会用, 怎么上报, 在哪里报. */
const HOW =
  /^.{0,8}(?:怎么|如何|咋个?|怎样|在哪里?|哪里|从哪|什么是)(?:用|使用|操作|弄|玩|上报|报|填|反映|提交|打卡|报进展|绑定|查|看|登录|下载|导出|改|撤回|办结|受理|转办).{0,12}$|^.{0,4}(?:不会用|不会操作|不会填|教教?我|教一?下|使用说明|使用方法|操作说明|操作手册|说明书|有什么功能|什么功能|功能介绍)/;
/** Only that there is something to say: 我有个事想反映. */
const WANTS_TO =
  /^(?:我们?|俺们?|咱们?)?(?:这里|这边|村里)?(?:有|想要?|要)(?:说|讲|反[映应]|上?报|汇报|报告)?(?:一?[个件些点]|几[个件])?(?:问题|事情?|情况|困难)?(?:想要?|要)?(?:说|讲|反[映应]|上?报|汇报|报告)?(?:一下|下)?$/;
/** Asked for numbers, not for help. */
const HOW_MANY =
  /^.{0,10}(?:(?:有|报了?|上报了?|办了?|收到|还剩|解决了?)(?:多少|几)(?:件|个|条|起|项)?|多少(?:件|个|条))(?:问题|事|没办|没解决|超期|上报)?.{0,6}$|^.{0,6}(?:这个月|本月|上月|今年|全市|全县|全镇|我镇|我村)的?(?:总体|上报|问题|办理)?(?:情况|数据|统计|总数)(?:怎么样|如何)?$/;
/** How far a matter has come that is named without its number: 我报的路灯到哪一步了. */
const HOW_FAR =
  /^(?:请问|想问|问一?下)?(?:我们?|俺们?|咱们?)?(?:昨天|前天|今天|上周|上次|上个?月)?(?:上?报|反[映应])?过?的?(?:[那这](?:个|件|几件)?)?(.{0,24}?)的?(?:[那这]件)?(?:事情?|问题)?(?:现在|目前)?(?:办|处理|解决|进行|走)?[得的]?到(?:底到)?哪一?步了?[呀啊呢吗]?$/;
const QUESTION_BEGINS = /^(?:请问|想问|问一?下|我想问|咨询|请教|打听|想了解|想咨询|想知道|问问)/;
const ASKING =
  /怎么(?!还|又|老|总|就|没|不|回事)|如何|怎样|咋(?!还|又|老|总|就|没|不|回事)|什么(?!都|也)|啥(?!都|也)|哪[个些里儿天位年种]|谁(?!都|也)|几[点号时个]|多少.{0,4}$|多久|能不能|可不可以|可以.{0,12}吗|是不是|是否|有没有|会不会|要不要|需不需要|[吗么]$|[好完了到成]没有?$/;
/** What a question is about that is trouble all the same: 养老金怎么还没发, 路灯坏了找谁修. */
const TROUBLE =
  /坏|破|漏|堵|塌|裂|断|淹|臭|脏|(?<!有)没(?!有?[吗么？?]?$)|不通|不亮|不热|不够|不发|不管|不了|不动|不出|被|偷|骗|吵|打架|纠纷|太|难(?!群众|户|家庭|老?党员|职工|学生|老人|残疾)|老是|从来|不知|都不|一直|经常|(?<![今明昨后前])天天(?!气)|还没|还不|三个月|半年|几年|谁管管|帮忙联系/;

/** What somebody says who calls nothing; only looks, and sends nothing. */
export async function unknownWords(ctx: Ctx, text: string, nearest: Nearest): Promise<Call | Outcome> {
  const said = foldHan(text).replace(/\p{Extended_Pictographic}|[\u{1f3fb}-\u{1f3ff}\ufe0f\u200d]/gu, '');
  const bare = said.replace(/[\s\p{P}\p{S}]+/gu, '');
  if (bare === '') return offer('您可以这样说：', nearest);
  const talk = FOR_HELP.test(bare) ? undefined : TALK.find(([fits]) => fits(bare));
  if (talk) return answer(talk[1]);
  if (THANKING.test(bare) && !TROUBLE.test(bare)) return answer(KINDS.thanks);
  if (nearest.slip) return offer('没太明白。您是想…？', nearest);
  const filter = filterIn(bare);
  if (filter) return { op: list, raw: filter };
  const [, far] = HOW_FAR.exec(bare) ?? [];
  if (far !== undefined) return { op: list, raw: list.fromText?.(far || '我上报的') ?? {} };
  const part = await partIn(ctx, bare);
  if (part) return { op: list, raw: { words: part } };
  if (WANTS_TO.test(bare) && bare.length > 2) return { op: draft, raw: {} };
  if (HOW_MANY.test(bare) && !TROUBLE.test(bare)) return { op: figures, raw: {} };
  if (HOW.test(bare) && !TROUBLE.test(bare)) return answer(HOW_TO, await namedIn(ctx, bare));
  const checkin = await checkinIn(ctx, text);
  if (checkin?.sure) return checkin.call;
  const asked = isQuestion(said);
  // 企业走访3户 sounds like a star, and is no trouble.
  const { star } = guessOf(text, await allStars(ctx.tx));
  if (checkin && !asked && !(star && TROUBLE.test(said))) return checkin.call;
  if (asked)
    return offer('这像是在问事情。如果是群众关心的事，点“上报”就把这句话带进表里；您是想…？', nearest);
  if (isSentence(said) && (star || said.length <= MOST_SAID)) return { op: draft, raw: { words: text } };
  return offer('没太明白。您是想…？', nearest);
}

/** Nobody says more at a time; what is longer, and about no star, was pasted by mistake. */
const MOST_SAID = 5_000;
const HOW_TO =
  '直接说就行：\n群众关心的事，比如“村口路灯坏了三天了”，我帮您填好表，点“提交”才上报；\n任务做了多少，比如“报进展 入户走访 35户”；\n“待办”看等您办的事，发编号看一件事到哪一步了。';

/** Six characters or more that say something: links, mentions and numbers alone do not. */
function isSentence(said: string): boolean {
  const words = said.replace(/https?:\/\/\S+|@\S+/g, '');
  return (
    (words.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= SENTENCE && /\p{Script=Han}.*\p{Script=Han}/su.test(words)
  );
}

/** One question and nothing else; what complains is none, however it ends. */
function isQuestion(said: string): boolean {
  const words = said.trim().replace(/^(?:您好|你好|领导好?|大家好)[\s，,。！!]*/, '');
  const [clause = '', ...more] = words.split(/[，,。；;！!?？\s]+/).filter(Boolean);
  if (QUESTION_BEGINS.test(clause)) return more.length < 2 || !TROUBLE.test(words);
  if (TROUBLE.test(words)) return false;
  return /[?？]\s*$/.test(words) || (more.length === 0 && ASKING.test(clause));
}

/** A list that is named like one: 我上报的问题, 逾期的问题有哪些. */
function filterIn(bare: string): Raw | undefined {
  const words = bare.replace(/(?:问题|事情?)?(?:有哪些|有什么)?$/, '');
  const read = [words, words.replace(/的$/, '')].map((one) => list.fromText?.(one));
  return read.find((raw) => raw?.filter);
}

/** A period, a unit or a star whose issues are named: 本月问题, 麦仓镇的问题有哪些. */
async function partIn({ tx, today }: Ctx, bare: string): Promise<string | undefined> {
  const [, part] = /^(.{2,20}?)的?问题(?:有哪些|有什么)?$/.exec(bare) ?? [];
  if (part === undefined) return undefined;
  const known =
    readPeriod(part, today) ?? findStar(await allStars(tx), part) ?? (await searchUnits(tx, part, 1))[0];
  return known && part;
}

/** The command that is asked about, the first one that is named: 上报 of 怎么上报问题. */
async function namedIn(ctx: Ctx, bare: string): Promise<readonly Button[]> {
  const named = (await ctx.help()).filter(
    ({ word, op }) => op !== rights.help && op !== rights.todo && bare.includes(word),
  );
  const [first] = named.sort((a, b) => bare.indexOf(a.word) - bare.indexOf(b.word));
  return first ? [button(first.op, {}, 'positive', first.word)] : [];
}

function answer(text: string, first: readonly Button[] = []): Outcome {
  return { text, card: note(text, [...first, button(entries.todo), button(rights.help)]), mine: true };
}

/** What may have been meant, as buttons, with the words kept. */
function offer(sub: string, { suggestions }: Nearest): Outcome {
  const buttons = suggestions.map(({ op, raw, word }) => button(op.right, raw, 'default', word));
  const offered = [...buttons, button(entries.todo), button(rights.help)];
  // What an issue and a check-in have in common has one word for both.
  const same = (a: Button, b: Button) => a.op === b.op || a.title === b.title;
  const unique = offered.filter((b, i) => offered.findIndex((one) => same(one, b)) === i).slice(0, 5);
  const titles = unique.map(({ title }) => title).join('、');
  return { text: `${sub}${titles}`, card: note(sub, unique), mine: true };
}
