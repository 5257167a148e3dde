/** The standard of a task 标准: `200户` in words, as what each unit is to reach. */
import { findNumerals, foldWidth, readNumeral } from '../../lib/numerals.ts';
import type { Task } from './model.ts';

/** What follows a number: its measure, maybe that it is the least, and a pause. */
const MEASURE =
  /^\s*([\p{Script=Han}a-z%㎡]{1,6}?)(?:[(（]含[)）])?(?:(?:[及或]?以|之)上|左右|以[内下]|不等|起)?(?=$|[\s,，。;；、\d])/iu;
const NO_MEASURE = /[完成年前底内下上左右约多余几半]|^[月日号点时分来]/;
const NO_LEAST =
  /不[超多高大足]|未满|第|(?<!不)[少小低]于|[人户]均|平均|每(?:户|人|家|名|个(?![月季年周]))|最多|至多|顶多|以[内下]|左右|不等|约|近|\d\s*[-~～—至到]\s*\d/;

/**
 * `200户`, `两百户以上`, `更新 1 次`: the only number of the words with its measure. What is no least (不超过5件), or not
 * the unit's (每户200元), is no target; other words mean done or not done.
 */
export function readStandard(typed: string): Pick<Task, 'standard' | 'target' | 'measure'> {
  const standard = typed.trim();
  const line = foldWidth(standard);
  const measured = findNumerals(line).flatMap(({ start, end }) => {
    // 12万元 is 12 of 万元, 3千米 is 3 of 千米.
    const big = /[万亿](?=元)|千(?=[米克瓦])/.exec(line.slice(end - 1, end + 1))?.index === 0 ? 1 : 0;
    const measure = MEASURE.exec(line.slice(end - big))?.[1];
    if (!measure || NO_MEASURE.test(measure)) return [];
    return [{ value: readNumeral(line.slice(start, end - big)), measure }];
  });
  const [one, another] = measured;
  if (one?.value === undefined || another) return { standard, target: null, measure: null };
  return { standard, target: NO_LEAST.test(line) ? null : one.value, measure: one.measure };
}
