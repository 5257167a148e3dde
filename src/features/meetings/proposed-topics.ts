/** 提议题: what a unit wants talked about next time. It stands in the next drafted agenda, where the convener has the say. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { button, note, previewCard, type Raw, type RowSpec } from '../../bot/cards/spec.ts';
import type { Concern, View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { recordOperation, recordsOf } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import { words as typed } from '../../lib/inputs.ts';
import { numbered } from '../../lib/recordnumber.ts';
import { tellUnit } from '../members/index.ts';
import { allStars, findStar, getUnit, organiser, type Star, unitName } from '../orgs/index.ts';
import { type Meeting, TOPIC_STANDS, type Topic, topics } from './model.ts';
import { rights } from './rights.ts';

/** Of one unit for one meeting, while they wait. */
const MOST_OF_UNIT = 5;
/** In a drafted agenda, the oldest first; the others come the next time. */
const MOST_DRAFTED = 5;
/** On the board. */
const SHOWN = 10;
/** Chosen for the quarterly push, which is of no star. */
const PUSH = 'push';

export const topicNumbers = numbered('TY', /^ty/i);
const records = recordsOf({
  kind: 'topic',
  table: topics,
  numbers: topicNumbers,
  word: '会商',
  noun: '议题',
});

/** Who may not read one hears what is said of a number that there is not. */
async function load(ctx: Ctx, raw: Raw): Promise<Topic> {
  const row = await records.load(ctx, raw);
  if (await may(rights.topic, row, ctx, ctx.me)) return row;
  throw new AppError('not_found', `没有找到“${row.id}”这个议题。发送“会商”看看编号。`);
}
const topicOperation = recordOperation(load, records.fromNumber);

/** What one agenda is of: a star's meeting, or the push. */
interface Agenda {
  readonly star: string | null;
  readonly lead: string;
  readonly title: string;
}

const agendaOf = ({ id, lead, name }: Star): Agenda => ({ star: id, lead, title: `${name}会商` });

/** What can be proposed for; the sender's own stars come first, and are alone to be meant where nothing is said. */
async function agendas({ tx, me }: Ctx): Promise<{ all: readonly Agenda[]; own: readonly Agenda[] }> {
  const unit = await getUnit(tx, me.unit);
  const stars = await allStars(tx);
  // A branch holds the stars that it has; only departments work for some.
  const worksFor = unit.kind === 'responsible' ? unit.stars : [];
  const own = stars.filter(({ id, lead }) => lead === unit.id || worksFor.includes(id)).map(agendaOf);
  const others = stars.map(agendaOf).filter(({ star }) => !own.some((mine) => mine.star === star));
  const push = { star: null, lead: (await organiser(tx)).id, title: '季度推进会' };
  return { all: [...own, ...others, push], own };
}

const choiceOf = ({ star }: Agenda) => star ?? PUSH;

/** The words without the star at their beginning, and which one it is. */
function readTopic(said: string, stars: readonly Star[]): { star?: string; words: string } {
  const [, first = '', rest = ''] = /^\s*([^\s：:，,]+)[\s：:，,]+(.+)$/s.exec(said) ?? [];
  const star = first === '推进会' ? PUSH : findStar(stars, first)?.id;
  return star ? { star, words: rest } : { words: said };
}

const input = z.object({
  words: typed('议题', 100, '请写议题，一句话').transform((text) => text.replace(/\s+/g, ' ')),
  star: z.string().max(100, '请选哪个会').default(''),
});

/** Which agenda is meant, and the words that are left. */
async function meant(ctx: Ctx, fields: z.infer<typeof input>) {
  const { all, own } = await agendas(ctx);
  const read = readTopic(fields.words, fields.star ? [] : await allStars(ctx.tx));
  const star = fields.star || read.star || (own.length === 1 && own[0] ? choiceOf(own[0]) : '');
  return { agenda: all.find((one) => choiceOf(one) === star), words: read.words };
}

