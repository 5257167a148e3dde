/**
 * The service worker: keeps the page itself, so that it opens without a line and shows what waits to be sent. It keeps
 * nothing that anybody said; all else goes to the server as if it were not here.
 */

import type { NotifyData } from './notify.ts';

/** What is used of a worker's own world, which the types of a page do not have. */
interface Worker {
  readonly registration: { readonly scope: string };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(query: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly WindowOfOurs[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}
interface WindowOfOurs {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: NotifyData): void;
}
interface WorkerEvent {
  readonly request: Request;
  readonly notification: { readonly close: () => void; readonly data: NotifyData };
  waitUntil(work: Promise<unknown>): void;
  respondWith(response: Promise<Response>): void;
}

const worker = self as unknown as Worker;
const SHELL = 'huishang-shell';
const FILES = ['./', 'webchat/app.js', 'webchat/app.css', 'webchat/icon.svg', 'webchat/manifest.json'];
const urls = FILES.map((path) => new URL(path, worker.registration.scope).href);

/** The newest there is, else what was kept: after an update nobody is left with an old page. */
async function shell(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(url, response.clone());
    if (response.status < 500) return response;
    return (await cache.match(url)) ?? response;
  } catch (error) {
    const kept = await cache.match(url);
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(urls))
      .then(() => worker.skipWaiting()),
  );
});
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = request.url.replace(/[?#].*$/, '');
  if (request.method === 'GET' && urls.includes(url)) event.respondWith(shell(request, url));
});

/** As whom an address sees the page: two windows may be two people. */
const whose = (url: string) => new URL(url, worker.registration.scope).searchParams.get('as');

/** The chat that a notification was about, in this person's window, or in a new one. */
async function lead({ chat, url }: NotifyData): Promise<void> {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find((one) => whose(one.url) === whose(url));
  if (!open) {
    await worker.clients.openWindow(new URL(url, worker.registration.scope).href);
    return;
  }
  open.postMessage({ chat, url });
  await open.focus();
}

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data));
});
