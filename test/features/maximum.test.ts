/** Whatever is sent in a field, however long: it is refused in words or cut, and never looked at as a whole. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formsFeature } from '../../src/bot/cards/forms.ts';
import type { AnyOperation } from '../../src/bot/operation.ts';
import { sayIssue } from '../../src/bot/turn/input.ts';
import { features } from '../../src/features/index.ts';
import { createKit, wordsOf } from '../kit.ts';

const LONG = '长'.repeat(20_001);

/** The fields of an operation that take text, each with a value of its kind that is far too long. */
function longFields({ input }: AnyOperation): readonly (readonly [field: string, value: unknown])[] {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema;
  return Object.entries(schema.properties ?? {}).flatMap(([field, of]) => {
    const kinds = [of, ...(of.anyOf ?? [])];
    if (
      kinds.some(({ type, enum: choices, const: one }) => type === 'string' && !choices && one === undefined)
    )
      return [[field, LONG] as const];
    if (kinds.some(({ type }) => type === 'array')) return [[field, [LONG]] as const, [field, LONG] as const];
    // What zod cannot tell is read by hand.
    return kinds.some(({ type, enum: choices, const: one }) => !type && !choices && one === undefined)
      ? [[field, LONG] as const]
      : [];
  });
}
interface Schema {
  readonly type?: string;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

const operations = [...features, formsFeature].flatMap((feature) => feature.operations);
const cases = operations.flatMap((op) =>
  longFields(op).map(([field, value]) => [op.right.name, field, op, value] as const),
);

/** Forms whose fields depend on the record. */
it('is told in every field of the minutes and of a check-in', async () => {
  const kit = await createKit({ day: '2026-11-20' });
  const [lead, township, secretary] = kit.people('guo-chengye', 'huang-changqing', 'huang-wenchang');
  const called = { date: '2026-11-25', time: '15:00', place: '三楼', units: 'gonganju', agenda: '一件事' };
  await lead.press('meetings.call', { ...called, sure: 'yes' });
  const handed = { title: '入户走访', standard: '35户', units: 'below:qingshan-shiqiao', due: '2026-11-27' };
  await township.press('tasks.assign', { ...handed, sure: 'yes' });
  kit.time('2026-11-25', '16:00');
  await lead.say('填写纪要 HS-2026-11-01');
  await secretary.say('打卡 RW-2026-0001');
  const minutes = { decision1: '修好', unit1: '', deadline1: '' };
  const fitting = { ...minutes, amount: '3', words: '', difficulty: '' };
  for (const [screen, title, field, why] of [
    [lead, '提交纪要', 'decision1', '议题1的决定最多500个字'],
    [lead, '提交纪要', 'unit1', '议题1的责任单位请从参会单位里选'],
    [lead, '提交纪要', 'deadline1', '议题1的期限请写成'],
    [secretary, '提交进展', 'amount', '完成数量请写数字'],
    [secretary, '提交进展', 'words', '情况最多600个字'],
    [secretary, '提交进展', 'difficulty', '困难最多500个字'],
  ] as const) {
    const { card } = await screen.click(title, { ...fitting, [field]: LONG });
    expect(wordsOf(card)).toContain(why);
  }
  await kit.end();
});

describe('20,001 characters', () => {
  it('are tried in every field that takes text', () => {
    expect(cases.length).toBeGreaterThan(60);
  });

  it.each(cases)('in %s %s', (_name, field, op, value) => {
    const { data, error } = op.input.safeParse({ [field]: value }, { error: sayIssue });
    const about = error?.issues.filter(({ path }) => path[0] === field) ?? [];
    // What is not refused has been left out.
    if (about.length === 0) {
      expect(error).toBeUndefined();
      expect(JSON.stringify(data).length).toBeLessThan(500);
    }
    for (const { message } of about) {
      expect(message).toMatch(/\p{Script=Han}/u);
      expect(message).not.toMatch(/too big|expected|invalid|string/i);
      expect(message.length).toBeLessThan(100);
    }
  });
});
