/** A form gives the same fields wherever it is filled in: on Teams, and in the form of a card in DingTalk. */
import { deepStrictEqual } from 'node:assert';
import type { CardJson } from '../src/bot/cards/adaptive.ts';
import type { Card, FormCard } from '../src/bot/cards/spec.ts';
import { drawingOf } from '../src/channels/dingtalk/drawing.ts';
import { formParam } from '../src/channels/dingtalk/form.ts';
import { paramsOf } from '../src/channels/dingtalk/params.ts';
import { namesOf, receivePress } from '../src/channels/dingtalk/receive.ts';
import { parseActivity } from '../src/channels/teams/activity.ts';
import { receive } from '../src/channels/teams/receive.ts';
import type { Config } from '../src/config.ts';
import { filledIn } from './dingtalk-payloads.ts';
import { executes } from './fake-connector.ts';

const NOW = new Date('2026-11-23T01:00:00.000Z');
const FROM = { serviceUrl: 'http://127.0.0.1:1/' };
export type Values = Readonly<Record<string, string>>;

type Render = (card: Card, bytes: number) => CardJson;

/** What Teams sends in for a form: the inputs, and what the button carries. */
export function onTeams(render: Render, card: FormCard, title: string, values: Values) {
  const json = render(card, 1_000_000) as unknown as {
    actions: { title: string; verb: string; data: object }[];
  };
  const action = json.actions.find((one) => one.title === title);
  const filled = Object.fromEntries(card.fields.map(({ id, value }) => [id, value]));
  const body = executes(FROM, 'm', action?.verb ?? '', { ...filled, ...values, ...action?.data });
  const activity = parseActivity(body);
  if (!activity) throw new Error('no activity');
  const received = receive(activity, NOW);
  if (received.kind !== 'inbound' || received.inbound.kind !== 'action') throw new Error(received.kind);
  return { op: received.inbound.op, data: received.inbound.data };
}

/** The same over DingTalk, with fields in the card. */
export function onDingtalk(card: FormCard, title: string, values: Values) {
  const { params, named } = paramsOf(drawingOf(card), { tier: 'form', valueBytes: 1_000_000 });
  const button = JSON.parse(params.buttons ?? '[]').find((one: { text: string }) => one.text === title);
  const form = filledIn(params.form, values);
  // Pressed is either that button, or the form's own, which says only that it was pressed.
  if (typeof form._submit === 'object') form._submit = { index: 0, value: button?.id };
  const press = { card: 'c', user: 'u', button: 'form', params: { form } };
  const name = namesOf(press).find((one) => named.has(one)) ?? '';
  const place = { key: 'dingtalk|p:corp:u', kind: 'personal' as const };
  const inbound = receivePress(press, named.get(name), {
    id: 'i',
    place,
    corp: 'corp',
    name: '',
    at: NOW,
  });
  if (inbound.kind !== 'action') throw new Error(inbound.kind);
  return { op: inbound.op, data: inbound.data };
}

/** Something that a person may put into each field. */
export function valuesOf(card: FormCard, pick: (n: number) => number, text: string): Values {
  const values: Record<string, string> = {};
  for (const { id, kind, choices: all } of card.fields) {
    const one = all[pick(all.length || 1)]?.value ?? '';
    if (kind === 'date') values[id] = '2026-11-27';
    else if (kind === 'many')
      values[id] = all
        .filter((_, i) => pick(2) === 1 || i === 0)
        .map(({ value }) => value)
        .join(',');
    else values[id] = all.length > 0 ? one : text;
  }
  return values;
}

/** A platform that has credentials; the page sends what Teams does. */
export type Platform = keyof Config['credentials'];

type Fill = (...form: Parameters<typeof onTeams>) => ReturnType<typeof onTeams> | undefined;
/** What comes back for a form that is filled in and sent by a button; undefined: such a form is on no card there. */
const comesBack: Readonly<Record<Platform, Fill>> = {
  teams: onTeams,
  dingtalk: (_, card, title, values) => (isDrawn(card) ? onDingtalk(card, title, values) : undefined),
};

const isDrawn = (card: FormCard) => card.fields.length > 0 && formParam(card, [], 1_000_000) !== undefined;

/** Forms that were looked at before, in this process. */
const known = new Set<string>();

/**
 * Throws when this form, with each field filled in and each way to send it, would arrive on some platform otherwise than
 * on Teams. Every form that a story of the tests opens comes along here. @returns false: DingTalk has a page for it
 */
export function sameEverywhere(render: Render, card: FormCard): boolean {
  const shape = JSON.stringify([card.submit.op, card.fields.map(({ id, kind, value }) => [id, kind, value])]);
  if (known.has(shape)) return isDrawn(card);
  known.add(shape);
  const values = valuesOf(card, (n) => n - 1, '写几个字');
  for (const { title } of [card.submit, ...card.also]) {
    const wanted = onTeams(render, card, title, values);
    for (const [platform, back] of Object.entries(comesBack))
      deepStrictEqual([platform, back(render, card, title, values) ?? wanted], [platform, wanted]);
  }
  return isDrawn(card);
}
