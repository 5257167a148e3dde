/**
 * Reads what strangers send in a process of its own: a content that takes too long or too much ends only that one. A
 * thread would not do: where its memory is at an end, Node 24 ends the whole process with it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { AppError } from './errors.ts';

export interface Apart {
  /**
   * What the function `read` of the module `reader` makes of a content. One content at a time.
   * @throws AppError `invalid` what the reader refused, or that it could not be read within the limits; Error what
   * else the reader threw
   */
  read(reader: URL, bytes: Uint8Array): Promise<unknown>;
}

export interface Limits {
  /** Megabytes of objects and text; contents of buffers do not count, a reader has to see to those. */
  readonly memoryMb: number;
  /** For one content, with the start of the process where it takes one. */
  readonly ms: number;
}

type Answer =
  | { readonly value: unknown }
  | { readonly refusal?: string; readonly failure: string }
  | { readonly lost: unknown };

const CHILD = fileURLToPath(new URL('./apart.child.js', import.meta.url));
const IDLE_MS = 60_000;
const TOO_MUCH = '这个文件打不开：内容太多，或者坏了。请去掉多余的内容，另存一份再发。';

/** The process stays a while for the next content, and does not keep this one alive. */
export function createApart({ memoryMb, ms }: Limits): Apart {
  let child: ChildProcess | undefined;
  let waiting: ((answer: Answer) => void) | undefined;
  const inTurn = pLimit(1);
  let idle: NodeJS.Timeout | undefined;

  function start(): ChildProcess {
    const started = fork(CHILD, {
      execArgv: [`--max-old-space-size=${memoryMb}`],
      // None of our secrets; it may have no place to keep compiled files.
      env: { TSX_DISABLE_CACHE: '1' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    started.on('message', (answer: Answer) => waiting?.(answer));
    started.on('error', (error) => lose(started, error));
    started.on('exit', (code, signal) =>
      lose(started, new Error(`the process ended with ${code ?? signal}`)),
    );
    started.unref();
    started.channel?.unref();
    return started;
  }

  /** Nothing is to be expected of it any more. */
  function lose(lost: ChildProcess, cause: unknown): void {
    if (child !== lost) return;
    child = undefined;
    waiting?.({ lost: cause });
    lost.kill('SIGKILL');
  }

  async function ask(reader: URL, bytes: Uint8Array): Promise<unknown> {
    const asked = child ?? start();
    child = asked;
    clearTimeout(idle);
    const overdue = setTimeout(() => lose(asked, new Error(`not read within ${ms} ms`)), ms);
    const answer = await new Promise<Answer>((resolve) => {
      waiting = resolve;
      asked.send({ reader: reader.href, bytes }, (error) => error && lose(asked, error));
    });
    waiting = undefined;
    clearTimeout(overdue);
    // What it took for a large content is given back.
    idle = setTimeout(() => lose(asked, new Error('idle')), IDLE_MS).unref();
    if ('value' in answer) return answer.value;
    if ('lost' in answer) throw new AppError('invalid', TOO_MUCH, { cause: answer.lost });
    if (answer.refusal) throw new AppError('invalid', answer.refusal);
    throw new Error(`the reader failed: ${answer.failure}`);
  }

  return {
    read: (reader, bytes) => inTurn(() => ask(reader, bytes)),
  };
}

/** The process that all contents go to. */
export const apart = createApart({ memoryMb: 256, ms: 15_000 });
