/**
 * Seals the audit trail: lines that have landed go into blocks, each of which names the hash of the one before. Whoever
 * changes, adds or takes away a line afterwards has to make every later block anew, and the hash that the log has named
 * meanwhile does not fit any more.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type From, pages } from '../../lib/pages.ts';
import { defineTable, type Row, type Store, type Stored, type Tx } from '../../store/store.ts';
import { AUDIT_DAYS, type AuditRow, audit } from './tables.ts';

/** SM3 is GB/T 32905. */
export type AuditHash = 'sha256' | 'sm3';

const blockRow = z.object({
  /** The number in ten digits. */
  id: z.string(),
  seq: z.number().int(),
  at: z.string(),
  algorithm: z.enum(['sha256', 'sm3']),
  /** Of each line that was sealed, in the order of their ids. */
  digests: z.array(z.string()),
  /** When the oldest of them happened. */
  oldest: z.string(),
  /** The hash of the block before; '' for the first. */
  before: z.string(),
  hash: z.string(),
});
export type AuditBlock = z.infer<typeof blockRow>;

export const auditBlocks = defineTable<AuditBlock>({
  name: 'audit_blocks',
  schema: blockRow,
  indexes: [
    { on: [], order: 'seq' },
    { on: [], order: 'at' },
  ],
  keep: { by: 'at', days: AUDIT_DAYS },
});

/** Lines in one block: whoever chats meanwhile waits for one of these. */
const AT_ONCE = 200;

/** Blocks made in one go: with a tick every five seconds, more than is done on the busiest day. */
const ROUNDS = 10;

/** Seal lines that have landed since; resolves to the newest block if there is a new one. */
export async function sealAudit(
  store: Store,
  algorithm: AuditHash,
  now: Date,
): Promise<AuditBlock | undefined> {
  let newest: AuditBlock | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { rows } = await store.read((tx) => tx.table(audit).find({ ...UNSEALED, limit: 1 }));
    const block = rows.length > 0 ? await sealBlock(store, algorithm, now) : undefined;
    if (!block) break;
    newest = block;
  }
  return newest;
}

function sealBlock(store: Store, algorithm: AuditHash, now: Date): Promise<AuditBlock | undefined> {
  return store.transaction(async (tx) => {
    const { rows } = await tx.table(audit).find({ ...UNSEALED, limit: AT_ONCE });
    if (rows.length === 0) return undefined;
    const last = await newestBlock(tx);
    const seq = (last?.seq ?? 0) + 1;
    const sealed = rows.map((row) => ({ ...row, block: seq }));
    for (const row of sealed) await tx.table(audit).put(row);
    const block = {
      id: String(seq).padStart(10, '0'),
      seq,
      at: now.toISOString(),
      algorithm,
      digests: sealed.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((row) => digestOf(row, algorithm)),
      oldest: rows.reduce((oldest, { at }) => (at < oldest ? at : oldest), now.toISOString()),
      before: last?.hash ?? '',
    };
    return tx.table(auditBlocks).put({ ...block, hash: hashOfBlock(block) });
  });
}

const UNSEALED = { where: { block: null }, order: 'at' } as const;

async function newestBlock(tx: Tx): Promise<Stored<AuditBlock> | undefined> {
  return (await tx.table(auditBlocks).find({ order: 'seq', desc: true, limit: 1 })).rows[0];
}

/** The line as it was written, with the block that it went into. */
export function digestOf(row: AuditRow & Partial<Pick<Stored<Row>, 'rev'>>, algorithm: AuditHash): string {
  const { rev: _rev, ...fields } = row;
  const text = JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash(algorithm).update(text).digest('base64url');
}

export function hashOfBlock({
  seq,
  at,
  algorithm,
  digests,
  oldest,
  before,
}: Omit<AuditBlock, 'id' | 'hash'>): string {
  const text = JSON.stringify([seq, at, algorithm, oldest, before, digests]);
  return createHash(algorithm).update(text).digest('hex');
}

export interface ChainReport {
  readonly blocks: number;
  readonly lines: number;
  /** Lines that landed after the newest block. */
  readonly unsealed: number;
  /** The hash of the newest block; '' when there is none. */
  readonly head: string;
  /** What does not fit, in words. */
  readonly faults: readonly string[];
}

/**
 * Go through the whole chain. Lines past their term may be gone; nothing else may.
 * @param known a hash that the log once named: the chain has to hold it, unless its block is past its term
 */
export async function verifyAudit(store: Store, now: Date, known?: string): Promise<ChainReport> {
  const horizon = new Date(now.getTime() - AUDIT_DAYS * 86_400_000).toISOString();
  const faults: string[] = [];
  let [blocks, lines, seen] = [0, 0, false];
  let last: AuditBlock | undefined;
  const page = (from: From) =>
    store.read(async (tx) => {
      const found = await tx.table(auditBlocks).find({ order: 'seq', limit: 50, ...from });
      const held = [];
      for (const block of found.rows) {
        const query = { where: { block: block.seq }, order: 'at', limit: 2 * AT_ONCE } as const;
        held.push({ block, rows: (await tx.table(audit).find(query)).rows });
      }
      return { held, next: found.next };
    });
  for await (const { held } of pages(page))
    for (const { block, rows } of held) {
      faults.push(...faultsOf(block, rows, last, horizon));
      blocks += 1;
      lines += rows.length;
      seen ||= block.hash === known;
      last = block;
    }
  if (known && !seen) faults.push(`no block has the hash ${known}`);
  const { total, unsealed } = await store.read(async (tx) => ({
    total: await tx.table(audit).count(),
    unsealed: await tx.table(audit).count({ block: null }),
  }));
  if (total !== lines + unsealed)
    faults.push(`${total - lines - unsealed} lines name a block that is not there`);
  return { blocks, lines, unsealed, head: last?.hash ?? '', faults };
}

function faultsOf(
  block: AuditBlock,
  rows: readonly Stored<AuditRow>[],
  before: AuditBlock | undefined,
  horizon: string,
): string[] {
  const faults: string[] = [];
  const name = `block ${block.seq}`;
  if (before && block.seq !== before.seq + 1)
    faults.push(`blocks ${before.seq + 1} to ${block.seq - 1} are missing`);
  if (before && block.before !== before.hash) faults.push(`${name} does not follow ${before.seq}`);
  if (block.hash !== hashOfBlock(block)) faults.push(`${name} was changed`);
  const left = new Set(block.digests);
  for (const row of rows)
    if (!left.delete(digestOf(row, block.algorithm)))
      faults.push(`${name}: line ${row.id} was changed or added`);
  // What is past its term goes, a few at a time.
  if (left.size > 0 && block.oldest >= horizon)
    faults.push(`${name}: ${left.size} lines are missing or changed`);
  return faults;
}
