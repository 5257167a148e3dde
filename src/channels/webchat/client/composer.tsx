/** Where one writes. Enter sends, Shift+Enter breaks the line, and Enter that picks a Chinese word does neither. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Command } from '../wire.ts';
import { Commands, matching } from './commands.tsx';
import { Clip, Send } from './icons.tsx';

const MAX = 4000;
const MAX_HEIGHT_PX = 168;
/** Kinds of files that are taken. */
export const ACCEPT = '.jpg,.jpeg,.png,.webp,.heic,.pdf,.docx,.xlsx,.json';

export interface ComposerProps {
  readonly group: boolean;
  /** This chat has just been opened: the cursor belongs here, except on a phone, where the keyboard would jump up. */
  readonly focus: boolean;
  /** What may be typed behind a stroke. */
  commands(): Promise<readonly Command[]>;
  /** What was said here before, the newest first. */
  said(): readonly string[];
  /** What was being written here before. */
  readonly initial: string;
  typed(text: string): void;
  send(text: string, ask: boolean): void;
  /** Absent where files do not belong (groups). */
  sendFiles?: ((files: readonly File[]) => void) | undefined;
}

export function Composer(props: ComposerProps) {
  const { group, focus, initial, typed, send, sendFiles, commands, said } = props;
  const [text, setText] = useState(initial);
  // People of a group talk to each other; the bot is called when it is wanted.
  const [ask, setAsk] = useState(!group);
  const [known, setKnown] = useState<readonly Command[]>([]);
  const [active, setActive] = useState(0);
  /** How far back one has gone in what was said; -1 for not at all. */
  const recalled = useRef(-1);
  const id = useId();
  const found = matching(known, text) ?? [];
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (focus && matchMedia('(hover: hover) and (min-width: 47.6em)').matches) box.current?.focus();
  }, [focus]);

  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);

  function change(words: string): void {
    setText(words);
    typed(words);
    setActive(0);
    // Without a line there is nothing to complete, and one types on.
    if (/^[/／]/.test(words) && known.length === 0) commands().then(setKnown, () => undefined);
  }

  function complete({ word }: Command): void {
    change(`/${word} `);
    box.current?.focus();
  }

  /** True when the key was for the list of commands. */
  function walked(key: string): boolean {
    if (found.length === 0) return false;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      setActive((active + (key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
      return true;
    }
    const command = found[active];
    if (key === 'Escape') change('');
    else if ((key === 'Tab' || key === 'Enter') && command && text.slice(1) !== command.word)
      complete(command);
    else return false;
    return true;
  }

  /** True when the key brought back what was said before. */
  function recall(key: string): boolean {
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return false;
    if (text !== '' && recalled.current < 0) return false;
    const words = said();
    const next = recalled.current + (key === 'ArrowUp' ? 1 : -1);
    if (next >= words.length) return true;
    recalled.current = Math.max(-1, next);
    change(words[next] ?? '');
    return true;
  }

  function submit(): void {
    const words = text.trim();
    if (!words) return;
    // A command is for the bot, wherever it is typed.
    send(words, ask || /^[/／]/.test(words));
    recalled.current = -1;
    if (group) setAsk(false);
    change('');
    box.current?.focus();
  }

  const left = MAX - text.length;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {group ? (
        <button
          type="button"
          class="chip at"
          aria-pressed={ask}
          onClick={() => {
            setAsk(!ask);
            box.current?.focus();
          }}
        >
          @会商助手
        </button>
      ) : null}
      {sendFiles ? (
        <>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            accept={ACCEPT}
            onChange={({ currentTarget }) => {
              sendFiles([...(currentTarget.files ?? [])]);
              currentTarget.value = '';
            }}
          />
          <button
            type="button"
            class="clip"
            aria-label="发照片或文件"
            title="发照片或文件"
            onClick={() => picker.current?.click()}
          >
            <Clip />
          </button>
        </>
      ) : null}
      {found.length > 0 ? <Commands id={id} found={found} active={active} pick={complete} /> : null}
      <label class="write">
        <span class="sr">写消息</span>
        <textarea
          ref={box}
          rows={1}
          value={text}
          maxLength={MAX}
          enterkeyhint="send"
          aria-autocomplete="list"
          aria-controls={found.length > 0 ? id : undefined}
          aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
          placeholder={!group ? '有事直接跟我说' : ask ? '跟会商助手说' : '跟大家说'}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (!sendFiles || files.length === 0) return;
            event.preventDefault();
            sendFiles(files);
          }}
          onInput={({ currentTarget }) => {
            recalled.current = -1;
            change(currentTarget.value);
          }}
          onKeyDown={(event) => {
            // 229: some input methods report the Enter that picks a word this way.
            const composing = event.isComposing || event.keyCode === 229;
            if (composing) return;
            if (walked(event.key) || recall(event.key)) return event.preventDefault();
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            submit();
          }}
        />
        {left < 200 ? <span class="left">还可写 {left} 字</span> : null}
      </label>
      <button type="submit" class="send" aria-label="发送" disabled={text.trim() === ''}>
        <Send />
      </button>
    </form>
  );
}
