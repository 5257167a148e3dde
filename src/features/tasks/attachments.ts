/** Attachments 附件 of a task: put in by the unit that gives it out, opened by whoever may see the task. */
import { z } from 'zod';
import { photosOf } from '../../bot/cards/album.ts';
import { buildForm, button, listCard, type Raw, recordCard } from '../../bot/cards/spec.ts';
import type { Download } from '../../bot/feature.ts';
import { attach, detach, downloadOf, filesOf, sentFiles } from '../../bot/files/files.ts';
import { type FileRow, files } from '../../bot/files/tables.ts';
import type { Ctx, Outcome } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import { sayTime } from '../../lib/dates.ts';
import { sentPhotos as sentIds } from '../../lib/inputs.ts';
import type { Stored, Tx } from '../../store/store.ts';
import { fileInput, fileNamed, fileRows, linksOf, saySize } from './evidence-files.ts';
import { type Task, tasks } from './model.ts';
import { cardOf, loadRound, maySee, numberAndWords, type TaskRound } from './record.ts';
import { rights } from './rights.ts';

const filesSubject = ({ id }: Pick<Task, 'id'>) => ({ kind: 'task', id });

/** The attachments of a task, oldest first. */
export function attachmentsOf(tx: Tx, task: Pick<Task, 'id'>): Promise<readonly Stored<FileRow>[]> {
  return filesOf({ tx }, filesSubject(task));
}

/** Files that came with the form of the task, into the task. @param sent their ids, '' for none */
export async function addAttachments(
  ctx: Ctx,
  task: Pick<Task, 'id'>,
  sent: string,
): Promise<readonly Stored<FileRow>[]> {
  const rows = sent === '' ? [] : await sentFiles(ctx, sent);
  await attach(ctx, rows, filesSubject(task));
  return rows;
}

/** What the attachments are, for a card; '' when there are none. */
export function sayAttachments(rows: readonly Pick<FileRow, 'name'>[]): string {
  return rows.length === 0 ? '' : `${rows.length}个：${rows.map(({ name }) => name).join('、')}`;
}

interface Attached extends TaskRound {
  readonly files: readonly Stored<FileRow>[];
}

async function loadAttached(ctx: Ctx, raw: Raw): Promise<Attached> {
  const loaded = await loadRound(ctx, raw);
  return { ...loaded, files: await attachmentsOf(ctx.tx, loaded.task) };
}

const attachedOperation = recordOperation(loadAttached, numberAndWords);

/** 附件: each to be opened. */
export const attachments = attachedOperation(rights.attachments, {
  words: ['附件', '看附件'],
  help: '看一项任务的附件：附件 RW-2026-0001',
  run: (ctx, _input, attached) => listOf(ctx, attached),
});

async function listOf(ctx: Ctx, attached: Attached, said = ''): Promise<Outcome> {
  const { task, files: rows } = attached;
  const title = `附件：${task.title}`;
  const lines = fileRows(ctx, rows, rights.attachment, { task: task.id });
  const adds = await may(rights.attach, attached, ctx, ctx.me);
  const none = adds ? `还没有附件，要放上发送“加附件 ${task.id}”。` : '还没有附件，由下达的单位来放。';
  const sub = rows.length > 0 ? `${rows.length}个，点一下打开。` : none;
  const buttons = [
    ...(adds ? [button(rights.attach, { task: task.id })] : []),
    button(rights.show, { task: task.id }, 'default', '看任务'),
  ];
  const text = [said, `${title}，${sub}`, ...rows.map(({ name }) => name)].filter(Boolean).join('\n');
  return { text, card: listCard(title, sub, lines, buttons), mine: true };
}

const named = (attached: Attached, input: z.infer<typeof fileInput>) =>
  fileNamed(attached, input, '没有找到这个附件，可能已经移除了。发送“附件”和任务编号看看。');

/** One attachment: what it is, the link to it, and 移除附件 for who put it in. */
export const attachment = attachedOperation(rights.attachment, {
  words: ['打开附件'],
  input: fileInput,
  async run(ctx, input, attached) {
    const { task } = attached;
    const row = named(attached, input);
    const removable = await may(rights.detach, attached, ctx, ctx.me);
    const [link] = linksOf(ctx, [row], ctx.me);
    const card = recordCard({
      number: task.id,
      title: row.name,
      state: '附件',
      ask: link ? '' : '现在没有能打开它的地址，请联系系统管理员。',
      facts: [
        ['任务', task.title],
        ['大小', saySize(row.size)],
        ['放上', sayTime(row.at, ctx.today)],
      ],
      buttons: [
        ...(removable ? [button(rights.detach, { task: task.id, file: row.id }, 'destructive')] : []),
        button(rights.attachments, { task: task.id }),
      ],
      photos: photosOf(ctx, [row], ctx.me),
      links: link ? [{ title: '下载', url: link.url }] : [],
    });
    return { text: '', card, mine: true };
  },
});

/** 加附件: files sent in the chat, or chosen on the page, while the form is open. */
export const addAttachment = attachedOperation(rights.attach, {
  words: ['加附件'],
  input: z.object({ files: sentIds }),
  refine: async (_ctx, { files: sent }) =>
    sent === '' ? [{ field: 'files', message: '请先把文件发到这个聊天里，再点“加上”' }] : [],
  form: async (_ctx, { task, files: rows }, values, errors) =>
    buildForm(
      {
        title: `加附件：${task.title}`,
        intro: `照片、PDF、Word、Excel，最多10个${rows.length > 0 ? `，已有${rows.length}个` : ''}。看得到任务的人都能打开。`,
        fields: [],
        submit: { title: '加上', op: rights.attach, data: { task: task.id } },
        album: '附件',
        files: true,
      },
      values,
      errors,
    ),
  async run(ctx, { files: sent }, attached): Promise<Outcome> {
    const rows = await addAttachments(ctx, attached.task, sent);
    return changed(
      ctx,
      attached,
      `已加上${rows.map(({ name }) => name).join('、')}，各单位打开任务就能看到。`,
    );
  },
});

/** 移除附件, until the task is over. */
export const removeAttachment = attachedOperation(rights.detach, {
  words: ['移除附件'],
  input: fileInput,
  preview: async (_ctx, input, attached) => ({
    text: `${named(attached, input).name}：移除后各单位打不开，要用得重新发。`,
    style: 'destructive',
  }),
  async run(ctx, input, attached) {
    const row = named(attached, input);
    await detach(ctx, row);
    return changed(ctx, attached, `已移除${row.name}。`);
  },
});

async function changed(ctx: Ctx, { task, round }: Attached, text: string): Promise<Outcome> {
  ctx.refresh(cardOf(task, round, task.issuer));
  const now = { task, round, files: await attachmentsOf(ctx.tx, task) };
  return { ...(await listOf(ctx, now, text)), did: { kind: 'task', id: task.id } };
}

/** An attachment, for those who may see the task to which it belongs now. */
export const attachmentDownload: Download = async ({ tx }, id, viewer) => {
  const row = await tx.table(files).get(id);
  const [kind, number = ''] = row?.about?.split(':') ?? [];
  const task = kind === 'task' ? await tx.table(tasks).get(number) : undefined;
  return row && task && (await maySee(tx, task, viewer)) ? downloadOf(row) : undefined;
};
