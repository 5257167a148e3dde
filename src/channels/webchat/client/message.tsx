/** One message: words in a bubble, or a card with what the presser alone sees in its place. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionAnswer, Drawn, MessageView } from '../wire.ts';
import { ourPhoto } from './album.ts';
import { sentence } from './api.ts';
import { Card, NUMBERS, pressNames, type Since } from './card.tsx';
import type { Client } from './client.ts';
import type { Values } from './drafts.ts';
import { Back, Close, Star } from './icons.tsx';
import type { Pending } from './room.ts';
import { lookAt } from './viewer.tsx';
import { Ways } from './ways.tsx';
import { sayClock } from './words.ts';

export interface MessageProps {
  readonly message: MessageView;
  readonly place: string;
  readonly mine: boolean;
  readonly group: boolean;
  readonly client: Client;
}

export function Message({ message, place, mine, group, client }: MessageProps) {
  const { from, name, unit, at, text, card, ask, photo } = message;
  const bot = from === 'bot';
  if (mine) {
    return (
      <article class="row mine-row" data-message={message.id} data-seq={message.seq} tabIndex={-1}>
        <SentPhoto url={ourPhoto(photo)} text={text}>
          <p class="bubble">
            <Words text={text} toBot={group && ask} />
          </p>
        </SentPhoto>
        <time class="when">{sayClock(at)}</time>
      </article>
    );
  }
  return (
    <article
      class={bot ? 'row bot-row' : 'row'}
      data-message={message.id}
      data-seq={message.seq}
      tabIndex={-1}
    >
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
          <CardMessage
            key={client.round(message.id)}
            message={message}
            place={place}
            client={client}
            kept={client.isKept(place, message.id)}
          />
        ) : (
          <p class="bubble">
            <Words text={text} toBot={group && ask && !bot} />
            {bot ? (
              <Ways
                text={text}
                commands={client.aside.commands}
                go={({ word }) => client.send(place, word, group)}
              />
            ) : null}
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
      {toBot && !/^\s*@会商/.test(text) ? <span class="at-bot">@会商助手 </span> : null}
      {text.split(NUMBERS).map((part, i) => (i % 2 === 0 ? part : <span class="number">{part}</span>))}
    </>
  );
}

/** A photo that was sent, to be looked at; when it is not there any more, its words. */
function SentPhoto(props: { url: string | undefined; text: string; children: preact.ComponentChildren }) {
  const { url, text, children } = props;
  const [gone, setGone] = useState(false);
  if (!url || gone) return <>{children}</>;
  const name = text.replace(/^文件：/, '');
  return (
    <button
      type="button"
      class="photo-button"
      aria-label={`看照片 ${name}`}
      onClick={() => lookAt({ urls: [{ url, name }], at: 0 })}
    >
      <img class="sent-photo" src={url} alt="" loading="lazy" onError={() => setGone(true)} />
    </button>
  );
}

interface Note {
  readonly text: string;
  readonly refused: boolean;
}

/** What a card needs of the client, in a chat and beside it. */
export type CardClient = Pick<Client, 'drafts' | 'aside' | 'press' | 'addPhotos'>;

/**
 * What others change arrives while one fills in fields here. So a card with something typed in it keeps its drawing
 * and says that there is a newer one; a form or list of one's own in its place stays until one leaves it.
 */
