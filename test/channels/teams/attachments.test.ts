/** Files and pictures of Teams: which addresses are asked, how, and what comes of answers that are none. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseActivity } from '../../../src/channels/teams/activity.ts';
import { fetchableFiles } from '../../../src/channels/teams/attachments.ts';
import { type Json, says } from '../../fake-connector.ts';
import { photo } from '../../samples.ts';
import { type Rig, startRig } from './kit.ts';

const DOWNLOAD = 'application/vnd.microsoft.teams.file.download.info';
const MOST = 1_000;
let rig: Rig;
let answer: (req: IncomingMessage, res: ServerResponse) => void;
let asked: IncomingMessage[];
const host = createServer((req, res) => {
  asked.push(req);
  answer(req, res);
});
let base: string;
beforeEach(async () => {
  asked = [];
  answer = (_req, res) => res.end(photo());
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  rig = await startRig();
});
afterEach(async () => {
  await rig.close();
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
});

const file = (downloadUrl: string, name = '走访.jpg'): Json => ({
  contentType: DOWNLOAD,
  name,
  contentUrl: 'https://contoso.sharepoint.com/personal/x',
  content: { downloadUrl, uniqueId: 'u', fileType: 'jpg' },
});

/** restify changes what `writeHead` returns, for all servers of the process. */
function say(res: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  res.writeHead(status, headers);
  res.end();
}

async function attached(attachments: unknown) {
  const activity = { ...says({ serviceUrl: rig.connector.url }, ''), attachments };
  expect((await rig.post(activity)).status).toBe(200);
  return rig.attached.at(-1) ?? [];
}
const fetched = async (attachment: Json) => (await attached([attachment]))[0]?.fetch(MOST);

