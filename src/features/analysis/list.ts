/** 软弱涣散: the list. A named person of the county decides, never who proposed; the branch may say what it has to say. */
import { z } from 'zod';
import { field } from '../../bot/cards/fields.ts';
import { inLines, nextPage } from '../../bot/cards/page.ts';
import {
  type Button,
  button,
  listCard,
  note,
  type Raw,
  type RowSpec,
  recordCard,
} from '../../bot/cards/spec.ts';
import type { View } from '../../bot/feature.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { defineEvent } from '../../bot/turn/events.ts';
import { recordOperation, shownCard } from '../../bot/turn/records.ts';
import { judge, may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayDay, sayTime } from '../../lib/dates.ts';
import { AppError } from '../../lib/errors.ts';
import { cursor, day, words } from '../../lib/inputs.ts';
import { NOT_FOUND } from '../branches/index.ts';
import { tellPeople, tellStaff } from '../members/index.ts';
import {
  findUnit,
  getUnit,
  isBranch,
  isWithin,
  type Unit,
  unitName,
  units,
  unitsOfKind,
} from '../orgs/index.ts';
import { criteriaOn } from './criteria.ts';
import { levelOf } from './facts.ts';
import { linesOf } from './lines.ts';
import {
  type Decision,
  LEVEL_NAMES,
  LISTING_NAMES,
  LISTING_STATES,
  type Listing,
  listings,
  type StoredListing,
} from './model.ts';
import { lastListing, newListing, openListing } from './propose.ts';
import { glued, refuseQuota } from './quota.ts';
import { branchIn, currentSheet, personalOnly, saveLine, sheetCard } from './record.ts';
import { type OnListing, rights } from './rights.ts';
import { sayFacts, sayTypes } from './say.ts';
import { why } from './why.ts';

const PAGE = 8;

/** A branch was put on the list. */
export const listed = defineEvent<{ readonly listing: StoredListing; readonly day: string }>(
  'analysis.listed',
);

const listingCard = ({ id }: Pick<Listing, 'id'>) => ({ kind: 'listing', id });

export const list = operation({
  right: rights.list,
  words: ['软弱涣散'],
  example: '青山县',
  help: '整顿名单：应列尽列',
  glued,
  fromText: (rest) => (rest && rest !== '名单' ? { words: rest } : {}),
  // Of one branch it is asked why.
  async open(ctx, { words: typed }) {
    const meant = typeof typed === 'string' ? await findUnit(ctx.tx, typed) : undefined;
    return meant && isBranch(meant) ? { op: why, raw: { branch: meant.id } } : undefined;
  },
  input: z.object({
    words: z.string().max(100).default(''),
    unit: z.string().max(100).optional(),
    after: cursor,
  }),
  async run(ctx, { words: asked, unit, after }): Promise<Outcome> {
    const named = await findUnit(ctx.tx, unit ?? asked);
    if (!named) refuseQuota(asked);
    const own = await getUnit(ctx.tx, ctx.me.unit);
    if (ctx.place.kind !== 'personal' || own.kind === 'responsible') return counts(ctx, false);
    if (isBranch(own)) {
      const mine = await lastListing(ctx.tx, own.id);
      const shown = mine?.state === 'listed' || mine?.state === 'left';
      if (!shown) {
        const ways = [button(rights.why, { branch: own.id })];
        return counts(ctx, false, `本支部不在名单上。为什么，发送“为什么 ${own.name}”看。`, ways);
      }
      return shownCard(listingCard(mine));
    }
    const meant = asked || unit ? named : own;
    if (!meant || isBranch(meant) || !(await maySeeBelow(ctx, own, meant)))
      throw new AppError('not_found', NOT_FOUND);
    if (meant.kind !== 'county' && meant.kind !== 'township') return counts(ctx, true);
    return page(ctx, own, meant, after);
  },
});

async function maySeeBelow({ tx }: World, own: Unit, top: Unit): Promise<boolean> {
  return own.kind === 'lead' || (await isWithin(tx, top, own.id));
}