export function CardMessage({
  message,
  place,
  client,
  kept = false,
}: Pick<MessageProps, 'message' | 'place'> & {
  readonly client: CardClient;
  /** What was filled in here waits for the line. */
  readonly kept?: boolean;
}) {
  /** What was begun here and not sent, also before the page was loaded. */
  const [begun] = useState(() => client.drafts.card(message.id));
  const values = useRef<Values>(begun?.values ?? {});
  const [own, setOwn] = useState<Drawn | null>(begun?.own ?? null);
  const [note, setNote] = useState<Note | null>(null);
  const [busy, setBusy] = useState(false);
  const [dirty, setDirty] = useState(false);
  const [round, setRound] = useState(0);
  const held = useRef<MessageView>(message);
  const drawn = useRef(round);
  const opened = useRef('');
  const last = useRef<{ drawing: string; since?: Since } | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const notice = useRef<HTMLParagraphElement>(null);

  const drawing = JSON.stringify(message.card);
  if (begun?.own && opened.current === '') opened.current = drawing;
  if ((!dirty && !busy) || drawn.current !== round) held.current = message;
  drawn.current = round;
  const newer = dirty && !busy && JSON.stringify(held.current.card) !== drawing;
  const moved = own !== null && opened.current !== drawing;

  useEffect(() => {
    if (own && own !== begun?.own) frame.current?.focus({ preventScroll: true });
    if (own && own !== begun?.own) frame.current?.scrollIntoView({ block: 'nearest' });
  }, [own]);

  // What was answered must be read, not looked for.
  useEffect(() => {
    if (note) notice.current?.scrollIntoView({ block: 'nearest' });
  }, [note]);

  /** Draw the card of the message anew. @param kept what was typed, where that is still good */
  function fresh(kept: Values = {}): void {
    typed(null, Object.keys(kept).length > 0, kept);
    setRound((count) => count + 1);
  }

  function typed(form: Drawn | null, changed: boolean, now: Values): void {
    values.current = changed ? now : {};
    if (!form) setDirty(changed);
    const kept = form && hasInputs(form) ? { values: values.current, own: form } : { values: values.current };
    client.drafts.saveCard(message.id, changed || 'own' in kept ? kept : undefined);
  }

  /** A form with other photos is still the one that is being filled in. */
  async function change(photos: () => Promise<ActionAnswer | 'kept'>): Promise<void> {
    await act(async () => {
      const answer = await photos();
      return answer !== 'kept' && answer.refused ? { ...answer, scope: 'words' } : answer;
    }, values.current);
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>('.album-add')?.focus());
  }

  const album = {
    add: (form: string, files: readonly File[]) =>
      void change(() => client.addPhotos(place, message, form, files)),
    drop: (form: string, file: string) =>
      void change(() => client.press(place, message, 'form.dropPhoto', { back: form, file })),
  };

  const press = (op: string, data: Record<string, unknown>, title: string) =>
    act(() => client.press(place, message, op, data, title));

  async function act(run: () => Promise<ActionAnswer | 'kept'>, kept: Values = {}): Promise<void> {
    setBusy(true);
    setNote(null);
    try {
      const answer = await run();
      if (answer === 'kept') return;
      const { scope, shown, refused } = answer;
      if (scope === 'mine') {
        opened.current = drawing;
        setOwn(shown);
        setDirty(false);
        typed(shown, Object.keys(kept).length > 0, kept);
        if (refused) setNote({ text: shown.text, refused });
      } else if (scope === 'words') {
        setNote({ text: shown.text, refused });
        // A card without fields stays as it is: drawn anew, a long one would begin at its top, away from what was answered.
        if (!refused && (own ? hasInputs(own) : dirty)) {
          setOwn(null);
          fresh();
        }
      } else {
        setOwn(null);
        fresh(kept);
        // The button that was pressed may be gone: keep the keyboard where it was.
        frame.current?.focus({ preventScroll: true });
        requestAnimationFrame(() => frame.current?.scrollIntoView({ block: 'nearest' }));
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
          <button type="button" class="text-button" onClick={() => fresh()}>
            看最新的
          </button>
        </p>
      ) : null}
      {shown.card ? (
        <Card
          key={`${own ? 'own' : 'base'}${round}`}
          json={shown.card}
          since={last.current?.since}
          busy={busy || kept}
          values={values.current}
          onTyped={(changed, now) => typed(own, changed, now)}
          onPress={press}
          album={album}
          lookUp={client.aside.choices}
        />
      ) : (
        <p class="card-words">{shown.text}</p>
      )}
      {kept ? (
        <p class="notice" role="status">
          <span>填好的表存在这里，连上网以后自动提交一次。</span>
        </p>
      ) : null}
      {note ? (
        <p
          ref={notice}
          class={note.refused ? 'notice refused' : 'notice done'}
          role={note.refused ? 'alert' : 'status'}
        >
          <span>{note.text}</span>
          <Ways
            text={note.text}
            commands={client.aside.commands}
            go={({ op, word }) => press(op, {}, word)}
          />
          <button type="button" class="icon-button small" aria-label="收起" onClick={() => setNote(null)}>
            <Close />
          </button>
        </p>
      ) : null}
    </div>
  );
}

function hasInputs({ card }: Drawn): boolean {
  return JSON.stringify(card ?? {}).includes('"type":"Input.');
}

export interface PendingProps {
  readonly item: Pending;
  readonly group: boolean;
  again(): void;
  discard(): void;
}

export function PendingMessage({ item, group, again, discard }: PendingProps) {
  const { text, ask, thumb, failed, waits } = item;
  return (
    <article class="row mine-row">
      {thumb ? <img class="sent-photo faint" src={thumb} alt={text} /> : null}
      {thumb ? null : (
        <p class="bubble faint">
          <Words text={text} toBot={group && ask} />
        </p>
      )}
      {failed ? (
        <p class="when failed" role="alert">
          {failed}
          <button type="button" class="text-button" onClick={again}>
            重试
          </button>
          <button type="button" class="text-button" onClick={discard}>
            不发了
          </button>
        </p>
      ) : waits ? (
        <p class="when">
          还没发出，连上后自动发。
          <button type="button" class="text-button" onClick={again}>
            现在重试
          </button>
        </p>
      ) : (
        <p class="when">发送中…</p>
      )}
    </article>
  );
}
