/** 绑定: somebody says who they are; 绑定本群: a group belongs to a unit, so that what concerns it is shown there. */

import { z } from 'zod';
import { choicesFrom, field } from '../../bot/cards/fields.ts';
import {
  buildForm,
  button,
  type Choice,
  type Field,
  type FieldError,
  type FormCard,
  note,
  type Raw,
} from '../../bot/cards/spec.ts';
import { type ConversationRow, conversations } from '../../bot/delivery/conversations.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { instant } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { id } from '../../lib/inputs.ts';
import { inNameOrder } from '../../lib/pinyin.ts';
import type { Tx } from '../../store/store.ts';
import {
  getUnit,
  isBranch,
  meantUnit,
  placedName,
  searchUnits,
  type Unit,
  unitName,
  units,
} from '../orgs/index.ts';
import { postsOf, ROLE_NAMES } from './model.ts';
import { closeUp, nameOf } from './names.ts';
import {
  askedFor,
  listed,
  numbers,
  openRequest,
  type Request,
  requests,
  sayWaiting,
  withdrawButton,
} from './requests.ts';
import { rights } from './rights.ts';

export const ROLES = ['head', 'liaison', 'secretary'] as const;
/** In a city of so many units all are listed; in a larger one those at the top, and the others as one types. */
const LISTED = 300;
const MOST_A_DAY = 5;

export const bindGroup = operation({
  right: rights.bindGroup,
  words: ['绑定本群'],
  help: '这个群归本单位',
  async run(ctx) {
    if (ctx.place.kind !== 'group') throw new AppError('invalid', '请到要绑定的群里 @我 发送“绑定本群”。');
    const name = await unitName(ctx.tx, ctx.me.unit);
    const before = ctx.place.unit;
    if (before === ctx.me.unit) return { text: `本群已经归${name}。` };
    if (before !== null) {
      throw new AppError('forbidden', `本群已经归${await unitName(ctx.tx, before)}，要改请先和他们商量。`);
    }
    await giveGroup(ctx.tx, ctx.place, ctx.me.unit);
    return { text: sayGroup(name), did: { kind: 'place', id: ctx.place.id } };
  },
});

/** The chat belongs to the unit from now on: all of a channel, whatever thread it was said in. */
export async function giveGroup(tx: Tx, place: ConversationRow, unit: string): Promise<void> {
  await tx.table(conversations).put({ ...place, unit });
}

export function sayGroup(name: string): string {
  return `好了，本群归${name}。以后交给${name}的事会发到这里。`;
}

/** All units, by name; none when they are more than `most`. */
async function firstUnits(tx: Tx, most: number): Promise<readonly Choice[]> {
  const { rows, next } = await tx.table(units).find({ order: 'name', limit: most });
  return next ? [] : choicesOf(tx, inNameOrder(rows));
}

async function choicesOf(tx: Tx, found: readonly Unit[]): Promise<readonly Choice[]> {
  const choices: Choice[] = [];
  for (const unit of found) choices.push({ title: await placedName(tx, unit), value: unit.id });
  return choices;
}

/** Choices of units for what is typed; anybody may ask: the units of the city are no secret. */
export async function unitChoices(tx: Tx, words: string, most: number): Promise<readonly Choice[]> {
  return choicesOf(tx, await searchUnits(tx, words, most));
}

const roleOf = (words: string) => ROLES.find((role) => role === words || ROLE_NAMES[role] === words);

const input = z.object({
  name: z
    .string({ error: '请写姓名' })
    .transform(nameOf)
    .pipe(z.string().min(1, '请写姓名').max(20, '姓名最多20个字')),
  unit: id('请选单位'),
  role: z
    .string({ error: '请选岗位' })
    .transform((words) => roleOf(words.trim()))
    .refine((role) => role !== undefined, '请选岗位：负责人、联络员或支部书记'),
  group: z.enum(['yes', 'no']).default('no'),
});

