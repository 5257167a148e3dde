/** After a long time down, what is over is not said any more. */
import { expect, it } from 'vitest';
import { jobs } from '../../src/bot/jobs/job.ts';
import { createKit, wordsOf } from '../kit.ts';

it('says after two months down what this month asks, not what the last ones did', async () => {
  const kit = await createKit({ day: '2026-09-24', time: '09:00' });
  const lead = kit.person('luo-lei');
  await kit.bot.tick();
  await kit.tick('2026-12-01', '10:00');
  const [card, ...more] = (await lead.messages()).filter(({ id }) => id.startsWith('digest:'));
  expect(more).toEqual([]);
  expect(wordsOf(card?.card)).toContain('12月联席会商：');
  for (const over of ['9月', '10月联席', '11月联席']) expect(wordsOf(card?.card)).not.toContain(over);
  expect(wordsOf(card?.card)).toContain('共1件');
  await kit.close();
});

it('stops when it is told to while it catches up with a year, and leaves the rest to the next server', async () => {
  const kit = await createKit({ day: '2026-09-24', time: '09:00' });
  await kit.bot.tick();
  kit.time('2027-09-24', '09:00');
  const ticking = kit.bot.tick(false);
  await kit.bot.stop();
  await ticking;
  const planned = await kit.store.read((tx) => tx.table(jobs).count({ kind: 'reminders.plan' }));
  expect(planned).toBeLessThan(10);
  await kit.close();
});
