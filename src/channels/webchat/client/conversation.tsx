/** One chat: its messages, newest at the bottom, and the place to write. Stays in memory while another one is open. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatView, MessageView, Person } from '../wire.ts';
import { Composer } from './composer.tsx';
import type { Desk } from './desk.ts';
import { Back, Star } from './icons.tsx';
import { Message, PendingMessage } from './message.tsx';
import type { Room } from './room.ts';
import { sameDay, sayDate } from './words.ts';

/** This close to the end counts as reading the end. */
const NEAR_PX = 120;
/** Room above a message that is taller than the window and is therefore shown from its top. */
const TOP_PX = 14;
const EXAMPLES = ['帮助', '上报 村口路灯坏了', '待办'];

export interface ConversationProps {
  readonly chat: ChatView;
  readonly room: Room;
  readonly me: Person;
  readonly desk: Desk;
  readonly hidden: boolean;
  /** New messages in other chats. */
  readonly elsewhere: number;
  showList(): void;
}

export function Conversation({ chat, room, me, desk, hidden, elsewhere, showList }: ConversationProps) {
  const { place, kind, name } = chat;
  const { messages, pending } = room;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  /** Follows what is new; until one scrolls up. */
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  const keep = useRef<number | null>(null);
  const [below, setBelow] = useState(false);
  const [loading, setLoading] = useState(false);
  const [said, setSaid] = useState('');
  const [dragging, setDragging] = useState(false);
  const last = messages.at(-1);
  const first = messages[0];
  const lastSeq = useRef(0);

  /** To the newest message: to its end, or to its beginning when it does not fit. */
  function toEnd(): void {
    const box = scroller.current;
    const newest = list.current?.lastElementChild;
    if (!box || !newest) return;
    const top = newest.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    box.scrollTop = Math.min(box.scrollHeight - box.clientHeight, top - TOP_PX);
    lastTop.current = box.scrollTop;
    atEnd.current = true;
    setBelow(false);
  }

  /** Nothing moves under somebody who is filling in a card. */
  function filling(): boolean {
    const { activeElement } = document;
    return (
      activeElement instanceof HTMLElement && activeElement.matches('.scroller :is(input, textarea, select)')
    );
  }

  function readIfLooking(): void {
    if (!hidden && !document.hidden && atEnd.current) desk.seen(place);
  }

  // Older messages came in above: stay where one was reading.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box && keep.current !== null) {
      box.scrollTop = box.scrollHeight - keep.current;
      keep.current = null;
    }
  }, [first?.id]);

  useLayoutEffect(() => {
    if (hidden) return;
    const fresh = last && last.seq > lastSeq.current ? last : undefined;
    if (fresh && lastSeq.current > 0 && fresh.from !== me.id) {
      setSaid(`${fresh.name}：${fresh.text}`);
      if (!atEnd.current || filling()) setBelow(true);
    }
    if (last) lastSeq.current = last.seq;
    if (atEnd.current && !filling()) toEnd();
    readIfLooking();
  }, [last?.id, last?.stamp, pending.length, room.thinking, hidden]);

  // Cards grow while they are drawn and unfolded; one who reads the end stays at the end.
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const watch = new ResizeObserver(() => {
      if (atEnd.current && !scroller.current?.contains(document.activeElement)) toEnd();
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    const looked = () => readIfLooking();
    document.addEventListener('visibilitychange', looked);
    return () => document.removeEventListener('visibilitychange', looked);
  });

  function scrolled(): void {
    const box = scroller.current;
    if (!box || hidden) return;
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    // Growing cards move the end away, too: only scrolling up means that one reads something else.
    if (near) atEnd.current = true;
    else if (box.scrollTop < lastTop.current - 2) atEnd.current = false;
    lastTop.current = box.scrollTop;
    if (near) {
      setBelow(false);
      readIfLooking();
    }
    if (box.scrollTop < 60 && room.more) void loadOlder();
  }

  async function loadOlder(): Promise<void> {
    const box = scroller.current;
    if (loading || !box) return;
    setLoading(true);
    keep.current = box.scrollHeight - box.scrollTop;
    await desk.older(place);
    setLoading(false);
  }

  function send(text: string, ask: boolean): void {
    atEnd.current = true;
    desk.send(place, text, ask);
  }

  function sendFiles(files: readonly File[]): void {
    if (files.length === 0) return;
    atEnd.current = true;
    desk.sendFiles(place, files);
  }

  /** Files that are let go of anywhere in the chat are sent; in a group the browser must not open them instead. */
  function dragged(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    setDragging(event.type === 'dragover' && kind === 'personal');
    if (event.type === 'drop' && kind === 'personal') sendFiles([...event.dataTransfer.files]);
  }

  const empty = room.loaded && messages.length === 0 && pending.length === 0;
  const group = kind === 'group';
  return (
    <section
      class={dragging ? 'talk dropping' : 'talk'}
      hidden={hidden}
      aria-label={name}
      onDragOver={dragged}
      onDragLeave={dragged}
      onDrop={dragged}
    >
      <header class="talk-head">
        <button type="button" class="icon-button only-narrow" onClick={showList} aria-label="会话列表">
          <Back />
          {elsewhere > 0 ? <span class="unread">{elsewhere > 99 ? '99+' : elsewhere}</span> : null}
        </button>
        <div class="talk-title">
          <h1>{name}</h1>
          <p>{group ? '群里的人都看得见' : '只有您和会商助手看得见'}</p>
        </div>
      </header>
      <div class="scroller" ref={scroller} onScroll={scrolled}>
        <div class="list" ref={list}>
          {room.more ? (
            <button type="button" class="text-button older" onClick={loadOlder} disabled={loading}>
              {loading ? '正在取…' : '更早的消息'}
            </button>
          ) : null}
          {empty ? (
            <div class="empty">
              <span class="mark" aria-hidden="true">
                <Star />
              </span>
              <p class="empty-title">{me.name}，您好</p>
              <p>
                {group ? '在群里问会商助手，大家都能看到办到了哪一步。' : '有事直接跟我说，像发消息一样。'}
              </p>
              <p class="empty-hint">不知道怎么说？点一句试试：</p>
              <div class="chips">
                {EXAMPLES.map((words) => (
                  <button type="button" class="chip" key={words} onClick={() => send(words, true)}>
                    {words}
                  </button>
                ))}
              </div>
            </div>
          ) : null}
          {messages.map((message, index) => (
            <Dated key={message.id} message={message} before={messages[index - 1]}>
              <Message
                message={message}
                place={place}
                mine={message.from === me.id}
                group={group}
                desk={desk}
              />
            </Dated>
          ))}
          {pending.map((item) => (
            <PendingMessage
              key={item.id}
              item={item}
              group={group}
              again={() => desk.resend(place, item.id)}
            />
          ))}
          {room.thinking > 0 ? (
            <div class="row bot-row">
              <span class="face bot" aria-hidden="true">
                <Star />
              </span>
              <p class="bubble thinking" role="status">
                <span class="sr">会商助手正在处理</span>
                <i />
                <i />
                <i />
              </p>
            </div>
          ) : null}
          {room.notice ? (
            <p class="notice refused" role="alert">
              <span>{room.notice}</span>
              <button type="button" class="text-button" onClick={() => desk.dismiss(place)}>
                知道了
              </button>
            </p>
          ) : null}
        </div>
      </div>
      {below ? (
        <button type="button" class="below" onClick={toEnd}>
          有新消息 ↓
        </button>
      ) : null}
      <p class="sr" aria-live="polite">
        {hidden ? '' : said}
      </p>
      <Composer group={group} focus={!hidden} send={send} sendFiles={group ? undefined : sendFiles} />
    </section>
  );
}

function Dated(props: {
  message: MessageView;
  before: MessageView | undefined;
  children: preact.ComponentChildren;
}) {
  const { message, before, children } = props;
  const newDay = !before || !sameDay(before.at, message.at);
  return (
    <>
      {newDay ? <p class="day">{sayDate(message.at, new Date())}</p> : null}
      {children}
    </>
  );
}
