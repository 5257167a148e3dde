/** Reads what strangers send in a thread of its own: a content that takes too long or too much ends only that thread. */
import { Worker } from 'node:worker_threads';
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
  /** For one content, with the start of the thread where it takes one. */
  readonly ms: number;
}

type Answer =
  | { readonly value: unknown }
  | { readonly refusal?: string; readonly failure: string }
  | { readonly lost: unknown };

const IDLE_MS = 60_000;
const TOO_MUCH = '这个文件打不开：内容太多，或者坏了。请去掉多余的内容，另存一份再发。';

/** The thread stays a while for the next content, and does not keep the process alive. */
export function createApart({ memoryMb, ms }: Limits): Apart {
  let thread: Worker | undefined;
  let waiting: ((answer: Answer) => void) | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  function start(): Worker {
    const worker = new Worker(new URL('./apart.worker.js', import.meta.url), {
      // Not what this process was started with: the thread sees to TypeScript itself.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16 },
    });
    worker.on('message', (answer: Answer) => waiting?.(answer));
    worker.on('error', (error) => lose(worker, error));
    worker.on('exit', (code) => lose(worker, new Error(`the thread ended with ${code}`)));
    worker.unref();
    return worker;
  }

  /** Nothing is to be expected of it any more. */
  function lose(worker: Worker, cause: unknown): void {
    if (thread !== worker) return;
    thread = undefined;
    waiting?.({ lost: cause });
    void worker.terminate();
  }

  async function ask(reader: URL, content: Uint8Array): Promise<unknown> {
    const worker = thread ?? start();
    thread = worker;
    clearTimeout(idle);
    const overdue = setTimeout(() => lose(worker, new Error(`not read within ${ms} ms`)), ms);
    const answer = await new Promise<Answer>((resolve) => {
      waiting = resolve;
      // A copy of its own: what is handed over is gone here.
      const bytes = new Uint8Array(content);
      worker.postMessage({ reader: reader.href, bytes }, [bytes.buffer]);
    });
    waiting = undefined;
    clearTimeout(overdue);
    // What it took for a large content is given back.
    idle = setTimeout(() => lose(worker, new Error('idle')), IDLE_MS).unref();
    if ('value' in answer) return answer.value;
    if ('lost' in answer) throw new AppError('invalid', TOO_MUCH, { cause: answer.lost });
    if (answer.refusal) throw new AppError('invalid', answer.refusal);
    throw new Error(`the reader failed: ${answer.failure}`);
  }

  return {
    read(reader, bytes) {
      const mine = last.then(() => ask(reader, bytes));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** The thread that all contents of this process go to. */
export const apart = createApart({ memoryMb: 256, ms: 10_000 });
