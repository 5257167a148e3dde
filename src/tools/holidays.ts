/** `npm run holidays:import -- <file>`: a year's holidays and make-up days into the configured store. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { engineOf } from '../engine.ts';
import { type HolidayYear, keepHolidays, parseHolidays } from '../features/reminders/index.ts';
import { AppError } from '../lib/errors.ts';
import { runTool, UsageError } from './run.ts';

const USAGE = `npm run holidays:import -- <file>
  reads one year in the holiday-cn format, {"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]},
  into the store (DATABASE_URL, else DATA_DIR: stop the server first, or send 导入节假日 in the chat)`;

await runTool(USAGE, async ({ config, open, say }) => {
  const [file, ...more] = parseArgs({ allowPositionals: true }).positionals;
  if (!file || more.length > 0) throw new UsageError('name one file');
  const year = parse(file, await readFile(file, 'utf8'));
  const store = await open(engineOf(config));
  await store.transaction((tx) => keepHolidays(tx, year));
  say(`done: ${year.year}, ${year.days.length} days`);
});

function parse(file: string, text: string): HolidayYear {
  try {
    return parseHolidays(text);
  } catch (error) {
    throw error instanceof AppError ? new UsageError(`${file}: ${error.publicMessage}`) : error;
  }
}