/** How many there are, county by county; nobody's name. */
async function counts(ctx: Ctx, opens: boolean, before = '', ways: readonly Button[] = []): Promise<Outcome> {
  const { tx } = ctx;
  const by = await tx.table(listings).countBy('county', { state: 'listed' });
  const all = Object.values(by).reduce((sum, n) => sum + n, 0);
  const rows: RowSpec[] = (await unitsOfKind(tx, ['county'])).map(({ id, name }) => ({
    mark: '',
    title: name,
    sub: `在册${by[id] ?? 0}个`,
    op: opens ? rights.list : null,
    data: { unit: id },
  }));
  const sub = `${before}全市在册${all}个。不设比例、不定指标、应列尽列。`;
  const text = [`软弱涣散：${sub}`, ...rows.map((row) => `${row.title}（${row.sub}）`)].join('\n');
  return { text, card: listCard('软弱涣散党组织', sub, rows, ways), mine: true };
}

/** The names below a county or township, the latest first. */
async function page(ctx: Ctx, own: Unit, top: Unit, after: string | undefined): Promise<Outcome> {
  const { tx, today } = ctx;
  // What was not listed stays visible to those it is about; departments see what is on the list.
  const state: Listing['state'][] = own.kind === 'lead' ? ['listed', 'left'] : [...LISTING_STATES];
  const where = top.kind === 'county' ? { county: top.id, state } : { township: top.id, state };
  const found = await tx.table(listings).find({ where, order: 'proposedOn', desc: true, limit: PAGE, after });
  const rows: RowSpec[] = [];
  for (const row of found.rows) {
    const when = row.meeting ?? row.decidedOn ?? row.proposedOn;
    rows.push({
      mark: LISTING_NAMES[row.state],
      title: await unitName(tx, row.branch),
      sub: `${await unitName(tx, row.township)} · ${sayDay(when, today)}${row.reason ? ` · ${row.reason}` : ''}`,
      op: rights.listing,
      data: { listing: row.id },
    });
  }
  const n = await tx
    .table(listings)
    .count({ ...(top.kind === 'county' ? { county: top.id } : { township: top.id }), state: 'listed' });
  const title = `软弱涣散党组织 · ${top.name}`;
  const sub = `在册${n}个。${rows.length === 0 ? '名单上没有支部：研判建议、县区审定的才列。一个支部的情况，发送“为什么 支部名”看。' : ''}`;
  const next = nextPage(rights.list, found.next && { unit: top.id, after: found.next });
  const text = inLines(`${title}：${sub}`, rows);
  return { text, card: listCard(title, sub, rows, next), mine: true };
}

/** An entry by its id, else the one that a branch has or (for the county) may get. */
async function loadListing(ctx: Ctx, raw: Raw): Promise<OnListing> {
  personalOnly(ctx);
  const { tx, me } = ctx;
  const own = await getUnit(tx, me.unit);
  if (typeof raw.listing === 'string') {
    const known = await tx.table(listings).get(raw.listing);
    if (!known || isHidden(known, own)) throw new AppError('not_found', NOT_FOUND);
    return known;
  }
  if (isBranch(own)) {
    const last = await lastListing(tx, own.id);
    if (last && !isHidden(last, own)) return last;
    throw new AppError('not_found', `本支部不在名单上。为什么，发送“为什么 ${own.name}”看。`);
  }
  const branch = await branchIn(tx, own, String(raw.branch ?? ''));
  if (!branch) throw new AppError('not_found', NOT_FOUND);
  const known = await openListing(tx, branch.id);
  return known && !isHidden(known, own) ? known : byFacts(ctx, branch, own);
}

/** What was not decided, or decided against, is not known to the branch itself nor to departments: no answer tells of it. */
function isHidden({ state, branch }: Listing, own: Pick<Unit, 'id' | 'kind'>): boolean {
  return (state === 'proposed' || state === 'refused') && (own.id === branch || own.kind === 'lead');
}

