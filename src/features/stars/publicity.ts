/** 公示 and 命名: what is shown to everybody for five working days, what somebody objects to, and the naming itself. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { nextPage } from '../../bot/cards/page.ts';
import { button, listCard, note, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import type { JobKind } from '../../bot/jobs/job.ts';
import { type Outcome, operation } from '../../bot/operation.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { Doing, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor, day as dayOf, words as typed } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { awardStar, starsHeld } from '../branches/index.ts';
import { tellPeople, tellUnit } from '../members/index.ts';
import { meantUnit, organiser, unitName, units } from '../orgs/index.ts';
import {
  applications,
  type Naming,
  namings,
  PUBLIC_WORKDAYS,
  STATE_NAMES,
  type StoredApplication,
} from './model.ts';
import { negativesOf } from './negatives.ts';
import { applicationOperation, by, DOCUMENT_HINT, move, tellBranch, titleOf } from './record.ts';
import { rights } from './rights.ts';

const PAGE = 8;
/** In one transaction of a job. */
const STEP = 40;
const LINK_DAYS = 30;
const SHOWN = ['public', 'objected'] as const;

/** The last day of a publicity that begins on a day: five working days with it, if it is one. */
function lastDay({ workdays }: World, from: string): string {
  return workdays.add(from, workdays.isWorkday(from) ? PUBLIC_WORKDAYS - 1 : PUBLIC_WORKDAYS);
}

async function page({ tx }: World, branch: string, after?: string) {
  const from = { limit: PAGE, after };
  if (branch === '') return tx.table(applications).find({ where: { state: SHOWN }, order: 'until', ...from });
  const unit = await meantUnit(tx, branch);
  const found = unit
    ? await tx.table(applications).find({ where: { branch: unit.id }, order: 'year', desc: true, limit: 100 })
    : { rows: [] };
  return { rows: found.rows.filter(({ state }) => state === 'public' || state === 'objected') };
}

export const publicity = operation({
  right: rights.publicity,
  words: ['公示'],
  help: '正在公示的创星申报，有不同意见可以提',
  fromText: (rest) => ({ branch: rest.trim() }),
  input: z.object({ branch: z.string().max(100).default(''), after: cursor }),
  async run(ctx, { branch, after }): Promise<Outcome> {
    const { rows: found, next } = await page(ctx, branch, after);
    const rows: RowSpec[] = [];
    for (const row of found) {
      rows.push({
        ...{ mark: STATE_NAMES[row.state], title: await titleOf(ctx, row) },
        ...{ sub: `公示到${sayDay(row.until, ctx.today)}`, op: rights.show, data: { application: row.id } },
      });
    }
    const count = await ctx.tx.table(applications).count({ state: 'public' });
    const ready = await ctx.tx.table(applications).count({ state: 'ready' });
    const city = await may(rights.publish, null, ctx, ctx.me);
    const buttons = [
      ...nextPage(rights.publicity, next && { branch, after: next }),
      ...(city && ready > 0 ? [button(rights.publish, {}, 'positive')] : []),
      ...(city && count > 0 ? [button(rights.name)] : []),
      ...(rows.length === 0 ? [button(rights.overview)] : []),
    ];
    const waiting = city && ready > 0 ? `，${ready}份等着公示` : '';
    const [shown, objected] =
      branch === ''
        ? [count, await ctx.tx.table(applications).count({ state: 'objected' })]
        : (['public', 'objected'] as const).map((state) => found.filter((row) => row.state === state).length);
    const said = [shown && `正在公示${shown}份`, objected && `异议处理中${objected}份`]
      .filter(Boolean)
      .join('，');
    const none = `评完的才公示，公示${PUBLIC_WORKDAYS}个工作日；到哪一步了，发送“创星”看。`;
    const sub =
      rows.length === 0 ? `没有正在公示的申报${waiting}。${none}` : `${said}${waiting}。点开可以提异议。`;
    return { text: '', card: listCard('创星公示', sub, rows, buttons), mine: true };
  },
});

export const publish = operation({
  right: rights.publish,
  words: ['开始公示'],
  async preview(ctx) {
    const count = await ctx.tx.table(applications).count({ state: 'ready' });
    if (count === 0) return undefined;
    const until = lastDay(ctx, ctx.today);
    return {
      text: `公示${count}份，${sayDay(ctx.today, ctx.today)}到${sayDay(until, ctx.today)}，${PUBLIC_WORKDAYS}个工作日。所有单位都能看到，都能提异议。`,
    };
  },
  async run(ctx): Promise<Outcome> {
    const count = await ctx.tx.table(applications).count({ state: 'ready' });
    if (count === 0) throw new AppError('stale', '现在没有等着公示的。');
    const until = lastDay(ctx, ctx.today);
    ctx.start(publishJob, { ...by(ctx), until }, { key: 'ready' });
    return {
      text: `公示开始了：${count}份，到${sayDay(until, ctx.today)}。`,
      did: { kind: 'applications', id: until },
    };
  },
});

