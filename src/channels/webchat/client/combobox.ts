/**
 * A field with many choices: one types a part of a name, and what fits is listed below, found at the server where that
 * knows more than the card. By the pattern of WAI-ARIA: the list is walked with the arrows, Enter picks, Escape closes.
 */
import { Choice, type ChoiceSetInput } from 'adaptivecards';

export interface Found {
  readonly title: string;
  readonly value: string;
}

/** Looks choices up by words; rejects when the server was not reached. */
export type LookUp = (dataset: string, words: string) => Promise<readonly Found[]>;

const PAUSE_MS = 150;
const MOST_SHOWN = 30;
let made = 0;

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** Turn the text field of a long list into a combobox. @param dataset what the server looks it up in, if it does */
export function combobox(
  input: HTMLInputElement,
  set: ChoiceSetInput,
  dataset: string | undefined,
  lookUp: LookUp,
): void {
  const id = `choices-${++made}`;
  const list = element('ul', { id, role: 'listbox', class: 'combo-list', 'aria-label': '可选的' });
  const status = element('p', { class: 'sr', role: 'status' });
  list.hidden = true;
  input.parentElement?.querySelector('datalist')?.remove();
  input.removeAttribute('list');
  const attributes = {
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': id,
    autocomplete: 'off',
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  input.parentElement?.classList.add('combo');
  input.after(list, status);
  // The field is what the renderer's label names, and not what stands around it.
  const label = input.parentElement?.getAttribute('aria-labelledby');
  if (label) input.setAttribute('aria-labelledby', label);
  input.parentElement?.removeAttribute('aria-labelledby');
  Reflect.set(set, '_renderedInputControlElement', input);
  const chosen = set.choices.find(({ value }) => value === input.value);
  if (chosen?.title) input.value = chosen.title;

  // What is typed and not picked is for the server to judge, which knows more names than are listed here.
  set.isValid = () => !set.isRequired || input.value.trim() !== '';

  let shown: readonly Found[] = [];
  let active = -1;
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function mark(at: number): void {
    active = at;
    [...list.children].forEach((option, i) => {
      option.setAttribute('aria-selected', String(i === at));
      if (i === at) option.scrollIntoView({ block: 'nearest' });
    });
    if (at < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `${id}-${at}`);
  }

  function open(found: readonly Found[], none: string): void {
    shown = found.slice(0, MOST_SHOWN);
    list.replaceChildren(
      ...shown.map(({ title }, i) => {
        const option = element('li', { id: `${id}-${i}`, role: 'option' });
        option.textContent = title;
        return option;
      }),
    );
    list.hidden = shown.length === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
    status.textContent = shown.length > 0 ? `${shown.length}个可选` : none;
    // That there is nothing is to be seen, too.
    status.className = shown.length > 0 || none === '' ? 'sr' : 'combo-none';
    mark(-1);
    if (!list.hidden) list.scrollIntoView({ block: 'nearest' });
  }

  const close = () => open([], '');

  function local(words: string): readonly Found[] {
    const parts = words.split(/\s+/).filter(Boolean);
    const all = set.choices.map(({ title = '', value = '' }) => ({ title, value }));
    return all.filter(({ title }) => parts.every((part) => title.includes(part)));
  }

  async function find(): Promise<void> {
    const mine = ++turn;
    const words = input.value.trim();
    const none = '没有找到，换个说法试试。';
    if (dataset === undefined) return open(local(words), none);
    try {
      const found = await lookUp(dataset, words);
      if (mine === turn && document.activeElement === input) open(found, none);
    } catch {
      if (mine === turn) open(local(words), '没有连上，可以直接写名称。');
    }
  }

  function pick(at: number): void {
    const choice = shown[at];
    if (!choice) return;
    if (!set.choices.some(({ value }) => value === choice.value))
      set.choices.push(new Choice(choice.title, choice.value));
    turn += 1;
    clearTimeout(timer);
    input.value = choice.title;
    close();
    input.dispatchEvent(new InputEvent('input', { data: null }));
    clearTimeout(timer);
    status.textContent = `已选${choice.title}`;
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(find, PAUSE_MS);
  };
  input.setAttribute('aria-expanded', 'false');
  input.addEventListener('input', soon);
  input.addEventListener('click', () => {
    if (list.hidden) void find();
  });
  input.addEventListener('blur', () => {
    turn += 1;
    clearTimeout(timer);
    close();
  });
  input.addEventListener('keydown', (event) => {
    const { key, isComposing } = event;
    if (isComposing) return;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) void find();
      else mark((active + (key === 'ArrowDown' ? 1 : shown.length)) % shown.length);
    } else if (key === 'Enter' && active >= 0) {
      event.preventDefault();
      event.stopPropagation();
      pick(active);
    } else if (key === 'Escape' && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
  // A press on the list must not take the focus away first.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => {
    pick([...list.children].findIndex((option) => option.contains(target as Node)));
  });
}

/** In which datasets the fields of a card are looked up, by their ids. */
export function datasetsOf(json: unknown, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (Array.isArray(json)) for (const item of json) datasetsOf(item, found);
  if (typeof json !== 'object' || json === null) return found;
  const node = json as Record<string, unknown>;
  const data = node['choices.data'] as { dataset?: unknown } | undefined;
  if (typeof data?.dataset === 'string') found.set(String(node.id), data.dataset);
  for (const [key, value] of Object.entries(node)) if (key !== 'choices.data') datasetsOf(value, found);
  return found;
}
