/** A task out of what somebody wrote as it came: 各村12月10日前入户走访500户. It only fills a form in that somebody looks at. */
import type { Raw } from '../../bot/cards/spec.ts';
import type { Ctx } from '../../bot/operation.ts';
import { foldHan } from '../../lib/han.ts';
import { findNumerals } from '../../lib/numerals.ts';
import { dayWithin } from '../../lib/when/within.ts';
import { branchesBelow, isBranch, type Unit, unitsAtStart, unitsBelow } from '../orgs/index.ts';
import type { TaskRhythm } from './model.ts';
import { NO_AMOUNTS } from './phrases.ts';
import { BRANCHES } from './scope.ts';
import { choicesOf, type IssuingUnit, mayAsk } from './whom.ts';

const LONGEST_TITLE = 60;
/** Fewer characters are no title: an amount is not torn off them. */
const SHORTEST_TITLE = 3;
/** Nobody names more units one by one. */
const MOST_NAMED = 20;
const CLAUSE_END = /[，,。；;！!\n]/;
const RHYTHM: readonly (readonly [RegExp, TaskRhythm])[] = [
  [/(?:每|按)个?(?:周|星期|礼拜)(?![一二三四五六日天末])/, 'week'],
  [/(?:每|按)个?月/, 'month'],
  [/(?:每|按)个?季度?/, 'quarter'],
];
/** What is counted. 天 and 月 say how long, 元 mostly what something costs. */
const MEASURE =
  /^(?:户次|人次|课时|小时|公里|千米|公斤|千克|平方米|平米|户|人(?![均民员才口大居])|名|位|次(?![日要序性])|回|趟|家(?!庭)|个(?![月季年]|(?:工作)?日|星期)|件|起|场|条|处|份(?!额)|篇|期|台(?!账)|册|项|例|批|间|所|座|支(?!部|书)|盏|棵|只|辆|亩|吨|米|块|万元)/;
const LEAST = /(?:不[少低小]于|不下于|至少|最少)$/;
/** Said before the amount, no part of it. */
const SUM = /(?:完成|达到|共计?|总计|合计|目标)$/;
const NO_SUM = /(?:[每均第约近超]|不[超多高大]过?|每.{1,4})$/;
const OR_MORE = /^(?:[及或]?以上|左右)/;
/** Whom: all of a kind of units. */
const ALL_OF =
  /^(?:全[镇乡县区市街](?:道)?的?)?(?:各|每个?|所有|全体|全部)(?:个)?(?:(村(?:\(社区\)|、?社区)|(?:基层)?(?:党支部|支部|党组织))|(村(?![民组级干务两内里口史规庄落医头]))|(社区(?![内里矫居]))|(乡镇(?:\(街道\)|、?街道)?|镇街|镇(?![内里上区域])|街道)|(县市?区|县(?![内里级域]))|(责任单位|责任部门))(?:党支部|支部|党委|党工委)?/;
const ASKED = /^(?:请|通知|要求|安排|组织|由|让|给|发给|下发给)(?=.)/;
const THEN = /^(?:要|须|需(?!求)|请|于|在(?![职校建读家外线册岗])|都(?!市)|均|务必|负责(?!人)|[:：，,、\s])+/;
const BEGINNING = /^(?:[\s，,。；;：:、]|务必|请|要(?![求素点闻])|须|需(?!求)|均|完成(?=.{3}))+/;
/** A clause that says only that it is to be done. */
const ONLY_DO = /^(?:要|请|须|务必|全部|按时|如期|前)*(?:完成|落实|办结|报送|上报|做完|到位)?$/;

/** The fields of the form that a sentence says, as far as it says them clearly; the rest of it is title and details. */
export async function readTask(ctx: Ctx, target: IssuingUnit, words: string): Promise<Raw> {
  const day = dayWithin(words, ctx.now);
  let text = day ? cut(words, day.start, day.end) : words;
  const [round] = RHYTHM.flatMap(([pattern, rhythm]) => {
    const said = pattern.exec(foldHan(text));
    return said ? [{ rhythm, start: said.index, end: said.index + said[0].length }] : [];
  });
  if (round) text = cut(text, round.start, round.end);
  text = text.replace(BEGINNING, '');
  const whom = await receiversOf(ctx, target, text);
  text = text.slice(whom.length).replace(BEGINNING, '');
  const amount = amountIn(text);
  const clauses = amount ? cut(text, amount.start, amount.end) : text;
  const { title, details } = titleAndRest(clauses);
  // What was taken out leaves no title: then all of it is one.
  if (title === '') return { ...titleAndRest(words), ...(day && { due: day.day }) };
  return {
    title,
    details,
    ...(amount && { standard: amount.standard }),
    ...(day && { due: day.day }),
    ...(round && { rhythm: round.rhythm }),
    ...whom.fields,
  };
}

function cut(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(end);
}

function titleAndRest(text: string): { readonly title: string; readonly details: string } {
  const clauses = text
    .split(CLAUSE_END)
    .map((one) => one.trim())
    .filter((one) => !ONLY_DO.test(one));
  const [title = ''] = clauses;
  if (title.length > LONGEST_TITLE)
    return { title: title.slice(0, LONGEST_TITLE).replace(/[\ud800-\udbff]$/, ''), details: text.trim() };
  if (clauses.length < 2) return { title, details: '' };
  return { title, details: text.slice(text.indexOf(clauses[1] ?? '', title.length)).trim() };
}

