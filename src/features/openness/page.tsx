/**
 * /board: the city, a county, a township, each at an address of its own, with the charts and the tables of its report.
 * Made on the server, read without a script; what anybody may see comes from public.ts.
 */
import type { Asked, File } from '../../bot/feature.ts';
import type { World } from '../../bot/world.ts';
import { organiser, type Unit, units } from '../orgs/index.ts';
import { Legend, Patterns, Share, Stacked, Tiles, Trend } from './charts.tsx';
import { document, rootOf, Wide } from './document.tsx';
import { sheetsOf } from './export.ts';
import { QUARTER, quarterOf, sayQuarter, shiftQuarter } from './model.ts';
import { HIDDEN, publicReport } from './public.ts';
import {
  type Cell,
  FEWEST_COMPARED,
  type Line,
  NO_BASIS,
  placeOf,
  type Report,
  reportOf,
  STAR_COLUMNS,
  sayWhen,
  type Table,
} from './report.ts';
import { STYLE } from './style.ts';

const HTML = 'text/html; charset=utf-8';
const SHEET = /\.xlsx$/;

interface Shown {
  readonly report: Report;
  /** The same unit in another quarter, to compare with. */
  readonly other: Report | undefined;
  readonly above: readonly Unit[];
  readonly below: Asked['below'];
  readonly today: string;
  readonly anybody: boolean;
  readonly sorted: boolean;
  /** Leads from this page to others of the board, and to the chat page. */
  readonly base: string;
}

export async function board(world: World, asked: Asked): Promise<File | undefined> {
  if (asked.path === 'board.css') return { name: 'board.css', type: 'text/css; charset=utf-8', body: STYLE };
  const sheet = SHEET.test(asked.path);
  const name = asked.path.replace(SHEET, '');
  const city = await organiser(world.tx);
  const unit = name === '' || name === city.id ? city : await world.tx.table(units).get(name);
  if (!unit || !['city', 'county', 'township'].includes(unit.kind)) return undefined;
  const report = await reportFor(world, asked, unit, quarterIn(asked, 'q') ?? quarterOf(world.today));
  if (!report) return nothing(world, asked, unit);
  if (sheet) return sheetsOf(report, world.today);
  const compared = quarterIn(asked, 'with');
  const other =
    compared && compared !== report.quarter ? await reportFor(world, asked, unit, compared) : undefined;
  const shown: Shown = {
    ...{ report, other, today: world.today, anybody: asked.anybody },
    above: await aboveOf(world, unit, city),
    below: asked.anybody ? [] : asked.below,
    sorted: asked.query.get('sort') === 'share' && !asked.anybody,
    base: asked.path === '' ? 'board/' : '',
  };
  return { name: 'board.html', type: HTML, body: async () => pageOf(shown) };
}

function quarterIn({ query }: Asked, name: string): string | undefined {
  const said = query.get(name) ?? '';
  return QUARTER.test(said) ? said : undefined;
}

async function reportFor(world: World, { anybody }: Asked, unit: Unit, quarter: string) {
  const report = await reportOf(world, unit, quarter);
  return report && anybody ? publicReport(report) : report;
}

async function aboveOf({ tx }: World, unit: Unit, city: Unit): Promise<readonly Unit[]> {
  if (unit.kind === 'city') return [];
  const county = unit.kind === 'township' && unit.parent ? await tx.table(units).get(unit.parent) : undefined;
  return county ? [city, county] : [city];
}

/** A unit or a quarter of which nothing is known: it is said, and the way back is there. */
function nothing(world: World, { path, anybody, query }: Asked, unit: Unit): File | undefined {
  if (anybody && unit.kind !== 'city') return undefined;
  const base = path === '' ? 'board/' : '';
  const past = (query.get('q') ?? '') !== '';
  const text = past
    ? '那个季度没有数据。没有数据不等于没有问题。'
    : '还没有这里的数字，正在汇总，请过几分钟再看。';
  const body = (
    <main>
      <h1>{`公开 · ${placeOf(unit)}`}</h1>
      <p>{text}</p>
      <p>
        <a href={addressOf(base, unit, quarterOf(world.today))}>看现在的</a>
      </p>
    </main>
  );
  return {
    name: 'board.html',
    type: HTML,
    body: async () => document(`公开 · ${placeOf(unit)}`, base, body),
  };
}

const addressOf = (base: string, { kind, id }: Unit, quarter: string, more = '') =>
  `${base || './'}${kind === 'city' ? '' : encodeURIComponent(id)}?q=${quarter}${more}`.replace(
    'board/?',
    '../board?',
  );

