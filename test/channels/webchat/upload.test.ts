/** Files through the page's endpoint: whose they are, how large they may be, and what a request that breaks off does. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { photo } from '../../samples.ts';
import { GROUP, type Kit, own, startKit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
afterAll(() => kit.stop());

const OCTETS = { 'content-type': 'application/octet-stream' };

async function upload(
  who: string,
  { place = own(who), name = '走访 照片.jpg', id = randomUUID() as string, headers = {} } = {},
  bytes: Uint8Array = photo(),
) {
  const query = new URLSearchParams({ place, name, id });
  const res = await fetch(`${kit.url}/webchat/file?${query}`, {
    method: 'POST',
    headers: { 'x-person': who, ...OCTETS, ...headers },
    body: new Blob([new Uint8Array(bytes)]),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  return { status: res.status, json: (await res.json()) as any };
}

describe('a file sent on the page', () => {
  it('is said in the chat and handed to the bot as it is', async () => {
    const { status, json } = await upload('chen');
    expect(status).toBe(200);
    expect(json.message).toMatchObject({ text: '文件：走访 照片.jpg', from: 'chen' });
    expect(kit.received.at(-1)).toEqual({ name: '走访 照片.jpg', bytes: photo() });
    expect(kit.inbounds.at(-1)).toMatchObject({ kind: 'text', text: '', place: { key: own('chen') } });
  });

  it('is the same message when it is sent again', async () => {
    const id = randomUUID();
    await upload('chen', { id });
    const before = kit.inbounds.length;
    expect((await upload('chen', { id })).status).toBe(200);
    expect(kit.inbounds).toHaveLength(before);
  });

  it('is taken up to 10 MB and not beyond', async () => {
    expect((await upload('chen', {}, Buffer.alloc(10 * 2 ** 20))).status).toBe(200);
    const over = await upload('chen', {}, Buffer.alloc(10 * 2 ** 20 + 1));
    expect(over).toMatchObject({ status: 400, json: { message: '文件超过 10 MB，没有收。请压缩后再发。' } });
  });

  it('belongs into one’s own personal chat', async () => {
    expect((await upload('chen', { place: GROUP })).json.message).toBe('文件请发到您和会商助手的单聊里。');
    expect((await upload('chen', { place: own('sun') })).status).toBe(403);
    expect((await upload('nobody', { place: own('nobody') })).status).toBe(403);
    expect((await upload('chen', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await upload('chen', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  });

  it('needs a name and an id, and comes as it is', async () => {
    expect((await upload('chen', { name: '' })).status).toBe(400);
    expect((await upload('chen', { id: '../x' })).status).toBe(400);
    expect((await upload('chen', { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  });

  it('waits for those on their way: two of one person, eight of all', async () => {
    const begun: Socket[] = [];
    const begin = async (who: string) => {
      const query = new URLSearchParams({ place: own(who), name: 'x.jpg', id: randomUUID() });
      const head = `POST /webchat/file?${query} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-person: ${who}\r\nexpect: 100-continue\r\n`;
      const socket = connect(kit.port, '127.0.0.1');
      begun.push(socket);
      socket.write(`${head}content-length: 1000\r\n\r\nhalf`);
      await once(socket, 'data');
    };
    for (const who of ['chen', 'chen']) await begin(who);
    const third = await upload('chen');
    expect(third).toMatchObject({ status: 429, json: { message: expect.stringMatching(/还在传.*。$/) } });
    for (const who of ['sun', 'sun', 'guo', 'guo', 'zhao', 'zhao']) await begin(who);
    const ninth = await upload('li');
    expect(ninth).toMatchObject({ status: 429, json: { message: expect.stringMatching(/太多.*。$/) } });
    for (const socket of begun) socket.destroy();
    await vi.waitFor(async () => expect((await upload('chen')).status).toBe(200));
  });

  it('that breaks off is nothing, and the server goes on', async () => {
    const before = kit.inbounds.length;
    const query = new URLSearchParams({ place: own('chen'), name: 'x.jpg', id: randomUUID() });
    await new Promise<void>((resolve) => {
      const socket = connect(kit.port, '127.0.0.1', () => {
        socket.write(
          `POST /webchat/file?${query} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-person: chen\r\ncontent-length: 1000\r\n\r\nhalf`,
          () => socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    expect((await upload('chen')).status).toBe(200);
    expect(kit.inbounds).toHaveLength(before + 1);
  });
});
