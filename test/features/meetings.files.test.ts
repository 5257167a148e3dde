/** Files of a meeting: links for those who were asked, the calendar as another project reads it, minutes in Word. */
import { createHmac } from 'node:crypto';
import { unzipSync } from 'fflate';
import type ICAL from 'ical.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Given } from '../../src/bot/files/downloads.ts';
import { keepSecret } from '../../src/bot/files/links.ts';
import { worldOf } from '../../src/bot/kernel.ts';
import { attendance } from '../../src/features/meetings/document.ts';
import { downloads } from '../../src/features/meetings/files.ts';
import { members } from '../../src/features/members/model.ts';
import { instant } from '../../src/lib/dates.ts';
import { numeral } from '../../src/lib/official.ts';
import { createLiveWorkdays } from '../../src/lib/workdays.ts';
import type { Tx } from '../../src/store/store.ts';
import { bindGroup, createKit, type Kit, type Message, type Screen } from '../kit.ts';
import { onlyEvent as only, readCalendar as read, wordsOfDocument as wordsOf } from './readers.ts';

const ID = 'HS-2026-11-01';
const HOSTILE = '</w:t><w:br/>&amp;<script>alert(1)</script>\u0007${1+1};,\\n"引号"';
let kit: Kit;
let lead: Screen; // 市委政法委 leads 平安法治星
let police: Screen; // invited
let justice: Screen; // invited
let county: Screen; // invited
let secretary: Screen; // not invited
async function start(address: string | null = 'https://kit.example') {
  kit = await createKit({ address });
  [lead, police, justice] = kit.people('guo-chengye', 'yu-zhenbang', 'du-aiqin');
  [county, secretary] = kit.people('hao-haitao', 'huang-wenchang');
}
beforeEach(() => start());
afterEach(() => kit.end());

const NOON = new Date('2026-11-25T04:00:00Z');
const worldAt = (tx: Tx) => worldOf({ now: () => NOON, workdays: createLiveWorkdays() }, tx);

/** Title → address of every link button of a card. */
function linksOf({ card }: Message): Record<string, string> {
  const actions = (card?.actions ?? []) as { type: string; title: string; url: string }[];
  return Object.fromEntries(
    actions.filter(({ type }) => type === 'Action.OpenUrl').map(({ title, url }) => [title, url]),
  );
}
async function link(who: Screen, title: string): Promise<string> {
  const url = linksOf(await who.say(ID))[title];
  if (!url) throw new Error(`${who.person} sees no link “${title}”`);
  return url;
}
const open = (url: string) => kit.bot.download(url.slice(url.lastIndexOf('/') + 1));
async function file(url: string): Promise<Given> {
  const opened = await open(url);
  if (typeof opened === 'string') throw new Error(opened);
  return opened;
}
async function call(place = '政法委三楼') {
  await lead.say('会商 发起 11月25日下午3点');
  await lead.click('发起会商', { place, agenda: `第一件事\n${HOSTILE}` });
  await lead.click('发起会商');
}
async function minute() {
  await police.say(`参加 ${ID}`);
  await justice.say(`派员 ${ID} 王副局长`);
  await county.say(`请假 ${ID} 防汛`);
  kit.time('2026-11-25', '14:30');
  await police.say(`签到 ${ID}`);
  kit.time('2026-11-25', '15:10');
  await justice.say(`签到 ${ID}`);
  await lead.say(`填写纪要 ${ID}`);
  await lead.click('提交纪要', {
    decision1: '十天内办好',
    unit1: 'gonganju',
    deadline1: '2026-12-05',
    decision2: HOSTILE,
  });
  await lead.click('提交纪要');
}

