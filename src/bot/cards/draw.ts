/** Draws a reply for one viewer: what is about a subject through its feature's view, everything else as it is. */
import { shorten } from '../../lib/text.ts';
import type { Shown } from '../delivery/channel.ts';
import type { Feature, View } from '../feature.ts';
import type { Links } from '../files/links.ts';
import type { Actor, World } from '../world.ts';
import { drawForm } from './forms.ts';
import { note, type Reply, type Subject } from './spec.ts';
import { replyOf, type StoredReply } from './stored.ts';
import { headOf, textOf } from './text.ts';

/** Draw `reply` as it is now for `viewer`; null draws it for a group, where nobody in particular looks. */
export type Draw = (world: World, reply: Reply | StoredReply, viewer: Actor | null) => Promise<Shown>;

/** Longest words beside a card. */
const MOST_WORDS = 3_000;

export function createDraw(features: readonly Feature[], links?: Links): Draw {
  const views = new Map<string, View>(features.flatMap((feature) => Object.entries(feature.views ?? {})));

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
    const card = view
      ? await view(withLinks(world, links), subject.id, viewer)
      : note(text || '这条记录已经不在了。');
    return { text: text || textOf(card), card, subject };
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
