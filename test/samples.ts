/** Small files of every kind, made by hand, and some that are not what they say. */
import { zipSync } from 'fflate';

const bytes = (...parts: (string | readonly number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );

/** A photo; different `n` are different photos. */
export const photo = (n = 0) =>
  bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0], `photo ${n}`, [0xff, 0xd9]);
/** The same photo as a camera gives it out, with a place beside the picture. */
export const placed = (n: number, place: string) => {
  const exif = bytes('Exif\0\0', 'II', [42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], place);
  const whole = photo(n);
  return bytes(
    [...whole.subarray(0, 2)],
    [0xff, 0xe1, 0, exif.length + 2],
    [...exif],
    [...whole.subarray(2)],
  );
};
export const png = () =>
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
export const pdf = () => bytes('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF');
export const exe = () => bytes('MZ', [0x90, 0, 3, 0, 0, 0], 'This program cannot be run in DOS mode');
export const html = () => bytes('<!doctype html><script>alert(1)</script>');

const office = (main: string, entries: Record<string, Uint8Array> = {}) =>
  Buffer.from(
    zipSync(
      {
        '[Content_Types].xml': Buffer.from(
          `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/main.xml" ContentType="${main}.main+xml"/></Types>`,
        ),
        ...entries,
      },
      // The same bytes each time.
      { mtime: '2026-01-01T00:00:00' },
    ),
  );
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const docx = () => office(WORD, { 'word/document.xml': Buffer.from('<w:document/>') });
export const xlsx = () => office(EXCEL, { 'xl/workbook.xml': Buffer.from('<workbook/>') });
/** Packed parts that say they are 4 GB, and whose unpacking fails at once: who opens it finds out. */
export const bomb = () => {
  const packed = office(EXCEL, { 'xl/workbook.xml': new Uint8Array(2 ** 20) });
  const part = packed.indexOf('xl/workbook.xml');
  packed.writeUInt32LE(0xffffffff, part - 8);
  packed.fill(0xff, part + 15, part + 200);
  return packed;
};