/** What nobody has proposed but the facts, or a colleague by one of the ten types. */
async function byFacts(ctx: Ctx, branch: Unit, own: Unit): Promise<OnListing> {
  const { tx, today } = ctx;
  if (own.kind !== 'county') throw new AppError('not_found', NOT_FOUND);
  const { lines, version } = await linesOf(ctx, await currentSheet(ctx, own), branch.parent ?? '');
  const line = lines.find(({ unit }) => unit.id === branch.id);
  if (line?.counts !== 'meets')
    throw new AppError(
      'invalid',
      `${branch.name}光看事实还不够条件，也没有人提出。要列入，先由一位同志点“建议列入”，写明情形。`,
    );
  const { facts, types, level } = line;
  const draft = await newListing(tx, branch, { facts, types, level, version }, today);
  // Where facts are not enough, whoever chose the type has proposed it.
  const byFactsAlone = levelOf(facts, false, await criteriaOn(tx, today)) === 'meets';
  return { ...draft, proposedBy: byFactsAlone ? null : (types.at(-1)?.by ?? null) };
}

const onListing = recordOperation<OnListing>(loadListing, (rest): Raw => {
  const [branch = '', ...more] = rest.split(/\s+/);
  return {
    ...(branch && { branch }),
    ...(more.length > 0 && { date: more.join(' '), reason: more.join(' ') }),
  };
});

export const showListing = onListing(rights.listing, {
  run: async (_ctx, _input, listing) => shownCard(listingCard(listing)),
});

export const confirm = onListing(rights.confirm, {
  words: ['列入'],
  example: '柳湾村 2026-12-03',
  days: { fields: /^date$/, toward: 'back' },
  input: z.object({ date: day('请选哪天开的会') }),
  refine: async ({ tx, today }, { date }, { branch, proposedOn }) => {
    if (!(await tx.table(units).get(branch)))
      return [{ field: 'date', message: '这个支部已经撤并，请点“不列入”，写明原因' }];
    if (date > today) return [{ field: 'date', message: '会议日期不能在今天以后' }];
    return date < proposedOn ? [{ field: 'date', message: `会议要在提出（${proposedOn}）以后` }] : [];
  },
  form: async ({ tx, today }, { id, branch, rev }) => ({
    intro: `${await unitName(tx, branch)}：县委研究决定列入整顿。`,
    fields: [field.date('date', '会议日期', { required: true, max: today })],
    submit: { op: rights.confirm, data: rev === undefined ? { branch } : { listing: id } },
  }),
  async run(ctx, { date }, listing) {
    const saved = await decide(ctx, listing, { state: 'listed', meeting: date });
    const branch = await getUnit(ctx.tx, listing.branch);
    const { statementWorkdays: days } = await criteriaOn(ctx.tx, ctx.today);
    const county = await unitName(ctx.tx, listing.county);
    const key = `listing:${saved.id}:${saved.rev}`;
    const card = { subject: listingCard(saved) };
    const text = `${county}${sayDay(date, ctx.today)}研究决定，${branch.name}列入整顿。`;
    const more = `有情况要说明的，${days}个工作日内点“情况说明”。`;
    await tellPeople(ctx, branch.id, { text: text + more, card, key });
    await tellStaff(ctx, listing.township, { text, card, key });
    ctx.emit(listed, { listing: saved, day: date });
    return done(ctx, saved, `${branch.name}已列入，会议日期${sayDay(date, ctx.today)}。`);
  },
});

export const refuse = onListing(rights.refuse, {
  input: z.object({ reason: words('原因', 300, '请写不列入的原因') }),
  form: async ({ tx }, { id, branch, rev }) => ({
    intro: `${await unitName(tx, branch)}：不列入，原因乡镇和市委组织部都看得到。`,
    fields: [field.lines('reason', '为什么不列入', 300, { required: true, hint: '一两句话就行' })],
    submit: { op: rights.refuse, data: rev === undefined ? { branch } : { listing: id } },
  }),
  async run(ctx, { reason }, listing) {
    const saved = await decide(ctx, listing, { state: 'refused', reason });
    const name = await unitName(ctx.tx, listing.branch);
    const key = `listing:${saved.id}:${saved.rev}`;
    const text = `${await unitName(ctx.tx, listing.county)}决定${name}不列入：${reason}。`;
    await tellStaff(ctx, listing.township, { text, card: { subject: listingCard(saved) }, key });
    return done(ctx, saved, `${name}不列入，原因记下了。`);
  },
});

