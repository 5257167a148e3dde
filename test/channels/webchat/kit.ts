/** The page on a real HTTP server, with a bot of a few lines behind it and a town of five people. */
import { randomUUID } from 'node:crypto';
import type { RenderAdaptive } from '../../../src/bot/cards/adaptive.ts';
import type { Place, Shown } from '../../../src/bot/delivery/channel.ts';
import type { Answer, Inbound } from '../../../src/bot/turn/inbound.ts';
import type { RoutesOptions } from '../../../src/channels/webchat/asides.ts';
import { type City, createWebchat, type Person } from '../../../src/channels/webchat/index.ts';
import { createLog } from '../../../src/lib/log.ts';
import { createWeb } from '../../../src/web/server.ts';
import { formCard, HOSTILE, historyCard, type Issue, issueCard, listCard } from './samples.ts';

/** The samples are drawn already: the page of this kit shows a card as it comes. */
// biome-ignore lint/suspicious/noExplicitAny: see above
const asCard = (json: unknown): any => json;

import { memoryStore } from './store.ts';

const person = (
  id: string,
  name: string,
  unit: string,
  unitName: string,
  kind: string,
  role: string,
  parentName?: string,
): Person => ({
  id,
  name,
  unit,
  unitName,
  kind,
  role,
  roleName: role === 'secretary' ? '支部书记' : role === 'head' ? '负责人' : '联络员',
  parentName,
});

export const PEOPLE: Person[] = [
  person('li', '李志明', 'zzb', '市委组织部', 'city', 'head'),
  person('guo', '郭承业', 'zfw', '市委政法委', 'lead', 'head', '市委组织部'),
  person('zhao', '赵国强', 'qs', '青山县委', 'county', 'head', '市委组织部'),
  person('sun', '孙立军', 'sq', '石桥镇党委', 'township', 'head', '青山县委'),
  person('chen', '陈桂兰', 'lh', '柳河村党支部', 'village', 'secretary', '石桥镇党委'),
];

export const GROUP = 'webchat|g:sq';
export const own = (id: string) => `webchat|p:${id}`;

const town: City = {
  people: async () => PEOPLE,
  person: async (id) => PEOPLE.find((one) => one.id === id),
  groups: async (id) => (['sun', 'chen'].includes(id) ? [{ unit: 'sq', name: '石桥镇工作群' }] : []),
};

export type Kit = Awaited<ReturnType<typeof startKit>>;

export interface KitOptions {
  readonly demo?: boolean;
  readonly people?: City;
  /** Instead of the bot of a few lines. */
  readonly bot?: RoutesOptions['bot'];
  /** Instead of cards that are drawn already. */
  readonly render?: RenderAdaptive;
}

