/**
 * Exports: spreadsheets that take long to make. Rows are read page by page, each page in a read of its own, and written
 * in another thread, so that nobody who chats waits; the card says how far it is and then has the link. How long the file
 * can be had is `keep` of `exportsTable`; who gets it by its link, `downloads.export` below.
 */

import { setImmediate as pause } from 'node:timers/promises';
import { createSheet } from '../../lib/sheet.ts';
import { type FileStore, hashOf } from '../../store/files.ts';
import type { Tx } from '../../store/store.ts';
import type { Raw, Subject } from '../cards/spec.ts';
import { note, recordCard } from '../cards/spec.ts';
import { withDoing } from '../delivery/effects.ts';
import type { Export, Feature } from '../feature.ts';
import type { Claimed, JobKind } from '../jobs/job.ts';
import { type DoingParts, type Kernel, worldOf } from '../kernel.ts';
import type { Ctx, Outcome } from '../operation.ts';
import type { Actor, Doing, World } from '../world.ts';
import { downloadOf, keepFile } from './files.ts';
import type { Links } from './links.ts';
import { type ExportRow, files, exportsTable as table } from './tables.ts';

/** Days for which the link is good. */
const LINK_DAYS = 2;
/** How often it is said how far it is. */
const STEP_MS = 1_000;
const MOST_ATTEMPTS = 3;
const AT_ONCE = 20;
const KIND = 'exports.make';
/** Servers of the version before looked for what is due here; they leave it to the job. */
const NEVER = '9999';

const subjectOf = ({ id }: Pick<ExportRow, 'id'>): Subject => ({ kind: 'export', id });

/** Begin an export, or show the one that this person began already; what is answered is for them alone. */
export async function startExport(ctx: Ctx, name: string, data: Raw, title: string): Promise<Outcome> {
  const { id: person } = ctx.me;
  const rows = ctx.tx.table(table);
  const open = await rows.find({ where: { person, state: 'open' }, limit: AT_ONCE });
  const same = open.rows.find(
    (row) => row.name === name && JSON.stringify(row.data) === JSON.stringify(data),
  );
  const at = ctx.now.toISOString();
  const count = { lines: 0, total: 0, attempts: 0 };
  const row =
    same ??
    (await rows.put({ id: ctx.newId(), name, data, title, person, at, due: NEVER, state: 'open', ...count }));
  if (!same) ctx.start({ kind: KIND }, { name }, { key: row.id });
  const card = { subject: subjectOf(row) };
  // A card that is pressed stays what it is, and a group is not the place for somebody's download.
  if (!ctx.pressed && ctx.place.kind === 'personal') return { text: `正在导出${title}…`, card };
  const key = `export:${row.id}`;
  ctx.notify({ to: { person }, text: `正在导出${title}…`, card, key, urgent: true });
  return { text: `正在导出${title}，进度和下载链接在您和我的单聊里。` };
}

export interface ExportParts extends DoingParts, Pick<Kernel, 'channels'> {
  readonly fileStore: FileStore;
  readonly features: readonly Feature[];
  readonly actor: (tx: Tx, person: string) => Promise<Actor | null>;
  readonly elapsed: () => number;
  readonly links?: Links;
  /** Sends what is due: progress is no use when it is late. */
  readonly pump: () => Promise<void>;
}

/** What became of the work on an export. */
type Made = Pick<ExportRow, 'state'> &
  Partial<Pick<ExportRow, 'lines' | 'total'>> & { readonly file?: string };

