/** What troubles people in the demo city: reported, handled and solved, each issue at its own pace. */
import { z } from 'zod';
import { during, luck } from './calendar.ts';
import type { Chapter } from './city.ts';
import type { Act, Filled, Speaker, Stage } from './stage.ts';

/** What is done to an issue so many working days ago, in which words; `plus` for a deadline so much later. */
const step = z.tuple([
  z.number().int().min(0),
  z.enum([
    '受理',
    '转办',
    '上交',
    '申请延期',
    '同意',
    '不同意',
    '办结',
    '满意',
    '基本满意',
    '核验通过',
    '退回',
    '撤回',
    '补充情况',
  ]),
  z.string().default(''),
]);

const row = z.object({
  branch: z.string(),
  title: z.string(),
  details: z.string(),
  star: z.string(),
  aspect: z.string(),
  source: z.string().default('群众反映'),
  urgency: z.string().default('一般'),
  /** Working days ago. */
  reported: z.number().int(),
  steps: z.array(step).default([]),
});

/** Minutes between two steps of the same day, at least. */
const APART_MS = 25 * 60_000;
/** A deadline is moved by so many working days. */
const LONGER = 8;

export const issues: Chapter = async ({ calendar, city, rows }) => {
  const all = await rows('issues.json', row);
  return all.flatMap((issue) => {
    const { branch, title } = issue;
    const township = city.parentOf(branch);
    const county = city.parentOf(township);
    const supervisor = city.leadOf(issue.star);
    const reporter = city.personOf(branch);
    const due = calendar.workdays.add(calendar.ago(issue.reported), issue.urgency === '紧急' ? 3 : 10);
    let number = '';
    let owner = township;
    /** Somebody of the unit that has it now: always the same one for this issue. */
    const handler = () => city.personOf(owner, luck(title, owner));

    const report = async (stage: Stage) => {
      const me = stage.person(reporter);
      const form = await me.say(`上报 ${title}`);
      const { details, star, aspect, source, urgency } = issue;
      const done = await me.press(form, '提交', { details, star, aspect, source, urgency });
      [number = ''] = /WT-\d{4}-\d+/.exec(done.shown.text) ?? [];
    };

    const take = async (stage: Stage, what: z.infer<typeof step>[1], words: string) => {
      const owning = () => stage.person(handler());
      const byForm = async (by: Speaker, button: string, inputs: Filled) =>
        by.press(await by.press(await by.about(number), button), button, inputs);
      switch (what) {
        case '受理':
          await owning().press(await owning().about(number), what);
          return;
        case '办结':
          await byForm(owning(), what, { words });
          return;
        case '转办': {
          const [to = '', ...reason] = words.split(' ');
          await byForm(owning(), what, { unit: to, reason: reason.join(' ') });
          owner = to;
          return;
        }
        case '上交':
          await owning().say(`${what} ${number} ${words}`);
          owner = owner === township ? county : supervisor;
          return;
        case '申请延期': {
          const date = calendar.workdays.add(due, LONGER);
          await byForm(owning(), what, { date, reason: words });
          return;
        }
        case '同意':
        case '不同意': {
          const by = owner === supervisor ? city.organiser : supervisor;
          await stage.person(city.personOf(by, luck(title, by))).say(`${what} ${number}`);
          return;
        }
        case '满意':
        case '基本满意':
          await stage.person(reporter).say(`核验通过 ${number} ${what}`);
          return;
        default:
          await stage.person(reporter).say(`${what} ${number} ${words}`);
      }
    };

    let last = during(calendar.ago(issue.reported), title);
    const acts: Act[] = [{ at: last, run: report }];
    for (const [i, [ago, what, words]] of issue.steps.entries()) {
      const at = during(calendar.ago(ago), title, i);
      last = at.getTime() - last.getTime() < APART_MS ? new Date(last.getTime() + APART_MS) : at;
      acts.push({ at: last, run: (stage) => take(stage, what, words) });
    }
    return acts;
  });
};
