/** A photo keeps its picture and which way is up, and loses where, when and with what it was taken. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutMetadata } from '../../src/lib/photo.ts';

const SECRET = 'GPS 34.7466N 113.6254E';
const latin = (text: string) => Buffer.from(text, 'latin1');
const u16 = (n: number) => Buffer.from([n >> 8, n & 255]);
const u32 = (n: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
};
const segment = (marker: number, ...parts: Uint8Array[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0xff, marker]), u16(body.length + 2), body]);
};
/** An Exif with an orientation and a place, in either order of bytes. */
const exif = (up: number, little: boolean) => {
  const tiff = Buffer.alloc(26);
  tiff.write(little ? 'II' : 'MM', 'latin1');
  const put16 = (n: number, at: number) => (little ? tiff.writeUInt16LE(n, at) : tiff.writeUInt16BE(n, at));
  const put32 = (n: number, at: number) => (little ? tiff.writeUInt32LE(n, at) : tiff.writeUInt32BE(n, at));
  put16(42, 2);
  put32(8, 4);
  put16(1, 8);
  put16(0x0112, 10);
  put16(3, 12);
  put32(1, 14);
  put16(up, 18);
  return segment(0xe1, latin('Exif\0\0'), tiff, latin(SECRET));
};
const SOI = Buffer.from([0xff, 0xd8]);
const JFIF = segment(0xe0, latin('JFIF\0'), Buffer.from([1, 1, 0, 0, 1, 0, 1, 0, 0]));
const ICC = segment(0xe2, latin('ICC_PROFILE\0'), latin('colours'));
const SCAN = Buffer.concat([segment(0xda, Buffer.from([1])), Buffer.from([1, 2, 0xff, 0, 3, 0xff, 0xd0, 4])]);
const EOI = Buffer.from([0xff, 0xd9]);
const holds = (bytes: Uint8Array, words: string) => Buffer.from(bytes).includes(words, 0, 'latin1');

