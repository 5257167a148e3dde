/** 典型 of the demo city: one that was written, verified and published, and one that somebody has just recommended. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { during } from './calendar.ts';
import type { Chapter } from './city.ts';
import type { Act, Stage } from './stage.ts';

const row = z.object({
  /** The unit that recommends it, and the branch that it is about. */
  by: z.string(),
  branch: z.string(),
  reason: z.string(),
  /** Working days ago, like all that follows. */
  proposed: z.number().int(),
  /** The title of the issue that its figures rest on; `{issue}` in the words is its number. */
  about: z.string().exactOptional(),
  title: z.string().default(''),
  star: z.string().default(''),
  words: z.array(z.string()).default([]),
  photo: z.string().exactOptional(),
  written: z.number().int().exactOptional(),
  verified: z.number().int().exactOptional(),
  published: z.number().int().exactOptional(),
});

export const cases: Chapter = async ({ calendar, city, rows, path }) => {
  const all = await rows('examples.json', row);
  return all.flatMap((one) => {
    const { by, branch, reason, about = '', photo, title, star } = one;
    const verifier = star === '' ? city.organiser : city.leadOf(star);
    let number = '';

    async function propose(stage: Stage) {
      const sent = await stage.person(city.personOf(by)).say(`典型 推荐 ${city.nameOf(branch)} ${reason}`);
      [number = ''] = /DX-\d{4}-\d+/.exec(sent.shown.text) ?? [];
    }

    async function write(stage: Stage) {
      const me = stage.person(city.personOf(by, 0.9));
      const found = JSON.stringify((await me.say(`问题 ${about}`)).shown);
      const [issue = ''] = /WT-\d{4}-\d+/.exec(found) ?? [];
      const form = await me.say(`撰写 ${number}`);
      if (photo) await me.send('现场.jpg', await readFile(path(`photos/${photo}`)));
      await me.submit(form, { title, star, words: one.words.join('\n').replace('{issue}', issue) });
    }

    async function publish(stage: Stage) {
      const me = stage.person(city.personOf(verifier));
      await me.submit(await me.say(`发布 ${number}`), { scope: 'county' });
    }

    const at = (ago: number, what: string) => during(calendar.ago(ago), branch, what);
    const acts: Act[] = [{ at: at(one.proposed, '推荐'), run: propose }];
    if (one.written !== undefined) acts.push({ at: at(one.written, '撰写'), run: write });
    if (one.verified !== undefined)
      acts.push({
        at: at(one.verified, '核实'),
        run: (stage) => stage.person(city.personOf(verifier)).say(`核实 ${number}`),
      });
    if (one.published !== undefined) acts.push({ at: at(one.published, '发布'), run: publish });
    return acts;
  });
};
