/** 交接: everything that hangs on a person goes to a successor; 移出: somebody is off the list from this moment on. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { type Field, type FieldError, note, type Raw } from '../../bot/cards/spec.ts';
import { conversations } from '../../bot/delivery/conversations.ts';
import { type Ctx, type Handover, type Outcome, operation, type Preview } from '../../bot/operation.ts';
import { pendingMessages } from '../../bot/turn/handover.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor } from '../../bot/world.ts';
import { AppError } from '../../lib/errors.ts';
import type { Tx } from '../../store/store.ts';
import { getUnit, unitName } from '../orgs/index.ts';
import { meantHolding, peopleChoices } from './find.ts';
import { actorIn, actorOf, peopleOf, postsOf, ROLE_NAMES } from './model.ts';
import { closeUp } from './names.ts';
import { losePost, takePost } from './posts.ts';
import { reroute } from './requests.ts';
import { type Holding, rights } from './rights.ts';

const LISTED = 40;

const who = (label: string) =>
  z
    .string({ error: `请选${label}` })
    .trim()
    .min(1, `请选${label}`)
    .max(200, `请选${label}`);

/** The post that is claimed; null until it can be told which one is meant. */
async function loadHolding(ctx: Ctx, { person }: Raw): Promise<Holding | null> {
  if (typeof person !== 'string' || person.trim() === '') return null;
  const meant = await meantHolding(ctx, person, ctx.me);
  if (typeof meant === 'string') return null;
  return meant;
}

async function personField(ctx: Ctx, id: string, label: string, typed: unknown): Promise<Field> {
  const words = typeof typed === 'string' && !typed.includes('|') ? typed : '';
  const choices = await peopleChoices(ctx, words, ctx.me, LISTED);
  return field.search(
    id,
    label,
    choices.length > 0 ? choices : await peopleChoices(ctx, '', ctx.me, LISTED),
    { required: true, hint: '输入姓名查找', dataset: 'members.people' },
  );
}

export const handover = operation({
  right: rights.handover,
  words: ['交接', 'handover'],
  // 交接低保户名单的时候…: a sentence.
  glued: /^\p{Script=Han}{2,4}\s*(?:→|->|给)\s*\p{Script=Han}{2,4}$/u,
  example: '张三 给 李四',
  help: '把一位同志手上的事交给另一位',
  offered: (world, actor) => may(rights.handover, null, world, actor),
  fromText(rest) {
    const words = closeUp(rest);
    const parts = /\s*(?:→|->|给)\s*/;
    const [person, to] = words.split(parts.test(words) ? parts : /\s+/).filter(Boolean);
    return { ...(person && { person }), ...(to && { to }) };
  },
  record: loadHolding,
  input: z.object({ person: who('谁要交接'), to: who('交给谁') }),
  form: async (ctx, _record, values) => ({
    intro: '手上没办完的都交过去，交完以后原来的同志就不在这个单位了。',
    fields: [
      await personField(ctx, 'person', '谁要交接', values.person),
      await personField(ctx, 'to', '交给谁', values.to),
    ],
    // Not the word that opens it: typed again, that would send this form in.
    submit: { title: '下一步', op: rights.handover },
  }),
  async refine(ctx, { person, to }): Promise<readonly FieldError[]> {
    const from = await meantHolding(ctx, person, ctx.me);
    if (typeof from === 'string') return [{ field: 'person', message: from }];
    const next = await meantHolding(ctx, to, ctx.me);
    if (typeof next === 'string') return [{ field: 'to', message: next }];
    if (!(await rights.handover.of[0].holds(ctx.me, next, ctx)))
      return [{ field: 'to', message: await rights.handover.of[0].otherwise(next, ctx, ctx.me) }];
    return from.person === next.person ? [{ field: 'to', message: '不能交给本人，请选另一位' }] : [];
  },
  async preview(ctx, { to }, holding): Promise<Preview | undefined> {
    const { from, next, unit } = await both(ctx, holding, to);
    const counts = await countEstates(ctx, from);
    return {
      text: `${from.name}（${unit}${ROLE_NAMES[from.role]}）交给${next.name}`,
      lines: [
        ...counts.map(({ title, count }) => ({ mark: `${count}件`, text: title })),
        { mark: '单位的事', text: `受理、会商、任务本来就归${unit}，${next.name}都看得到` },
        { mark: '注意', text: await sayEnd(ctx, from) },
      ],
    };
  },
  async run(ctx, { to }, holding): Promise<Outcome> {
    const { from, next, unit } = await both(ctx, holding, to);
    const counts = await countEstates(ctx, from);
    const there = await actorIn(ctx.tx, next.id, from.unit);
    // Who takes over from a head is one; who is one already stays one.
    const role = there && there.role !== 'liaison' ? there.role : from.role;
    await takePost(ctx.tx, next.id, { unit: from.unit, role });
    const successor = { ...next, unit: from.unit, role };
    for (const handover of ctx.handovers) await handover.move(ctx, from, successor);
    const list =
      counts.length > 0
        ? counts.map(({ title, count }) => `${title}${count}件`).join('、')
        : '没有只在本人手上的事';
    const receipt = `交接：${from.name}（${unit}${ROLE_NAMES[from.role]}）交给${next.name}。${list}。经办：${ctx.me.name}。`;
    await tellLeaving(ctx, from.id, `${receipt}您已不在${unit}的名单上，谢谢您的付出。`);
    await losePost(ctx.tx, from.id, from.unit);
    await reroute(ctx.tx, from.unit);
    const several = (await postsOf(ctx.tx, (await actorOf(ctx.tx, next.id)) ?? next)).length > 1;
    const how = several ? `要以${unit}的身份来办，请发送“切换单位”。` : '发送“待办”看看有什么在等您。';
    if (next.id !== ctx.me.id)
      ctx.notify({ to: { person: next.id }, text: `${receipt}${how}`, key: keyOf(ctx, 'to'), urgent: true });
    const done = `${receipt}这就告诉双方。`;
    return { text: done, card: note(done), mine: true, did: { kind: 'member', id: from.id } };
  },
});

