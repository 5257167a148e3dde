/**
 * Fills an empty store with the demo city and its last three months, which end now. All of it is lived through in a
 * store of its own and then taken over in one go: whatever is interrupted has left nothing, and nothing of the past is
 * sent to anybody again.
 */
import type { RenderAdaptive } from '../bot/cards/adaptive.ts';
import { groupPlace, WEBCHAT } from '../channels/webchat/index.ts';
import { allTables } from '../engine.ts';
import { branchFiles } from '../features/branches/index.ts';
import { loadCity, openGroups } from '../features/members/index.ts';
import { secretaryFiles } from '../features/secretaries/index.ts';
import { starFiles } from '../features/stars/index.ts';
import { instant } from '../lib/dates.ts';
import type { Log } from '../lib/log.ts';
import type { FileStore } from '../store/files.ts';
import { openScratch } from '../store/lowdb/scratch.ts';
import type { Store } from '../store/store.ts';
import { analysis } from './analysis.ts';
import { type Calendar, createCalendar } from './calendar.ts';
import { cases } from './cases.ts';
import { type Chapter, createCast, createSetting } from './city.ts';
import { inspections } from './inspections.ts';
import { issues } from './issues.ts';
import { meetings } from './meetings.ts';
import { rectification } from './rectification.ts';
import { sponsorship } from './sponsorship.ts';
import { type Act, openStage } from './stage.ts';
import { stars } from './stars.ts';
import { talk } from './talk.ts';
import { talks } from './talks.ts';
import { tasks } from './tasks.ts';

/** What the past is about. A feature that wants one of its own adds a file and a line. */
const chapters: readonly Chapter[] = [
  issues,
  tasks,
  meetings,
  analysis,
  rectification,
  stars,
  inspections,
  sponsorship,
  talks,
  cases,
  talk,
];

/** What people begin later than so long before the end they would not have finished by then. */
const LATEST_MS = 20 * 60_000;
/** The last mornings come with their reminders: of what is longer ago they would only say that it is done. */
const MORNINGS = 6;

export interface FillOptions {
  /** The store to be filled; left alone when there is anything in it. */
  readonly store: Store;
  /** Gets the contents of what people send in that time. */
  readonly fileStore: FileStore;
  /** The folder of the demo city. */
  readonly cityData: string;
  readonly render: RenderAdaptive;
  readonly log: Log;
  readonly now: Date;
}

/** Rejects when something of the past could not be done; the store is then as it was. */
export async function fill({ store, ...options }: FillOptions): Promise<void> {
  options.log.info('the demo city gets its past, a few seconds');
  const past = openScratch(allTables());
  await live({ ...options, store: past });
  await store.import(past.export());
}

/** Everything in the order of time, up to now; what would come later is left to whoever tries the bot. */
async function live({ store, fileStore, cityData, render, log, now }: FillOptions): Promise<void> {
  const calendar = createCalendar(now);
  const setting = createSetting(cityData, calendar, await createCast(cityData));
  const acts: Act[] = mornings(calendar);
  const last = new Date(now.getTime() - LATEST_MS);
  for (const chapter of chapters) acts.push(...(await chapter(setting)).filter(({ at }) => at <= last));
  acts.sort((a, b) => a.at.getTime() - b.at.getTime());
  const begin = acts[0]?.at ?? now;
  await loadCity(store, cityData, [branchFiles, secretaryFiles, starFiles]);
  await openGroups(store, WEBCHAT, groupPlace, begin);
  const stage = openStage({ store, fileStore, render, log, begin });
  try {
    for (const { at, run } of acts) {
      if (at > now) break;
      await stage.until(at);
      await run(stage);
    }
    await stage.until(now);
    // The newest of all that is there: where to begin.
    await stage.greet();
  } finally {
    await stage.stop();
  }
}

function mornings({ ago, today, workdays }: Calendar): Act[] {
  const days = Array.from({ length: MORNINGS }, (_, i) => ago(i + 1));
  if (workdays.isWorkday(today)) days.push(today);
  const acts: Act[] = days.map((day) => ({ at: instant(day, '08:30'), run: (stage) => stage.tick() }));
  // What is new is what came since yesterday at noon.
  acts.push({ at: instant(ago(1), '12:00'), run: (stage) => stage.readAll() });
  return acts;
}
