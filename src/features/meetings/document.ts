/** Minutes as a Word document in the customary form of 会议纪要: heading, attendance, what was decided item by item. */
import { AlignmentType, BorderStyle, type Paragraph } from 'docx';
import type { World } from '../../bot/world.ts';
import { dayOf } from '../../lib/dates.ts';
import {
  body,
  entry,
  heading,
  LINE,
  longDay,
  numeral,
  paragraph,
  RED,
  sentence,
  signature,
  title,
  type WordFile,
  wordFile,
} from '../../lib/official.ts';
import { actorOf } from '../members/index.ts';
import { unitName } from '../orgs/index.ts';
import { sayWhen } from './draft-agenda.ts';
import { decidedOf, type Invite, type Item, type Meeting, NOTHING, versions } from './model.ts';
import { invitesOf, meetingTitle } from './record.ts';

/** Three lines. */
const FEW_CHARS = 75;
/** Who was there: each unit stands in one group, those that came by whether they were on time and who came. */
export function attendance(rows: readonly Pick<Invite, 'unit' | 'answer' | 'words' | 'present'>[]) {
  const came = rows.filter(({ present }) => present !== 'no');
  const away = rows.filter(({ present }) => present === 'no');
  return {
    present: came.filter(({ answer, present }) => answer !== 'sub' && present === 'yes'),
    late: came.filter(({ answer, present }) => answer !== 'sub' && present === 'late'),
    represented: came.filter(({ answer }) => answer === 'sub'),
    leave: away.filter(({ answer }) => answer === 'no'),
    absent: away.filter(({ answer }) => answer !== 'no'),
  };
}

/**
 * The paragraphs before the signature, which never stands alone on a page. What stays with it is moved on as a whole,
 * so that is a few lines at most: of a long text the last sentence.
 */
function closing(text: string): Paragraph[] {
  const sentences = text.split(/(?<=[。！？；\n])(?=.)/u);
  const last = sentences.pop() ?? '';
  if (last.length > FEW_CHARS) return [body(text)];
  if (text.length <= FEW_CHARS) return [body(text, true)];
  return [body(sentences.join('').trimEnd()), body(last, true)];
}
/** The newest minutes of a meeting: read now, to be written down later, which takes some hundred milliseconds. */
export async function minutesDocument(world: World, meeting: Meeting): Promise<WordFile> {
  const { tx } = world;
  const { id, version, items } = meeting;
  const name = `${await meetingTitle(world, meeting)}纪要`;
  const published = (await tx.table(versions).get(`${id}/${version}`))?.at;
  const convener = (await actorOf(tx, meeting.convener))?.name;
  const lead = await unitName(tx, meeting.lead);
  const who = await attendees(world, id);
  const unitNames = new Map<string, string>();
  for (const { unit, partners } of items.flatMap(decidedOf))
    for (const one of [...(unit ? [unit] : []), ...partners]) unitNames.set(one, await unitName(tx, one));
  const said = { meeting, name, published, convener, lead, who, unitNames };
  return wordFile(() => ({ title: name, by: lead, children: written(said) }));
}

/** What the document says besides the meeting itself. */
interface Said {
  readonly meeting: Meeting;
  readonly name: string;
  readonly published: string | undefined;
  readonly convener: string | undefined;
  readonly lead: string;
  readonly who: readonly (readonly [label: string, text: string])[];
  readonly unitNames: ReadonlyMap<string, string>;
}

function written({ meeting, name, published, convener, lead, who, unitNames }: Said): Paragraph[] {
  const { id, version, items } = meeting;
  const nameOf = (unit: string) => unitNames.get(unit) ?? '';
  const decided = items.flatMap((item, i) => [
    heading(`${numeral(i + 1)}、${item.text}`),
    ...itemBody(item, i === items.length - 1, nameOf),
  ]);
  const edition = version > 1 ? `（第${version}版，更正）` : '（第1版）';
  const rule = { style: BorderStyle.SINGLE, size: 12, color: RED, space: 8 };
  return [
    title(name),
    paragraph([[`编号：${id}　${edition}`]], {
      alignment: AlignmentType.CENTER,
      border: { bottom: rule },
    }),
    paragraph([]),
    entry('时　　间', sayWhen(meeting, '')),
    entry('地　　点', meeting.place),
    entry('召集单位', convener ? `${lead}（${convener}）` : lead),
    ...who.map(([label, text]) => entry(label, text)),
    paragraph([]),
    body('会议研究了以下事项，议定：'),
    ...decided,
    paragraph([], { keepNext: true }),
    signature(lead),
    ...(published ? [signature(longDay(dayOf(new Date(published))))] : []),
    paragraph([['分送：各参会单位。']], {
      spacing: { before: 400, line: LINE, lineRule: 'exact' },
      border: { top: { ...rule, color: '000000' }, bottom: { ...rule, color: '000000' } },
    }),
  ];
}

/** What was decided about an item, several things one after the other; the end of the last item stays with the signature. */
function itemBody(item: Item, last: boolean, nameOf: (unit: string) => string): readonly Paragraph[] {
  const [first = NOTHING, ...more] = decidedOf(item);
  return [first, ...more].flatMap(({ decision, unit, partners, deadline }, nth) => {
    const ends = last && nth === more.length;
    const mark = more.length > 0 ? `（${numeral(nth + 1)}）` : '';
    const text = `${mark}${sentence(decision || '没有形成决定')}`;
    if (!unit) return ends ? closing(text) : [body(text)];
    const who =
      partners.length > 0
        ? `牵头单位：${nameOf(unit)}　　配合单位：${partners.map(nameOf).join('、')}`
        : `责任单位：${nameOf(unit)}`;
    const until = deadline ? `　　完成期限：${longDay(deadline)}前` : '';
    return [body(text), body(`${who}${until}`, ends)];
  });
}

async function attendees({ tx }: World, meeting: string): Promise<Said['who']> {
  const groups = attendance(await invitesOf({ tx }, meeting));
  const said = async (
    rows: readonly Pick<Invite, 'unit' | 'words'>[],
    mark: (row: number) => string = () => '',
  ) => {
    const names = [];
    for (const [i, { unit, words }] of rows.entries()) {
      const note = [words, mark(i)].filter(Boolean).join('，');
      names.push(`${await unitName(tx, unit)}${note ? `（${note}）` : ''}`);
    }
    return names.join('、');
  };
  const { present, late, represented, leave, absent } = groups;
  const lines: (readonly [string, string])[] = [
    ['出　　席', await said(present.map(plainly))],
    ['迟　　到', await said(late.map(plainly))],
    ['派员参加', await said(represented, (i) => (represented[i]?.present === 'late' ? '迟到' : ''))],
    ['请　　假', await said(leave)],
    ['缺　　席', await said(absent.map(plainly))],
  ];
  // Nobody late, nobody missing: nothing to say of it.
  const always = ['出　　席', '请　　假'];
  return lines.flatMap(([label, text]) =>
    text || always.includes(label) ? [[label, text || '无'] as const] : [],
  );
}

/** Without what was said beforehand: it did not come to that. */
function plainly({ unit }: Pick<Invite, 'unit'>) {
  return { unit, words: '' };
}