describe('files from Teams', () => {
  it('are fetched from their own address, and only when somebody asks', async () => {
    const [first] = await attached([file(`${base}/download?tempauth=x`)]);
    expect(asked).toEqual([]);
    expect(first?.name).toBe('走访.jpg');
    expect(Buffer.from((await first?.fetch(MOST)) ?? [])).toEqual(photo());
    expect(asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/download?tempauth=x', undefined],
    ]);
  });

  it('come with words, with pictures in the text, and beside what is no file', async () => {
    const all = await attached([
      { contentType: 'text/html', content: '<p>看</p>' },
      file(`${base}/a`),
      { contentType: 'image/*', contentUrl: `${base}/v3/attachments/1/views/original` },
      { contentType: 'application/vnd.microsoft.card.adaptive', content: {} },
      'nonsense',
      null,
      { contentType: DOWNLOAD, name: 'x' },
      { contentType: DOWNLOAD, name: 'x', content: { downloadUrl: 'not a url' } },
    ]);
    expect(all.map(({ name }) => name)).toEqual(['走访.jpg', '图片']);
    for (const attachments of [undefined, null, {}, 'x', []]) expect(await attached(attachments)).toEqual([]);
  });

  it('are asked for in words where something came without any that is none', async () => {
    const html = { contentType: 'text/html', content: '<p></p>' };
    for (const contentType of ['audio/mp4', 'forwardedMessageReference'])
      await expect(fetched({ contentType })).rejects.toMatchObject({
        publicMessage: '这种消息我看不懂。请发文字、照片或文件。',
      });
    expect(await attached([html])).toEqual([]);
  });

  it('are not taken beyond the limit, whether the length says so or not', async () => {
    const tooLarge = { code: 'invalid', publicMessage: expect.stringContaining('没有收') };
    answer = (_req, res) => say(res, 200, { 'content-length': '99999' });
    await expect(fetched(file(base))).rejects.toMatchObject(tooLarge);
    answer = (_req, res) => {
      res.write(Buffer.alloc(800));
      res.end(Buffer.alloc(800));
    };
    await expect(fetched(file(base))).rejects.toMatchObject(tooLarge);
  });

  it('are given up when they do not come in time', async () => {
    await rig.close();
    rig = await startRig({ timeoutMs: 100 });
    answer = () => undefined;
    await expect(fetched(file(base))).rejects.toMatchObject({ name: 'ConnectorError' });
  });

  it('are given up when they break off, or are not there', async () => {
    answer = (_req, res) => {
      res.writeHead(200, { 'content-length': '900' });
      res.write('half', () => res.destroy());
    };
    await expect(fetched(file(base))).rejects.toMatchObject({ name: 'ConnectorError' });
    answer = (_req, res) => say(res, 404);
    await expect(fetched(file(base))).rejects.toMatchObject({ statusCode: 404 });
  });

  it('are followed within their host, a few times, and never to another one', async () => {
    answer = (req, res) => (req.url === '/there' ? res.end(photo()) : say(res, 302, { location: '/there' }));
    expect(await fetched(file(`${base}/here`))).toHaveLength(photo().length);
    answer = (_req, res) => say(res, 302, { location: '/again' });
    await expect(fetched(file(base))).rejects.toMatchObject({ statusCode: 302 });
    asked = [];
    for (const location of [
      rig.connector.url,
      'http://169.254.169.254/latest',
      'file:///etc/passwd',
      '//x.example',
    ]) {
      answer = (_req, res) => say(res, 302, { location });
      await expect(fetched(file(base))).rejects.toMatchObject({ name: 'ConnectorError' });
    }
    expect(asked).toHaveLength(4);
    expect(rig.connector.calls.filter(({ method }) => method === 'GET')).toEqual([]);
  });

  it('are asked of this machine only, without credentials', async () => {
    const elsewhere = ['https://contoso.sharepoint.com/x', 'http://10.0.0.1/', 'http://user:pw@127.0.0.1/x'];
    for (const address of [...elsewhere, 'ftp://127.0.0.1/x', 'file:///etc/passwd'])
      await expect(fetched(file(address))).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('with credentials', () => {
  const fetches: [string, boolean][] = [];
  const adapter = {
    fetch: async (url: URL, _most: number, proven: boolean) => {
      fetches.push([url.href, proven]);
      return new Uint8Array();
    },
  };
  const serviceUrl = 'https://smba.trafficmanager.net/cn/';
  const ask = async (attachment: Json) => {
    fetches.length = 0;
    const activity = parseActivity({ ...says({ serviceUrl }, ''), attachments: [attachment] });
    if (!activity) throw new Error('no activity');
    await fetchableFiles(activity, adapter, false)[0]?.fetch(MOST);
    return fetches;
  };
  const inline = (contentUrl: string) => ({ contentType: 'image/png', contentUrl });

  it('files come from where Teams keeps them, without our token', async () => {
    const address = 'https://contoso-my.sharepoint.com/personal/x/_layouts/15/download.aspx?UniqueId=1';
    expect(await ask(file(address))).toEqual([[address, false]]);
  });

  it('pictures come from the service that the message came from, with our token', async () => {
    const address = 'https://smba.trafficmanager.net/cn/v3/attachments/1/views/original';
    expect(await ask(inline(address))).toEqual([[address, true]]);
  });

  it('nobody else is asked for anything, least of all with our token', async () => {
    for (const address of [
      'http://contoso.sharepoint.com/x',
      'https://contoso.sharepoint.com:8443/x',
      'https://user@contoso.sharepoint.com/x',
      'https://sharepoint.com.evil.example/x',
      'https://evilsharepoint.com/x',
      'https://127.0.0.1/x',
      'https://169.254.169.254/x',
    ])
      await expect(ask(file(address))).rejects.toMatchObject({ code: 'invalid' });
    for (const address of [
      'https://evil.example/v3/attachments/1',
      'http://smba.trafficmanager.net/x',
      'https://smba.trafficmanager.net:444/x',
      'https://contoso.sharepoint.com/x.png',
    ])
      await expect(ask(inline(address))).rejects.toMatchObject({ code: 'invalid' });
  });
});
