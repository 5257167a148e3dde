/** Looks at photos in their full size: one after the other, away with Escape, with the way back of a phone, or a tap. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Back, Close } from './icons.tsx';

export interface Photos {
  readonly urls: readonly { readonly url: string; readonly name: string }[];
  readonly at: number;
}

let show: (photos: Photos) => void = () => undefined;

/** Open the viewer, from wherever a photo was pressed. */
export function lookAt(photos: Photos): void {
  show(photos);
}

/** Stands once on the page; there is nothing to see of it until a photo is looked at. */
export function Viewer() {
  const [photos, setPhotos] = useState<Photos | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    show = setPhotos;
  }, []);

  useEffect(() => {
    if (!photos) return;
    const { activeElement } = document;
    dialog.current?.showModal();
    history.pushState({ ...history.state, photo: true }, '');
    const back = () => setPhotos(null);
    window.addEventListener('popstate', back);
    return () => {
      window.removeEventListener('popstate', back);
      if (history.state?.photo) history.back();
      if (activeElement instanceof HTMLElement) activeElement.focus();
    };
  }, [photos !== null]);

  if (!photos) return null;
  const { urls, at } = photos;
  const photo = urls[at];
  if (!photo) return null;
  const go = (by: number) => setPhotos({ urls, at: (at + by + urls.length) % urls.length });
  const close = () => setPhotos(null);
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label="看照片"
      onClose={close}
      onKeyDown={({ key }) => {
        if (key === 'ArrowLeft') go(-1);
        if (key === 'ArrowRight') go(1);
      }}
    >
      <header>
        <p aria-live="polite">
          {photo.name}
          {urls.length > 1 ? `（${at + 1}/${urls.length}）` : ''}
        </p>
        <button type="button" class="icon-button" aria-label="关闭" onClick={close}>
          <Close />
        </button>
      </header>
      <div class="viewer-stage">
        <img key={photo.url} src={photo.url} alt={photo.name} />
      </div>
      {urls.length > 1 ? (
        <footer>
          <button type="button" class="icon-button" aria-label="上一张" onClick={() => go(-1)}>
            <Back />
          </button>
          <button type="button" class="icon-button next" aria-label="下一张" onClick={() => go(1)}>
            <Back />
          </button>
        </footer>
      ) : null}
    </dialog>
  );
}