describe('links', () => {
  it('are on the card of those who were asked and of the convener, and of nobody else', async () => {
    await bindGroup(kit, 'gonganju');
    await call();
    expect(Object.keys(linksOf(await police.say(ID)))).toEqual(['加入日历']);
    expect(Object.keys(linksOf(await lead.say(ID)))).toEqual(['加入日历']);
    expect(linksOf(await secretary.say(ID))).toEqual({});
    const group = await kit.bot.draw({ text: '', card: { subject: { kind: 'meeting', id: ID } } }, null);
    expect(JSON.stringify(group)).not.toContain('/d/');
    kit.time('2026-11-25', '15:00');
    expect(linksOf(await police.say(ID))).toEqual({});
    await minute();
    expect(Object.keys(linksOf(await county.say(ID)))).toEqual(['下载纪要']);
    expect(linksOf(await secretary.say(ID))).toEqual({});
  });

  it('never make more than five buttons, and stay the same for the day', async () => {
    await call();
    await kit.tick('2026-11-25', '14:10');
    const { card } = await police.say(ID);
    expect((card?.actions as unknown[] | undefined)?.length).toBe(5);
    const morning = await link(police, '加入日历');
    kit.time('2026-11-25', '14:50');
    expect(await link(police, '加入日历')).toBe(morning);
  });

  it('are left out where nobody could reach them, and whoever types for one hears so', async () => {
    await kit.close();
    await start(null);
    await call();
    expect(linksOf(await police.say(ID))).toEqual({});
    expect((await police.say('日历')).text).toBe('这里还没有开通网页和下载，请联系市委组织部。');
  });

  it('are signed with one secret, made once however many ask for it at once', async () => {
    let made = 0;
    const keep = () => keepSecret(kit.store, 'downloads', () => `secret ${++made}`, instant('2026-11-20'));
    const all = new Set([...(await Promise.all([keep(), keep(), keep()])), await keep()]);
    expect(all.size).toBe(1);
  });

  it('give nothing when altered, expired, or made for somebody who has left or moved', async () => {
    await call();
    const url = await link(police, '加入日历');
    expect(await open(url)).toMatchObject({ type: 'text/calendar; charset=utf-8' });
    const token = url.slice(url.lastIndexOf('/') + 1);
    for (let i = 0; i < token.length; i += 7) {
      const other = token[i] === 'A' ? 'B' : 'A';
      expect(await kit.bot.download(token.slice(0, i) + other + token.slice(i + 1))).toBe('altered');
    }
    for (const bad of ['', 'x', `${token}=`, `${token}.`, token.slice(0, 40), 'A'.repeat(5000)])
      expect(await kit.bot.download(bad)).toBe('altered');
    const payload = Buffer.from(JSON.stringify(['event', ID, 'yu-zhenbang', 9e15]));
    const forged = Buffer.concat([createHmac('sha256', 'guess').update(payload).digest(), payload]);
    expect(await kit.bot.download(forged.toString('base64url'))).toBe('altered');

    kit.time('2027-02-18', '23:59'); // 90 days after 20 November
    expect(typeof (await open(url))).toBe('object');
    kit.time('2027-02-19', '00:00');
    expect(await open(url)).toBe('expired');

    kit.time('2026-11-21');
    const change = (unit: string | null) =>
      kit.store.transaction(async (tx) => {
        const row = await tx.table(members).get('yu-zhenbang');
        if (row) await (unit ? tx.table(members).put({ ...row, unit }) : tx.table(members).delete(row));
      });
    await change('shiqiao');
    expect(await open(url)).toBe('refused');
    await change(null);
    expect(await open(url)).toBe('refused');
  });

  it('are also typed for, in the personal chat only', async () => {
    await bindGroup(kit, 'gonganju');
    await call();
    expect((await kit.in('gonganju', 'yu-zhenbang').say('日历')).text).toContain('单聊');
    expect((await secretary.say(`日历 ${ID}`)).text).toContain('没有邀请您的单位');
    expect((await police.say(`下载纪要 ${ID}`)).text).toBe('纪要还没有出。');
    expect((await secretary.say(`下载纪要 ${ID}`)).text).toBe('纪要只给参会单位。');
    const event = await police.say(`加入日历 ${ID}`);
    expect(await file(linksOf(event).打开 ?? '')).toMatchObject({ name: '11月平安法治星联席会商.ics' });
    expect(event.card?.fallbackText).toContain(linksOf(event).打开);
    await minute();
    const minutes = await county.say(`下载纪要 ${ID}`);
    expect((await file(linksOf(minutes).打开 ?? '')).name).toBe(`${ID} 11月平安法治星联席会商纪要.docx`);
  });
});

