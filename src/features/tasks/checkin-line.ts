/**
 * Reads a check-in of one line: 入户走访 35户 已覆盖三组.
 * Never guesses: what could mean two things is asked, with what was understood filled in. Pure, linear in the words.
 */
import { foldWidth } from '../../lib/numerals.ts';
import { type CheckinInput, readAmount, type Span } from './amounts.ts';
import { type Match, matchTasks, type Readable } from './match.ts';

export type { Readable } from './match.ts';

interface Amounts {
  readonly amount?: number;
  readonly percent?: number;
}

/**
 * What a line says. `words` is what remains to be kept with the check-in; when something is to be asked, all that was typed.
 * - `sure`: one task, and how much: an amount in the task's measure, a percent, or that it is done.
 * - `choose`: which of these tasks, or (one task) how much; the amounts are what to offer. `doubt`: something was said
 *   of how much, and it could mean several things.
 * - `unread`: no task was named; `why` is a sentence for the person.
 */
export type Reading =
  | ({ readonly kind: 'sure'; readonly task: string; readonly done?: true; readonly words: string } & Amounts)
  | ({
      readonly kind: 'choose';
      readonly tasks: readonly string[];
      readonly doubt: boolean;
      readonly words: string;
    } & Amounts)
  | { readonly kind: 'unread'; readonly why: string; readonly words: string };

