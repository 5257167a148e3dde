/** GET /d/<token>: the file that a signed link stands for, or a small page that says why there is none. */
import { createHash } from 'node:crypto';
import type { Request, Response } from 'restify';
import type { Bot } from '../bot/bot.ts';
import type { Given, Opened } from '../bot/files/downloads.ts';
import type { Log } from '../lib/log.ts';
import { StoreError } from '../store/store.ts';
import type { Web } from './server.ts';

export interface DownloadsOptions {
  readonly bot: Pick<Bot, 'download'>;
  readonly web: Web;
  readonly log: Log;
}

interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

const PAGES: Readonly<Record<Extract<Opened, string> | 'busy' | 'failed', Page>> = {
  altered: { status: 403, title: '链接不对', text: '这个链接不完整。请回到会商卡片，重新点一次按钮。' },
  expired: {
    status: 410,
    title: '链接过期了',
    text: '请回到和会商助手的单聊，重新打开那张卡片（或发送它的编号、“日历”），就有新的链接。',
  },
  refused: {
    status: 403,
    title: '不能下载',
    text: '这份文件现在不给您看：可能已经移除，也可能只给有关单位现在的人员。有疑问请联系发起或下达的单位。',
  },
  busy: { status: 503, title: '系统正忙', text: '请稍后再试。' },
  failed: { status: 500, title: '出了点问题', text: '请稍后再试，还不行就告诉市委组织部。' },
};

const SHOWN: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/webp']);

const PHOTO_SECONDS = 600;

const STYLE =
  'body{font:17px/1.6 system-ui,sans-serif;max-width:26em;margin:20vh auto;padding:0 1.2em;color:#222}h1{font-size:1.4em}';
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** What RFC 5987 lets stand as it is in an extended value. */
function extended(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The usual parts of a name that every client understands, then the name itself. */
export function disposition({ name, type }: Pick<Given, 'name' | 'type'>): string {
  const plain = name.replace(/[^\w.-]+/g, '');
  // A photo is looked at; whatever else it may be, the browser must not open it.
  const how = SHOWN.has(type) ? 'inline' : 'attachment';
  return `${how}; filename="${plain.startsWith('.') ? `file${plain}` : plain}"; filename*=UTF-8''${extended(name)}`;
}

export function mountDownloads({ bot, web, log }: DownloadsOptions): void {
  // A wildcard: the router cuts named parts off at 100 characters.
  web.server.get('/d/*', async (req: Request, res: Response) => {
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('X-Robots-Tag', 'noindex');
    res.setHeader('Content-Security-Policy', POLICY);
    const opened = await open(String(req.params['*'] ?? ''));
    if (typeof opened === 'string') {
      const { status, title, text } = PAGES[opened];
      res.setHeader('Content-Type', 'text/html; charset=utf-8');
      res.sendRaw(
        status,
        `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style><h1>${title}</h1><p>${text}</p></html>`,
      );
      return;
    }
    const body = Buffer.from(opened.body);
    // A photo in a list is not fetched anew each time the list is drawn.
    if (SHOWN.has(opened.type)) res.setHeader('Cache-Control', `private, max-age=${PHOTO_SECONDS}`);
    res.setHeader('Content-Type', opened.type);
    res.setHeader('Content-Length', body.length);
    res.setHeader('Content-Disposition', disposition(opened));
    res.writeHead(200);
    res.end(body);
  });

  async function open(token: string): Promise<Opened | 'busy' | 'failed'> {
    try {
      return await bot.download(token);
    } catch (error) {
      log.error({ err: error }, 'download failed');
      return error instanceof StoreError && error.code === 'unavailable' ? 'busy' : 'failed';
    }
  }
}
