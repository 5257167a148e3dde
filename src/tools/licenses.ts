/** `npm run licenses`: what this is made of, under which licences, and what each part is for. */
import { readFile } from 'node:fs/promises';
import { type Line, reportOf } from './packages.ts';

const read = async (path: string) => JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'));
const { lines, counts, problems } = reportOf(
  await read('../../package-lock.json'),
  await read('../../data/packages.json'),
);

const table = (rows: readonly Line[]) => {
  const cells = (['name', 'version', 'licence'] as const).map((column) => {
    const width = Math.max(...rows.map((row) => row[column].length));
    return rows.map((row) => row[column].padEnd(width));
  });
  return rows.map((row, n) => `  ${cells.map((column) => column[n]).join('  ')}  ${row.purpose}`);
};
const byCount = Object.entries(counts).sort(([, a], [, b]) => b - a);
const said = [
  'In use:',
  ...table(lines.filter(({ dev }) => !dev)),
  '',
  'For development:',
  ...table(lines.filter(({ dev }) => dev)),
  '',
  `All that is installed: ${byCount.map(([licence, count]) => `${count} ${licence}`).join(', ')}`,
];
process.stdout.write(`${said.join('\n')}\n`);
if (problems.length > 0) {
  process.stderr.write(`\nThis needs a look:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n`);
  process.exitCode = 1;
}
