/** Draws a stored reply for one viewer: subjects through their feature's view, templates as they are. */

import { shorten, sizeOf, withoutMarkup } from '../../lib/text.ts';
import type { Shown } from '../delivery/channel.ts';
import type { Feature, View } from '../feature.ts';
import type { Links } from '../files/links.ts';
import type { Actor, World } from '../world.ts';
import type { Deck } from './adaptive.ts';
import { drawForm, note } from './forms.ts';
import type { CardJson, Raw, Reply, Subject, ViewDrawing } from './spec.ts';
import { formText } from './typed.ts';

/** Draw `reply` as it is now for `viewer`; null draws it for a group, where nobody in particular looks. */
export type Draw = (world: World, reply: Reply, viewer: Actor | null) => Promise<Shown>;

/**
 * Largest card with the words beside it. Teams takes some 100 KB in UTF-16, ours keep below 80 KB: the names of up to
 * sixty viewers go with them.
 */
const MOST_BYTES = 70_000;
const MOST_WORDS = 3_000;
/** Tried in turn until a card fits: first less in words, then less of each text on it. */
const CUTS = [
  { fallback: 20_000, each: Number.POSITIVE_INFINITY },
  { fallback: 2_000, each: Number.POSITIVE_INFINITY },
  ...[8_000, 4_000, 2_000, 1_000, 400, 100].map((each) => ({ fallback: 2_000, each })),
];

/** The same data with no text in it longer than `most`. */
function cutTexts(data: Raw, most: number): Raw {
  const cut = (value: unknown): unknown => {
    if (typeof value === 'string') return shorten(value, most);
    if (Array.isArray(value)) return value.map(cut);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item)]));
  };
  return cut(data) as Raw;
}

export function createDraw(deck: Deck, features: readonly Feature[], links?: Links): Draw {
  const views = new Map<string, View>(features.flatMap((feature) => Object.entries(feature.views ?? {})));

  /** The card with its words for clients without cards; together with `said` they are within what a platform takes. */
  function drawn({ text, template, data }: ViewDrawing, said = text): CardJson {
    const words = shorten(text, MOST_WORDS);
    const room = MOST_BYTES - 2 * sizeOf(shorten(said, MOST_WORDS));
    for (const { fallback, each } of CUTS) {
      const card = deck.draw(template, each < Number.POSITIVE_INFINITY ? cutTexts(data, each) : data);
      const whole = {
        ...card,
        fallbackText: shorten(withoutMarkup(data.form ? formText(words, card) : words), fallback),
      };
      if (sizeOf(whole) <= room) return whole;
    }
    throw new Error(`Card ${template} is larger than ${MOST_BYTES} bytes`);
  }

  async function drawSubject(
    world: World,
    text: string,
    subject: Subject,
    viewer: Actor | null,
  ): Promise<Shown> {
    if (subject.kind === 'form') {
      const form = await drawForm(world, subject.id, viewer);
      if ('instead' in form) return drawWhole(world, form.instead, viewer);
      return { text: text || form.text, card: drawn(form, text || form.text), subject };
    }
    const view = views.get(subject.kind);
    const drawing = view
      ? await view(withLinks(world, links), subject.id, viewer)
      : note(text || '这条记录已经不在了。');
    return { text: text || drawing.text, card: drawn(drawing, text || drawing.text), subject };
  }

  async function draw(world: World, reply: Reply, viewer: Actor | null): Promise<Shown> {
    const shown = await drawWhole(world, reply, viewer);
    return { ...shown, text: shorten(shown.text, MOST_WORDS) };
  }

  async function drawWhole(world: World, reply: Reply, viewer: Actor | null): Promise<Shown> {
    const { text, card } = reply;
    if (!card) return { text };
    if ('subject' in card) return drawSubject(world, text, card.subject, viewer);
    return { text, card: drawn({ text, ...card }) };
  }
  return draw;
}

/** The same world, in which one can make links. */
export function withLinks(world: World, links: Links | undefined): World {
  if (!links) return world;
  const link: World['link'] = (kind, id, { id: person }, days) =>
    links.make({ kind, id, person }, days, world.now);
  return { ...world, link, page: links.page() };
}
