/**
 * What is said of a unit in a quarter: tables whose every number comes from its figures. Card, page, spreadsheet and the
 * quarterly report show this and count nothing themselves.
 */
import type { World } from '../../bot/world.ts';
import { allStars, type Unit } from '../orgs/index.ts';
import { n, numberOf, STAR_COLUMNS } from './figures.ts';
import { NO_SETTINGS, type Numbers, type Settings, settings, shiftQuarter } from './model.ts';
import { branchLines, tablesOf } from './report-tables.ts';
import { figuresBelow, figuresOf, history, wholeTownships } from './rollup.ts';
import { type Goal, type Headline, placeOf, type Report, share } from './shape.ts';
import { N } from './sources.ts';

const MOST_NAMED = 30;
const QUARTERS = 9;

export async function reportOf(world: World, unit: Unit, quarter: string): Promise<Report | undefined> {
  const figures = await figuresOf(world, unit, quarter);
  if (!figures) return undefined;
  const below = await figuresBelow(world, unit, quarter);
  const set = (await world.tx.table(settings).get('city')) ?? NO_SETTINGS;
  const whole = (await wholeTownships(world, figures, MOST_NAMED)).map((name) =>
    placeOf({ kind: 'township', name }),
  );
  const before = (await figuresOf(world, unit, shiftQuarter(quarter, -1)))?.numbers;
  const { numbers, on } = figures;
  return {
    ...{ unit, quarter, on, numbers, whole, settings: set },
    headline: headlineOf(numbers, before),
    goals: goalsOf(numbers, set),
    tables: await tablesOf(world, {
      ...{ figures, below, stars: await allStars(world.tx) },
      branches: await branchLines(world, figures),
      history: await history(world, unit, QUARTERS),
    }),
  };
}

const of = (part: number, whole: number) => `${part}个（${share(part, whole)}，${part}/${whole}）`;

/** `104个（59.8%，104/174）`, and `+3` since the quarter before: '' where that quarter is not known. */
function headlineOf(numbers: Numbers, before: Numbers | undefined): readonly Headline[] {
  const branches = n(numbers, N.branches);
  const line = (title: string, key: string): Headline => {
    const now = Number(numberOf(key, numbers));
    const then = before && Number(numberOf(key, before));
    const change =
      then === undefined ? '' : now === then ? '没变' : now > then ? `+${now - then}` : String(now - then);
    return { title, key, change, value: key === 'branches' ? `${now}个` : of(now, branches) };
  };
  return [
    line('支部', 'branches'),
    line('三星以上', 'least.3'),
    line('四星以上', 'least.4'),
    line(STAR_COLUMNS[5] ?? '', 'stars.5'),
  ];
}

function goalsOf(numbers: Numbers, { four, province, source }: Settings): readonly Goal[] {
  const branches = n(numbers, N.branches);
  const fours = Number(numberOf('least.4', numbers));
  const fives = n(numbers, N.stars(5));
  const wanted = four === null ? undefined : Math.ceil((branches * four) / 100);
  const ahead = province === null || branches === 0 ? undefined : (fives / branches) * 100 - province;
  const townships = n(numbers, N.townships);
  return [
    {
      title: '三星成片',
      value: `${n(numbers, N.whole)}个乡镇（街道）`,
      gap: `共${townships}个，还差${townships - n(numbers, N.whole)}个`,
    },
    {
      title: '四星成批',
      value: of(fours, branches),
      gap:
        wanted === undefined
          ? '还没有定目标'
          : fours >= wanted
            ? `目标${four}%，已达到`
            : `目标${four}%，还差${wanted - fours}个`,
    },
    {
      title: '五星领先',
      value: of(fives, branches),
      gap:
        ahead === undefined
          ? '没有全省数据'
          : `全省${province}%（${source}），${ahead >= 0 ? '高' : '低'}${Math.abs(ahead).toFixed(1)}个百分点`,
    },
  ];
}
