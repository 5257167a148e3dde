/** The agenda that the bot drafts: what is still open from before, then what is overdue, then the other open issues. */
import { USUAL_HOURS, withinHours } from '../../bot/delivery/digest.ts';
import type { World } from '../../bot/world.ts';
import { dayOf, instant, sayDay, sayTime } from '../../lib/dates.ts';
import { foldWidth, readNumeral } from '../../lib/numerals.ts';
import { agendaIssues } from '../issues/index.ts';
import { getUnit, type Star, type Unit, unitName, unitsOfKind } from '../orgs/index.ts';
import { followup } from '../tasks/index.ts';
import { CLASH_MS, decisions, type Item, invites, LASTS_MS, meetings, monthsOpen, newItem } from './model.ts';
import { topicLines } from './topics.ts';

/** Most lines of one kind in a draft; a meeting has an hour. */
const MOST_DECISIONS = 15;
const MOST_TOPICS = 8;
const HOUR_MS = 3_600_000;
/** How far ahead a free working day is looked for. */
const AHEAD = 30;

/** A meeting always talks about this; the only line when nothing is open. */
const ALWAYS = '本月工作情况和下月安排';

/** One line an item, the record that it is about in brackets at its end. */
export async function monthAgenda(world: World, star: string): Promise<string> {
  const where = { star, state: 'open' as const };
  const open = await world.tx.table(decisions).find({ where, order: 'deadline', limit: MOST_DECISIONS });
  const lines = [];
  for (const row of open.rows) {
    const { id, text, unit, since } = row;
    const months = monthsOpen(since, world.today);
    const age = months > 0 ? `，第${months + 1}个月` : '';
    const said = await followup.standing(world, row);
    const state = said && `，${said}`;
    lines.push(`落实：${text}（${await unitName(world.tx, unit)}${age}${state}）〔${id}〕`);
  }
  const rest = open.next ? (await world.tx.table(decisions).count(where)) - open.rows.length : 0;
  if (rest > 0) lines.push(`落实：以前定的另外${rest}项`);
  const more = await agendaIssues(world, star);
  for (const { text, about } of more.slice(0, MOST_TOPICS)) lines.push(`${text}〔${about}〕`);
  return [...lines, ...(await topicLines(world, star)), ALWAYS].join('\n');
}

/** How long an item takes, at the end of its line: `15分钟`, `（十五分钟）`. */
const MINUTES = /[（(]?([\d０-９]{1,3}|[一二两三四五六七八九十]{1,3})\s*分钟[)）]?$/;

/** What the agenda takes in all, of the items that say so; with a warning when it is more than a meeting has. */
export function minutesOf(
  items: readonly Pick<Item, 'text'>[],
): { text: string; warns: boolean } | undefined {
  const said = items.flatMap(({ text }) => {
    const [, minutes] = MINUTES.exec(text) ?? [];
    return minutes === undefined ? [] : (readNumeral(foldWidth(minutes)) ?? []);
  });
  if (said.length === 0) return undefined;
  const sum = said.reduce((all, one) => all + one, 0);
  const some = said.length < items.length ? `写了用时的${said.length}个议题` : '议题';
  const most = LASTS_MS / 60_000;
  const warns = sum > most;
  return { text: `${some}合计${sum}分钟${warns ? `，超过${most}分钟，请减一减` : ''}`, warns };
}

/** Lines as items; the brackets at the end of a line, or before its minutes, name what it is about. */
export function readAgenda(text: string): Item[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).map((line, i) => {
    const minutes = MINUTES.exec(line)?.[0] ?? '';
    const [, said = line, about = null] =
      /^(.*?)〔([^〕]{1,40})〕$/.exec(line.slice(0, line.length - minutes.length).trim()) ?? [];
    const words = about === null ? line : `${said.trim()} ${minutes}`;
    return newItem({ id: String(i + 1), text: words.trim(), about });
  });
}

