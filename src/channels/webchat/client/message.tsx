/** One message: words in a bubble, or a card with what the presser alone sees in its place. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Drawn, MessageView } from '../wire.ts';
import { Card, pressNames, type Since } from './card.tsx';
import { type Desk, sentence } from './desk.ts';
import { Back, Close, Star } from './icons.tsx';
import type { Pending } from './room.ts';
import { sayClock } from './words.ts';

export interface MessageProps {
  readonly message: MessageView;
  readonly place: string;
  readonly mine: boolean;
  readonly group: boolean;
  readonly desk: Desk;
}

export function Message({ message, place, mine, group, desk }: MessageProps) {
  const { from, name, unit, at, text, card, ask } = message;
  const bot = from === 'bot';
  if (mine) {
    return (
      <article class="row mine-row" data-message={message.id}>
        <p class="bubble">
          <Words text={text} toBot={group && ask} />
        </p>
        <time class="when">{sayClock(at)}</time>
      </article>
    );
  }
  return (
    <article class={bot ? 'row bot-row' : 'row'} data-message={message.id}>
      <span class={bot ? 'face bot' : 'face'} aria-hidden="true">
        {bot ? <Star /> : name.slice(0, 1)}
      </span>
      <div class="said">
        <p class="by">
          <span class="by-name">{name}</span>
          {unit ? <span class="by-unit">{unit}</span> : null}
          <time>{sayClock(at)}</time>
        </p>
        {bot && card ? (
          <CardMessage message={message} place={place} desk={desk} />
        ) : (
          <p class="bubble">
            <Words text={text} toBot={group && ask && !bot} />
          </p>
        )}
      </div>
    </article>
  );
}

/** What was typed, as it was typed; in a group with a sign that it was said to the bot. */
function Words({ text, toBot }: { text: string; toBot: boolean }) {
  return (
    <>
      {toBot && !text.trimStart().startsWith('@会商') ? <span class="at-bot">@会商 </span> : null}
      {text}
    </>
  );
}

interface Note {
  readonly text: string;
  readonly refused: boolean;
}

/**
 * What others change arrives while one fills in fields here. So a card with something typed in it keeps its drawing
 * and says that there is a newer one; a form or list of one's own in its place stays until one leaves it.
 */
function CardMessage({ message, place, desk }: Pick<MessageProps, 'message' | 'place' | 'desk'>) {
  const [own, setOwn] = useState<Drawn | null>(null);
  const [note, setNote] = useState<Note | null>(null);
  const [busy, setBusy] = useState(false);
  const [dirty, setDirty] = useState(false);
  const [round, setRound] = useState(0);
  const held = useRef<MessageView>(message);
  const opened = useRef('');
  const last = useRef<{ drawing: string; since?: Since } | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const notice = useRef<HTMLParagraphElement>(null);

  const drawing = JSON.stringify(message.card);
  if (!dirty && !busy) held.current = message;
  const newer = dirty && !busy && JSON.stringify(held.current.card) !== drawing;
  const moved = own !== null && opened.current !== drawing;

  useEffect(() => {
    if (own) frame.current?.focus({ preventScroll: true });
    if (own) frame.current?.scrollIntoView({ block: 'nearest' });
  }, [own]);

  // What was answered must be read, not looked for.
  useEffect(() => {
    if (note) notice.current?.scrollIntoView({ block: 'nearest' });
  }, [note]);

  function fresh(): void {
    setDirty(false);
    setRound((count) => count + 1);
  }

  async function press(op: string, data: Record<string, unknown>): Promise<void> {
    setBusy(true);
    setNote(null);
    try {
      const { scope, shown, refused } = await desk.press(place, message, op, data);
      if (scope === 'mine') {
        opened.current = drawing;
        setOwn(shown);
        setDirty(false);
        if (refused) setNote({ text: shown.text, refused });
      } else if (scope === 'words') {
        setNote({ text: shown.text, refused });
        if (!refused && (own === null || hasInputs(own))) {
          setOwn(null);
          fresh();
        }
      } else {
        setOwn(null);
        fresh();
        // The button that was pressed may be gone: keep the keyboard where it was.
        frame.current?.focus({ preventScroll: true });
        if (refused) setNote({ text: shown.text, refused });
      }
    } catch (error) {
      setNote({ text: `${sentence(error)}您填的内容还在，可以再按一次。`, refused: true });
    } finally {
      setBusy(false);
    }
  }

  const shown = own ?? held.current;
  const now = JSON.stringify(shown.card ?? null);
  if (last.current?.drawing !== now) {
    const had = last.current && pressNames(JSON.parse(last.current.drawing));
    last.current = { drawing: now, ...(had && { since: { at: Date.now(), had } }) };
  }
  return (
    <div class={own ? 'card own' : 'card'} ref={frame} tabIndex={-1}>
      {own ? (
        <div class="own-head">
          <button
            type="button"
            class="text-button"
            onClick={() => {
              setOwn(null);
              setNote(null);
              fresh();
            }}
          >
            <Back />
            返回
          </button>
          <span class="own-hint">{moved ? '原来的卡片已更新' : '这里只有您看得见'}</span>
        </div>
      ) : null}
      {newer ? (
        <p class="notice" role="status">
          <span>这张卡片已有更新，您正在填的内容先留着。</span>
          <button type="button" class="text-button" onClick={fresh}>
            看最新的
          </button>
        </p>
      ) : null}
      {shown.card ? (
        <Card
          key={`${own ? 'own' : 'base'}${round}`}
          json={shown.card}
          since={last.current?.since}
          busy={busy}
          onDirty={own ? ignore : setDirty}
          onPress={press}
        />
      ) : (
        <p class="card-words">{shown.text}</p>
      )}
      {note ? (
        <p
          ref={notice}
          class={note.refused ? 'notice refused' : 'notice done'}
          role={note.refused ? 'alert' : 'status'}
        >
          <span>{note.text}</span>
          <button type="button" class="icon-button small" aria-label="收起" onClick={() => setNote(null)}>
            <Close />
          </button>
        </p>
      ) : null}
    </div>
  );
}

function ignore(): void {}

function hasInputs({ card }: Drawn): boolean {
  return JSON.stringify(card ?? {}).includes('"type":"Input.');
}

export function PendingMessage({ item, group, again }: { item: Pending; group: boolean; again: () => void }) {
  return (
    <article class="row mine-row">
      <p class="bubble faint">
        <Words text={item.text} toBot={group && item.ask} />
      </p>
      {item.failed ? (
        <p class="when failed" role="alert">
          {item.failed}
          <button type="button" class="text-button" onClick={again}>
            重试
          </button>
        </p>
      ) : (
        <p class="when">发送中…</p>
      )}
    </article>
  );
}
