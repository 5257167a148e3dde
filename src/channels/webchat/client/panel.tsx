/** What stands beside the chats: a record that was opened by a link or from a search, else what waits for this person. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { MessageView } from '../wire.ts';
import { sentence } from './api.ts';
import type { Client } from './client.ts';
import { Close } from './icons.tsx';
import { type CardClient, CardMessage } from './message.tsx';

const TODO = '待办';
/** Others change many things at a time; what waits is looked up once they are through. */
const PAUSE_MS = 1_500;

export interface PanelProps {
  readonly client: Client;
  /** The personal chat, to which what is asked here belongs. */
  readonly place: string;
  /** The words that are answered here; null: what waits. */
  readonly words: string | null;
  /** It stands in the place of the chat. */
  readonly alone: boolean;
  close(): void;
}

export function Panel({ client, place, words, alone, close }: PanelProps) {
  const Part = alone ? 'main' : 'aside';
  const Title = alone ? 'h1' : 'h2';
  const [message, setMessage] = useState<MessageView | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const asked = words ?? TODO;

  useEffect(() => {
    let gone = false;
    client.aside.look(place, asked).then(
      ({ shown }) => {
        if (gone) return;
        setError(null);
        setMessage(asideOf(asked, shown));
      },
      (cause) => {
        if (!gone) setError(sentence(cause));
      },
    );
    return () => {
      gone = true;
    };
  }, [client, place, asked, round]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = client.onNews(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!document.hidden) setRound((count) => count + 1);
      }, PAUSE_MS);
    });
    return () => {
      clearTimeout(timer);
      forget();
    };
  }, [client]);

  // Whoever opened something here wants to read it here.
  useEffect(() => {
    if (words !== null) heading.current?.focus();
  }, [words]);

  const beside: CardClient = {
    ...{ drafts: client.drafts, aside: client.aside },
    press: (_place, at, op, data) => client.aside.press(place, at, op, data, setMessage),
    addPhotos: (_place, _at, form, files) => client.aside.addPhotos(place, form, files),
  };
  return (
    <Part class="panel" aria-labelledby="panel-title">
      <header class="panel-head">
        <Title id="panel-title" class="panel-title" ref={heading} tabIndex={-1}>
          {asked}
        </Title>
        {words !== null ? (
          <button type="button" class="icon-button" aria-label={alone ? '关闭' : '关闭右侧'} onClick={close}>
            <Close />
          </button>
        ) : null}
      </header>
      <div class="panel-body">
        {error ? (
          <p class="quiet" role="status">
            {error}
          </p>
        ) : message && message.id === asideId(asked) ? (
          <CardMessage key={asked} message={message} place={place} client={beside} />
        ) : (
          <p class="quiet">正在打开…</p>
        )}
      </div>
    </Part>
  );
}

const asideId = (asked: string) => `aside:${asked}`;

/** What was answered aside, as a message that is none. */
function asideOf(asked: string, shown: Pick<MessageView, 'text' | 'card' | 'subject'>): MessageView {
  const none = { seq: 0, stamp: 0, at: '', from: 'bot', name: '', unit: '', ask: false, edited: false };
  return { ...none, ...shown, id: asideId(asked) };
}
