/** Cards in words, for clients without cards, notifications and screen readers: the one place where they are made. */
import { endedOnce } from '../../lib/text.ts';
import type { Bar, Card, ChartCard, FilledField, FormCard, ListCard, ListRow, Reply } from './spec.ts';

/** More choices than this are not listed in words. */
const LISTED = 12;
/** Of a field with several choices so many are listed with their numbers. */
const NUMBERED = 60;
/** What a line of choices begins with; it belongs to no field (typed.ts). */
export const OFFERED = '可选';
const CHOSEN = '（已选好）';
const SEVERAL = '（写序号或名字，可以选几个）';

/** The card in words, and what can be typed for its buttons and rows (turn/shown.ts): for clients without cards. */
export function typeableOf(card: Card): string {
  const buttons = 'buttons' in card ? card.buttons : [];
  const tabs = card.kind === 'list' ? card.tabs : [];
  const titles = [...tabs, ...buttons].map(({ title }) => title);
  const rows = card.kind === 'list' ? card.rows : card.kind === 'chart' ? card.bars : [];
  return lines([
    card.kind === 'list' ? sayList(card, true) : textOf(card),
    rows.some(({ op }) => op !== '') && '打“1”打开第1条，依此类推。',
    titles.length > 0 && `可以打字：${titles.join('、')}`,
  ]);
}

/** The card in words; a form says how to fill it in by typing. */
export function textOf(card: Card): string {
  switch (card.kind) {
    case 'record':
      return lines([
        `${card.number} ${card.title}`.trim(),
        [card.state, ...[...card.badges, ...card.marks, ...card.lacks].map(({ text }) => text)]
          .filter(Boolean)
          .join(' · '),
        card.ask,
        ...card.facts.map(({ label, value }) => `${label}：${value}`),
      ]);
    case 'list':
      return sayList(card);
    case 'preview':
      return lines([
        card.title,
        card.text,
        ...card.lines.map(({ mark, text }) => `${mark} ${text}`.trim()),
        card.confirm && `确认请点“${card.confirm}”。`,
      ]);
    case 'form':
      return howToType(card);
    case 'chart':
      return lines([
        card.title,
        card.sub,
        ...card.facts.map(({ label, value }) => `${label}：${value}`),
        ...card.bars.map((bar) => sayBar(card, bar)),
      ]);
    case 'progress':
      return `${card.title}：${card.text}`;
    case 'note':
      return card.text;
  }
}

/** What a form says above its fields. */
export function headOf({ title, intro, error }: FormCard): string {
  return error || (intro ? `${title}：${intro}` : title);
}

function sayList({ title, sub, rows }: ListCard, numbered = false): string {
  const said = rows.map((row, i) => (numbered ? `${i + 1}. ${sayRow(row)}` : sayRow(row)));
  return lines([sub ? `${title}：${sub}` : title, ...said]);
}

function lines(parts: readonly (string | false)[]): string {
  return parts.filter(Boolean).join('\n');
}

function sayRow({ mark, title, sub, lack }: ListRow): string {
  const said = [mark, title].filter(Boolean).join('：');
  const more = [lack, sub].filter(Boolean).join(' · ');
  return more ? `${said}（${more}）` : said;
}

function sayBar({ columns }: ChartCard, { title, cells }: Bar): string {
  const said = cells.map(({ text }, i) => `${columns[i]?.text ?? ''}${text}`);
  return said.length > 0 ? `${title}：${said.join('，')}` : title;
}

/** What one types for a label: `议题1` of `议题1 村口路灯坏了`. */
export function wordOf(label: string): string {
  return label.split(' ', 1)[0] ?? label;
}

/** What may be typed into a field, in brackets; '' when nothing need be said. */
export function hintOf({ label, choices, kind }: FilledField): string {
  if (kind === 'many' && choices.length > 0) return SEVERAL;
  const options = choices.length <= LISTED ? choices.map(({ title }) => title).join('／') : '';
  const hint = options || label.slice(wordOf(label).length + 1);
  return hint && `（${hint}）`;
}

/** The choices of a field that takes several, by their numbers; '' for other fields. */
export function offeredOf({ kind, choices }: FilledField): string {
  if (kind !== 'many' || choices.length === 0) return '';
  const listed = choices.slice(0, NUMBERED).map(({ title }, i) => `${i + 1} ${title}`);
  const left = choices.length - listed.length;
  return `${OFFERED}：${listed.join('／')}${left > 0 ? `／还有${left}个，请写名字` : ''}`;
}

/** What stands in a field, in words that people know: titles, never ids. */
export function shownOf(field: FilledField): string {
  const { value, choices, kind } = field;
  if (value === '') return hintOf(field);
  if (choices.length === 0) return value;
  const titles = (kind === 'many' ? value.split(',') : [value]).map(
    (one) => choices.find((choice) => choice.value === one)?.title ?? (/^[!-~]+$/.test(one) ? CHOSEN : one),
  );
  return titles.join('、');
}

function howToType(card: FormCard): string {
  const { fields, submit, also } = card;
  if (fields.length === 0) return headOf(card);
  const titles = [submit, ...also].map(({ title }) => `“${title}”`).join('或');
  return lines([
    headOf(card),
    `也可以打字：第一行写${titles}，下面每行写一项：`,
    ...fields.flatMap((field) => [`${wordOf(field.label)}：${shownOf(field)}`, offeredOf(field)]),
  ]);
}

/** The answer with its words: those of the card, unless it has its own. */
export function inWords({ text, card }: Reply): Reply {
  if (!card) return { text: endedOnce(text) };
  return { text: endedOnce(text || ('kind' in card ? textOf(card) : '')), card };
}
