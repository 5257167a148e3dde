/** A form of the programme gives the same fields wherever it is filled in: on Teams, in DingTalk's form, on its page. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forms } from '../../../src/bot/cards/form-rows.ts';
import { buildForm, type Field, type FormCard } from '../../../src/bot/cards/spec.ts';
import { fieldsOf } from '../../../src/channels/dingtalk/form.ts';
import { cardPage } from '../../../src/channels/dingtalk/html.ts';
import { features } from '../../../src/features/index.ts';
import { onDingtalk, onTeams, sameEverywhere, valuesOf } from '../../forms-everywhere.ts';
import { createKit, type Kit, renderCard } from '../../kit.ts';

const word = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  .filter((text) => text.trim() !== '');
const choices = fc.uniqueArray(
  fc.record({ title: word, value: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/) }),
  {
    minLength: 1,
    maxLength: 8,
    selector: ({ value }) => value,
  },
);
const field = (id: string): fc.Arbitrary<Field> =>
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('text' as const, 'lines' as const),
      id: fc.constant(id),
      label: word,
      max: fc.constant(100),
      required: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('date' as const), id: fc.constant(id), label: word }),
    fc.record({
      kind: fc.constantFrom('pick' as const, 'select' as const, 'many' as const, 'search' as const),
      id: fc.constant(id),
      label: word,
      choices,
    }),
  );
const form = fc
  .integer({ min: 1, max: 8 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => field(`f${i}`))));

describe('a form', () => {
  it('gives the same fields on Teams and in DingTalk, whatever is filled in', () => {
    fc.assert(
      fc.property(form, fc.gen(), fc.string({ unit: 'grapheme' }), (fields, gen, text) => {
        const op = { name: 'some.op', title: '提交' };
        const submit = { op, data: { issue: 'WT-2026-0001' } };
        const built = buildForm(
          { fields, submit, also: [{ op, title: '存着', data: { later: 'yes' } }] },
          {},
          [],
        );
        const card = { ...built, form: 'form-1' };
        const values = valuesOf(card, (n) => gen(fc.integer, { min: 0, max: n - 1 }), text);
        for (const title of ['提交', '存着'])
          expect(onDingtalk(card, title, values)).toEqual(onTeams(renderCard, card, title, values));
      }),
    );
  });

  it('keeps a day within its bounds, on cards and on the page', () => {
    const op = { name: 'some.op', title: '提交' };
    const draw = (bounds: { min?: string; max?: string }) => {
      const asked = { kind: 'date' as const, id: 'day', label: '哪天', ...bounds };
      const card = buildForm({ fields: [asked], submit: { op } }, {}, []);
      return [JSON.stringify(renderCard(card, 100_000)), cardPage('', card, 't').html];
    };
    const [onCard, onPage] = draw({ min: '2026-11-20', max: '2026-11-27' });
    expect(onCard).toContain('"min":"2026-11-20","max":"2026-11-27"');
    expect(onPage).toContain('min="2026-11-20" max="2026-11-27"');
    const [free, freePage] = draw({});
    expect(free).not.toContain('"max"');
    expect(freePage).not.toContain('max=');
  });

  it('reads whatever shape a client sends as text, and nothing that is none', () => {
    const sent = {
      a: 'x',
      b: true,
      c: 3,
      d: { index: 1, value: 'two' },
      e: { index: [0, 2], value: ['one', 'three'] },
      f: ['one', { value: 'two', text: '二' }],
      g: null,
      h: { other: 1 },
    };
    const read = { a: 'x', b: 'true', c: '3', d: 'two', e: 'one,three', f: 'one,two' };
    expect(fieldsOf({ form: sent })).toEqual(read);
    expect(fieldsOf({ form: JSON.stringify(sent) })).toEqual(read);
    for (const none of [undefined, null, 'no json', [], 7]) expect(fieldsOf({ form: none })).toEqual({});
  });
});

describe('the forms of the programme', () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await createKit();
  });
  afterAll(() => kit.close());

  it('are the same everywhere, and each can be drawn or has its page', async () => {
    const words = features
      .flatMap(({ operations }) => operations)
      .flatMap((op) => (op.form && op.words?.[0] ? [op.words[0]] : []));
    const people = ['bai-zhiyuan', 'guo-chengye', 'huang-changqing', 'huang-wenchang'].map((id) =>
      kit.person(id),
    );
    await kit.person('huang-wenchang').say('上报 路灯坏了');
    await kit.person('huang-wenchang').click('提交', { star: 'pingan-fazhi', aspect: '物' });
    for (const person of people)
      for (const said of words)
        for (const about of ['', ' WT-2026-0001']) await person.say(`${said}${about}`);
    const { rows } = await kit.store.read((tx) => tx.table(forms).find({ order: 'at', limit: 1_000 }));
    const seen = new Map(
      rows.map(({ op, data, id }) => [
        op,
        { ...(data as unknown as FormCard), kind: 'form', form: id } as const,
      ]),
    );
    expect(seen.size).toBeGreaterThan(8);
    let drawn = 0;
    for (const card of seen.values()) {
      if (sameEverywhere(renderCard, card)) drawn += 1;
    }
    console.info(
      `${seen.size} forms of the programme, ${drawn} of them drawn in the card, the others on their page`,
    );
    expect(drawn).toBeGreaterThan(seen.size / 2);
  });
});
