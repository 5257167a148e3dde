/**
 * Pages that open as oneself inside DingTalk: the chat page, and one form to fill in. An address acts for nobody: who
 * looks is asked of DingTalk each time, and must be the one whose form it is.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Request, Response } from 'restify';
import type { Bot } from '../../bot/bot.ts';
import { forms } from '../../bot/cards/form-rows.ts';
import type { Card } from '../../bot/cards/spec.ts';
import { note } from '../../bot/cards/spec.ts';
import type { Answer, Inbound } from '../../bot/turn/inbound.ts';
import type { DingtalkCredentials } from '../../config.ts';
import type { Log } from '../../lib/log.ts';
import { isSame } from '../../lib/secrets.ts';
import { asMarkup } from '../../lib/text.ts';
import type { Store } from '../../store/store.ts';
import { readBody } from '../../web/body.ts';
import type { Web } from '../../web/server.ts';
import { keepButtons } from './cards.ts';
import type { Client } from './client.ts';
import { cardPage, PAGE_CSS, pageOf, whoPage } from './html.ts';
import { accountOf, DINGTALK, partsOf, whereOf } from './place.ts';
import { buttons } from './tables.ts';

export interface PagesParts {
  readonly bot: Pick<Bot, 'draw'>;
  readonly web: Web;
  readonly store: Pick<Store, 'transaction' | 'read'>;
  readonly log: Log;
  readonly client: Client;
  readonly credentials: DingtalkCredentials;
  readonly publicUrl: string;
  /** The organisation, as far as it is known. */
  readonly corp: () => string | undefined;
  readonly sign: (text: string) => string;
  readonly people: People;
  readonly handle: (inbound: Inbound) => Promise<Answer>;
  readonly now: () => Date;
}

/** Who is who, as far as the pages need to know. */
export interface People {
  /** The person who has bound this account. */
  idOf(account: string): Promise<string | undefined>;
  /** The way into the chat page for this person, good once and for some minutes. */
  signInToken(person: string): Promise<string>;
}

