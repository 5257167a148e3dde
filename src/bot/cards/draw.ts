/** Draws a reply for one viewer: what is about a subject through its feature's view, everything else as it is. */
import { shorten } from '../../lib/text.ts';
import type { Shown } from '../delivery/channel.ts';
import type { Feature, View } from '../feature.ts';
import type { Links } from '../files/links.ts';
import type { Actor, World } from '../world.ts';
import { drawForm } from './forms.ts';
import { type Card, note, placed, type Reply, type Subject } from './spec.ts';
import { replyOf, type StoredReply } from './stored.ts';
import { headOf, textOf } from './text.ts';

/** Draw `reply` as it is now for `viewer`; null draws it for a group, where nobody in particular looks. */
export type Draw = (world: World, reply: Reply | StoredReply, viewer: Actor | null) => Promise<Shown>;

/** Longest words beside a card. */
const MOST_WORDS = 3_000;

export function createDraw(features: readonly Feature[], links?: Links): Draw {
  const views = new Map<string, View>(features.flatMap((feature) => Object.entries(feature.views ?? {})));

  const added = features.flatMap(({ adds }) => Object.entries(adds ?? {}));

  async function drawSubject(
    world: World,
    text: string,
    subject: Subject,
    viewer: Actor | null,
  ): Promise<Shown> {
    if (subject.kind === 'form') {
      const form = await drawForm(world, subject.id, viewer);
      if ('instead' in form) return drawWhole(world, form.instead, viewer);
      return { text: text || (form.kind === 'form' ? headOf(form) : form.text), card: form, subject };
    }
    const view = views.get(subject.kind);
    const linked = withLinks(world, links);
    const card = view
      ? await withAdded(await view(linked, subject.id, viewer), linked, subject, viewer)
      : note(text || '这条记录已经不在了。');
    return { text: text || textOf(card), card, subject };
  }

  /** A record with the links that other features have for it. */
  async function withAdded(
    card: Card,
    world: World,
    { kind, id }: Subject,
    viewer: Actor | null,
  ): Promise<Card> {
    const more = added.filter(([of]) => of === kind);
    if (card.kind !== 'record' || more.length === 0) return card;
    const all = [...card.links, ...card.more];
    for (const [, linksOf] of more) all.push(...(await linksOf(world, id, viewer)));
    return { ...card, ...placed(all, card.buttons) };
  }

  async function drawWhole(world: World, reply: Reply | StoredReply, viewer: Actor | null): Promise<Shown> {
    const { text, card } = replyOf(reply);
    if (!card) return { text };
    if ('subject' in card) return drawSubject(world, text, card.subject, viewer);
    return { text: text || textOf(card), card };
  }

  return async (world, reply, viewer) => {
    const shown = await drawWhole(world, reply, viewer);
    return { ...shown, text: shorten(shown.text, MOST_WORDS) };
  };
}

/** The same world, in which one can make links. */
export function withLinks(world: World, links: Links | undefined): World {
  if (!links) return world;
  const link: World['link'] = (kind, id, { id: person }, days) =>
    links.make({ kind, id, person }, days, world.now);
  return { ...world, link, page: links.page() };
}
