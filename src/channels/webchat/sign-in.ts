/**
 * The door of the page in a deployment: a link from the bot is shown first and used up by a press, so that what looks
 * at links by itself (previews, scanners) does not spend it; then a cookie says who asks.
 */
import type { Request, Response } from 'restify';
import {
  csrfOf,
  openPageSession,
  SESSION_MS,
  sessionOf,
  sessions,
  signInLinkOf,
} from '../../bot/turn/page-sessions.ts';
import { AppError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { asMarkup } from '../../lib/text.ts';
import type { Store } from '../../store/store.ts';
import type { Web } from '../../web/server.ts';
import type { City } from './city.ts';
import { answering, fromElsewhere, setHeaders } from './guard.ts';
import { plainPage } from './plain.ts';
import type { Person } from './wire.ts';

const NO_SESSION = '请在 Teams 或钉钉里给会商助手发“看板”，从它给的链接打开本页。';
const REFUSED = {
  unknown: [403, '这个链接不对', '它可能没有复制完整。'],
  used: [410, '这个链接用过了', '一个链接只能用一次。'],
  expired: [410, '这个链接过期了', '链接只在几分钟内有效。'],
  elsewhere: [403, '请从链接打开', '这一步要在本页上点。'],
} as const;

export interface SignInOptions {
  readonly web: Web;
  readonly store: Pick<Store, 'transaction' | 'read'>;
  readonly city: Pick<City, 'person'>;
  /** Where people reach this server, without a slash at the end. */
  readonly publicUrl: string;
  readonly log: Log;
  readonly now: () => Date;
  /** A new secret for a cookie: at least 128 random bits. */
  readonly newSecret: () => string;
}

export interface SignIn {
  /** Who asks, by the cookie; a write has to carry the session's token, too. @throws AppError `forbidden` */
  who(req: Request): Promise<Person>;
  /** The same for a look; undefined without a session. */
  person(req: Request): Promise<Person | undefined>;
}

function pageOf(title: string, text: string, button: string): string {
  return plainPage('../', title, `<p>${text}</p>\n${button}`);
}

/** Who opens a link that was meant for somebody else sees so before it is used up. */
function welcome({ name, unitName, roleName }: Person): string {
  const who = `<strong>${asMarkup(name)}</strong>（${asMarkup(`${unitName}${roleName}`)}）`;
  return pageOf(
    '会商',
    `点一下就进去，以${who}的身份。不是您本人就请关掉本页。用完请点“退出”，公用电脑上尤其要退。`,
    '<form method="post"><button type="submit">打开会商</button></form>',
  );
}

/** Mount the door. */
export function createSignIn({ web, store, city, publicUrl, log, now, newSecret }: SignInOptions): SignIn {
  const secure = publicUrl.startsWith('https:');
  // The prefix makes browsers insist on Secure, on this very host and on the whole of it.
  const name = secure ? '__Host-huishang' : 'huishang';
  const cookie = (value: string, seconds: number) =>
    `${name}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;

  function secretOf(req: Request): string {
    const found = (req.headers.cookie ?? '').split(/;\s*/).find((part) => part.startsWith(`${name}=`));
    return found?.slice(name.length + 1) ?? '';
  }

  function show(res: Response, status: number, html: string): void {
    setHeaders(res, "form-action 'self'");
    // Without a referrer the browser would not say either that the press came from here.
    res.setHeader('Referrer-Policy', 'same-origin');
    res.setHeader('X-Robots-Tag', 'noindex');
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.sendRaw(status, html);
  }

  const refuse = (res: Response, why: keyof typeof REFUSED): void => {
    const [status, title, text] = REFUSED[why];
    show(res, status, pageOf(title, `${text}${NO_SESSION}`, ''));
  };

  const tokenOf = (req: Request) => String(req.params['*'] ?? '');
  const busy = (res: Response, error: unknown): void => {
    log.error({ err: error }, 'the page could not be opened');
    show(res, 503, pageOf('系统正忙', '请稍后再试一次。', ''));
  };

  web.server.get('/in/*', async (req: Request, res: Response) => {
    try {
      const pass = await store.read((tx) => signInLinkOf(tx, now(), tokenOf(req)));
      if (typeof pass === 'string') return refuse(res, pass);
      const person = await city.person(pass.person);
      return person ? show(res, 200, welcome(person)) : refuse(res, 'unknown');
    } catch (error) {
      return busy(res, error);
    }
  });

  web.server.post('/in/*', async (req: Request, res: Response) => {
    if (fromElsewhere(req, publicUrl)) return refuse(res, 'elsewhere');
    const secret = newSecret();
    try {
      const session = await store.transaction((tx) => openPageSession(tx, now(), tokenOf(req), secret));
      if (typeof session === 'string') return refuse(res, session);
    } catch (error) {
      return busy(res, error);
    }
    setHeaders(res);
    res.setHeader('Set-Cookie', cookie(secret, SESSION_MS / 1_000));
    res.setHeader('Location', `${publicUrl}/`);
    res.writeHead(303);
    res.end();
  });

  async function personOf(req: Request): Promise<Person | undefined> {
    const secret = secretOf(req);
    const session = secret ? await store.read((tx) => sessionOf(tx, now(), secret)) : undefined;
    return session && (await city.person(session.person));
  }

  async function who(req: Request): Promise<Person> {
    const secret = secretOf(req);
    const person = await personOf(req);
    if (!person) throw new AppError('forbidden', NO_SESSION);
    if (req.method !== 'GET' && req.headers['x-csrf'] !== csrfOf(secret))
      throw new AppError('forbidden', '请刷新页面再试。');
    return person;
  }

  web.server.get(
    '/webchat/session',
    answering(log, async (req) => ({ me: await who(req), csrf: csrfOf(secretOf(req)) }), publicUrl),
  );

  web.server.post(
    '/webchat/leave',
    answering(
      log,
      async (req, res) => {
        await who(req);
        await store.transaction(async (tx) => {
          const session = await sessionOf(tx, now(), secretOf(req));
          if (session) await tx.table(sessions).delete(session);
        });
        res.setHeader('Set-Cookie', cookie('', 0));
        return {};
      },
      publicUrl,
    ),
  );

  return { who, person: personOf };
}