describe('a photo', () => {
  it('as JPEG loses Exif, XMP, comments, second pictures and films, not its colours', () => {
    const xmp = segment(0xe1, latin(`http://ns.adobe.com/xap/1.0/\0${SECRET}`));
    const mpf = segment(0xe2, latin(`MPF\0${SECRET}`));
    const said = segment(0xfe, latin(SECRET));
    const film = latin(`ftypmp42 ${SECRET}`);
    const whole = Buffer.concat([SOI, JFIF, exif(1, true), xmp, ICC, mpf, said, SCAN, said, SCAN, EOI, film]);
    const made = withoutMetadata('jpg', whole);
    expect(Buffer.from(made)).toEqual(Buffer.concat([SOI, JFIF, ICC, SCAN, SCAN, EOI]));
  });

  it.each([
    [6, true],
    [8, false],
  ])('as JPEG still says which way is up (%i)', (up, little) => {
    const made = withoutMetadata('jpg', Buffer.concat([SOI, exif(up, little), SCAN, EOI]));
    expect(holds(made, 'GPS')).toBe(false);
    // Written anew, and read as it was: cleaning it again changes nothing.
    expect(Buffer.from(withoutMetadata('jpg', made))).toEqual(Buffer.from(made));
    expect(made[2 + 2 + 2 + 6 + 19]).toBe(up);
  });

  it('without anything beside the picture is the same bytes', () => {
    const plain = Buffer.concat([SOI, JFIF, SCAN, EOI]);
    expect(withoutMetadata('jpg', plain)).toBe(plain);
    expect(withoutMetadata('pdf', latin(SECRET)).length).toBe(SECRET.length);
  });

  it('as PNG loses text, time and Exif', () => {
    const chunk = (name: string, body: Uint8Array) =>
      Buffer.concat([u32(body.length), latin(name), body, u32(0)]);
    const head = latin('\x89PNG\r\n\x1a\n');
    const picture = [
      chunk('IHDR', Buffer.alloc(13)),
      chunk('IDAT', latin('picture')),
      chunk('IEND', latin('')),
    ];
    const asides = ['tEXt', 'iTXt', 'zTXt', 'eXIf', 'tIME', 'prVt'].map((name) => chunk(name, latin(SECRET)));
    const [ihdr = head, idat = head, iend = head] = picture;
    const made = withoutMetadata(
      'png',
      Buffer.concat([head, ihdr, ...asides, idat, ...asides, iend, latin(SECRET)]),
    );
    expect(Buffer.from(made)).toEqual(Buffer.concat([head, ...picture]));
  });

  it('as WebP loses Exif and XMP, and does not announce them any more', () => {
    const chunk = (name: string, body: Uint8Array) => {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(body.length);
      return Buffer.concat([latin(name), size, body, Buffer.alloc(body.length % 2)]);
    };
    const riff = (...chunks: Uint8Array[]) => {
      const body = Buffer.concat([latin('WEBP'), ...chunks]);
      return Buffer.concat([chunk('RIFF', body)]).subarray(0, 8 + body.length);
    };
    const flags = (n: number) => chunk('VP8X', Buffer.from([n, 0, 0, 0, 1, 0, 0, 1, 0, 0]));
    const picture = chunk('VP8 ', latin('picture'));
    const whole = riff(
      flags(0b11100),
      picture,
      chunk('EXIF', latin(SECRET)),
      chunk('XMP ', latin(`${SECRET}!`)),
    );
    expect(Buffer.from(withoutMetadata('webp', whole))).toEqual(Buffer.from(riff(flags(0b10000), picture)));
  });

  it('as HEIC has its Exif emptied where it stands, by whichever way it is found', () => {
    const box = (name: string, ...parts: Uint8Array[]) => {
      const body = Buffer.concat(parts);
      return Buffer.concat([u32(body.length + 8), latin(name), body]);
    };
    const full = (name: string, version: number, ...parts: Uint8Array[]) =>
      box(name, Buffer.from([version, 0, 0, 0]), ...parts);
    const item = (id: number, type: string) => full('infe', 2, u16(id), u16(0), latin(type), latin('\0'));
    const infos = full('iinf', 0, u16(3), item(1, 'hvc1'), item(2, 'Exif'), item(3, 'mime'));
    const place = (id: number, how: number, from: number, size: number) =>
      Buffer.concat([u16(id), u16(how), u16(0), u16(1), u32(from), u32(size)]);
    const build = (start: number) =>
      Buffer.concat([
        box('ftyp', latin('heic')),
        full(
          'meta',
          0,
          infos,
          full(
            'iloc',
            1,
            Buffer.from([0x44, 0]),
            u16(3),
            place(1, 0, start, 7),
            place(2, 0, start + 7, 22),
            place(3, 1, 0, 22),
          ),
          box('idat', latin(SECRET)),
        ),
        box('mdat', latin('picture'), latin(SECRET)),
      ]);
    const start = build(0).length - 7 - SECRET.length;
    const whole = build(start);
    const made = withoutMetadata('heic', whole);
    expect(made).toHaveLength(whole.length);
    expect(holds(made, 'GPS')).toBe(false);
    expect(holds(made, 'picture')).toBe(true);
  });

  it('that breaks off, or is no photo at all, ends: with a picture or with a RangeError', () => {
    const kinds = fc.constantFrom('jpg', 'png', 'webp', 'heic');
    fc.assert(
      fc.property(kinds, fc.uint8Array({ maxLength: 200 }), (kind, noise) => {
        const start = { jpg: SOI, png: latin('\x89PNG\r\n\x1a\n'), webp: latin('RIFF'), heic: latin('') }[
          kind
        ];
        try {
          expect(withoutMetadata(kind, Buffer.concat([start ?? SOI, noise])).length).toBeLessThanOrEqual(300);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
