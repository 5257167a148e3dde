/** The vocabulary: what numbers and years look like, what is harmless, what nobody could tell, what may be about time. */

import { foldHan } from '../han.ts';

export const DIGITS = '〇零一二三四五六七八九';
export const HAN = `${DIGITS}十廿卅两`;
/** A number up to 99; a count up to 999. */
export const N = `(?:\\d{1,2}|[${HAN}]{1,3})`;
export const COUNT = `(?:\\d{1,3}|[${HAN}几半]{1,3})`;
/** Here a number ends that is not the beginning of another one, of an hour, a room, a number of people. */
export const END = `(?![\\d${HAN}点时:年月周星礼天个半人名家位户组村社项件条次份楼层室元亩万镇乡街路栋幢座号里所间张台辆套届班排队支片轮场批门道条杠])`;
export const YEAR = `(?:(?<year>\\d{4}|\\d{2}|[${DIGITS}]{4}|[二三][${DIGITS}])年|(?<nearYear>今年|本年|明年|后年|去年|前年))的?`;
export const LUNAR = '(?:农历|阴历|旧历)';
export const WEEK = '(?:周|星期|礼拜)';
export const NEAR = '上{1,2}|下{1,3}|本|这';
/** A weekday is not followed by a number, unless that is an hour: 周三四. */
export const NO_NUMBER = `(?![\\d${HAN}]+(?![\\d${HAN}]*(?:[点时:年月日号./~—到至-])))`;
/** Words with something in them that looks like a time and is none. */
export const HARMLESS = [
  '一月一会商|一季度一推进|季度推进会?|三会一课|四议两公开|两[委新]|主题党日|第一书记|一把手|年终总结',
  `第?(?:\\d{1,6}|[${HAN}百千]{1,5})(?:号?(?:楼|层|院|会议室|会议厅|会场|厅|室)|号(?:文件|桌|线|公告|通知)|个(?:议题|问题|单位|支部|部门|村|社区|人|项目|方面|事项|乡镇|县区)|[人名位家项件条村组户亩次]|社区|星(?!期))`,
  '[本这此首]次|[本这]个?(?:单位|级|镇|乡|县|区|市|村|社区|支部|会|星(?!期))',
  '(?:北京|会议|会商|开会|开始|召开|改期|活动|具体)时间|^时间|(?<=[,。;的 ])时间',
  '线[上下]|网上|会[上后]|上[级报门]|下[属辖达派村乡面]|一[下起并同]|统一|十分(?!钟)|百姓',
  '[地重要难热观特亮试站网]点|点[评位]|临时|及时|同时|[按准届平]时|时效|分[管工析局]|部分',
  '[说证文照透]明|明[确细]|目前|当前|前[期往]|后[续勤备]|[室市区县村镇]内|内[部容]',
  '日[常程报]|生日|青年|年[轻度]|老年|少年|天[气桥]|周[边到]|月[度报]|环节|[细节]节|节[约水]|底数|摸底|到底',
  '初[步定审]|约[谈定]|预约|暂定|特别|级别|个别|非常|号召|[文编]号|teams|zoom|wps|ppt|app',
].join('|');
export const SOME_DAY = [
  '今明(?:两?天)?|明后(?:两?天)?|[这近前后][几两]天|再?过[几两些]天|过些天|几天后|改[天日]|哪天|近期|近日|最近|择日|当[天日]|[次翌隔]日|隔天|第二天',
  `${COUNT}(?:天|日|个?${WEEK}|个月)(?:以内|之内|内)`,
  `(?:[上下本这那]+个?)?(?:周末|${WEEK}(?:初|内|中|末)?)`,
  '(?:[上下本这那第]+个?)?[一二三四1-4]?个?季度?(?:初|末|底)?|q[1-4]',
  `(?:${YEAR})?(?:(?:[上下本这那]+个?|${N}|[正腊冬]))?月份?(?:初|[上中下]旬|中|内)?|[上中下]旬`,
  '(?:\\d{2,4}年|[今明后去前本]年)?[上下]半年|\\d{4}年|[今明后去前本]年|年[初中]|初[一二三四五六七八九十]|闰|清明节?|冬至|小年',
].join('|');
export const SOME_TIME = [
  '一大?早|几点|半夜|午夜|深夜|子夜|[正整]点|[早晚]点|晚些|早些|[早午中晚]?饭[前后点]|[上下]班(?:以?[前后])?|会前',
  `${N}[、,或 ]${N}(?:点|时)`,
].join('|');
/** What may be about time. As long as some of it is left over, nothing is understood. */
export const SUSPICIOUS =
  /[\da-z〇零一二三四五六七八九十廿卅百千万亿两俩几半年月日号天周旬季初底末点时分刻钟秒早晚午夜晨凌今明昨后前次翌隔本这那上下再每第约内余节假差不别没非除或至]+|星期|礼拜|左右|大概|大致|可能|也许|期间|[农阴旧]历/y;
/** Said of a day or an hour: then it is not quite that one. A deadline is what lies before its day. */
export const BLUR =
  /左右|前后|上下|以前|之前|前|以后|之后|过后|后|许|多|来钟|出头|附近|以内|之内|内|以外|之外|外|期间|光景|的?样子|过(?=$|[,。;一二三四五六七八九十\d])|放?长?假期?|开外|不到/y;
export const UNTIL = /^(?:以前|之前|前|以内|之内|内)$/;

const SIGNS: Readonly<Record<string, string>> = { '○': '〇', '∶': ':', '−': '-', '‐': '-' };

/**
 * Words as the rules want them: half-width, simplified, nothing invisible, without spaces except between digits, 今早 as 今天早.
 * @returns undefined for more than `most` characters: long words are not read at all
 */
export function plain(words: string, most: number): string | undefined {
  if (words.length > most) return undefined;
  const folded = words.normalize('NFKC');
  if (folded.length > most) return undefined;
  const text = foldHan(folded)
    .replace(/\p{Cf}/gu, '')
    .replace(/[○∶−‐]/g, (sign) => SIGNS[sign] ?? sign)
    .replace(/(?<![\d])\s+|\s+(?!\d)/g, '')
    .replace(/(?<![说证文照透清])([今明昨])(?=早|晚|上午|下午|中午|晨|夜)/g, '$1天');
  return text.length > most ? undefined : text;
}
