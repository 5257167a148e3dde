/** Where the units of a chart lie: within their boundaries where the city gave them, approved; else as tiles. */
import type { Boundaries } from './boundaries.ts';
import { fillOf, type Tile, Tiles } from './charts.tsx';

interface Places {
  readonly label: string;
  readonly tiles: readonly Tile[];
  /** None: no file, or none that may be shown. */
  readonly boundaries: Boundaries | undefined;
}

/** The one place that chooses. Units without a boundary stay tiles. */
export function Places({ label, tiles, boundaries }: Places) {
  if (!boundaries) return <Tiles label={label} tiles={tiles} />;
  const drawn = new Set(boundaries.shapes.map(({ unit }) => unit));
  const others = tiles.filter(({ unit }) => !drawn.has(unit));
  return (
    <>
      <Outlines label={label} tiles={tiles} boundaries={boundaries} />
      {others.length > 0 && <Tiles label={`${label}（没有边界的）`} tiles={others} />}
    </>
  );
}

/** Room that a name takes, a character and the lines of it. */
const LABEL = { char: 15, around: 10, height: 40 } as const;

type Drawn = Places & { readonly boundaries: Boundaries };

function Outlines({ label, tiles, boundaries: { shapes, box, approval } }: Drawn) {
  const known = new Map(tiles.map((tile) => [tile.unit, tile]));
  return (
    <figure aria-label={label}>
      <svg class="map" viewBox={box}>
        <title>{label}</title>
        {shapes.map(({ unit, d }) => {
          const tile = known.get(unit);
          // Whose number is not shown lies there, too.
          if (!tile) return <path class="rest" d={d} />;
          const said = `${tile.name} ${tile.share.toFixed(1)}%`;
          const area = (
            <path class="edge" d={d} fill={fillOf(tile.share)}>
              <title>{said}</title>
            </path>
          );
          return tile.href ? (
            <a href={tile.href} aria-label={said}>
              {area}
            </a>
          ) : (
            area
          );
        })}
        <g class="names">
          {shapes.map(({ unit, x, y, width, height }) => {
            const { name = '', share = 0 } = known.get(unit) ?? {};
            const wide = Math.max(name.length, 3) * LABEL.char + LABEL.around;
            if (name === '' || wide > width || LABEL.height > height) return null;
            return (
              <>
                <rect
                  class="plate"
                  x={x - wide / 2}
                  y={y - LABEL.height / 2}
                  width={wide}
                  height={LABEL.height}
                  rx="6"
                />
                <text x={x} y={y - 3} text-anchor="middle">
                  {name}
                </text>
                <text x={x} y={y + 14} text-anchor="middle">{`${share.toFixed(1)}%`}</text>
              </>
            );
          })}
        </g>
      </svg>
      <figcaption class="rule">
        {label}
        <br />
        {`审图号：${approval}`}
      </figcaption>
    </figure>
  );
}
