/**
 * THE FLOW: what happens to everything that people write or press. Start reading here.
 * dedupe → identify → route → permit → parse → run → commit → reply
 *
 * Everything from `turn` down runs inside one transaction and does no I/O of its own, so it may run again when
 * transactions conflict. A refusal is a thrown AppError: it undoes whatever was begun and becomes a sentence.
 */

import { AppError } from '../lib/errors.ts';
import type { Tx } from '../store/store.ts';
import { withLinks } from './cards/draw.ts';
import {
  claimedForm,
  declaredFields,
  filledByWords,
  showForm,
  showPreview,
  shutForm,
  trackReads,
  withAlbum,
} from './cards/forms.ts';
import { TOO_SOON } from './cards/fresh.ts';
import { formOf, sayErrors } from './cards/spec.ts';
import { replyOf } from './cards/stored.ts';
import { inWords } from './cards/text.ts';
import { chosenByTitle } from './cards/typed.ts';
import { conversations, noteConversation } from './delivery/conversations.ts';
import { writeEffects } from './delivery/effects.ts';
import { noteViewer } from './delivery/viewers.ts';
import { answerFiles, withFiles } from './files/uploads.ts';
import { type Kernel, worldOf } from './kernel.ts';
import type { Ctx, Outcome } from './operation.ts';
import { type Answered, isMine, scopeOf, writeAnswer } from './turn/answer.ts';
import { writeDone } from './turn/audit.ts';
import { createContext, unknownPerson } from './turn/context.ts';
import { type Inbound, turnId } from './turn/inbound.ts';
import { fieldsOf, readInput } from './turn/input.ts';
import { normalize, withExampleIfRefused } from './turn/normalize.ts';
import { followPressed, pressedBefore, pressedSubject } from './turn/pressed.ts';
import { refuse } from './turn/refusal.ts';
import { judge, roleFits } from './turn/rights.ts';
import type { Call } from './turn/router.ts';
import { lastShown, pressedOnCard, pressedOnLook } from './turn/shown.ts';
import { turns } from './turn/tables.ts';

/** Handle one inbound; never rejects. What goes out as a message is in the outbox then, not sent yet. */
export async function handle(kernel: Kernel, received: Inbound): Promise<Answered> {
  const { inbound, soon } = normalize(received, kernel.now());
  if (soon) return { answer: { scope: 'words', shown: { text: TOO_SOON }, refused: true } };
  try {
    return await kernel.store.transaction((tx) => turn(kernel, tx, inbound), kernel.looks.guard(inbound));
  } catch (error) {
    return refuse(kernel, inbound, error);
  }
}

async function turn(kernel: Kernel, tx: Tx, inbound: Inbound): Promise<Answered> {
  const world = withLinks(worldOf(kernel, tx), kernel.links);
  // Asked for together: over PostgreSQL each wait is a way there and back.
  const [sender, seen] = await Promise.all([
    kernel.identify(tx, inbound.channel, inbound.sender.account),
    tx.table(turns).get(turnId(inbound)),
    tx.table(conversations).get(inbound.place.key),
  ]);
  if (seen) return writeAnswer(kernel, world, inbound, sender, undefined, seen);

  const [place, pressed] = await Promise.all([
    noteConversation(world, inbound, sender),
    pressedSubject(world, inbound),
    noteViewer(world, inbound, sender),
  ]);
  const had = await pressedBefore(kernel, world, inbound, sender, pressed);
  const account = { channel: inbound.channel, id: inbound.sender.account, name: inbound.sender.name };
  const { ctx, effects } = createContext(world, kernel, sender, account, place, pressed);
  const call = await route(kernel, ctx, inbound);
  const outcome = 'op' in call ? await withExampleIfRefused(call, (given) => perform(ctx, given)) : call;

  const scope = scopeOf(ctx, inbound, outcome);
  if (scope === 'card') await followPressed(ctx, inbound, outcome, had);
  await writeEffects(world, effects, kernel.listeners);
  const reply = inWords(outcome);
  const mine = isMine(outcome);
  return writeAnswer(kernel, world, inbound, sender, place, { scope, refused: false, reply, had, mine });
}

