/** 同意, 不同意: whether somebody is let in, judged anew at the press; 切换单位 for those who are in several units. */

import { z } from 'zod';
import { button, listCard } from '../../bot/cards/spec.ts';
import { conversations } from '../../bot/delivery/conversations.ts';
import { type Ctx, entries, type Outcome, operation } from '../../bot/operation.ts';
import { AppError } from '../../lib/errors.ts';
import { optionalWords } from '../../lib/inputs.ts';
import { meantUnit, unitName } from '../orgs/index.ts';
import { giveGroup, say, sayGroup } from './bind.ts';
import { accounts, identify, members, postsOf, ROLE_NAMES } from './model.ts';
import { actAs, takePost } from './posts.ts';
import { listed, type Request, requestOperation, requests, type StoredRequest } from './requests.ts';
import { rights } from './rights.ts';

export const request = requestOperation(rights.request, {
  words: ['绑定申请'],
  run: async (_ctx, _input, { id }): Promise<Outcome> => ({
    text: '',
    card: { subject: { kind: 'binding', id } },
    mine: true,
  }),
});

export const agree = requestOperation(rights.agree, {
  words: ['同意绑定', '同意'],
  async run(ctx, _input, row): Promise<Outcome> {
    const person = await letIn(ctx, row);
    const group = await giveFreeGroup(ctx, row);
    const unit = await unitName(ctx.tx, row.unit);
    const post = `${unit}的${ROLE_NAMES[row.role]}`;
    const several = (await postsOf(ctx.tx, person)).length > 1 ? '发送“切换单位”换着办。' : '';
    const text = `${row.name}，${ctx.me.name}同意了：您是${post}。${several}有事直接跟我说，比如：上报 村口路灯坏了。`;
    const buttons = [...ctx.starts.map((act) => button(act, {}, 'positive')), button(entries.help)];
    tell(ctx, row, text, buttons);
    if (group && group !== row.place)
      ctx.notify({ to: { place: group }, text: sayGroup(unit), key: `binding:${row.id}>${group}` });
    return settled(
      ctx,
      row,
      'agreed',
      `好了，${row.name}现在是${post}${group ? '，申请的群也归这个单位了' : ''}。`,
    );
  },
});

export const refuse = requestOperation(rights.refuse, {
  words: ['不同意绑定', '不同意'],
  example: 'BD-2026-0001 不是本单位的',
  input: z.object({ reason: optionalWords('原因', 200) }),
  async run(ctx, { reason }, row): Promise<Outcome> {
    const why = reason ? `：${reason}` : '';
    const text = `${row.name}，${ctx.me.name}没有同意您绑定${await unitName(ctx.tx, row.unit)}${why}。填错了可以重新绑定，或者问问单位里的同志。`;
    tell(ctx, row, text, [button(rights.bind)]);
    return settled(ctx, { ...row, reason }, 'refused', `好的，没有让${row.name}进来，这就告诉本人。`);
  },
});

/** The person whom the account is from now on, as one of the unit that was asked for. */
async function letIn({ tx, newId, channels }: Ctx, row: Request) {
  const { channel, account: own, who: id, name, unit, role } = row;
  const platform = channels.get(channel);
  if (!platform) throw new AppError('unavailable', '申请时用的平台现在没有接上，请稍后再批。');
  const already = await identify(tx, platform, own);
  const known = already ? undefined : await listed(tx, row);
  const person = already?.id ?? known?.person ?? (platform.people === 'local' ? own : newId());
  if (!already && !known) await tx.table(members).put({ id: person, name, unit, role });
  await takePost(tx, person, { unit, role });
  if (!already) {
    // One account a platform: the one that was agreed to just now.
    for (const old of known?.accounts ?? []) await tx.table(accounts).delete(old);
    const account = await tx.table(accounts).get(id);
    await tx.table(accounts).put({ ...account, id, person });
  }
  const place = await tx.table(conversations).get(row.place);
  if (place?.kind === 'personal') await tx.table(conversations).put({ ...place, person });
  const actor = await identify(tx, platform, own);
  if (!actor) throw new AppError('internal', '没有存好，请再点一次。');
  return actor;
}

/** The group that the request was made in, unless it is somebody's by now or the role may not give it away. */
async function giveFreeGroup({ tx }: Ctx, { group, unit, role }: Request): Promise<string | undefined> {
  const place = group ? await tx.table(conversations).get(group) : undefined;
  if (!place || place.unit !== null || !rights.bindGroup.who.some((one) => one === role)) return undefined;
  await giveGroup(tx, place, unit);
  return place.id;
}

function tell(ctx: Ctx, { id, place }: Request, text: string, buttons: Parameters<typeof say>[1]): void {
  const { card } = say(text, buttons);
  ctx.notify({ to: { place }, text, ...(card && { card }), key: `binding:${id}:answer`, urgent: true });
}

async function settled(
  ctx: Ctx,
  row: StoredRequest,
  state: 'agreed' | 'refused',
  text: string,
): Promise<Outcome> {
  await ctx.tx.table(requests).put({ ...row, state, by: ctx.me.id });
  const subject = { kind: 'binding', id: row.id };
  ctx.refresh(subject);
  return { text, card: { subject }, did: subject };
}

export const switchUnit = operation({
  right: rights.switch,
  words: ['切换单位'],
  glued: 'any',
  fromText: (rest) => (rest ? { unit: rest } : {}),
  input: z.object({ unit: z.string().max(100).default('') }),
  async run(ctx, { unit: words }): Promise<Outcome> {
    const [acting, ...others] = await postsOf(ctx.tx, ctx.me);
    if (others.length === 0) return { text: '您只在一个单位，不用切换。还在别的单位任职，请发送“绑定”。' };
    const wanted = words
      ? (await meantUnit(ctx.tx, words))?.id
      : others.length === 1
        ? others[0]?.unit
        : undefined;
    if (wanted && wanted === acting?.unit)
      return { text: `您现在就是以${await unitName(ctx.tx, wanted)}的身份在办。` };
    const next = others.find(({ unit }) => unit === wanted);
    if (words && !next) throw new AppError('forbidden', '您不在这个单位。发送“切换单位”看看您在哪些单位。');
    if (!next) {
      const rows = [];
      for (const { unit, role } of others) {
        rows.push({
          mark: ROLE_NAMES[role],
          title: await unitName(ctx.tx, unit),
          sub: '',
          op: rights.switch,
          data: { unit },
        });
      }
      const sub = '点一下，以后就以那个单位的身份来办。';
      const text = [
        sub,
        ...rows.map(({ title, mark }) => `${title}（${mark}）：发送“切换单位 ${title}”`),
      ].join('\n');
      return { text, card: listCard('切换单位', sub, rows, []), mine: true };
    }
    await actAs(ctx.tx, ctx.me.id, next.unit);
    const text = `好的，现在您以${await unitName(ctx.tx, next.unit)}${ROLE_NAMES[next.role]}的身份来办。`;
    return {
      ...say(text, [button(entries.todo, {}, 'positive'), button(entries.help)], {
        kind: 'member',
        id: ctx.me.id,
      }),
      mine: true,
    };
  },
});
