/** Reads the body of a request, once it is known who asks: nothing is kept of what nobody may send. */
import type { Request } from 'restify';
import { DEEPEST, deeperThan, parseJson } from '../lib/json.ts';
import { moreCame } from './gate.ts';

/** Why a body is not taken. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  constructor(
    /** 400: broken off, or no JSON, or deeper than cards are. 413: too large. 415: not what is taken here. */
    readonly status: 400 | 413 | 415,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A body as it is, at most so many bytes, with time for each of its pieces (see gate.ts). @throws BodyError */
export async function readBody(req: Request, mostBytes: number): Promise<Buffer> {
  return gather(req, mostBytes, () => moreCame(req));
}

/** The value of a JSON body of at most so many bytes and `DEEPEST` levels. @throws BodyError */
export async function readJson(req: Request, mostBytes: number): Promise<unknown> {
  if (!/^application\/(json|[\w.+-]+\+json)\b/i.test(req.headers['content-type'] ?? ''))
    throw new BodyError(415, 'Content-Type must be application/json');
  const value = parseJson((await gather(req, mostBytes)).toString('utf8'));
  // What the parser says would repeat what was sent.
  if (value === undefined) throw new BodyError(400, 'The body is not JSON');
  if (deeperThan(value, DEEPEST)) throw new BodyError(400, `The body is deeper than ${DEEPEST} levels`);
  return value;
}

async function gather(req: Request, mostBytes: number, came = () => {}): Promise<Buffer> {
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new BodyError(415, 'The body must not be compressed');
  const tooLarge = new BodyError(413, `The body is larger than ${mostBytes} bytes`);
  if (Number(req.headers['content-length'] ?? 0) > mostBytes) throw tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    // Not destroyed when it is too large: the answer goes out on the same connection.
    for await (const part of req.iterator({ destroyOnReturn: false })) {
      came();
      size += part.length;
      if (size > mostBytes) throw tooLarge;
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof BodyError) throw cause;
    throw new BodyError(400, 'The body broke off', { cause });
  }
  return Buffer.concat(parts);
}
