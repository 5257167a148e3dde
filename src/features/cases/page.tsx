/**
 * The gallery and one page for each case, below /board: made on the server, read and printed (A4) without a script. For
 * people of the programme only; before a case is published for those alone who may see it.
 */
import type { ComponentChildren } from 'preact';
import { isPhoto } from '../../bot/cards/album.ts';
import type { Asked, File } from '../../bot/feature.ts';
import { downloadOf } from '../../bot/files/files.ts';
import { may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayDay } from '../../lib/dates.ts';
import { webAddress } from '../../lib/weblink.ts';
import { type Page, StoreError, type Tx } from '../../store/store.ts';
import { allStars, unitName } from '../orgs/index.ts';
import { boardDocument } from '../page/index.ts';
import { type Example, examples, type Report, STATE_NAMES, type StoredExample } from './model.ts';
import { numbers, readable } from './record.ts';
import { latestReports } from './reports.ts';
import { rights } from './rights.ts';
import { PROFILE } from './words.ts';
import { picturesOf } from './write.ts';

const HTML = 'text/html; charset=utf-8';
const PAGE = 24;
const REPORTS = 20;
/** Formats that every browser shows. */
const SHOWN: ReadonlySet<string> = new Set(['jpg', 'png', 'webp']);

const STYLE = `
.gallery{list-style:none;padding:0;margin:14px 0;display:grid;gap:14px;grid-template-columns:repeat(auto-fill,minmax(min(100%,240px),1fr))}
.gallery li{position:relative;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 14px;overflow-wrap:anywhere}
.gallery img{display:block;width:100%;height:150px;object-fit:cover;border-radius:6px;margin:0 0 8px}
.gallery a{font-weight:600}.gallery a::after{content:'';position:absolute;inset:0}.gallery p{margin:.3em 0 0}
.case{max-width:46em;overflow-wrap:anywhere}.case p{margin:.7em 0}.case figure{margin:14px 0}
.case figure img{max-width:100%;max-height:70vh;border-radius:6px;display:block}
.case small a{white-space:nowrap}
@media print{.case{max-width:none}.case figure img{max-height:95mm;border-radius:0}.case figure{break-inside:avoid}.case p{orphans:2;widows:2}small a{text-decoration:none;color:#333}}
`;

/** The gallery, a number, or a number and the place of a picture */
export async function casesPage(world: World, asked: Asked): Promise<File | undefined> {
  if (asked.anybody) return undefined;
  if (asked.path === 'cases.css') return { name: 'cases.css', type: 'text/css; charset=utf-8', body: STYLE };
  if (asked.path === '') return gallery(world, asked);
  const [number = '', place, ...rest] = asked.path.split('/');
  const row = numbers.pattern.test(number) ? await world.tx.table(examples).get(number) : undefined;
  if (!row || rest.length > 0 || !(await mayRead(world, row, asked))) return undefined;
  return place === undefined ? article(world, row, asked) : picture(world, row, place);
}

/** Who looks may not be known in a demo: then it is what everybody sees. */
async function mayRead(world: World, row: StoredExample, { viewer }: Asked): Promise<boolean> {
  return viewer ? may(rights.show, row, world, viewer) : row.state === 'published';
}

/** The pictures that a browser shows, in their order. */
async function shownOf(world: World, row: Pick<Example, 'id'>) {
  return (await picturesOf(world, row, null)).rows.filter(({ kind }) => isPhoto(kind) && SHOWN.has(kind));
}

async function picture(world: World, row: StoredExample, place: string): Promise<File | undefined> {
  const file = /^\d{1,2}$/.test(place) ? (await shownOf(world, row))[Number(place) - 1] : undefined;
  return file && downloadOf(file);
}

function pageOf(title: string, up: string, body: ComponentChildren): File {
  const main = (
    <main>
      <link rel="stylesheet" href={`${up}cases/cases.css`} />
      {body}
    </main>
  );
  return { name: 'cases.html', type: HTML, body: async () => boardDocument(title, up, main) };
}

interface Shown {
  readonly row: StoredExample;
  readonly branch: string;
  readonly pictures: number;
}