const actorIn = ({ person, unit }: Readonly<Record<string, unknown>>) => ({
  person: String(person),
  unit: String(unit),
});

export const publishJob: JobKind = {
  kind: 'stars.publish',
  async step(doing, { data }) {
    const query = { where: { state: 'ready' }, order: 'until', limit: STEP } as const;
    const { rows, next } = await doing.tx.table(applications).find(query);
    const until = String(data.until);
    for (const row of rows) {
      await move(doing, actorIn(data), { ...row, until }, 'public', '公示');
      await sayPublic(doing, row.branch, until);
    }
    return next ? 'more' : undefined;
  },
};

/** Once for each branch, however many of its stars are shown; it can wait. */
async function sayPublic(doing: Doing, branch: string, until: string): Promise<void> {
  const name = await unitName(doing.tx, branch);
  const text = `本支部的创星申报开始公示，到${sayDay(until, doing.today)}。发送“公示 ${name}”可以看。`;
  const line = { reminder: 'notice', title: text, ask: '创星', due: null, op: rights.publicity };
  const calm = { ...line, data: { branch } };
  await tellPeople(doing, branch, { text, calm, key: `publicity:${branch}:${until}` });
}

export const object = applicationOperation(rights.object, {
  words: ['提异议'],
  example: '柳湾村 产业兴旺星 合作社去年就停了',
  input: z.object({ reason: typed('理由', 500) }),
  async form(ctx, row) {
    return {
      title: `提异议：${await titleOf(ctx, row)}`,
      intro: '只停这一颗星，别的照常。您是谁只有市委组织部和审核的单位知道。',
      fields: [field.lines('reason', '理由', 500, { required: true })],
      submit: { op: rights.object, data: { application: row.id } },
    };
  },
  async run(ctx, { reason }, row): Promise<Outcome> {
    const saved = await move(ctx, by(ctx), row, 'objected', rights.object.title, reason);
    const title = await titleOf(ctx, row);
    const subject = { kind: 'application', id: row.id };
    await tellUnit(ctx, saved.waits, {
      text: `有人对${title}的公示提了异议，请处理。`,
      card: { subject },
      key: `application:${row.id}:${saved.rev}`,
    });
    return { text: `收到了。${title}先停下，核实以后再定，别的星照常公示。`, mine: true, did: subject };
  },
});

export const settle = applicationOperation(rights.settle, {
  words: ['处理异议'],
  example: '柳湾村 产业兴旺星',
  input: z.object({
    outcome: z.enum(['uphold', 'dismiss'], { error: '请选异议成立还是不成立' }),
    words: typed('核实情况', 300),
  }),
  async refine(ctx, { outcome }, row) {
    const [first] = outcome === 'dismiss' ? await negativesOf(ctx, row.branch, row.star) : [];
    if (!first) return [];
    personalOnly(ctx);
    return [{ field: 'outcome', message: `负面清单：${first}。要照常公示，先撤销登记` }];
  },
  async form(ctx, row) {
    personalOnly(ctx);
    return {
      title: `处理异议：${await titleOf(ctx, row)}`,
      intro: row.steps.at(-1)?.words ?? '',
      fields: [
        field.pick(
          'outcome',
          '结论',
          [
            { title: '异议成立，今年不认定', value: 'uphold' },
            { title: '异议不成立，照常公示', value: 'dismiss' },
          ],
          { required: true },
        ),
        field.lines('words', '核实情况', 300, { required: true }),
      ],
      submit: { op: rights.settle, data: { application: row.id } },
    };
  },
  async run(ctx, { outcome, words }, row): Promise<Outcome> {
    const upheld = outcome === 'uphold';
    const what = upheld ? '异议成立' : '异议不成立';
    const saved = await move(ctx, by(ctx), row, upheld ? 'declined' : 'public', what, words);
    await tellBranch(ctx, saved, `${await titleOf(ctx, row)}的异议核实过了：${what}，${words}`);
    const subject = { kind: 'application', id: row.id };
    return { text: `${what}，已记下。`, card: { subject }, did: subject };
  },
});

/** Those whose publicity is over. */
async function namable({ tx }: World, on: string, limit: number): Promise<readonly StoredApplication[]> {
  const query = { where: { state: 'public' }, order: 'until', range: { lt: on }, limit } as const;
  return (await tx.table(applications).find(query)).rows;
}

