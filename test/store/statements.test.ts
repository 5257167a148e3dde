/** What a turn costs PostgreSQL: statements, and how often the turn waits for an answer. Prints them; they may not grow. */
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Batch } from '../../src/store/postgres/batch.ts';
import { openPostgres } from '../../src/store/postgres/index.ts';
import { createKit, type Kit } from '../kit.ts';
import { newDatabase } from './pg.ts';

let kit: Kit;
/** What is asked on behalf of what is measured: the bot sends and looks for work beside it whenever it is told to. */
const measured = new AsyncLocalStorage<{ statements: number; waits: number }>();
/** All that was asked, by whomever. */
let all = 0;
const query = pg.Client.prototype.query;
const waiting = new Map<pg.Client, number>();

beforeAll(async () => {
  // biome-ignore lint/suspicious/noExplicitAny: the overloads of pg are not worth playing
  pg.Client.prototype.query = function (this: pg.Client, ...args: any[]) {
    const [sent] = args;
    const batch = sent instanceof Batch ? sent.asked.length : 1;
    all += batch;
    const counted = measured.getStore();
    const ahead = waiting.get(this) ?? 0;
    if (counted) {
      counted.statements += batch;
      // What is sent while an earlier answer is on its way costs no wait of its own.
      if (ahead === 0) counted.waits += 1;
    }
    waiting.set(this, ahead + 1);
    const done = () => waiting.set(this, (waiting.get(this) ?? 1) - 1);
    if (sent instanceof Batch) {
      const { callback } = sent;
      sent.callback = (error) => {
        done();
        callback(error);
      };
    }
    const answer = Reflect.apply(query, this, args);
    answer?.then?.(done, done);
    return answer;
  } as typeof query;
  const url = await newDatabase();
  kit = await createKit({ open: (tables) => openPostgres({ url, tables }) });
});
afterAll(async () => {
  pg.Client.prototype.query = query;
  await kit.close();
});

/** The statements and waits of one turn, until it is acknowledged. */
async function costOf(turn: () => Promise<unknown>) {
  const counted = { statements: 0, waits: 0 };
  await measured.run(counted, turn);
  // What goes on afterwards is not the turn's.
  return { ...counted };
}

let n = 0;
const received = (person: string) => ({
  channel: 'webchat',
  id: `turn-${n++}`,
  place: { key: `webchat|p:${person}`, kind: 'personal' as const },
  sender: { account: person, name: person },
  at: new Date('2026-11-20T09:00+08:00'),
});
const presses = (person: string, op: string, data = {}) =>
  kit.bot.handle({ ...received(person), kind: 'action', op, data, inline: true });

const REPORT = {
  title: '村口路灯不亮',
  aspect: '物',
  star: 'pingan-fazhi',
  source: '群众反映',
  urgency: '一般',
};

it.each([
  ['a look: 待办', () => presses('huang-wenchang', 'home.todo'), 35, 5],
  ['a report sent in', () => presses('huang-wenchang', 'issues.report', REPORT), 41, 14],
] as const)('%s costs no more than it did', async (what, turn, statements, waits) => {
  // Once before, so that what is asked for the first time only does not count.
  await turn();
  await kit.bot.pump();
  const cost = await costOf(turn);
  process.stdout.write(`${what}: ${cost.statements} statements, ${cost.waits} waits\n`);
  expect(cost.statements).toBeLessThanOrEqual(statements);
  expect(cost.waits).toBeLessThanOrEqual(waits);
});

it('what a report sets off costs no more than it did', async () => {
  await kit.bot.tick();
  await presses('huang-wenchang', 'issues.report', REPORT);
  const before = all;
  await kit.bot.tick();
  process.stdout.write(`what it sets off: ${all - before} statements\n`);
  expect(all - before).toBeLessThanOrEqual(310);
});
