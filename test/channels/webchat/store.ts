/** A store of a few lines for the page's tests: everything in memory, transactions one after another. */
import { Listeners } from '../../../src/store/signals.ts';
import {
  type AnyTable,
  type Query,
  type Store,
  type Stored,
  StoreError,
  type Tx,
} from '../../../src/store/store.ts';

type AnyRow = Stored<Record<string, unknown> & { id: string }>;
type Contents = Map<string, Map<string, AnyRow>>;

function rank(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function tableOf(contents: Contents, { name, schema, indexes }: AnyTable, writable: boolean) {
  const rows = contents.get(name) ?? new Map<string, AnyRow>();
  contents.set(name, rows);
  return {
    async get(id: string) {
      return rows.get(id);
    },
    async put(row: AnyRow) {
      if (!writable) throw new StoreError('read_only', name);
      const { rev, ...plain } = row;
      const old = rows.get(row.id);
      if (old && rev === undefined) throw new StoreError('duplicate', row.id);
      if (old && old.rev !== rev) throw new StoreError('conflict', row.id);
      const stored = { ...schema.parse(plain), rev: (old?.rev ?? 0) + 1 } as AnyRow;
      rows.set(row.id, stored);
      return stored;
    },
    async find({ where = {}, order, desc, range = {}, limit }: Query<AnyRow>) {
      const fields = Object.keys(where);
      const served = indexes.some(
        (index) => fields.every((field) => index.on.includes(field)) && index.order === order,
      );
      if (!served) throw new StoreError('no_index', name);
      const key = order ?? 'id';
      const found = [...rows.values()]
        .filter((row) => Object.entries(where).every(([field, value]) => row[field] === value))
        .filter((row) => range.gt === undefined || rank(row[key], range.gt) > 0)
        .filter((row) => range.lt === undefined || rank(row[key], range.lt) < 0)
        .sort((a, b) => rank(a[key], b[key]) * (desc ? -1 : 1));
      return { rows: found.slice(0, limit) };
    },
  };
}

export function memoryStore(): Pick<Store, 'transaction' | 'read' | 'listen' | 'close'> & {
  count(table: string): number;
} {
  let contents: Contents = new Map();
  const series = new Map<string, number>();
  const listeners = new Listeners();
  let queue: Promise<unknown> = Promise.resolve();

  function run<R>(body: (tx: Tx) => Promise<R>, writable: boolean): Promise<R> {
    const turn = queue.then(async () => {
      const draft: Contents = new Map([...contents].map(([name, rows]) => [name, new Map(rows)]));
      const signals: [string, string][] = [];
      const tx = {
        signal: (topic: string, payload: string) => void signals.push([topic, payload]),
        table: (table: AnyTable) => tableOf(draft, table, writable),
        async next(name: string) {
          const next = (series.get(name) ?? 0) + 1;
          series.set(name, next);
          return next;
        },
      };
      const result = await body(tx as unknown as Tx);
      contents = draft;
      for (const [topic, payload] of signals) listeners.tell(topic, payload);
      return result;
    });
    queue = turn.catch(() => undefined);
    return turn;
  }

  return {
    transaction: (body) => run(body, true),
    read: (body) => run(body, false),
    listen: (topic, listener) => listeners.add(topic, listener),
    close: async () => undefined,
    count: (table) => contents.get(table)?.size ?? 0,
  };
}