/** The only amount, as the form's 标准 says it; `start` and `end` are equal where the title needs it. */
function amountIn(
  text: string,
): { readonly standard: string; readonly start: number; readonly end: number } | undefined {
  const line = foldHan(text);
  const others = NO_AMOUNTS.flatMap((pattern) => [...line.matchAll(pattern)]);
  const all = findNumerals(line).flatMap(({ start, end, value }) => {
    const big = /[万亿]元/.test(line.slice(end - 1, end + 1)) ? 1 : 0;
    const measure = MEASURE.exec(line.slice(end - big))?.[0];
    const before = line.slice(0, start);
    const inside = others.some(({ index, 0: said }) => start < index + said.length && end > index);
    if (value === undefined || measure === undefined || inside || NO_SUM.test(before)) return [];
    const last = end - big + measure.length;
    const more = OR_MORE.exec(line.slice(last))?.[0].length ?? 0;
    const least = LEAST.exec(before)?.[0].length ?? 0;
    return [{ from: start - least, until: last + more, arabic: /\d/.test(line.slice(start, end)) }];
  });
  const [only, another] = all;
  if (!only || another) return undefined;
  const { from, until, arabic } = only;
  const ends = /^(?:$|[\s，,。；;！!、])/.test(text.slice(until));
  // 一户一策, 两个维护: more than an amount.
  if (!ends && !arabic) return undefined;
  const standard = text.slice(from, until);
  const start = from - (SUM.exec(line.slice(0, from))?.[0].length ?? 0);
  const left = text.slice(0, start).split(CLAUSE_END).at(-1)?.trim() ?? '';
  return ends && left.length >= SHORTEST_TITLE
    ? { standard, start, end: until }
    : { standard, start: 0, end: 0 };
}

interface Receivers {
  readonly fields: Raw;
  /** How many characters at the beginning say it. */
  readonly length: number;
}
const NOBODY: Receivers = { fields: {}, length: 0 };

/** Whom a sentence begins with: all units of a kind, or some by their names. Whoever cannot be ticked is left open. */
async function receiversOf(ctx: Ctx, target: IssuingUnit, said: string): Promise<Receivers> {
  const text = said.replace(/[（）]/g, (sign) => (sign === '（' ? '(' : ')'));
  const asked = ASKED.exec(text)?.[0].length ?? 0;
  const kinds = ALL_OF.exec(foldHan(text.slice(asked)));
  if (kinds) {
    const [all, both, village, community, township, county, duty] = kinds;
    const values = await allOf(ctx, target, { both, village, community, township, county, duty });
    return ended(text, asked + all.length, values.length > 0 ? { units: values.join(',') } : {});
  }
  const ticked: string[] = [];
  const more: string[] = [];
  const choices = await choicesOf(ctx, target);
  let at = asked;
  while (ticked.length + more.length < MOST_NAMED) {
    const { found, length } = await unitsAtStart(ctx.tx, text.slice(at));
    const mine: Unit[] = [];
    for (const unit of found) if ((await mayAsk(ctx, target.unit.id, unit)) === '') mine.push(unit);
    const [only, another] = mine;
    // 柳湾村的路灯 is what it is about.
    if (!only || another || text.startsWith('的', at + length)) return NOBODY;
    if (choices.some(({ value }) => value === only.id)) ticked.push(only.id);
    else more.push(only.name);
    at += length;
    const next = /^(?:党支部|支部|党委)?[、，,和及与](?=.)/.exec(text.slice(at))?.[0].length ?? 0;
    if (next === 0 || (await unitsAtStart(ctx.tx, text.slice(at + next))).length === 0) break;
    at += next;
  }
  const fields = {
    ...(ticked.length > 0 && { units: ticked.join(',') }),
    ...(more.length > 0 && { more: more.join('、') }),
  };
  return ended(text, at, fields);
}

/** A name alone is a title, too. */
function ended(text: string, at: number, fields: Raw): Receivers {
  const length = at + (THEN.exec(text.slice(at))?.[0].length ?? 0);
  return length < text.length ? { fields, length } : NOBODY;
}

type Kinds = Readonly<
  Record<'both' | 'village' | 'community' | 'township' | 'county' | 'duty', string | undefined>
>;

/** The choices of the form that stand for all units of a kind; none where no choice does. */
async function allOf(ctx: Ctx, { unit, stars }: IssuingUnit, kinds: Kinds): Promise<readonly string[]> {
  const [star, other] = stars;
  if (unit.kind === 'lead') {
    if (!star || other) return [];
    if (kinds.duty) return [`duty:${star.id}`];
    const wanted = kinds.both
      ? star.kinds
      : kinds.village
        ? ['village']
        : kinds.community
          ? ['community']
          : [];
    return wanted.length > 0 && wanted.join() === star.kinds.join() ? [`star:${star.id}`] : [];
  }
  const next = await unitsBelow(ctx.tx, unit.id);
  if (kinds.township || kinds.county)
    return next.filter(({ kind }) => kind === (kinds.township ? 'township' : 'county')).map(({ id }) => id);
  if (kinds.duty) return [];
  const wanted = BRANCHES.filter(
    (kind) => kinds.both || (kind === 'village' ? kinds.village : kinds.community),
  );
  const rest = BRANCHES.filter((kind) => !wanted.includes(kind));
  if ((await branchesBelow(ctx.tx, unit, rest)) === 0) return [`below:${unit.id}`];
  return next.filter((one) => isBranch(one) && wanted.some((kind) => kind === one.kind)).map(({ id }) => id);
}
