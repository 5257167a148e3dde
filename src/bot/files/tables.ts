/** Files that people sent or that were made for them, and spreadsheets under way. */
import { z } from 'zod';
import type { FileKind } from '../../lib/filekind.ts';
import { MEDIA_TYPES } from '../../lib/filekind.ts';
import { defineTable, type Tx } from '../../store/store.ts';

/** Files that people sent, or that were made for them; the contents are in the file store. */
const fileRow = z.object({
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  kind: z.enum(Object.keys(MEDIA_TYPES) as [FileKind, ...FileKind[]]),
  /** In bytes. */
  size: z.number().int(),
  /** Who sent it, or for whom it was made. */
  by: z.string(),
  at: z.string(),
  /** `<kind>:<id>` of what it belongs to; null: nothing has asked for it, and it goes after a day. */
  about: z.string().nullable(),
});

export type FileRow = z.infer<typeof fileRow>;

export const files = defineTable<FileRow>({
  name: 'files',
  schema: fileRow,
  indexes: [{ on: ['about'], order: 'at' }, { on: ['hash'] }],
  keep: 'for ever: because files stay as long as their records; those of none go with their contents (sweepFiles)',
  people: {
    title: '发来的文件',
    at: 'at',
    fields: [{ field: 'by', left: 'nameless' }],
    labels: {
      typed: { name: '文件名' },
      plain: { size: '字节数' },
    },
    words: {
      kind: {
        jpg: '照片',
        png: '照片',
        webp: '照片',
        heic: '照片',
        pdf: 'PDF文件',
        docx: 'Word文档',
        xlsx: 'Excel表格',
        json: 'JSON文件',
      },
    },
  },
});

/** Spreadsheets that are being made, or were: see exports.ts. */
const exportRow = z.object({
  id: z.string(),
  /** The feature's export, and what it is of. */
  name: z.string(),
  data: z.record(z.string(), z.unknown()),
  title: z.string(),
  /** For whom. */
  person: z.string(),
  at: z.string(),
  /** When it may be begun (again); while it is made, when the claim runs out. */
  due: z.string(),
  state: z.enum(['open', 'done', 'failed', 'refused']),
  /** How far it is. */
  lines: z.number().int(),
  total: z.number().int(),
  attempts: z.number().int(),
});

export type ExportRow = z.infer<typeof exportRow>;

/** Most files of one export: each attempt may have made one. */
const MOST_FILES = 20;

/** The files of an export that is forgotten belong to nothing any more. */
async function letFilesGo(tx: Tx, { id }: { readonly id: string }): Promise<void> {
  const where = { about: `export:${id}` };
  const { rows } = await tx.table(files).find({ where, order: 'at', limit: MOST_FILES });
  for (const file of rows) await tx.table(files).put({ ...file, about: null });
}

export const exportsTable = defineTable<ExportRow>({
  name: 'exports',
  schema: exportRow,
  indexes: [{ on: ['state'], order: 'due' }, { on: ['person', 'state'] }, { on: [], order: 'at' }],
  keep: { by: 'at', days: 3, along: letFilesGo },
  people: {
    title: '导出',
    at: 'at',
    fields: [{ field: 'person', left: 'goes' }],
    labels: {
      plain: { lines: '行数', total: '总行数' },
    },
    unsaid: ['due', 'name'],
    words: { state: { open: '正在导出', done: '已导出', failed: '没有成功', refused: '没有权限' } },
  },
});
