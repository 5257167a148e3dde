/** 派驻: the 第一书记 and others who are sent to a weak branch, by whom and for how long; and what the county says of their work. */
import { z } from 'zod';
import { choicesFrom, field } from '../../bot/cards/fields.ts';
import { button, listCard, type RowSpec } from '../../bot/cards/spec.ts';
import { type Ctx, type Handover, type Outcome, operation } from '../../bot/operation.ts';
import type { Actor } from '../../bot/world.ts';
import { addDays, sayDay } from '../../lib/dates.ts';
import { day, words } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { peopleOf } from '../members/index.ts';
import { findUnit, getUnit, toKinds, unitName } from '../orgs/index.ts';
import { type Case, cases, DISPATCH_KINDS, type Dispatch, dispatches, SENDER_KINDS, team } from './model.ts';
import { caseOperation, changed, dispatchesOf, saveCase, signedBy, tellAbout } from './record.ts';
import { rights } from './rights.ts';

/** Without another day somebody is sent for so many days. */
const USUAL_DAYS = 730;
const MOST_DAYS = 1_460;
const MOST_PEOPLE = 10;
const NAME_MAX = 20;
const LISTED = 8;

const people = z
  .string({ error: '请写派谁去' })
  .transform((typed) => typed.split(/[、,，;；\n]/).flatMap((name) => name.trim() || []))
  .refine((all) => all.length > 0, '请写派谁去')
  .refine((all) => all.length <= MOST_PEOPLE, `最多写${MOST_PEOPLE}个人`)
  .refine((all) => all.every((name) => name.length <= NAME_MAX), `名字最多${NAME_MAX}个字，几个人用顿号隔开`)
  .transform((all) => [...new Set(all)]);

export const dispatch = caseOperation('sender')(rights.dispatch, {
  words: ['派驻'],
  help: '派第一书记、工作队到整顿的支部',
  offered: toKinds('county'),
  days: { fields: /^(?:from|to)$/, toward: 'due' },
  // Without a case it shows who is where.
  open: async (_ctx, raw) => (raw.case === undefined ? { op: sentList, raw: {} } : undefined),
  input: z.object({
    kind: z.enum(DISPATCH_KINDS, '请选第一书记、工作队还是成建制派'),
    sender: words('派出单位', 50),
    senderKind: z.enum(SENDER_KINDS, '请选机关、国企还是事业单位'),
    people,
    from: day('请选从哪一天').optional(),
    to: day('请选到哪一天').optional(),
  }),
  async refine({ tx, today }, { people: names, from = today, to = addDays(from, USUAL_DAYS) }, one) {
    if (to <= from) return [{ field: 'to', message: '到期要在开始以后' }];
    if (to < today) return [{ field: 'to', message: '到期的日子已经过了，请选今天以后的一天' }];
    if (to > addDays(from, MOST_DAYS)) return [{ field: 'to', message: '一次最多派四年' }];
    const there = (await dispatchesOf(tx, one)).filter(({ to: until }) => until >= from);
    const again = names.filter((name) => there.some((sent) => sent.people.includes(name)));
    return again.length > 0
      ? [{ field: 'people', message: `${again.join('、')}已经派在那里，到期以后再接着派` }]
      : [];
  },
  form: async ({ tx, today }, one) => ({
    intro: `${one.id} ${await unitName(tx, one.branch)}`,
    fields: [
      field.pick('kind', '怎么派', choicesFrom(DISPATCH_KINDS), { required: true, value: '第一书记' }),
      field.text('sender', '派出单位', 50, { required: true }),
      field.pick('senderKind', '派出单位是', choicesFrom(SENDER_KINDS), { required: true, value: '机关' }),
      field.text('people', '派谁去', MOST_PEOPLE * (NAME_MAX + 1), {
        required: true,
        hint: '几个人用顿号隔开',
      }),
      field.date('from', '从哪一天', { value: today }),
      field.date('to', '到哪一天', { value: addDays(today, USUAL_DAYS) }),
    ],
    submit: { op: rights.dispatch, data: { case: one.id } },
  }),
  async run(ctx, { from = ctx.today, to = addDays(from, USUAL_DAYS), ...fields }, one) {
    const { tx, today } = ctx;
    const unit = await findUnit(tx, fields.sender);
    const n = (await dispatchesOf(tx, one)).length + 1;
    await tx.table(dispatches).put({
      ...{ ...fields, from, to, id: `${one.id}|${n}`, case: one.id, county: one.county },
      ...{ sender: unit?.name ?? fields.sender, senderUnit: unit?.id ?? null, merit: '' },
      ...(await signedBy(ctx)),
    });
    // Only people of the sending unit are taken for those who are named: names alone are many people’s.
    const known = unit
      ? (await peopleOf(tx, unit.id)).filter(({ name }) => fields.people.includes(name))
      : [];
    for (const { id: person } of known) await join(ctx, one, person, to);
    const saved = await saveCase(ctx, one);
    const text = `${unit?.name ?? fields.sender}派${fields.people.join('、')}到${await unitName(tx, one.branch)}（${fields.kind}，${sayDay(to, today)}前）。`;
    await tellAbout(ctx, saved, text, {
      units: [one.township],
      people: known.map(({ id }) => id),
      branch: true,
    });
    return changed(ctx, saved, text);
  },
});

