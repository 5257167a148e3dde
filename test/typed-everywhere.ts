/** What can be pressed on a card can be typed by who sees no buttons: by its title, its number, or a command. */
import { expect } from 'vitest';
import type { Card, FormCard, Raw } from '../src/bot/cards/spec.ts';
import { wordOf } from '../src/bot/cards/text.ts';
import { typedForm } from '../src/bot/cards/typed.ts';
import type { Feature } from '../src/bot/feature.ts';
import { createRouter, type Router } from '../src/bot/turn/router.ts';
import { isCommand, namedOn, pressNamed } from '../src/bot/turn/shown.ts';
import { drawingOf, literal } from '../src/channels/dingtalk/drawing.ts';
import type { Platform } from './forms-everywhere.ts';

/** Whether the choices of a form stand on its card with this line among them; null: they are picked there. */
const lists: Readonly<Record<Platform, ((card: FormCard, line: string) => boolean) | null>> = {
  teams: null,
  dingtalk: (card, line) => drawingOf(card).lines.join('\n').includes(literal(line)),
};

/** Choices that are listed with their numbers. */
const LISTED = 60;

const routers = new WeakMap<readonly Feature[], Router>();
const known = new Set<string>();

/** Throws when a button or a row of this card has no words. Every card that a story of the tests shows comes along here. */
export function typedEverywhere(features: readonly Feature[], card: Card): void {
  const router = routers.get(features) ?? createRouter(features);
  routers.set(features, router);
  const on = namedOn(card);
  for (const press of on.buttons) {
    const { title, op, data } = press;
    const asked = `${card.kind} ${title} ${op} ${Object.keys(data).join()}`;
    if (known.has(asked)) continue;
    known.add(asked);
    const call = router.byText(title);
    // A record's number shows it, by whichever operation.
    const values = Object.values(data);
    const shows = values.length > 0 && values.every((one) => Object.values(call?.raw ?? {}).includes(one));
    const meant = call?.op.right.name === op || shows;
    const byTitle = !on.look && isCommand(call, press) ? meant : pressNamed(on, title) === press;
    const byWord = router.byName(op)?.words?.some((word) => says(router.byText(word), op, data));
    if (!byTitle && !byWord) throw new Error(`“${title}” (${op}, ${JSON.stringify(data)}) cannot be typed`);
  }
  for (const [i, row] of on.rows.entries()) {
    const asked = `${card.kind} ${i} ${row.op}`;
    if (row.op === '' || known.has(asked)) continue;
    known.add(asked);
    if (pressNamed(on, `${i + 1}`) !== row || router.byText(`${i + 1}`))
      throw new Error(`${asked} cannot be typed`);
  }
  if (card.kind === 'form') chosenEverywhere(card);
}

/** Throws when several choices of a form cannot be typed: by their numbers, as they are listed, and by their names. */
function chosenEverywhere(card: FormCard): void {
  for (const { id, label, kind, choices } of card.fields) {
    const shape = `${card.submit.op} ${id} ${choices.length}`;
    if (kind !== 'many' || choices.length === 0 || known.has(shape)) continue;
    known.add(shape);
    const picked = [...choices.entries()].filter(([i]) => i === 0 || i === choices.length - 1);
    const wanted = picked.map(([, { value }]) => value).join();
    for (const [i, { title }] of picked) {
      const line = `${i + 1} ${title}`;
      for (const [platform, has] of Object.entries(lists))
        if (i < LISTED && has && !has(card, line)) throw new Error(`${platform} does not list “${line}”`);
    }
    const numbers = picked.map(([i]) => i + 1);
    for (const said of [
      numbers.join(' '),
      numbers.join('、'),
      picked.map(([, { title }]) => title).join('、'),
    ]) {
      const typed = typedForm(card, `${card.submit.title}\n${wordOf(label)}：${said}`, () => [], {});
      expect([shape, said, typed?.data[id]]).toEqual([shape, said, wanted]);
    }
  }
}

/** Whether a typed command is this operation, and can name what the button names. */
function says(call: ReturnType<Router['byText']>, op: string, data: Raw): boolean {
  return call?.op.right.name === op && (Object.keys(data).length === 0 || call.op.fromText !== undefined);
}
