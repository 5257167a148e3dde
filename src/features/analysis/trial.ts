/** 研判标准: what is in force, and how last quarter would have looked with other thresholds, before they are. */
import { setImmediate as pause } from 'node:timers/promises';
import { z } from 'zod';
import { choicesFrom, field } from '../../bot/cards/fields.ts';
import { button, type Field, previewCard, recordCard } from '../../bot/cards/spec.ts';
import { inWords } from '../../bot/cards/text.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { words } from '../../lib/inputs.ts';
import { type From, pages } from '../../lib/pages.ts';
import { periodName } from '../../lib/schedule.ts';
import { defineTable } from '../../store/store.ts';
import { getUnit, unitName, units } from '../orgs/index.ts';
import {
  CRITERIA_LABELS,
  type Criteria,
  criteriaOn,
  criteriaSchema,
  criteriaTable,
  longestDays,
  MEETS,
  MEETS_NAMES,
} from './criteria.ts';
import { factsOn, levelOf, lookAt } from './facts.ts';
import { recordsOf } from './gather.ts';
import { rights } from './rights.ts';

const TOWNSHIPS = 20;

const trialRow = z.object({
  /** The person's id: the standard that was tried last and is not in force. */
  id: z.string(),
  number: z.string(),
  standard: criteriaSchema,
});
export const trials = defineTable<z.infer<typeof trialRow>>({
  name: 'analysis_trials',
  schema: trialRow,
  indexes: [],
  keep: 'for ever: because it is at most one row for each person',
  people: {
    title: '试过的研判标准',
    fields: [{ field: 'id', left: 'goes' }],
    labels: { ...CRITERIA_LABELS, plain: { ...CRITERIA_LABELS.plain, number: '编号' } },
    words: { meets: MEETS_NAMES },
  },
});

/** The thresholds as people read and type them, by the id of their field. */
const FIELDS = {
  onceLateDays: { label: 'A 一次性重点任务过期天数', of: (c: Criteria) => c.A.onceLateDays },
  residents: { label: 'B 群众反映同一方面件数', of: (c: Criteria) => c.B.residents.count },
  residentsDays: { label: 'B 群众反映多少天内', of: (c: Criteria) => c.B.residents.days },
  recurrence: { label: 'B 反弹件数', of: (c: Criteria) => c.B.recurrence.count },
  dissatisfied: { label: 'B 不满意次数', of: (c: Criteria) => c.B.dissatisfied.count },
  climbed: { label: 'C 升到县区件数', of: (c: Criteria) => c.C.climbed.count },
  superiors: { label: 'C 上级交办督导件数', of: (c: Criteria) => c.C.superiors.count },
  overdueWorkdays: { label: 'D 乡镇超期工作日', of: (c: Criteria) => c.D.overdueWorkdays },
  openDays: { label: 'D 未销号天数', of: (c: Criteria) => c.D.openDays },
} as const;
type FieldId = keyof typeof FIELDS;
const IDS = Object.keys(FIELDS) as FieldId[];

const number = (label: string) =>
  z.coerce
    .number(`${label}请写数字`)
    .int(`${label}请写整数`)
    .min(1, `${label}至少是1`)
    .max(3650, `${label}太大了`);
const input = z.object({
  version: words('版本', 20, '请写新标准的名字，比如：2027版'),
  meets: z.enum(MEETS, '请选够条件怎么算'),
  ...(Object.fromEntries(IDS.map((id) => [id, number(FIELDS[id].label)])) as Record<
    FieldId,
    ReturnType<typeof number>
  >),
});

export const standard = operation({
  right: rights.standard,
  words: ['研判标准'],
  async run(ctx): Promise<Outcome> {
    const now = await criteriaOn(ctx.tx, ctx.today);
    const isOrganiser = (await getUnit(ctx.tx, ctx.me.unit)).kind === 'city';
    const card = recordCard({
      number: '',
      title: '研判标准',
      state: now.version,
      facts: [
        ['够条件', `${MEETS_NAMES[now.meets]}；或者十种情形有一种`],
        ...IDS.map((id) => [FIELDS[id].label, String(FIELDS[id].of(now))] as const),
        ['起用', sayDay(now.from, ctx.today)],
      ],
      buttons: isOrganiser ? [button(rights.tryStandard)] : [],
    });
    return { text: '', card, mine: true };
  },
});

