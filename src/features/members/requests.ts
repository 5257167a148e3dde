/** A request to be let in: who says to be whom, who is asked, and the card on which that is decided. */
import { z } from 'zod';
import { button, note, type Raw, recordCard } from '../../bot/cards/spec.ts';
import { conversations } from '../../bot/delivery/conversations.ts';
import type { View } from '../../bot/feature.ts';
import type { Ctx, Todo } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sayTime } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { numbered } from '../../lib/recordnumber.ts';
import { defineTable, type Stored, type Tx } from '../../store/store.ts';
import { getUnit, placedName, unitName, unitsAbove } from '../orgs/index.ts';
import { accountsOf, actorOf, type Member, members, peopleOf, postsOf, ROLE_NAMES } from './model.ts';
import { rights } from './rights.ts';

const STATES = ['open', 'agreed', 'refused', 'withdrawn'] as const;

const STATE_NAMES = { open: '待批', agreed: '已同意', refused: '没有同意', withdrawn: '已撤回' } as const;

const requestRow = z.object({
  /** `BD-YYYY-NNNN` */
  id: z.string(),
  at: z.string(),
  channel: z.string(),
  account: z.string(),
  /** `<channel>:<account>` */
  who: z.string(),
  /** What the platform calls them: a claim like everything else here. */
  alias: z.string(),
  name: z.string(),
  unit: z.string(),
  role: z.enum(['head', 'liaison', 'secretary']),
  /** Where the answer is said. */
  place: z.string(),
  /** The group that is to belong to the unit, too. */
  group: z.string().nullable(),
  /** The unit whose head is asked. */
  asked: z.string(),
  state: z.enum(STATES),
  by: z.string().nullable(),
  reason: z.string(),
});
export type Request = z.infer<typeof requestRow>;
export type StoredRequest = Stored<Request>;
export const requests = defineTable<Request>({
  name: 'requests',
  schema: requestRow,
  indexes: [
    { on: ['who', 'state'], order: 'at' },
    { on: ['asked', 'state'], order: 'at' },
  ],
  keep: { by: 'at', days: 1_096, where: { state: STATES.filter((state) => state !== 'open') } },
  people: {
    title: '绑定申请',
    at: 'at',
    fields: [
      { field: 'who', left: 'goes' },
      { field: 'by', acts: true, left: 'nameless' },
    ],
    labels: {
      typed: { alias: '自报姓名' },
      unit: { asked: '受理单位' },
    },
    words: { role: ROLE_NAMES, state: STATE_NAMES },
  },
});

export const numbers = numbered('BD');
/** Most requests that wait for one unit and are shown. */
const SHOWN = 50;

/** What is done to one request, by its number: `BD-2026-0001`. */
async function loadRequest(ctx: Ctx, { request }: Raw): Promise<StoredRequest> {
  const number = typeof request === 'string' ? numbers.read(request)?.number : undefined;
  const row = number === undefined ? undefined : await ctx.tx.table(requests).get(number);
  if (!row) throw new AppError('not_found', '没有这个申请。发送“待办”看看等您批的。');
  return row;
}

/** An operation on one request; words are its number, then a reason. */
export const requestOperation = recordOperation(loadRequest, (rest) => {
  const { number: request = rest, words: reason = '' } = numbers.read(rest) ?? {};
  return { request, reason };
});

/** Those who answer for a unit: its heads, the secretary of a branch; at the top everybody if there is none. */
export async function headsOf(tx: Tx, unit: string): Promise<readonly Member[]> {
  const people = await peopleOf(tx, unit);
  const heads = people.filter(({ role }) => role !== 'liaison');
  if (heads.length > 0) return heads;
  return (await getUnit(tx, unit)).parent === null ? people : [];
}

/**
 * Who is asked whether somebody belongs to a unit: its head, else the nearest head above. Not those in `except` (the
 * one who asks, and whom they say to be), nor anybody who has no account to be asked at.
 */
export async function askedFor(tx: Tx, id: string, except: readonly (string | undefined)[]) {
  const unit = await getUnit(tx, id);
  for (const { id: at } of [unit, ...(await unitsAbove(tx, unit))]) {
    const heads = [];
    for (const head of await headsOf(tx, at)) {
      if (!except.includes(head.id) && (await accountsOf(tx, head.id)).length > 0) heads.push(head);
    }
    if (heads.length > 0) return { unit: at, heads };
  }
  return undefined;
}

/** The request that this account has open. */
export async function openRequest(tx: Tx, who: string): Promise<StoredRequest | undefined> {
  return (await tx.table(requests).find({ where: { who, state: 'open' }, order: 'at', limit: 1 })).rows[0];
}

