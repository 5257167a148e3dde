/** What all steps of an application share: finding it, writing a step down, its card. */
import { button, note, type Raw, recordCard } from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import type { Ctx } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { Actor, Doing, World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { type Teller, tellUnit } from '../members/index.ts';
import { allStars, findStar, meantUnit, organiser, unitName } from '../orgs/index.ts';
import {
  type Application,
  applications,
  STATE_NAMES,
  type State,
  type StoredApplication,
  waitsIn,
} from './model.ts';
import { NOT_FOUND, rights } from './rights.ts';

/** Reasons that are pressed instead of typed. */
export const REASONS = ['再巩固一段', '材料不够', '有负面清单情形', '今年有反弹', '群众意见大'] as const;

const MOST_STEPS = 6;

/** `<支部> <星> <words>` */
export function fromWords(rest: string): Raw {
  const [branch = '', star = '', ...words] = rest.trim().split(/\s+/);
  return { branch, star, ...(words.length > 0 && { reason: words.join(' ') }) };
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
  if (!branch || !words) throw new AppError('invalid', '请写上支部和星，例如：认定 柳湾村 产业兴旺星。');
  const star = findStar(await allStars(ctx.tx), words);
  const unit = await meantUnit(ctx.tx, branch);
  const found = unit
    ? (await rows.find({ where: { branch: unit.id }, order: 'year', desc: true, limit: 100 })).rows
    : [];
  const row = found.find((one) => one.star === star?.id);
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

/** Write a step down; whoever is to act next has it among what waits. */
export async function move(
  doing: Doing,
  { person, unit }: { readonly person: string; readonly unit: string },
  row: Application & { readonly rev?: number },
  state: State,
  what: string,
  words = '',
): Promise<StoredApplication> {
  const waits = waitsIn(state, row, (await organiser(doing.tx)).id);
  const steps = [...row.steps, { on: doing.today, person, unit, what, words }];
  const saved = await doing.tx.table(applications).put({ ...row, state, waits, steps });
  doing.refresh({ kind: 'application', id: row.id });
  return saved;
}

export const by = ({ me: { id: person, unit } }: Ctx) => ({ person, unit });

/** Tell the branch what became of its application. */
export async function tellBranch(ctx: Teller, row: StoredApplication, text: string): Promise<void> {
  const card = { subject: { kind: 'application', id: row.id } };
  await tellUnit(ctx, row.branch, { text, card, key: `application:${row.id}:${row.rev}` });
}

export const applicationView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const row = await tx.table(applications).get(id);
  if (!row) return note(NOT_FOUND);
  const seen = await judge(rights.show, row, world, viewer);
  if (seen !== true) return note(seen);
  const data = { application: row.id };
  const buttons = [];
  for (const right of [
    rights.agree,
    rights.recognise,
    rights.defer,
    rights.decline,
    rights.settle,
    rights.object,
  ]) {
    // In a group nobody in particular looks: its card only tells.
    if (viewer && (await may(right, row, world, viewer))) buttons.push(button(right, data));
  }
  const asks = buttons.some(({ op }) => op === rights.defer.name || op === rights.decline.name);
  return recordCard({
    number: row.year,
    title: await titleOf(world, row),
    state: STATE_NAMES[row.state],
    ask: buttons.length > 0 && row.waits !== '' && asks ? '请看一看，点一个。' : '',
    facts: [
      ['支部说', row.words],
      ['记录里有', row.facts.join('；')],
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
