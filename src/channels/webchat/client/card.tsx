/** Draws one Adaptive Card with the official renderer and reports what is pressed and whether something was typed. */
import {
  type Action,
  AdaptiveCard,
  ChoiceSetInput,
  ExecuteAction,
  GlobalRegistry,
  GlobalSettings,
  Image,
  type Input,
  OpenUrlAction,
  SubmitAction,
  Table,
  Versions,
} from 'adaptivecards';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { CardJson } from '../../../bot/cards/adaptive.ts';
import { WHOLE } from '../../../lib/numbershape.ts';
import { type AlbumActions, formOf, furnish, lookAmong, ourPhoto } from './album.ts';
import { combobox, datasetsOf, type LookUp } from './combobox.ts';
import type { Values } from './drafts.ts';
import { hostConfig } from './hostconfig.ts';

// Named here because an import for its side effect alone would be shaken out of the bundle.
GlobalRegistry.elements.register('Table', Table, Versions.v1_5);
// No markdown processor is set: text appears as exactly the characters that it has.
GlobalSettings.useMarkdownInRadioButtonAndCheckbox = false;
GlobalSettings.useAdvancedTextBlockTruncation = false;
GlobalSettings.setTabIndexAtCardRoot = false;
// What was typed stays "typed" until the answer is in: it may be a refusal.
GlobalSettings.resetInputsDirtyStateAfterActionExecution = false;
/** Choices of so many characters stand four, two or one in a row. */
const SHORT = 4;
const MIDDLE = 8;
const WEB = /^https?:\/\//i;

/**
 * A copy without links that lead anywhere but to web pages, with choices only that the card itself brings, and with
 * all buttons in view: here they stand in as many rows as they need.
 */
function safe(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(safe).filter((item) => item !== undefined);
  if (typeof json !== 'object' || json === null) return json;
  const node = json as Record<string, unknown>;
  if (node.type === 'Image') {
    const url = ourPhoto(node.url);
    if (!url || !node.selectAction) return url && { ...node, url };
    return { ...node, url, selectAction: { type: 'Action.OpenUrl', title: node.altText, url } };
  }
  if (node.type === 'Action.OpenUrl' && !(typeof node.url === 'string' && WEB.test(node.url)))
    return undefined;
  const own = Object.entries(node).filter(([key]) => key !== 'choices.data' && key !== 'mode');
  return Object.fromEntries(own.map(([key, value]) => [key, safe(value)]));
}

export type OnPress = (op: string, data: Record<string, unknown>, title: string) => void;

/** WT-2026-0001, HS-2026-11-01 */
export const NUMBERS = new RegExp(`(${WHOLE})`);
/** A new button is held back for so long after a card was redrawn: a second tap was meant for what was there before. */
const HELD_MS = 1_000;

/** A card in the place of another one: since when (milliseconds), and what could be pressed before. */
export interface Since {
  readonly at: number;
  readonly had: ReadonlySet<string>;
}

function pressName(op: unknown, data: unknown): string {
  return JSON.stringify([op, data]);
}

/** The names of all buttons of a card. */
export function pressNames(json: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    const { type, verb, data, fallback: _, ...rest } = node as Record<string, unknown>;
    if (type === 'Action.Execute') names.add(pressName(verb, data));
    else Object.values(rest).forEach(walk);
  };
  walk(json);
  return names;
}

export interface CardProps {
  readonly json: CardJson;
  /** Undefined for a card that stands where it always stood. */
  readonly since: Since | undefined;
  readonly busy: boolean;
  /** What was typed into it before it was drawn anew. */
  readonly values: Values;
  /** `dirty`: an input differs from what the card came with. */
  onTyped(dirty: boolean, values: Values): void;
  readonly onPress: OnPress;
  readonly album: AlbumActions;
  readonly lookUp: LookUp;
}

/** A card with what was typed in the place of what it came with. */
function filledIn(json: unknown, values: Values): unknown {
  if (Array.isArray(json)) return json.map((item) => filledIn(item, values));
  if (typeof json !== 'object' || json === null) return json;
  const node = Object.fromEntries(Object.entries(json).map(([key, value]) => [key, filledIn(value, values)]));
  const typed = String(node.type).startsWith('Input.') ? values[String(node.id)] : undefined;
  return typed === undefined ? node : { ...node, value: typed };
}

