/** The example feature of CONTRIBUTING, used by people: a record, a form, a list and a reminder in few lines. */
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { features } from '../../src/features/index.ts';
import { createKit, inputsOf, type Kit, wordsOf } from '../kit.ts';
import { visits } from './visits/index.ts';

const folder = new URL('visits/', import.meta.url);
const MOST_LINES = 150;

let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ day: '2026-11-20', features: [...features, visits] });
});
afterEach(() => kit.end());

it('is planned by a form, listed, opened by its number, and nobody else’s', async () => {
  const secretary = kit.person('huang-wenchang');
  await secretary.say('登记走访 看望老党员');
  const refused = await secretary.click('登记走访', { day: '昨天' });
  expect(inputsOf(refused.card).title).toBe('看望老党员');
  const planned = await secretary.click('登记走访', { day: '下周三' });
  expect(planned.text).toContain('已登记 ZF-2026-0001，11月25日');
  expect(wordsOf((await secretary.say('走访')).card)).toContain('看望老党员');
  expect(wordsOf((await secretary.say('ZF-2026-0001')).card)).toContain('看望老党员');

  const other = kit.person('wang-haiyan');
  expect(wordsOf((await other.say('走访')).card)).toContain('还没有登记');
  expect((await other.say('ZF-2026-0001')).text).toContain('没有找到');
});

it('is called to mind on its morning, or on the working day before a rest day', async () => {
  const secretary = kit.person('huang-wenchang');
  for (const day of ['2026-11-25', '2026-11-28']) {
    await secretary.say(`登记走访 ${day}的走访`);
    await secretary.click('登记走访', { day });
  }
  const count = async () => {
    const seen = (await secretary.messages()).map(({ text, card }) => `${text} ${wordsOf(card)}`);
    return seen.filter((words) => words.includes('请走访')).length;
  };
  await kit.tick('2026-11-24', '10:00');
  expect(await count()).toBe(0);
  await kit.tick('2026-11-25', '10:00');
  expect(await count()).toBe(1);
  await kit.tick('2026-11-27', '10:00');
  expect(await count()).toBe(2);
});

it(`takes under ${MOST_LINES} lines, all of them in its own folder`, async () => {
  let lines = 0;
  for (const file of await readdir(folder)) {
    const code = await readFile(new URL(file, folder), 'utf8');
    lines += code.trimEnd().split('\n').length;
  }
  expect(lines).toBeLessThan(MOST_LINES);
});
