/** The audit trail as a chain: nobody changes, adds or takes away a line unnoticed, on any engine. */
import { afterAll, describe, expect, it } from 'vitest';
import {
  type AuditHash,
  auditBlocks,
  digestOf,
  hashOfBlock,
  sealAudit,
  verifyAudit,
} from '../../src/bot/turn/audit-chain.ts';
import { AUDIT_DAYS, type AuditRow, audit } from '../../src/bot/turn/tables.ts';
import type { Store } from '../../src/store/store.ts';
import { inEngines } from '../store/open.ts';

const tables = [audit, auditBlocks];
const NOW = new Date('2026-11-20T01:00:00.000Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

const line = (n: number, at = NOW): AuditRow => ({
  id: `line-${n}`,
  at: at.toISOString(),
  day: '2026-11-20',
  person: 'huang-changqing',
  name: '黄长青',
  unit: 'shiqiao',
  op: 'issues.accept',
  what: '受理',
  record: `WT-2026-${n}`,
  channel: 'teams',
  place: 'a:1',
  outcome: 'done',
  words: '',
  block: null,
});

const opened: Store[] = [];
afterAll(async () => {
  for (const store of opened) await store.close();
});
describe.each(inEngines)('the audit trail in %s', (_, open) => {
  async function sealed(hash: AuditHash = 'sha256'): Promise<Store> {
    const store = await open(tables);
    opened.push(store);
    for (const part of [0, 1, 2]) {
      await store.transaction(async (tx) => {
        for (let n = 0; n < 150; n += 1) await tx.table(audit).put(line(part * 150 + n));
      });
      await sealAudit(store, hash, later(part * 60_000));
    }
    return store;
  }
  const change = (store: Store, n: number, fields: Partial<AuditRow>) =>
    store.transaction(async (tx) => {
      const row = await tx.table(audit).get(`line-${n}`);
      if (row) await tx.table(audit).put({ ...row, ...fields });
    });

  it.each(['sha256', 'sm3'] as const)('holds what was written, sealed with %s', async (hash) => {
    const store = await sealed(hash);
    const report = await verifyAudit(store, NOW);
    expect(report).toMatchObject({ blocks: 3, lines: 450, unsealed: 0, faults: [] });
    expect(report.head).toMatch(/^[0-9a-f]{64}$/);
    expect(await sealAudit(store, hash, NOW)).toBeUndefined();
    await store.transaction((tx) => tx.table(audit).put(line(999)));
    expect(await verifyAudit(store, NOW)).toMatchObject({ unsealed: 1, faults: [] });
    await sealAudit(store, hash, NOW);
    expect(await verifyAudit(store, NOW, report.head)).toMatchObject({ blocks: 4, lines: 451, faults: [] });
  });

  it('shows a line that was changed, taken away or added', async () => {
    const store = await sealed();
    await change(store, 200, { name: '李四' });
    expect((await verifyAudit(store, NOW)).faults.join()).toContain(
      'block 2: line line-200 was changed or added',
    );
    await change(store, 200, { name: '黄长青' });
    expect((await verifyAudit(store, NOW)).faults).toEqual([]);

    await store.transaction(async (tx) => {
      const row = await tx.table(audit).get('line-7');
      if (row) await tx.table(audit).delete(row);
    });
    expect((await verifyAudit(store, NOW)).faults).toEqual(['block 1: 1 lines are missing or changed']);
    await store.transaction((tx) => tx.table(audit).put({ ...line(7), block: 1 }));
    await store.transaction((tx) => tx.table(audit).put({ ...line(7_000), block: 1 }));
    expect((await verifyAudit(store, NOW)).faults).toEqual(['block 1: line line-7000 was changed or added']);
  });

  it('shows a block that was made anew with its line, and by the log even a whole chain', async () => {
    const store = await sealed();
    const { head } = await verifyAudit(store, NOW);
    await change(store, 200, { name: '李四' });
    await store.transaction(async (tx) => {
      let before = (await tx.table(auditBlocks).get('0000000001'))?.hash ?? '';
      for (const id of ['0000000002', '0000000003']) {
        const block = await tx.table(auditBlocks).get(id);
        if (!block) throw new Error('no block');
        const { rows } = await tx.table(audit).find({ where: { block: block.seq }, order: 'at', limit: 500 });
        const digests = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((row) => digestOf(row, 'sha256'));
        const made = { ...block, digests, before };
        before = hashOfBlock(made);
        await tx.table(auditBlocks).put({ ...made, hash: before });
      }
    });
    expect((await verifyAudit(store, NOW)).faults).toEqual([]);
    expect((await verifyAudit(store, NOW, head)).faults).toEqual([`no block has the hash ${head}`]);
  });

  it('lets lines go that are past their term, and no others', async () => {
    const store = await sealed();
    const ages = AUDIT_DAYS * 86_400_000 + 30_000;
    await store.transaction(async (tx) => {
      for (let n = 0; n < 20; n += 1) {
        const row = await tx.table(audit).get(`line-${n}`);
        if (row) await tx.table(audit).delete(row);
      }
    });
    expect((await verifyAudit(store, later(ages))).faults).toEqual([]);
    expect((await verifyAudit(store, NOW)).faults).not.toEqual([]);
  });

  it('is sealed once, however many servers do it', async () => {
    const store = await open(tables);
    opened.push(store);
    await store.transaction(async (tx) => {
      for (let n = 0; n < 190; n += 1) await tx.table(audit).put(line(n));
    });
    await Promise.all([1, 2, 3].map(() => sealAudit(store, 'sha256', NOW)));
    expect(await verifyAudit(store, NOW)).toMatchObject({ lines: 190, unsealed: 0, faults: [] });
  });
});
