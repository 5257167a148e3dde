/** Evidence through Teams and over HTTP: fetched from where Teams keeps it, given out by links to few and for a while. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { instant } from '../../src/lib/dates.ts';
import { type Json, says } from '../fake-connector.ts';
import { bomb, docx, exe, photo } from '../samples.ts';
import { cardOf, type Rig, startRig } from './rig.ts';

const contents: Record<string, Buffer> = {
  '/photo': photo(),
  '/exe': exe(),
  '/bomb': bomb(),
  '/docx': docx(),
  '/large': Buffer.alloc(10 * 2 ** 20 + 1),
};
const host = createServer((req, res) => {
  const body = contents[req.url ?? ''];
  if (body) res.end(body);
  else res.destroy();
});

let clock = instant('2026-11-20', '09:00');
let rig: Rig;
beforeAll(async () => {
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  rig = await startRig({ now: () => clock });
  const township = rig.person('huang-changqing');
  await township.says('下达任务 入户走访');
  await township.submits('下达', { standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' });
  await township.submits('下达');
});
afterAll(async () => {
  await rig.close();
  host.closeAllConnections();
  host.close();
});

/** A file as Teams sends one in personal chat; resolves to the newest message. */
async function sends(id: string, files: Record<string, string>, text = ''): Promise<Json> {
  const person = rig.person(id);
  const at = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const attachments = Object.entries(files).map(([name, path]) => ({
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    name,
    contentUrl: `https://contoso.sharepoint.com/${name}`,
    content: { downloadUrl: `${at}${path}`, uniqueId: name, fileType: 'jpg' },
  }));
  const response = await rig.post({ ...says(person.from, text), attachments });
  expect(response.status).toBe(200);
  await rig.app.pump();
  return person.messages().at(-1) ?? {};
}

const linksOf = (message: Json): string[] =>
  [...JSON.stringify(cardOf(message) ?? {}).matchAll(/http:\/\/127\.0\.0\.1:\d+\/d\/[\w-]+/g)].map(
    ([url]) => url,
  );
const urlOf = (message: Json): string => linksOf(message)[0] ?? '';

describe('evidence from Teams', () => {
  it('is fetched, kept, shown by a link, and looked at in the browser', async () => {
    const shown = await sends('huang-wenchang', { '走访 现场.jpg': '/photo' }, '报进展 入户走访 35户');
    expect(JSON.stringify(cardOf(shown))).toContain('35户');
    const response = await fetch(urlOf(shown));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-disposition')).toMatch(/^inline; .*%E8%B5%B0%E8%AE%BF%20/);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(photo());
  });

  it('is not what its name says, too large, or does not come: a sentence, and nothing is kept', async () => {
    const files = { '好看.jpg': '/exe', '大.jpg': '/large', '没有.jpg': '/nowhere' };
    const { text } = await sends('chen-delin', files);
    expect(text).toContain('“好看.jpg”没有收');
    expect(text).toContain('文件超过 10 MB，没有收');
    expect(text).toContain('“没有.jpg”没有收到，请再发一次。');
    expect(linksOf(rig.person('chen-delin').messages().at(-1) ?? {})).toEqual([]);
  });

  it('is not opened, whatever is packed in it, and never shown by the browser', async () => {
    const shown = await sends('chen-delin', { '台账.xlsx': '/bomb', '报告.docx': '/docx' });
    const given = [];
    for (const url of linksOf(shown)) {
      const response = await fetch(url);
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; /);
      given.push(Buffer.from(await response.arrayBuffer()).toString('hex'));
    }
    expect([...new Set(given)].sort()).toEqual(
      [bomb(), docx()].map((content) => content.toString('hex')).sort(),
    );
  });

  it('is refused by its link to who has left, when the link is old, and when it was removed', async () => {
    // What comes later stands further down.
    clock = new Date(clock.getTime() + 60_000);
    const shown = await sends('huang-wenchang', { '又一张.jpg': '/photo' });
    const url = linksOf(shown).at(-1) ?? '';
    expect((await fetch(url)).status).toBe(200);
    const was = clock;
    clock = instant('2026-11-22', '00:00');
    const old = await fetch(url);
    expect([old.status, await old.text()]).toEqual([410, expect.stringContaining('链接过期了')]);
    clock = was;
    await rig.person('huang-wenchang').says('移除佐证 RW-2026-0001 又一张.jpg');
    await rig.person('huang-wenchang').executes('移除');
    const gone = await fetch(url);
    expect([gone.status, await gone.text()]).toEqual([403, expect.stringContaining('不能下载')]);
  });

  it('is in the ledger, which a person gets by a link, and nobody by altering it', async () => {
    const township = rig.person('huang-changqing');
    await township.says('导出 RW-2026-0001');
    const url = await vi.waitFor(
      async () => {
        await rig.app.pump();
        const [found] = township.messages().reverse().flatMap(linksOf);
        expect(found).toBeDefined();
        return found ?? '';
      },
      { timeout: 30_000, interval: 100 },
    );
    const response = await fetch(url);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; .*RW-2026-0001/);
    expect((await fetch(`${url.slice(0, -2)}AA`)).status).toBe(403);
    expect(rig.errors).toEqual([]);
  });
});
