/** Charts of the board as SVG: pattern as well as colour, sizes in per cent so that they fit every screen, a title a mark. */
import { scaleLinear } from 'd3-scale';
import { curveBasis, line } from 'd3-shape';

/** One for each number of stars; the first is 没有星. */
export const LEVELS = 6;

/** The patterns, once on a page; every chart refers to them. */
export function Patterns() {
  const marks = [
    <circle class="m" cx="4" cy="4" r="1" />,
    <path class="l" d="M0 8L8 0" />,
    <path class="l" d="M0 4H8" />,
    <path class="l" d="M0 0L8 8M0 8L8 0" />,
    <path class="l" d="M4 0V8" />,
    null,
  ];
  return (
    <svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        {marks.map((mark, i) => (
          <pattern id={`p${i}`} width="8" height="8" patternUnits="userSpaceOnUse">
            <rect class={`c${i}`} width="8" height="8" />
            {mark}
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

/** What a pattern stands for; each name by its own one, or by those that are given. */
export function Legend({ names, levels }: { names: readonly string[]; levels?: readonly number[] }) {
  return (
    <ul class="legend">
      {names.map((name, i) => (
        <li>
          <svg width="18" height="14" aria-hidden="true" focusable="false">
            <rect class="edge" width="18" height="14" fill={`url(#p${levels?.[i] ?? i})`} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** Bars below each other, each behind its name. */
export function Bars({ children }: { children: preact.ComponentChildren }) {
  return <ul class="bars">{children}</ul>;
}

interface Part {
  readonly name: string;
  readonly value: number;
  /** Its pattern. */
  readonly level: number;
}

/** Parts of a whole beside each other; the numbers stand in the table. */
export function Stacked({ label, parts }: { label: string; parts: readonly Part[] }) {
  const whole = parts.reduce((sum, { value }) => sum + value, 0);
  const scale = scaleLinear([0, Math.max(whole, 1)], [0, 100]);
  let at = 0;
  const said = parts.filter(({ value }) => value > 0).map(({ name, value }) => `${name}${value}`);
  return (
    <svg
      class="bar"
      width="100%"
      height="18"
      role="img"
      aria-label={`${label}：${said.join('，') || '没有'}`}
    >
      {parts.map(({ name, value, level }) => {
        const from = scale(at);
        at += value;
        return value > 0 ? (
          <rect class="edge" x={pc(from)} width={pc(scale(at) - from)} height="18" fill={`url(#p${level})`}>
            <title>{`${label} ${name} ${value}`}</title>
          </rect>
        ) : null;
      })}
    </svg>
  );
}

/** One share of a whole. */
export function Share({ label, part, whole }: { label: string; part: number; whole: number }) {
  const scale = scaleLinear([0, Math.max(whole, 1)], [0, 100]);
  return (
    <svg class="bar" width="100%" height="18" role="img" aria-label={`${label}：${part}，共${whole}`}>
      <rect class="rest" width="100%" height="18" />
      <rect class="edge" width={pc(scale(part))} height="18" fill="url(#p5)">
        <title>{`${label} ${part}/${whole}`}</title>
      </rect>
    </svg>
  );
}

const pc = (value: number) => `${Math.round(value * 100) / 100}%`;
const px = (value: number) => Math.round(value * 10) / 10;

interface Run {
  readonly name: string;
  readonly values: readonly number[];
}

const SIZE = { width: 320, height: 150, left: 34, right: 12, top: 12, bottom: 24 } as const;

/** Lines over quarters, told apart by their dashes and the shapes of their points. */
export function Trend({
  label,
  times,
  runs,
}: {
  label: string;
  times: readonly string[];
  runs: readonly Run[];
}) {
  const most = Math.max(1, ...runs.flatMap(({ values }) => values));
  const x = scaleLinear([0, Math.max(1, times.length - 1)], [SIZE.left, SIZE.width - SIZE.right]);
  const y = scaleLinear([0, most], [SIZE.height - SIZE.bottom, SIZE.top]).nice(4);
  const draw = line<number>(
    (_, i) => px(x(i)),
    (value) => px(y(value)),
  );
  const ends = [0, times.length - 1];
  return (
    <svg class="trend" viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={label}>
      {y.ticks(4).map((tick) => (
        <g>
          <line class="grid" x1={SIZE.left} x2={SIZE.width - SIZE.right} y1={px(y(tick))} y2={px(y(tick))} />
          <text x={SIZE.left - 6} y={px(y(tick)) + 4} text-anchor="end">
            {tick}
          </text>
        </g>
      ))}
      {runs.map(({ name, values }, i) => (
        <g class={`run r${i}`}>
          <path d={draw([...values]) ?? ''} />
          {values.map((value, at) => (
            <Point shape={i} x={px(x(at))} y={px(y(value))} said={`${times[at]} ${name} ${value}`} />
          ))}
        </g>
      ))}
      {ends.map((at, i) => (
        <text x={px(x(at))} y={SIZE.height - 6} text-anchor={i === 0 ? 'start' : 'end'}>
          {times[at]}
        </text>
      ))}
    </svg>
  );
}

function Point({ shape, x, y, said }: { shape: number; x: number; y: number; said: string }) {
  if (shape === 0)
    return (
      <circle cx={x} cy={y} r="3.5">
        <title>{said}</title>
      </circle>
    );
  const d = shape === 1 ? `M${x - 3.5} ${y - 3.5}h7v7h-7z` : `M${x} ${y - 4.5}l4.5 8h-9z`;
  return (
    <path class="point" d={d}>
      <title>{said}</title>
    </path>
  );
}

export interface Tile {
  readonly unit: string;
  readonly name: string;
  readonly href: string | undefined;
  /** Of a hundred. */
  readonly share: number;
}

const level = scaleLinear([0, 100], [0, LEVELS]).clamp(true);
/** The fuller the pattern the higher the share. */
export const fillOf = (share: number) => `url(#p${Math.min(LEVELS - 1, Math.floor(level(share)))})`;

const TILE = { size: 96, gap: 8, columns: 4 } as const;

/** A tile for each unit, by name. No map: boundaries need an approval number. */
export function Tiles({ label, tiles }: { label: string; tiles: readonly Tile[] }) {
  const step = TILE.size + TILE.gap;
  const rows = Math.ceil(tiles.length / TILE.columns);
  return (
    <figure aria-label={label}>
      <svg class="tiles" viewBox={`0 0 ${step * TILE.columns} ${step * rows}`}>
        <title>{label}</title>
        {tiles.map(({ name, href, share }, i) => {
          const [x, y] = [(i % TILE.columns) * step, Math.floor(i / TILE.columns) * step];
          const inside = (
            <>
              <rect
                class="edge"
                x={x}
                y={y}
                width={TILE.size}
                height={TILE.size}
                rx="8"
                fill={fillOf(share)}
              />
              <rect class="plate" x={x + 8} y={y + 26} width={TILE.size - 16} height="44" rx="6" />
              <text x={x + TILE.size / 2} y={y + 45} text-anchor="middle">
                {name.slice(0, 6)}
              </text>
              <text x={x + TILE.size / 2} y={y + 63} text-anchor="middle">{`${share.toFixed(1)}%`}</text>
            </>
          );
          return href ? <a href={href}>{inside}</a> : <g>{inside}</g>;
        })}
      </svg>
    </figure>
  );
}

interface Step {
  readonly title: string;
  readonly now: number;
  /** How many came to it in the quarter; undefined where that is not counted. */
  readonly moved: number | undefined;
}

const FLOW = { width: 320, box: 150, height: 40, gap: 34, left: 20 } as const;

/** What follows upon what, how many are there, how many came in the quarter; and the way back from the third to the second. */
export function Flow({ label, steps, back }: { label: string; steps: readonly Step[]; back: Step }) {
  const top = (i: number) => 4 + i * (FLOW.height + FLOW.gap);
  const right = FLOW.left + FLOW.box;
  const middle = FLOW.left + FLOW.box / 2;
  const levels = [0, 3, 1, 5];
  // Who is listed is put right at once.
  const into = (i: number) => steps[i === 1 ? 0 : i]?.moved;
  const [from, to] = [top(2) + FLOW.height / 2, top(1) + FLOW.height / 2];
  const bow = line().curve(curveBasis)([
    ...[right, right + 50].map((x): [number, number] => [x, from]),
    ...[right + 50, right + 4].map((x): [number, number] => [x, to]),
  ]);
  return (
    <svg class="flow" viewBox={`0 0 ${FLOW.width} ${top(steps.length - 1) + FLOW.height + 4}`} role="img">
      <title>{`${label}：${[...steps, back].map(({ title, now }) => `${title}${now}`).join('，')}`}</title>
      {steps.map(({ title, now }, i) => (
        <g>
          {i > 0 && (
            <>
              <path class="arrow" d={`M${middle} ${top(i) - FLOW.gap}V${top(i) - 3}`} />
              <path class="head-of" d={`M${middle - 5} ${top(i) - 8}l5 8l5 -8z`} />
            </>
          )}
          {i > 0 && into(i) !== undefined && (
            <text x={middle + 12} y={top(i) - FLOW.gap / 2 + 4}>
              {`本季度${into(i)}`}
            </text>
          )}
          <rect
            class="edge"
            x={FLOW.left}
            y={top(i)}
            width={FLOW.box}
            height={FLOW.height}
            rx="6"
            fill={`url(#p${levels[i] ?? 0})`}
          />
          <rect
            class="plate"
            x={FLOW.left + 8}
            y={top(i) + 8}
            width={FLOW.box - 16}
            height={FLOW.height - 16}
            rx="4"
          />
          <text x={middle} y={top(i) + FLOW.height / 2 + 4} text-anchor="middle">
            {`${title} ${now}`}
          </text>
        </g>
      ))}
      <path class="arrow" d={bow ?? ''} />
      <path class="head-of" d={`M${right} ${to}l8 -5v10z`} />
      <text x={right + 54} y={(from + to) / 2 + 4}>
        {`${back.title} ${back.now}`}
      </text>
    </svg>
  );
}

const GRID = { width: 320, name: 116, height: 24 } as const;

/** A field for each line and column: its word, and behind it a pattern for what the word says. */
export function Grid({
  label,
  columns,
  lines,
  levels,
}: {
  label: string;
  columns: readonly string[];
  lines: readonly { readonly title: string; readonly cells: readonly (number | string)[] }[];
  levels: Readonly<Record<string, number>>;
}) {
  const width = (GRID.width - GRID.name) / Math.max(1, columns.length);
  const top = (row: number) => (row + 1) * GRID.height;
  return (
    <svg class="grid-of" viewBox={`0 0 ${GRID.width} ${top(lines.length)}`} role="img">
      <title>{label}</title>
      {columns.map((column, c) => (
        <text x={GRID.name + (c + 0.5) * width} y={16} text-anchor="middle">
          {column}
        </text>
      ))}
      {lines.map(({ title, cells }, r) => (
        <g>
          <text x={0} y={top(r) + 16}>
            {title}
          </text>
          {cells.map((cell, c) => (
            <g>
              <rect
                class="edge"
                x={px(GRID.name + c * width)}
                y={top(r) + 1}
                width={px(width - 2)}
                height={GRID.height - 2}
                fill={`url(#p${levels[cell] ?? 0})`}
              />
              <rect
                class="plate"
                x={px(GRID.name + c * width + 3)}
                y={top(r) + 4}
                width={px(width - 8)}
                height={GRID.height - 8}
              />
              <text x={px(GRID.name + (c + 0.5) * width)} y={top(r) + 16} text-anchor="middle">
                {cell}
              </text>
            </g>
          ))}
        </g>
      ))}
    </svg>
  );
}