export const propose = operation({
  right: rights.propose,
  words: ['提议题'],
  help: '放进下次会商的议题',
  example: '平安法治星 冬季防火怎么分片',
  glued: 'any',
  fromText: (rest): Raw => {
    const topic = topicNumbers.read(rest)?.number;
    return topic ? { topic } : rest ? { words: rest } : {};
  },
  open: async (_ctx, { topic }) =>
    topic === undefined ? undefined : { op: showTopic, raw: { topic } as Raw },
  input,
  async refine(ctx, fields) {
    const { agenda } = await meant(ctx, fields);
    if (!agenda) return [{ field: 'star', message: '请选放进哪个会' }];
    const where = { unit: ctx.me.unit, star: agenda.star, state: 'open' as const };
    return (await ctx.tx.table(topics).count(where)) < MOST_OF_UNIT
      ? []
      : [
          {
            field: 'words',
            message: `本单位提给${agenda.title}的已有${MOST_OF_UNIT}个在等，请先撤下一个（发送“会商”可以看到）`,
          },
        ];
  },
  async form(ctx, _record, { words: said }) {
    const { all, own } = await agendas(ctx);
    // Only offered: a star that the words are about need not be the one in whose meeting it is to be.
    const named = (await allStars(ctx.tx)).filter(({ name }) => String(said ?? '').includes(name));
    const [star = own[0] && choiceOf(own[0])] = named.map(({ id }) => id);
    return {
      intro: '放进下次会商的议题，由牵头单位定。',
      fields: [
        field.text('words', '议题', 100, { required: true, hint: '一句话，要商量什么' }),
        field.select(
          'star',
          '哪个会',
          all.map((one) => ({ title: one.title, value: choiceOf(one) })),
          { required: true, value: star },
        ),
      ],
      submit: { op: rights.propose },
    };
  },
  async run(ctx, fields): Promise<Outcome> {
    const { agenda, words } = await meant(ctx, fields);
    if (!agenda) throw new AppError('stale', '这个会的牵头单位刚变了，请再提一次。');
    const { star, lead, title } = agenda;
    const row = await ctx.tx.table(topics).put({
      id: await topicNumbers.next(ctx.tx, ctx.today),
      at: ctx.now.toISOString(),
      star,
      lead,
      words,
      unit: ctx.me.unit,
      by: ctx.me.id,
      state: 'open',
      meeting: null,
      reason: '',
    });
    const subject = { kind: 'topic', id: row.id };
    const text = `${await unitName(ctx.tx, row.unit)}给下次${title}提了一个议题：${words}。发起时会在议题里。`;
    if (lead !== row.unit) await tellUnit(ctx, lead, { text, card: { subject }, key: `topic:${row.id}` });
    return {
      text: `提好了，编号 ${row.id}，放进下次${title}的议题，由${await unitName(ctx.tx, lead)}定。`,
      card: { subject },
      did: subject,
    };
  },
});

/** One proposed item, for who proposed it and who convenes. */
export const showTopic = topicOperation(rights.topic, {
  run: records.shown,
});

export const dropTopic = topicOperation(rights.dropTopic, {
  words: ['撤下议题'],
  example: 'TY-2026-0001 已经单独办了',
  fromText: records.wordsFor('reason'),
  input: z.object({ reason: typed('原因', 200) }),
  form: async (_ctx, { id, words }) => ({
    intro: `${id} ${words}`,
    fields: [field.text('reason', '原因', 200, { required: true, hint: '一句话就行' })],
    submit: { op: rights.dropTopic, data: { topic: id } },
  }),
  async run(ctx, { reason }, row) {
    const saved = await ctx.tx.table(topics).put({ ...row, state: 'dropped', reason });
    const card = { subject: { kind: 'topic', id: row.id } };
    const other = ctx.me.unit === row.lead ? row.unit : row.lead;
    const text = `议题“${row.words}”撤下了：${reason}。`;
    if (other !== ctx.me.unit)
      await tellUnit(ctx, other, { text, card, key: `topic:${row.id}:${saved.rev}` });
    return records.changed(ctx, saved, '撤下了，下次的议题里不再有。');
  },
});

