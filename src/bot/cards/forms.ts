/** Forms: handed out once, filled in once, by card or in typed lines; what was typed is kept when it does not fit. */
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { Stored } from '../../store/store.ts';
import type { Feature } from '../feature.ts';
import { attach, detach, downloadOf, filesOf, sentFiles } from '../files/files.ts';
import { type FileRow, files as filesTable } from '../files/tables.ts';
import { type AnyOperation, type Ctx, type Outcome, operation, type Preview } from '../operation.ts';
import { defineRights, type Relation } from '../turn/rights.ts';
import type { Actor, World } from '../world.ts';
import { albumOf, albumSubject, downloadKind, isPhoto } from './album.ts';
import { type FormRow, forms } from './form-rows.ts';
import { liveCards } from './live.ts';
import {
  type Act,
  button,
  type FormCard,
  formOf,
  type Live,
  type NoteCard,
  note,
  previewCard,
  type Raw,
  type Reply,
  subjectKey,
  withValues,
} from './spec.ts';
import { keepReply, type StoredReply } from './stored.ts';
import { headOf } from './text.ts';
import { type FieldWords, typedFields, typedForm } from './typed.ts';

/** A form that was opened longer ago is not what photos are sent for. */
const FRESH_MS = 3_600_000;
/** The template in whose shape forms are kept. */
const FORM = 'bot/form';
/** A line with a label is for a form that was opened not long ago. */
const FILLED_WITHIN_MS = 3_600_000;
const OTHERS_FORM = '这张表是别人打开的，请自己打开一张来填。';

const filler: Relation<FormRow> = {
  title: '打开这张表的人',
  holds: ({ id }, { person }) => id === person,
  otherwise: () => OTHERS_FORM,
};
const isOpen = ({ state }: FormRow) => state === 'open' || '这张表已经提交过了。';
const takesPhotos = (row: FormRow) =>
  isOpen(row) !== true ? isOpen(row) : formCard(row).album !== '' || '这张表不放照片。';
const rights = defineRights('form', {
  /** The way out of a form; all other buttons send it in. */
  cancel: { title: '取消', who: 'all' },
  /** The way out of a last look that has no form. */
  leave: { title: '返回', who: 'all' },
  reopen: {
    title: '再改改',
    who: 'bound',
    sees: filler,
    when: isOpen,
  },
  addPhoto: { title: '加照片', who: 'bound', sees: filler, when: takesPhotos },
  dropPhoto: { title: '移除照片', who: 'bound', sees: filler, when: takesPhotos },
});

/**
 * Open a form for the sender, or put new contents into the one that was just sent in.
 * @param sent ids of files that came with what opened it
 */
export async function showForm(
  ctx: Ctx,
  { name: op }: Act,
  { kind: _, form: _handedOut, ...form }: FormCard,
  open: FormRow | undefined,
  sent: unknown = undefined,
): Promise<{ text: string; card: Live }> {
  const id = open?.id ?? ctx.newId();
  const text = headOf({ kind: 'form', ...form });
  await ctx.tx.table(forms).put({
    ...open,
    id,
    op,
    person: ctx.self,
    place: ctx.place.id,
    state: 'open',
    at: open?.at ?? ctx.now.toISOString(),
    text,
    template: FORM,
    data: form,
    origin: open?.origin ?? originOf(ctx),
    result: null,
  });
  if (typeof sent === 'string' && sent !== '' && form.album !== '') await putIntoAlbum(ctx, id, form, sent);
  return { text, card: { subject: { kind: 'form', id } } };
}

/** Files that somebody sent, from now on in this form; resolves to those that are in it. */
async function putIntoAlbum(
  ctx: Ctx,
  form: string,
  { files: all }: Pick<FormCard, 'files'>,
  ids: string,
): Promise<readonly Stored<FileRow>[]> {
  const subject = albumSubject(form);
  const fresh = (await sentFiles(ctx, ids)).filter(({ about }) => about !== subjectKey(subject));
  if (all === '' && !fresh.every(({ kind }) => isPhoto(kind)))
    throw new AppError('invalid', '这里只放照片（JPG、PNG、WebP、HEIC）。');
  await attach(ctx, fresh, subject);
  return filesOf(ctx, subject);
}

/** The claimed fields of a form with the files that are in it, whatever was claimed of those. */
export async function withAlbum(ctx: Ctx, form: FormRow | undefined, raw: Raw): Promise<Raw> {
  if (!form || formCard(form).album === '') return raw;
  const rows = await filesOf(ctx, albumSubject(form.id));
  const { files: _, ...fields } = raw;
  return rows.length > 0 ? { ...fields, files: rows.map(({ id }) => id).join() } : fields;
}

