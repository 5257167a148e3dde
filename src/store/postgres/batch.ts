/**
 * Statements that go out together and are answered together: one write and one barrier instead of one each, which is
 * most of what short statements cost. After a failure PostgreSQL passes over the rest of them.
 */
import pg from 'pg';
import type { Statement } from './tables.ts';

/** Values as PostgreSQL writes them, in the order of the columns. */
export interface Answer {
  readonly rows: readonly (readonly (string | null)[])[];
  /** `SELECT 1`, `INSERT 0 1`, `COMMIT`. */
  readonly tag: string;
}

interface Asked {
  readonly statement: Statement;
  readonly values: readonly unknown[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** What `pg` tells a query of, and the messages that a connection of it sends. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  parse(statement: { readonly name: string; readonly text: string }): void;
  bind(values: { readonly statement: string; readonly values: readonly unknown[] }): void;
  execute(): void;
  close(statement: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
}

/** Names of the statements that a connection has prepared. */
const prepared = new WeakMap<Connection, Set<string>>();

/** Only what is one of its queries may `pg` send behind others on the same connection. */
const Query = pg.Query as unknown as new (config: { readonly text: string }) => object;

export class Batch extends Query {
  readonly asked: Asked[] = [];
  private readonly answers: Answer[] = [];
  private found: (readonly (string | null)[])[] = [];
  /** Whoever `pg` has to tell the end; it puts its time limit around. */
  callback: (error: Error | null) => void;

  /** @param prepares statements are prepared once for each connection */
  constructor(private readonly prepares: boolean) {
    super({ text: '' });
    this.callback = (error) => {
      for (const [n, { resolve, reject }] of this.asked.entries()) {
        const answer = this.answers[n];
        if (error) reject(error);
        else if (answer) resolve(answer);
        else reject(new Error('PostgreSQL did not answer all that it was asked'));
      }
    };
  }

  add(statement: Statement, values: readonly unknown[]): Promise<Answer> {
    return new Promise((resolve, reject) => this.asked.push({ statement, values, resolve, reject }));
  }

  submit(connection: Connection): void {
    const known = prepared.get(connection) ?? new Set();
    prepared.set(connection, known);
    connection.stream.cork();
    for (const { statement, values } of this.asked) {
      const name = this.prepares ? statement.name : '';
      if (name === '' || !known.has(name)) {
        // It may be there all the same, of a batch in which something else failed.
        if (name !== '') connection.close({ type: 'S', name });
        connection.parse({ name, text: statement.text });
        known.add(name);
      }
      connection.bind({ statement: name, values: values.map(written) });
      connection.execute();
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.found.push(fields);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.answers.push({ rows: this.found, tag: text });
    this.found = [];
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error, connection: Connection): void {
    // What came behind it was passed over, so it may not have been prepared.
    const known = prepared.get(connection);
    for (const { statement } of this.asked.slice(this.answers.length)) known?.delete(statement.name);
    this.callback(error);
  }
}

/** A value as PostgreSQL reads it. */
function written(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (!Array.isArray(value)) return String(value);
  return `{${value.map((each) => `"${String(each).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
