/** Evidence 佐证: photos and files that a unit adds to its check-in, for the issuer's side and itself to see. */
import { z } from 'zod';
import { photosOf } from '../../bot/cards/album.ts';
import { button, listCard, type Raw, recordCard } from '../../bot/cards/spec.ts';
import type { Download, Intake } from '../../bot/feature.ts';
import { attach, detach, downloadOf, sentFiles } from '../../bot/files/files.ts';
import { type FileRow, files } from '../../bot/files/tables.ts';
import { type Ctx, type Outcome, operation } from '../../bot/operation.ts';
import { recordOperation } from '../../bot/turn/records.ts';
import { may } from '../../bot/turn/rights.ts';
import type { World } from '../../bot/world.ts';
import { sayTime } from '../../lib/dates.ts';
import { foldWidth } from '../../lib/numerals.ts';
import type { Stored } from '../../store/store.ts';
import { guessOf } from '../issues/index.ts';
import { allStars, getUnit } from '../orgs/index.ts';
import {
  type Assignment,
  assignmentsOf,
  type CheckinTarget,
  isMissing,
  loadAssignment,
} from './assignment.ts';
import { checkinOutcome, rowOf } from './checkin.ts';
import { readCheckin } from './checkin-line.ts';
import { evidenceOf, fileInput, fileNamed, fileRows, idOf, linksOf, saySize } from './evidence-files.ts';
import { matchTasks } from './match.ts';
import { checkins, type StoredTask, tasks } from './model.ts';
import { periodOf } from './periods.ts';
import { checkinCard, keepEvent, noteProof, numberAndWords, refreshCards, sayTask } from './record.ts';
import { rights } from './rights.ts';
import { readable } from './target.ts';

/** A unit's evidence in a period, and what it has said there, if anything. */
export interface Proof extends Assignment {
  readonly files: readonly Stored<FileRow>[];
}

/** Those that may get more: open, not passed; where evidence is wanted alone, if there are any. */
async function takers(ctx: Ctx): Promise<readonly Assignment[]> {
  const assignments = await assignmentsOf(ctx, await getUnit(ctx.tx, ctx.me.unit));
  const open = assignments.filter(({ checkin }) => checkin?.state !== 'passed');
  const wanted = open.filter(({ task }) => task.evidence !== '');
  return wanted.length > 0 ? wanted : open;
}

/** Photos and files of somebody whose unit has something to check in for. */
export const evidenceFile: Intake = {
  kinds: ['jpg', 'png', 'webp', 'heic', 'pdf', 'docx', 'xlsx'],
  op: rights.evidence,
  wants: async (ctx) => ctx.sender !== null && (await takers(ctx)).length > 0,
  async wantsWith(ctx, words) {
    if (matchTasks(foldWidth(words), (await takers(ctx)).map(readable)).length > 0) return true;
    // 村口路灯坏了三天了 is a report, whatever is to be done besides.
    return guessOf(words, await allStars(ctx.tx)).star === undefined;
  },
};

/** The one that is meant by the words with the files, or all that could be. */
async function targetOf(ctx: Ctx, raw: Raw): Promise<CheckinTarget> {
  if (typeof raw.task === 'string' && raw.task !== '')
    return { kind: 'form', assignment: await loadAssignment(ctx, raw) };
  const assignments = await takers(ctx);
  const [only, more] = assignments;
  if (only && !more) return { kind: 'form', assignment: only };
  const reading =
    typeof raw.words === 'string' ? readCheckin(raw.words, assignments.map(readable)) : undefined;
  const meant =
    reading?.kind === 'sure' ? [reading.task] : reading?.kind === 'choose' ? reading.tasks : undefined;
  const named = meant ? assignments.filter(({ task }) => meant.includes(task.id)) : assignments;
  const [one, other] = named;
  return one && !other ? { kind: 'form', assignment: one } : { kind: 'list', assignments: named };
}

/** Puts files that were sent to a check-in; without words that name one, the person chooses. */
export const evidence = operation<CheckinTarget, { files: string }>({
  right: rights.evidence,
  record: targetOf,
  input: z.object({ files: z.string().max(2_000) }),
  async run(ctx, { files: ids }, target) {
    const rows = await sentFiles(ctx, ids);
    if (!('assignment' in target)) return choose(ctx, target.assignments, ids, rows.length);
    const { assignment } = target;
    const checkin = idOf(assignment);
    await attach(ctx, rows, checkinCard(checkin));
    await noteProof(ctx.tx, checkin);
    const names = rows.map(({ name }) => name).join('、');
    await keepEvent(ctx, ctx.me, checkin, '加佐证', names);
    await refreshCards(ctx, assignment.task, assignment.round, assignment.unit);
    const next = isMissing(assignment.checkin) ? '还没报进展，请接着报进展。' : '';
    return checkinOutcome(
      ctx,
      assignment,
      `已附到 ${sayTask(assignment.task, assignment.round.period)}：${names}。${next}`,
    );
  },
});

