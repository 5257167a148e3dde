/** Keeps the event stream open: notices when it is lost, comes back by itself, and says when to catch up. */
import type { Ring } from '../wire.ts';

/** Three heartbeats without a sign of life mean that the line is dead, whatever the browser thinks. */
const SILENCE_MS = 48_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;

export interface LiveEvents {
  /** The stream is open (again): fetch whatever was missed. */
  onOpen(): void;
  onLost(): void;
  onRing(ring: Ring): void;
}

/** Listen until the returned function is called. */
export function listen(url: string, events: LiveEvents): () => void {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_RETRY_MS;

  function alive(): void {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
  }

  function lost(): void {
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
    events.onLost();
    retry = setTimeout(open, wait);
    wait = Math.min(wait * 2, MAX_RETRY_MS);
  }

  function open(): void {
    clearTimeout(retry);
    source?.close();
    source = new EventSource(url);
    source.onerror = lost;
    source.addEventListener('hello', () => {
      wait = FIRST_RETRY_MS;
      alive();
      events.onOpen();
    });
    source.addEventListener('beat', alive);
    source.addEventListener('ring', (event) => {
      alive();
      events.onRing(JSON.parse(event.data) as Ring);
    });
    alive();
  }

  const wake = () => {
    if (source?.readyState !== EventSource.OPEN) open();
  };
  window.addEventListener('online', wake);
  open();
  return () => {
    window.removeEventListener('online', wake);
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
  };
}
