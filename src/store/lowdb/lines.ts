/** Reads a file of lines through one buffer, so that no file ever becomes one giant string. */
import { isUtf8, transcode } from 'node:buffer';
import type { StoreFile } from './fs.ts';

const CHUNK = 1024 * 1024;
/** Text of this many bytes finds room that is in use all the time; for larger ones the system clears new pages. */
const BLOCK = 32 * 1024;
const NEWLINE = 10;

/** What follows the last newline of a file. */
interface Rest {
  /** The offset behind the last newline. */
  readonly end: number;
  /** Bytes after it, whether those are zeros, and what they are without the zeros at their end. */
  readonly rest: number;
  readonly blank: boolean;
  readonly tail: Buffer;
  /** How many complete lines there are. */
  readonly lines: number;
}

/**
 * Call `visit` with every complete line: its text without the newline and its bytes with it (valid only during the
 * call), its number from 1, and the offset in the file at which it begins.
 */
export async function eachLine(
  file: StoreFile,
  visit: (text: string, bytes: Buffer, number: number, offset: number) => void,
): Promise<Rest> {
  let buffer = Buffer.allocUnsafe(CHUNK);
  let position = 0;
  let filled = 0;
  let lines = 0;
  for (;;) {
    if (filled === buffer.length) {
      const larger = Buffer.allocUnsafe(buffer.length * 2);
      buffer.copy(larger, 0, 0, filled);
      buffer = larger;
    }
    const count = await file.read(buffer, filled, position + filled);
    if (count === 0) {
      let length = filled;
      while (length > 0 && buffer[length - 1] === 0) length -= 1;
      const tail = buffer.subarray(0, length);
      return { end: position, rest: filled, blank: length === 0, tail, lines };
    }
    const view = buffer.subarray(0, filled + count);
    const end = view.lastIndexOf(NEWLINE) + 1;
    for (let from = 0, to = 0; from < end; from = to) {
      // As many lines as fit, or one that is longer, become text in one go.
      to = view.lastIndexOf(NEWLINE, Math.min(from + BLOCK, end) - 1) + 1;
      if (to <= from) to = view.indexOf(NEWLINE, from) + 1;
      const text = textOf(view.subarray(from, to));
      for (let at = 0, start = from; start < to; ) {
        const stop = view.indexOf(NEWLINE, start) + 1;
        const newline = text.indexOf('\n', at);
        lines += 1;
        visit(text.slice(at, newline), view.subarray(start, stop), lines, position + start);
        start = stop;
        at = newline + 1;
      }
    }
    view.copyWithin(0, end);
    filled = view.length - end;
    position += end;
  }
}

/** What is proper UTF-8, as good as always, becomes text three times as fast by way of UTF-16. */
function textOf(block: Buffer): string {
  return isUtf8(block) ? transcode(block, 'utf8', 'utf16le').toString('utf16le') : block.toString('utf8');
}