/** Which request waits, and for whom; `sender` is who asks, where they are known already. */
export async function sayWaiting(tx: Tx, row: Request, sender: Actor | null): Promise<string> {
  const { id, name, unit, role, asked } = row;
  const found = await askedFor(tx, unit, [sender?.id, (await listed(tx, row))?.person]);
  const heads = found?.heads.map((head) => head.name).join('、') ?? '';
  const post = `${await unitName(tx, unit)}${ROLE_NAMES[role]}`;
  return `（${id}）：${name}，${post}。等${await unitName(tx, found?.unit ?? asked)}${heads}同意，有结果马上告诉您。`;
}

export const withdrawButton = button(rights.withdraw, {}, 'default', '撤回');

/** Whoever is on the list under this name in this unit, and the accounts they have on this channel. */
export async function listed(tx: Tx, { name, unit, channel }: Pick<Request, 'name' | 'unit' | 'channel'>) {
  const people = await tx.table(members).find({ where: { name }, limit: SHOWN });
  for (const { id, phone } of people.rows) {
    const actor = await actorOf(tx, id);
    const post = actor && (await postsOf(tx, actor)).find((one) => one.unit === unit);
    if (!post) continue;
    const theirs = (await accountsOf(tx, id)).filter((one) => one.channel === channel);
    return { person: id, role: post.role, phone, accounts: theirs.map(({ row }) => row) };
  }
  return undefined;
}

export const requestView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const row = await tx.table(requests).get(id);
  if (!row || !viewer || !(await rights.request.sees.holds(viewer, row, world))) {
    return note(`${id} 不归您批。`);
  }
  const known = await listed(tx, row);
  const group = row.group ? await tx.table(conversations).get(row.group) : undefined;
  const by = row.by ? await actorOf(tx, row.by) : null;
  const open = row.state === 'open';
  const replaces = open && known && known.accounts.length > 0;
  return recordCard({
    number: id,
    title: `${row.name} 申请绑定`,
    state: STATE_NAMES[row.state],
    style: row.state === 'agreed' ? 'good' : 'emphasis',
    marks: replaces ? ['会换掉原来的账号'] : [],
    ask: open ? '是本人、单位和岗位都对，再点“同意”。' : '',
    facts: [
      ['姓名', row.name],
      ['单位', await placedName(tx, await getUnit(tx, row.unit))],
      ['岗位', ROLE_NAMES[row.role]],
      ['聊天账号', row.alias],
      ['名单上', open ? sayListed(known, row) : ''],
      ['名单上的手机', (open && known?.phone) || ''],
      ['绑定的群', row.group ? group?.name || '申请时所在的群' : ''],
      ['申请时间', sayTime(row.at, today)],
      ['谁批的', by?.name ?? ''],
      ['原因', row.reason],
    ],
    buttons: (await may(rights.agree, row, world, viewer))
      ? [button(rights.agree, { request: id }, 'positive'), button(rights.refuse, { request: id })]
      : [],
  });
};

function sayListed(known: Awaited<ReturnType<typeof listed>>, { role, name }: Request): string {
  if (!known) return '还没有这个人，同意后加进名单';
  const now = known.role === role ? '' : `，岗位现在是${ROLE_NAMES[known.role]}`;
  return known.accounts.length > 0
    ? `有${name}${now}，已经绑定过一个账号，同意后只认这个新账号`
    : `有${name}${now}，还没有绑定账号`;
}

/** What waits for this person to decide. */
export async function requestTodos({ tx }: World, actor: Actor): Promise<readonly Todo[]> {
  const where = { asked: actor.unit, state: 'open' } as const;
  const { rows } = await tx.table(requests).find({ where, order: 'at', limit: SHOWN });
  if (rows.length === 0 || !(await headsOf(tx, actor.unit)).some(({ id }) => id === actor.id)) return [];
  const todos: Todo[] = [];
  for (const { id, name, unit, role } of rows) {
    todos.push({
      number: id,
      title: `${name}，${await unitName(tx, unit)}${ROLE_NAMES[role]}`,
      ask: '请批绑定',
      due: null,
      op: rights.request,
      data: { request: id },
    });
  }
  return todos;
}

/** Requests for which nobody of the unit is left to decide go to the next head above. */
export async function reroute(tx: Tx, unit: string): Promise<void> {
  const where = { asked: unit, state: 'open' } as const;
  const { rows } = await tx.table(requests).find({ where, order: 'at', limit: 1000 });
  for (const row of rows) {
    const asked = await askedFor(tx, row.unit, [(await listed(tx, row))?.person]);
    if (asked && asked.unit !== unit) await tx.table(requests).put({ ...row, asked: asked.unit });
  }
}
