/** Draws a stored reply for one viewer: subjects through their feature's view, templates as they are. */

import { shorten, sizeOf, withoutMarkup } from '../../lib/text.ts';
import type { Shown } from '../delivery/channel.ts';
import type { Feature, View } from '../feature.ts';
import type { Links } from '../files/links.ts';
import type { Actor, World } from '../world.ts';
import type { Deck } from './adaptive.ts';
import { lessAndLess } from './fit.ts';
import { drawForm, note } from './forms.ts';
import type { CardJson, Reply, Subject, ViewDrawing } from './spec.ts';
import { formText } from './typed.ts';

/**
 * Draw `reply` as it is now for `viewer`; null draws it for a group, where nobody in particular looks.
 * @param bytes what the card may weigh together with the words beside it, as `sizeOf` counts; more has fewer rows
 */
export type Draw = (world: World, reply: Reply, viewer: Actor | null, bytes: number) => Promise<Shown>;

const MOST_WORDS = 3_000;

export function createDraw(deck: Deck, features: readonly Feature[], links?: Links): Draw {
  const views = new Map<string, View>(features.flatMap((feature) => Object.entries(feature.views ?? {})));

  /** The card with its words for clients without cards; together with `said` they are within what a platform takes. */
  function drawn({ text, template, data }: ViewDrawing, bytes: number, said = text): CardJson {
    const words = shorten(text, MOST_WORDS);
    const room = bytes - 2 * sizeOf(shorten(said, MOST_WORDS));
    for (const { fallback, data: some } of lessAndLess(data)) {
      const card = deck.draw(template, some);
      const whole = {
        ...card,
        fallbackText: shorten(withoutMarkup(data.form ? formText(words, card) : words), fallback),
      };
      if (sizeOf(whole) <= room) return whole;
    }
    throw new Error(`Card ${template} is larger than ${bytes} bytes`);
  }

  async function drawSubject(
    world: World,
    text: string,
    subject: Subject,
    viewer: Actor | null,
    bytes: number,
  ): Promise<Shown> {
    if (subject.kind === 'form') {
      const form = await drawForm(world, subject.id, viewer);
      if ('instead' in form) return drawWhole(world, form.instead, viewer, bytes);
      return { text: text || form.text, card: drawn(form, bytes, text || form.text), subject };
    }
    const view = views.get(subject.kind);
    const drawing = view
      ? await view(withLinks(world, links), subject.id, viewer)
      : note(text || '这条记录已经不在了。');
    return { text: text || drawing.text, card: drawn(drawing, bytes, text || drawing.text), subject };
  }

  async function draw(world: World, reply: Reply, viewer: Actor | null, bytes: number): Promise<Shown> {
    const shown = await drawWhole(world, reply, viewer, bytes);
    return { ...shown, text: shorten(shown.text, MOST_WORDS) };
  }

  async function drawWhole(world: World, reply: Reply, viewer: Actor | null, bytes: number): Promise<Shown> {
    const { text, card } = reply;
    if (!card) return { text };
    if ('subject' in card) return drawSubject(world, text, card.subject, viewer, bytes);
    return { text, card: drawn({ text, ...card }, bytes) };
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
