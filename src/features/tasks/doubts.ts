/** Why an amount is asked again: what the words say that the task does not count. */
import { findNumerals, foldWidth } from '../../lib/numerals.ts';
import type { Task } from './model.ts';
import { HEDGED, SAME_MEASURE } from './phrases.ts';

/** What people count: 35人, 12 次. */
const MEASURE =
  /^\s?(户人家|平方米|公里|千米|公斤|千克|万元|小时|人次|户次|[户戶人名位次件个條条处處起份篇场場期本台册项項批间間所座支盏棵头頭只辆家元块亩畝吨斤米天块])/;
const NEGATIVE = /(?:^|[\s,，。:：\ue000])(?:[-−–—﹣－]\s?|负|負|减|減)$/;
const ABOUT = /^[^,，。;；]{0,6}(?:左右|上下|多|余|来|不到|以上|以下)|^\s?(?:大概|约)/;
/** So many times what is asked for is asked about. */
const FAR_MORE = 10;

/** Why it is not clear how much `words` say was done, as the end of a sentence; '' when there is nothing to say of it. */
export function whyUnclear(
  words: string,
  { title, id, measure }: Pick<Task, 'title' | 'id' | 'measure'>,
): string {
  if (measure === null) return '';
  const line = foldWidth(words)
    .replaceAll(foldWidth(title), '\ue000'.repeat(title.length))
    .replaceAll(foldWidth(id), '\ue000'.repeat(id.length));
  const same = SAME_MEASURE.find((names) => names.includes(measure)) ?? [measure];
  const found = findNumerals(line).flatMap(({ start, end }) => {
    const [behind = '', counts] = MEASURE.exec(line.slice(end)) ?? [];
    const said = line.slice(start, end + behind.length);
    if (counts === undefined && !/\d/.test(said)) return [];
    return [{ end: end + behind.length, counts, said, sign: NEGATIVE.test(line.slice(0, start)) }];
  });
  const [first, second] = found;
  if (!first) return '';
  const negative = found.find(({ sign }) => sign);
  if (negative) return `“-${negative.said}”是负数，数量不能小于0`;
  const own = found.filter(({ counts }) => counts === undefined || same.includes(counts));
  if (own.length === 0) return `这项任务按“${measure}”算，您写的是“${first.said}”`;
  if (own.length > 1 && second) return `写了“${own[0]?.said}”和“${own[1]?.said}”，不知道算哪一个`;
  if (
    own.some(({ end }) => ABOUT.test(line.slice(end)) || HEDGED.test(line.slice(end))) ||
    /大概|大约|约|差不多|估计/.test(line)
  )
    return '要写准数，不要写“大概”“左右”';
  return '';
}

/** What is asked before so much more than the standard is written down; undefined when it may well be right. */
export function whyFarMore(
  { target, standard, measure }: Pick<Task, 'target' | 'standard' | 'measure'>,
  amount: number | null,
): string | undefined {
  if (!target || amount === null || amount <= target * FAR_MORE) return undefined;
  return `要求${standard}，您写的是${amount}${measure ?? ''}，是要求的${Math.round(amount / target)}倍，是不是多打了数字？`;
}
