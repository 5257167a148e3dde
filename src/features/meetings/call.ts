/** 发起会商: the form with a drafted agenda, the last look, and the meeting with its invitations. */
import { z } from 'zod';
import { field, namedChoices } from '../../bot/cards/fields.ts';
import { buildForm, type Field, type FieldError, type Raw } from '../../bot/cards/spec.ts';
import { type Ctx, operation, type Preview } from '../../bot/operation.ts';
import { instant, sayDay } from '../../lib/dates.ts';
import { day as dayOf, id, TIME_MAX, time as timeOf, words as typed } from '../../lib/inputs.ts';
import { periodName } from '../../lib/schedule.ts';
import { latestDay, pastDay, readWhen, type When } from '../../lib/when/index.ts';
import { tellUnit } from '../members/index.ts';
import { allStars, getUnit, type Star, type Unit, unitName } from '../orgs/index.ts';
import {
  invitable,
  minutesOf,
  monthAgenda,
  readAgenda,
  sayWhen,
  usualUnits,
  warnings,
} from './draft-agenda.ts';
import { invites, type Meeting, meetings } from './model.ts';
import { takeTopics } from './proposed-topics.ts';
import { pushAgenda } from './push.ts';
import { numbers } from './record.ts';
import { rights } from './rights.ts';
import { readCall } from './sentence.ts';
import { remindSoon } from './soon.ts';

const MOST_ITEMS = 30;
const USUAL_TIME = '15:00';

/** Who calls: the unit, and the stars that it leads. */
interface ConveningUnit {
  readonly unit: Unit;
  readonly stars: readonly Star[];
}

export const time = timeOf('请写几点开始');
export const date = dayOf('请选日期');

const input = z.object({
  star: z.string().max(100, '请选这次商量哪颗星').default(''),
  /** The star for which the agenda on the form was drafted. */
  drafted: id().optional(),
  date,
  time,
  place: typed('地点', 200, '请写地点，线上会议就贴链接'),
  units: z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
    z
      .array(z.string().max(100, '参加单位请从名单里选'), { error: '请选参加单位' })
      .min(1, '请至少选一个参加单位')
      .max(200, '参加单位太多'),
  ),
  agenda: typed('议题', 4000, '请写议题，一行一个').refine(
    (text) => readAgenda(text).length <= MOST_ITEMS,
    `议题最多${MOST_ITEMS}个`,
  ),
});
type Input = z.infer<typeof input>;

/** What is wrong with the time of a meeting as it would be today. */
export function misplaced(
  { date: day, time: at }: { date: string; time: string },
  { now, today }: Pick<Ctx, 'now' | 'today'>,
): readonly FieldError[] {
  const latest = latestDay(today);
  if (day > latest) return [{ field: 'date', message: `日期最晚到${sayDay(latest, today)}` }];
  if (day < today) return [{ field: 'date', message: pastDay(day, today) }];
  return instant(day, at) > now
    ? []
    : [{ field: 'time', message: `${sayDay(day, today)} ${at}已经过了，请写以后的时间` }];
}

/** What was said of the time and not understood; once where it is the same of the day and the hour. */
export function notUnderstood({ date: day, time: at }: When): readonly FieldError[] {
  return [
    ...(day?.why ? [{ field: 'date', message: day.why }] : []),
    ...(at?.why && at.why !== day?.why ? [{ field: 'time', message: at.why }] : []),
  ];
}

/** Who says a day has to say an hour too, and the reverse. */
function complete({ date: day, time: at }: When): When {
  if (!day && !at) return {};
  return {
    date: day ?? { why: '没有说哪一天，请选日期' },
    time: at ?? { why: '没有说几点，请写上' },
  };
}

/** What was typed after the command: when, and perhaps which star. */
function fromText(rest: string): Raw {
  return rest ? { words: rest } : {};
}

/** The agenda on the form is another star's. */
function isOther(drafted: unknown, star: Star | undefined): drafted is string {
  return typeof drafted === 'string' && star !== undefined && drafted !== star.id;
}

