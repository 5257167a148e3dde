/** The left column: who I am, and my chats with what is new in them. */
import { useState } from 'preact/hooks';
import type { ChatView, Person } from '../wire.ts';
import type { Client } from './client.ts';
import { People, Star } from './icons.tsx';
import type { Notifier } from './notify.ts';
import { Search } from './search.tsx';
import { sayBrief } from './words.ts';

export interface ChatsProps {
  readonly me: Person;
  readonly chats: readonly ChatView[];
  readonly current: string;
  open(place: string): void;
  leave(): void;
  /** How much would be lost by signing out now. */
  readonly unsent: number;
  /** Nothing else is on the screen. */
  readonly alone: boolean;
  readonly client: Client;
  readonly notifier: Notifier;
  /** Show the answer to these words beside the chats. */
  look(words: string): void;
  /** Go to a message. */
  goTo(place: string, seq: number): void;
  /** In a session one leaves; in the demo one becomes somebody else. */
  readonly session: boolean;
}

export function Chats(props: ChatsProps) {
  const { me, chats, current, open, leave, unsent, session, alone, client, notifier, look, goTo } = props;
  const [wish, setWish] = useState(notifier.wish);
  const turn = async (on: boolean) => setWish(await notifier.turn(on));
  const Part = alone ? 'main' : 'aside';
  const [warned, setWarned] = useState(false);
  const losing = session && unsent > 0;
  return (
    <Part class="side" aria-label="会话和查找">
      {alone ? <h1 class="sr">会话</h1> : null}
      <header class="me">
        <span class={`face big role-${me.role}`} aria-hidden="true">
          {me.name.slice(0, 1)}
        </span>
        <div class="me-words">
          <p class="me-name">
            {me.name}
            <span class="who-role">{me.roleName}</span>
          </p>
          <p class="me-unit">{me.unitName}</p>
        </div>
        <button
          type="button"
          class="text-button"
          onClick={() => (losing && !warned ? setWarned(true) : leave())}
        >
          {session ? '退出' : '换人'}
        </button>
      </header>
      {losing && warned ? (
        <p class="lost" role="alert">
          还有{unsent}条没有发出，现在退出就没有了。仍要退出请再点一次。
        </p>
      ) : null}
      <Search client={client} look={look} go={goTo} />
      {wish === 'unasked' ? <Ask turn={turn} /> : null}
      <nav aria-label="会话">
        <ul class="chats">
          {chats.map(({ place, kind, name, last, unread }) => (
            <li key={place}>
              <button
                type="button"
                class="chat"
                aria-current={place === current ? 'page' : undefined}
                data-place={place}
                onClick={() => open(place)}
              >
                <span class={kind === 'personal' ? 'face bot' : 'face many'} aria-hidden="true">
                  {kind === 'personal' ? <Star /> : <People />}
                </span>
                <span class="chat-words">
                  <span class="chat-line">
                    <span class="chat-name">{name}</span>
                    {last ? <time class="chat-time">{sayBrief(last.at, new Date())}</time> : null}
                  </span>
                  <span class="chat-line">
                    <span class="chat-last">
                      {last?.text || (kind === 'personal' ? '只有您看得见' : '还没有人说话')}
                    </span>
                    {unread > 0 ? (
                      <span class="unread">
                        {unread > 99 ? '99+' : unread}
                        <span class="sr">条新消息</span>
                      </span>
                    ) : null}
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <p class="side-foot">
        <a href={session ? 'board' : `board?as=${encodeURIComponent(me.id)}`}>看板：各县区、乡镇的数字和图</a>
      </p>
      <div class="side-foot">
        <span>{session ? '用完请退出' : '示范市 · 只在本机运行'}</span>
        {wish === 'on' || wish === 'off' ? (
          <button type="button" class="text-button" onClick={() => turn(wish === 'off')}>
            新消息提醒：{wish === 'on' ? '开' : '关'}
          </button>
        ) : null}
      </div>
    </Part>
  );
}

/** Asked once, by a person's press: browsers let nobody ask by themselves. */
function Ask({ turn }: { turn(on: boolean): void }) {
  return (
    <p class="ask">
      <span>有新消息，要不要提醒您？</span>
      <button type="button" class="text-button" onClick={() => turn(true)}>
        要
      </button>
      <button type="button" class="text-button" onClick={() => turn(false)}>
        不要
      </button>
    </p>
  );
}
