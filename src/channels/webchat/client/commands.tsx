/** The commands that fit what is being typed after a stroke. */
import type { Command } from '../wire.ts';

/** Those that begin with or contain what stands behind the stroke; undefined when no command is being typed. */
export function matching(commands: readonly Command[], text: string): readonly Command[] | undefined {
  const [, typed] = /^[/／](\S*)$/.exec(text) ?? [];
  if (typed === undefined) return undefined;
  const begin = commands.filter(({ word }) => word.startsWith(typed));
  return [
    ...begin,
    ...commands.filter(({ word, text: says }) => !word.startsWith(typed) && says.includes(typed)),
  ];
}

export interface CommandsProps {
  readonly id: string;
  readonly found: readonly Command[];
  readonly active: number;
  pick(command: Command): void;
}

export function Commands({ id, found, active, pick }: CommandsProps) {
  return (
    <div id={id} class="combo-list commands" role="listbox" aria-label="命令" tabIndex={0}>
      {found.map((command, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus
        // biome-ignore lint/a11y/useFocusableInteractive: see above
        <div
          key={command.word}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => pick(command)}
        >
          <strong>{command.word}</strong>
          <span>{command.text}</span>
        </div>
      ))}
    </div>
  );
}