async function gallery(world: World, { query }: Asked): Promise<File> {
  const after = query.get('after') || undefined;
  const page = await publishedPage(world.tx, after);
  const shown: Shown[] = [];
  for (const row of page.rows)
    shown.push({
      row,
      branch: await unitName(world.tx, row.branch),
      pictures: (await shownOf(world, row)).length,
    });
  const reports: (Report & { name: string })[] = [];
  for (const row of (await latestReports(world.tx, REPORTS)).rows)
    reports.push({ ...row, name: await unitName(world.tx, row.unit) });
  const { today } = world;
  return pageOf(
    '典型',
    '',
    <>
      <Ways all={[['看板', '../board'], ...(after ? [['最新的', 'cases'] as const] : [])]} />
      <h1>典型</h1>
      {shown.length === 0 && <p>还没有发布的。知道哪里办得好，在会商里说“典型 推荐”。</p>}
      <ul class="gallery">
        {shown.map(({ row, branch, pictures }) => (
          <li>
            {pictures > 0 && <img src={`cases/${row.id}/1`} alt={`${row.title}的图片`} loading="lazy" />}
            <a href={`cases/${row.id}`}>{row.title}</a>
            <p class="dim">{`${branch} · ${sayDay(row.publishedOn ?? today, today)}`}</p>
          </li>
        ))}
      </ul>
      {page.next && (
        <p>
          <a href={`cases?after=${encodeURIComponent(page.next)}`}>更早的</a>
        </p>
      )}
      {reports.length > 0 && (
        <section aria-labelledby="reports">
          <h2 id="reports">学习宣传</h2>
          <ul>
            {reports.map((row) => (
              <li>
                <Title {...row} />
                <span class="dim">{` ${row.medium} · ${row.name} · ${sayDay(row.day, today)}`}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>,
  );
}

/** The latest first; whatever somebody writes into the address, what leads nowhere is the first page. */
async function publishedPage(tx: Tx, after: string | undefined): Promise<Page<Example>> {
  const query = { where: { state: 'published' }, order: 'publishedOn', desc: true, limit: PAGE } as const;
  try {
    return await tx.table(examples).find({ ...query, after });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'bad_cursor') return tx.table(examples).find(query);
    throw error;
  }
}

/** A report with its link, if it has one: where that leads stands beside it. */
function Title({ title, link }: Report) {
  const address = webAddress(link);
  if (!address) return <span>{title}</span>;
  return (
    <a href={address.url} rel="noopener noreferrer nofollow">
      {`${title}（${address.host}）`}
    </a>
  );
}

function Ways({ all }: { all: readonly (readonly [string, string])[] }) {
  return (
    <nav aria-label="看别的">
      <ul>
        {all.map(([title, href]) => (
          <li>
            <a href={href}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

async function article(world: World, row: StoredExample, { viewer }: Asked): Promise<File> {
  const { tx, today } = world;
  const branch = await unitName(tx, row.branch);
  const pictures = (await shownOf(world, row)).length;
  const star = (await allStars(tx)).find(({ id }) => id === row.star)?.name;
  const above = [await unitName(tx, row.county), await unitName(tx, row.township)];
  const paragraphs: { text: string; records: readonly string[] }[] = [];
  for (const { text, records } of row.words)
    paragraphs.push({ text, records: await readable(world, row, records, viewer) });
  const { verified, published } = row;
  return pageOf(
    row.title,
    '../',
    <>
      <Ways
        all={[
          ['看板', '../../board'],
          ['典型', '../cases'],
        ]}
      />
      <article class="case">
        <h1>{row.title || `${branch}：典型线索`}</h1>
        <p class="dim">{[...above, branch, star].filter(Boolean).join(' · ')}</p>
        {row.state !== 'published' && <p class="rule">{`${STATE_NAMES[row.state]}，各单位看不到。`}</p>}
        {paragraphs.map(({ text, records }) => (
          <p>
            {text}
            {records.length > 0 && <Records all={records} />}
          </p>
        ))}
        {Array.from({ length: pictures }, (_, i) => (
          <figure>
            <img src={`${row.id}/${i + 1}`} alt={`${row.title}的图片，第${i + 1}张`} />
          </figure>
        ))}
        <p class="dim">
          {[
            row.writer && `${await unitName(tx, row.writer)}撰写`,
            verified && `${verified.who}${sayDay(verified.on, today)}核实`,
            published && `${published.who}${sayDay(published.on, today)}发布`,
            row.id,
          ]
            .filter(Boolean)
            .join('，')}
        </p>
      </article>
    </>,
  );
}

/** The records behind a paragraph; each opens on the page of the chat, for who may see it. */
function Records({ all }: { all: readonly string[] }) {
  return (
    <small class="dim">
      {' 依据：'}
      {all.map((number, i) => (
        <>
          {i > 0 && '、'}
          {number === PROFILE ? number : <a href={`../../?open=${number}`}>{number}</a>}
        </>
      ))}
    </small>
  );
}
