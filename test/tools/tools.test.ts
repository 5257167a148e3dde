/** The command-line tools as an operator calls them: copies, backups, and what they refuse. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.ts';
import { files } from '../../src/bot/files/tables.ts';
import { holidays } from '../../src/bot/reminders/tables.ts';
import { readConfig } from '../../src/config.ts';
import { openStore } from '../../src/engine.ts';
import { accounts, loadCity } from '../../src/features/members/index.ts';
import { hashOf } from '../../src/store/files.ts';
import { bundled } from '../bundle.ts';
import { environment } from '../channels/dingtalk/kit.ts';
import { CORP, startFakeDingtalk } from '../fake-dingtalk.ts';
import { newDatabase } from '../store/pg.ts';

const root = new URL('../..', import.meta.url).pathname;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

let url: string;
let dir: string;
beforeAll(async () => {
  url = await newDatabase();
  dir = await mkdtemp(`${tmpdir()}/huishang-tools-`);
  const store = await openLow('a');
  await loadCity(store, join(root, 'data/demo'));
  await store.transaction((tx) => tx.next('WT-2026'));
  await store.close();
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

const openLow = (name: string) => openStore(readConfig({ DATA_DIR: join(dir, name) }), 'lowdb', quiet);

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The lines with counts and checksums. */
  readonly sums: readonly string[];
}

