/** Loads the card templates, compiles each once, and expands them into Adaptive Cards that every client accepts. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from 'adaptivecards-templating';
import { shorten, sizeOf, withoutMarkup } from '../../lib/text.ts';
import { lessAndLess } from './fit.ts';
import { markOf } from './fresh.ts';
import type { Card, Fresh, Raw } from './spec.ts';
import { typeableOf } from './text.ts';

/** An Adaptive Card 1.5 as JSON, ready for a client. */
export type CardJson = { readonly type: 'AdaptiveCard'; readonly [field: string]: unknown };

/** What a drawing says besides the card: why it came, and that it takes the place of another one. */
export interface Around {
  readonly why?: string | undefined;
  readonly fresh?: Fresh | undefined;
}

/** Makes an Adaptive Card, with its words for clients without cards, of at most `bytes` (UTF-8 or UTF-16). */
export type RenderAdaptive = (card: Card, bytes: number, around?: Around) => CardJson;

/** Longest line above a card. */
const MOST_WHY = 500;

function withWhy(card: CardJson, text: string): CardJson {
  if (!text) return card;
  const line = { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] };
  return { ...card, body: [line, ...(card.body as readonly unknown[])] };
}

/** @throws Error when no cut makes a card small enough */
export function createAdaptive(deck: Deck): RenderAdaptive {
  return (card, bytes, { why, fresh } = {}) => {
    const line = why ? shorten(why, MOST_WHY) : '';
    for (const { fallback, card: some } of lessAndLess(card)) {
      const { kind, ...data } = some;
      // Links are no part of the words, which are stored; here they are shown to whom they are for.
      const all = 'links' in card ? [...card.links, ...('more' in card ? card.more : [])] : [];
      const links = all.map(({ title, url }) => `${title}：${url}`);
      const words = shorten(
        withoutMarkup([line, typeableOf(card), ...links].filter(Boolean).join('\n')),
        fallback,
      );
      const made = { ...withWhy(deck.draw(`bot/${kind}`, data, fresh), line), fallbackText: words };
      if (sizeOf(made) <= bytes) return made;
    }
    throw new Error(`A ${card.kind} is larger than ${bytes} bytes`);
  };
}

export interface Deck {
  /** Names of all templates, `bot/<kind of card>`. */
  readonly names: readonly string[];
  /**
   * Expand a template. Strings in `data` are never evaluated, whatever `${…}` they hold; put what people typed into
   * a TextRun or an input value, which show it literally.
   * @throws Error for an unknown template
   */
  draw(template: string, data: Raw, fresh?: Fresh): CardJson;
}

type Json = Record<string, unknown>;

/** Read and compile every `<folder>/<feature>/<card>.json` (samples aside). */
export async function loadCards(folder: string): Promise<Deck> {
  const compiled = new Map<string, Part>();
  for (const feature of await readdir(folder)) {
    for (const file of await readdir(join(folder, feature))) {
      if (!file.endsWith('.json') || file.endsWith('.sample.json')) continue;
      const source = await readFile(join(folder, feature, file), 'utf8');
      compiled.set(`${feature}/${file.slice(0, -'.json'.length)}`, compile(JSON.parse(source)));
    }
  }
  return {
    names: [...compiled.keys()].sort(),
    draw(name, data, fresh) {
      const expand = compiled.get(name);
      if (!expand) throw new Error(`No card template "${name}"`);
      const form = typeof data.form === 'string' ? { form: data.form } : {};
      const card = expand(data, { form, ...(fresh && { fresh }) }) as Json;
      card.$schema = 'http://adaptivecards.io/schemas/adaptive-card.json';
      card.version = '1.5';
      if (Array.isArray(card.actions)) card.actions = inOneRow(card.actions);
      return card as unknown as CardJson;
    },
  };
}

/** What goes along with buttons: with all of them the form that they send in, with new ones when they were drawn. */
interface Extra {
  readonly form: Json;
  readonly fresh?: Fresh;
}

/** What a part of a template becomes for the data that it is bound to. */
type Part = (data: unknown, extra: Extra) => unknown;

/** What is used of a parsed expression of adaptive-expressions. */
interface Parsed {
  readonly type: string;
  /** Of a constant. */
  readonly value?: unknown;
  readonly children: readonly Parsed[];
}

/** Properties that a template may leave empty; then they go. */
const OPTIONAL = new Set(['min', 'max', 'maxLength', 'placeholder', 'style']);

/** Properties that clients render as Markdown and that hold what people typed all the same; a TextRun has no need. */
const RENDERED = new Set(['label', 'errorMessage', 'choices']);

/**
 * A template as functions, ten times as fast as walking it for every card. `${name}`, `${a.b}`, comparing one with a
 * text and joining them are done here, everything else, and whatever is missing, by the library. Both give the same
 * card (test/bot/cards.test.ts). `$root`, `$index` and `$host`, which look beyond the data at hand, are not for use.
 */
