/** The page of one figure: its rule, the units that it is the sum of, and the records behind it for who may see them. */
import type { World } from '../../bot/world.ts';
import { boardDocument, Wide } from '../page/index.ts';
import { chatAddress, figureAddress, unitAddress, type Way } from './address.ts';
import type { Behind } from './behind.ts';
import type { Figure } from './figures.ts';
import { type Figures, figuresBelow } from './rollup.ts';
import { HIDDEN_ROWS } from './rows.ts';
import { placeOf, sayWhen } from './shape.ts';

export interface ShownFigure {
  readonly figure: Figure;
  readonly figures: Figures;
  readonly below: readonly Figures[];
  readonly behind: Behind;
  readonly today: string;
  readonly way: Way;
}

/** The units of which a figure is the sum; a middle number is none. */
export async function partsOf(world: World, { unit, quarter }: Figures, figure: Figure) {
  return figure.counter === '天' ? [] : figuresBelow(world, unit, quarter);
}

export function figurePage({ figure, figures, below, behind, today, way }: ShownFigure): string {
  const { unit, quarter, numbers } = figures;
  const value = figure.of(numbers);
  const title = `${placeOf(unit)} · ${figure.title}`;
  const none = behind.rows.length === 0 && value !== 0 ? HIDDEN_ROWS[behind.hidden ?? 'viewer'] : '';
  const body = (
    <main>
      <nav aria-label="看别的">
        <ul>
          <li>
            <a href={unitAddress(way, unit, quarter)}>{`回到${placeOf(unit)}`}</a>
          </li>
        </ul>
      </nav>
      <h1>{title}</h1>
      <p class="sum">{typeof value === 'number' ? `${value}${figure.counter}` : value}</p>
      <p class="dim">{sayWhen(figures, today)}</p>
      <p>{figure.rule}</p>
      {below.length > 0 && (
        <section aria-labelledby="parts">
          <h2 id="parts">是这些加起来的</h2>
          <Wide of="各单位">
            <table>
              <thead>
                <tr>
                  <th scope="col">单位</th>
                  <th scope="col">{figure.title}</th>
                </tr>
              </thead>
              <tbody>
                {below.map((part) => (
                  <tr>
                    <th scope="row">{placeOf(part.unit)}</th>
                    <td>
                      <a href={figureAddress(way, part.unit, quarter, figure.key)}>
                        {figure.of(part.numbers)}
                      </a>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        </section>
      )}
      <section aria-labelledby="records">
        <h2 id="records">明细</h2>
        {none && <p class="rule">{none}</p>}
        {value === 0 && <p class="rule">没有。</p>}
        <ul class="records">
          {behind.rows.map(({ mark, title: name, sub, open }) => (
            <li>
              <span class="mark">{mark}</span>
              <span>
                {open ? <a href={chatAddress(way, open.words)}>{name}</a> : name}
                <small>{sub}</small>
              </span>
            </li>
          ))}
        </ul>
        {behind.next !== undefined && (
          <p>
            <a href={figureAddress(way, unit, quarter, figure.key, { after: behind.next })}>下一页</a>
          </p>
        )}
      </section>
    </main>
  );
  return boardDocument(title, way.base, body);
}

/** For anybody: what the figure means, and nothing else. */
export function rulePage(figure: Figure, way: Way): string {
  const body = (
    <main>
      <h1>{figure.title}</h1>
      <p>{figure.rule}</p>
      <p>
        <a href="../../board">回到全市</a>
      </p>
    </main>
  );
  return boardDocument(figure.title, way.base, body);
}
