/**
 * Takes out of a photo what the camera wrote beside the picture: where, when and with which device it was taken, and
 * whatever hangs on behind it (a second picture, a film). The picture itself is not touched, nor which way is up.
 */

const PHOTOS = { jpg: jpeg, png, webp, heic } as const;

/** The same picture and nothing else; what is no photo comes back as it is. @throws RangeError when it breaks off */
export function withoutMetadata(kind: string, bytes: Uint8Array): Uint8Array {
  return Object.hasOwn(PHOTOS, kind) ? PHOTOS[kind as keyof typeof PHOTOS](bytes) : bytes;
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const text = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** What is kept of a content, in order. */
function keeper(bytes: Uint8Array) {
  const parts: Uint8Array[] = [];
  let from = 0;
  return {
    /** The bytes from `start` to `end` go. */
    drop(start: number, end: number): void {
      parts.push(bytes.subarray(from, start));
      from = end;
    },
    put(part: Uint8Array): void {
      parts.push(part);
    },
    done(end: number): Uint8Array {
      parts.push(bytes.subarray(from, Math.max(from, end)));
      return parts.length === 1 && end === bytes.length ? bytes : Buffer.concat(parts);
    },
  };
}

function jpeg(bytes: Uint8Array): Uint8Array {
  const data = view(bytes);
  const kept = keeper(bytes);
  let up = 1;
  let at = 2;
  while (at < bytes.length) {
    // The picture itself, up to the next sign that something else begins.
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return withOrientation(kept.done(bytes.length), up);
    const marker = data.getUint8(at + 1);
    if (marker === 0xd9) return withOrientation(kept.done(at + 2), up);
    const alone = marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
    if (alone || marker === 0xff) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const end = at + 2 + data.getUint16(at + 2);
    if (marker === 0xe1 && text(bytes, at + 4, 4) === 'Exif')
      up = orientationOf(bytes.subarray(at + 10, end));
    if (isAside(marker, text(bytes, at + 4, 11))) kept.drop(at, end);
    at = end;
  }
  return withOrientation(kept.done(bytes.length), up);
}

/** Neither the picture nor how its colours are meant. */
function isAside(marker: number, name: string): boolean {
  if (marker === 0xfe) return true;
  if (marker < 0xe0 || marker > 0xef) return false;
  return marker !== 0xe0 && marker !== 0xee && !(marker === 0xe2 && name === 'ICC_PROFILE');
}

/** Which way is up, from 1 (as it is) to 8. */
function orientationOf(tiff: Uint8Array): number {
  if (tiff.length < 14) return 1;
  const data = view(tiff);
  const little = text(tiff, 0, 2) === 'II';
  const first = data.getUint32(4, little);
  if (first + 2 > tiff.length) return 1;
  const count = data.getUint16(first, little);
  for (let i = 0; i < count && first + 2 + 12 * (i + 1) <= tiff.length; i++) {
    const entry = first + 2 + 12 * i;
    if (data.getUint16(entry, little) !== 0x0112) continue;
    const up = data.getUint16(entry + 8, little);
    return up >= 1 && up <= 8 ? up : 1;
  }
  return 1;
}

/** A JPEG with an Exif of its own that says which way is up and nothing more. */
function withOrientation(bytes: Uint8Array, up: number): Uint8Array {
  if (up === 1) return bytes;
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, up, 0, 0, 0, 0, 0, 0];
  const exif = [0xff, 0xe1, 0, tiff.length + 8, 0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return Buffer.concat([bytes.subarray(0, 2), Uint8Array.from(exif), bytes.subarray(2)]);
}

/** The parts of a PNG that make its picture. */
const PICTURE = /^(IHDR|PLTE|IDAT|IEND|tRNS|gAMA|cHRM|sRGB|iCCP|cICP|sBIT|bKGD|pHYs|acTL|fcTL|fdAT)$/;

function png(bytes: Uint8Array): Uint8Array {
  const data = view(bytes);
  const kept = keeper(bytes);
  let at = 8;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + data.getUint32(at);
    const name = text(bytes, at + 4, 4);
    if (name === 'IEND') return kept.done(end);
    if (!PICTURE.test(name)) kept.drop(at, Math.min(end, bytes.length));
    at = end;
  }
  return kept.done(bytes.length);
}