function pageOf(shown: Shown): string {
  const { report, other, today, base } = shown;
  const title = `公开 · ${placeOf(report.unit)}`;
  const body = (
    <main>
      <Patterns />
      <Ways {...shown} />
      <h1>{title}</h1>
      <p class="dim">
        {sayWhen(report, today)}
        {other && `；与${sayWhen(other, today)}比`}
        {report.settings.basis === 'no' && `。${NO_BASIS}`}
      </p>
      {report.headline.length > 0 && (
        <dl class="head">
          {report.headline.map(([name, value, by]) => (
            <div>
              <dt>{name}</dt>
              <dd>
                {value}
                {by && <small>{`比上季度${by}`}</small>}
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
  return document(title, base, body);
}

/** Where one can go from here: up, to other quarters, to the spreadsheet. */
function Ways({ report: { unit, quarter }, above, below, today, base, sorted, anybody }: Shown) {
  const now = quarterOf(today);
  const before = shiftQuarter(quarter, -1);
  const after = shiftQuarter(quarter, 1);
  const links: (readonly [string, string])[] = [
    ['会商', rootOf(base)],
    ...below.map(({ path, title }) => [title, `${base || './'}${path}`] as const),
    ...above.map((one) => [placeOf(one), addressOf(base, one, quarter)] as const),
    [`看${sayQuarter(before)}`, addressOf(base, unit, before)],
    ...(after <= now ? [[`看${sayQuarter(after)}`, addressOf(base, unit, after)] as const] : []),
    [`和${sayQuarter(before)}比`, addressOf(base, unit, quarter, `&with=${before}`)],
    ...(anybody || unit.kind === 'township'
      ? []
      : sorted
        ? [['按名称排', addressOf(base, unit, quarter)] as const]
        : [['按三星以上比例排', addressOf(base, unit, quarter, '&sort=share')] as const]),
    ['下载表格（.xlsx）', `${base || './'}${encodeURIComponent(unit.id)}.xlsx?q=${quarter}`],
  ];
  return (
    <nav aria-label="看别的">
      <ul>
        {links.map(([title, href]) => (
          <li>
            <a href={href}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
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
  const { report, other, base, sorted } = shown;
  const lines = sorted && table.id === 'stars' ? byShare(table.lines) : table.lines;
  const before = other?.tables.find(({ id }) => id === table.id);
  return (
    <section aria-labelledby={table.id}>
      <h2 id={table.id}>{table.title}</h2>
      <p class="rule">{table.rule}</p>
      <Chart table={{ ...table, lines }} report={report} base={base} />
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
                  <th scope="row">{nameOf(line, base, report.quarter)}</th>
                  {line.cells.map((cell, at) => (
                    <td>
                      {cell}
                      {then && <Change now={cell} then={then.cells[at]} />}
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

function nameOf({ unit, title }: Line, base: string, quarter: string) {
  const leads = unit?.kind === 'county' || unit?.kind === 'township';
  return unit && leads ? <a href={addressOf(base, unit, quarter)}>{title}</a> : title;
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

function Chart({ table, report, base }: { table: Table; report: Report; base: string }) {
  // What is hidden is drawn nowhere; of a township each branch is a line of the table already.
  if (table.lines.some(({ cells }) => cells.includes(HIDDEN))) return null;
  switch (table.id) {
    case 'stars':
      return report.unit.kind === 'township' ? (
        <Whole table={table} />
      ) : (
        <Stars table={table} report={report} base={base} />
      );
    case 'holders':
      return (
        <ul class="bars">
          {table.lines.map(({ title, cells: [holds, can] }) => (
            <li>
              <span>{title}</span>
              <Share label={title} part={Number(holds)} whole={Number(can)} />
            </li>
          ))}
        </ul>
      );
    case 'issues':
      return <Issues table={table} />;
    case 'trend':
      return table.lines.length < 2 ? null : <Steps table={table} />;
    default:
      return null;
  }
}

const partsOf = ({ cells }: Line) =>
  STAR_COLUMNS.map((name, level) => ({ name, value: Number(cells[level + 1]), level }));

function Whole({ table }: { table: Table }) {
  const total = table.lines.at(-1);
  return (
    <>
      <Legend names={STAR_COLUMNS} />
      {total && <Stacked label={total.title} parts={partsOf(total)} />}
    </>
  );
}

function Stars({ table, report, base }: { table: Table; report: Report; base: string }) {
  const tiles = table.lines.flatMap((line) => {
    const [branches = 0, ...stars] = line.cells.map(Number);
    const three = stars.slice(3).reduce((sum, count) => sum + count, 0);
    const share = branches === 0 ? 0 : (three / branches) * 100;
    return line.unit ? [{ name: line.title, href: addressOf(base, line.unit, report.quarter), share }] : [];
  });
  return (
    <>
      <Legend names={STAR_COLUMNS} />
      <ul class="bars">
        {table.lines.map((line) => (
          <li>
            <span>{line.title}</span>
            <Stacked label={line.title} parts={partsOf(line)} />
          </li>
        ))}
      </ul>
      {report.unit.kind === 'city' && <Tiles label="各县区三星以上的比例" tiles={tiles} />}
    </>
  );
}

function Issues({ table }: { table: Table }) {
  const names = ['红', '黄', '蓝'];
  const levels = [5, 3, 1];
  const known = table.lines.filter(({ cells }) => cells.slice(1, 4).some((cell) => Number(cell) > 0));
  if (known.length === 0) return null;
  return (
    <ul class="bars">
      {known.map(({ title, cells }) => (
        <li>
          <span>{title}</span>
          <Stacked
            label={title}
            parts={names.map((name, i) => ({ name, value: Number(cells[i + 1]), level: levels[i] ?? 0 }))}
          />
        </li>
      ))}
    </ul>
  );
}

function Steps({ table }: { table: Table }) {
  const runs = table.columns.slice(1).map((name, i) => ({
    name,
    values: table.lines.map(({ cells }) => Number(cells[i + 1])),
  }));
  const marks = ['●', '■', '▲'];
  return (
    <>
      <ul class="legend">
        {runs.map(({ name }, i) => (
          <li class={`k${i}`}>{`${marks[i]} ${name}`}</li>
        ))}
      </ul>
      <Trend label={table.title} times={table.lines.map(({ title }) => title)} runs={runs} />
    </>
  );
}