/** Whom a lead invites as a rule: the responsible units of the star, and the counties; the organiser all of them. */
export async function usualUnits(
  world: World,
  star: Star | undefined,
  lead: string,
): Promise<readonly Unit[]> {
  const responsible = await unitsOfKind(world.tx, star ? ['responsible'] : ['lead', 'responsible']);
  const theirs = star ? responsible.filter(({ stars }) => stars.includes(star.id)) : responsible;
  const counties = await unitsOfKind(world.tx, ['county']);
  return [...theirs, ...counties].filter(({ id }) => id !== lead);
}

/** Everybody who can be invited. */
export async function invitable(world: World, lead: string): Promise<readonly Unit[]> {
  const all = await unitsOfKind(world.tx, ['city', 'lead', 'responsible', 'county']);
  return all.filter(({ id }) => id !== lead);
}

/** What speaks against a date and time: short notice, an hour out of work, a rest day, another meeting of the same people; with a better day. */
export async function warnings(
  world: World,
  { date, time, units, except }: { date: string; time: string; units: readonly string[]; except?: string },
): Promise<readonly string[]> {
  const short = outOfHours(world, date, time);
  const found: string[] = [];
  if (!world.workdays.isWorkday(date)) found.push(`${sayDay(date, world.today)}是休息日`);
  const clash = await clashOn(world, date, time, units, except);
  if (clash) found.push(clash);
  if (found.length === 0) return short;
  for (let i = 1, day = date; i <= AHEAD; i++) {
    day = world.workdays.add(day, 1);
    if (await clashOn(world, day, time, units, except)) continue;
    return [...short, ...found, `最近的空闲工作日是${sayDay(day, world.today)}`];
  }
  return [...short, ...found];
}

/** Too soon to come, in the night, or an invitation that reaches people in their free time. */
function outOfHours({ now, today, workdays }: World, date: string, time: string): readonly string[] {
  const { from, to } = USUAL_HOURS;
  const hours = `${from}—${to}`;
  const found = [];
  if (time < from || time >= to) found.push(`${time}开会不在工作时间（${hours}）`);
  if (instant(date, time) < workedHourAfter(now, workdays))
    found.push('离开会不到1个工作小时，各单位可能来不及');
  if (withinHours(now, USUAL_HOURS, workdays) > now)
    found.push(`现在（${sayTime(now.toISOString(), today)}）不是工作时间，通知会马上发给各单位`);
  return found;
}

/** When an hour of work has passed. */
function workedHourAfter(now: Date, workdays: World['workdays']): Date {
  const { from, to } = USUAL_HOURS;
  const start = withinHours(now, USUAL_HOURS, workdays);
  const day = dayOf(start);
  const left = instant(day, to).getTime() - start.getTime();
  return left >= HOUR_MS
    ? new Date(start.getTime() + HOUR_MS)
    : new Date(instant(workdays.add(day, 1), from).getTime() + HOUR_MS - left);
}

async function clashOn(
  { tx }: World,
  date: string,
  time: string,
  units: readonly string[],
  except: string | undefined,
): Promise<string | undefined> {
  const at = instant(date, time).getTime();
  const { rows } = await tx
    .table(meetings)
    .find({ where: { date, state: 'set' }, order: 'startsAt', limit: 50 });
  for (const other of rows) {
    if (other.id === except || Math.abs(Date.parse(other.startsAt) - at) >= CLASH_MS) continue;
    const invited = await invitedTo(tx, other.id);
    const both = units.filter((unit) => invited.includes(unit) || other.lead === unit);
    if (both.length === 0) continue;
    const [first = ''] = both;
    const name = (await getUnit(tx, first)).name;
    return `${name}${both.length > 1 ? `等${both.length}个单位` : ''}在${other.time}有会（${other.id}）`;
  }
  return undefined;
}

async function invitedTo(tx: World['tx'], meeting: string): Promise<readonly string[]> {
  const { rows } = await tx.table(invites).find({ where: { meeting }, order: 'unit', limit: 1000 });
  return rows.map(({ unit }) => unit);
}

/** `2026-11-25`, `15:00` as people say it: `11月25日 周三 15:00`. */
export function sayWhen({ date, time }: { date: string; time: string }, today: string): string {
  const weekday = '日一二三四五六'[new Date(`${date}T00:00:00Z`).getUTCDay()];
  return `${sayDay(date, today)} 周${weekday} ${time}`;
}
