/** What all steps of an application share: finding it, writing a step down, its card. */
import { button, listCard, note, type Raw, type RowSpec, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import type { Ctx } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { Actor, Doing, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { personalOnly } from '../analysis/index.ts';
import { issueRights } from '../issues/index.ts';
import { meetingRights } from '../meetings/index.ts';
import { type Teller, tellUnit } from '../members/index.ts';
import { allStars, findStar, meantUnit, organiser, unitName, units, unitsAbove } from '../orgs/index.ts';
import { rectificationRights } from '../rectification/index.ts';
import { taskRights } from '../tasks/index.ts';
import {
  type Application,
  applications,
  STATE_NAMES,
  type State,
  type StoredApplication,
  waitsIn,
} from './model.ts';
import { negativesOf } from './negatives.ts';
import { NOT_FOUND, OPEN_TO_ALL, rights } from './rights.ts';
import { standardFact } from './standards.ts';

/** Reasons that are pressed instead of typed. */
export const REASONS = ['再巩固一段', '材料不够', '有负面清单情形', '今年有反弹', '群众意见大'] as const;

/** What the number of a document looks like. */
export const DOCUMENT_HINT = '比如：组发〔2026〕12号';
/** Instead of a card that not everybody in a group may see. */
export const ASIDE = '这里会提到支部的名字，请在和我的单聊里看。';

const MOST_STEPS = 6;

/** `<支部> <星> <words>` */
export function fromWords(rest: string): Raw {
  const [branch = '', star = '', ...words] = rest.trim().split(/\s+/);
  return { branch, star, ...(words.length > 0 && { reason: words.join(' ') }) };
}

/** A star and a branch, named by ids or in words; undefined when one of them is not clear. */
export async function starAndBranch({ tx }: Pick<World, 'tx'>, raw: Raw) {
  const [branch = '', words = ''] = [raw.branch, raw.star].map((one) => (typeof one === 'string' ? one : ''));
  const star = findStar(await allStars(tx), words);
  const unit = star && (await meantUnit(tx, branch));
  return star && unit ? { star, unit } : undefined;
}

/** The application that a press names by its id, or words by branch and star: the newest one. */
export async function loadApplication(ctx: Ctx, raw: Raw): Promise<StoredApplication> {
  const rows = ctx.tx.table(applications);
  if (typeof raw.application === 'string' && raw.application !== '') {
    const row = await rows.get(raw.application);
    if (!row) throw new AppError('not_found', NOT_FOUND);
    return row;
  }
  const [branch, words] = [raw.branch, raw.star].map((one) => (typeof one === 'string' ? one : ''));
  if (!branch || !words) throw new AppError('invalid', '请写上支部和星。');
  const meant = await starAndBranch(ctx, raw);
  const found = meant
    ? (await rows.find({ where: { branch: meant.unit.id }, order: 'year', desc: true, limit: 100 })).rows
    : [];
  const row = found.find((one) => one.star === meant?.star.id);
  if (!row) throw new AppError('not_found', NOT_FOUND);
  return row;
}

export const applicationOperation = recordOperation(loadApplication, fromWords);

/** `柳湾村党支部 产业兴旺星` */
export async function titleOf(
  { tx }: Pick<World, 'tx'>,
  { branch, star }: Pick<Application, 'branch' | 'star'>,
): Promise<string> {
  const name = (await allStars(tx)).find(({ id }) => id === star)?.name ?? star;
  return `${await unitName(tx, branch)} ${name}`;
}

/** The applications of a branch in a year. */
export async function applicationsOf({ tx }: Pick<World, 'tx'>, branch: string, year: string) {
  const query = { where: { branch }, order: 'year', range: { gte: year, lte: year }, limit: 100 } as const;
  return (await tx.table(applications).find(query)).rows;
}

/** While these last, nothing is decided, and the negative list counts. */
const UNDECIDED: readonly State[] = [
  'applied',
  'agreed',
  'reviewed',
  'checking',
  'ready',
  'public',
  'objected',
];

/** What a branch has going on: the applications of a year, and those of the year before that are not decided yet. */
export async function underWay({ tx }: Pick<World, 'tx'>, branch: string, year: string) {
  const range = { gte: String(Number(year) - 1), lte: year };
  const query = { where: { branch }, order: 'year', range, limit: 100 } as const;
  const { rows } = await tx.table(applications).find(query);
  return rows.filter((row) => row.year === year || UNDECIDED.includes(row.state));
}

/** Where the branch belongs now: it may have come to another township since it applied. */
async function placeOf({ tx }: Doing, row: Application): Promise<Pick<Application, 'township' | 'county'>> {
  const branch = await tx.table(units).get(row.branch);
  const [township, county] = branch ? await unitsAbove(tx, branch) : [];
  return { township: township?.id ?? row.township, county: county?.id ?? row.county };
}

/** Write a step down; whoever is to act next has it among what waits. */
export async function move(
  doing: Doing,
  { person, unit }: { readonly person: string; readonly unit: string },
  row: Application & { readonly rev?: number },
  state: State,
  what: string,
  words = '',
): Promise<StoredApplication> {
  const place = await placeOf(doing, row);
  const waits = waitsIn(state, { ...row, ...place }, (await organiser(doing.tx)).id);
  const steps = [...row.steps, { on: doing.today, person, unit, what, words }];
  const saved = await doing.tx.table(applications).put({ ...row, ...place, state, waits, steps });
  doing.refresh({ kind: 'application', id: row.id });
  return saved;
}

export const by = ({ me: { id: person, unit } }: Ctx) => ({ person, unit });

/** Tell the branch what became of its application; it can wait. */
export async function tellBranch(ctx: Teller, row: StoredApplication, text: string): Promise<void> {
  const card = { subject: { kind: 'application', id: row.id } };
  const line = { reminder: 'notice', title: text, ask: '创星', due: null, op: rights.show };
  const calm = { ...line, data: { application: row.id } };
  await tellUnit(ctx, row.branch, { text, card, calm, key: `application:${row.id}:${row.rev}` });
}

/** What opens a record, by the letters that its number begins with. */
const OPENS: Readonly<
  Record<string, { readonly word: string; readonly op: RowSpec['op']; readonly field: string }>
> = {
  WT: { word: '问题', op: issueRights.show, field: 'issue' },
  RW: { word: '任务', op: taskRights.show, field: 'task' },
  HS: { word: '会商', op: meetingRights.show, field: 'meeting' },
  ZD: { word: '整顿', op: rectificationRights.show, field: 'case' },
};
const MOST_RECORDS = 30;

/** The records behind what was said, each to be opened by who may. */
export function recordRows(records: readonly string[]): readonly RowSpec[] {
  return records.slice(0, MOST_RECORDS).flatMap((number): RowSpec[] => {
    const opens = OPENS[number.slice(0, 2)];
    if (!opens) return [];
    const { word, op, field } = opens;
    return [{ mark: word, title: number, sub: '', op, data: { [field]: number } }];
  });
}

export const applicationView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const row = await tx.table(applications).get(id);
  if (!row) return note(NOT_FOUND);
  if (!viewer && !OPEN_TO_ALL.includes(row.state)) return note(ASIDE);
  const seen = await judge(rights.show, row, world, viewer);
  if (seen !== true) return note(seen);
  const data = { application: row.id };
  const buttons = [];
  const inside = viewer !== null && (await may(rights.evidence, row, world, viewer));
  const negative =
    inside && UNDECIDED.includes(row.state) ? await negativesOf(world, row.branch, row.star) : [];
  for (const right of [
    rights.agree,
    rights.recognise,
    rights.defer,
    rights.decline,
    rights.settle,
    rights.object,
  ]) {
    // In a group nobody in particular looks: its card only tells.
    const agrees = right === rights.agree || right === rights.recognise;
    if (agrees && negative.length > 0 && row.state !== 'applied') continue;
    if (viewer && (await may(right, row, world, viewer))) buttons.push(button(right, data));
  }
  if (inside && recordRows(row.records).length > 0) buttons.push(button(rights.evidence, data));
  const asks = buttons.some(({ op }) => op === rights.defer.name || op === rights.decline.name);
  const settles = buttons.some(({ op }) => op === rights.settle.name);
  return recordCard({
    number: row.year,
    title: await titleOf(world, row),
    state: STATE_NAMES[row.state],
    ask: settles ? '有异议，请核实后点“处理异议”。' : row.waits !== '' && asks ? '请看一看，点一个。' : '',
    facts: [
      ['支部说', row.words],
      ['记录里有', [...row.facts, ...(inside ? row.inside : [])].join('；')],
      ['负面清单', inside && UNDECIDED.includes(row.state) ? negative.join('；') || '没有' : ''],
      await standardFact(tx, row.star, row.standard),
      ['公示到', row.until === '' ? '' : sayDay(row.until, today)],
      ['文号', row.document],
      ...(viewer ? await stepsFor(world, row, viewer) : []),
    ],
    buttons,
  });
};

/** What was said so far: all of it for those who decide, for the branch without who objected and how, for others nothing. */
async function stepsFor(
  { tx, today }: World,
  { branch, township, county, lead, steps }: Application,
  { unit }: Actor,
): Promise<readonly (readonly [string, string])[]> {
  const decides = [township, county, lead, (await organiser(tx)).id].includes(unit);
  if (!decides && unit !== branch) return [];
  const said: (readonly [string, string])[] = [];
  for (const { on, what, unit: of, words } of steps.slice(-MOST_STEPS)) {
    const more = decides || what !== rights.object.title ? [await unitName(tx, of), words] : [];
    said.push([what, [sayDay(on, today), ...more].filter(Boolean).join(' ')]);
  }
  return said;
}

export const show = applicationOperation(rights.show, {
  run: async (ctx, _input, row) => ({
    text: await titleOf(ctx, row),
    card: { subject: { kind: 'application', id: row.id } },
    mine: true,
  }),
});

export const evidence = applicationOperation(rights.evidence, {
  async run(ctx, _input, row) {
    personalOnly(ctx);
    const sub = `申报的时候记录里有：${[...row.facts, ...row.inside].join('；')}。`;
    const card = listCard(`依据：${await titleOf(ctx, row)}`, sub, recordRows(row.records), []);
    return { text: '', card, mine: true };
  },
});