/** Whoever may still take it back. */
export const topicConcern: Concern = async (world, id, actor) => {
  const row = await world.tx.table(topics).get(id);
  return row !== undefined && may(rights.dropTopic, row, world, actor);
};

export const topicView: View = async (world, id, viewer) => {
  const row = await world.tx.table(topics).get(id);
  const seen = row && (await judge(rights.topic, row, world, viewer));
  if (!row || seen !== true) return note(viewer || !row ? '没有找到这个议题。' : String(seen));
  const star = (await allStars(world.tx)).find((one) => one.id === row.star);
  const line = (mark: string, text: string) => ({ mark, text });
  const drops = viewer && (await may(rights.dropTopic, row, world, viewer));
  return previewCard({
    title: id,
    text: row.words,
    lines: [
      line('哪个会', star ? agendaOf(star).title : '季度推进会'),
      line('提出', await unitName(world.tx, row.unit)),
      line('状态', TOPIC_STANDS[row.state](row)),
    ],
    buttons: [
      ...(drops ? [button(rights.dropTopic, { topic: id })] : []),
      ...(row.meeting ? [button(rights.show, { meeting: row.meeting }, 'default', '看会商')] : []),
    ],
  });
};

/** Those that wait, of the viewer's unit or for it to take, as rows of the board. */
export async function topicRows(world: World, { unit }: Actor): Promise<readonly RowSpec[]> {
  const of = (where: object) =>
    world.tx.table(topics).find({ where: { ...where, state: 'open' }, order: 'at', limit: SHOWN });
  const { rows: asked } = await of({ lead: unit });
  const { rows: own } = await of({ unit });
  const rows: RowSpec[] = [];
  for (const row of [...asked, ...own.filter(({ lead }) => lead !== unit)])
    rows.push({
      mark: row.lead === unit ? '提来的议题' : '提出的议题',
      title: row.words,
      sub: `${row.id} · ${await unitName(world.tx, row.lead === unit ? row.unit : row.lead)}`,
      op: rights.topic,
      data: { topic: row.id },
    });
  return rows;
}

/** Lines for the agenda that is drafted. */
export async function topicLines({ tx }: World, star: string | null): Promise<readonly string[]> {
  const where = { star, state: 'open' as const };
  const { rows } = await tx.table(topics).find({ where, order: 'at', limit: MOST_DRAFTED });
  const lines = [];
  for (const { id, words, unit } of rows) lines.push(`${words}（${await unitName(tx, unit)}提）〔${id}〕`);
  return lines;
}

/** What stands in the agenda of a meeting that was called waits no more; a line that was taken out comes the next time. */
export async function takeTopics(ctx: Ctx, meeting: Meeting): Promise<void> {
  for (const { about } of meeting.items) {
    const row = about === null ? undefined : await ctx.tx.table(topics).get(about);
    // What an item is about is in its text, which anybody may write: others' proposals are not theirs to take.
    if (row?.state !== 'open' || row.star !== meeting.star || row.lead !== meeting.lead) continue;
    await ctx.tx.table(topics).put({ ...row, state: 'taken', meeting: meeting.id });
    ctx.refresh({ kind: 'topic', id: row.id });
    const card = { subject: { kind: 'topic', id: row.id } };
    const text = `本单位提的议题“${row.words}”列入了 ${meeting.id}。`;
    if (row.unit !== meeting.lead)
      await tellUnit(ctx, row.unit, { text, card, key: `topic:${row.id}:${meeting.id}` });
  }
}

/** The meeting will not be: they wait for the next one. */
export async function returnTopics({ tx, refresh }: Ctx, { id: meeting }: Meeting): Promise<void> {
  const { rows } = await tx.table(topics).find({ where: { meeting }, order: 'at', limit: 100 });
  for (const row of rows) {
    await tx.table(topics).put({ ...row, state: 'open', meeting: null });
    refresh({ kind: 'topic', id: row.id });
  }
}
