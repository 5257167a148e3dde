/** Keeps the event stream open: notices when it is lost, comes back by itself, and says when to catch up. */
import type { Ring } from '../wire.ts';

/** Three heartbeats without a sign of life mean that the line is dead, whatever the browser thinks. */
const SILENCE_MS = 48_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;
/**
 * A browser keeps six connections to one server, for all its windows together: a window that nobody looks at gives
 * its stream back after a while and asks now and then instead.
 */
const HIDDEN_MS = 20_000;
const ASK_MS = 30_000;

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
  let resting: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_RETRY_MS;

  function close(): void {
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
  }

  function alive(): void {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
  }

  function lost(): void {
    close();
    events.onLost();
    retry = setTimeout(open, wait);
    wait = Math.min(wait * 2, MAX_RETRY_MS);
  }

  function open(): void {
    close();
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

  function rest(): void {
    close();
    events.onOpen();
    resting = setTimeout(rest, ASK_MS);
  }

  const wake = () => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(rest, HIDDEN_MS);
    else if (source?.readyState !== EventSource.OPEN) open();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  open();
  return () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', wake);
    clearTimeout(resting);
    close();
  };
}