describe('the calendar', () => {
  it.each(['Asia/Shanghai', 'America/New_York', 'Pacific/Auckland'])(
    'says the right instant on a machine in %s',
    async (zone) => {
      const before = process.env.TZ;
      process.env.TZ = zone;
      try {
        await call();
        const { method, zones, event, start, end, status } = only(
          (await file(await link(police, '加入日历'))).body,
        );
        expect([method, status, event.sequence]).toEqual(['PUBLISH', 'CONFIRMED', 0]);
        expect(event.uid).toBe(`${ID}@huishang`);
        expect(zones.map(({ tzid }) => tzid)).toEqual(['Asia/Shanghai']);
        expect(zones[0]?.utcOffset(event.startDate)).toBe(8 * 3600);
        expect(event.startDate.zone?.tzid).toBe('Asia/Shanghai');
        expect(event.startDate.toString()).toBe('2026-11-25T15:00:00');
        expect(start).toEqual(instant('2026-11-25', '15:00'));
        expect(end).toEqual(instant('2026-11-25', '17:00'));
        const stamp = event.component.getFirstPropertyValue('dtstamp') as ICAL.Time;
        expect(stamp.toJSDate()).toEqual(instant('2026-11-20', '09:00'));
        expect(event.summary).toBe('11月平安法治星联席会商');
      } finally {
        if (before === undefined) delete process.env.TZ;
        else process.env.TZ = before;
      }
    },
  );

  it('keeps what people wrote as text, with the address of an online meeting', async () => {
    await call('线上：https://meet.example.cn/j/1?a=1&b=2，密码 123\r\nATTENDEE:x;');
    const { event } = only((await file(await link(police, '加入日历'))).body);
    expect(event.location).toContain('密码 123');
    expect(event.component.getFirstPropertyValue('url')).toBe('https://meet.example.cn/j/1?a=1&b=2');
    expect(event.attendees).toEqual([]);
    expect(event.description).toBe(`${ID}\n1. 第一件事\n2. ${HOSTILE.replace('\u0007', '')}`);
  });

  it('raises SEQUENCE when it is moved and when it is cancelled', async () => {
    await call();
    const url = await link(police, '加入日历');
    const uid = only((await file(url)).body).event.uid;
    await lead.say(`改期 ${ID}`);
    await lead.click('改期', { date: '2026-11-26', time: '09:30', reason: '冲突' });
    const moved = only((await file(url)).body);
    expect([moved.event.uid, moved.event.sequence]).toEqual([uid, 1]);
    expect(moved.start).toEqual(instant('2026-11-26', '09:30'));
    await lead.say(`取消会商 ${ID} 合并到下月`);
    const gone = only((await file(await link(police, '从日历删除'))).body);
    expect([gone.method, gone.status, gone.event.uid, gone.event.sequence]).toEqual([
      'CANCEL',
      'CANCELLED',
      uid,
      2,
    ]);
  });

  it('can be subscribed to for a year: all meetings of the unit, also those it calls, and cancelled ones', async () => {
    await call();
    const feed = linksOf(await police.say('日历')).打开 ?? '';
    const own = linksOf(await lead.say('日历')).打开 ?? '';
    const none = linksOf(await secretary.say('日历')).打开 ?? '';
    expect(only((await file(feed)).body).event.uid).toBe(`${ID}@huishang`);
    expect(only((await file(own)).body).event.uid).toBe(`${ID}@huishang`);
    for (const [url, events] of [
      [none, 0],
      [feed, 1],
    ] as const) {
      const text = String((await file(url)).body);
      expect(read(text).events).toHaveLength(events);
      expect(text).toMatch(/^BEGIN:VCALENDAR\r\n(?:(?!BEGIN:|END:).*\r\n)+BEGIN:VTIMEZONE\r\n/);
      expect(text).toMatch(
        events ? /END:VEVENT\r\nEND:VCALENDAR\r\n$/ : /END:VTIMEZONE\r\nEND:VCALENDAR\r\n$/,
      );
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
    await lead.say(`取消会商 ${ID} 合并到下月`);
    const { method, status, event } = only((await file(feed)).body);
    expect([method, status, event.sequence]).toEqual(['PUBLISH', 'CANCELLED', 1]);
    kit.time('2027-11-20', '23:00');
    expect(typeof (await open(feed))).toBe('object');
    kit.time('2027-11-21', '00:00');
    expect(await open(feed)).toBe('expired');
  });
});

describe('the address of a subscription', () => {
  it('can be changed by its person: the old one opens nothing any more', async () => {
    await call();
    const old = linksOf(await police.say('日历')).打开 ?? '';
    const other = linksOf(await lead.say('日历')).打开 ?? '';
    const asked = await police.click('换新链接');
    expect(asked.text).toContain('重新订阅');
    expect(typeof (await open(old))).toBe('object');
    const changed = await police.click('换新链接');
    expect(changed.text).toContain('旧链接不能用了');
    const fresh = linksOf(changed).打开 ?? '';
    expect(fresh).not.toBe(old);
    expect(await open(old)).toBe('refused');
    expect(only((await file(fresh)).body).event.uid).toBe(`${ID}@huishang`);
    expect(linksOf(await police.say('日历')).打开).toBe(fresh);
    // Again, typed; nobody else's is touched.
    await police.say('换新链接');
    await police.click('换新链接');
    expect(await open(fresh)).toBe('refused');
    expect(typeof (await open(other))).toBe('object');
  });

  it('is not changed in a group, where everybody would see the new one', async () => {
    const group = kit.in('gonganju', 'yu-zhenbang');
    const old = linksOf(await police.say('日历')).打开 ?? '';
    expect((await group.press('meetings.renew', { sure: 'yes' })).shown.text).toContain('单聊');
    expect(typeof (await open(old))).toBe('object');
  });
});

describe('what takes long to write down', () => {
  it('is only read while the store is held, and made after the read', async () => {
    await call();
    await minute();
    const viewer = { id: 'yu-zhenbang', name: '于振邦', unit: 'gonganju', role: 'head' as const };
    for (const [kind, id, begins] of [
      ['minutes', ID, 'PK'],
      ['event', ID, 'BEGIN:VCALENDAR'],
      ['feed', viewer.id, 'BEGIN:VCALENDAR'],
    ] as const) {
      const given = await kit.store.read(
        (tx) => downloads[kind]?.(worldAt(tx), id, viewer) ?? Promise.reject(),
      );
      if (typeof given?.body !== 'function') throw new Error(`${kind} is made while others wait`);
      // The read is over: whoever asks the store anything from here on is refused.
      expect(
        Buffer.from(await given.body())
          .toString('latin1')
          .slice(0, begins.length),
      ).toBe(begins);
    }
  });
});

describe('the minutes in Word', () => {
  it('say who was there, what was decided by whom until when, and the version; hostile text stays text', async () => {
    await call();
    await minute();
    const url = await link(police, '下载纪要');
    const { name, type, body } = await file(url);
    expect(name).toBe(`${ID} 11月平安法治星联席会商纪要.docx`);
    expect(type).toContain('wordprocessingml');
    const words = wordsOf(body);
    for (const line of [
      '11月平安法治星联席会商纪要',
      `编号：${ID}　（第1版）`,
      '时　　间：2026年11月25日 周三 15:00',
      '地　　点：政法委三楼',
      '召集单位：市委政法委（',
      '出　　席：市公安局\n',
      '派员参加：市司法局（王副局长，迟到）\n',
      '请　　假：青山县委（防汛）\n',
      '一、第一件事\n十天内办好。\n责任单位：市公安局　　完成期限：2026年12月5日前\n',
      `二、${HOSTILE.replace('\u0007', '')}\n${HOSTILE.replace('\u0007', '')}。\n`,
      '2026年11月25日\n',
    ])
      expect(words).toContain(line);
    expect(words).toMatch(/缺　　席：.+、.+\n/);
    expect(words).not.toContain('迟　　到');

    await lead.say(`填写纪要 ${ID}`);
    await lead.click('提交纪要', { decision1: '十五天内办好', unit1: '-', deadline1: '' });
    await lead.click('提交纪要');
    const second = wordsOf((await file(url)).body);
    expect(second).toContain('（第2版，更正）');
    expect(second).toContain('十五天内办好');
    expect(second).not.toContain('责任单位');

    const several = { unit1: 'gonganju', partners1: 'sifaju', decision1_2: '每月巡查', unit1_2: 'sifaju' };
    await lead.press('meetings.publish', { meeting: ID, ...several, sure: 'yes' });
    const third = wordsOf((await file(url)).body);
    expect(third).toContain('（一）十五天内办好。\n牵头单位：市公安局　　配合单位：市司法局　　完成期限：');
    expect(third).toContain('（二）每月巡查。\n责任单位：市司法局　　完成期限：');
  });

  it('leave no page half empty for the sake of the signature, which still has words before it', async () => {
    const long = '由市公安局牵头，会同石桥镇党委逐村排查路灯和监控，列出清单，先修祠堂到小学这一段。'.repeat(
      11,
    );
    await call();
    kit.time('2026-11-25', '15:10');
    for (const unit2 of ['gonganju', '-']) {
      await lead.say(`填写纪要 ${ID}`);
      await lead.click('提交纪要', { decision1: long, unit1: 'gonganju', decision2: long, unit2 });
      await lead.click('提交纪要');
      const { body } = await file(await link(police, '下载纪要'));
      expect(wordsOf(body).replaceAll('\n', '').split(long)).toHaveLength(3);
      // Paragraphs that are moved on together: their lines of 26 characters, of 22 on a page.
      const xml = Buffer.from(
        unzipSync(Buffer.from(body as Uint8Array))['word/document.xml'] ?? [],
      ).toString();
      const chains = [0];
      let before = '';
      for (const [paragraph] of xml.matchAll(/<w:p>.*?<\/w:p>/gs)) {
        const text = paragraph.replace(/<[^>]*>/g, '');
        if (text === '市委政法委') expect(before).toMatch(/。|期限：/);
        before = text || before;
        const last = chains.length - 1;
        if (!paragraph.includes('<w:keepNext/>')) chains.push(0);
        else chains[last] = (chains[last] ?? 0) + Math.ceil((text.length + 2) / 26);
      }
      expect(Math.max(...chains)).toBeGreaterThan(2);
      expect(Math.max(...chains)).toBeLessThanOrEqual(8);
    }
  });

  it('puts each unit into one group', () => {
    const row = (unit: string, answer: 'none' | 'yes' | 'no' | 'sub', present: 'no' | 'yes' | 'late') => ({
      unit,
      answer,
      present,
      words: '',
    });
    const groups = attendance([
      row('a', 'yes', 'yes'),
      row('b', 'no', 'yes'), // came after all
      row('c', 'none', 'late'),
      row('d', 'sub', 'late'),
      row('e', 'sub', 'no'),
      row('f', 'no', 'no'),
      row('g', 'none', 'no'),
    ]);
    const units = Object.entries(groups).map(([group, rows]) => [
      group,
      rows.map(({ unit }) => unit).join(''),
    ]);
    expect(Object.fromEntries(units)).toEqual({
      present: 'ab',
      late: 'c',
      represented: 'd',
      leave: 'f',
      absent: 'eg',
    });
    expect([1, 10, 12, 20, 30, 45].map(numeral)).toEqual(['一', '十', '十二', '二十', '三十', '四十五']);
  });
});
