/**
 * The pages that features bring: made on the server for whoever may look, readable without a script. On one's own machine
 * they are open; elsewhere a session of the chat page opens them, and what is public is what anybody may see.
 */
import type { Request, Response } from 'restify';
import type { Bot } from '../bot/bot.ts';
import type { Given } from '../bot/files/downloads.ts';
import type { Log } from '../lib/log.ts';
import { StoreError } from '../store/store.ts';
import { disposition } from './downloads.ts';
import type { Web } from './server.ts';
import { wordsPage } from './words-page.ts';

export interface PagesOptions {
  readonly bot: Pick<Bot, 'page'>;
  readonly web: Web;
  readonly log: Log;
  /** Names of the pages. */
  readonly names: readonly string[];
  /** Who of the programme asks, null when that is not said; undefined: nobody of it. */
  readonly who: (req: Request) => Promise<string | null | undefined>;
  /** Names of those that anybody may look at. */
  readonly open: ReadonlySet<string>;
}

/** Nothing from elsewhere, no script at all, nothing inline. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const WORDS = {
  closed: [403, '请在会商里发“看板”，从它给的链接打开网页，再看这一页。'],
  nothing: [404, '没有这一页。'],
  busy: [503, '系统正忙，请稍后再试。'],
  failed: [500, '出了点问题，请稍后再试，还不行就告诉市委组织部。'],
} as const;

export function mountPages({ bot, web, log, names, who, open }: PagesOptions): void {
  for (const name of names) {
    const serve = async (req: Request, res: Response) => answer(name, req, res);
    web.server.get(`/${name}`, serve);
    web.server.get(`/${name}/*`, serve);
  }

  async function answer(name: string, req: Request, res: Response): Promise<void> {
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('X-Frame-Options', 'DENY');
    res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    res.setHeader('Content-Security-Policy', POLICY);
    const without = withoutSlash(req);
    if (without !== undefined) {
      res.setHeader('Location', without);
      res.writeHead(301);
      res.end();
      return;
    }
    const made = await make(name, req);
    if (typeof made === 'string') {
      const [status, text] = WORDS[made];
      // Whoever comes from a link in a chat brings the cookie of the session only with the next step.
      const again = made === 'closed' ? '<p><a href="">已经打开过网页的，点这里再看一次</a></p>' : '';
      res.setHeader('Content-Type', 'text/html; charset=utf-8');
      res.sendRaw(status, wordsPage(`<p>${text}</p>${again}`));
      return;
    }
    const body = Buffer.from(made.body);
    res.setHeader('Content-Type', made.type);
    res.setHeader('Content-Length', body.length);
    if (!/^text\//.test(made.type)) res.setHeader('Content-Disposition', disposition(made));
    res.writeHead(200);
    res.end(body);
  }

  async function make(name: string, req: Request): Promise<Given | keyof typeof WORDS> {
    try {
      const person = await who(req);
      if (person === undefined && !open.has(name)) return 'closed';
      const path = decodeURIComponent(String(req.params['*'] ?? '')).replace(/^\/+|\/+$/g, '');
      const query = new URLSearchParams(req.getQuery());
      return (await bot.page(name, { path, query, person })) ?? 'nothing';
    } catch (error) {
      // An address that nobody was given.
      if (error instanceof URIError) return 'nothing';
      if (error instanceof StoreError && error.code === 'bad_cursor') return 'nothing';
      log.error({ err: error }, 'a page could not be made');
      return error instanceof StoreError && error.code === 'unavailable' ? 'busy' : 'failed';
    }
  }
}

/**
 * The links of a page lead on from its name, which a slash behind it makes the name of a folder. Relative: in front of
 * us the address may begin otherwise.
 */
function withoutSlash(req: Request): string | undefined {
  const [, last = '', slashes] = /([^/]+)(\/+)$/.exec(req.path()) ?? [];
  const query = req.getQuery();
  return slashes && `${'../'.repeat(slashes.length)}${last}${query && `?${query}`}`;
}