/** A longer line is a report: it is asked for in the form. */
const LONGEST = 600;
const SEPARATORS = /([\s,，。.;；!！、:：…~～\-—]+)/;
/** Words around the task and the amount that say nothing more. */
const FILLER =
  /打卡|报进展|我们?|咱们?|本?村|本?社区|本?支部|今[天日]|本[周月]|这[周月]|目前|截至|截止|已经?|都|全部?|共计?|一共|总共|合计|总计|完成率?|进度|达到?|情况|做完|办完|搞定|开展|进行|好|开|ok|done|了|是|为|有|的|数量?|户数|到|量|成|完毕?|任务|报告?|汇报|一下|✅|☑️?|✔️?|👌|👍|💪|🙏|😊|🎉|[:=+()（）[\]【】《》“”"'!！~～。.,，、*#@]|\s/gu;

/** Piece by piece: a pattern for the whole would try 完成完成… in every way there is. */
function isFiller(folded: string): boolean {
  return folded.replace(FILLER, '') === '';
}

/** @param open what the sender's unit may check in for now */
export function readCheckin(words: string, open: readonly Readable[]): Reading {
  const text = words.replace(/[\u200b-\u200d\u2060\ufeff\ue000\ue001]/g, '').trim();
  const unread = (why: string): Reading => ({ kind: 'unread', why, words: text });
  if (open.length === 0) return unread('现在没有要报进展的任务。');
  if (text === '') return unread('请写上任务和数量，比如：报进展 入户走访 35户。');
  if (text.length > LONGEST) return unread('写得有点长，请点“报进展”在表里填。');

  const line = foldWidth(text).replace(/^\s*[/]?\s*(?:打卡|报进展)/, (hit) => ' '.repeat(hit.length));
  const matches = matchTasks(line, open);
  if (matches.length === 0) return readUnnamed(text, line, open);

  const read = matches.map((match) => ({ match, said: readAmount(mask(line, match), match.task.measure) }));
  // 走访 35户 of 入户走访 (户) and 企业走访 (家): the measure tells which; of two full titles it does not.
  const fitting = read.filter(({ said }) => said.measured && !said.doubt);
  const parts = matches.every(({ how }) => how === 'part') || sameTitles(matches);
  const chosen = read.length === 1 ? read[0] : parts && fitting.length === 1 ? fitting[0] : undefined;
  if (!chosen) return choose(text, read);
  const { match, said } = chosen;
  // 12% of a task that is itself about growth may be the growth.
  const growth =
    said.amount === undefined && said.percent !== undefined && /[增升降减率]|提高/.test(match.task.title);
  if (said.doubt || growth || !isNamed(line, match, said)) return choose(text, [chosen]);
  return {
    kind: 'sure',
    task: match.task.id,
    ...amounts(said),
    ...(said.done && { done: said.done }),
    words: restOf(text, line, [match, ...said.spans]),
  };
}

function sameTitles(matches: readonly Match[]): boolean {
  return new Set(matches.map(({ task }) => task.title)).size === 1;
}

function mask(line: string, { start, end }: Span): string {
  return line.slice(0, start) + '\ue000'.repeat(end - start) + line.slice(end);
}

function amounts({ amount, percent }: CheckinInput): Amounts {
  return { ...(amount !== undefined && { amount }), ...(percent !== undefined && { percent }) };
}

function choose(
  words: string,
  read: readonly { readonly match: Partial<Span> & Pick<Match, 'task'>; readonly said: CheckinInput }[],
): Reading {
  const offered = read.map(({ said }) => amounts(said));
  const [first = {}] = offered;
  const agreed = offered.every((one) => one.amount === first.amount && one.percent === first.percent);
  const tasks = [...new Set(read.map(({ match }) => match.task.id))];
  const doubt = read.some(({ match: { start = 0, end = 0 }, said }) => {
    return said.doubt && !isFiller(foldWidth(words.slice(0, start) + words.slice(end)));
  });
  return { kind: 'choose', tasks, ...(agreed && first), doubt, words };
}

/** A part of a title names the task only when nothing else stands between it and the amount: 企业走访35户 is another thing. */
function isNamed(line: string, match: Match, said: CheckinInput): boolean {
  if (match.how === 'like') return false;
  if (
    match.how === 'exact' ||
    (match.how === 'slip' && (said.measured || said.done || said.percent !== undefined))
  )
    return true;
  const [span] = said.spans;
  if (match.how !== 'part' || !said.measured || !span) return false;
  const [a, b] = span.start < match.start ? [span, match] : [match, span];
  return isFiller(clause(line.slice(0, a.start))) && isFiller(line.slice(a.end, b.start));
}

function clause(before: string): string {
  return before.slice(before.search(/[^\s,，。;；!！、]*$/));
}

/** No task was named. With one open task an amount in its measure alone says enough; otherwise the measure offers some. */
function readUnnamed(text: string, line: string, open: readonly Readable[]): Reading {
  const read = open.map((task) => ({ match: { task }, said: readAmount(line, task.measure) }));
  const measured = read.filter(({ said }) => said.measured);
  const [only] = read;
  if (only && read.length === 1 && !only.said.doubt) {
    const rest = restOf(text, line, only.said.spans);
    const bare =
      isFiller(foldWidth(rest)) && (only.said.measured || only.said.done || only.said.percent !== undefined);
    if (bare)
      return {
        kind: 'sure',
        task: only.match.task.id,
        ...amounts(only.said),
        ...(only.said.done && { done: only.said.done }),
        words: rest,
      };
  }
  if (measured.length > 0) return choose(text, measured);
  if (read.length === 1) return choose(text, read);
  return { kind: 'unread', why: '没看出是哪项任务，请选一下。', words: text };
}

/** What was typed beside the task and the amount; a piece of it that would be torn apart stays whole. */
function restOf(text: string, line: string, spans: readonly Span[]): string {
  const pieces = text.split(SEPARATORS);
  let at = 0;
  let rest = '';
  let gap = '';
  for (const [i, piece] of pieces.entries()) {
    const start = at;
    at += piece.length;
    if (i % 2 === 1) {
      gap = piece;
      continue;
    }
    const kept = keptOf(piece, start, line, spans);
    if (kept === '') continue;
    rest += rest === '' ? kept : gap + kept;
    gap = ' ';
  }
  return rest.trim();
}

function keptOf(piece: string, start: number, line: string, spans: readonly Span[]): string {
  const here = spans
    .map((span) => ({
      start: Math.max(span.start - start, 0),
      end: Math.min(span.end - start, piece.length),
    }))
    .filter((span) => span.start < span.end)
    .sort((a, b) => a.start - b.start);
  const left: string[] = [];
  let at = 0;
  for (const span of [...here, { start: piece.length, end: piece.length }]) {
    const part = piece.slice(at, span.start);
    const folded = line.slice(start + at, start + span.start);
    if (!isFiller(folded)) left.push(part);
    at = Math.max(at, span.end);
  }
  if (here.length === 0) return left.length > 0 ? piece : '';
  return left.length > 1 ? piece : (left[0] ?? '');
}
