/** What a sheet of secretaries would change, row by row; an empty cell leaves what is known. A row with a problem is left out. */
import type { World } from '../../bot/world.ts';
import { foldWidth } from '../../lib/numerals.ts';
import { personalNumber } from '../../lib/private.ts';
import type { Tx } from '../../store/store.ts';
import { isSameName } from '../members/index.ts';
import { isBranch, isWithin, meantUnit, type Unit } from '../orgs/index.ts';
import { secretariesOf } from './find.ts';
import { idOf, MOST_OF_A_KIND, NOTHING_KNOWN, type Secretary, withSince } from './model.ts';
import type { SecretarySheetRow } from './sheet.ts';

const MOST_TITLE = 60;
const MOST_DAYS = 366;

/** What a sheet comes to. */
export interface SecretaryPlan {
  /** As the records would be. */
  readonly changes: readonly (Secretary & { readonly rev?: number })[];
  readonly trainings: number;
  readonly honours: number;
  readonly terms: number;
  /** Rows that say what is known already. */
  readonly same: number;
  readonly problems: readonly { readonly line: number; readonly text: string }[];
}

/** A day as sheets have it: a date cell, 2021-03-05, 2021年3月5日, 2021.3; of a month its first day. */
export function sheetDay(text: string): string | undefined {
  const said = foldWidth(text)
    .replace(/t00:00:00.*$/i, '')
    .replace(/\s/g, '');
  const [, year = '', month = '', date = '1'] =
    /^((?:19|20)\d\d)[年./-](\d{1,2})(?:[月./-](\d{1,2})日?|月)?$/.exec(said) ?? [];
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) ? day : undefined;
}

/** Look at the rows for the county that sent them; nothing is written. */
export async function planSecretaries(
  { tx, today }: Pick<World, 'tx' | 'today'>,
  rows: readonly SecretarySheetRow[],
  sender: Unit,
): Promise<SecretaryPlan> {
  const find = finder(tx, sender);
  const changed = new Map<string, Secretary & { readonly rev?: number }>();
  const problems: { line: number; text: string }[] = [];
  const sum = { trainings: 0, honours: 0, terms: 0, same: 0 };
  for (const row of rows) {
    const known = await find(row);
    const before = typeof known === 'string' ? known : (changed.get(known.id) ?? known);
    const after = typeof before === 'string' ? before : withRow(before, row, today);
    if (typeof before === 'string' || typeof after === 'string') {
      problems.push({ line: row.line, text: `${row.branch} ${row.name}：${after}` });
      continue;
    }
    if (after === before) sum.same += 1;
    else changed.set(after.id, after);
    sum.trainings += after.trainings.length - before.trainings.length;
    sum.honours += after.honours.length - before.honours.length;
    if (after.since !== before.since) sum.terms += 1;
  }
  return { changes: [...changed.values()], ...sum, problems };
}

/** Finds the record that a row is about, an empty one where there is none yet, or says what is wrong. */
function finder(tx: Tx, sender: Unit) {
  const units = new Map<string, Unit | undefined>();
  async function branchOf({ branch, township }: SecretarySheetRow): Promise<Unit | undefined> {
    const words = township ? `${branch}（${township}）` : branch;
    if (!units.has(words)) units.set(words, await meantUnit(tx, words));
    return units.get(words);
  }
  return async (row: SecretarySheetRow): Promise<(Secretary & { readonly rev?: number }) | string> => {
    if (row.branch === '') return '没有写支部';
    if (row.name === '') return '没有写姓名';
    const branch = await branchOf(row);
    if (!branch || !isBranch(branch)) return '没认出是哪个支部，请写全称；有同名的，再写上乡镇';
    if (!(await isWithin(tx, branch, sender.id))) return '不归您单位管';
    const alike = (await secretariesOf(tx, branch)).filter(({ name }) => isSameName(name, row.name));
    const [one, another] = alike;
    if (!one) return '名单上现在不是这个支部的书记，请先改名单';
    if (another) return '这个支部有两位书记同名，请一个一个办';
    const { person, township, record } = one;
    const at = { branch: branch.id, township: township.id, county: sender.id, person };
    return { id: idOf(branch.id, person), ...at, ...NOTHING_KNOWN, ...record };
  };
}

/** The record with what a row says; the same one when that is known already, or what is wrong with the row. */
function withRow<T extends Secretary>(record: T, row: SecretarySheetRow, today: string): T | string {
  const { since: sinceText, training, honour } = row;
  if (sinceText === '' && training === '' && honour === '') return '任职时间、培训、荣誉都空着';
  let after = record;
  if (sinceText !== '') {
    const since = sheetDay(sinceText);
    if (!since) return `任职时间“${sinceText}”没看懂，请写成 2021-03-05 这样`;
    if (since > today) return '任职时间在今天以后';
    after = withSince(after, since, today);
  }
  for (const title of [training, honour]) {
    if (title.length > MOST_TITLE) return `培训和荣誉的名称最多${MOST_TITLE}个字`;
    const number = personalNumber(title);
    if (number) return `里面像有${number}，请删去`;
  }
  if (training !== '') {
    const on = dayIn(row.on, '培训时间', today);
    if (on.day === undefined) return on.why;
    const days = row.days === '' ? null : Number(foldWidth(row.days).replace(/天$/, ''));
    if (days !== null && !(days > 0 && days <= MOST_DAYS)) return `培训天数“${row.days}”没看懂，请写数字`;
    const { day } = on;
    if (!after.trainings.some((one) => one.title === training && one.on === day))
      after = { ...after, trainings: sorted([...after.trainings, { title: training, on: day, days }]) };
  }
  if (honour !== '') {
    const on = dayIn(row.honouredOn, '荣誉时间', today);
    if (on.day === undefined) return on.why;
    const { day } = on;
    if (!after.honours.some((one) => one.title === honour && one.on === day))
      after = { ...after, honours: sorted([...after.honours, { title: honour, on: day }]) };
  }
  return [after.trainings, after.honours].some(({ length }) => length > MOST_OF_A_KIND)
    ? `一位书记的培训、荣誉各最多记${MOST_OF_A_KIND}条`
    : after;
}

function dayIn(
  text: string,
  label: string,
  today: string,
): { day: string; why?: never } | { day?: never; why: string } {
  if (text === '') return { why: `没有写${label}` };
  const day = sheetDay(text);
  if (!day) return { why: `${label}“${text}”没看懂，请写成 2026-05-08 这样` };
  return day > today ? { why: `${label}在今天以后` } : { day };
}

/** The latest first. */
const sorted = <T extends { readonly on: string }>(all: readonly T[]): T[] =>
  all.toSorted((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0));
