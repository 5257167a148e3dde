/** Writes spreadsheets beside the thread that answers people: rows go over page by page, the finished file comes back. */

import { Worker } from 'node:worker_threads';
import { wordsForCell } from './cells.ts';

/**
 * `text` is always text, never a formula. `day` takes `YYYY-MM-DD`, `time` an ISO instant that is shown as Shanghai's
 * wall clock, or a day that is shown as one; both become real dates.
 */
export interface Column {
  readonly title: string;
  /** In characters, a Chinese one counting as two. */
  readonly width: number;
  readonly kind: 'text' | 'number' | 'day' | 'time';
}

/** In the order of the columns; null stays empty. */
export type Line = readonly (string | number | null)[];

/** What the thread is given first, then pages of rows, then the end. */
export interface SheetHead {
  readonly sheet: string;
  readonly columns: readonly Column[];
}
type ToSheet = { readonly lines: readonly Line[] } | { readonly end: true };

export interface Sheet {
  add(lines: readonly Line[]): void;
  /** The finished .xlsx: header row frozen, bold and filtered. Rejects when the thread failed. */
  finish(): Promise<Uint8Array>;
  /** Give up; fine after `finish`. */
  stop(): Promise<void>;
}

/** Megabytes that one file may take to write; 46,000 rows need some 400. */
const MEMORY_MB = 1_500;

/** Begin a spreadsheet in a thread of its own. */
export function createSheet(head: SheetHead): Sheet {
  const worker = new Worker(new URL('./sheet.worker.js', import.meta.url), {
    workerData: head,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const made = new Promise<Uint8Array>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the sheet's thread ended with ${code}`)));
  });
  made.catch(() => undefined);
  const tell = (message: ToSheet) => worker.postMessage(message);
  return {
    add: (lines) => tell({ lines: lines.map((line) => line.map(plain)) }),
    finish() {
      tell({ end: true });
      return made;
    },
    async stop() {
      await worker.terminate();
    },
  };
}

function plain(value: Line[number]): Line[number] {
  return typeof value === 'string' ? wordsForCell(value) : value;
}