/** Files that were sent in this chat, into the form that the sender has just opened here, if it takes such ones. */
export async function albumTakes(
  ctx: Ctx,
  sent: readonly Pick<FileRow, 'id' | 'kind'>[],
): Promise<Outcome | undefined> {
  const row = sent.length > 0 ? await openForm(ctx) : undefined;
  if (!row || ctx.now.getTime() - Date.parse(row.at) > FRESH_MS) return undefined;
  const { album, files, title, submit } = formCard(row);
  if (album === '' || (files === '' && !sent.every(({ kind }) => isPhoto(kind)))) return undefined;
  const all = await putIntoAlbum(ctx, row.id, { files }, sent.map(({ id }) => id).join());
  const [what, measure] = all.every(({ kind }) => isPhoto(kind)) ? ['照片', '张'] : ['文件', '个'];
  return { text: `${what}已放进“${title}”（共${all.length}${measure}），填好点“${submit.title}”。` };
}

/** The claimed fields, and the names of those that were looked at: they say which record is meant. */
export function trackReads(raw: Raw): { readonly fields: Raw; readonly read: ReadonlySet<string> } {
  const read = new Set<string>();
  const fields = new Proxy(raw, {
    get(target, field) {
      if (typeof field === 'string') read.add(field);
      return Reflect.get(target, field);
    },
  });
  return { fields, read };
}

/** Of the claimed fields those that an operation knows; whatever else a sender made up is not kept. */
export function declaredFields(raw: Raw, parsed: unknown, read: ReadonlySet<string>): Raw {
  const known = new Set([...Object.keys(parsed ?? {}), ...read]);
  return Object.fromEntries(Object.entries(raw).filter(([name]) => known.has(name)));
}

/** Show what will happen, with the way on and the way back; the form keeps what was typed. */
export async function showPreview(
  ctx: Ctx,
  op: AnyOperation,
  record: unknown,
  raw: Raw,
  open: FormRow | undefined,
  { title = op.right.title, text, lines = [], confirm = op.right.title, style = 'positive' }: Preview,
): Promise<Outcome> {
  const shown = await op.form?.(ctx, record, raw, []);
  const form = shown && (await showForm(ctx, op.right, formOf(shown, raw, []), open, raw.files));
  const id = form?.card.subject.id;
  const data = { ...raw, sure: 'yes', ...(id && { form: id }) };
  const on = button(op.right, data, style, confirm);
  const buttons = [on, id ? button(rights.reopen, { back: id }) : button(rights.leave)];
  return { text: '', card: previewCard({ title, text, lines, buttons, confirm }), mine: true };
}

/** A form opened from a record's card gives way to that card again. */
function originOf({ pressed }: Ctx) {
  return pressed && pressed.kind !== 'form' ? pressed : null;
}

/**
 * The form that a press claims to send in: undefined when it claims none.
 * @throws AppError `stale` when it cannot be sent any more, `forbidden` when it belongs to somebody else
 */
export async function claimedForm(ctx: Ctx, op: string, raw: Raw): Promise<FormRow | undefined> {
  if (typeof raw.form !== 'string') return undefined;
  const row = await ctx.tx.table(forms).get(raw.form);
  if (!row) throw new AppError('stale', '这张表已经过期，请重新打开一张。');
  if (row.person !== ctx.self) throw new AppError('forbidden', OTHERS_FORM);
  if (op !== rights.cancel.name && !submitsOf(row).some((submit) => submit.op === op))
    throw new AppError('stale', '这个按钮和这张表对不上，请重新打开一张。');
  return row;
}

/** The card of a form that was handed out. Its row has the same fields whichever version wrote it. */
function formCard({ id, data }: FormRow): FormCard {
  const album = String(data.album ?? '');
  const files = data.files === 'yes' ? 'yes' : '';
  return { ...(data as unknown as FormCard), album, files, names: '', kind: 'form', form: id };
}

function submitsOf(row: FormRow) {
  const { submit, also } = formCard(row);
  return [submit, ...also];
}

/** Shut a form; in its place its message now shows `result`, and follows the result's subject if it has one. */
export async function shutForm(ctx: Ctx, row: FormRow, result: Reply): Promise<void> {
  await ctx.tx.table(forms).put({ ...row, state: 'shut', result: keepReply(result) });
  // Those that no record took go with it.
  if (formCard(row).album !== '')
    for (const file of await filesOf(ctx, albumSubject(row.id))) await detach(ctx, file);
  const subject = { kind: 'form', id: row.id };
  if (result.card && 'subject' in result.card) {
    const next = subjectKey(result.card.subject);
    const { rows } = await ctx.tx.table(liveCards).find({
      where: { subject: subjectKey(subject) },
      order: 'at',
      limit: 20,
    });
    for (const live of rows) await ctx.tx.table(liveCards).put({ ...live, subject: next });
    ctx.refresh(result.card.subject);
  } else ctx.refresh(subject);
}

