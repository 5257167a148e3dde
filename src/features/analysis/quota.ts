/** Nobody is listed because of a number: words that ask for a number, a share or an order are answered with the rule. */
import { AppError } from '../../lib/errors.ts';

const NO_QUOTA = '不设比例、不定指标、应列尽列：够条件的都列，没有够条件的就不列。';

const HAN = '[一二两三四五六七八九十百几]';
/** Only words that name no unit are looked at. */
const ASKS = [
  `[\\d%％‰]|${HAN}+\\s*(?:个|名|家|支|位|成)|[第前后倒]${HAN}|百分|一半|多少`,
  '比例|指标|名额|份额|[定限配]额|任务|数量|总数|上限|下限|名次|排[名序]|[倒末最]|平均|控制|分解|分摊|摊派',
  '至[少多]|不[超少低高多][过于]|都[要得有报]|必须|[每各]个?[县区市乡镇街村社支]|[上去往]年|[打得评]分|分数|top',
].join('|');
const QUOTA = new RegExp(ASKS, 'i');

/** What may follow a command of the list without a space: a word or two, or a quota. */
export const glued = new RegExp(`^(?=.{1,20}$)(?:.{1,4}$|.*(?:${ASKS}))`, 'i');
/** The same for 研判 and 排查, which begin sentences (排查隐患): a unit, or a quota. */
export const gluedUnit = new RegExp(`^(?=.{1,20}$)(?:.*(?:县|区|镇|乡|街道)$|.*(?:${ASKS}))`, 'i');

/** 第三季度, 2026年下半年: a period is no number of branches. */
const PERIOD = /^(?:20\d\d年?|[上本今去]年?)?(?:第?[一二三四1-4]?季度|[上下]半年)$/;

/** @throws AppError `invalid` */
export function refuseQuota(words: string): void {
  if (PERIOD.test(words.trim().normalize('NFKC')))
    throw new AppError('invalid', '这里看的是现在的。以前哪一天的，发送“为什么 支部名 那一天”看。');
  if (QUOTA.test(words.normalize('NFKC'))) throw new AppError('invalid', NO_QUOTA);
}
