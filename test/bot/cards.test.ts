/** Every template with its sample: valid for the official renderer, small, nothing left unexpanded, text elsewhere. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Template } from 'adaptivecards-templating';
import { describe, expect, it } from 'vitest';
import { loadCards } from '../../src/bot/cards/adaptive.ts';

const folder = new URL('../../cards', import.meta.url).pathname;
const deck = await loadCards(folder);
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
  return found.map(({ message }) => message);
}

/** The same by a walk over the expanded card. */
function finished(node: unknown, form: string | undefined): unknown {
  if (Array.isArray(node)) return node.map((item) => finished(item, form));
  if (typeof node !== 'object' || node === null) return node;
  const { verb, data, ...element } = node as Record<string, unknown>;
  for (const key of ['min', 'max', 'maxLength', 'placeholder', 'style'])
    if (element[key] === '' || element[key] === 0) delete element[key];
  if (element.style === 'none') delete element.style;
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

describe.each(deck.names)('card %s', (name) => {
  it('has a sample that makes a valid card', async () => {
    const card = deck.draw(name, await sample(name));
    expect(complaints(card)).toEqual([]);
    expect(card.version).toBe('1.5');
  });

  it('is what the library makes of it, with nothing left empty and a fallback for every button', async () => {
    const source = await readFile(join(folder, `${name}.json`), 'utf8');
    expect(source).not.toMatch(/\$(root|index|host)\b/);
    const data = await sample(name);
    const expanded = new Template(JSON.parse(source)).expand({ $root: data });
    const { $schema: _, version: _version, ...card } = deck.draw(name, data);
    expect(card).toEqual(finished(expanded, data.form));
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

  it('uses TextBlock, which renders Markdown, for fixed words and our own titles only', async () => {
    const source = await readFile(join(folder, `${name}.json`), 'utf8');
    const bound = [...source.matchAll(/"type": "TextBlock", "text": "\$\{([^}]*)\}"/g)].map(
      ([, path]) => path,
    );
    expect(bound.filter((path) => path !== 'title')).toEqual([]);
  });
});

it('knows its templates', () => {
  expect(() => deck.draw('no/such', {})).toThrow(/no\/such/);
});