export const bind = operation({
  right: rights.bind,
  words: ['绑定', 'bind'],
  help: '告诉我您是谁，同意后就能用',
  fromText(rest) {
    const words = closeUp(rest).split(/\s+/).filter(Boolean);
    const role = words.length > 2 ? roleOf(words.at(-1) ?? '') : undefined;
    const [name, ...unit] = role ? words.slice(0, -1) : words;
    return {
      ...(name && { name }),
      ...(unit.length > 0 && { unit: unit.join(' ') }),
      ...(role && { role }),
    };
  },
  input,
  form: bindForm,
  async refine(ctx, { name, unit, role }): Promise<readonly FieldError[]> {
    const meant = await meantUnit(ctx.tx, unit);
    if (!meant) return [await noUnit(ctx.tx, unit)];
    if ((role === 'secretary') !== (isBranch(meant) && role !== 'liaison')) return [wrongRole(meant)];
    const mine = ctx.sender ? await postsOf(ctx.tx, ctx.sender) : [];
    if (mine.some((post) => post.unit === meant.id)) {
      return [{ field: 'unit', message: `您已经在${meant.name}了，不用再绑定` }];
    }
    if (!(await whoDecides(ctx, name, meant.id)))
      return [{ field: 'unit', message: '名单里还没有能批的人，请联系市委组织部' }];
    return (await askedOften(ctx)) ? [{ field: 'name', message: '今天已经申请过几次了，请明天再来' }] : [];
  },
  async run(ctx, { name, unit: words, role, group }): Promise<Outcome> {
    const unit = await meantUnit(ctx.tx, words);
    const asked = unit && (await whoDecides(ctx, name, unit.id));
    if (!unit || !asked || !role) throw new AppError('stale', '名单刚刚变了，请再填一次。');
    const earlier = await openRequest(ctx.tx, whoOf(ctx));
    if (earlier) await takeBack(ctx, earlier);
    const { channel, id: account, name: alias } = ctx.account;
    const row: Request = {
      id: await numbers.next(ctx.tx, ctx.today),
      at: ctx.now.toISOString(),
      channel,
      account,
      who: whoOf(ctx),
      alias,
      // Who is known keeps the name under which they are known.
      name: ctx.sender?.name ?? name,
      unit: unit.id,
      role,
      place: ctx.place.id,
      group: group === 'yes' && isFree(ctx.place) ? ctx.place.id : null,
      asked: asked.unit,
      state: 'open',
      by: null,
      reason: '',
    };
    await ctx.tx.table(requests).put(row);
    const subject = { kind: 'binding', id: row.id };
    for (const { id: person } of asked.heads) {
      ctx.notify({
        to: { person },
        text: `${row.name}说自己是${unit.name}的${ROLE_NAMES[role]}，请您看看是不是，再点“同意”或“不同意”。`,
        card: { subject },
        key: `binding:${row.id}@${person}`,
      });
    }
    return say(`已提交${await sayWaiting(ctx.tx, row, ctx.sender)}`, [withdrawButton], subject);
  },
});

/** Neither the one who asks nor the one whom they say to be. */
async function whoDecides({ tx, sender, account: { channel } }: Ctx, name: string, unit: string) {
  const claimed = sender ? undefined : await listed(tx, { name, unit, channel });
  return askedFor(tx, unit, [sender?.id, claimed?.person]);
}

/** A sentence with buttons. */
export function say(
  text: string,
  buttons: readonly ReturnType<typeof button>[],
  did?: Outcome['did'],
): Outcome {
  return { text, card: note(text, buttons), ...(did && { did }) };
}

/** Names whoever writes by their account, also those who are known. */
function whoOf({ account }: Ctx): string {
  return `${account.channel}:${account.id}`;
}

/** Each request is a message to somebody: an account has a few a day. */
async function askedOften(ctx: Ctx): Promise<boolean> {
  const where = { who: whoOf(ctx), state: ['open', 'refused', 'withdrawn'] as const };
  const range = { gte: instant(ctx.today, '00:00').toISOString() };
  const query = { where, order: 'at', range, limit: MOST_A_DAY } as const;
  return (await ctx.tx.table(requests).find(query)).rows.length === MOST_A_DAY;
}

