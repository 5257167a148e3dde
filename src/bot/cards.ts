/** Loads the card templates, compiles each once, and expands them into Adaptive Cards that every client accepts. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from 'adaptivecards-templating';
import type { Raw } from './feature.ts';
import type { CardJson } from './message.ts';

export interface Deck {
  /** Names of all templates, `<feature>/<card>`. */
  readonly names: readonly string[];
  /**
   * Expand a template. Strings in `data` are never evaluated, whatever `${…}` they hold; put what people typed into
   * a TextRun or an input value, which show it literally.
   * @throws Error for an unknown template or a card over 80 KB, what Teams takes at most with room to spare
   */
  draw(template: string, data: Raw): CardJson;
}

type Json = Record<string, unknown>;

/** Largest card, in bytes of UTF-16 (Teams refuses messages of about 100 KB). */
const MAX_BYTES = 80_000;

/** Read and compile every `<folder>/<feature>/<card>.json` (samples aside). */
export async function loadCards(folder: string): Promise<Deck> {
  const compiled = new Map<string, (data: Raw) => unknown>();
  for (const feature of await readdir(folder)) {
    for (const file of await readdir(join(folder, feature))) {
      if (!file.endsWith('.json') || file.endsWith('.sample.json')) continue;
      const source = await readFile(join(folder, feature, file), 'utf8');
      compiled.set(`${feature}/${file.slice(0, -'.json'.length)}`, compileTemplate(JSON.parse(source)));
    }
  }
  return {
    names: [...compiled.keys()].sort(),
    draw(name, data) {
      const expand = compiled.get(name);
      if (!expand) throw new Error(`No card template "${name}"`);
      const card = expand(data) as Json;
      finish(card, typeof data.form === 'string' ? { form: data.form } : {});
      card.$schema = 'http://adaptivecards.io/schemas/adaptive-card.json';
      card.version = '1.5';
      const bytes = JSON.stringify(card).length * 2;
      if (bytes > MAX_BYTES)
        throw new Error(`Card ${name} has ${bytes} bytes, at most ${MAX_BYTES} are allowed`);
      return card as unknown as CardJson;
    },
  };
}

/**
 * Every Action.Execute carries its operation in its data too (and the form that it sends in), and falls back to an
 * Action.Submit that says the same, for clients without universal actions. Properties that a template left empty go.
 */
function finish(node: unknown, extra: Json): void {
  if (Array.isArray(node)) {
    for (const item of node) finish(item, extra);
  } else if (node !== null && typeof node === 'object') {
    const element = node as Json;
    for (const key of ['min', 'max', 'maxLength', 'placeholder', 'style'])
      if (element[key] === '' || element[key] === 0 || (key === 'style' && element[key] === 'none'))
        delete element[key];
    if (element.type === 'Action.Execute') {
      element.data = { ...(element.data as Json | undefined), ...extra, op: element.verb };
      const { verb: _verb, fallback: _fallback, type: _type, ...same } = element;
      element.fallback = { type: 'Action.Submit', ...same };
    } else {
      for (const [key, value] of Object.entries(element)) if (key !== 'data') finish(value, extra);
    }
  }
}

/** What a part of a template becomes for the data that it is bound to. */
type Part = (data: unknown) => unknown;

/** What is used of a parsed expression of adaptive-expressions. */
interface Parsed {
  readonly type: string;
  readonly children: readonly (Parsed & { readonly value?: unknown })[];
}

/**
 * A template as functions, ten times as fast as walking it for every card. `${name}`, `${a.b}` and comparing one with
 * a text are done here, everything else, and whatever is missing, by the library; both give the same card (test/bench).
 */
export function compileTemplate(template: object): (data: Raw) => unknown {
  // These look beyond the data at hand.
  if (/\$(root|index|host)\b/.test(JSON.stringify(template))) {
    const whole = new Template(template);
    return (data) => whole.expand({ $root: data });
  }
  return compile(template);
}

function compile(node: unknown): Part {
  if (typeof node === 'string') return compileText(node, true) ?? (() => node);
  if (Array.isArray(node)) return compileList(node.map(compile));
  if (typeof node !== 'object' || node === null) return () => node;
  const { $when, $data, ...rest } = node as Json;
  const object = compileObject(rest);
  const when = typeof $when === 'string' ? compileText($when, false) : undefined;
  const kept: Part = $when === undefined ? object : (data) => (when?.(data) === true ? object(data) : null);
  if ($data === undefined) return kept;
  const bind = (typeof $data === 'string' && compileText($data, true)) || (() => $data);
  return (data) => {
    const bound = bind(data);
    if (!Array.isArray(bound)) return kept(bound ?? data);
    const all = bound.map((item) => kept(item ?? data)).filter((item) => item !== null);
    return all.length === 0 ? null : all.length === 1 ? all[0] : all;
  };
}

function compileObject(node: Json): Part {
  const parts = Object.entries(node).map(([key, value]) => [key, compile(value)] as const);
  return (data) => {
    const made: Json = {};
    for (const [key, part] of parts) {
      const value = part(data);
      if (value !== undefined) made[key] = value;
    }
    return made;
  };
}

/** What was dropped goes, and what was repeated stands in line with the others. */
function compileList(parts: readonly Part[]): Part {
  return (data) => {
    const made: unknown[] = [];
    for (const part of parts) {
      const value = part(data);
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
  return quick ? (data) => quick(data) ?? library(data) : library;
}

/** A path, or a path compared with a text; the result is undefined where the library knows better. */
function compileQuick({ type, children }: Parsed): Part | undefined {
  const [first, second] = children;
  if (type === 'Accessor') {
    const key = first?.value;
    if (typeof key !== 'string') return undefined;
    const of: Part | undefined = second ? compileQuick(second) : (data) => data;
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
