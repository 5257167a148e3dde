/** The matrix of README.md beside this file: every cell is pressed through POST /api/messages, as that person. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formsFeature } from '../../../src/bot/cards/forms.ts';
import { conversations } from '../../../src/bot/delivery/conversations.ts';
import { digestFeature } from '../../../src/bot/delivery/digest.ts';
import { outbox, prefs } from '../../../src/bot/delivery/tables.ts';
import { ownDataFeature } from '../../../src/bot/files/own-data.ts';
import { holidays, schedules } from '../../../src/bot/reminders/tables.ts';
import { turns } from '../../../src/bot/turn/tables.ts';
import { features } from '../../../src/features/index.ts';
import { members } from '../../../src/features/members/model.ts';
import { executes } from '../../fake-connector.ts';
import { undeclared } from '../../people.ts';
import { accountOf, type Rig, startRig } from '../rig.ts';
import { NOW, PEOPLE, SCENES } from './scenes.ts';

interface Line {
  readonly key: string;
  readonly op: string;
  /** By the head of the column. */
  readonly expected: Readonly<Record<string, boolean>>;
}

/** The rows of the table, as they are written. */
function readTable(): readonly Line[] {
  const text = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  const cells = (row: string) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [head = '', , ...body] = rows;
  const columns = cells(head).slice(2);
  return body.map((row) => {
    const [name = '', scene = '', ...marks] = cells(row);
    const op = /^`([^`]+)`/.exec(name)?.[1] ?? '';
    if (marks.length !== columns.length || marks.some((mark) => mark !== '' && mark !== '✓'))
      throw new Error(`cannot read the row ${row}`);
    const expected = Object.fromEntries(columns.map((who, i) => [who, marks[i] === '✓']));
    return { key: scene ? `${op} ${scene}` : op, op, expected };
  });
}

const lines = readTable();
/** What a refusal may not touch; the kernel's books (turns, sends, forms handed out, the audit trail) it does. */
const KEPT: ReadonlySet<string> = new Set([
  ...features.flatMap(({ tables }) => tables.map(({ name }) => name)),
  ...[schedules, prefs, holidays].map(({ name }) => name),
]);

let rig: Rig;
let presses = 0;
beforeAll(async () => {
  rig = await startRig({ now: () => NOW });
});
afterAll(() => rig.close());

/**
 * Everything that belongs to the city, which group is whose, and what digests say, once the scheduler has done what
 * earlier presses left to it: it may tick at any moment, and the clock stands still.
 */
async function town(): Promise<readonly string[]> {
  await rig.app.tick();
  const found: string[] = [];
  for await (const item of rig.app.store.export()) {
    if ('series' in item) found.push(...(item.series === 'webchat' ? [] : [`${item.series} ${item.value}`]));
    else if (KEPT.has(item.table)) found.push(`${item.table} ${item.row.id} ${item.row.rev}`);
    else if (item.table === conversations.name && 'unit' in item.row)
      found.push(`${item.row.id} ${item.row.unit}`);
    else if (item.table === outbox.name && 'kind' in item.row && item.row.kind === 'digest')
      found.push(`${item.row.id} ${'error' in item.row && item.row.error}`);
  }
  return found.filter((line) => !/^(msteams\S+) null$/.test(line)).sort();
}

interface Press {
  readonly who: string;
  readonly conversation: string;
  readonly group: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

async function prepare({ key }: Line, who: string): Promise<Press> {
  const scene = SCENES[key];
  if (!scene) throw new Error(`there is no scene for “${key}”`);
  const n = ++presses;
  const conversation = `${scene.group ? '19' : 'a'}:${n}`;
  const data = await rig.app.store.transaction((tx) => scene.data(tx, n, `msteams|${conversation}`));
  return { who, conversation, group: scene.group === true, data };
}

/** What these do is to show a form. */
const OPENS: ReadonlySet<string> = new Set([
  'form.reopen',
  'form.addPhoto',
  'form.dropPhoto',
  'issues.draft',
  'meetings.oneDecision',
  'meetings.turnPage',
]);

/** Press it; resolves to whether it was done. */
async function press({ op }: Line, { who, conversation, group, data }: Press): Promise<boolean> {
  const person = PEOPLE[who];
  const account = person ? accountOf(person) : { account: 'aad-nobody', name: '生人' };
  const from = { serviceUrl: rig.connector.url, conversation, group, ...account };
  const activity = { ...executes(from, '', op, data), replyToId: undefined };
  const response = await rig.post(activity);
  expect(response.status).toBe(200);
  const { value } = await response.json();
  const turn = await rig.app.store.read((tx) =>
    tx.table(turns).get(`msteams|${conversation}|${'id' in activity && activity.id}`),
  );
  if (!turn) throw new Error('the press left no turn');
  if (turn.refused) {
    expect(value).toBe(turn.reply.text);
    expect(value).toMatch(/。$/);
  }
  const { card } = turn.reply;
  // A form that is shown again, or for the first time, has done nothing yet.
  const asks = card && 'subject' in card && card.subject.kind === 'form' && !OPENS.has(op);
  return !turn.refused && !asks;
}

describe('who may do what', () => {
  it('is written down for every operation, and for nothing else', () => {
    const ownData = ownDataFeature({ lookups: () => [], idsOf: async () => [], names: {} });
    const all = [
      ...features,
      formsFeature,
      digestFeature({ reminders: new Map(), stillAsked: async () => true }),
      ownData,
    ];
    const operations = all.flatMap((feature) => feature.operations.map(({ right }) => right.name));
    expect([...new Set(lines.map(({ op }) => op))].sort()).toEqual(operations.sort());
    expect(lines.map(({ key }) => key).sort()).toEqual(Object.keys(SCENES).sort());
    for (const { expected } of lines) expect(Object.keys(expected)).toEqual(Object.keys(PEOPLE));
  });

  let cells = 0;
  for (const line of lines) {
    it(line.key, async () => {
      const people = Object.keys(PEOPLE);
      const scenes = [];
      for (const who of people) scenes.push(await prepare(line, who));
      const before = await town();
      for (const scene of scenes.filter(({ who }) => !line.expected[who])) {
        expect.soft(await press(line, scene), `${scene.who}不能`).toBe(false);
        cells++;
      }
      expect(await town(), '不让做的，什么都没有改动').toEqual(before);
      for (const scene of scenes.filter(({ who }) => line.expected[who])) {
        expect.soft(await press(line, scene), `${scene.who}可以`).toBe(true);
        cells++;
      }
    });
  }

  it('has been pressed cell by cell', () => {
    expect(cells).toBe(lines.length * Object.keys(PEOPLE).length);
    console.info(
      `permission matrix: ${lines.length} rows × ${Object.keys(PEOPLE).length} people = ${cells} cells`,
    );
    expect(rig.errors).toEqual([]);
  });

  it('left no person’s id in a table that does not say whose its rows are', async () => {
    const { rows } = await rig.app.store.read((tx) => tx.table(members).find({ limit: 1000 }));
    const people = new Set(rows.filter(({ id, name }) => id !== name).map(({ id }) => id));
    expect(people.size).toBeGreaterThan(100);
    expect(await undeclared(rig.app.store, people)).toEqual([]);
  });
});
