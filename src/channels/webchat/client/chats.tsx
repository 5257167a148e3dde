/** The left column: who I am, and my chats with what is new in them. */
import type { ChatView, Person } from '../wire.ts';
import { People, Star } from './icons.tsx';
import { sayBrief } from './words.ts';

export interface ChatsProps {
  readonly me: Person;
  readonly chats: readonly ChatView[];
  readonly current: string;
  open(place: string): void;
  leave(): void;
  /** In a session one leaves; in the demo one becomes somebody else. */
  readonly session: boolean;
}

export function Chats({ me, chats, current, open, leave, session }: ChatsProps) {
  return (
    <aside class="side">
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
        <button type="button" class="text-button" onClick={leave}>
          {session ? '退出' : '换人'}
        </button>
      </header>
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
      <p class="side-foot">{session ? '用完请退出' : '示范市 · 只在本机运行'}</p>
    </aside>
  );
}
