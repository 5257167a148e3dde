/** The year of 创星: by when each stage is to be done. Dates remind, they refuse nobody. */
import { z } from 'zod';
import usual from '../../../data/star-cycle.json' with { type: 'json' };
import { field } from '../../bot/cards/fields.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { isDay, sayDay } from '../../lib/dates.ts';
import { day } from '../../lib/inputs.ts';
import { defineTable, type Tx } from '../../store/store.ts';
import { rights } from './rights.ts';

/** In the order in which they come: what is done, and by whom. */
export const STAGES = ['aim', 'apply', 'township', 'county', 'lead', 'city'] as const;
export type Stage = (typeof STAGES)[number];
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  aim: '定目标',
  apply: '申报',
  township: '乡镇意见',
  county: '县区审核',
  lead: '牵头单位认定',
  city: '市复核',
};

/** The last day of each stage. */
export type Cycle = Readonly<Record<Stage, string>>;

const MONTH_AND_DAY = /^\d\d-\d\d$/;
const each = <T>(of: (stage: Stage) => T) =>
  Object.fromEntries(STAGES.map((stage) => [stage, of(stage)])) as Record<Stage, T>;
/** The file data/star-cycle.json: month and day of each stage, where nobody set others. */
const USUAL = z.object(each(() => z.string().regex(MONTH_AND_DAY))).parse(usual);

const cycleRow = z.object({
  /** The year. */
  id: z.string(),
  ...each(() => z.string().refine(isDay)),
  /** The unit that set it, and when. */
  unit: z.string(),
  on: z.string(),
});
export const cycles = defineTable<z.infer<typeof cycleRow>>({
  name: 'star_cycles',
  schema: cycleRow,
  indexes: [],
  keep: 'for ever: because it is one row for each year',
});

/** The dates of a year: as the organiser set them, or the usual ones. */
export async function cycleOf(tx: Tx, year: string): Promise<Cycle> {
  return (await tx.table(cycles).get(year)) ?? each((stage) => `${year}-${USUAL[stage]}`);
}

/** The year whose stars are applied for on a day. */
export const yearOf = (today: string): string => today.slice(0, 4);

export const calendar = operation({
  right: rights.calendar,
  words: ['创星日程'],
  days: { fields: /^(?:aim|apply|township|county|lead|city)$/, toward: 'ahead' },
  input: z.object(each((stage) => day(`请选${STAGE_NAMES[stage]}的最后一天`))),
  async refine(_ctx, dates) {
    return STAGES.flatMap((stage, i) => {
      const before = STAGES[i - 1];
      if (!before || dates[stage] >= dates[before]) return [];
      return [{ field: stage, message: `${STAGE_NAMES[stage]}不能早于${STAGE_NAMES[before]}` }];
    });
  },
  async form(ctx) {
    const now = await cycleOf(ctx.tx, yearOf(ctx.today));
    return {
      title: `创星日程（${yearOf(ctx.today)}年）`,
      intro: '每一步最迟哪一天。快到的时候提醒还没办的一次，过了也能办。',
      fields: STAGES.map((stage) =>
        field.date(stage, STAGE_NAMES[stage], { required: true, value: now[stage] }),
      ),
      submit: { op: rights.calendar },
    };
  },
  async run(ctx, dates): Promise<Outcome> {
    const id = yearOf(ctx.today);
    const known = await ctx.tx.table(cycles).get(id);
    await ctx.tx.table(cycles).put({ ...known, id, ...dates, unit: ctx.me.unit, on: ctx.today });
    const said = STAGES.map((stage) => `${STAGE_NAMES[stage]}${sayDay(dates[stage], ctx.today)}前`);
    return { text: `${id}年创星日程：${said.join('，')}。`, did: { kind: 'starCycle', id } };
  },
});
