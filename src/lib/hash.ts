/** A number from 0 to below 2³² for a text, the same on every server: FNV-1a. For telling apart, never for secrets. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
