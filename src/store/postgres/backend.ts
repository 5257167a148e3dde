/** The engines that speak PostgreSQL's language, and in what they differ from it. See .github/docs/database-backends.md. */

export interface Backend {
  /**
   * Where planner and time limits are set: once on each connection, or in each transaction, where a pooler gives every
   * transaction another connection.
   */
  readonly settings: 'connection' | 'transaction';
  /** Statements are prepared once on each connection, under names. */
  readonly prepares: boolean;
  /** LISTEN works on the connection that `DATABASE_URL` names. */
  readonly listens: boolean;
  /** `pg_current_xact_id` and `pg_xact_status` tell whether a COMMIT landed whose answer was lost. */
  readonly tellsFate: boolean;
  /** The planner settings of PostgreSQL are known. */
  readonly planner: boolean;
}

const POSTGRES: Backend = {
  settings: 'connection',
  prepares: true,
  listens: true,
  tellsFate: true,
  planner: true,
};

export const backends = {
  postgres: POSTGRES,
  pgbouncer: { ...POSTGRES, settings: 'transaction', prepares: false, listens: false },
  yugabyte: { ...POSTGRES, listens: false, tellsFate: false },
  opengauss: { ...POSTGRES, listens: false, tellsFate: false, planner: false },
} as const satisfies Readonly<Record<string, Backend>>;

export type BackendName = keyof typeof backends;
