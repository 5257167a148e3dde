/** Tells of new messages while nobody looks at the page: on the desktop and with a sound, for whoever wants that. */
import type { ChatView } from '../wire.ts';
import { addressOf, here } from './where.ts';

/** `unasked`: asked about once; `off`: the person said no; `never`: the browser lets nobody be told here. */
export type Wish = 'unasked' | 'on' | 'off' | 'never';

/** What a notification carries: the chat that it leads to, and the page's address with that chat. */
export interface NotifyData {
  readonly chat: string;
  readonly url: string;
}

export interface Notifier {
  wish(): Wish;
  /** Ask the browser; resolves to what came of it. */
  turn(on: boolean): Promise<Wish>;
  /** There is more unread than before. */
  news(chats: readonly ChatView[]): void;
}

export function createNotifier(person: string): Notifier {
  const key = `huishang|${person}|notify`;
  const able = 'Notification' in window;
  const wish = (): Wish => {
    if (!able || Notification.permission === 'denied') return 'never';
    const kept = localStorage.getItem(key);
    if (kept === 'off') return 'off';
    return kept === 'on' && Notification.permission === 'granted' ? 'on' : 'unasked';
  };

  /** Two soft tones, made here: nothing is fetched. */
  function sound(): void {
    const audio = new AudioContext();
    [660, 880].forEach((pitch, i) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      const at = audio.currentTime + i * 0.14;
      volume.gain.setValueAtTime(0.08, at);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.25);
    });
    setTimeout(() => void audio.close(), 1_000);
  }

  return {
    wish,
    async turn(on) {
      const allowed = on && able && (await Notification.requestPermission()) === 'granted';
      localStorage.setItem(key, allowed ? 'on' : 'off');
      return wish();
    },
    news(chats) {
      if (wish() !== 'on' || !(document.hidden || !document.hasFocus())) return;
      const newest = [...chats].filter(({ unread }) => unread > 0);
      const last = newest.sort((a, b) => (b.last?.seq ?? 0) - (a.last?.seq ?? 0))[0];
      if (!last?.last) return;
      sound();
      const { name, last: message } = last;
      const url = addressOf({ ...here(), chat: last.place, open: null, list: false });
      const data: NotifyData = { chat: last.place, url };
      const options = { body: message.text, tag: last.place, icon: 'webchat/icon.svg', data };
      // Through the worker, which brings the page to the front when it is pressed.
      navigator.serviceWorker?.ready
        .then((ready) => ready.showNotification(name, options))
        .catch(() => undefined);
    },
  };
}
