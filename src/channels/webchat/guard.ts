/** Keeps other sites' pages out, sets the headers, and turns every failure into a sentence. */
import type { Request, RequestHandler, Response } from 'restify';
import type { z } from 'zod';
import { AppError, type ErrorCode } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { StoreError } from '../../store/store.ts';
import { BodyError } from '../../web/body.ts';
import type { City } from './city.ts';
import { whatIsWrong } from './input.ts';
import type { Person } from './wire.ts';

const STATUS: Record<ErrorCode, number> = {
  not_found: 404,
  forbidden: 403,
  invalid: 400,
  stale: 409,
  unbound: 403,
  unavailable: 503,
  config: 500,
  internal: 500,
};

const UNREADABLE: Record<BodyError['status'], string> = {
  400: '没有传完，或者格式不对，请刷新页面再试。',
  413: '内容太长了，请分几次发。',
  415: '请求格式不对，请刷新页面再试。',
};

/** Scripts, styles and data come from here and nowhere else; nothing inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @param forms what the page may send by itself; nothing, but for the one on which one signs in */
export function setHeaders(res: Response, forms = "form-action 'none'"): void {
  res.setHeader('Content-Security-Policy', `${POLICY}; ${forms}`);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Cache-Control', 'no-store');
}

/** A page of another site must not make a browser talk to us. `publicUrl`: where people reach us, if not by our own name. */
export function fromElsewhere(req: Request, publicUrl?: string): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin, host } = req.headers;
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  return publicUrl === undefined
    ? new URL(origin).host !== host
    : new URL(origin).origin !== new URL(publicUrl).origin;
}

/** More at once than is taken from one person, or from all together. */
export class TooMuch extends AppError {
  constructor(publicMessage: string) {
    super('unavailable', publicMessage);
  }
}

function sendError(res: Response, error: unknown, log: Log): void {
  if (error instanceof AppError) {
    if (error.code === 'internal') log.error({ err: error.cause ?? error }, 'page request failed');
    res.send(error instanceof TooMuch ? 429 : STATUS[error.code], {
      code: error.code,
      message: error.publicMessage,
    });
    return;
  }
  if (error instanceof BodyError) {
    res.send(error.status, { code: 'invalid', message: UNREADABLE[error.status] });
    return;
  }
  log.error({ err: error }, 'page request failed');
  const busy = error instanceof StoreError && (error.code === 'unavailable' || error.code === 'conflict');
  if (busy) res.send(503, { code: 'unavailable', message: '系统正忙，请稍后再试。' });
  else res.send(500, { code: 'internal', message: '出了点问题，请稍后再试。' });
}

/** A handler that answers with what `run` resolves to; undefined means that it has answered by itself. */
export function answering(
  log: Log,
  run: (req: Request, res: Response) => Promise<unknown>,
  publicUrl?: string,
): RequestHandler {
  return async (req: Request, res: Response) => {
    setHeaders(res);
    try {
      if (fromElsewhere(req, publicUrl)) throw new AppError('forbidden', '请在会商自己的页面里操作。');
      const body = await run(req, res);
      if (body !== undefined) res.send(200, body);
    } catch (error) {
      sendError(res, error, log);
    }
  };
}

/** The value as `schema` has it. @throws AppError `invalid` */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new AppError('invalid', whatIsWrong(result.error));
  return result.data;
}

export function query(req: Request): URLSearchParams {
  return new URLSearchParams(req.getQuery());
}

/** Who asks, in demo mode: named by the page, not proven. @throws AppError `forbidden` */
export async function whoAsks(req: Request, city: City): Promise<Person> {
  const header = req.headers['x-person'];
  const claimed = typeof header === 'string' ? header : query(req).get('as');
  const person = claimed ? await city.person(decoded(claimed)) : undefined;
  if (!person) throw new AppError('forbidden', '请先选一个人，再开始使用。');
  return person;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