/** What stands in a field, as it is put there again; of a choice that is looked up, its title. */
function typedInto(input: Input): string {
  const field = input.renderedElement?.querySelector<HTMLInputElement>('.ac-choiceSetInput-filtered');
  return field ? field.value : String(input.value ?? '');
}

function pressed(action: Action, onPress: OnPress): void {
  if (action instanceof OpenUrlAction && action.parent instanceof Image) {
    const { renderedElement } = action.parent;
    const card = renderedElement?.closest<HTMLElement>('.card-host');
    if (card && action.url) lookAmong(card, action.url);
    return;
  }
  if (action instanceof OpenUrlAction) {
    if (action.url && WEB.test(action.url)) window.open(action.url, '_blank', 'noopener,noreferrer');
    return;
  }
  if (!(action instanceof ExecuteAction) && !(action instanceof SubmitAction)) return;
  const data = (typeof action.data === 'object' ? action.data : {}) as Record<string, unknown>;
  const op = action instanceof ExecuteAction && action.verb ? action.verb : data.op;
  if (typeof op === 'string') onPress(op, data, action.title ?? '');
}

/** What the renderer leaves out: the whole row of a choice can be pressed, and short choices share a line. */
function polish(element: HTMLElement): void {
  for (const box of element.querySelectorAll<HTMLInputElement>('input[type=radio],input[type=checkbox]')) {
    const row = box.parentElement;
    row?.classList.add('choice');
    row?.addEventListener('click', ({ target }) => {
      if (target === row) box.click();
    });
  }
  for (const set of element.querySelectorAll('.ac-choiceSetInput-expanded, .ac-choiceSetInput-multiSelect')) {
    const longest = Math.max(...[...set.children].map(({ textContent }) => textContent?.length ?? 0));
    set.classList.add(longest <= SHORT ? 'short' : longest <= MIDDLE ? 'middle' : 'long');
  }
  // Inline styles that would win over the style sheet.
  for (const label of element.querySelectorAll<HTMLElement>('.choice .ac-textBlock')) {
    label.style.whiteSpace = '';
    label.style.marginLeft = '';
  }
  for (const strip of element.querySelectorAll<HTMLElement>('.ac-actionSet')) {
    strip.style.display = '';
    if (strip.parentElement) strip.parentElement.style.overflow = '';
    for (const button of strip.children) if (button instanceof HTMLElement) button.style.flex = '';
  }
  // What stands out by a background of its own is what is missing.
  for (const run of element.querySelectorAll<HTMLElement>('.ac-textRun')) {
    if (!run.style.backgroundColor) continue;
    run.style.backgroundColor = '';
    run.style.color = '';
    run.classList.add('lack');
  }
  // What is ticked is the row beside it.
  for (const box of element.querySelectorAll<HTMLElement>('.ac-columnSet .ac-toggleInput')) {
    box.classList.add('tick');
    const row = box.closest('.ac-columnSet')?.querySelector('.ac-container .ac-richTextBlock')?.textContent;
    const input = box.querySelector('input');
    input?.removeAttribute('aria-labelledby');
    input?.setAttribute('aria-label', `选中${row ?? ''}`);
    box.querySelector('.ac-textBlock')?.remove();
  }
  holdTogether(element);
  // A row is called by all that it says, not by a part of it.
  for (const row of element.querySelectorAll('.ac-selectable[aria-label]:not(img)'))
    row.removeAttribute('aria-label');
  // Its tooltips only repeat the buttons.
  for (const titled of element.querySelectorAll('[title]')) titled.removeAttribute('title');
}

