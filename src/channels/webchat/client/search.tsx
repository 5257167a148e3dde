/** Looks for words in all of one's chats, and for records. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { KIND } from '../../../lib/numbershape.ts';
import type { FoundMessage } from '../wire.ts';
import { sentence } from './api.ts';
import type { Client } from './client.ts';
import { Find } from './icons.tsx';
import { sayBrief } from './words.ts';

const PAUSE_MS = 250;
const NUMBER = new RegExp(`^${KIND}-?\\d`, 'i');

export interface SearchProps {
  readonly client: Client;
  /** Show these words' answer beside the chats. */
  look(words: string): void;
  /** Go to a message. */
  go(place: string, seq: number): void;
}

export function Search({ client, look, go }: SearchProps) {
  const [wanted, setWanted] = useState('');
  const [found, setFound] = useState<readonly FoundMessage[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const words = wanted.trim();

  useEffect(() => {
    setError(null);
    if (words === '') return setFound(null);
    let gone = false;
    const timer = setTimeout(() => {
      client.aside.find(words).then(
        (messages) => !gone && setFound(messages),
        (cause) => !gone && setError(sentence(cause)),
      );
    }, PAUSE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [client, words]);

  function leave(): void {
    setWanted('');
    box.current?.blur();
  }

  const record = NUMBER.test(words) ? words : `问题 ${words}`;
  return (
    <search class="search">
      <label class="find">
        <Find />
        <span class="sr">找聊天记录和问题</span>
        <input
          ref={box}
          type="search"
          placeholder="找聊天记录和问题"
          value={wanted}
          maxLength={50}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
          onKeyDown={({ key }) => key === 'Escape' && leave()}
        />
      </label>
      {words !== '' ? (
        <div class="found">
          <button
            type="button"
            class="found-row"
            onClick={() => {
              look(record);
              leave();
            }}
          >
            <span class="found-title">{NUMBER.test(words) ? `打开 ${words}` : `在问题里找“${words}”`}</span>
          </button>
          <p class="found-count" role="status">
            {error ??
              (found ? (found.length > 0 ? `聊天记录 ${found.length} 条` : '聊天记录里没有找到') : '正在找…')}
          </p>
          {(found ?? []).map(({ place, chat, seq, at, name, text }) => (
            <button
              type="button"
              class="found-row"
              key={seq}
              onClick={() => {
                go(place, seq);
                leave();
              }}
            >
              <span class="found-title">
                {chat === name ? chat : `${chat} · ${name}`}
                <time class="chat-time">{sayBrief(at, new Date())}</time>
              </span>
              <span class="found-text">{text}</span>
            </button>
          ))}
        </div>
      ) : null}
    </search>
  );
}
