/** 研判 and 排查 of the demo city: what two townships handed in, one branch on the list, and a census that has begun. */
import { z } from 'zod';
import { periodName } from '../lib/schedule.ts';
import { during } from './calendar.ts';
import type { Chapter } from './city.ts';
import type { Act, Seen, Speaker } from './stage.ts';

const row = z.object({
  township: z.string(),
  /** Working days ago. */
  handed: z.number().int(),
  adopted: z.number().int().exactOptional(),
  weak: z
    .object({ branch: z.string(), type: z.string(), words: z.string(), listed: z.number().int() })
    .exactOptional(),
});
const file = z.object({
  townships: z.array(row),
  censuses: z.array(z.object({ county: z.string(), begun: z.number().int() })),
});

const has = ({ shown: { card } }: Seen, title: string) =>
  card?.kind === 'list' && card.buttons.some((button) => button.title === title);

/** Whoever is flagged is to be watched; the others are fine. */
async function decideAll(me: Speaker, first: Seen): Promise<Seen> {
  let seen = first;
  while (has(seen, '关注')) seen = await me.press(seen, '关注');
  return has(seen, '其余正常') ? me.press(seen, '其余正常') : seen;
}

export const analysis: Chapter = async ({ calendar, city, rows }) => {
  const [{ townships, censuses } = { townships: [], censuses: [] }] = await rows('analysis.json', file);
  const acts: Act[] = [];
  for (const { township, handed, adopted, weak } of townships) {
    const head = city.personOf(township);
    const county = city.personOf(city.parentOf(township));
    acts.push({
      at: during(calendar.ago(handed), township, '研判'),
      async run(stage) {
        const me = stage.person(head);
        if (weak) {
          const { type, words } = weak;
          await me.submit(await me.say(`建议列入 ${city.nameOf(weak.branch)}`), { type, words });
        }
        await me.press(await decideAll(me, await me.say('研判')), '提交研判');
      },
    });
    if (adopted !== undefined)
      acts.push({
        at: during(calendar.ago(adopted), township, '采用'),
        // The card that came with it: typed words mean the quarter of that day, which may be the next one.
        async run(stage) {
          const me = stage.person(county);
          await me.press(
            await me.about(`${township}|${periodName(calendar.ago(handed), 'quarter')}|1`),
            '采用',
          );
        },
      });
    if (weak) {
      const day = calendar.ago(weak.listed);
      const said = `列入 ${city.nameOf(weak.branch)} ${day}`;
      acts.push({ at: during(day, weak.branch), run: (stage) => stage.person(county).say(said) });
    }
  }
  for (const { county, begun } of censuses)
    acts.push({
      at: during(calendar.ago(begun), county, '排查'),
      async run(stage) {
        const me = stage.person(city.personOf(county));
        const seen = await me.say('排查');
        if (has(seen, '其余正常')) await me.press(seen, '其余正常');
      },
    });
  return acts;
};