/** The number of a record stays on one line; what is copied stays what it is. */
function holdTogether(element: HTMLElement): void {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode);
  for (const text of texts) {
    if (text.parentElement?.closest('input, textarea, select, button')) continue;
    const parts = text.data.split(NUMBERS);
    if (parts.length === 1) continue;
    // Every second part is a number.
    const nodes = parts.map((part, index) => {
      if (index % 2 === 0) return part;
      const number = document.createElement('span');
      number.className = 'number';
      number.textContent = part;
      return number;
    });
    text.replaceWith(...nodes.filter((node) => node !== ''));
  }
}

/** Hold the new buttons of a card back until their time is over; resolves to what is held, and to the way out. */
function hold(card: AdaptiveCard, { at, had }: Since): { held: Set<Action>; free: () => void } {
  const fresh = card.getAllActions().filter((action) => {
    return action instanceof ExecuteAction && !had.has(pressName(action.verb, action.data));
  });
  const held = new Set(fresh);
  const marks = fresh.flatMap((action) => action.renderedElement ?? action.parent?.renderedElement ?? []);
  const mark = (on: boolean) => {
    // Else the renderer enables its buttons again as soon as something is typed.
    for (const action of fresh) action.isEnabled = !on;
    for (const element of marks) {
      if (element instanceof HTMLButtonElement) element.disabled = on;
      element.setAttribute('aria-disabled', String(on));
      element.classList.toggle('held', on);
    }
  };
  mark(true);
  const timer = setTimeout(
    () => {
      held.clear();
      mark(false);
    },
    at + HELD_MS - Date.now(),
  );
  return { held, free: () => clearTimeout(timer) };
}

export function Card({ json, since, busy, values, onTyped, onPress, album, lookUp }: CardProps) {
  const host = useRef<HTMLFormElement>(null);
  // The same card fetched again is not drawn again: what is unfolded in it stays unfolded.
  const source = useMemo(() => JSON.stringify(json), [json]);
  const handlers = useRef({ onTyped, onPress, busy, values, album, lookUp, since });
  handlers.current = { onTyped, onPress, busy, values, album, lookUp, since };

  // Before anything is shown: a card that is empty for a moment would move all that is below it.
  useLayoutEffect(() => {
    const target = host.current;
    if (!target) return;
    const card = new AdaptiveCard();
    card.hostConfig = hostConfig;
    let held: ReadonlySet<Action> = new Set();
    card.onExecuteAction = (action) => {
      if (!handlers.current.busy && !held.has(action)) pressed(action, handlers.current.onPress);
    };
    card.onInputValueChanged = () => {
      const inputs = card.getAllInputs(true);
      const typed = inputs.flatMap((input) => (input.id ? [[input.id, typedInto(input)] as const] : []));
      const dirty = restored || inputs.some((input) => input.isDirty());
      handlers.current.onTyped(dirty, Object.fromEntries(typed));
    };
    card.onInlineCardExpanded = () => polish(target);
    const { values: before } = handlers.current;
    const restored = Object.keys(before).length > 0;
    card.parse(safe(filledIn(JSON.parse(source), before)));
    const element = card.render();
    if (element) polish(element);
    if (element) {
      const datasets = datasetsOf(JSON.parse(source));
      for (const set of card.getAllInputs(true)) {
        const field = set.renderedElement?.querySelector<HTMLInputElement>('.ac-choiceSetInput-filtered');
        if (!(set instanceof ChoiceSetInput) || !field) continue;
        combobox(field, set, datasets.get(set.id ?? ''), (...words) => handlers.current.lookUp(...words));
      }
      furnish(element, formOf(JSON.parse(source)), {
        add: (form, files) => handlers.current.album.add(form, files),
        drop: (form, file) => handlers.current.album.drop(form, file),
      });
    }
    target.replaceChildren(...(element ? [element] : []));
    handlers.current.onTyped(restored, before);
    const { since } = handlers.current;
    if (!since || Date.now() - since.at >= HELD_MS) return;
    const holding = hold(card, since);
    held = holding.held;
    return holding.free;
  }, [source]);

  // A form of its own: radio buttons of two cards with the same names must not switch each other off.
  return (
    <form
      ref={host}
      class={busy ? 'card-host busy' : 'card-host'}
      aria-busy={busy}
      noValidate
      onSubmit={(event) => event.preventDefault()}
    />
  );
}