async function join({ tx }: Pick<Ctx, 'tx'>, { id }: Case, person: string, to: string): Promise<void> {
  const known = await tx.table(team).get(`${id}|${person}`);
  const last = known && known.to > to ? known.to : to;
  await tx.table(team).put({ ...known, id: `${id}|${person}`, case: id, person, to: last });
}

/** `第一书记 陈明（市公安局，机关，到2027年6月1日）` */
export function sayDispatch(
  { kind, people: names, sender, senderKind, to, merit }: Dispatch,
  today: string,
): string {
  const said = merit ? `；评价：${merit}` : '';
  return `${kind} ${names.join('、')}（${sender}，${senderKind}，${to < today ? '已于' : '到'}${sayDay(to, today)}${to < today ? '到期' : ''}）${said}`;
}

/** Who is where, the first to end first: of a county, or what a person was sent to. */
export const sentList = operation({
  right: rights.sent,
  words: ['派驻名册'],
  run: sentCard,
});

async function sentCard(ctx: Ctx): Promise<Outcome> {
  personalOnly(ctx);
  const { tx, me, today } = ctx;
  const own = await getUnit(tx, me.unit);
  const rows: RowSpec[] = [];
  const range = { gte: today };
  const add = async (one: Dispatch): Promise<void> => {
    const of = await tx.table(cases).get(one.case);
    const title = of ? await unitName(tx, of.branch) : one.case;
    const sub = `${one.case} · ${sayDispatch(one, today)}`;
    rows.push({ mark: '', title, sub, op: rights.show, data: { case: one.case } });
  };
  if (own.kind === 'county') {
    const query = { where: { county: own.id }, order: 'to', range, limit: LISTED } as const;
    for (const one of (await tx.table(dispatches).find(query)).rows) await add(one);
  } else {
    const query = { where: { person: me.id }, order: 'to', range, limit: LISTED } as const;
    for (const row of (await tx.table(team).find(query)).rows)
      for (const one of await dispatchesOf(tx, { id: row.case }))
        if (one.people.includes(me.name)) await add(one);
  }
  const first = rows.length >= LISTED ? `先到期的${LISTED}个，其余在整顿台账里。` : '';
  const sub =
    rows.length > 0
      ? `${first}点一下打开。`
      : own.kind === 'county'
        ? '现在没有派驻着的同志。派人发送“派驻 编号”，编号在“整顿”里。'
        : '没有派您去的支部，派了会通知您。整顿到哪一步了，发送“整顿”看。';
  const text = [`派驻：${sub}`, ...rows.map((row) => `${row.title}（${row.sub}）`)].join('\n');
  return { text, card: listCard('派驻', sub, rows, [button(rights.list, {})]), mine: true };
}

export const merit = caseOperation()(rights.merit, {
  words: ['派驻评价'],
  input: z.object({
    words: words('评价', 300),
    dispatch: z.string().max(100).default(''),
  }),
  async refine({ tx }, { dispatch: chosen }, one) {
    const all = await dispatchesOf(tx, one);
    if (all.length === 0) return [{ field: 'dispatch', message: '还没有派驻的同志' }];
    return chosen && !all.some(({ id }) => id === chosen)
      ? [{ field: 'dispatch', message: '请选评价谁' }]
      : [];
  },
  async form({ tx, today }, one) {
    const all = await dispatchesOf(tx, one);
    const choices = all.map((sent) => ({ title: sayDispatch(sent, today), value: sent.id }));
    return {
      intro: `${one.id} ${await unitName(tx, one.branch)}：写事实，不打分。`,
      fields: [
        field.select('dispatch', '评价谁', choices, { value: choices.at(-1)?.value }),
        field.lines('words', '评价', 300, { required: true }),
      ],
      submit: { op: rights.merit, data: { case: one.id } },
    };
  },
  async run(ctx, { words: said, dispatch: chosen }, one) {
    const all = await dispatchesOf(ctx.tx, one);
    const meant = (chosen && (await ctx.tx.table(dispatches).get(chosen))) || all.at(-1);
    if (meant) await ctx.tx.table(dispatches).put({ ...meant, merit: said });
    return changed(ctx, one, '评价记下了。');
  },
});

/** What a person was sent to goes to the successor in the sending unit. */
export const dispatched: Handover = {
  title: '派驻',
  async count({ tx, today }, { id: person }) {
    const query = { where: { person }, order: 'to', range: { gte: today }, limit: 100 } as const;
    return (await tx.table(team).find(query)).rows.length;
  },
  async move(ctx, from: Actor, to: Actor) {
    const { tx, today } = ctx;
    const query = { where: { person: from.id }, order: 'to', range: { gte: today }, limit: 100 } as const;
    for (const row of (await tx.table(team).find(query)).rows) {
      await tx.table(team).put({ ...row, to: addDays(today, -1) });
      const one = await tx.table(cases).get(row.case);
      if (!one) continue;
      await join(ctx, one, to.id, row.to);
      for (const sent of await dispatchesOf(tx, one))
        if (sent.to >= today && sent.people.includes(from.name))
          await tx.table(dispatches).put({
            ...sent,
            people: [...new Set(sent.people.map((name) => (name === from.name ? to.name : name)))],
          });
      await saveCase(ctx, one);
    }
  },
};