const CLIENT = fileURLToPath(new URL('./login.client.ts', import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
const MOST_BYTES = 64 * 1024;
const HOUR_MS = 3_600_000;
/** Codes an hour that may turn out to be none. */
const MOST_FAILURES = 60;
/** Once it is known who looks, the form may be filled in for so long. */
const TICKET_MS = 30 * 60_000;
const WRONG = ['链接不对', '这个链接不完整。请回到钉钉，重新点一次按钮。'] as const;
const OTHERS = ['不是您的表', '这张表是别人打开的，请自己打开一张来填。'] as const;
const UNKNOWN = ['没有认出您', '请回到钉钉里给会商助手发“绑定”，同意后再打开。'] as const;
const BUSY = ['暂时打不开', '请稍后再试一次。'] as const;

export function mountPages(parts: PagesParts): void {
  const { bot, web, store, log, client, credentials, publicUrl, sign, people, handle, now } = parts;
  const base = new URL(publicUrl).pathname.replace(/\/$/, '');
  const script = bundle();
  script.catch((error) => log.error({ err: error }, 'the script of the pages could not be bundled'));

  function show(res: Response, status: number, html: string, type = 'text/html'): void {
    const headers = {
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex',
      'Content-Type': `${type}; charset=utf-8`,
    };
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    res.sendRaw(status, html);
  }
  const refuse = (res: Response, status: number, [title, text]: readonly [string, string]) =>
    show(res, status, pageOf(base, title, `<p>${asMarkup(text)}</p>`));

  /** A route whose failures are a page, too. */
  const page =
    (run: (req: Request, res: Response) => Promise<void>) => async (req: Request, res: Response) => {
      try {
        await run(req, res);
      } catch (error) {
        log.error({ err: error }, 'a page for DingTalk failed');
        refuse(res, 503, BUSY);
      }
    };

  /** When codes were made up: each costs a call of the month. */
  const failures: number[] = [];
  function mayAsk(): boolean {
    const since = now().getTime() - HOUR_MS;
    while (failures[0] !== undefined && failures[0] < since) failures.shift();
    return failures.length < MOST_FAILURES;
  }

  /** Who looks, by the code that DingTalk gave them: good once. */
  async function accountBy(code: string): Promise<string | undefined> {
    if (!/^[\w-]{1,200}$/.test(code)) return undefined;
    if (!mayAsk()) throw new Error('too many codes that DingTalk does not know');
    const corp = parts.corp();
    try {
      const { result } = await client.oapi('/topapi/v2/user/getuserinfo', { body: { code } });
      const account = corp && typeof result?.userid === 'string' ? accountOf(corp, result.userid) : undefined;
      return account && partsOf(account) && account;
    } catch (error) {
      log.info({ err: error }, 'DingTalk does not say who looks');
      failures.push(now().getTime());
      return undefined;
    }
  }

  web.server.get(
    '/dingtalk/page.css',
    page(async (_req, res) => show(res, 200, PAGE_CSS, 'text/css')),
  );
  web.server.get(
    '/dingtalk/login.js',
    page(async (_req, res) => show(res, 200, await script, 'text/javascript')),
  );
  const who = page(async (req, res) => {
    if (req.path() !== '/dingtalk' && !formIn(req)) return refuse(res, 403, WRONG);
    show(res, 200, whoPage(base, parts.corp() ?? '', credentials.clientId));
  });
  web.server.get('/dingtalk', who);
  web.server.get('/dingtalk/form/*', who);

  web.server.post(
    '/dingtalk',
    page(async (req, res) => {
      if (elsewhere(req)) return refuse(res, 403, WRONG);
      const account = await accountBy((await fieldsOf(req)).get('code') ?? '');
      const person = account && (await people.idOf(account));
      if (!person) return refuse(res, 403, UNKNOWN);
      res.setHeader('Location', `${publicUrl}/in/${await people.signInToken(person)}`);
      res.writeHead(303);
      res.end();
    }),
  );

  web.server.post(
    '/dingtalk/form/*',
    page(async (req, res) => {
      const form = formIn(req);
      if (!form || elsewhere(req)) return refuse(res, 403, WRONG);
      const fields = await fieldsOf(req);
      const ticket = fields.get('ticket');
      const account = ticket === null ? await accountBy(fields.get('code') ?? '') : readTicket(ticket, form);
      if (!account) return refuse(res, 403, UNKNOWN);
      const row = await store.read((tx) => tx.table(forms).get(form));
      const self = (await people.idOf(account)) ?? `${DINGTALK}:${account}`;
      const where = row && whereOf({ key: row.place });
      if (row?.person !== self || !where) return refuse(res, 403, OTHERS);
      const viewer = { channel: DINGTALK, account };
      const card =
        ticket === null
          ? (await bot.draw({ text: '', card: { subject: { kind: 'form', id: form } } }, viewer)).card
          : await submit(fields, account, { key: row.place, kind: where.kind });
      await showCard(res, card ?? note('已提交。'), makeTicket(account, form));
    }),
  );

  async function showCard(res: Response, card: Card, ticket: string): Promise<void> {
    const { html, buttons: named } = cardPage(base, card, ticket);
    const runs = new Map(named.map(({ name, op, data }) => [name, { op, data }]));
    await store.transaction((tx) => keepButtons(tx, [runs], now()));
    show(res, 200, html);
  }

  /** What is sent in is a press like any other: who may, and what fits, is the kernel's to say. */
  async function submit(fields: URLSearchParams, account: string, place: Inbound['place']): Promise<Card> {
    const runs = await store.read((tx) => tx.table(buttons).get(fields.get('button') ?? ''));
    const typed: Record<string, string> = {};
    for (const name of new Set(fields.keys()))
      if (name !== 'ticket' && name !== 'button') typed[name] = fields.getAll(name).join(',');
    const { scope, shown } = await handle({
      channel: DINGTALK,
      id: `page:${randomUUID()}`,
      place,
      sender: { account, name: '', handle: partsOf(account)?.staff ?? '' },
      at: now(),
      kind: 'action',
      op: runs?.op ?? '',
      data: { ...typed, ...runs?.data },
      inline: true,
    });
    const next = scope === 'card' || scope === 'mine' ? shown.card : undefined;
    return next && (next.kind === 'form' || next.kind === 'preview') ? next : note(shown.text);
  }

  /** The form that the address names, if we made it. */
  function formIn(req: Request): string | undefined {
    const [form = '', mac = ''] = String(req.params['*'] ?? '').split('.');
    return form !== '' && isSame(mac, sign(`form ${form}`)) ? form : undefined;
  }

  /** A page of another site must not make a browser send a form in. */
  function elsewhere({ headers }: Request): boolean {
    const { origin } = headers;
    return origin !== undefined && origin !== new URL(publicUrl).origin;
  }

  function makeTicket(account: string, form: string): string {
    const claim = JSON.stringify([account, form, now().getTime() + TICKET_MS]);
    return `${Buffer.from(claim).toString('base64url')}.${sign(`ticket ${claim}`)}`;
  }

  function readTicket(ticket: string, form: string): string | undefined {
    const [text = '', mac = ''] = ticket.split('.');
    const claim = Buffer.from(text, 'base64url').toString();
    if (!isSame(mac, sign(`ticket ${claim}`))) return undefined;
    const [account, of, until] = JSON.parse(claim) as [string, string, number];
    return of === form && until > now().getTime() ? account : undefined;
  }
}

async function fieldsOf(req: Request): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(req, MOST_BYTES)).toString('utf8'));
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [CLIENT],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2017',
    legalComments: 'none',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
