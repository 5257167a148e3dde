/** The page of a unit: sums on top, the goals, then a section for each table with its rule, its chart and its numbers. */
import { sayDatedPeriod } from '../../lib/schedule.ts';
import type { Unit } from '../orgs/index.ts';
import { boardDocument, Wide } from '../page/index.ts';
import { chatAddress, figureAddress, fileAddress, unitAddress, type Way } from './address.ts';
import type { Boundaries } from './boundaries.ts';
import { Patterns } from './charts.tsx';
import { Chart } from './drawn.tsx';
import type { Cell } from './figures.ts';
import { quarterOf, shiftQuarter } from './model.ts';
import {
  FEWEST_COMPARED,
  HIDDEN,
  type Line,
  NO_BASIS,
  placeOf,
  type Report,
  sayWhen,
  type Table,
} from './shape.ts';

/** Quarters that are offered to compare with. */
const OFFERED = 8;

export interface Shown {
  readonly report: Report;
  /** The same unit in another quarter, to compare with. */
  readonly other: Report | undefined;
  readonly above: readonly Unit[];
  /** Of the units below, where the city gave them. */
  readonly boundaries: Boundaries | undefined;
  /** Pages of other features. */
  readonly below: readonly { readonly path: string; readonly title: string }[];
  readonly today: string;
  readonly anybody: boolean;
  readonly sorted: boolean;
  readonly way: Way;
}