export const name = operation({
  right: rights.name,
  words: ['命名'],
  example: '示党建〔2026〕25号',
  days: { fields: /^date$/, toward: 'back' },
  fromText: (rest) => (rest.trim() ? { document: rest.trim() } : {}),
  input: z.object({
    document: typed('文号', 60, '请写命名文件的文号'),
    date: dayOf('请选命名的日子'),
  }),
  async refine(ctx, { document, date }) {
    if (date > ctx.today) return [{ field: 'date', message: '命名的日子不能在今天以后' }];
    if (await ctx.tx.table(namings).get(document))
      return [{ field: 'document', message: '这个文号已经用过了，请核对' }];
    if ((await namable(ctx, date, 1)).length > 0) return [];
    return [{ field: 'date', message: '到那一天还没有公示期满的，请等公示期过了再命名' }];
  },
  async form(ctx, _record) {
    return {
      title: '命名',
      intro: '公示期满、没有异议的一起命名，从这一天起算有星。',
      fields: [
        field.text('document', '文号', 60, { required: true, hint: DOCUMENT_HINT }),
        field.date('date', '日期', { max: ctx.today, value: ctx.today, required: true }),
      ],
      submit: { op: rights.name },
    };
  },
  async preview(ctx, { document, date }) {
    const rows = await namable(ctx, date, 1000);
    const count = rows.length < 1000 ? `${rows.length}` : '1000多';
    return { title: '命名', text: `${document}，从${sayDay(date, ctx.today)}起：${count}颗星。` };
  },
  async run(ctx, { document, date }): Promise<Outcome> {
    const row = { id: document, on: date, byName: ctx.me.name, ...by(ctx), count: 0, done: false };
    await ctx.tx.table(namings).put(row);
    ctx.start(nameJob, { document }, { key: document });
    const subject = { kind: 'naming', id: document };
    return { text: `正在按${document}命名。`, card: { subject }, did: subject };
  },
});

/** Gives the stars some at a time; the naming says at the end how many there were. */
export const nameJob: JobKind = {
  kind: 'stars.name',
  async step(doing, { data }) {
    const naming = await doing.tx.table(namings).get(String(data.document));
    if (!naming) return undefined;
    const rows = await namable(doing, naming.on, STEP);
    let count = naming.count;
    for (const row of rows) if (await giveStar(doing, row, naming)) count += 1;
    const done = rows.length < STEP;
    await doing.tx.table(namings).put({ ...naming, count, done });
    doing.refresh({ kind: 'naming', id: naming.id });
    return done ? undefined : 'more';
  },
};

/** Resolves to whether it was given: a branch may be gone. */
async function giveStar(
  doing: Doing,
  row: StoredApplication,
  { id: document, on, person, unit }: Naming,
): Promise<boolean> {
  const branch = await doing.tx.table(units).get(row.branch);
  if (!branch) {
    await move(doing, { person, unit }, row, 'declined', '不命名', '支部已经撤并');
    return false;
  }
  // Somebody may have given it by hand meanwhile.
  if (!(await starsHeld(doing.tx, branch, doing.today)).includes(row.star))
    await awardStar(doing, {
      ...{ branch: row.branch, star: row.star, from: on, document },
      by: await unitName(doing.tx, unit),
    });
  const saved = await move(doing, { person, unit }, { ...row, document }, 'named', '命名', document);
  await tellBranch(
    doing,
    saved,
    `${await titleOf(doing, row)}命名了（${document}），${sayDay(on, doing.today)}起。`,
  );
  return true;
}

/** The naming and its files; for everybody who is bound. */
export const namingView: View = async (world, id, viewer) => {
  const naming = await world.tx.table(namings).get(id);
  const seen = await judge(rights.publicity, null, world, viewer);
  if (!naming || seen !== true) return note(seen === true ? '没有这份命名文件。' : seen);
  const files = [
    ['命名文件（.docx）', 'naming'],
    ['名单（.xlsx）', 'named'],
  ] as const;
  const links = files.flatMap(([title, kind]) => {
    const url = viewer && naming.done ? world.link?.(kind, id, viewer, LINK_DAYS) : undefined;
    return url ? [{ title, url }] : [];
  });
  return recordCard({
    number: naming.id,
    title: '创星命名',
    state: naming.done ? '已命名' : '正在命名',
    facts: [
      ['日期', sayDay(naming.on, world.today)],
      ['命名单位', await unitName(world.tx, (await organiser(world.tx)).id)],
      ['星', `${naming.count}颗`],
    ],
    links,
  });
};
