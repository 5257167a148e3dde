/** 撰写: a title, paragraphs with the records behind their figures, pictures; then the lead is asked to verify. */
import { z } from 'zod';
import { photosOf } from '../../bot/cards/album.ts';
import { field, namedChoices } from '../../bot/cards/fields.ts';
import type { Subject } from '../../bot/cards/spec.ts';
import type { Download } from '../../bot/feature.ts';
import { attach, detach, downloadOf, filesOf, sentFiles } from '../../bot/files/files.ts';
import { files } from '../../bot/files/tables.ts';
import { judge } from '../../bot/turn/rights.ts';
import type { Actor, World } from '../../bot/world.ts';
import { sentPhotos, words as typedWords } from '../../lib/inputs.ts';
import { personalOnly } from '../analysis/index.ts';
import { peopleOf } from '../members/index.ts';
import { allStars, getUnit, organiser, unitName } from '../orgs/index.ts';
import { type Example, examples, writers } from './model.ts';
import { askUnit, basisOf, changed, exampleOperation, leadOf, saveExample } from './record.ts';
import { hasWritten, rights } from './rights.ts';
import { faultOf, MOST_CHARS, PROFILE, paragraphsOf, typedAgain } from './words.ts';

const MOST_TITLE = 40;
/** What is about no star in particular. */
const NO_STAR = 'none';

const album = ({ id }: Pick<Example, 'id'>): Subject => ({ kind: 'example', id });

/** The pictures of a case as one person may look at them, and their rows. */
export async function picturesOf(world: World, row: Pick<Example, 'id'>, viewer: Actor | null) {
  const rows = await filesOf(world, album(row));
  return { rows, photos: photosOf(world, rows, viewer) };
}

/** A picture, for who may see the case that it belongs to now. */
export const pictureDownload: Download = async (world, id, viewer) => {
  const row = await world.tx.table(files).get(id);
  const [, number] = /^example:(.+)$/.exec(row?.about ?? '') ?? [];
  const example = number === undefined ? undefined : await world.tx.table(examples).get(number);
  if (!row || !example) return undefined;
  return (await judge(rights.show, example, world, viewer)) === true ? downloadOf(row) : undefined;
};

export const write = exampleOperation('title')(rights.write, {
  words: ['撰写'],
  takesPhotos: true,
  input: z.object({
    title: typedWords('标题', MOST_TITLE),
    star: z.string().max(100).default(NO_STAR),
    words: typedWords('正文', MOST_CHARS, '请写正文：怎么做的，成效怎样'),
    pictures: z.enum(['keep', 'replace']).catch('keep').default('keep'),
    files: sentPhotos,
  }),
  async refine({ tx }, { title, star, words }, row) {
    const paragraphs = paragraphsOf(words);
    const fault = faultOf(title, paragraphs);
    if (fault) return [{ field: 'words', message: fault }];
    for (const number of new Set(paragraphs.flatMap(({ records }) => records)))
      if (!(await basisOf(tx, row.branch, number))) {
        const message =
          number === PROFILE
            ? `${await unitName(tx, row.branch)}还没有支部档案，请写别的依据`
            : `没有找到${number}，或者不是${await unitName(tx, row.branch)}的`;
        return [{ field: 'words', message }];
      }
    const known = star === NO_STAR || (await allStars(tx)).some(({ id }) => id === star);
    return known ? [] : [{ field: 'star', message: '请选一颗星，或者选“综合”' }];
  },
  async form(ctx, row) {
    personalOnly(ctx);
    const { tx } = ctx;
    const branch = await getUnit(tx, row.branch);
    const stars = (await allStars(tx)).filter(({ kinds }) => kinds.some((kind) => kind === branch.kind));
    const { rows } = await picturesOf(ctx, row, ctx.me);
    const why = row.reasons.map(({ text }) => text).join('；');
    return {
      title: `撰写 ${row.id}`,
      intro: `${branch.name}：${why}。${row.reason ? `退回的原因：${row.reason}。` : ''}一行一段；写了数字的那一段写上依据的编号。图片里不要有群众名单、证件和没同意出镜的人。`,
      fields: [
        field.text('title', '标题', MOST_TITLE, { required: true, value: row.title }),
        field.select('star', '关系到哪颗星', [...namedChoices(stars), { title: '综合', value: NO_STAR }], {
          value: row.star ?? NO_STAR,
        }),
        field.lines('words', '正文', MOST_CHARS, {
          required: true,
          hint: '怎么做的，成效怎样；一年办结12件 WT-2026-0001',
          value: row.words.length > 0 ? typedAgain(row.words) : first(row),
        }),
        ...(rows.length > 0
          ? [
              field.pick(
                'pictures',
                '原来的图片',
                [
                  { title: `保留${rows.length}张`, value: 'keep' },
                  { title: '都换掉', value: 'replace' },
                ],
                { value: 'keep' },
              ),
            ]
          : []),
      ],
      submit: { title: '提交核实', op: rights.write, data: { example: row.id } },
      album: '图片',
    };
  },
  async run(ctx, { title, star: chosen, words, pictures, files: sent }, row) {
    const { tx, me, now } = ctx;
    if (pictures === 'replace') for (const file of await filesOf(ctx, album(row))) await detach(ctx, file);
    if (sent !== '') await attach(ctx, await sentFiles(ctx, sent), album(row));
    const wrote = { example: row.id, person: me.id, name: me.name, at: now.toISOString() };
    const known = await tx.table(writers).get(`${row.id}|${me.id}`);
    await tx.table(writers).put({ ...known, id: `${row.id}|${me.id}`, ...wrote });
    const star = chosen === NO_STAR ? null : chosen;
    const lead = await leadOf(tx, star);
    const saved = await saveExample(ctx, {
      ...row,
      ...{ title, star, lead, words: [...paragraphsOf(words)], writer: me.unit, reason: '' },
      ...{ state: 'written', verified: null, waits: await verifying(ctx, row, lead) },
    });
    const text = `${await unitName(tx, row.branch)}的典型“${title}”（${row.id}）写好了，请核实：数字对不对得上记录，图片能不能公开。`;
    await askUnit(ctx, saved, saved.waits, text, [rights.verify, rights.return]);
    return changed(ctx, saved, `写好了，已请${await unitName(tx, saved.waits)}核实。`);
  },
});

/** What the machine noticed from issues is a first paragraph; that a branch was on the list is nobody’s to be told. */
function first({ origin, reasons }: Example): string | undefined {
  return origin === 'issues' ? typedAgain(reasons) : undefined;
}

/** The lead; the organiser where everybody of the lead has written it. */
async function verifying(world: World, row: Example, lead: string): Promise<string> {
  for (const person of await peopleOf(world.tx, lead))
    if (person.role !== 'secretary' && !(await hasWritten(world, row, person))) return lead;
  return (await organiser(world.tx)).id;
}
