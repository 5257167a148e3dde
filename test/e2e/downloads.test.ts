/** GET /d/<token> of the whole app: what links on Teams cards give to whom, and the pages of those that give nothing. */
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLinks, secrets } from '../../src/bot/files/links.ts';
import { members } from '../../src/features/members/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { executes, type Json } from '../fake-connector.ts';
import { cardOf, type Rig, startRig, type TeamsPerson } from './rig.ts';

const ID = 'HS-2026-11-01';
let rig: Rig;
let lead: TeamsPerson;
let police: TeamsPerson;
let clock = instant('2026-11-20', '09:00');
beforeAll(async () => {
  rig = await startRig({ now: () => clock });
  [lead, police] = [rig.person('guo-chengye'), rig.person('yu-zhenbang')];
  await police.says('帮助');
  await lead.says('会商 发起 11月25日下午3点');
  await lead.submits('发起会商', { place: '三楼', agenda: '村口路灯' });
  await lead.submits('发起会商');
});
afterAll(() => rig.close());

const link = (message: Json, title: string): string => {
  const actions: Json[] = cardOf(message).actions;
  return actions.find((action) => action.type === 'Action.OpenUrl' && action.title === title)?.url;
};
async function page(url: string, status: number, words: string) {
  const response = await fetch(url);
  const text = await response.text();
  expect([response.status, response.headers.get('content-type')]).toEqual([
    status,
    'text/html; charset=utf-8',
  ]);
  expect(text).toContain(words);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('cache-control')).toBe('no-store');
  return text;
}

describe('a download over HTTP', () => {
  it('is a file that no browser shows or keeps, with its Chinese name', async () => {
    const url = link(await police.says(ID), '加入日历');
    expect(url.startsWith(`${rig.url}/d/`)).toBe(true);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    const { headers } = response;
    expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="11.ics"; filename*=UTF-8''${encodeURIComponent('11月平安法治星联席会商.ics')}`,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    const event = new ICAL.Component(ICAL.parse(await response.text())).getFirstSubcomponent('vevent');
    expect(event?.getFirstPropertyValue('uid')).toBe(`${ID}@huishang`);
  });

  it('is the minutes, byte for byte a zip, once they are out', async () => {
    clock = instant('2026-11-25', '15:30');
    await lead.says(`填写纪要 ${ID}`);
    await lead.submits('提交纪要', { decision1: '十天内修好' });
    await lead.submits('提交纪要');
    const response = await fetch(link(await police.says(`下载纪要 ${ID}`), '打开'));
    expect(response.headers.get('content-disposition')).toContain(`filename="${ID}11.docx"`);
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
    expect(String(body.length)).toBe(response.headers.get('content-length'));
  });

  it('is a small page in Chinese when the link is altered, too old, or for somebody who has left', async () => {
    const url = link(await police.says('日历'), '打开');
    expect((await fetch(url)).status).toBe(200);
    for (const bad of ['/d/', '/d/abc', '/d/%00', '/d/a/b', `/d/${'A'.repeat(3000)}`])
      await page(`${rig.url}${bad}`, 403, '链接不对');
    await page(`${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`, 403, '链接不对');
    expect(await page(`${rig.url}/d/<script>`, 403, '链接不对')).not.toContain('script');
    const was = clock;
    clock = instant('2027-11-27');
    await page(url, 410, '链接过期了');
    clock = was;
    await rig.app.store.transaction(async (tx) => {
      const row = await tx.table(members).get('yu-zhenbang');
      if (row) await tx.table(members).delete(row);
    });
    await page(url, 403, '不能下载');
  });

  it('needs the secret of the store, and a kind and a person that exist', async () => {
    const secret = await rig.app.store.read((tx) => tx.table(secrets).get('downloads'));
    expect(secret?.value).toMatch(/^[\w-]{43}$/);
    const make = (value: string, kind: string, person: string) =>
      createLinks({ secret: value, base: () => rig.url, pick: true }).make(
        { kind, id: ID, person },
        1,
        clock,
      ) ?? '';
    expect((await fetch(make(secret?.value ?? '', 'event', 'guo-chengye'))).status).toBe(200);
    await page(make('guess', 'event', 'guo-chengye'), 403, '链接不对');
    await page(make(secret?.value ?? '', 'constructor', 'guo-chengye'), 403, '不能下载');
    await page(make(secret?.value ?? '', 'event', 'nobody'), 403, '不能下载');
    expect(rig.errors).toEqual([]);
  });
});

describe('below /board', () => {
  it('stand the good examples, a page for each, and nothing of those that are not published', async () => {
    const township = rig.person('huang-changqing');
    await township.says('典型 推荐 柳湾村 调解办得好');
    const fields = {
      example: 'DX-2026-0001',
      title: '小院里的调解室',
      words: '老支书坐班',
      star: 'pingan-fazhi',
    };
    const from = { ...township.from, conversation: 'a:cases' };
    await rig.post({ ...executes(from, '', 'cases.write', fields), replyToId: undefined });
    await page(`${rig.url}/board/cases/DX-2026-0001`, 404, '没有这一页');
    await lead.says('核实 DX-2026-0001');
    await lead.submits('核实');
    await lead.says('发布 DX-2026-0001');
    await lead.submits('发布', { scope: 'county' });
    await lead.submits('发布');
    expect(await page(`${rig.url}/board/cases`, 200, '小院里的调解室')).not.toContain('<script');
    await page(`${rig.url}/board/cases?after=nonsense`, 200, '小院里的调解室');
    await page(`${rig.url}/board/cases/DX-2026-0001`, 200, '老支书坐班');
    await page(`${rig.url}/board`, 200, 'cases');
    // A slash at the end is no other page: what it links to is found all the same.
    for (const path of ['', '/zzb', '/zzb/stars.5', '/cases', '/cases/DX-2026-0001'])
      for (const slashes of ['', '/', '//']) {
        const found = await fetch(`${rig.url}/board${path}${slashes}?as=guo-chengye`);
        expect(found.url).toBe(`${rig.url}/board${path}?as=guo-chengye`);
        const sheets = [...(await found.text()).matchAll(/rel="stylesheet" href="([^"]+)"/g)];
        expect(sheets).not.toEqual([]);
        for (const [, href = ''] of sheets)
          expect((await fetch(new URL(href, found.url))).headers.get('content-type')).toContain('text/css');
      }
    for (const path of ['DX-2026-0002', 'DX-2026-0001/1', '..%2f..%2fwebchat', '%00'])
      await page(`${rig.url}/board/cases/${path}`, 404, '没有这一页');
    expect(rig.errors).toEqual([]);
  });
});