async function run(tool: string, args: readonly string[], env: Record<string, string>): Promise<Ran> {
  const file = await bundled(join(root, `src/tools/${tool}.ts`));
  const child = spawn(process.execPath, [file, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data) => {
    said.out += data;
  });
  child.stderr.on('data', (data) => {
    said.err += data;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...said, sums: said.out.split('\n').filter((line) => /[0-9a-f]{32}$/.test(line)) };
}

const at = (name: string) => ({ DATA_DIR: join(dir, name), DATABASE_URL: url });
const toPg = ['--from', 'lowdb', '--to', 'postgres'];

describe('the tools', () => {
  it('copy lowdb to PostgreSQL and back: the same rows, refused where there is something', async () => {
    const there = await run('copy', toPg, at('a'));
    expect(there).toMatchObject({ code: 0, err: '' });
    expect(there.sums.join('\n')).toMatch(/members .*\n.*units /s);
    expect(there.sums.some((line) => line.includes('(numbers)'))).toBe(true);

    const [again, back] = await Promise.all([
      run('copy', toPg, at('a')),
      run('copy', ['--from', 'postgres', '--to', 'lowdb'], at('b')),
    ]);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/Nothing was changed.*--force/);
    expect(back).toMatchObject({ code: 0, sums: there.sums });
    const forced = await run('copy', [...toPg, '--force'], at('b'));
    expect(forced).toMatchObject({ code: 0, sums: there.sums });
  });

  it('back up and restore, whichever the engine; a damaged file changes nothing', async () => {
    const file = join(dir, 'backup.gz');
    const saved = await run('backup', [file], at('a'));
    expect(saved).toMatchObject({ code: 0, err: '' });
    const bytes = await readFile(file);
    const cut = join(dir, 'cut.gz');
    const bent = join(dir, 'bent.gz');
    await writeFile(cut, bytes.subarray(0, bytes.length - 100));
    await writeFile(bent, bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1));

    const low = { DATA_DIR: join(dir, 'c') };
    for (const damaged of [cut, bent]) {
      const refused = await run('restore', [damaged], low);
      expect(refused.code, refused.out).toBe(1);
      expect(refused.err).toContain(`${damaged}: line `);
    }
    expect(await run('restore', [file], low)).toMatchObject({ code: 0, sums: saved.sums });
    const [twice, lower] = await Promise.all([
      run('restore', [file], at('a')),
      run('backup', [join(dir, 'lower.gz')], low),
    ]);
    expect(twice.code).toBe(1);
    expect(twice.err).toContain('--force');
    expect(lower.sums).toEqual(saved.sums);
    expect(await run('restore', [join(dir, 'lower.gz'), '--force'], at('a'))).toMatchObject({
      code: 0,
      sums: saved.sums,
    });
  });

  it('back up a server that runs, contents of files too, encrypted; and restore it elsewhere', async () => {
    const dataDir = join(dir, 'live');
    const config = readConfig({ PORT: '0', DATA_DIR: dataDir, DEMO_HISTORY: 'off' });
    const app = await startApp({ config, log: quiet, ticking: false });
    const pictures = ['一', '二'].map((words) => Buffer.from(words.repeat(50_000)));
    for (const [n, bytes] of pictures.entries()) {
      const hash = await app.fileStore.put(bytes);
      await app.store.transaction(async (tx) => {
        const at = '2026-11-20T01:00:00.000Z';
        const file = {
          id: `f${n}`,
          hash,
          name: '图.png',
          kind: 'png' as const,
          size: bytes.length,
          by: 'x',
          at,
          about: 'issue:x',
        };
        await tx.table(files).put(file);
      });
    }
    const file = join(dir, 'live.backup');
    const secret = { BACKUP_PASSPHRASE: '一把 钥匙' };
    // While it goes on: what is written meanwhile is in it wholly or not at all.
    let writing = true;
    const writes = (async () => {
      while (writing) await app.store.transaction((tx) => tx.next('WT-2026'));
    })();
    const saved = await run('backup', [file], { DATA_DIR: dataDir, ...secret });
    writing = false;
    await writes;
    await app.stop();
    expect(saved, saved.err).toMatchObject({ code: 0, err: '' });
    expect(saved.out).toContain('from the server that runs');
    expect(saved.out).toMatch(/\(files\) +2 /);
    const bytes = await readFile(file);
    expect(bytes.includes(pictures[0]?.subarray(0, 30) as Buffer)).toBe(false);

    const there = { DATA_DIR: join(dir, 'there') };
    expect((await run('restore', [file], there)).err).toContain('BACKUP_PASSPHRASE');
    const other = await run('restore', [file], { ...there, BACKUP_PASSPHRASE: '另一把' });
    expect(other).toMatchObject({
      code: 1,
      err: expect.stringContaining('BACKUP_PASSPHRASE is not that of'),
    });
    const bent = join(dir, 'bent.backup');
    await writeFile(bent, bytes.with(bytes.length - 40, (bytes.at(-40) ?? 0) ^ 1));
    expect((await run('restore', [bent], { ...there, ...secret })).code).toBe(1);
    for (const target of [there, { DATABASE_URL: await newDatabase() }]) {
      const restored = await run('restore', [file], { ...target, ...secret });
      expect(restored, restored.err).toMatchObject({
        code: 0,
        sums: expect.arrayContaining(saved.sums.filter((line) => !line.includes('(files)'))),
      });
      expect(restored.out).toContain('files: 2\n');
    }
    expect(
      await readFile(
        join(dir, 'there/files', hashOf(pictures[1] as Buffer).slice(0, 2), hashOf(pictures[1] as Buffer)),
      ),
    ).toEqual(pictures[1]);
  });

  it('say what is wrong, in plain words', async () => {
    const store = await openLow('held');
    const dead = 'postgres://huishang:secret@127.0.0.1:1/none';
    const [usage, unset, locked, away, missing, overwrite] = await Promise.all([
      run('copy', ['--from', 'here'], {}),
      run('copy', toPg, { DATA_DIR: join(dir, 'd') }),
      run('backup', [join(dir, 'held.gz')], { DATA_DIR: join(dir, 'held') }),
      run('backup', [join(dir, 'away.gz')], { DATABASE_URL: dead }),
      run('restore', [join(dir, 'nothing.gz')], { DATA_DIR: join(dir, 'e') }),
      run('backup', [join(root, 'package.json')], { DATA_DIR: join(dir, 'f') }),
    ]);
    await store.close();
    expect(usage).toMatchObject({
      code: 2,
      err: expect.stringMatching(/lowdb or postgres\nnpm run store:copy/),
    });
    expect(unset).toMatchObject({ code: 1, err: expect.stringContaining('DATABASE_URL is not set') });
    expect(locked).toMatchObject({ code: 1, err: expect.stringContaining('Stop the server first') });
    expect(away).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^PostgreSQL: .*ECONNREFUSED.* Is DATABASE_URL right/),
    });
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('nothing.gz') });
    expect(overwrite).toMatchObject({ code: 2, err: expect.stringContaining('is there already') });
    for (const { err } of [usage, unset, locked, away, missing]) expect(err).not.toMatch(/secret|\n\s+at /);
  });

  it('import a year of holidays, and nothing that is not one', async () => {
    const [good, bad] = [join(dir, '2027.json'), join(dir, 'bad.json')];
    const days = ['01', '02', '03', '04', '05'].map((d) => ({
      name: '元旦',
      date: `2027-01-${d}`,
      isOffDay: true,
    }));
    await writeFile(good, `\ufeff${JSON.stringify({ year: 2027, days })}`);
    await writeFile(bad, JSON.stringify({ year: 2026, days }));
    const low = { DATA_DIR: join(dir, 'holidays') };
    expect(await run('holidays', [bad], low)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${bad}: 看不懂这份2026年的数据：里面一天也没有`),
    });
    expect(await run('holidays', [good], low)).toMatchObject({ code: 0, err: '' });
    const store = await openLow('holidays');
    expect(await store.read((tx) => tx.table(holidays).get('2027'))).toMatchObject({ days });
    await store.close();
  });
});

describe('members:sync', () => {
  it('says what DingTalk’s directory would change, and changes it only when told to', async () => {
    const fake = await startFakeDingtalk();
    const env = { DATA_DIR: join(dir, 'sync'), ...environment(fake, 'form') };
    const store = await openLow('sync');
    await loadCity(store, join(root, 'data/demo'));
    const gone = { id: `dingtalk:${CORP}:gone`, person: 'huang-changqing' };
    await store.transaction((tx) => tx.table(accounts).put(gone));
    await store.close();
    fake.contacts.departments.push(
      { dept_id: 2, parent_id: 1, name: '石桥镇党委' },
      { dept_id: 3, parent_id: 1, name: '市委组织部' },
      { dept_id: 4, parent_id: 2, name: '食堂' },
    );
    fake.contacts.users.push(
      { userid: 'u1', dept: 3, name: '白志远', dept_id_list: [3] },
      { userid: 'u2', dept: 3, name: '没听说过', dept_id_list: [3] },
    );
    const dry = await run('sync', [], env);
    expect([dry.code, dry.err]).toEqual([0, '']);
    expect(dry.out).toContain('已经绑定0人，可以绑定1人，已离开1人，名单上没有1人。');
    expect(dry.out).toContain('食堂');
    expect(dry.out).toContain('Nothing was changed');
    const who = async (account: string) => {
      const reopened = await openLow('sync');
      const row = await reopened.read((tx) => tx.table(accounts).get(`dingtalk:${CORP}:${account}`));
      await reopened.close();
      return row?.person;
    };
    expect(await who('u1')).toBeUndefined();
    expect((await run('sync', ['--unbind-gone'], env)).code).toBe(2);
    expect((await run('sync', ['--apply'], env)).code).toBe(0);
    expect([await who('u1'), await who('gone')]).toEqual(['bai-zhiyuan', 'huang-changqing']);
    expect((await run('sync', ['--apply', '--unbind-gone'], env)).out).toContain('已经绑定1人，可以绑定0人');
    expect(await who('gone')).toBeUndefined();
    await fake.close();
  });
});
