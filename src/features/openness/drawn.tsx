/** The charts of a table: what is drawn of which, from the numbers that stand in it. */
import { unitAddress, type Way } from './address.ts';
import type { Boundaries } from './boundaries.ts';
import { Bars, Flow, Grid, Legend, Share, Stacked, Trend } from './charts.tsx';
import { STAR_COLUMNS } from './figures.ts';
import { Places } from './places.tsx';
import { HIDDEN, type Line, type Report, type Table } from './shape.ts';

interface Drawn {
  readonly table: Table;
  readonly report: Report;
  readonly way: Way;
  /** Of the units below. */
  readonly boundaries: Boundaries | undefined;
}

export function Chart({ table, report, way, boundaries }: Drawn) {
  // What is hidden is drawn nowhere.
  const lines = table.lines.filter(({ cells }) => !cells.includes(HIDDEN));
  if (lines.length === 0) return null;
  const shown = { ...table, lines };
  switch (table.id) {
    case 'stars':
      // Of a township each branch is a line of the table already.
      return report.unit.kind === 'township' ? (
        <Stacks lines={lines.slice(-1)} names={STAR_COLUMNS} levels={[0, 1, 2, 3, 4, 5]} from={1} />
      ) : (
        <Stars table={shown} report={report} way={way} boundaries={boundaries} />
      );
    case 'holders':
      return (
        <Bars>
          {lines.map(({ title, cells: [holds, can] }) => (
            <li>
              <span>{title}</span>
              <Share label={title} part={Number(holds)} whole={Number(can)} />
            </li>
          ))}
        </Bars>
      );
    case 'issues':
      return table.columns.length > 5 ? <Issues lines={lines} /> : null;
    case 'weak':
      return lines.length === table.lines.length && lines.every(isKnown) ? <Weak lines={lines} /> : null;
    case 'help': {
      const sent = lines.slice(0, -2).filter((line) => isKnown(line) && Number(line.cells.at(-1)) > 0);
      return <Stacks lines={sent} names={table.columns.slice(0, -1)} levels={[5, 3, 1]} from={0} />;
    }
    case 'tasks':
      return <Stacks lines={lines} names={table.columns.slice(1, 4)} levels={[5, 3, 0]} from={1} />;
    case 'meetings':
      return <Grid label={table.title} columns={table.columns} lines={lines} levels={HELD} />;
    case 'trend':
      return lines.length < 2 ? null : <Steps table={shown} />;
  }
}

/** How full a field is for how far the meeting of a month is. */
const HELD: Readonly<Record<string, number>> = { 已出纪要: 5, 已开: 4, 已定: 2, 未发起: 1, 未开: 0 };

const isKnown = ({ cells }: Line) => typeof cells[0] === 'number';

interface StacksProps {
  readonly lines: readonly Line[];
  readonly names: readonly string[];
  /** The pattern of each part. */
  readonly levels: readonly number[];
  /** The cell where the parts begin. */
  readonly from: number;
}

/** A bar for each line in which something is to be seen, made of some of its cells. */
function Stacks({ lines, names, levels, from }: StacksProps) {
  const partsOf = ({ cells }: Line) =>
    names.map((name, i) => ({ name, value: Number(cells[from + i]) || 0, level: levels[i] ?? 0 }));
  const some = lines.filter((line) => partsOf(line).some(({ value }) => value > 0));
  if (some.length === 0) return null;
  return (
    <>
      <Legend names={names} levels={levels} />
      <Bars>
        {some.map((line) => (
          <li>
            <span>{line.title}</span>
            <Stacked label={line.title} parts={partsOf(line)} />
          </li>
        ))}
      </Bars>
    </>
  );
}

function Stars({ table, report, way, boundaries }: Drawn) {
  const tiles = table.lines.flatMap((line) => {
    const [branches = 0, ...stars] = line.cells.map(Number);
    const three = stars.slice(3).reduce((sum, count) => sum + count, 0);
    const share = branches === 0 ? 0 : (three / branches) * 100;
    const { unit } = line;
    const href = unit && unitAddress(way, unit, report.quarter);
    return unit ? [{ unit: unit.id, name: line.title, href, share }] : [];
  });
  const isCity = report.unit.kind === 'city';
  return (
    <>
      <Stacks lines={table.lines} names={STAR_COLUMNS} levels={[0, 1, 2, 3, 4, 5]} from={1} />
      {(isCity || boundaries) && tiles.length > 0 && (
        <Places
          label={`各${isCity ? '县区' : '乡镇（街道）'}三星以上的比例`}
          tiles={tiles}
          boundaries={boundaries}
        />
      )}
    </>
  );
}

function Issues({ lines }: { lines: readonly Line[] }) {
  const days = lines.filter(({ cells }) => typeof cells.at(-1) === 'number');
  const most = Math.max(1, ...days.map(({ cells }) => Number(cells.at(-1))));
  return (
    <>
      <Stacks lines={lines} names={['红', '黄', '蓝']} levels={[5, 3, 1]} from={1} />
      <Stacks lines={lines} names={['满意', '基本满意', '核验通过']} levels={[4, 2, 0]} from={5} />
      {days.length > 0 && (
        <Bars>
          {days.map(({ title, cells }) => (
            <li>
              <span>{`${title} ${cells.at(-1)}天`}</span>
              <Share label={`${title}办理天数`} part={Number(cells.at(-1))} whole={most} />
            </li>
          ))}
        </Bars>
      )}
    </>
  );
}

/** Listed, put right, settling, left; and back. */
function Weak({ lines }: { lines: readonly Line[] }) {
  const [listed, active, settling, left, relapses] = lines.map(({ title, cells: [now = 0, moved = ''] }) => ({
    ...{ title, now: Number(now), moved: moved === '' ? undefined : Number(moved) },
  }));
  if (!listed || !active || !settling || !left || !relapses) return null;
  return <Flow label="软弱涣散党组织整顿" steps={[listed, active, settling, left]} back={relapses} />;
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
