/** 督导 记录: what was seen at one branch, and what else was found; written down as often as needed until it is submitted. */
import { z } from 'zod';
import { choicesFrom, field } from '../../bot/cards/fields.ts';
import type { FieldError, FormSpec, Subject } from '../../bot/cards/spec.ts';
import { attach, sentFiles } from '../../bot/files/files.ts';
import type { Ctx, Outcome } from '../../bot/operation.ts';
import { optionalWords, sentPhotos } from '../../lib/inputs.ts';
import { checkReport, reportForm, reportInput, reportingUnit } from '../issues/index.ts';
import { allStars, getUnit } from '../orgs/index.ts';
import { SAID, type Visit } from './model.ts';
import { INSPECTION, type Question, starOf } from './questions.ts';
import { inspectionCard, saveVisit, visitCard, visitOperation } from './record.ts';
import { rights } from './rights.ts';

const WORDS_MAX = 1000;
/** What is found beside the questions at one branch. */
const MOST_FOUND = 10;

/** Photos of a visit, or of the n-th other thing that was found there. */
export const albumSubject = ({ id }: Pick<Visit, 'id'>, n?: number): Subject => ({
  kind: 'visit',
  id: n === undefined ? id : `${id}|${n}`,
});

async function keepPhotos(ctx: Ctx, sent: string, about: Subject): Promise<void> {
  if (sent !== '') await attach(ctx, await sentFiles(ctx, sent), about);
}

const asked = INSPECTION.questions;
const answer = z.union([z.literal(''), z.enum(SAID, `请从${SAID.join('、')}里选一个`)]).default('');
const answers = Object.fromEntries(asked.map(({ id }) => [id, answer])) as Record<string, typeof answer>;

/** The form of one branch, with what was written down before. */
export function visitForm(visit: Visit): FormSpec {
  const said = new Map(visit.answers.map((one) => [one.id, one.said]));
  return {
    title: `督导记录 · ${visit.name}`,
    intro: '选“有问题”的，提交督导时转为问题。没有网络也能填，有网后自动交一次。',
    fields: [
      ...asked.map(({ id, word, ask }) =>
        field.pick(id, `${word} ${ask}`, choicesFrom(SAID), { value: said.get(id) }),
      ),
      field.lines('words', '情况', WORDS_MAX, {
        value: visit.words,
        hint: '可不填：在哪里、什么样、当场怎么改的',
      }),
      field.text('reason', '没去成 去了就不填', 200, {
        value: visit.state === 'missed' ? visit.reason : '',
        hint: '没去成的，写为什么，上面的就不用答',
      }),
    ],
    submit: { op: rights.record, title: '提交记录', data: { visit: visit.id, times: visit.times } },
    album: '照片',
  };
}

export const record = visitOperation()(rights.record, {
  words: ['督导记录'],
  example: '柳湾村',
  takesPhotos: true,
  input: z.object({
    ...answers,
    words: optionalWords('情况', WORDS_MAX),
    reason: optionalWords('没去成的原因', 200),
    times: z.coerce.number().int().optional(),
    files: sentPhotos,
  }),
  async refine(_ctx, { reason, times, ...fields }, { visit }) {
    const errors: FieldError[] = [];
    if (times !== undefined && times !== visit.times)
      errors.push({
        field: 'words',
        message: `${visit.byName}刚才也记了${visit.name}，您写的还在，看一眼再提交就以您的为准`,
      });
    if (reason !== '' && visit.found.length > 0)
      errors.push({ field: 'reason', message: `这里已经另记了${visit.found.length}件问题，不能记为没去成` });
    const said = fields as unknown as Readonly<Record<string, string>>;
    const left = asked.filter(({ id }) => !said[id]);
    const [first] = left;
    if (reason === '' && first)
      errors.push({
        field: first.id,
        message: `还没有答：${left.map(({ word }) => word).join('、')}。没看到的选“没看”，没去成的写原因`,
      });
    return errors;
  },
  form: async (_ctx, { visit }) => visitForm(visit),
  async run(ctx, { words, reason, times: _, files, ...fields }, { one, visit }) {
    const said = fields as unknown as Readonly<Record<string, (typeof SAID)[number]>>;
    await keepPhotos(ctx, files, albumSubject(visit));
    const missed = reason !== '';
    const row = {
      ...visit,
      ...(missed
        ? { state: 'missed' as const, on: null, reason, answers: [] }
        : {
            state: 'recorded' as const,
            on: one.begunOn,
            reason: '',
            answers: await answered(ctx, visit, said),
          }),
      ...{ words, by: ctx.me.id, byName: ctx.me.name, at: ctx.now.toISOString(), times: visit.times + 1 },
    };
    const saved = await saveVisit(ctx, row);
    const text = missed ? `${visit.name}记为没去成：${reason}。` : `${visit.name}记下了。`;
    return shown(saved, `${text}都记完后点“提交”。`);
  },
});

/** The answers with the questions as they were asked, and what each would become. */
async function answered(
  { tx }: Ctx,
  { branch }: Visit,
  said: Readonly<Record<string, (typeof SAID)[number]>>,
): Promise<Visit['answers']> {
  const stars = await allStars(tx);
  const unit = await getUnit(tx, branch);
  return asked.flatMap((question: Question) => {
    const { id, word, title, aspect } = question;
    const answer = said[id];
    const star = starOf(stars, question, unit)?.id ?? '';
    return answer ? [{ id, word, said: answer, title, aspect, star }] : [];
  });
}

/** What an operation on a branch answers: its card; the audit trail names the inspection only. */
function shown(visit: Visit, text: string): Outcome {
  return { text, card: { subject: visitCard(visit) }, did: inspectionCard({ id: visit.inspection }) };
}

export const raise = visitOperation()(rights.raise, {
  words: ['督导转为问题'],
  example: '柳湾村',
  takesPhotos: true,
  input: reportInput,
  async refine(ctx, fields, { visit }) {
    if (visit.state === 'missed')
      return [{ field: 'title', message: `${visit.name}记为没去成，先改记录再转为问题` }];
    if (visit.found.length >= MOST_FOUND)
      return [{ field: 'title', message: `一个支部最多另记${MOST_FOUND}件，其余的请用“上报”` }];
    return (await checkReport(ctx, await reportingUnit(ctx), { ...fields, branch: visit.branch })).errors;
  },
  async form(ctx, { visit }, values, errors) {
    const filled = { branch: visit.branch, source: '督导发现', ...values };
    return reportForm(ctx, await reportingUnit(ctx), filled, errors, rights.raise, { visit: visit.id });
  },
  async run(ctx, { files, branch: _branch, source: _source, ...report }, { visit }) {
    const stars = await allStars(ctx.tx);
    const id = stars.find((one) => one.id === report.star || one.name === report.star)?.id ?? report.star;
    await keepPhotos(ctx, files, albumSubject(visit, visit.found.length));
    const found = [...visit.found, { ...report, star: id }];
    const saved = await saveVisit(ctx, { ...visit, found });
    return shown(saved, `记下了“${report.title}”，提交督导时转为问题。`);
  },
});
