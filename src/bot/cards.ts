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
  const compiled = new Map<string, Template>();
  for (const feature of await readdir(folder)) {
    for (const file of await readdir(join(folder, feature))) {
      if (!file.endsWith('.json') || file.endsWith('.sample.json')) continue;
      const source = await readFile(join(folder, feature, file), 'utf8');
      compiled.set(`${feature}/${file.slice(0, -'.json'.length)}`, new Template(JSON.parse(source)));
    }
  }
  return {
    names: [...compiled.keys()].sort(),
    draw(name, data) {
      const template = compiled.get(name);
      if (!template) throw new Error(`No card template "${name}"`);
      const card = template.expand({ $root: data }) as Json;
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