function webp(bytes: Uint8Array): Uint8Array {
  const data = view(bytes);
  const kept = keeper(bytes);
  const whole = Math.min(bytes.length, 8 + data.getUint32(4, true));
  let at = 12;
  let flags = -1;
  while (at + 8 <= whole) {
    const size = data.getUint32(at + 4, true);
    const end = Math.min(whole, at + 8 + size + (size % 2));
    const name = text(bytes, at, 4);
    if (name === 'VP8X') flags = at + 8;
    if (name === 'EXIF' || name === 'XMP ') kept.drop(at, end);
    at = end;
  }
  const clean = kept.done(whole);
  if (clean === bytes) return bytes;
  const made = Uint8Array.from(clean);
  view(made).setUint32(4, made.length - 8, true);
  // It does not say any more that there is an EXIF (8) or an XMP (4) to come.
  if (flags >= 0) made[flags] = (made[flags] ?? 0) & ~0b1100;
  return made;
}

interface Box {
  readonly name: string;
  /** Of its content. */
  readonly from: number;
  readonly to: number;
}

function boxes(bytes: Uint8Array, from: number, to: number): readonly Box[] {
  const data = view(bytes);
  const found: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const short = data.getUint32(at);
    const size = short === 1 ? Number(data.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    if (size < 8) break;
    found.push({
      name: text(bytes, at + 4, 4),
      from: at + (short === 1 ? 16 : 8),
      to: Math.min(to, at + size),
    });
    at += size;
  }
  return found;
}

/** The parts beside the picture stay where they are, since all is found by its place, and become empty. */
function heic(bytes: Uint8Array): Uint8Array {
  const meta = boxes(bytes, 0, bytes.length).find(({ name }) => name === 'meta');
  const inner = meta ? boxes(bytes, meta.from + 4, meta.to) : [];
  const one = (name: string) => inner.find((box) => box.name === name);
  const [info, places, stock] = [one('iinf'), one('iloc'), one('idat')];
  if (!info || !places) return bytes;
  const asides = asidesOf(bytes, info);
  const made = Uint8Array.from(bytes);
  for (const { item, from, to, inside } of extentsOf(bytes, places)) {
    const base = inside ? (stock?.from ?? 0) : 0;
    if (asides.has(item)) made.fill(0, base + from, base + to);
  }
  return asides.size > 0 ? made : bytes;
}

/** The items that are Exif or XMP. */
function asidesOf(bytes: Uint8Array, { from, to }: Box): ReadonlySet<number> {
  const data = view(bytes);
  const start = from + (data.getUint8(from) === 0 ? 6 : 8);
  const asides = new Set<number>();
  for (const entry of boxes(bytes, start, to)) {
    const version = data.getUint8(entry.from);
    if (entry.name !== 'infe' || version < 2) continue;
    const wide = version > 2;
    const item = wide ? data.getUint32(entry.from + 4) : data.getUint16(entry.from + 4);
    const type = text(bytes, entry.from + (wide ? 10 : 8), 4);
    if (type === 'Exif' || type === 'mime') asides.add(item);
  }
  return asides;
}

const MOST_EXTENTS = 10_000;

interface Extent {
  readonly item: number;
  readonly from: number;
  readonly to: number;
  /** Counted within the box of small items. */
  readonly inside: boolean;
}

function extentsOf(bytes: Uint8Array, { from }: Box): readonly Extent[] {
  const data = view(bytes);
  const version = data.getUint8(from);
  let at = from + 6;
  const take = (size: number): number => {
    at += size;
    if (size === 0) return 0;
    if (size === 8) return Number(data.getBigUint64(at - 8));
    return size === 4 ? data.getUint32(at - 4) : data.getUint16(at - 2);
  };
  const sizes = data.getUint8(from + 4);
  const others = data.getUint8(from + 5);
  const [offset, length, base, index] = [sizes >> 4, sizes & 15, others >> 4, version > 0 ? others & 15 : 0];
  const found: Extent[] = [];
  const items = take(version < 2 ? 2 : 4);
  for (let i = 0; i < items; i++) {
    const item = take(version < 2 ? 2 : 4);
    const inside = version > 0 && (take(2) & 15) === 1;
    take(2);
    const start = take(base);
    const extents = take(2);
    for (let n = 0; n < extents; n++) {
      if (found.length >= MOST_EXTENTS) throw new RangeError('More parts than a photo has');
      take(index);
      const begin = start + take(offset);
      found.push({ item, from: begin, to: begin + take(length), inside });
    }
  }
  return found;
}
