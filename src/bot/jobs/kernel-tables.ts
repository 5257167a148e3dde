/** All tables of the kernel, and with those of others all that a store is opened with. */
import type { AnyTable } from '../../store/store.ts';
import { forms } from '../cards/form-rows.ts';
import { liveCards } from '../cards/live.ts';
import { conversations } from '../delivery/conversations.ts';
import { shares } from '../delivery/shares.ts';
import { batches, heavyWeeks, outbox, prefs } from '../delivery/tables.ts';
import { viewers } from '../delivery/viewers.ts';
import { secrets } from '../files/links.ts';
import { exportsTable, files } from '../files/tables.ts';
import { holidays, schedules, watermarks } from '../reminders/tables.ts';
import { auditBlocks } from '../turn/audit-chain.ts';
import { sessions, signInLinks } from '../turn/page-sessions.ts';
import { answers } from '../turn/shown.ts';
import { audit, turns } from '../turn/tables.ts';
import { formerTables } from './adopt.ts';
import { leavers } from './forget.ts';
import { jobs } from './job.ts';

const kernelTables = [
  turns,
  answers,
  conversations,
  viewers,
  forms,
  liveCards,
  outbox,
  batches,
  heavyWeeks,
  shares,
  jobs,
  ...formerTables,
  watermarks,
  schedules,
  prefs,
  holidays,
  secrets,
  signInLinks,
  sessions,
  files,
  exportsTable,
  audit,
  leavers,
  auditBlocks,
];

/** All tables of the kernel and of these: for whoever opens a store, and for what keeps them small. */
export function tablesOf(brought: readonly { readonly tables?: readonly AnyTable[] }[]): AnyTable[] {
  return [...kernelTables, ...brought.flatMap(({ tables = [] }) => tables)];
}
