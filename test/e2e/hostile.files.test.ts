/** Files made to stop the server, sent by people it knows to the process that `npm start` starts: it answers them all. */
import { rm } from 'node:fs/promises';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import writeXlsx from 'write-excel-file/node';
import { png } from '../samples.ts';
import { spawnApp, tempDir } from './rig.ts';

let dir: string;
let app: Awaited<ReturnType<typeof spawnApp>>;
beforeAll(async () => {
  dir = await tempDir();
  app = await spawnApp(dir, { LOG_LEVEL: 'warn' });
});
afterAll(async () => {
  await app.kill();
  await rm(dir, { recursive: true });
});

const SHEET = 'xl/worksheets/sheet1.xml';
async function workbook(edit: (xml: string) => string): Promise<Uint8Array> {
  const rows = [['姓名', '单位', '角色'].map((value) => ({ value })), [{ value: '甲' }]];
  const parts = unzipSync(new Uint8Array(await writeXlsx(rows).toBuffer()));
  return zipSync({ ...parts, [SHEET]: strToU8(edit(strFromU8(parts[SHEET] ?? new Uint8Array()))) });
}

/** What is said to somebody who sends a file. */
async function said(person: string, name: string, bytes: Uint8Array): Promise<string> {
  const place = `webchat|p:${person}`;
  const id = crypto.randomUUID();
  const headers = { 'x-person': person, 'content-type': 'application/octet-stream' };
  const sent = await fetch(`${app.url}/webchat/file?${new URLSearchParams({ place, id, name })}`, {
    method: 'POST',
    headers,
    body: new Blob([new Uint8Array(bytes)]),
  });
  expect(sent.status).toBe(200);
  const history = await fetch(`${app.url}/webchat/messages?${new URLSearchParams({ place })}`, { headers });
  const { messages } = (await history.json()) as { messages: { text: string }[] };
  return messages.at(-1)?.text ?? '';
}

it('is there for everybody while sheets that have no end are read, and afterwards', async () => {
  const sheets = await Promise.all([
    workbook((xml) => xml.replace('<row r="2"', '<row r="999999999999"')),
    workbook((xml) => xml.replace('r="C1"', 'r="ZZZZZZZ1"')),
    workbook((xml) =>
      xml
        .replace(/<row r="2".*<\/row>/s, (row) => row.replaceAll('2"', '20000"'))
        .replace('r="C1"', 'r="XFD1"'),
    ),
    // Written so that only the parser itself finds out.
    workbook((xml) => xml.replace('<row r="2"', '<row r="&#57;99999999999"')),
  ]);
  let answered = 0;
  let reading = true;
  const others = (async () => {
    while (reading) {
      const { ok } = await fetch(`${app.url}/healthz`);
      if (!ok) return;
      answered += 1;
    }
  })();
  const organiser: string[] = [];
  for (const sheet of sheets) organiser.push(await said('bai-zhiyuan', '名单.xlsx', sheet));
  const meanwhile = answered;
  const secretary: string[] = [];
  for (const sheet of sheets) secretary.push(await said('huang-wenchang', '名单.xlsx', sheet));
  reading = false;
  await others;
  for (const text of secretary) expect(text).toContain('名单由市委组织部来导入');
  expect(organiser.map((text) => text.slice(0, 9))).toEqual([
    '这张表太大，没有读',
    '这张表太大，没有读',
    '这张表太大，没有读',
    '这个文件打不开：内',
  ]);
  expect(meanwhile).toBeGreaterThan(10);
  expect(app.process.exitCode).toBeNull();
  expect(await said('huang-wenchang', 'a.png', png())).toContain('文件收到了');
});