function compile(node: unknown): Part {
  if (typeof node === 'string') return compileText(node, true) ?? (() => node);
  if (Array.isArray(node)) return compileList(node.map(compile));
  if (typeof node !== 'object' || node === null) return () => node;
  const { $when, $data, ...rest } = node as Json;
  const object = compileObject(rest);
  const when = typeof $when === 'string' ? compileText($when, false) : undefined;
  const kept: Part =
    $when === undefined
      ? object
      : (data, extra) => (when?.(data, extra) === true ? object(data, extra) : null);
  if ($data === undefined) return kept;
  const bind = (typeof $data === 'string' && compileText($data, true)) || (() => $data);
  return (data, extra) => {
    const bound = bind(data, extra);
    if (!Array.isArray(bound)) return kept(bound ?? data, extra);
    const all = bound.map((item) => kept(item ?? data, extra)).filter((item) => item !== null);
    return all.length === 0 ? null : all.length === 1 ? all[0] : all;
  };
}

function compileObject(node: Json): Part {
  const parts = Object.entries(node).map(([key, value]) => ({
    key,
    part: compile(value),
    optional: OPTIONAL.has(key),
    rendered: RENDERED.has(key) || (key === 'title' && node.type === 'Input.Toggle'),
  }));
  const object = (data: unknown, extra: Extra) => {
    const made: Json = {};
    for (const { key, part, optional, rendered } of parts) {
      const value = part(data, extra);
      if (value === undefined || value === null || (optional && isEmpty(key, value))) continue;
      made[key] = rendered ? literal(value) : value;
    }
    return made;
  };
  return node.type === 'Action.Execute' ? (data, extra) => withFallback(object(data, extra), extra) : object;
}

function isEmpty(key: string, value: unknown): boolean {
  return value === '' || value === 0 || (key === 'style' && (value === 'none' || value === 'default'));
}

/** A label, or choices, as they stand where Markdown is rendered. */
function literal(value: unknown): unknown {
  if (typeof value === 'string') return withoutMarkup(value);
  if (!Array.isArray(value)) return value;
  return value.map((choice: Json) => ({ ...choice, title: withoutMarkup(String(choice.title)) }));
}

/**
 * An Action.Execute carries its operation in its data too (and the form that it sends in), and falls back to an
 * Action.Submit that says the same, for clients without universal actions.
 */
function withFallback({ type, verb, data, ...rest }: Json, { form, fresh }: Extra): Json {
  const own = (data ?? {}) as Json;
  const mark = markOf(fresh, { op: String(verb), data: own });
  const same = { ...rest, data: { ...own, ...form, ...mark, op: verb } };
  return { type, verb, ...same, fallback: { type: 'Action.Submit', ...same } };
}

/** Room for buttons on a phone of 320 px, and what a title, its button and the one for the rest take of it. */
const ROW = { width: 280, char: 14, around: 32, rest: 48 };

/** Buttons that would not fit beside each other go behind the one for the rest; clients cut titles otherwise. */
function inOneRow(actions: readonly Json[]): Json[] {
  const widths = actions.map(({ title }) => String(title).length * ROW.char + ROW.around);
  const whole = widths.reduce((sum, width) => sum + width, 0);
  let left = whole > ROW.width ? ROW.width - ROW.rest : whole;
  return actions.map((action, i) => {
    left -= widths[i] ?? 0;
    return left < 0 && i > 0 ? { ...action, mode: 'secondary' } : action;
  });
}

/** What was dropped goes, and what was repeated stands in line with the others. */
function compileList(parts: readonly Part[]): Part {
  return (data, extra) => {
    const made: unknown[] = [];
    for (const part of parts) {
      const value = part(data, extra);
      if (Array.isArray(value)) made.push(...value);
      else if (value !== null) made.push(value);
    }
    return made;
  };
}

/** Undefined for a text without expressions. `shown`: what is missing shows as the expression itself. */
function compileText(text: string, shown: boolean): Part | undefined {
  const parsed = Template.parseInterpolatedString(text);
  if (typeof parsed === 'string') return undefined;
  const library: Part = (data) => {
    const { value, error } = Template.tryEvaluateExpression(parsed, { $root: data }, shown);
    if (error && shown) throw new Error(error);
    return error ? undefined : value;
  };
  const quick = compileQuick(parsed as unknown as Parsed);
  return quick ? (data, extra) => quick(data) ?? library(data, extra) : library;
}

/** What an expression is worth; undefined where the library knows better. */
type Quick = (data: unknown) => unknown;

/** A text, a path, a path compared with a text, or texts and paths joined. */
function compileQuick({ type, value, children }: Parsed): Quick | undefined {
  const [first, second] = children;
  if (type === 'Constant') return typeof value === 'string' ? () => value : undefined;
  if (type === 'concat') {
    const parts = children.map(compileQuick);
    return (data) => {
      let joined = '';
      for (const part of parts) {
        const text = part?.(data);
        if (typeof text !== 'string') return undefined;
        joined += text;
      }
      return joined;
    };
  }
  if (type === 'Accessor') {
    const key = first?.value;
    if (typeof key !== 'string') return undefined;
    const of: Quick | undefined = second ? compileQuick(second) : (data) => data;
    return (
      of &&
      ((data) => {
        const from = of(data);
        return typeof from === 'object' && from !== null && Object.hasOwn(from, key)
          ? ((from as Json)[key] ?? undefined)
          : undefined;
      })
    );
  }
  if (type !== '==' && type !== '!=') return undefined;
  const left = first && compileQuick(first);
  const right = second?.type === 'Constant' ? second.value : undefined;
  if (!left || typeof right !== 'string') return undefined;
  return (data) => {
    const value = left(data);
    return typeof value === 'string' ? (value === right) === (type === '==') : undefined;
  };
}
