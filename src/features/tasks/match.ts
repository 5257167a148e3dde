/** Finds the task that a line names: by its number, its title, a title with one slip of the finger, or a part of it. */
import { findNumerals, foldWidth } from '../../lib/numerals.ts';
import { readNumber } from '../../lib/recordnumber.ts';

/** What can be checked in for. `measure` is the unit of measure (户, 次); null: done or not done. */
export interface Readable {
  /** Its number; a line may name it by that. */
  readonly id: string;
  readonly title: string;
  readonly measure: string | null;
}

/** A task that a line may mean, and where the line names it. */
export interface Match {
  readonly task: Readable;
  readonly start: number;
  readonly end: number;
  /** How it is named: `like` with a slip of the finger that makes another word, or by a small part. */
  readonly how: 'exact' | 'slip' | 'part' | 'like';
}

/** What no title is known by alone. */
const COMMON =
  /^(?:完成|工作|开展|任务|情况|打卡|报进展|活动|进行|落实|本周|本月|今天|党员|支部|村民|群众|社区)+$/;
/** One of these for another is another task, not a slip: 一月 and 二月, 男 and 女. */
const TELLING =
  /[\d零〇一二两三四五六七八九十百千万上中下前后左右东南西北内外大小男女老少新旧甲乙丙丁春夏秋冬早晚年季月周日党团民村居企商学校医军残妇幼水电火气进出收支增减未不无非]/;
/** Not a slip at a title's end but the next word: 入户走了35户. */
const NEXT_WORD = /[\d了过完的已共到好有户次人个]/;
const LONGEST_TITLE = 60;

interface Compact {
  readonly text: string;
  /** Where each character stands in the whole text. */
  readonly at: readonly number[];
}

/** Only letters and digits count when titles are compared. */
function compact(folded: string): Compact {
  const at: number[] = [];
  let text = '';
  for (const { 0: char, index } of folded.matchAll(/[\p{L}\p{N}]/gu)) {
    for (let i = 0; i < char.length; i += 1) at.push(index + i);
    text += char;
  }
  return { text, at };
}

/** The tasks that the folded line may mean: the best way of naming only, more than one when it names several. */
export function matchTasks(line: string, open: readonly Readable[]): readonly Match[] {
  const numbered = numbersIn(line).flatMap(({ number, start, end }) =>
    open.flatMap((task) => (task.id === number ? [{ task, start, end, how: 'exact' as const }] : [])),
  );
  if (numbered.length > 0) return numbered;

  const words = compact(line);
  const found = open.flatMap((task) => matchTitle(words, task));
  const exact = found.filter(({ how }) => how === 'exact');
  if (exact.length > 0) {
    const covered = (a: Match, b: Match) =>
      b.start <= a.start && b.end >= a.end && b.end - b.start > a.end - a.start;
    // 走访 is also in 走访困难户: the longer title is meant, and a part of a longer one makes it doubtful.
    const own = exact.filter((one) => !exact.some((other) => covered(one, other)));
    return [...own, ...found.filter((part) => part.how !== 'exact' && own.some((one) => covered(one, part)))];
  }
  const slips = found.filter(({ how }) => how === 'slip');
  return slips.length > 0 ? [...slips, ...found.filter(({ how }) => how === 'like')] : found;
}

/** The numbers of tasks in a line, as people write them. */
function numbersIn(line: string) {
  return [...line.matchAll(/(?<![a-z\d])rw/g)].flatMap(({ index: start }) => {
    const read = readNumber(line.slice(start, start + 40));
    return read ? [{ number: read.number, start, end: start + read.length }] : [];
  });
}

function matchTitle(words: Compact, task: Readable): Match[] {
  const { text: title } = compact(withoutStandard(foldWidth(task.title), task.measure));
  if (title === '' || title.length > LONGEST_TITLE) return [];
  const spot = (start: number, length: number, how: Match['how']): Match[] => {
    const [first, last] = [words.at[start], words.at[start + length - 1]];
    return first === undefined || last === undefined ? [] : [{ task, start: first, end: last + 1, how }];
  };
  const exact = words.text.indexOf(title);
  if (exact >= 0) return spot(exact, title.length, 'exact');
  const slip = title.length >= 4 ? findSlip(words.text, title) : undefined;
  if (slip) return spot(slip.start, slip.length, slip.telling ? 'like' : 'slip');
  const part = longestPart(words.text, title);
  return part ? spot(part.start, part.length, 'part') : [];
}

/** A title that ends in its own standard, 入户走访200户, is known by what stands before it. */
function withoutStandard(title: string, measure: string | null): string {
  if (measure === null) return title;
  const standard = findNumerals(title).find(({ end }) => title.slice(end).trim() === foldWidth(measure));
  return standard && standard.start >= 2 ? title.slice(0, standard.start) : title;
}

interface Slip {
  readonly start: number;
  readonly length: number;
  /** True when the character that differs makes it another title. */
  readonly telling: boolean;
  /** Only the last character differs: it may as well be the next word. */
  readonly atEnd: boolean;
}

const rank = ({ telling, atEnd }: Slip) => (telling ? 2 : 0) + (atEnd ? 1 : 0);

/** Where the title stands with one character wrong, missing or too many. */
function findSlip(text: string, title: string): Slip | undefined {
  let best: Slip | undefined;
  for (let start = 0; start <= text.length - title.length + 1; start += 1) {
    let same = 0;
    while (same < title.length && text[start + same] === title[same]) same += 1;
    const from = start + same;
    // wrong, missing, too many: what follows the slip is as the title has it
    const tries: [number, string][] = [
      [title.length, title.slice(same + 1)],
      [title.length - 1, title.slice(same + 1)],
      [title.length + 1, title.slice(same)],
    ];
    tries.forEach(([length, rest], at) => {
      const begin = at === 1 ? from : from + 1;
      // A title cut short at its edges is no slip but a part.
      const inside = at === 0 || (same > 0 && rest !== '');
      if (!inside || start + length > text.length || text.slice(begin, start + length) !== rest) return;
      // Of two characters it is the typed one that makes another word; one that is missing was in the title.
      const differs = at === 1 ? (title[same] ?? '') : (text[from] ?? '');
      // One too many is a slip when the finger came down twice; 入户没走访 is the contrary.
      const twice = at !== 2 || differs === title[same] || differs === title[same - 1];
      const telling = !twice || TELLING.test(differs) || (rest === '' && NEXT_WORD.test(differs));
      const slip = { start, length, telling, atEnd: rest === '' };
      if (!best || rank(slip) < rank(best)) best = slip;
    });
  }
  return best;
}

/** The longest piece of the title that the text has, if it says something. */
function longestPart(text: string, title: string): { start: number; length: number } | undefined {
  let best: { start: number; length: number } | undefined;
  let above = new Uint16Array(text.length + 1);
  for (const char of title) {
    const row = new Uint16Array(text.length + 1);
    for (let i = 0; i < text.length; i += 1) {
      if (text[i] !== char) continue;
      const length = (above[i] ?? 0) + 1;
      row[i + 1] = length;
      const start = i + 1 - length;
      if (length >= 2 && length > (best?.length ?? 1) && /\p{Script=Han}{2}/u.test(text.slice(start, i + 1)))
        best = { start, length };
    }
    above = row;
  }
  return best && !COMMON.test(text.slice(best.start, best.start + best.length)) ? best : undefined;
}