export const tryStandard = operation({
  right: rights.tryStandard,
  words: ['调整标准'],
  input,
  async refine({ tx }, { version }) {
    const taken =
      (await tx.table(criteriaTable).get(version)) ??
      ((await criteriaOn(tx, '9999-12-31')).version === version || undefined);
    return taken ? [{ field: 'version', message: `已经有“${version}”了，请换一个名字` }] : [];
  },
  async form(ctx, _record) {
    const now = await criteriaOn(ctx.tx, ctx.today);
    const fields: Field[] = [
      field.text('version', '版本', 20, {
        required: true,
        hint: `比如：${Number(now.version.slice(0, 4)) + 1 || ''}版`,
      }),
      field.pick(
        'meets',
        '够条件',
        choicesFrom(MEETS, (value) => MEETS_NAMES[value]),
        { value: now.meets },
      ),
      ...IDS.map((id): Field => field.text(id, FIELDS[id].label, 4, { value: String(FIELDS[id].of(now)) })),
    ];
    return {
      intro: '先看看按新标准上季度会是什么样，再决定用不用。',
      fields,
      submit: { op: rights.tryStandard, title: '看看会怎样' },
    };
  },
  async run(ctx, fields): Promise<Outcome> {
    const now = await criteriaOn(ctx.tx, ctx.today);
    const next: Criteria = {
      ...now,
      version: fields.version,
      from: addDays(ctx.today, 1),
      meets: fields.meets,
      A: { ...now.A, onceLateDays: fields.onceLateDays },
      B: {
        residents: { count: fields.residents, days: fields.residentsDays },
        recurrence: { ...now.B.recurrence, count: fields.recurrence },
        dissatisfied: { ...now.B.dissatisfied, count: fields.dissatisfied },
      },
      C: {
        climbed: { ...now.C.climbed, count: fields.climbed },
        superiors: { ...now.C.superiors, count: fields.superiors },
      },
      D: { overdueWorkdays: fields.overdueWorkdays, openDays: fields.openDays },
    };
    const known = await ctx.tx.table(trials).get(ctx.me.id);
    const key = ctx.newId();
    await ctx.tx.table(trials).put({ ...known, id: ctx.me.id, number: key, standard: next });
    ctx.start(trialJob, { person: ctx.me.id, number: key, day: lastQuarter(ctx.today) }, { key });
    return { text: '正在按新标准看上季度，看完告诉您；现在什么都没有改。' };
  },
});

/** The last day of the quarter before. */
function lastQuarter(today: string): string {
  const [year = '', part = ''] = periodName(today, 'quarter').split('-Q');
  return addDays(`${year}-${String((Number(part) - 1) * 3 + 1).padStart(2, '0')}-01`, -1);
}

/** By county: 够条件 and 关注 with the standard of that day, and with the one that is tried. */
type Counts = Map<string, [number, number, number, number]>;

/** Looks over all branches, township by township, each in a read of its own: nobody who chats waits for it. */
export const trialJob: JobKind<Counts> = {
  kind: 'analysis.trial',
  attempts: 5,
  async prepare({ data }, { read, renew }) {
    const counts: Counts = new Map();
    const day = String(data.day);
    const trial = await read(({ tx }) => tx.table(trials).get(String(data.person)));
    if (!trial || trial.number !== data.number) return counts;
    const now = await read(({ tx }) => criteriaOn(tx, day));
    const workdays = await read(async (world) => world.workdays);
    const since = addDays(day, -Math.max(longestDays(now), longestDays(trial.standard)));
    const list = ({ after }: From) =>
      read(({ tx }) =>
        tx.table(units).find({ where: { kind: 'township' }, order: 'name', limit: TOWNSHIPS, after }),
      );
    for await (const { rows } of pages(list)) {
      for (const township of rows) {
        const sum = counts.get(township.parent ?? '') ?? [0, 0, 0, 0];
        const known = await read((world) => recordsOf(world, township, since, day));
        for (const material of known) {
          const looked = lookAt(material, day, workdays);
          for (const [i, criteria] of [now, trial.standard].entries()) {
            const level = levelOf(factsOn(looked, criteria), false, criteria);
            const at = 2 * i + (level === 'meets' ? 0 : 1);
            if (level !== 'none') sum[at] = (sum[at] ?? 0) + 1;
          }
        }
        counts.set(township.parent ?? '', sum);
        await pause();
      }
      if (!(await renew())) return new Map();
    }
    return counts;
  },
  async step(doing, { data }, counts) {
    const person = String(data.person);
    const trial = await doing.tx.table(trials).get(person);
    if (!trial || trial.number !== data.number) return undefined;
    const sum = [...counts.values()].reduce(
      (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]],
      [0, 0, 0, 0],
    );
    const say = ([meets, watch, newMeets, newWatch]: readonly [number, number, number, number]) =>
      `够条件${newMeets}个、关注${newWatch}个；现行标准${meets}个、${watch}个`;
    const lines = [];
    for (const [county, of] of counts) lines.push({ mark: await unitName(doing.tx, county), text: say(of) });
    const text = `按${trial.standard.version}，${sayDay(String(data.day), doing.today)}会有：${say(sum)}。从${sayDay(trial.standard.from, doing.today)}起用，以前的日子还按以前的标准。`;
    const card = previewCard({
      title: '新标准看过了',
      text,
      lines,
      buttons: [button(rights.useStandard, { number: trial.number }, 'positive')],
    });
    const { text: plain, card: shown } = inWords({ text: '', card });
    doing.notify({
      to: { person },
      text: plain,
      ...(shown && { card: shown }),
      key: `trial:${trial.number}`,
      urgent: true,
    });
    return undefined;
  },
};

export const useStandard = operation({
  right: rights.useStandard,
  words: ['启用标准'],
  input: z.object({ number: z.string().max(100).default('') }),
  async run(ctx, { number: named }): Promise<Outcome> {
    const trial = await ctx.tx.table(trials).get(ctx.me.id);
    if (!trial || (named !== '' && trial.number !== named))
      throw new AppError('stale', '这组标准已经启用，或者后来又试了一组。请重新调整。');
    const { id: by } = ctx.me;
    const from = addDays(ctx.today, 1);
    const { version } = trial.standard;
    await ctx.tx
      .table(criteriaTable)
      .put({ ...trial.standard, from, id: version, by, at: ctx.now.toISOString() });
    await ctx.tx.table(trials).delete(trial);
    return {
      text: `${version}标准从${sayDay(from, ctx.today)}起用。`,
      did: { kind: 'criteria', id: version },
    };
  },
});
