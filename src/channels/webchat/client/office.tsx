/** The page of one person: who I am and my chats on the left, the open chat on the right; one of the two on a phone. */
import { useEffect, useReducer, useState } from 'preact/hooks';
import type { Self } from './api.ts';
import { Chats } from './chats.tsx';
import { Conversation } from './conversation.tsx';
import { createDesk } from './desk.ts';
import { Viewer } from './viewer.tsx';

export interface OfficeProps {
  readonly self: Self;
  readonly chat: string | null;
  openChat(place: string): void;
  leave(): void;
}

export function Office({ self, chat, openChat, leave }: OfficeProps) {
  const [desk] = useState(() => createDesk(self));
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [listing, setListing] = useState(false);

  useEffect(() => {
    const forget = desk.subscribe(() => redraw(undefined));
    const stop = desk.start();
    return () => {
      forget();
      stop();
    };
  }, [desk]);

  const { me, chats, rooms, lost, error } = desk.state();
  const current = chats.find(({ place }) => place === chat) ?? chats[0];
  const place = current?.place;
  useEffect(() => {
    if (place) desk.enter(place);
  }, [desk, place]);

  const unread = chats.reduce((sum, one) => sum + one.unread, 0);
  useEffect(() => {
    const who = me ? `${me.name} · 会商` : '会商';
    document.title = unread > 0 ? `(${unread}) ${who}` : who;
  }, [me, unread]);

  if (!me || !current) {
    return (
      <main class="waiting">
        <p role="status">{error ?? '正在打开…'}</p>
        {error && !self.csrf ? (
          <button type="button" class="button" onClick={leave}>
            重新选一个人
          </button>
        ) : null}
      </main>
    );
  }

  const elsewhere = unread - current.unread;
  return (
    <div class={listing ? 'office listing' : 'office'}>
      <Chats
        me={me}
        chats={chats}
        current={current.place}
        leave={async () => {
          // Whoever signs out leaves nothing on a computer that is not theirs alone.
          if (self.csrf !== null) await desk.forget();
          leave();
        }}
        unsent={desk.unsent()}
        session={self.csrf !== null}
        open={(key) => {
          openChat(key);
          setListing(false);
        }}
      />
      <div class="stage">
        {lost ? (
          <p class="lost" role="status">
            连接断开了，正在重新连接…您可以继续写，连上后一条也不会少。
          </p>
        ) : null}
        {[...rooms].map(([key, room]) => {
          const shown = chats.find((one) => one.place === key);
          return shown ? (
            <Conversation
              key={key}
              chat={shown}
              room={room}
              me={me}
              desk={desk}
              hidden={key !== current.place}
              elsewhere={elsewhere}
              showList={() => setListing(true)}
            />
          ) : null;
        })}
      </div>
      <Viewer />
    </div>
  );
}
