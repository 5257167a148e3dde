/** One person sends more than anybody can mean: told once, then not heard until it is calm; nobody else notices. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { turns } from '../../src/bot/turn/tables.ts';
import { createKit, type Kit } from '../kit.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await createKit({ personLimit: 10 });
});
afterEach(() => kit.close());

const turnsKept = () => kit.store.read((tx) => tx.table(turns).count());

async function types(person: string, id: string) {
  const { place } = kit.person(person);
  const sender = { account: person, name: person };
  return kit.bot.handle({
    channel: 'webchat',
    kind: 'text',
    id,
    place,
    sender,
    at: new Date(),
    text: '待办',
  });
}

it('hears one sentence, and is heard again after a calm while', async () => {
  kit.time('2026-11-20', '09:00');
  for (let n = 0; n < 10; n += 1) expect((await types('huang-wenchang', `t${n}`)).refused).toBe(false);
  const told = await types('huang-wenchang', 'over');
  expect(told).toMatchObject({ scope: 'words', refused: true });
  expect(told.shown.text).toBe('您发得太快了，我先停一下，刚才这条没有处理。请停 15 秒再发。');
  for (let n = 0; n < 50; n += 1)
    expect(await types('huang-wenchang', `more${n}`)).toMatchObject({ scope: 'none' });
  expect(await turnsKept()).toBe(10);
  // Others go on, also the same account on another channel.
  expect((await types('huang-changqing', 'other')).refused).toBe(false);

  kit.time('2026-11-20', '09:01');
  expect((await types('huang-wenchang', 'calm')).refused).toBe(false);
  expect(await turnsKept()).toBe(12);
});

it('gets the sentence with every press, which needs an answer, and nothing is done', async () => {
  const person = kit.person('huang-wenchang');
  for (let n = 0; n < 11; n += 1) await types('huang-wenchang', `t${n}`);
  const report = { title: '路灯', star: 'pingan-fazhi', aspect: '物' };
  const answer = await person.press('issues.report', report);
  expect(answer).toMatchObject({ scope: 'none', refused: true });
  expect(answer.shown.text).toContain('请停 15 秒');
  expect(await turnsKept()).toBe(10);
});