function choose(ctx: Ctx, assignments: readonly Assignment[], ids: string, count: number): Outcome {
  const rows = assignments.slice(0, 10).map((assignment) => ({
    ...rowOf(ctx, assignment, { files: ids }),
    op: rights.evidence,
  }));
  const why = `${count === 1 ? '这个文件' : `这${count}个文件`}附到哪一项？点一下。`;
  const text = [why, ...rows.map(({ title, sub }) => `${title}（${sub}）`)].join('\n');
  return { text, card: listCard('佐证附到哪一项', why, rows, []), mine: true };
}

/** The evidence that a press names, by its check-in; or one's own, by the task. */
async function loadProof(ctx: Ctx, raw: Raw): Promise<Proof> {
  const [number, period, other] = typeof raw.checkin === 'string' ? raw.checkin.split('|') : [];
  const assignment = await loadAssignment(ctx, number ? { task: number, period } : raw, other);
  return { ...assignment, files: await evidenceOf(ctx.tx, idOf(assignment)) };
}

/** An operation on a unit's evidence. */
const proofOperation = recordOperation(loadProof, numberAndWords);

/** 佐证: what a unit has added, each to be opened or taken out again. */
export const proofs = proofOperation(rights.proofs, {
  words: ['佐证', '看佐证'],
  run: async (ctx, _input, proof) => listOf(ctx, proof),
});

function listOf(ctx: Ctx, proof: Proof): Outcome {
  const { task, round, unit, files: rows } = proof;
  const title = `佐证：${unit.name} ${sayTask(task, round.period)}`;
  const sub = rows.length > 0 ? `${rows.length}个，点一下打开。` : NONE;
  const lines = fileRows(ctx, rows, rights.proof, { checkin: idOf(proof).id });
  const back = proof.checkin ? [button(rights.sheet, { checkin: proof.checkin.id })] : [];
  const text = [`${title}，${sub}`, ...rows.map(({ name }) => name)].join('\n');
  return { text, card: listCard(title, sub, lines, back), mine: true };
}

const NONE = '还没有。在和我的单聊里发照片或文件，就会附上。';

const named = (proof: Proof, input: z.infer<typeof fileInput>) =>
  fileNamed(proof, input, '没有找到这个文件，可能已经移除了。发送“佐证”和任务编号看看。');

/** One file: what it is, the link to it, and 移除 while that may be done. */
export const proof = proofOperation(rights.proof, {
  words: ['打开佐证'],
  input: fileInput,
  async run(ctx, input, one) {
    const row = named(one, input);
    const data = { checkin: idOf(one).id };
    const removable = await may(rights.unproof, one, ctx, ctx.me);
    const card = recordCard({
      number: one.task.id,
      title: row.name,
      state: '佐证',
      facts: [
        ['单位', one.unit.name],
        ['任务', sayTask(one.task, one.round.period)],
        ['大小', saySize(row.size)],
        ['发来', sayTime(row.at, ctx.today)],
      ],
      buttons: [
        ...(removable ? [button(rights.unproof, { ...data, file: row.id }, 'destructive')] : []),
        button(rights.proofs, data),
      ],
      photos: photosOf(ctx, [row], ctx.me),
      links: linksOf(ctx, [row], ctx.me).map(({ url }) => ({ title: '下载', url })),
    });
    return { text: '', card, mine: true };
  },
});

/** 移除: a file that does not belong there, until the check-in is reviewed. */
export const unproof = proofOperation(rights.unproof, {
  words: ['移除佐证'],
  input: fileInput,
  preview: async (_ctx, input, one) => ({
    text: `${named(one, input).name}：移除后要用得重新发。`,
    style: 'destructive',
  }),
  async run(ctx, input, one) {
    const row = named(one, input);
    await detach(ctx, row);
    await noteProof(ctx.tx, idOf(one));
    await keepEvent(ctx, ctx.me, idOf(one), '移除佐证', row.name);
    await refreshCards(ctx, one.task, one.round, one.unit);
    const left = one.files.filter(({ id }) => id !== row.id);
    const shown = listOf(ctx, { ...one, files: left });
    return { ...shown, text: `已移除 ${row.name}。\n${shown.text}`, did: { kind: 'task', id: one.task.id } };
  },
});

/** A kept file, for those who may see the evidence of the check-in that it belongs to now. */
export const evidenceDownload: Download = async (world, id, viewer) => {
  const row = await world.tx.table(files).get(id);
  const [kind, ...rest] = row?.about?.split(':') ?? [];
  if (!row || kind !== 'checkin') return undefined;
  const [number = '', period = '', unit = ''] = rest.join(':').split('|');
  const assignment = await assignmentAt(world, number, period, unit);
  return assignment && (await may(rights.proofs, { ...assignment, files: [row] }, world, viewer))
    ? downloadOf(row)
    : undefined;
};

async function assignmentAt(
  { tx, workdays }: World,
  number: string,
  period: string,
  of: string,
): Promise<Assignment | undefined> {
  const task: StoredTask | undefined = await tx.table(tasks).get(number);
  if (!task) return undefined;
  const round = periodOf(task, period, workdays);
  const unit = await getUnit(tx, of);
  return { task, round, unit, checkin: await tx.table(checkins).get(idOf({ round, unit }).id) };
}