/** Write the decision, and the county's word in its census while that is open. */
async function decide(ctx: Ctx, listing: OnListing, change: Pick<Listing, 'state'> & Partial<Listing>) {
  const { id, name } = ctx.me;
  const saved = await ctx.tx.table(listings).put({
    ...listing,
    ...change,
    ...{ decidedBy: id, decidedName: name, decidedOn: ctx.today },
  });
  const sheet = await currentSheet(ctx, await getUnit(ctx.tx, listing.county));
  const decision: Decision = change.state === 'listed' ? 'list' : 'none';
  const branch = await ctx.tx.table(units).get(listing.branch);
  if (branch && sheet.state === 'draft') {
    const reason = change.reason ?? '';
    await saveLine(ctx, { sheet, branch }, (line) => ({ ...line, decision, reason, by: id }));
    ctx.refresh(sheetCard(sheet));
  }
  return saved;
}

/** Whoever pressed it in the census sees the census again. */
function done(ctx: Ctx, listing: Listing, text: string): Outcome {
  ctx.refresh(listingCard(listing));
  const did = listingCard(listing);
  if (ctx.pressed?.kind === 'analysis') return { text, card: { subject: ctx.pressed }, did };
  return { text, card: { subject: listingCard(listing) }, did };
}

export const statement = onListing(rights.statement, {
  words: ['情况说明'],
  fromText: (rest) => (rest ? { words: rest } : {}),
  input: z.object({ words: words('情况说明', 500) }),
  form: async (_ctx, { id }) => ({
    intro: '县区、乡镇和市委组织部都看得到；不影响已经定的事。',
    fields: [field.lines('words', '要说明的情况', 500, { required: true })],
    submit: { op: rights.statement, data: { listing: id } },
  }),
  async run(ctx, { words: said }, listing) {
    const { id: by, name } = ctx.me;
    const statements = [...listing.statements, { at: ctx.now.toISOString(), by, name, words: said }];
    const saved = await ctx.tx.table(listings).put({ ...listing, statements });
    const text = `${await unitName(ctx.tx, listing.branch)}写了情况说明：${said}`;
    const key = `listing:${saved.id}:${saved.rev}`;
    for (const unit of [listing.township, listing.county])
      await tellStaff(ctx, unit, { text, card: { subject: listingCard(saved) }, key });
    return done(ctx, saved, '情况说明已收下，县区、乡镇和市委组织部都看得到。');
  },
});

export const listingView: View = async (world, id, viewer) => {
  const { tx, today } = world;
  const listing = await tx.table(listings).get(id);
  if (!listing) return note(NOT_FOUND);
  if (!viewer) return note('这里会提到支部的名字，请在和我的单聊里看。');
  const seen = await judge(rights.listing, listing, world, viewer);
  if (seen !== true) return note(seen);
  if (isHidden(listing, await getUnit(tx, viewer.unit))) return note(NOT_FOUND);
  const facts = await sayFacts(tx, listing.facts, listing.township, today);
  const buttons = [];
  for (const right of [rights.confirm, rights.refuse, rights.statement] as const)
    if (await may(right, listing, world, viewer)) buttons.push(button(right, { listing: id }));
  const decided = listing.decidedOn ? `${listing.decidedName} ${sayDay(listing.decidedOn, today)}` : '';
  const proposed = listing.proposedName
    ? `${await unitName(tx, listing.proposedUnit)} ${listing.proposedName}`
    : '按事实';
  return recordCard({
    number: await unitName(tx, listing.township),
    title: await unitName(tx, listing.branch),
    state: LISTING_NAMES[listing.state],
    marks: [LEVEL_NAMES[listing.types.length > 0 ? 'meets' : listing.level]],
    facts: [
      ...facts.map(({ letter, text }) => [letter, text] as const),
      ['情形', sayTypes(listing.types)],
      ['提出', `${proposed}，${sayDay(listing.proposedOn, today)}`],
      ['会议日期', listing.meeting ? sayDay(listing.meeting, today) : ''],
      ['审定', decided],
      ['不列入的原因', listing.reason],
      ...listing.statements.map(
        ({ at, name, words: said }) => ['情况说明', `${sayTime(at, today)} ${name}：${said}`] as const,
      ),
      ['标准', `按${listing.version}标准`],
    ],
    buttons,
  });
};
