/** Every template with its sample: valid for the official renderer, small, nothing left unexpanded, text elsewhere. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Template } from 'adaptivecards-templating';
import { describe, expect, it } from 'vitest';
import { createAdaptive, loadCards } from '../../src/bot/cards/adaptive.ts';
import { namesOf } from '../../src/bot/cards/fresh.ts';
import { type Card, note } from '../../src/bot/cards/spec.ts';
import colours from './teams-colours.json' with { type: 'json' };

const folder = new URL('../../cards', import.meta.url).pathname;
const deck = await loadCards(folder);
const render = createAdaptive(deck);
// The package's main entry does not load in Node, its bundle does.
const { AdaptiveCard, SerializationContext } = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
);

const sample = async (name: string) =>
  JSON.parse(await readFile(join(folder, `${name}.sample.json`), 'utf8'));

/** What the official parser and validator have to say about a card. */
function complaints(json: unknown): string[] {
  const card = new AdaptiveCard();
  const context = new SerializationContext();
  card.parse(json, context);
  const found: { message: string }[] = card.validateProperties().validationEvents;
  for (let i = 0; i < context.eventCount; i++) found.push(context.getEventAt(i));
  // Charts are drawn on Teams only; everywhere else what they fall back to is shown.
  return found.map(({ message }) => message).filter((said) => !/^Unknown element type "Chart\./.test(said));
}

/** How the marks of Markdown in the samples stand where it would be rendered. */
const wide = (text: string) =>
  text.replace(/(https?:[^)]*)|[[\]*`_]/g, (mark, address) =>
    address ? mark : String.fromCharCode(mark.charCodeAt(0) + 0xfee0),
  );

/** Every element and action of a card, fallbacks too. */
function elementsOf(node: unknown): Record<string, unknown>[] {
  if (Array.isArray(node)) return node.flatMap(elementsOf);
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.entries(node).flatMap(([key, value]) => (key === 'data' ? [] : elementsOf(value)));
  return [node as Record<string, unknown>, ...below];
}

/** Everything of a card that some client renders as Markdown, and cannot be asked not to. */
function renderedTexts(card: unknown): string[] {
  return elementsOf(card).flatMap(
    ({ type, text, title, value, label, errorMessage, choices, fallbackText }) =>
      [
        type === 'TextBlock' ? text : '',
        type === 'Input.Toggle' ? title : '',
        type === undefined && typeof value === 'string' ? title : '',
        label,
        errorMessage,
        fallbackText,
        ...((choices ?? []) as { title: string }[]).map((choice) => choice.title),
      ].filter((words) => typeof words === 'string'),
  );
}

/** The same data with every word in it that people may have typed in another one's place. */
function saying(words: string, data: unknown, key = ''): unknown {
  if (Array.isArray(data)) return data.map((item) => saying(words, item, key));
  if (typeof data === 'object' && data !== null)
    return Object.fromEntries(Object.entries(data).map(([name, item]) => [name, saying(words, item, name)]));
  const ours = ['kind', 'id', 'op', 'style', 'tone', 'form', 'url', 'dataset', 'value', 'copied'];
  return typeof data === 'string' && data !== '' && !ours.includes(key) ? words : data;
}

/** The same by a walk over the expanded card. */
function finished(node: unknown, form: string | undefined): unknown {
  if (Array.isArray(node)) return node.map((item) => finished(item, form));
  if (typeof node !== 'object' || node === null) return node;
  const { verb, data, ...element } = node as Record<string, unknown>;
  for (const key of ['min', 'max', 'maxLength', 'placeholder', 'style'])
    if (element[key] === '' || element[key] === 0) delete element[key];
  if (element.style === 'none' || element.style === 'default') delete element.style;
  if (typeof element.label === 'string') element.label = wide(element.label);
  if (typeof element.errorMessage === 'string') element.errorMessage = wide(element.errorMessage);
  if (element.type === 'Input.Toggle') element.title = wide(element.title as string);
  if (Array.isArray(element.choices))
    element.choices = element.choices.map((choice) => ({ ...choice, title: wide(choice.title) }));
  if (element.type !== 'Action.Execute')
    return Object.fromEntries(
      Object.entries({ ...element, ...(data !== undefined && { data }) }).map(([key, value]) => [
        key,
        finished(value, form),
      ]),
    );
  const same = { ...element, data: { ...(data as object), ...(form && { form }), op: verb } };
  return { ...same, verb, fallback: { ...same, type: 'Action.Submit' } };
}

type Theme = typeof colours.light;
type Rgb = readonly [number, number, number];

/** `#AARRGGBB` or `#RRGGBB` as it looks over a background. */
function mixed(colour: string, under: Rgb): Rgb {
  const [a, ...rgb] = (colour.length === 9 ? colour : `#ff${colour.slice(1)}`).match(/[\da-f]{2}/gi) ?? [];
  const part = Number.parseInt(a ?? '', 16) / 255;
  return under.map((below, i) => Number.parseInt(rgb[i] ?? '', 16) * part + below * (1 - part)) as never;
}

/** Contrast as WCAG 2 computes it. */
function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [one, other]
    .map((rgb) => {
      const [r = 0, g = 0, b = 0] = rgb.map((n) =>
        n <= 10 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    })
    .sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** How well each text of a card can be read on the container that it stands in. */
function contrasts(node: unknown, theme: Theme, style = 'default'): { words: string; ratio: number }[] {
  if (Array.isArray(node)) return node.flatMap((item) => contrasts(item, theme, style));
  if (typeof node !== 'object' || node === null) return [];
  const element = node as Record<string, unknown>;
  const isBox = element.type === 'Container' || element.type === 'Column' || element.type === 'ColumnSet';
  const within = (isBox && (element.style as string)) || style;
  const below = ['body', 'items', 'columns', 'inlines'].flatMap((key) =>
    contrasts(element[key], theme, within),
  );
  if (element.type !== 'TextRun' && element.type !== 'TextBlock') return below;
  const { backgroundColor, foregroundColors } = theme[within as keyof Theme];
  const tones = foregroundColors[(element.color ?? 'default') as keyof typeof foregroundColors];
  const back = mixed(backgroundColor, [0, 0, 0]);
  const ratio = contrast(mixed(element.isSubtle ? tones.subtle : tones.default, back), back);
  return [...below, { words: String(element.text), ratio }];
}

describe.each(deck.names)('card %s', (name) => {
  it('has a sample that makes a valid card', async () => {
    const card = deck.draw(name, await sample(name));
    expect(complaints(card)).toEqual([]);
    for (const { type, fallback } of elementsOf(card))
      if (String(type).startsWith('Chart.')) expect(fallback).toBe('drop');
    expect(card.version).toBe('1.5');
  });

  it('is what the library makes of it, with nothing left empty and a fallback for every button', async () => {
    const source = await readFile(join(folder, `${name}.json`), 'utf8');
    expect(source).not.toMatch(/\$(root|index|host)\b/);
    const data = await sample(name);
    const expanded = new Template(JSON.parse(source)).expand({ $root: data });
    const { $schema: _, version: _version, actions, ...card } = deck.draw(name, data);
    const shown = (actions as object[] | undefined)?.map((action) => ({ ...action, mode: undefined }));
    expect({ ...card, ...(shown && { actions: shown }) }).toEqual(finished(expanded, data.form));
  });

  it('is far below 80 KB and leaves no placeholder of its own', async () => {
    const card = JSON.stringify(deck.draw(name, await sample(name)));
    expect(card.length * 2).toBeLessThan(20_000);
    expect(card.replaceAll('${1+1}', '')).not.toContain('${');
  });

  it('falls back to Action.Submit with the same words and data wherever it uses Action.Execute', async () => {
    const actions: Record<string, Record<string, unknown>>[] = [];
    const walk = (node: unknown): void => {
      if (Array.isArray(node)) node.forEach(walk);
      else if (node && typeof node === 'object') {
        const element = node as Record<string, Record<string, unknown>>;
        if ((element.type as unknown) === 'Action.Execute') actions.push(element);
        Object.values(element).forEach(walk);
      }
    };
    walk(deck.draw(name, await sample(name)));
    for (const { title, verb, data, fallback } of actions) {
      expect(fallback).toMatchObject({ type: 'Action.Submit', title, data });
      expect(data?.op).toBe(verb);
    }
  });

  it('renders nothing that people typed as Markdown, nor offers a choice that says nothing', async () => {
    const typed = '[点我](http://evil.example) **急** _斜_ `码` ![图](http://evil.example/a.png) \\* &lt;';
    const data = saying(typed, await sample(name)) as Record<string, unknown>;
    // biome-ignore lint/suspicious/noExplicitAny: the sample of the template of this kind of card
    const card = render({ ...data, kind: name.replace('bot/', '') } as any, 70_000);
    const texts = renderedTexts(card);
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).not.toMatch(/[[\]*`\\]|_斜|&lt;|^[#>]|~~/mu);
    expect(card.fallbackText).toContain('［点我］(http://evil.example)');
    for (const { value } of elementsOf(card).flatMap(({ choices }) => (choices ?? []) as { value: string }[]))
      expect(value).not.toBe('');
  });

  it('binds its words to nothing that a TextBlock shows, and colours backgrounds, never words', async () => {
    for (const element of elementsOf(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')))) {
      if (element.type === 'TextBlock') expect(element.text).not.toContain('${');
      expect(element).not.toHaveProperty('color');
    }
  });

  it.each(['light', 'dark'] as const)('can be read on every background of Teams, %s', async (theme) => {
    for (const style of ['default', 'emphasis', 'accent', 'good', 'warning', 'attention']) {
      const data = { ...(await sample(name)), style };
      for (const list of ['rows', 'lines', 'marks'])
        if (data[list]) data[list] = data[list].map((row: object) => ({ ...row, tone: style }));
      const found = contrasts(deck.draw(name, data), colours[theme]);
      expect(found.length).toBeGreaterThan(0);
      for (const { words, ratio } of found)
        expect({ words, ratio, fine: ratio >= 4.5 }).toMatchObject({ fine: true });
    }
  });

  it('drawn anew as it was holds none of its buttons back', async () => {
    const card = { kind: name.replace('bot/', ''), ...(await sample(name)) } as Card;
    const held = (had: readonly string[]) =>
      elementsOf(render(card, 80_000, { fresh: { at: 1, had } })).flatMap(({ type, data }) =>
        type === 'Action.Execute' && 'drawn' in (data as object) ? [data] : [],
      );
    expect(held(namesOf(card))).toEqual([]);
    expect(held([]).length > 0).toBe(namesOf(card).length > 0);
  });

  it('lets whoever cannot look choices up type them', async () => {
    for (const element of elementsOf(deck.draw(name, await sample(name)))) {
      if (!('choices.data' in element)) continue;
      const { id, label, isRequired, errorMessage } = element;
      expect(element.fallback).toMatchObject({ type: 'Input.Text', id, label, isRequired, errorMessage });
    }
  });
});

it('cuts the words for old clients to the room that the card leaves', () => {
  const weigh = (text: string) => {
    const card = render(note(text), 66_000);
    return { bytes: JSON.stringify(card).length * 2, words: String(card.fallbackText) };
  };
  expect(weigh('短').words).toBe('短');
  for (const chars of [1, 10_000, 32_000, 320_000]) {
    const { bytes, words } = weigh('长'.repeat(chars));
    expect(bytes).toBeLessThanOrEqual(66_000);
    expect(words).toMatch(/^长+…?$/);
  }
});

it('puts buttons that a phone has no room for behind the one for the rest', () => {
  const modes = (...titles: string[]) => {
    const buttons = titles.map((title) => ({ title, op: 'a.b', style: 'default', data: {} }));
    const { actions } = deck.draw('bot/note', { text: '', buttons });
    return (actions as { mode?: string }[]).map(({ mode }) => mode === undefined);
  };
  expect(modes('参加', '请假', '派员', '加入日历')).toEqual([true, true, true, true]);
  expect(modes('办结', '转办', '提级办理', '补充情况', '查看历史')).toEqual([true, true, true, false, false]);
  expect(modes('一个标题特别特别特别特别特别特别长的按钮', '取消')).toEqual([true, false]);
});

it('knows its templates', () => {
  expect(() => deck.draw('no/such', {})).toThrow(/no\/such/);
});
