/** A report out of what somebody wrote as it came: the first line or clause is the title, the rest the details. */

/** Who said it and when, as copied out of a group: 张三 10:32, 李书记 2026/11/25 08:15:02; pictures that did not come along. */
const HEADER =
  /^(?:.{1,20}\s)?(?:(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?\s*|(?:昨天|今天|前天|(?:星期|周)[一二三四五六日天])\s*)?(?:[上下]午\s*)?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?$|^\[(?:图片|照片|视频|语音|表情|动画表情|文件|位置|链接)\]$|^(?:@\S+\s*)+$|^[-—=*~]{3,}$/u;
/** 王姐：3单元下水道又堵了 */
const SPEAKER = /^[\p{Script=Han}a-z]{1,6}[：:](?=\S)/iu;
/** What is said before one comes to the point. */
const LEAD_IN =
  /^(?:各位|尊敬的?|请问|麻烦(?:您|领导|问)?|那个啥?|是这样的?|喂|哎|唉|@\S+\s|(?:[\p{Script=Han}]{0,2}(?:领导|书记|主任|同志|老师|大家|您|你))+们?[好]|您好|你好|早上好|上午好|下午好|晚上好|我?(?:想|要)?(?:向[^，。,]{1,8})?(?:反映|上报|报告|反馈|举报|汇报)(?:一下|个|一个|一件)?(?:问题|情况|事情|事)?(?=[\s，,。.！!：:、]|$))[\s，,。.！!~～：:、…]*/u;
/** No title by itself: 我是柳湾村的. */
const WHO_I_AM = /^我们?(?:是|叫)[\p{Script=Han}\d]{1,14}[\s，,。.！!：:]*$/u;
const CLAUSE_END = /[，。；！？,;!?…\n]|\.(?=\s|$)|——/g;
/** A shorter clause says too little: 那个啥, 急. */
const SHORTEST = 4;
const LONGEST_TITLE = 100;

/** @param words as they were typed; nothing of them is lost but greetings, and who said what when in a copied talk */
export function titleAndDetails(words: string): { readonly title: string; readonly details: string } {
  const all = words
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const said = all.filter((line) => !HEADER.test(line));
  const lines = said.length > 0 ? said : all;
  const talk = lines.filter((line) => SPEAKER.test(line)).length > 1;
  const stripped = (line: string) => withoutGreetings(talk ? line.replace(SPEAKER, '') : line);
  const bare = (line: string) => withoutLeadIn(talk ? line.replace(SPEAKER, '') : line);
  const saysMore = (line: string) => lettersIn(stripped(line).replace(WHO_I_AM, '')) >= SHORTEST;
  const at = Math.max(lines.findIndex(saysMore), 0);
  const line = bare(lines[at] ?? '');
  // Of several lines the first one is the title, unless somebody wrote a whole paragraph.
  const end = lines.length > 1 && line.length <= LONGEST_TITLE / 2 ? line.length : firstClause(line);
  const title = line.slice(0, end).trim();
  if (title.length > LONGEST_TITLE)
    return { title: title.slice(0, LONGEST_TITLE).replace(/[\ud800-\udbff]$/, ''), details: words.trim() };
  const rest = line.slice(end).replace(/^[\s，。；！？,;!?….—]+/, '');
  const before = lines.slice(0, at).filter((one) => stripped(one) !== '');
  return { title, details: [rest, ...before, ...lines.slice(at + 1)].filter(Boolean).join('\n') };
}

function withoutLeadIn(line: string): string {
  const rest = withoutGreetings(line);
  return lettersIn(rest) >= SHORTEST ? rest : line;
}

function withoutGreetings(line: string): string {
  let rest = line;
  for (let shorter = rest.replace(LEAD_IN, ''); shorter !== rest; shorter = rest.replace(LEAD_IN, ''))
    rest = shorter;
  return rest;
}

/** Where the first clause that says something ends. */
function firstClause(line: string): number {
  for (const { index } of line.matchAll(CLAUSE_END))
    if (lettersIn(line.slice(0, index)) >= SHORTEST)
      return isOnlySigns(line.slice(index)) ? line.length : index;
  return line.length;
}

/** Signs that end no clause: what is torn off would be lost. */
function isOnlySigns(rest: string): boolean {
  return lettersIn(rest) === 0 && /[^\s，。；！？,;!?….—]/u.test(rest);
}

function lettersIn(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}
