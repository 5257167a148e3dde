/** How journal files are called and what one line of them looks like. */
import { crc32 } from 'node:zlib';

/** The file of a generation. */
export function journalName(generation: number): string {
  return `huishang.${String(generation).padStart(6, '0')}.journal`;
}

/** The generation of a file, undefined when it is no journal. */
export function journalGeneration(name: string): number | undefined {
  const match = /^huishang\.(\d{6,})\.journal$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** `<checksum> <sequence> <place in its batch> <JSON>`; the checksum covers all that follows it. */
export function formatLine(sequence: number, place: number, json: string): string {
  const payload = `${sequence} ${place} ${json}`;
  return `${crc32(payload).toString(16).padStart(8, '0')} ${payload}\n`;
}

/** One line without its newline, as text and as bytes; undefined when it is not what was once written. */
export function parseLine(
  text: string,
  bytes: Buffer,
): { sequence: number; place: number; json: string } | undefined {
  const sum = text.slice(0, 9);
  if (!/^[0-9a-f]{8} $/.test(sum) || crc32(bytes.subarray(9)) !== Number.parseInt(sum, 16)) return undefined;
  const match = /^(\d+) (\d+) (.*)$/s.exec(text.slice(9));
  if (!match?.[3]) return undefined;
  return { sequence: Number(match[1]), place: Number(match[2]), json: match[3] };
}

/** Whether a line (without its newline) has one zero only, which was a letter that lost its only bit. */
export function lostBit(bytes: Buffer): boolean {
  const at = bytes.indexOf(0);
  if (at < 0 || bytes.includes(0, at + 1)) return false;
  const line = Buffer.from(bytes);
  for (let bit = 1; bit < 256; bit *= 2) {
    line[at] = bit;
    if (parseLine(line.toString(), line)) return true;
  }
  return false;
}