export function pageOf(shown: Shown): string {
  const { report, other, today, way } = shown;
  const title = `公开 · ${placeOf(report.unit)}`;
  const body = (
    <main>
      <Patterns />
      <Ways {...shown} />
      <h1>{title}</h1>
      <p class="dim">
        {sayWhen(report, today)}
        {other && `；加减的数是和${sayWhen(other, today)}比`}
        {report.settings.basis === 'no' && `。${NO_BASIS}`}
      </p>
      {report.headline.length > 0 && (
        <dl class="head">
          {report.headline.map(({ title: name, value, change, key }) => (
            <div>
              <dt>{name}</dt>
              <dd>
                <a href={figureAddress(way, report.unit, report.quarter, key)}>{value}</a>
                {change && <small>{`比上季度${change}`}</small>}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {report.goals.length > 0 && <Goals {...report} />}
      {report.tables.map((table) => (
        <Section {...shown} table={table} />
      ))}
    </main>
  );
  return boardDocument(title, way.base, body);
}

/** Where one can go from here: up, to other quarters, to the files. */
function Ways(shown: Shown) {
  const { report, above, below, today, sorted, anybody, way } = shown;
  const { unit, quarter } = report;
  const after = shiftQuarter(quarter, 1);
  const links: (readonly [string, string])[] = [
    ['会商', chatAddress(way)],
    ...below.map(({ path, title }) => [title, `${way.base || './'}${path}`] as const),
    ...above.map((one) => [placeOf(one), unitAddress(way, one, quarter)] as const),
  ];
  if (!anybody) {
    const before = shiftQuarter(quarter, -1);
    links.push([`看${sayDatedPeriod(before)}`, unitAddress(way, unit, before)]);
    if (after <= quarterOf(today)) links.push([`看${sayDatedPeriod(after)}`, unitAddress(way, unit, after)]);
    if (unit.kind !== 'township')
      links.push(
        sorted
          ? ['按名称排', unitAddress(way, unit, quarter)]
          : ['按三星以上比例排', unitAddress(way, unit, quarter, { sort: 'share' })],
      );
  }
  links.push(['下载表格（.xlsx）', fileAddress(way, unit, quarter, 'xlsx')]);
  if (unit.kind === 'city' && !anybody)
    links.push(['季度通报（.docx）', fileAddress(way, unit, quarter, 'docx')]);
  return (
    <nav aria-label="看别的">
      <Links of={links} />
      {!anybody && <Compare {...shown} />}
    </nav>
  );
}

function Links({ of }: { of: readonly (readonly [string, string])[] }) {
  return (
    <ul>
      {of.map(([title, href]) => (
        <li>
          <a href={href}>{title}</a>
        </li>
      ))}
    </ul>
  );
}

function Compare({ report: { unit, quarter, tables }, way }: Shown) {
  const known = tables.find(({ id }) => id === 'trend')?.lines.map(({ title }) => title) ?? [];
  const others = Array.from({ length: OFFERED }, (_, i) => shiftQuarter(quarter, -1 - i)).filter((one) =>
    known.includes(sayDatedPeriod(one)),
  );
  if (others.length === 0) return null;
  return (
    <details>
      <summary>和哪个季度比</summary>
      <Links
        of={others.map((one) => [sayDatedPeriod(one), unitAddress(way, unit, quarter, { with: one })])}
      />
    </details>
  );
}

function Goals({ goals, whole }: Report) {
  return (
    <section aria-labelledby="goals">
      <h2 id="goals">三星成片、四星成批、五星领先</h2>
      <Wide of="目标">
        <table>
          <thead>
            <tr>
              <th scope="col">目标</th>
              <th scope="col">现在</th>
              <th scope="col">差多少</th>
            </tr>
          </thead>
          <tbody>
            {goals.map(({ title, value, gap }) => (
              <tr>
                <th scope="row">{title}</th>
                <td>{value}</td>
                <td>{gap}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {whole.length > 0 && <p class="rule">{`全部支部三星以上的乡镇（街道）：${whole.join('、')}`}</p>}
    </section>
  );
}

function Section({ table, ...shown }: Shown & { table: Table }) {
  const { report, other, way, sorted, boundaries } = shown;
  const lines = sorted && table.id === 'stars' ? byShare(table.lines) : table.lines;
  const before = other?.tables.find(({ id }) => id === table.id);
  return (
    <section aria-labelledby={table.id}>
      <h2 id={table.id}>{table.title}</h2>
      <p class="rule">{table.rule}</p>
      <Chart table={{ ...table, lines }} report={report} way={way} boundaries={boundaries} />
      <Wide of={table.title}>
        <table>
          <thead>
            <tr>
              {[table.head, ...table.columns].map((title) => (
                <th scope="col">{title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line, i) => {
              const then = before?.lines.find(({ title }) => title === line.title);
              return (
                <tr class={table.total && i === lines.length - 1 ? 'total' : undefined}>
                  <th scope="row">{nameOf(line, way, report.quarter)}</th>
                  {line.cells.map((cell, at) => (
                    <td>
                      <Value href={hrefOf(shown, line, at)}>{cell}</Value>
                      {then && table.id !== 'trend' && <Change now={cell} then={then.cells[at]} />}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}

/** Where the rule and the records of a number are, or the meeting of a month. */
function hrefOf({ report, way, anybody }: Shown, { unit, keys, cells }: Line, at: number) {
  const key = keys?.[at] ?? '';
  if (key === '' || cells[at] === HIDDEN) return undefined;
  if (/^HS-/.test(key)) return anybody ? undefined : chatAddress(way, key);
  return figureAddress(way, anybody ? report.unit : (unit ?? report.unit), report.quarter, key);
}

function Value({ href, children }: { href: string | undefined; children: preact.ComponentChildren }) {
  return href === undefined ? children : <a href={href}>{children}</a>;
}

function nameOf({ unit, title }: Line, way: Way, quarter: string) {
  const leads = unit?.kind === 'county' || unit?.kind === 'township';
  return unit && leads ? <a href={unitAddress(way, unit, quarter)}>{title}</a> : title;
}

function Change({ now, then }: { now: Cell; then: Cell | undefined }) {
  if (typeof now !== 'number' || typeof then !== 'number' || now === then) return null;
  return <span class="by">{` ${now > then ? '+' : '−'}${Math.abs(now - then)}`}</span>;
}

/** Units of very few branches are not compared: they stay behind, by name; the sum stays last. */
function byShare(lines: readonly Line[]): readonly Line[] {
  const total = lines.slice(-1);
  const units = lines.slice(0, -1);
  const shareOf = ({ cells }: Line) => {
    const [branches = 0, ...stars] = cells.map(Number);
    return stars.slice(3).reduce((sum, count) => sum + count, 0) / Math.max(1, branches);
  };
  const large = units.filter(({ cells }) => Number(cells[0]) >= FEWEST_COMPARED);
  const small = units.filter((line) => !large.includes(line));
  return [...[...large].sort((a, b) => shareOf(b) - shareOf(a)), ...small, ...total];
}