/** Messages and reminders, of somebody who leaves altogether; who stays in another unit still gets their own. */
export const pending: Handover = {
  title: pendingMessages.title,
  count: async (world, from) => ((await staysIn(world.tx, from)) ? 0 : pendingMessages.count(world, from)),
  async move(ctx, from, to) {
    if (!(await staysIn(ctx.tx, from))) await pendingMessages.move(ctx, from, to);
  },
};

async function staysIn(tx: Tx, { id, unit }: Actor): Promise<boolean> {
  const actor = await actorOf(tx, id);
  return actor !== null && (await postsOf(tx, actor)).some((post) => post.unit !== unit);
}

/** Who hands over, as one of the unit that is meant, and who takes over. */
async function both(ctx: Ctx, holding: Holding | null, to: string) {
  const next = await meantHolding(ctx, to, ctx.me);
  const from = holding && (await actorIn(ctx.tx, holding.person, holding.unit));
  const successor = typeof next === 'string' ? null : await actorOf(ctx.tx, next.person);
  if (!from || !successor) throw new AppError('stale', '名单刚刚变了，请再来一次。');
  return { from, next: successor, unit: await unitName(ctx.tx, from.unit) };
}

async function countEstates(ctx: Ctx, from: Parameters<Ctx['handovers'][number]['count']>[1]) {
  const counts = [];
  for (const handover of ctx.handovers)
    counts.push({ title: handover.title, count: await handover.count(ctx, from) });
  return counts.filter(({ count }) => count > 0);
}

/** What the old post leaves behind. */
async function sayEnd(ctx: Ctx, from: { id: string; name: string; unit: string }): Promise<string> {
  const actor = await actorOf(ctx.tx, from.id);
  const others = actor ? (await postsOf(ctx.tx, actor)).filter(({ unit }) => unit !== from.unit) : [];
  if (others.length === 0) return `${from.name}马上就不能再用会商助手，聊天账号也解除绑定`;
  const names = [];
  for (const { unit } of others) names.push(await unitName(ctx.tx, unit));
  return `${from.name}马上就不在这个单位了，${names.join('、')}的身份还在`;
}

/** In the chats that were theirs: once they are nobody, a message to the person goes nowhere. */
async function tellLeaving(ctx: Ctx, person: string, text: string): Promise<void> {
  if (person === ctx.me.id) return;
  const { rows } = await ctx.tx
    .table(conversations)
    .find({ where: { person }, order: 'at', desc: true, limit: 20 });
  const chat = rows.find(({ gone }) => !gone);
  if (chat) ctx.notify({ to: { place: chat.id }, text, key: keyOf(ctx, 'from'), urgent: true });
}

function keyOf(ctx: Ctx, what: string): string {
  return `leave:${ctx.newId()}:${what}`;
}

export const remove = operation({
  right: rights.remove,
  words: ['移出'],
  example: '张三',
  help: '一位同志不在单位了，请出名单',
  offered: (world, actor) => may(rights.remove, null, world, actor),
  fromText: (rest) => (rest ? { person: rest } : {}),
  record: loadHolding,
  input: z.object({ person: who('移出谁') }),
  form: async (ctx, _record, values) => ({
    intro: '有没办完的事，建议先用“交接”。',
    fields: [await personField(ctx, 'person', '移出谁', values.person)],
    submit: { title: '下一步', op: rights.remove },
  }),
  async refine(ctx, { person }): Promise<readonly FieldError[]> {
    const meant = await meantHolding(ctx, person, ctx.me);
    if (typeof meant === 'string') return [{ field: 'person', message: meant }];
    if (meant.person === ctx.me.id)
      return [{ field: 'person', message: '不能移出自己，请上一级来办，或者用“交接”' }];
    return (await isLast(ctx, meant))
      ? [{ field: 'person', message: '这是总牵头单位最后一位，不能移出' }]
      : [];
  },
  async preview(ctx, _input, holding): Promise<Preview | undefined> {
    const from = holding && (await actorIn(ctx.tx, holding.person, holding.unit));
    if (!from) return undefined;
    const counts = await countEstates(ctx, from);
    return {
      text: `${from.name}（${await unitName(ctx.tx, from.unit)}${ROLE_NAMES[from.role]}）`,
      lines: [
        ...counts.map(({ title, count }) => ({
          mark: `${count}件`,
          text: `${title}，没有人接`,
        })),
        { mark: '注意', text: await sayEnd(ctx, from) },
      ],
    };
  },
  async run(ctx, _input, holding): Promise<Outcome> {
    const from = holding && (await actorIn(ctx.tx, holding.person, holding.unit));
    if (!from) throw new AppError('stale', '名单刚刚变了，请再来一次。');
    const unit = await unitName(ctx.tx, from.unit);
    await tellLeaving(
      ctx,
      from.id,
      `${from.name}，您已不在${unit}的名单上（${ctx.me.name}办理）。弄错了请联系单位或重新“绑定”。`,
    );
    await losePost(ctx.tx, from.id, from.unit);
    await reroute(ctx.tx, from.unit);
    const done = `${from.name}已不在${unit}的名单上。`;
    return { text: done, card: note(done), mine: true, did: { kind: 'member', id: from.id } };
  },
});

/** Somebody has to be left to let others in. */
async function isLast({ tx }: Ctx, { unit }: Holding): Promise<boolean> {
  return (await getUnit(tx, unit)).parent === null && (await peopleOf(tx, unit)).length === 1;
}
