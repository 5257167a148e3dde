/** What the page keeps in memory: nothing missed, nothing double, whatever order things arrive in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grouped, suggested } from '../../../src/channels/webchat/client/groups.ts';
import {
  caughtUp,
  emptyRoom,
  entered,
  MOST_IN_ROOM,
  merge,
  newer,
  older,
  received,
  trimmed,
} from '../../../src/channels/webchat/client/room.ts';
import type { MessageView } from '../../../src/channels/webchat/wire.ts';
import { PEOPLE } from './kit.ts';

const message = (seq: number, stamp = seq): MessageView => ({
  id: `text|sun|${seq}`,
  seq,
  stamp,
  at: '2026-11-22T02:00:00.000Z',
  from: 'sun',
  name: '孙立军',
  unit: '石桥镇党委',
  ask: true,
  edited: stamp !== seq,
  text: `${seq}:${stamp}`,
});

describe('a room', () => {
  it('ends with the newest version of each message in order, however the arrivals are shuffled', () => {
    const arrivals = fc.array(
      fc
        .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 9 }))
        .map(([seq, by]) => message(seq, seq + by)),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(arrivals, (all) => {
        const known = all.reduce<readonly MessageView[]>((room, one) => merge(room, [one]), []);
        expect(known.map(({ seq }) => seq)).toEqual(
          [...new Set(all.map(({ seq }) => seq))].sort((a, b) => a - b),
        );
        for (const { seq, stamp } of known) {
          expect(stamp).toBe(Math.max(...all.filter((one) => one.seq === seq).map((one) => one.stamp)));
        }
      }),
    );
  });

  it('drops what is on its way once it has arrived, by whichever road', () => {
    const pending = [{ id: '7', text: '7:7', ask: true, at: '', failed: null, waits: null }];
    const room = { ...emptyRoom, pending };
    const page = { messages: [message(7)], more: false, stamp: 7 };
    expect(received(room, message(7)).pending).toEqual([]);
    expect(caughtUp(room, page).pending).toEqual([]);
    expect(entered(room, page).pending).toEqual([]);
  });

  it('leaves changes of messages out that are not paged in yet, so that there is no gap', () => {
    const room = entered(emptyRoom, { messages: [message(50), message(51)], more: true, stamp: 51 });
    const after = caughtUp(room, { messages: [message(3, 52), message(53)], more: false, stamp: 53 });
    expect(after.messages.map(({ seq }) => seq)).toEqual([50, 51, 53]);
    expect(after.stamp).toBe(53);
    const all = older(after, { messages: [message(3, 52)], more: false, stamp: 53 });
    expect(all.messages.map(({ seq }) => seq)).toEqual([3, 50, 51, 53]);
  });

  it('holds a window without a gap, whichever way one scrolls and whatever comes in', () => {
    const SIZE = 1_000;
    const page = (from: number, to: number) =>
      Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => message(from + i));
    const steps = fc.array(fc.constantFrom('older', 'newer', 'arrives', 'newest'), { maxLength: 80 });
    fc.assert(
      fc.property(steps, (walk) => {
        let last = SIZE;
        const newest = () => ({ messages: page(last - 29, last), more: true, stamp: last });
        let room = entered(emptyRoom, newest());
        for (const step of walk) {
          const first = room.messages[0]?.seq ?? 0;
          const end = room.messages.at(-1)?.seq ?? 0;
          if (step === 'older') {
            const from = Math.max(1, first - 30);
            room = older(room, { messages: page(from, first - 1), more: from > 1, stamp: last });
          } else if (step === 'newer') {
            const to = Math.min(last, end + 30);
            room = newer(room, { messages: page(end + 1, to), more: to < last, stamp: last });
          } else if (step === 'newest') room = trimmed(room.later ? entered(room, newest()) : room);
          else {
            last += 1;
            room = caughtUp(room, { messages: [message(last)], more: false, stamp: last });
          }
          const seqs = room.messages.map(({ seq }) => seq);
          expect(seqs).toEqual(page(seqs[0] ?? 0, seqs.at(-1) ?? 0).map(({ seq }) => seq));
          expect(room.later).toBe((seqs.at(-1) ?? 0) < last);
          expect(room.more).toBe((seqs[0] ?? 0) > 1);
        }
        room = trimmed(room);
        expect(room.messages.length).toBeLessThanOrEqual(MOST_IN_ROOM + 80);
      }),
    );
  });
});

describe('the first screen', () => {
  it('suggests one line of the tree from the village to the city, and a lead department', () => {
    expect(suggested(PEOPLE).map(({ person }) => person.id)).toEqual(['chen', 'sun', 'zhao', 'guo', 'li']);
    expect(suggested([])).toEqual([]);
  });

  it('puts everyone into exactly one group', () => {
    const groups = grouped(PEOPLE);
    expect(groups.flatMap(({ people }) => people)).toHaveLength(PEOPLE.length);
    expect(groups.map(({ name }) => name)).toEqual(['市委组织部和分牵头单位', '县区委', '石桥镇党委']);
  });
});
