/** One chat: its messages, newest at the bottom, and the place to write. Stays in memory while another one is open. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChatView, MessageView, Person } from '../wire.ts';
import type { Client } from './client.ts';
import { Composer } from './composer.tsx';
import { Back, Star } from './icons.tsx';
import { Message, PendingMessage } from './message.tsx';
import type { Room } from './room.ts';
import { sameDay, sayDate } from './words.ts';

/** This close to the end counts as reading the end. */
const NEAR_PX = 120;
/** Room above a message that is taller than the window and is therefore shown from its top. */
const TOP_PX = 14;
/** So far from the edge of what is here the next page is fetched. */
const AHEAD_PX = 240;
const EXAMPLES = ['帮助', '上报 村口路灯坏了', '待办'];

export interface ConversationProps {
  readonly chat: ChatView;
  readonly room: Room;
  readonly me: Person;
  readonly client: Client;
  readonly hidden: boolean;
  /** New messages in other chats. */
  readonly elsewhere: number;
  showList(): void;
  /** Opens what waits, where it does not stand beside the chat anyway. */
  readonly todo?: (() => void) | undefined;
}

export function Conversation(props: ConversationProps) {
  const { chat, room, me, client, hidden, elsewhere, showList, todo } = props;
  const { place, kind, name } = chat;
  const { messages, pending } = room;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  /** Follows what is new; until one scrolls up. */
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  /** A message that is to stay where it is on the screen while pages come and go around it. */
  const anchor = useRef<{ id: string; top: number } | null>(null);
  const lastSeq = useRef(0);
  const lineShown = useRef(false);
  /** What is newer than this was not there when one looked last: the line stands above it. */
  const [from, setFrom] = useState<number | null>(null);
  const [below, setBelow] = useState(false);
  const [loading, setLoading] = useState<'older' | 'newer' | null>(null);
  const [said, setSaid] = useState('');
  const [dragging, setDragging] = useState(false);
  const last = messages.at(-1);
  const line = from === null ? undefined : messages.find((one) => one.seq > from && one.from !== me.id);

  /** To the newest message: to its end, or to its beginning when it does not fit. */
  function toEnd(): void {
    const newest = list.current?.lastElementChild;
    if (newest) showAt(newest);
    atEnd.current = true;
    setBelow(false);
  }

  function showAt(element: Element): void {
    const box = scroller.current;
    if (!box) return;
    const top = element.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    box.scrollTop = Math.min(box.scrollHeight - box.clientHeight, top - TOP_PX);
    lastTop.current = box.scrollTop;
  }

  /** To where one has not read yet, then to the end. */
  async function onward(): Promise<void> {
    const box = scroller.current;
    const mark = list.current?.querySelector('.new-line');
    if (box && mark && mark.getBoundingClientRect().top > box.getBoundingClientRect().bottom) {
      showAt(mark);
      return readWhatIsSeen();
    }
    await client.newest(place);
    toEnd();
  }

  /** Nothing moves under somebody who is filling in a card. */
  function filling(): boolean {
    const { activeElement } = document;
    return (
      activeElement instanceof HTMLElement && activeElement.matches('.scroller :is(input, textarea, select)')
    );
  }

  /** Read is what was on the screen to its end, or filled the screen. */
  function readWhatIsSeen(): void {
    const box = scroller.current?.getBoundingClientRect();
    if (!box || box.height === 0 || hidden || document.hidden) return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-seq]') ?? [])];
    const seen = rows.findLast((row) => {
      const { top, bottom, height } = row.getBoundingClientRect();
      return bottom <= box.bottom + 4 || (height > box.height * 0.7 && top < box.top + box.height * 0.4);
    });
    if (seen) client.seen(place, Number(seen.dataset.seq));
  }

  // A page came in above or below: stay where one was reading.
  useLayoutEffect(() => {
    const held = anchor.current;
    const box = scroller.current;
    anchor.current = null;
    const row = held && list.current?.querySelector(`[data-message="${CSS.escape(held.id)}"]`);
    if (box && held && row) box.scrollTop += row.getBoundingClientRect().top - held.top;
  }, [messages[0]?.id, last?.id]);

  // What was looked for is shown once.
  useLayoutEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-seq="${room.found}"]`);
    if (room.found === undefined || hidden || !row) return;
    atEnd.current = false;
    lineShown.current = false;
    showAt(row);
    row.focus({ preventScroll: true });
    readWhatIsSeen();
  }, [room.found, hidden]);

  // Shown again, what came meanwhile stands below a line.
  useLayoutEffect(() => {
    if (hidden || !room.loaded) return;
    // Where nothing was ever read, all is new.
    const some = chat.unread > 0 && chat.read > 0;
    lineShown.current = some;
    setFrom(some ? chat.read : null);
  }, [hidden, room.loaded]);

  useLayoutEffect(() => {
    if (hidden) return;
    const fresh = last && last.seq > lastSeq.current ? last : undefined;
    if (fresh && lastSeq.current > 0 && fresh.from !== me.id) {
      setSaid(`${fresh.name}：${fresh.text}`);
      if (!atEnd.current || filling()) {
        if (from === null) setFrom(lastSeq.current);
        setBelow(true);
      }
    }
    if (last) lastSeq.current = last.seq;
    const mark = lineShown.current && list.current?.querySelector('.new-line');
    if (mark) {
      lineShown.current = false;
      showAt(mark);
      const box = scroller.current;
      atEnd.current = !box || box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    } else if (atEnd.current && !room.later && !filling()) toEnd();
    readWhatIsSeen();
  }, [last?.id, last?.stamp, pending.length, room.thinking, hidden, from]);

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
    const looked = () => readWhatIsSeen();
    document.addEventListener('visibilitychange', looked);
    return () => document.removeEventListener('visibilitychange', looked);
  });

  function scrolled(): void {
    const box = scroller.current;
    if (!box || hidden) return;
    const left = box.scrollHeight - box.scrollTop - box.clientHeight;
    const near = left < NEAR_PX && !room.later;
    // Growing cards move the end away, too: only scrolling up means that one reads something else.
    if (near) atEnd.current = true;
    else if (box.scrollTop < lastTop.current - 2) atEnd.current = false;
    lastTop.current = box.scrollTop;
    if (near) setBelow(false);
    readWhatIsSeen();
    if (box.scrollTop < AHEAD_PX && room.more) void page('older');
    else if (left < AHEAD_PX && room.later) void page('newer');
  }

  async function page(way: 'older' | 'newer'): Promise<void> {
    const edge = way === 'older' ? messages[0] : last;
    if (loading || !edge) return;
    setLoading(way);
    const row = list.current?.querySelector(`[data-message="${CSS.escape(edge.id)}"]`);
    const hold = () => {
      if (row) anchor.current = { id: edge.id, top: row.getBoundingClientRect().top };
    };
    await client[way](place, hold);
    setLoading(null);
  }

  function send(text: string, ask: boolean): void {
    follow();
    client.send(place, text, ask);
  }

  /** Whoever says something looks at the end. */
  function follow(): void {
    atEnd.current = true;
    setFrom(null);
    if (room.later) void client.newest(place);
  }

  function sendFiles(files: readonly File[]): void {
    if (files.length === 0) return;
    follow();
    void client.sendFiles(place, files);
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
        <button
          type="button"
          class="icon-button only-narrow"
          onClick={showList}
          aria-label={elsewhere > 0 ? `会话列表，${elsewhere > 99 ? '99+' : elsewhere}条新消息` : '会话列表'}
        >
          <Back />
          {elsewhere > 0 ? <span class="unread">{elsewhere > 99 ? '99+' : elsewhere}</span> : null}
        </button>
        <div class="talk-title">
          <h1>{name}</h1>
          <p>{group ? '群里的人都看得见' : '只有您和会商助手看得见'}</p>
        </div>
        {todo ? (
          <button type="button" class="text-button" onClick={todo}>
            待办
          </button>
        ) : null}
      </header>
      <section
        class={loading ? 'scroller paging' : 'scroller'}
        ref={scroller}
        onScroll={scrolled}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keys that scroll
        tabIndex={0}
        aria-label={`${name}的消息`}
        onKeyDown={({ key, target }) => {
          // The form stays as it is: one goes on writing, and comes back to it.
          if (key === 'Escape' && target instanceof Element && target.closest('.card'))
            scroller.current?.parentElement?.querySelector<HTMLElement>('.composer textarea')?.focus();
        }}
      >
        <div class="list" ref={list}>
          {room.more ? (
            <button type="button" class="text-button older" onClick={() => page('older')}>
              {loading === 'older' ? '正在取…' : '更早的消息'}
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
            <Dated
              key={message.id}
              message={message}
              before={messages[index - 1]}
              fresh={message.id === line?.id}
            >
              <Message
                message={message}
                place={place}
                mine={message.from === me.id}
                group={group}
                client={client}
              />
            </Dated>
          ))}
          {pending.map((item) => (
            <PendingMessage
              key={item.id}
              item={item}
              group={group}
              again={() => client.resend(place, item.id)}
              discard={() => client.discard(place, item.id)}
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
              <button type="button" class="text-button" onClick={() => client.dismiss(place)}>
                知道了
              </button>
            </p>
          ) : null}
        </div>
      </section>
      {below || room.later ? (
        <button type="button" class="below" onClick={onward}>
          {below || chat.unread > 0 ? '有新消息 ↓' : '回到最新 ↓'}
        </button>
      ) : null}
      <p class="sr" aria-live="polite">
        {hidden ? '' : said}
      </p>
      <Composer
        group={group}
        focus={!hidden}
        commands={client.aside.commands}
        said={() =>
          [...messages.filter(({ from }) => from === me.id), ...pending].reverse().map(({ text }) => text)
        }
        initial={client.drafts.words(place)}
        typed={(text) => client.drafts.saveWords(place, text)}
        send={send}
        sendFiles={group ? undefined : sendFiles}
      />
    </section>
  );
}

function Dated(props: {
  message: MessageView;
  before: MessageView | undefined;
  /** The first that is new. */
  fresh: boolean;
  children: preact.ComponentChildren;
}) {
  const { message, before, fresh, children } = props;
  const newDay = !before || !sameDay(before.at, message.at);
  return (
    <>
      {newDay ? <p class="day">{sayDate(message.at, new Date())}</p> : null}
      {fresh ? <p class="new-line">以下是新消息</p> : null}
      {children}
    </>
  );
}
