/** What drawing each card costs, compiled once as the bot does it, against compiling it for every message. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Template } from 'adaptivecards-templating';
import { loadCards } from '../../src/bot/cards/adaptive.ts';
import { interleaved, type Line, type Options, sayNumber } from './kit.ts';

const FOLDER = fileURLToPath(new URL('../../cards', import.meta.url));

export async function cards({ quick, runs }: Options): Promise<Line[]> {
  const deck = await loadCards(FOLDER);
  const lines: Line[] = [];
  for (const name of deck.names) {
    const source = await readFile(join(FOLDER, `${name}.json`), 'utf8');
    const sample = JSON.parse(await readFile(join(FOLDER, `${name}.sample.json`), 'utf8'));
    const library = new Template(JSON.parse(source));
    const took = await interleaved(runs, {
      compiled: async () => microseconds(quick ? 20 : 300, () => deck.draw(name, sample)),
      library: async () => microseconds(quick ? 20 : 300, () => library.expand({ $root: sample })),
      anew: async () =>
        microseconds(quick ? 3 : 20, () => new Template(JSON.parse(source)).expand({ $root: sample })),
    });
    for (const [against, us] of [
      ['the library, compiled', took.library],
      ['the library, compiling each time', took.anew],
    ] as const) {
      lines.push({
        what: `draw ${name}, against ${against}`,
        ours: `${sayNumber(took.compiled)} µs`,
        baseline: `${sayNumber(us)} µs`,
        ratio: took.compiled / us,
      });
    }
  }
  return lines;
}

function microseconds(times: number, work: () => unknown): number {
  const began = performance.now();
  for (let i = 0; i < times; i += 1) work();
  return ((performance.now() - began) * 1000) / times;
}