export async function startKit({ demo = true, people = town, ...own }: KitOptions = {}) {
  const log = createLog('silent');
  const store = memoryStore();
  const web = createWeb({ log, loopbackOnly: true, health: async () => 'ok' });
  const inbounds: Inbound[] = [];
  const received: { name: string; bytes: Uint8Array }[] = [];
  const refusals = new Map<string, string>();
  const seen = new Map<string, Answer>();
  const lives: { place: Place; message: string }[] = [];
  let issue: Issue = { id: 'WT-2026-0031', title: '村口路灯坏了三盏', state: '待受理', by: '' };
  const subject = { kind: 'issue', id: issue.id };

  const words = (text: string, refused = false): Answer => ({
    scope: 'words',
    shown: { text },
    refused,
  });
  const mine = (text: string, card: Shown['card']): Answer => ({
    scope: 'mine',
    shown: card ? { text, card } : { text },
    refused: false,
  });

  function reply(inbound: Inbound): Shown {
    if (inbound.kind !== 'text') return { text: '' };
    const { text } = inbound;
    if (text.startsWith('上报')) return { text: '上报问题', card: asCard(formCard(text.slice(2).trim())) };
    if (text.startsWith('问题')) {
      issue = { ...issue, title: text.slice(2).trim() || issue.title };
      return { text: `${issue.id} ${issue.title}`, subject };
    }
    if (text === '待办') return { text: '等您办的 3 件', card: asCard(listCard()) };
    if (text === '帮助')
      return { text: '您可以对我说：\n上报 出了什么事\n问题 看看办到哪了\n待办 看看什么等着您' };
    return { text: `收到：${text}` };
  }

  function act(inbound: Inbound & { kind: 'action' }): Answer {
    const { op, data, sender } = inbound;
    if (op === 'issues.accept') {
      issue = { ...issue, state: '办理中', by: `${sender.name}已受理` };
      return {
        scope: 'card',
        shown: { text: '已受理', subject, card: asCard(issueCard(issue, true)) },
        refused: false,
      };
    }
    if (op === 'issues.history') return mine('办理历史', asCard(historyCard(issue.id)));
    if (op === 'issues.add') return mine('补充', asCard(formCard(HOSTILE)));
    if (op === 'issues.return')
      return words('现在不能退回：这件事还没有人受理。请先受理，再说明退回的理由。', true);
    if (op === 'issues.report') {
      if (data.details) return words(`已上报：${data.title}`);
      return words('请把具体情况也写上，镇里才好派人去看。', true);
    }
    return words('好的，知道了。');
  }

  const bot: RoutesOptions['bot'] = {
    admit: (_channel, account) => refusals.get(account),
    chatEvent: async () => undefined,
    photo: async () => undefined,
    stillAsked: async ({ about }, viewer) => about.id !== issue.id || (issue.by === '' && viewer !== 'guo'),
    commands: async () => [],
    search: async () => [],
    async handle(inbound, files = []) {
      for (const { name, fetch } of files) received.push({ name, bytes: await fetch(10) });
      const known = seen.get(inbound.id);
      if (known) return known;
      inbounds.push(inbound);
      let answer: Answer;
      if (inbound.kind === 'text') {
        const shown = reply(inbound);
        const message = await channel.send(inbound.place, shown, `reply:${inbound.id}`);
        if (shown.subject) lives.push({ place: inbound.place, message });
        answer = { scope: 'none', shown: { text: '' }, refused: false };
      } else {
        answer = act(inbound);
        if (answer.scope === 'card')
          for (const { place, message } of lives)
            await channel.update(place, message, { text: issue.title, subject });
      }
      seen.set(inbound.id, answer);
      return answer;
    },
    async draw({ text, card }, viewer) {
      if (!card || !('subject' in card)) return { text };
      return { text, subject: card.subject, card: asCard(issueCard(issue, viewer === 'sun')) };
    },
  };

  const channel = createWebchat({
    bot: own.bot ?? bot,
    render: own.render ?? asCard,
    store,
    web,
    log,
    demo,
    city: people,
    now: () => new Date(),
    newSecret: () => 'a secret of the tests',
  });
  await channel.ready;
  const port = await web.listen('127.0.0.1', 0);
  const url = `http://127.0.0.1:${port}`;

  async function call(path: string, who?: string, body?: unknown, headers: Record<string, string> = {}) {
    const init: RequestInit = { headers: { ...(who && { 'x-person': who }), ...headers } };
    if (body !== undefined) {
      init.method = 'POST';
      init.body = typeof body === 'string' ? body : JSON.stringify(body);
      init.headers = { 'content-type': 'application/json', ...init.headers };
    }
    const res = await fetch(`${url}${path}`, init);
    const text = await res.text();
    // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
    const json: any = text.startsWith('{') ? JSON.parse(text) : text;
    return { status: res.status, json, headers: res.headers };
  }

  const say = (who: string, place: string, text: string, more: object = {}) =>
    call('/webchat/text', who, { place, text, id: randomUUID(), ...more });
  const messages = async (who: string, place: string) =>
    (await call(`/webchat/messages?place=${encodeURIComponent(place)}`, who)).json.messages;

  return {
    url,
    port,
    web,
    store,
    channel,
    inbounds,
    received,
    /** Who is refused, with these words. */
    refusals,
    call,
    say,
    messages,
    async stop() {
      channel.stop();
      await web.close();
    },
  };
}
