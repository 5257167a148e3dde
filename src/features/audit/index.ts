/** 审计: who did what to which record, from which channel, when; for the organiser. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { inLines, nextPage } from '../../bot/cards/page.ts';
import { buildForm, button, listCard, type RowSpec } from '../../bot/cards/spec.ts';
import type { Feature } from '../../bot/feature.ts';
import { startExport } from '../../bot/files/exports.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import type { AuditRow } from '../../bot/turn/tables.ts';
import { sayTime } from '../../lib/dates.ts';
import { looksNumbered } from '../../lib/numbershape.ts';
import { unitName } from '../orgs/index.ts';
import { auditExport } from './export.ts';
import { rights } from './rights.ts';
import { carried, type Filter, filterSchema, sayChannel, sayFilter, trail, understand } from './trail.ts';

const PAGE = 8;
const days = { fields: /^day$/, toward: 'back' } as const;

async function page(ctx: Ctx, filter: Filter, after?: string): Promise<Outcome> {
  const { rows, next } = await trail(ctx, filter, PAGE, after);
  const lines: RowSpec[] = [];
  for (const row of rows.slice(0, PAGE)) lines.push(await lineOf(ctx, row));
  const data = carried(filter);
  const buttons = [
    ...nextPage(rights.list, next && { ...data, after: next }),
    button(rights.filter, data),
    ...(sayFilter(filter) === '全部' ? [] : [button(rights.list, {}, 'default', '看全部')]),
    button(rights.export, data),
  ];
  const title = `审计：${sayFilter(filter)}`;
  const sub =
    lines.length === 0
      ? '没有这样的记录。请换姓名、编号或者日期，例如：审计 WT-2026-0001'
      : '最近的在前，点一行看那件事的全部记录。';
  const text = inLines(`${title}：${sub}`, lines);
  return { text, card: listCard(title, sub, lines, buttons), mine: true };
}

async function lineOf(
  ctx: Ctx,
  { at, name, unit, what, record, channel, outcome, words }: AuditRow,
): Promise<RowSpec> {
  const refused = outcome === 'refused';
  const who = unit ? `${name}（${await unitName(ctx.tx, unit)}）` : `${name}（名单上没有）`;
  const number = looksNumbered(record) ? record : '';
  const sub = [
    sayTime(at, ctx.today),
    number,
    sayChannel(ctx, channel),
    refused ? `被拒绝：${words}` : words,
  ];
  return {
    mark: what,
    title: who,
    sub: sub.filter(Boolean).join(' · '),
    op: rights.list,
    data: number ? { record: number } : { name },
  };
}

const list = operation({
  right: rights.list,
  words: ['审计', 'audit'],
  help: '谁办了什么：审计 姓名、编号、日期',
  fromText: (rest) => (rest ? { words: rest } : {}),
  days,
  input: filterSchema.extend({
    words: z.string().max(200).default(''),
    after: z.string().max(500).optional(),
  }),
  run: async (ctx, { words, after, ...filter }) =>
    page(ctx, words ? await understand(ctx, words) : filter, after),
});

const filter = operation({
  right: rights.filter,
  words: ['筛选审计'],
  days,
  input: filterSchema.extend({ chosen: z.literal('yes', '请选要看什么') }),
  form: async (_ctx, _record, values, errors) =>
    buildForm(
      {
        title: '筛选审计',
        intro: '填一项或几项，都不填就看全部。',
        fields: [
          field.text('name', '人员', 60, { hint: '姓名' }),
          field.text('record', '编号', 60, { hint: 'WT-2026-0001' }),
          field.date('day', '日期'),
          field.text('what', '操作', 60, { hint: '如：上报、受理' }),
        ],
        submit: { title: '查看', op: rights.filter, data: { chosen: 'yes' } },
      },
      values,
      values.chosen ? errors : [],
    ),
  run: (ctx, { chosen: _chosen, ...wanted }) => page(ctx, wanted),
});

const exportTrail = operation({
  right: rights.export,
  words: ['导出审计'],
  glued: 'any',
  fromText: (rest) => (rest ? { words: rest } : {}),
  input: filterSchema.extend({ words: z.string().max(200).default('') }),
  async run(ctx, { words, ...given }): Promise<Outcome> {
    const wanted = words ? await understand(ctx, words) : given;
    const said = sayFilter(wanted);
    const begun = await startExport(ctx, 'audit.trail', carried(wanted), `审计（${said}）`);
    return { ...begun, did: { kind: 'audit', id: said } };
  },
});

export const auditTrail: Feature = {
  name: 'audit',
  group: '人员管理',
  tables: [],
  operations: [list, filter, exportTrail],
  exports: [auditExport],
};
