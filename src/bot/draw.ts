/** Draws a stored reply for one viewer: subjects through their feature's view, templates as they are. */
import type { Deck } from './cards.ts';
import type { Actor, Feature, View, ViewDrawing, World } from './feature.ts';
import { drawForm, formText, note } from './forms.ts';
import type { Links } from './links.ts';
import type { CardJson, Reply, Shown, Subject } from './message.ts';

/** Draw `reply` as it is now for `viewer`; null draws it for a group, where nobody in particular looks. */
export type Draw = (world: World, reply: Reply, viewer: Actor | null) => Promise<Shown>;

export function createDraw(deck: Deck, features: readonly Feature[], links?: Links): Draw {
  const views = new Map<string, View>(features.flatMap((feature) => Object.entries(feature.views ?? {})));

  function drawn({ text, template, data }: ViewDrawing): CardJson {
    return deck.draw(template, data, (card) => (data.form ? formText(text, card) : text));
  }

  async function drawSubject(
    world: World,
    text: string,
    subject: Subject,
    viewer: Actor | null,
  ): Promise<Shown> {
    if (subject.kind === 'form') {
      const form = await drawForm(world, subject.id, viewer);
      if ('instead' in form) return draw(world, form.instead, viewer);
      return { text: text || form.text, card: drawn(form), subject };
    }
    const view = views.get(subject.kind);
    const drawing = view
      ? await view(withLinks(world, links), subject.id, viewer)
      : note(text || '这条记录已经不在了。');
    return { text: text || drawing.text, card: drawn(drawing), subject };
  }

  async function draw(world: World, reply: Reply, viewer: Actor | null): Promise<Shown> {
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
