/** Takes in what is sent along with words: fetched, looked at and kept before the turn begins, then handed to a feature. */

import pLimit from 'p-limit';
import { apart } from '../../lib/apart.ts';
import { AppError } from '../../lib/errors.ts';
import { type FileKind, fileKind, fileName, plainName } from '../../lib/filekind.ts';
import { MOST_FILE_BYTES, MOST_FILES, sayTooLarge } from '../../lib/filelimits.ts';
import type { Log } from '../../lib/log.ts';
import { withoutMetadata } from '../../lib/photo.ts';
import { type FileStore, hashOf } from '../../store/files.ts';
import { type Store, StoreError } from '../../store/store.ts';
import { isPhoto } from '../cards/album.ts';
import { albumTakes } from '../cards/forms.ts';
import type { Raw } from '../cards/spec.ts';
import { type Kernel, worldOf } from '../kernel.ts';
import type { Ctx, Outcome } from '../operation.ts';
import { type Attachment, type Inbound, type RefusedFile, type SentFile, turnId } from '../turn/inbound.ts';
import { judge, roleFits } from '../turn/rights.ts';
import type { Call } from '../turn/router.ts';
import { turns } from '../turn/tables.ts';
import type { Actor } from '../world.ts';
import { keepFile } from './files.ts';

const NO_FILES = '在这里收不了文件，请换到能发文件的地方再发。';
const NOT_NEEDED = '文件收到了，可现在没有哪件事要用它。有任务要报进展时，发来的照片和文件会附在进展后面。';
/** Held in memory at the same time, over all chats. */
const AT_ONCE = 4;

export interface IntakeParts
  extends Pick<Kernel, 'features' | 'channels' | 'router' | 'workdays' | 'identify' | 'newId' | 'now'> {
  readonly store: Store;
  readonly fileStore: FileStore;
  readonly log: Log;
}

export type TakeIn = (inbound: Inbound, attachments: readonly Attachment[]) => Promise<Inbound>;

/** Fetches only for people who are known, in their personal chat, and once for each message. Never rejects. */
export function createTakeIn(parts: IntakeParts): TakeIn {
  const { store, features, channels, router, identify, newId, log } = parts;
  const intakes = features.flatMap((feature) => feature.intakes ?? []);
  const gate = pLimit(AT_ONCE);

  async function takeOne(
    { name, fetch }: Attachment,
    by: Actor,
    turn: string,
  ): Promise<SentFile | RefusedFile> {
    const shown = plainName(name) || '文件';
    try {
      const bytes = await fetch(MOST_FILE_BYTES);
      if (bytes.length === 0) throw new AppError('invalid', `“${shown}”是空的，请再发一次。`);
      if (bytes.length > MOST_FILE_BYTES) throw new AppError('invalid', sayTooLarge(shown));
      const kind = await fileKind(bytes);
      if (!kind) {
        const kinds = '照片、PDF、Word（docx）和 Excel（xlsx）';
        throw new AppError('invalid', `“${shown}”没有收：只收${kinds}，而且内容要和文件名相符。`);
      }
      const id = newId();
      const content = cleaned(kind, bytes, shown);
      await keepFile(parts, content, hashOf(content), {
        id,
        name: fileName(name, kind),
        kind,
        by: by.id,
        about: null,
      });
      return { id, kind, ...(await readFor(by, kind, content)) };
    } catch (error) {
      if (error instanceof AppError) return { refused: told(error) };
      log.warn({ turn, err: error }, 'a file was not taken in');
      const busy = error instanceof StoreError;
      return { refused: busy ? '系统正忙，文件没有收下，请稍后再发。' : `“${shown}”没有收到，请再发一次。` };
    }
  }

  /** Where and when a photo was taken, and with what, is nobody's business; it is not kept. */
  function cleaned(kind: FileKind, bytes: Uint8Array, shown: string): Uint8Array {
    try {
      return withoutMetadata(kind, bytes);
    } catch (cause) {
      throw new AppError('invalid', `“${shown}”这张照片不完整，没有收。请重新拍一张或再发一次。`, { cause });
    }
  }

  /** The sentence of a refusal; whatever is behind it goes to the log. */
  function told({ publicMessage, cause }: AppError): string {
    if (cause) log.warn({ err: cause }, 'a file could not be read');
    return publicMessage;
  }

  /** What the features find in it, those that this person may call: nobody else has it looked through. */
  async function readFor(
    by: Actor,
    kind: FileKind,
    bytes: Uint8Array,
  ): Promise<Pick<SentFile, 'read' | 'unread'>> {
    const found: Record<string, Raw> = {};
    const unread: string[] = [];
    const refusals: string[] = [];
    const missed: string[] = [];
    for (const { kinds, op, reader, lookedFor } of intakes) {
      if (!reader || !kinds.includes(kind)) continue;
      const refusal = await refusalOf(op.name, by);
      if (refusal !== undefined) {
        refusals.push(refusal);
        continue;
      }
      try {
        const raw = (await apart.read(reader, bytes)) as Raw | undefined;
        if (raw) found[op.name] = raw;
        else if (lookedFor) missed.push(lookedFor);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        unread.push(told(error));
        // What ended the process of one reader would end that of the next.
        if (error.cause) break;
      }
    }
    const sheet = missed.length > 0 && `没看出这是哪种表。${missed.join('；')}。请对一下列名，改好再发。`;
    if (unread.length === 0 && (sheet || refusals.length > 0))
      unread.push(`${sheet || NOT_NEEDED}${refusals.join('')}`);
    return { read: found, unread };
  }

  /** Why this person may not call the operation; undefined when it may be called. */
  async function refusalOf(name: string, by: Actor): Promise<string | undefined> {
    const op = router.byName(name);
    if (!op || !roleFits(op.right, by)) return '';
    const verdict = await store.read((tx) => judge(op.right, undefined, worldOf(parts, tx), by));
    return verdict === true ? undefined : verdict;
  }

  return async (inbound, attachments) => {
    if (attachments.length === 0) return inbound;
    // What is said in a group is said to its people; a form that was opened there is one's own.
    if (inbound.kind === 'text' && inbound.place.kind !== 'personal') return inbound;
    const by = await store
      .read(async (tx) =>
        (await tx.table(turns).get(turnId(inbound)))
          ? undefined
          : await identify(tx, inbound.channel, inbound.sender.account),
      )
      .catch(() => undefined);
    if (!by) return inbound;
    if (!channels.get(inbound.channel)?.capabilities.files)
      return { ...inbound, files: [{ refused: NO_FILES }] };
    const files = await Promise.all(
      attachments
        .slice(0, MOST_FILES)
        .map((attachment) => gate(() => takeOne(attachment, by, turnId(inbound)))),
    );
    const over = attachments.length > MOST_FILES ? [{ refused: `一次最多发 ${MOST_FILES} 个文件。` }] : [];
    return { ...inbound, files: [...files, ...over] };
  };
}