/** Which operation is meant, with the fields that are claimed; or an answer at once when none is. */
async function route(kernel: Kernel, ctx: Ctx, inbound: Inbound): Promise<Call | Outcome> {
  const { router, unknownWords } = kernel;
  if (inbound.kind === 'action') {
    const op = router.byName(inbound.op);
    if (op) return { op, raw: withFiles(inbound.data, inbound.files) };
    throw new AppError('invalid', '这个按钮已经不用了。发送“帮助”看看现在能做什么。');
  }
  if (inbound.files) return answerFiles(kernel, ctx, inbound.text, inbound.files, perform);
  const { text, quoted } = inbound;
  const wordsFor = (op: string) => router.byName(op)?.words ?? [];
  const filling = filledByWords(ctx, text, wordsFor, router.fieldWords);
  const [last, form] = await Promise.all([lastShown(ctx, text, quoted), filling]);
  const filled = (last && pressedOnLook(last, text)) ?? form;
  if (filled && 'shown' in filled) return filled.shown;
  const called = router.byText(text, ctx.today);
  const press = filled ?? (last && (await pressedOnCard(kernel, ctx, last, text, called)));
  const op = press && router.byName(press.op);
  if (op) return { op, raw: press.data };
  if (called) return called;
  if (!ctx.sender) throw unknownPerson();
  return unknownWords(ctx, text, router.nearest(text));
}

/** May this person, may it be done to this record, do the fields fit? Then do it. */
async function perform(ctx: Ctx, { op, raw: typed, lines }: Call, sent = op.right.name): Promise<Outcome> {
  if (op.right.who !== 'all' && !ctx.sender) throw unknownPerson();
  if (!roleFits(op.right, ctx.sender)) {
    throw new AppError(
      'forbidden',
      ('whoElse' in op.right && op.right.whoElse) || `您的岗位不能用“${op.right.title}”。`,
    );
  }
  const other = await op.open?.(ctx, typed);
  if (other) return perform(ctx, other, sent);
  const form = await claimedForm(ctx, sent, typed);
  if (form?.state === 'shut') return replyOf(form.result ?? { text: '这张表已经提交过了。' });
  const given = await withAlbum(ctx, form, typed);
  const { fields, read } = trackReads(given);
  const record = await op.record?.(ctx, fields);
  const allowed = await judge(op.right, record, ctx, ctx.sender);
  if (allowed !== true) {
    // What nobody could do now is not about who tried.
    const now = await judge(op.right, record, ctx, null);
    throw new AppError(now === allowed ? 'stale' : 'forbidden', allowed);
  }

  const behind = lines && (await fieldsOf(ctx, op, record, lines, read));
  if (behind) return perform(ctx, { op, raw: { ...behind, files: given.files } }, sent);
  const { raw, parsed, errors } = await readInput(ctx, op, given, record);
  if (errors.length > 0) {
    if (!op.form) throw new AppError('invalid', sayErrors(errors));
    const said = !form && errors.every(({ field }) => raw[field] === undefined) ? [] : errors;
    const shown = formOf(await op.form(ctx, record, raw, said), raw, said);
    // The title of a choice instead of its value, as the form shows it.
    const meant = chosenByTitle(shown, raw);
    return meant ? perform(ctx, { op, raw: meant }) : showForm(ctx, op.right, shown, form, raw.files);
  }
  const preview = raw.sure === 'yes' ? undefined : await op.preview?.(ctx, parsed, record);
  if (preview) return showPreview(ctx, op, record, declaredFields(raw, parsed, read), form, preview);
  const outcome = await op.run(ctx, parsed, record);
  if (outcome.did) await writeDone(ctx, op, outcome.did, outcome.noted);
  if (form) await shutForm(ctx, form, inWords(outcome));
  return outcome;
}
