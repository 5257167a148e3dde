/**
 * /board: the city, a county, a township, and what stands behind each of their figures, each at an address of its own.
 * Made on the server, read without a script; what anybody may see comes from public.ts.
 */
import type { Asked, File } from '../../bot/feature.ts';
import type { World } from '../../bot/world.ts';
import { allStars, organiser, type Unit, units } from '../orgs/index.ts';
import { boardDocument } from '../page/index.ts';
import { unitAddress, type Way } from './address.ts';
import { recordsBehind } from './behind.ts';
import { boundaries } from './boundaries.ts';
import { circularOf } from './circular.ts';
import { sheetsOf } from './export.ts';
import { figureOf } from './figures.ts';
import { QUARTER, quarterOf } from './model.ts';
import { publicReport } from './public.ts';
import { figurePage, partsOf, rulePage } from './records.tsx';
import { reportOf } from './report.ts';
import { figuresOf } from './rollup.ts';
import { placeOf } from './shape.ts';
import { STYLE } from './style.ts';
import { pageOf } from './view.tsx';

const FILE = /\.(xlsx|docx)$/;
/** Records of one page. */
const RECORDS = 50;

const html = (body: () => string): File => ({
  ...{ name: 'board.html', type: 'text/html; charset=utf-8', body: async () => body() },
});

export async function board(world: World, asked: Asked): Promise<File | undefined> {
  if (asked.path === 'board.css') return { name: 'board.css', type: 'text/css; charset=utf-8', body: STYLE };
  const [, ending] = FILE.exec(asked.path) ?? [];
  const [name = '', key, ...more] = asked.path.replace(FILE, '').split('/');
  const city = await organiser(world.tx);
  const unit = name === '' || name === city.id ? city : await world.tx.table(units).get(name);
  if (!unit || !['city', 'county', 'township'].includes(unit.kind) || more.length > 0) return undefined;
  const way = wayOf(asked, key !== undefined);
  if (key !== undefined) return ending ? undefined : figureFile(world, asked, way, unit, key);
  const report = await reportFor(world, asked, unit, quarterIn(asked, world, 'q') ?? quarterOf(world.today));
  if (!report) return nothing(world, asked, way, unit);
  if (ending === 'xlsx') return sheetsOf(report, world.today);
  // Of the city, for people of the programme.
  if (ending === 'docx')
    return unit.kind === 'city' && !asked.anybody ? circularOf(report, world) : undefined;
  const compared = quarterIn(asked, world, 'with');
  const other =
    compared && compared !== report.quarter ? await reportFor(world, asked, unit, compared) : undefined;
  const shown = {
    ...{ report, other, way, today: world.today, anybody: asked.anybody },
    above: await aboveOf(world, unit, city),
    boundaries: await world.tx.table(boundaries).get(unit.id),
    below: asked.anybody ? [] : asked.below,
    sorted: asked.query.get('sort') === 'share' && !asked.anybody,
  };
  return html(() => pageOf(shown));
}

function wayOf({ path, query, viewer }: Asked, deep: boolean): Way {
  const as = viewer && viewer.id === query.get('as') ? viewer.id : '';
  return { base: deep ? '../' : path === '' ? 'board/' : '', as };
}

/** A quarter that the address names. Anybody sees the present one alone: what changed between two could be a few. */
function quarterIn({ query, anybody }: Asked, { today }: World, name: string): string | undefined {
  const said = query.get(name) ?? '';
  return QUARTER.test(said) && (!anybody || said === quarterOf(today)) ? said : undefined;
}

async function reportFor(world: World, { anybody }: Asked, unit: Unit, quarter: string) {
  const report = await reportOf(world, unit, quarter);
  return report && anybody ? publicReport(report) : report;
}

async function figureFile(
  world: World,
  asked: Asked,
  way: Way,
  unit: Unit,
  key: string,
): Promise<File | undefined> {
  const figure = figureOf(await allStars(world.tx), key);
  if (!figure) return undefined;
  if (asked.anybody) return unit.kind === 'city' ? html(() => rulePage(figure, way)) : undefined;
  const quarter = quarterIn(asked, world, 'q') ?? quarterOf(world.today);
  const figures = await figuresOf(world, unit, quarter);
  if (!figures) return nothing(world, asked, way, unit);
  const after = asked.query.get('after') ?? undefined;
  const behind = await recordsBehind(world, asked.viewer, { unit, quarter, figure }, RECORDS, after);
  const shown = { figure, figures, behind, way, below: await partsOf(world, figures, figure) };
  return html(() => figurePage({ ...shown, today: world.today }));
}

async function aboveOf({ tx }: World, unit: Unit, city: Unit): Promise<readonly Unit[]> {
  if (unit.kind === 'city') return [];
  const county = unit.kind === 'township' && unit.parent ? await tx.table(units).get(unit.parent) : undefined;
  return county ? [city, county] : [city];
}

/** A unit or a quarter of which nothing is known: it is said, and the way back is there. */
function nothing(world: World, { anybody, query }: Asked, way: Way, unit: Unit): File | undefined {
  if (anybody && unit.kind !== 'city') return undefined;
  const past = (query.get('q') ?? '') !== '';
  const text = past
    ? '那个季度没有数据。没有数据不等于没有问题。'
    : '还没有这里的数字，正在汇总，请过几分钟再看。';
  const title = `公开 · ${placeOf(unit)}`;
  const body = (
    <main>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a href={unitAddress(way, unit, quarterOf(world.today))}>看现在的</a>
      </p>
    </main>
  );
  return html(() => boardDocument(title, way.base, body));
}