/** Both kinds of meeting are called alike; the kind decides about stars, period and the usual people. */
function callOperation(kind: Meeting['kind']) {
  const push = kind === 'push';
  const right = push ? rights.push : rights.call;

  async function conveningUnit(ctx: Ctx): Promise<ConveningUnit> {
    const unit = await getUnit(ctx.tx, ctx.me.unit);
    return { unit, stars: (await allStars(ctx.tx)).filter(({ lead }) => lead === unit.id) };
  }

  const starOf = ({ stars }: ConveningUnit, { star }: Pick<Input, 'star'>) =>
    push ? undefined : star === '' && stars.length === 1 ? stars[0] : stars.find(({ id }) => id === star);
  const periodOf = ({ date: day }: Pick<Input, 'date'>) => periodName(day, push ? 'quarter' : 'month');

  /** The agenda as it is proposed; what was added by hand outlives a change of the star. */
  async function draft(ctx: Ctx, star: Star | undefined, values: Raw): Promise<string> {
    const proposed = star ? await monthAgenda(ctx, star.id) : await pushAgenda(ctx);
    if (!isOther(values.drafted, star)) return proposed;
    const before = (await monthAgenda(ctx, values.drafted)).split('\n');
    const typed = typeof values.agenda === 'string' ? values.agenda.split('\n') : [];
    const added = typed.filter((line) => line.trim() !== '' && !before.includes(line.trim()));
    return [proposed, ...added].join('\n');
  }

  async function refine(ctx: Ctx, fields: Input, at: ConveningUnit): Promise<readonly FieldError[]> {
    const errors: FieldError[] = [];
    const star = starOf(at, fields);
    if (!push && !star) errors.push({ field: 'star', message: '请选这次商量哪颗星' });
    if (star && isOther(fields.drafted, star))
      errors.push({ field: 'star', message: `换成${star.name}了，议题和单位已按它重新拟好，请再看看` });
    errors.push(...misplaced(fields, ctx));
    const known = new Set((await invitable(ctx, at.unit.id)).map(({ id }) => id));
    if (fields.units.some((id) => !known.has(id)))
      errors.push({ field: 'units', message: '参加单位请从名单里选' });
    const same = await ctx.tx
      .table(meetings)
      .find({ where: { period: periodOf(fields) }, order: 'startsAt', limit: 200 });
    const other = same.rows.find(
      (m) => m.kind === kind && m.star === (star?.id ?? null) && m.state === 'set' && m.lead === at.unit.id,
    );
    if (other)
      errors.push({
        field: 'date',
        message: `这个${push ? '季度' : '月'}已经定了 ${other.id}，要改时间请在那张卡上点“改期”`,
      });
    return errors;
  }

  async function form(ctx: Ctx, at: ConveningUnit, values: Raw, errors: readonly FieldError[]) {
    const words = typeof values.words === 'string' ? values.words : '';
    // Once the form has been filled in, what was said to open it is over.
    const { when, place, agenda } = readCall(values.date === undefined ? words : '');
    const said = values.date === undefined ? complete(readWhen(when, ctx.now)) : {};
    const star = push
      ? undefined
      : (starOf(at, { star: String(values.star ?? '') }) ??
        at.stars.find(({ name: n }) => words.includes(n.slice(0, 4))) ??
        at.stars[0]);
    const usual = await usualUnits(ctx, star, at.unit.id);
    const others = (await invitable(ctx, at.unit.id)).filter(({ id }) => !usual.some((u) => u.id === id));
    const choices = namedChoices([...usual, ...others]);
    const fields: Field[] = [
      field.date('date', '哪一天', { required: true, min: ctx.today, value: said.date?.value }),
      field.text('time', '几点', TIME_MAX, {
        required: true,
        value: said.time ? said.time.value : USUAL_TIME,
        hint: '15:00',
      }),
      field.text('place', '地点或链接', 200, {
        required: true,
        hint: '哪间会议室，或者会议链接',
        value: place,
      }),
      field.lines('agenda', '议题', 4000, {
        required: true,
        hint: '一行一个，可以改、可以加；后面可写用时，比如 15分钟',
        value: [agenda, await draft(ctx, star, values)].filter(Boolean).join('\n'),
      }),
      field.many('units', '参加单位', choices, {
        required: true,
        value: usual.map(({ id }) => id).join(','),
      }),
    ];
    if (!push && at.stars.length > 1) {
      const options = namedChoices(at.stars);
      fields.unshift(field.select('star', '商量哪颗星', options, { required: true, value: star?.id }));
    }
    const typed = Array.isArray(values.units) ? { ...values, units: values.units.join(',') } : values;
    const kept = isOther(values.drafted, star) ? { ...typed, agenda: undefined, units: undefined } : typed;
    const data = star ? { drafted: star.id } : {};
    const intro = push
      ? '一季度一推进。议题已按各星情况拟好。'
      : `${at.stars.length === 1 ? `${star?.name ?? ''}，` : ''}议题已按没办完的事拟好，可以改。`;
    return buildForm({ intro, fields, submit: { op: right, data } }, kept, [
      ...notUnderstood(said),
      ...errors,
    ]);
  }

  async function preview(ctx: Ctx, fields: Input, at: ConveningUnit): Promise<Preview> {
    const against = await warnings(ctx, { ...fields, units: [...fields.units, at.unit.id] });
    const items = readAgenda(fields.agenda);
    const length = minutesOf(items);
    const names = [];
    for (const unit of new Set(fields.units)) names.push(await unitName(ctx.tx, unit));
    return {
      title: push ? '季度推进会' : `${starOf(at, fields)?.name ?? ''}联席会商`,
      text: `${sayWhen(fields, ctx.today)}，${fields.place}。`,
      lines: [
        ...against.map((text) => ({ mark: '注意', text })),
        { mark: `邀请${names.length}个单位`, text: names.join('、') },
        ...items.map(({ text }, i) => ({ mark: `议题${i + 1}`, text })),
        ...(length ? [{ mark: length.warns ? '注意' : '用时', text: length.text }] : []),
      ],
    };
  }

  return operation<ConveningUnit, Input>({
    right,
    days: { fields: /^date$/, toward: 'ahead' },
    words: push ? ['推进会发起', '发起推进会'] : ['会商发起', '发起会商'],
    glued: 'any',
    example: '下周三下午3点',
    record: conveningUnit,
    fromText,
    input,
    refine,
    form,
    preview,
    async run(ctx, fields, at) {
      const star = starOf(at, fields);
      const startsAt = instant(fields.date, fields.time).toISOString();
      const meeting: Meeting = {
        id: await numbers.next(ctx.tx, fields.date),
        kind,
        period: periodOf(fields),
        star: star?.id ?? null,
        lead: at.unit.id,
        convener: ctx.me.id,
        date: fields.date,
        time: fields.time,
        startsAt,
        place: fields.place,
        state: 'set',
        items: readAgenda(fields.agenda),
        version: 0,
        reason: '',
        moved: 0,
      };
      await ctx.tx.table(meetings).put(meeting);
      await takeTopics(ctx, meeting);
      for (const unit of new Set(fields.units)) {
        const row = {
          id: `${meeting.id}|${unit}`,
          meeting: meeting.id,
          unit,
          state: 'set' as const,
          startsAt,
        };
        await ctx.tx.table(invites).put({ ...row, answer: 'none', words: '', by: null, present: 'no' });
      }
      const subject = { kind: 'meeting', id: meeting.id };
      const what = push ? '季度推进会' : `${star?.name ?? ''}联席会商`;
      const text = `${at.unit.name}请您参加${what}：${sayWhen(fields, ctx.today)}，${fields.place}。`;
      for (const unit of new Set(fields.units))
        await tellUnit(ctx, unit, { text, card: { subject }, key: `meeting:${meeting.id}:call` });
      const own = `本单位发起了${what}：${sayWhen(fields, ctx.today)}，${fields.place}。`;
      await tellUnit(ctx, at.unit.id, { text: own, card: { subject }, key: `meeting:${meeting.id}:call` });
      await remindSoon(ctx, meeting);
      ctx.refresh(subject);
      return {
        text: `已发出，编号 ${meeting.id}，邀请了${fields.units.length}个单位。`,
        card: { subject },
        did: subject,
      };
    },
  });
}

export const call = callOperation('month');
export const callPush = callOperation('push');
