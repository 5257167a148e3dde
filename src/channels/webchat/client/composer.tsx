/** Where one writes. Enter sends, Shift+Enter breaks the line, and Enter that picks a Chinese word does neither. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Clip, Send } from './icons.tsx';

const MAX = 4000;
const MAX_HEIGHT_PX = 168;
const ACCEPT = '.jpg,.jpeg,.png,.webp,.heic,.pdf,.docx,.xlsx,.json';

export interface ComposerProps {
  readonly group: boolean;
  /** This chat has just been opened: the cursor belongs here, except on a phone, where the keyboard would jump up. */
  readonly focus: boolean;
  send(text: string, ask: boolean): void;
  /** Absent where files do not belong (groups). */
  sendFiles?: ((files: readonly File[]) => void) | undefined;
}

export function Composer({ group, focus, send, sendFiles }: ComposerProps) {
  const [text, setText] = useState('');
  const [ask, setAsk] = useState(true);
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (focus && matchMedia('(hover: hover) and (min-width: 761px)').matches) box.current?.focus();
  }, [focus]);

  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);

  function submit(): void {
    const words = text.trim();
    if (!words) return;
    send(words, ask);
    setText('');
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
      <label class="write">
        <span class="sr">写消息</span>
        <textarea
          ref={box}
          rows={1}
          value={text}
          maxLength={MAX}
          enterkeyhint="send"
          placeholder={!group ? '有事直接跟我说' : ask ? '跟会商助手说' : '跟大家说'}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (!sendFiles || files.length === 0) return;
            event.preventDefault();
            sendFiles(files);
          }}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            // 229: some input methods report the Enter that picks a word this way.
            const composing = event.isComposing || event.keyCode === 229;
            if (event.key !== 'Enter' || event.shiftKey || composing) return;
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
