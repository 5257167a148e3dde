/** The page of one person: chats on the left, the open one in the middle, a record or what waits on the right; one of them on a phone. */
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Self } from './api.ts';
import { Chats } from './chats.tsx';
import { createClient } from './client.ts';
import { Conversation } from './conversation.tsx';
import { createNotifier, type NotifyData } from './notify.ts';
import { Panel } from './panel.tsx';
import { Viewer } from './viewer.tsx';
import type { Where } from './where.ts';

/** Wide enough for three columns. */
const WIDE = '(min-width: 77.5em)';
/** One column. */
const NARROW = '(max-width: 47.5em)';

export interface WorkspaceProps {
  readonly self: Self;
  readonly where: Where;
  go(change: Partial<Where>): void;
  leave(): void;
}

function useMedia(query: string): boolean {
  const [fits, setFits] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const changed = () => setFits(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, [query]);
  return fits;
}

export function Workspace({ self, where, go, leave }: WorkspaceProps) {
  const [client] = useState(() => createClient(self));
  const [notifier] = useState(() => createNotifier(self.person));
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const wide = useMedia(WIDE);
  const narrow = useMedia(NARROW);

  useEffect(() => {
    const forget = client.subscribe(() => redraw(undefined));
    const stop = client.start();
    return () => {
      forget();
      stop();
    };
  }, [client]);

  const { me, chats, rooms, lost, error } = client.state();
  const current = chats.find(({ place }) => place === where.chat) ?? chats[0];
  const place = current?.place;
  useEffect(() => {
    if (place) client.enter(place);
  }, [client, place]);

  const unread = chats.reduce((sum, one) => sum + one.unread, 0);
  const before = useRef<number | null>(null);
  useEffect(() => {
    const who = me ? `${me.name} · 会商` : '会商';
    document.title = unread > 0 ? `(${unread}) ${who}` : who;
    if (me && before.current !== null && unread > before.current) notifier.news(chats);
    if (me) before.current = unread;
  }, [me, unread]);

  // Whoever presses a notification wants its chat.
  const lead = useRef(go);
  lead.current = go;
  useEffect(() => {
    const led = ({ data }: MessageEvent<NotifyData>) =>
      lead.current({ chat: data.chat, list: false, open: null });
    navigator.serviceWorker?.addEventListener('message', led);
    return () => navigator.serviceWorker?.removeEventListener('message', led);
  }, []);

  if (!me || !current) {
    return (
      <main class="waiting">
        <h1 class="sr">会商</h1>
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
  const personal = chats.find(({ kind }) => kind === 'personal')?.place ?? current.place;
  const panel = where.open !== null || (wide && me.role !== '');
  const shown = where.open !== null ? 'opened' : where.list ? 'listing' : '';
  return (
    <div class={`workspace ${shown} ${panel ? 'with-panel' : ''}`}>
      <a class="skip" href="#chat">
        跳到聊天内容
      </a>
      <Chats
        me={me}
        chats={chats}
        current={current.place}
        leave={async () => {
          // Whoever signs out leaves nothing on a computer that is not theirs alone.
          if (self.csrf !== null) await client.forget();
          leave();
        }}
        unsent={client.unsent()}
        session={self.csrf !== null}
        open={(chat) => go({ chat, list: false, open: wide ? where.open : null })}
        alone={narrow && shown === 'listing'}
        client={client}
        notifier={notifier}
        look={(open) => go({ open, list: false })}
        goTo={(chat, seq) => {
          go({ chat, list: false, open: wide ? where.open : null });
          void client.goTo(chat, seq);
        }}
      />
      <main class="stage" id="chat" tabIndex={-1}>
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
              client={client}
              hidden={key !== current.place}
              elsewhere={elsewhere}
              todo={
                wide || me.role === '' || shown.kind !== 'personal'
                  ? undefined
                  : () => go({ open: '待办', list: false })
              }
              showList={() => (history.state?.fromList ? history.back() : go({ list: true }))}
            />
          ) : null;
        })}
      </main>
      {panel ? (
        <Panel
          client={client}
          place={personal}
          words={where.open}
          alone={!wide}
          close={() => go({ open: null })}
        />
      ) : null}
      <Viewer />
    </div>
  );
}