/** What a form shows to one viewer: the fields, a line while somebody else fills it in, or what came of it. */
export async function drawForm(
  world: World,
  id: string,
  viewer: Actor | null,
): Promise<FormCard | NoteCard | { readonly instead: StoredReply }> {
  const row = await world.tx.table(forms).get(id);
  if (!row) return note('这张表已经过期，请重新打开一张。');
  if (row.state === 'shut') return { instead: row.result ?? { text: '已提交。' } };
  if (viewer && viewer.id !== row.person) return note('正在填写，填好后这里会更新。');
  const card = formCard(row);
  if (card.album === '' || !viewer) return card;
  const { photos, names } = await albumOf(world, id, viewer);
  return { ...card, photos, pictured: photos.length > 0 ? 'yes' : '', names: names.join('、') };
}

/** The newest form that the sender has open in this chat. */
async function openForm(ctx: Ctx): Promise<FormRow | undefined> {
  const { rows } = await ctx.tx.table(forms).find({
    where: { person: ctx.self, place: ctx.place.id, state: 'open' },
    order: 'at',
    desc: true,
    limit: 1,
  });
  return rows[0];
}

/**
 * What typed words do to the form that the sender has open here: send it in, or fill some of it in, and then it is
 * shown once more. Undefined when they are about something else.
 */
export async function filledByWords(
  ctx: Ctx,
  text: string,
  wordsFor: (op: string) => readonly string[],
  called: FieldWords,
): Promise<{ op: string; data: Raw } | { readonly shown: Outcome } | undefined> {
  const open = await openForm(ctx);
  if (!open) return undefined;
  const card = formCard(open);
  const sent = typedForm(card, text, wordsFor, called);
  if (sent) return sent;
  const recent = ctx.now.getTime() - Date.parse(open.at) < FILLED_WITHIN_MS;
  const values = recent ? typedFields(card, text, called) : undefined;
  if (!values) return undefined;
  const {
    kind: _,
    form: _handedOut,
    ...form
  } = { ...card, error: '', fields: withValues(card.fields, values) };
  const said = headOf({ kind: 'form', ...form });
  await ctx.tx.table(forms).put({ ...open, data: form, text: said });
  const subject = { kind: 'form', id: open.id };
  ctx.refresh(subject);
  return { shown: { text: said, card: { subject } } };
}

/** 取消 leaves the form that is open here. */
export const cancel = operation({
  right: rights.cancel,
  words: ['取消', 'cancel', '算了', '不填了', '不报了'],
  input: z.object({ form: z.string().max(100).optional() }),
  async run(ctx, { form }) {
    const row = form ? await claimedForm(ctx, rights.cancel.name, { form }) : await openForm(ctx);
    if (row?.state !== 'open') return { text: '现在没有打开的表。' };
    const result: Reply = {
      text: '已取消，没有提交。',
      ...(row.origin && { card: { subject: row.origin } }),
    };
    // A form that the press itself claims is shut by the flow, like any other that was sent in.
    if (!form) await shutForm(ctx, row, result);
    return result;
  },
});

/** The form that a button names without sending it in. */
async function namedForm(ctx: Ctx, { back }: Raw): Promise<FormRow> {
  const row = typeof back === 'string' ? await ctx.tx.table(forms).get(back) : undefined;
  if (!row) throw new AppError('stale', '这张表已经过期，请重新打开一张。');
  return row;
}

// Not `form`: that would send it in.
const back = z.string().max(100);
const again = ({ id, text }: FormRow): Outcome => ({ text, card: { subject: { kind: 'form', id } } });

/** Back from a last look to the card on which it was pressed. */
const leave = operation({
  right: rights.leave,
  input: z.object({}),
  run: async ({ pressed }) => ({
    text: '好，没有改动。',
    ...(pressed && { card: { subject: pressed } }),
  }),
});

/** Back from a last look to the form. */
const reopen = operation({
  right: rights.reopen,
  record: namedForm,
  input: z.object({ back }),
  run: async (_ctx, _input, row) => again(row),
});

const addPhoto = operation({
  right: rights.addPhoto,
  record: namedForm,
  input: z.object({ back, files: z.string().max(2_000) }),
  async run(ctx, { files }, row) {
    await putIntoAlbum(ctx, row.id, formCard(row), files);
    return again(row);
  },
});

const dropPhoto = operation({
  right: rights.dropPhoto,
  record: namedForm,
  input: z.object({ back, file: z.string().max(100) }),
  async run(ctx, { file }, row) {
    const found = (await filesOf(ctx, albumSubject(row.id))).find(({ id }) => id === file);
    if (!found) throw new AppError('not_found', '这张照片已经不在表里了。');
    await detach(ctx, found);
    return again(row);
  },
});

export const formsFeature: Feature = {
  name: 'form',
  tables: [],
  operations: [cancel, leave, reopen, addPhoto, dropPhoto],
  downloads: {
    /** Until it belongs to a record, a file is for who sent it. */
    async form(world, id, viewer) {
      const file = await world.tx.table(filesTable).get(id);
      return file?.by === viewer.id && downloadKind(file) === 'form' ? downloadOf(file) : undefined;
    },
  },
};
