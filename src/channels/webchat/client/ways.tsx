/** The commands that an answer without buttons tells one to send, to be pressed: nobody need type what stands there. */
import { useEffect, useState } from 'preact/hooks';
import type { Command } from '../wire.ts';

export interface WaysProps {
  readonly text: string;
  commands(): Promise<readonly Command[]>;
  go(command: Command): void;
}

export function Ways({ text, commands, go }: WaysProps) {
  const [known, setKnown] = useState<readonly Command[]>([]);
  const named = [...text.matchAll(/发送“([^“”]+)”/g)].map(([, word]) => word);
  const asks = named.length > 0;
  useEffect(() => {
    // Without a line the sentence is still there to be read.
    if (asks) commands().then(setKnown, () => undefined);
  }, [asks]);
  // One's own commands alone, and nothing behind them: words of others can be part of a sentence.
  const ways = known.filter(({ word }) => named.includes(word));
  return (
    <>
      {ways.map((command) => (
        <button type="button" class="text-button way" key={command.word} onClick={() => go(command)}>
          {command.word}
        </button>
      ))}
    </>
  );
}
