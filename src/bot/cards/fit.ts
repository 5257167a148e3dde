/** What a card may lose when it is too large for its platform: words, then the ends of texts, then rows of lists. */
import { shorten } from '../../lib/text.ts';
import type { Bar, Card, ChartCard, ListRow, PreviewCard, Raw } from './spec.ts';

/** Tried in turn until a card fits: less in words for clients without cards, then less of each text, then fewer rows. */
const ALL = Number.POSITIVE_INFINITY;
const STEPS = [
  { fallback: 20_000, each: ALL, rows: ALL },
  { fallback: 2_000, each: ALL, rows: ALL },
  ...[8_000, 4_000, 2_000, 1_000, 400, 100].map((each) => ({ fallback: 2_000, each, rows: ALL })),
  ...[200, 100, 50, 20, 5].map((rows) => ({ fallback: 2_000, each: 100, rows })),
];

/** The lists that cards have, and what stands at their end: `words` say how many more there are. */
const LISTS: Readonly<Record<string, (words: string) => readonly unknown[]>> = {
  rows: (title): readonly ListRow[] => [{ title, mark: '', tone: 'default', sub: '', op: '', data: {} }],
  bars: (title): readonly Bar[] => [{ title, cells: [], parts: [], op: '', data: {} }],
  lines: (text): PreviewCard['lines'] => [{ text, mark: '', tone: 'default' }],
  facts: (value): ChartCard['facts'] => [{ label: '其余', value }],
  // A choice could be picked: it is said beside the list.
  choices: () => [],
};

/** The card and how many characters its words may have, less and less of both. */
export function* lessAndLess(card: Card): Generator<{ readonly card: Card; readonly fallback: number }> {
  const { text, list } = longest(card);
  let before = '';
  for (const { fallback, each, rows } of STEPS) {
    // What would cut nothing that was not cut before needs not be tried.
    const step = [fallback, Math.min(each, text), Math.min(rows, list)].join();
    if (step === before) continue;
    before = step;
    const some = rows < list ? (fewer(card as unknown as Raw, rows) as unknown as Card) : card;
    yield { fallback, card: each < text ? cutTexts(some, each) : some };
  }
}

function longest(node: unknown): { text: number; list: number } {
  if (typeof node === 'string') return { text: node.length, list: 0 };
  const most = { text: 0, list: 0 };
  if (node === null || typeof node !== 'object') return most;
  for (const [key, value] of Object.entries(node)) {
    const inside = longest(value);
    const here = Array.isArray(value) && Object.hasOwn(LISTS, key) ? value.length : 0;
    most.text = Math.max(most.text, inside.text);
    most.list = Math.max(most.list, inside.list, here);
  }
  return most;
}

const ADDRESSES: ReadonlySet<string> = new Set(['url', 'photo']);

/** The same card with no text in it longer than `most`. */
function cutTexts(card: Card, most: number): Card {
  const cut = (value: unknown): unknown => {
    if (typeof value === 'string') return shorten(value, most);
    if (Array.isArray(value)) return value.map(cut);
    if (value === null || typeof value !== 'object') return value;
    // Half an address leads nowhere.
    const part = ([key, item]: [string, unknown]) => [key, ADDRESSES.has(key) ? item : cut(item)];
    return Object.fromEntries(Object.entries(value).map(part));
  };
  return cut(card) as Card;
}

/** A card, or a field, with at most so many rows in each list, and how many more there are; what is chosen stays. */
function fewer(data: Raw, most: number): Raw {
  const some: Record<string, unknown> = { ...data };
  for (const [key, value] of Object.entries(data)) {
    if (key === 'fields' && Array.isArray(value)) some[key] = value.map((field) => fewer(field, most));
    const ending = LISTS[key];
    if (!ending || !Array.isArray(value) || value.length <= most) continue;
    const chosen = new Set(typeof data.value === 'string' ? data.value.split(',') : []);
    const kept = value.filter((row, i) => i < most || (key === 'choices' && chosen.has(row.value)));
    const left = value.length - kept.length;
    some[key] = [...kept, ...ending(`还有${left}条`)];
    if (key === 'choices') some.label = `${data.label} 还有${left}个没有列出，可以打字写名称`;
  }
  return some;
}