/** A group that is nobody's yet. */
function isFree({ kind, unit }: ConversationRow): boolean {
  return kind === 'group' && unit === null;
}

async function noUnit(tx: Tx, words: string): Promise<FieldError> {
  const near = await unitChoices(tx, words, 4);
  const hint = near.length > 0 ? `，是不是${near.map(({ title }) => title).join('、')}` : '，请写全称';
  return { field: 'unit', message: `没认出“${words}”是哪个单位${hint}` };
}

function wrongRole(unit: Unit): FieldError {
  const fit = isBranch(unit) ? '支部书记或联络员' : '负责人或联络员';
  return { field: 'role', message: `${unit.name}请选${fit}` };
}

async function bindForm(
  ctx: Ctx,
  _record: unknown,
  values: Raw,
  errors: readonly FieldError[],
): Promise<FormCard> {
  const { tx, sender } = ctx;
  const typed = typeof values.unit === 'string' ? values.unit : '';
  const meant = await meantUnit(tx, typed);
  const all = await firstUnits(tx, LISTED);
  const found = all.length > 0 ? all : await unitChoices(tx, meant ? '' : typed, LISTED);
  const choices = meant ? [{ title: await placedName(tx, meant), value: meant.id }, ...found] : found;
  const fields: Field[] = [
    field.text('name', '姓名', 20, { required: true, value: sender?.name ?? ctx.account.name }),
    field.search(
      'unit',
      '单位',
      choices.filter(({ value }, i) => choices.findIndex((other) => other.value === value) === i),
      {
        required: true,
        hint: '如：柳湾村，或者石桥 柳湾村',
        dataset: 'members.units',
      },
    ),
    field.pick(
      'role',
      '岗位',
      choicesFrom(ROLES, (role) => ROLE_NAMES[role]),
      { required: true },
    ),
  ];
  if (isFree(ctx.place)) {
    fields.push(
      field.pick(
        'group',
        '这个群也归这个单位吗',
        [
          { title: '是，绑定本群', value: 'yes' },
          { title: '不是', value: 'no' },
        ],
        { value: 'yes' },
      ),
    );
  }
  const value = meant ? { ...values, unit: meant.id } : values;
  const intro = sender
    ? `您已经是${await here(tx, sender)}。还在别的单位任职，填好送那边同意；以后用“切换单位”换着办。`
    : '写上您是谁，送您单位的负责人或上级同意。';
  return buildForm({ intro, fields, submit: { title: '提交绑定', op: rights.bind } }, value, errors);
}

async function here(
  tx: Tx,
  { unit, role }: { unit: string; role: keyof typeof ROLE_NAMES },
): Promise<string> {
  return `${(await getUnit(tx, unit)).name}${ROLE_NAMES[role]}`;
}

/** The person changed their mind; whoever was asked sees it. */
async function takeBack(ctx: Ctx, row: NonNullable<Awaited<ReturnType<typeof openRequest>>>): Promise<void> {
  await ctx.tx.table(requests).put({ ...row, state: 'withdrawn' });
  ctx.refresh({ kind: 'binding', id: row.id });
}

export const withdraw = operation({
  right: rights.withdraw,
  words: ['撤回绑定'],
  async preview(ctx) {
    const row = await openRequest(ctx.tx, whoOf(ctx));
    const text = `${row?.id} ${row?.name}：撤回后要绑定得重新填表。`;
    return row && { text, style: 'destructive', confirm: '撤回' };
  },
  async run(ctx): Promise<Outcome> {
    const row = await openRequest(ctx.tx, whoOf(ctx));
    if (!row) return { text: '您没有等着批的申请。要绑定，发送“绑定”。' };
    await takeBack(ctx, row);
    return say(`已撤回 ${row.id}。要改了再交，点“绑定”。`, [button(rights.bind)], {
      kind: 'binding',
      id: row.id,
    });
  },
});
