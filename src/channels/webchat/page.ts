/** The page itself: bundles the client once, in memory, and serves it with an ETag and gzip. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import type { Request, Response } from 'restify';
import type { Log } from '../../lib/log.ts';
import type { Web } from '../../web/server.ts';
import { setHeaders } from './guard.ts';
import { plainPage } from './plain.ts';

const zip = promisify(gzip);
const CLIENT = fileURLToPath(new URL('./client/', import.meta.url));

/** A star on red: the programme's, drawn by hand so that nothing is fetched. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#B3261E"/>' +
  '<path d="M16 6.2l2.9 6.3 6.9.8-5.1 4.7 1.4 6.8L16 21.4l-6.1 3.4 1.4-6.8-5.1-4.7 6.9-.8z" fill="#fff"/></svg>';

/** How one gets in: by picking a person, by a link from the bot, or not at all. */
export type Mode = 'demo' | 'session' | 'closed';

/** Addresses are relative: people may reach us under a folder of another server. */
const html = (mode: Mode) => `<!doctype html>
<html lang="zh-CN" data-mode="${mode}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="theme-color" content="#B3261E">
<title>会商</title>
<link rel="icon" href="webchat/icon.svg" type="image/svg+xml">
<link rel="manifest" href="webchat/manifest.json">
<link rel="stylesheet" href="webchat/app.css">
<script type="module" src="webchat/app.js"></script>
</head>
<body><div id="app"></div><noscript>请打开浏览器的 JavaScript 再使用会商。</noscript></body>
</html>
`;

/** What a phone or a desktop needs to put the page among its programs. */
const MANIFEST = JSON.stringify({
  name: '会商',
  short_name: '会商',
  description: '“五星”支部创建协同',
  lang: 'zh-CN',
  start_url: '../',
  scope: '../',
  display: 'standalone',
  background_color: '#f6f4f2',
  theme_color: '#B3261E',
  icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any maskable' }],
});

/** A deployment without an address of its own cannot give links: say where to go instead. */
const CLOSED_HTML = plainPage(
  '',
  '会商',
  `<p>这里是全市“五星”支部创建的工作助手。</p>
<p>请在 Teams 或钉钉里找到“会商助手”，跟它说要办什么就行。这里还没有开通网页。</p>
<p class="hint">不知道怎么找到它？请问本单位联络员或市委组织部。</p>`,
);

const CLOSED_CSS = `body{margin:0;background:#f6f4f2;color:#23201e;font:16px/1.75 "PingFang SC","Hiragino Sans GB",
"Microsoft YaHei","Noto Sans CJK SC",sans-serif}main{max-width:26em;margin:14vh auto 0;padding:32px 28px;background:#fff;
border-radius:16px;box-sizing:border-box;box-shadow:0 1px 2px rgba(60,30,20,.06),0 8px 28px rgba(60,30,20,.06)}
h1{font-size:24px;margin:12px 0 4px}p{margin:8px 0}.hint{color:#716b67;font-size:14px;margin-top:20px}
button{width:100%;margin-top:16px;padding:12px;border:0;border-radius:10px;background:#b3261e;color:#fff;font:inherit;cursor:pointer}
button:focus-visible{outline:3px solid #f0b8b3}@media(max-width:480px){main{margin:16px;width:auto}}`;

/**
 * The renderer turns \`{{DATE(…)}}\` inside any text into a date. What people typed must stay as they typed it, and
 * our cards carry dates as plain text, so the formatter is replaced by one that changes nothing.
 */
const plainText: Plugin = {
  name: 'plain-text',
  setup({ onLoad }) {
    onLoad({ filter: /adaptivecards[\\/]lib[\\/]text-formatters\.js$/ }, () => ({
      contents: 'export function formatText(lang, text) { return text; }',
    }));
  },
};

interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

async function asset(type: string, contents: string | Uint8Array): Promise<Asset> {
  const plain = Buffer.from(contents);
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type, etag, plain, gzipped: await zip(plain) };
}

async function bundle(): Promise<{ js: Uint8Array; css: Uint8Array; sw: Uint8Array }> {
  const { outputFiles } = await build({
    entryPoints: { app: `${CLIENT}main.tsx`, style: `${CLIENT}style.css`, sw: `${CLIENT}sw.ts` },
    bundle: true,
    write: false,
    minify: true,
    outdir: '/',
    format: 'esm',
    target: 'es2021',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [plainText],
  });
  const file = (suffix: string) => outputFiles.find(({ path }) => path.endsWith(suffix))?.contents;
  const [js, css, sw] = [file('/app.js'), file('/style.css'), file('/sw.js')];
  if (!js || !css || !sw) throw new Error('the page was bundled without a script or a style sheet');
  return { js, css, sw };
}

async function assets(mode: Mode): Promise<Map<string, Asset>> {
  const all = new Map([['/webchat/icon.svg', await asset('image/svg+xml', ICON)]]);
  if (mode !== 'demo') all.set('/webchat/closed.css', await asset('text/css; charset=utf-8', CLOSED_CSS));
  if (mode === 'closed') return all.set('/', await asset('text/html; charset=utf-8', CLOSED_HTML));
  const { js, css, sw } = await bundle();
  all.set('/', await asset('text/html; charset=utf-8', html(mode)));
  all.set('/webchat/app.css', await asset('text/css; charset=utf-8', css));
  all.set('/webchat/manifest.json', await asset('application/manifest+json; charset=utf-8', MANIFEST));
  // At the root of ours, which is how far it reaches.
  all.set('/sw.js', await asset('text/javascript; charset=utf-8', sw));
  return all.set('/webchat/app.js', await asset('text/javascript; charset=utf-8', js));
}

/** Mount the page; resolves when it is bundled, and rejects when it cannot be. */
export function mountPage(web: Web, mode: Mode, log: Log): Promise<void> {
  const made = assets(mode);
  made.catch((error) => log.error({ err: error }, 'the chat page could not be bundled'));

  async function serve(req: Request, res: Response): Promise<void> {
    const found = (await made.catch(() => undefined))?.get(req.path());
    setHeaders(res);
    if (!found) {
      res.send(503, { code: 'unavailable', message: '页面暂时打不开，请稍后再试。' });
      return;
    }
    const { type, etag, plain, gzipped } = found;
    const headers = {
      'Content-Type': type,
      'Cache-Control': 'no-cache',
      Vary: 'Accept-Encoding',
      ETag: etag,
    };
    if (req.headers['if-none-match'] === etag) {
      res.writeHead(304, headers);
      res.end();
      return;
    }
    const small = /\bgzip\b/.test(req.headers['accept-encoding'] ?? '');
    const body = small ? gzipped : plain;
    res.writeHead(200, {
      ...headers,
      ...(small && { 'Content-Encoding': 'gzip' }),
      'Content-Length': body.length,
    });
    res.end(body);
  }

  const app =
    mode === 'closed' ? [] : ['/webchat/app.js', '/webchat/app.css', '/webchat/manifest.json', '/sw.js'];
  const paths = ['/', ...app, ...(mode === 'demo' ? [] : ['/webchat/closed.css'])];
  for (const path of [...paths, '/webchat/icon.svg']) web.server.get(path, serve);
  return made.then(() => undefined);
}
