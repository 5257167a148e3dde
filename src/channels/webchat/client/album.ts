/** What the page adds to the photos of a card: they are looked at in place, and in a form put in and taken out. */
import { ACCEPT } from './composer.tsx';
import { lookAt } from './viewer.tsx';

/** Of our own server: the page shows no picture from elsewhere. */
const OURS = /^(?:https?:\/\/[^/]+)?\/?.*?(d\/[\w-]+)$/;

/** The address of a picture as this page reaches it; undefined when it is not one of ours. */
export function ourPhoto(url: unknown): string | undefined {
  return typeof url === 'string' ? OURS.exec(url)?.[1] : undefined;
}

export interface AlbumActions {
  /** Photos to be put into the form. */
  add(form: string, files: readonly File[]): void;
  /** One of them to be taken out. */
  drop(form: string, file: string): void;
}

/** Look at the photo that was pressed, among all of its card. */
export function lookAmong(card: HTMLElement, url: string): void {
  const images = [...card.querySelectorAll<HTMLImageElement>('img.ac-image')];
  const urls = images.map((image) => ({ url: image.getAttribute('src') ?? '', name: image.alt }));
  lookAt({
    urls,
    at: Math.max(
      0,
      urls.findIndex((photo) => photo.url === url),
    ),
  });
}

function button(title: string, words: string, run: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = words;
  if (title !== words) made.setAttribute('aria-label', title);
  made.addEventListener('click', run);
  return made;
}

/** Pictures that are gone leave no broken frame, and those of a form get what puts them in and takes them out. */
export function furnish(card: HTMLElement, form: string | undefined, { add, drop }: AlbumActions): void {
  for (const image of card.querySelectorAll<HTMLImageElement>('img.ac-image')) {
    image.loading = 'lazy';
    image.addEventListener('error', () => image.closest('div')?.remove());
  }
  const album = card.querySelector<HTMLElement>('#album, #attachments');
  if (!album || form === undefined) return;
  const whatever = album.id === 'attachments';
  album.removeAttribute('id');
  album.classList.add('album');
  for (const image of album.querySelectorAll<HTMLImageElement>('img.ac-image')) {
    const frame = image.closest<HTMLElement>('[id]');
    const file = frame?.id;
    if (!frame || !file) continue;
    frame.removeAttribute('id');
    frame.classList.add('album-photo');
    const out = button(`移除照片 ${image.alt}`, '×', () => drop(form, file));
    out.className = 'album-drop';
    frame.append(out);
  }
  const picker = document.createElement('input');
  picker.type = 'file';
  picker.accept = whatever ? ACCEPT : 'image/*';
  picker.multiple = true;
  picker.hidden = true;
  picker.addEventListener('change', () => {
    add(form, [...(picker.files ?? [])]);
    picker.value = '';
  });
  const words = whatever ? '加附件' : '加照片';
  const more = button(words, words, () => picker.click());
  more.className = 'button album-add';
  album.append(picker, more);
}

/** The form that the buttons of a card send in. */
export function formOf(json: { readonly [field: string]: unknown }): string | undefined {
  const actions = Array.isArray(json.actions) ? (json.actions as { data?: { form?: unknown } }[]) : [];
  const found = actions.map(({ data }) => data?.form).find((form) => typeof form === 'string');
  return found as string | undefined;
}