/** A press with the files that came along. @throws AppError `invalid` when one of them was not taken */
export function withFiles(data: Raw, files: Inbound['files']): Raw {
  if (!files) return data;
  const refused = files.flatMap((file) => ('refused' in file ? [file.refused] : []));
  if (refused.length > 0) throw new AppError('invalid', refused.join('\n'));
  return { ...data, files: files.flatMap((file) => ('id' in file ? [file.id] : [])).join() };
}

/**
 * Words that call something are answered first, with the photos where it takes some; then the files go into the form
 * that is open, or to the first operation that wants them. Together they are one answer, with a sentence about each
 * file that was not taken.
 */
export async function answerFiles(
  kernel: Pick<Kernel, 'features' | 'router' | 'unknownWords'>,
  ctx: Ctx,
  text: string,
  files: NonNullable<Inbound['files']>,
  perform: (ctx: Ctx, call: Call) => Promise<Outcome>,
): Promise<Outcome> {
  const sent = files.filter((file) => 'id' in file);
  const photos = sent.filter(({ kind }) => isPhoto(kind)).map(({ id }) => id);
  const refused = files.flatMap((file) => ('refused' in file ? [file.refused] : []));
  const said = kernel.router.byText(text);
  const along = said?.op.takesPhotos === true && photos.length > 0 && photos.length === sent.length;
  const asked = said && along ? { ...said, raw: { ...said.raw, files: photos.join() } } : said;
  const words = asked && (await perform(ctx, asked));
  const put = along ? undefined : await albumTakes(ctx, sent);
  if (along || put) {
    const text = [words?.text, put?.text, ...refused].filter(Boolean).join('\n');
    return { ...words, ...put, text };
  }
  const call =
    (said || text === '' ? undefined : await sentenceWith(kernel, ctx, sent, text)) ??
    (await callFor(kernel, ctx, sent, asked ? '' : text));
  const unread = new Set(sent.flatMap((file) => file.unread));
  const why = unread.size > 0 ? [...unread].join('\n') : NOT_NEEDED;
  const done = call ? await perform(ctx, call) : { text: sent.length > 0 ? why : '' };
  return { ...words, ...done, text: [words?.text, done.text, ...refused].filter(Boolean).join('\n') };
}

/** A sentence that calls nothing and its photos, where something is made of both, and no intake has them with it. */
async function sentenceWith(
  { features, router, unknownWords }: Pick<Kernel, 'features' | 'router' | 'unknownWords'>,
  ctx: Ctx,
  sent: readonly SentFile[],
  text: string,
): Promise<Call | undefined> {
  if (sent.length === 0 || !sent.every(({ kind }) => isPhoto(kind))) return undefined;
  for (const { kinds, reader, wants, wantsWith } of features.flatMap((feature) => feature.intakes ?? [])) {
    if (reader || !sent.some(({ kind }) => kinds.includes(kind))) continue;
    if (((await wants?.(ctx)) ?? true) && ((await wantsWith?.(ctx, text)) ?? true)) return undefined;
  }
  const meant = await unknownWords(ctx, text, router.nearest(text));
  if (!('op' in meant) || !meant.op.takesPhotos) return undefined;
  return { ...meant, raw: { ...meant.raw, files: sent.map(({ id }) => id).join() } };
}

/** The operation that wants these files, with its fields; `text` came with them. */
async function callFor(
  { features, router }: Pick<Kernel, 'features' | 'router'>,
  ctx: Ctx,
  sent: readonly SentFile[],
  text: string,
): Promise<Call | undefined> {
  for (const {
    kinds,
    op: { name },
    reader,
    wants,
  } of features.flatMap((feature) => feature.intakes ?? [])) {
    const fitting = sent.filter((file) => kinds.includes(file.kind) && (!reader || file.read[name]));
    const [first] = fitting;
    const op = router.byName(name);
    if (!first || !op || !((await wants?.(ctx)) ?? true)) continue;
    const words = text === '' ? {} : { words: text };
    return { op, raw: { ...words, ...first.read[name], files: fitting.map(({ id }) => id).join() } };
  }
  return undefined;
}
