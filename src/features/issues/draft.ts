/** 上报 and every sentence that is no command: the form, filled in with what was said. Only 提交 sends it. */
import { z } from 'zod';
import { showForm } from '../../bot/cards/forms.ts';
import type { FieldError, FormCard } from '../../bot/cards/spec.ts';
import { firstLine, labelledLines } from '../../bot/cards/typed.ts';
import { type Ctx, operation } from '../../bot/operation.ts';
import { foldHan } from '../../lib/han.ts';
import { sentPhotos } from '../../lib/inputs.ts';
import { isBranch, searchBranches, type Unit } from '../orgs/index.ts';
import { guessOf } from './guess.ts';
import { FIELD_WORDS, MOST_DETAILS, type ReportingUnit, reportForm, reportingUnit } from './report.ts';
import { rights } from './rights.ts';
import { titleAndDetails } from './sentence.ts';

/** Only that there is something: 一件事. */
const NOTHING_YET = /^(?:[一有]?[个件些点]|几[个件])?(?:问题|事情?|情况|困难)?[。.！!]?$/;
/** Nobody says more at a time. */
const MOST_WORDS = 20_000;
/** Branches that are looked for in a sentence. */
const MOST_BRANCHES = 200;

export const draft = operation({
  right: rights.draft,
  words: ['上报', 'report', '反映', '反应', '上报问题', '反映问题', '反映情况'],
  example: '村口路灯坏了',
  help: '上报一件群众关心的事',
  offersWords: true,
  glued: 'any',
  takesPhotos: true,
  fromText: (rest) => (rest ? { words: rest } : {}),
  record: reportingUnit,
  input: z.object({
    words: z.string().max(MOST_WORDS, `一次最多写${MOST_WORDS}个字`).default(''),
    files: sentPhotos,
  }),
  form: (ctx, reporting, { words }) => filledIn(ctx, reporting, typeof words === 'string' ? words : ''),
  run: async (ctx, { words, files }, reporting) =>
    showForm(ctx, rights.report, await filledIn(ctx, reporting, words), undefined, files),
});

/** The form with what was said in it; what is too long is said, and stays. */
async function filledIn(ctx: Ctx, reporting: ReportingUnit, words: string): Promise<FormCard> {
  const empty = await reportForm(ctx, reporting, {}, []);
  if (NOTHING_YET.test(words.trim())) return empty;
  // 提交 over the lines of a form that is not open any more.
  const lines = firstLine(words) === empty.submit.title ? words.trim().replace(/^.*\n?/, '') : words;
  const { values: said, rest } = labelledLines(empty, lines, FIELD_WORDS);
  const { title, details } = said.title ? { title: '', details: rest } : titleAndDetails(rest);
  const branch = await branchIn(ctx, reporting, words);
  const kind = branch?.kind;
  const guess = guessOf(
    words,
    reporting.stars.filter(({ kinds }) => !kind || kinds.some((one) => one === kind)),
  );
  const more = [said.details, details].filter(Boolean).join('\n');
  const values = { title, ...guess, ...(branch && { branch: branch.id }), ...said, details: more };
  const errors: FieldError[] =
    more.length > MOST_DETAILS
      ? [{ field: 'details', message: `详情最多${MOST_DETAILS}个字，现在有${more.length}个，请删短一些` }]
      : [];
  const guessed = Object.keys(guess).filter((id) => !(id in said));
  return reportForm(ctx, reporting, values, errors, rights.report, {}, guessed);
}

/** The branch that reports, or the only one in care of the sender's unit that a sentence names: 柳湾村的路灯坏了. */
async function branchIn({ tx }: Ctx, { unit }: ReportingUnit, words: string): Promise<Unit | undefined> {
  if (isBranch(unit)) return unit;
  const said = foldHan(words);
  const found = (await searchBranches(tx, unit, '', MOST_BRANCHES)).filter(({ name }) =>
    said.includes(foldHan(name).replace(/党(?:支部|总支|委)$/, '')),
  );
  return found.length === 1 ? found[0] : undefined;
}
