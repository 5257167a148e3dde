/** 督导 in the demo city: one that everybody can verify, and one that was just handed in. */
import { z } from 'zod';
import { during } from './calendar.ts';
import type { Chapter } from './city.ts';
import type { Act } from './stage.ts';

const row = z.object({
  unit: z.string(),
  /** Working days ago. */
  drawn: z.number().int(),
  begun: z.number().int(),
  published: z.number().int().exactOptional(),
  amount: z.number().int(),
  /** What is wrong, one thing at each branch in turn: the question, and what was seen. */
  wrong: z.array(z.object({ question: z.string(), words: z.string() })),
});

/** The answers to the questions of a form, which are those that are picked from a few. */
const fine = (fields: readonly { readonly id: string; readonly kind: string }[]) =>
  Object.fromEntries(fields.flatMap(({ id, kind }) => (kind === 'pick' ? [[id, '没问题']] : [])));

export const inspections: Chapter = async ({ calendar, city, rows }) => {
  const acts: Act[] = [];
  for (const { unit, drawn, begun, published, amount, wrong } of await rows('inspections.json', row)) {
    const head = city.personOf(unit);
    const on = calendar.ago(begun);
    let number = '';
    acts.push({
      at: during(calendar.ago(drawn), unit, '抽取'),
      async run(stage) {
        const { shown } = await stage.person(head).say(`督导 抽取 ${amount} ${on}`);
        number = shown.subject?.id ?? '';
      },
    });
    acts.push({
      at: new Date(during(on, unit, '抽取').getTime() + 3_600_000),
      async run(stage) {
        const me = stage.person(head);
        const before = new Set((await me.forms()).map(({ message }) => message));
        await me.say(`督导 开始 ${number}`);
        const forms = (await me.forms()).filter(({ message }) => !before.has(message));
        for (const [n, form] of forms.entries()) {
          const { card } = form.shown;
          const found = wrong[n];
          const answers = card?.kind === 'form' ? fine(card.fields) : {};
          await me.submit(form, {
            ...answers,
            ...(found && { [found.question]: '有问题', words: found.words }),
          });
        }
        await me.say(`督导 提交 ${number}`);
      },
    });
    if (published !== undefined)
      acts.push({
        at: during(calendar.ago(published), unit, '公开'),
        run: (stage) => stage.person(head).say(`督导 公开 ${number}`),
      });
  }
  return acts;
};