/** Makes one spreadsheet. */
export function exportJob(parts: ExportParts): JobKind<Made | undefined> {
  const { store, newId, elapsed, pump, links } = parts;
  const known = exportsOf(parts.features);

  async function change(doing: Doing, id: string, fields: Partial<ExportRow>): Promise<void> {
    const row = await doing.tx.table(table).get(id);
    if (row?.state !== 'open') return;
    await doing.tx.table(table).put({ ...row, ...fields });
    doing.refresh(subjectOf(row));
  }
  const tell = (id: string, fields: Partial<ExportRow>) =>
    store.transaction((tx) => withDoing(parts, tx, null, (doing) => change(doing, id, fields)));

  /** Undefined when the claim ran out meanwhile. */
  async function make({ id, name, data, person }: ExportRow, claimed: Claimed): Promise<Made | undefined> {
    const look = <T>(work: (of: Export, world: World, viewer: Actor) => Promise<T>) =>
      store.read(async (tx) => {
        const viewer = await parts.actor(tx, person);
        const of = known.get(name);
        return of && viewer ? work(of, worldOf(parts, tx), viewer) : undefined;
      });
    const head = await look((of, world, viewer) => of.open(world, data, viewer));
    if (!head) return { state: 'refused' };
    const sheet = createSheet(head);
    try {
      let lines = 0;
      let said = elapsed();
      for (let after: string | undefined; ; ) {
        const page = await look((of, world, viewer) =>
          of.page({ ...world, channels: parts.channels }, data, viewer, after),
        );
        if (!page) return { state: 'refused' };
        sheet.add(page.lines);
        lines += page.lines.length;
        after = page.next;
        if (!after) break;
        await pause();
        if (elapsed() - said < STEP_MS) continue;
        said = elapsed();
        if (!(await claimed.renew())) return undefined;
        await tell(id, { lines, total: head.total });
        void pump();
      }
      await tell(id, { lines, total: head.total });
      const bytes = await sheet.finish();
      if (!(await claimed.renew())) return undefined;
      const given = { id: newId(), name: `${head.name}.xlsx`, kind: 'xlsx', by: person } as const;
      await keepFile(parts, bytes, hashOf(bytes), { ...given, about: `export:${id}` });
      return { state: 'done', lines, total: lines, file: given.id };
    } finally {
      await sheet.stop();
    }
  }

  return {
    kind: KIND,
    knows: ({ name }) => name === undefined || known.has(String(name)),
    attempts: MOST_ATTEMPTS,
    async prepare({ key }, claimed) {
      const row = await store.read((tx) => tx.table(table).get(key));
      return row?.state === 'open' ? make(row, claimed) : undefined;
    },
    async step(doing, { key }, made) {
      if (!made) return undefined;
      const { file, ...fields } = made;
      const row = await doing.tx.table(table).get(key);
      await change(doing, key, fields);
      // Without an address there is no link: the file itself goes out, where that is possible.
      if (file && row?.state === 'open' && !links?.page()) {
        const to = { person: row.person };
        doing.notify({ to, text: `${row.title}导出好了。`, key: `export:${key}:file`, urgent: true, file });
      }
      return undefined;
    },
    givenUp: (doing, { key }) => change(doing, key, { state: 'failed' }),
  };
}

/** Take over what a server of the version before had open and does not work on any more. */
export async function adoptExports(parts: DoingParts): Promise<void> {
  const query = {
    where: { state: 'open' as const },
    order: 'due' as const,
    range: { lte: parts.now().toISOString() },
    limit: AT_ONCE,
  };
  const { rows } = await parts.store.read((tx) => tx.table(table).find(query));
  if (rows.length === 0) return;
  await parts.store.transaction((tx) =>
    withDoing(parts, tx, null, async (doing) => {
      for (const row of (await tx.table(table).find(query)).rows) {
        await tx.table(table).put({ ...row, due: NEVER });
        doing.start({ kind: KIND }, { name: row.name }, { key: row.id });
      }
    }),
  );
}

function exportsOf(features: readonly Feature[]): ReadonlyMap<string, Export> {
  return new Map(features.flatMap((feature) => feature.exports ?? []).map((of) => [of.name, of]));
}

/** The card that follows an export, and its download. */
export function exportsFeature(features: readonly Feature[]): Feature {
  const known = exportsOf(features);
  return {
    name: 'exports',
    tables: [],
    operations: [],
    views: {
      async export(world, id, viewer) {
        const row = await world.tx.table(table).get(id);
        if (!row) return note('这次导出已经清理了，需要时请再导出一次。');
        if (viewer?.id !== row.person) return note('这是别人导出的文件。');
        const { state, lines, total, title } = row;
        const url = state === 'done' ? world.link?.('export', id, viewer, LINK_DAYS) : undefined;
        const far = total > 0 ? `正在导出 ${count(lines)}/${count(total)}` : '正在导出…';
        const says = {
          open: lines > 0 && lines >= total ? `${far}，正在写成表格…` : far,
          done: url
            ? `共${count(lines)}行，点“下载”保存。链接${LINK_DAYS}天内有效。`
            : '导出好了，可这台服务器没有设置下载地址。请联系市委组织部。',
          failed: '没有导出成功，请过一会儿再试。还不行就告诉市委组织部。',
          refused: '您现在不能导出这份台账了。',
        }[state];
        if (state === 'open' && total > 0) {
          const percent = Math.min(Math.max(Math.round((100 * lines) / total), 1), 99);
          return { kind: 'progress', title: `导出${title}`, text: says, percent };
        }
        return recordCard({
          number: 'Excel 表格',
          title,
          state: { open: '正在导出', done: '已导出', failed: '没有成功', refused: '没有权限' }[state],
          ...(state === 'done' && { style: 'good' }),
          ask: says,
          facts: [],
          ...(url && { links: [{ title: '下载', url }] }),
        });
      },
    },
    downloads: {
      async export(world, id, viewer) {
        const row = await world.tx.table(table).get(id);
        if (!row || row.person !== viewer.id) return undefined;
        if (!(await known.get(row.name)?.open(world, row.data, viewer))) return undefined;
        const about = `export:${id}`;
        const { rows } = await world.tx.table(files).find({ where: { about }, order: 'at', limit: 1 });
        return rows[0] && downloadOf(rows[0]);
      },
    },
  };
}

const count = (n: number) => n.toLocaleString('en');
