/** What one writes goes out by itself: it is kept in the browser first, then sent in order, until the server has it. */

import { MOST_FILE_BYTES, MOST_FILES, sayTooLarge } from '../../../lib/filelimits.ts';
import { type Api, newId } from './api.ts';
import { createQueue } from './queue.ts';
import { begun, type Room, received, turned, without } from './room.ts';
import { shrink } from './shrink.ts';
import { openUnsent, type Unsent } from './unsent.ts';

export interface Outgoing {
  /** Go on with what was kept before the page was loaded. */
  begin(): void;
  /** Try now what waits. */
  retry(): void;
  stop(): void;
  /** Keep it, and send it when there is a line. */
  say(item: Unsent): Promise<void>;
  send(place: string, text: string, ask: boolean): void;
  sendFiles(place: string, files: readonly File[]): Promise<void>;
  resend(place: string, id: string): void;
  discard(place: string, id: string): void;
  /** Let go of all that is kept. */
  forget(): Promise<void>;
}

interface Parts {
  readonly person: string;
  readonly api: Api;
  update(place: string, change: (room: Room) => Room): void;
  /** Fetch what is new in a chat, once something arrived there. */
  pull(place: string): Promise<void>;
  /** Something arrived, or did not. */
  tried(): void;
  /** Send a form in that was kept. */
  pressed(place: string, id: string, press: NonNullable<Unsent['press']>): Promise<void>;
}

export function createOutgoing({ person, api, update, pull, tried, pressed }: Parts): Outgoing {
  const kept = openUnsent(person);
  /** What waits for the person. */
  const refused = new Map<string, Unsent>();
  const queue = createQueue(kept, {
    deliver,
    refused(item, why) {
      refused.set(item.id, item);
      update(item.place, (room) => turned(room, item.id, { failed: why, waits: null }));
    },
    waits: ({ place, id }, why) => update(place, (room) => turned(room, id, { waits: why })),
  });

  async function deliver({ place, id, text, ask, file, press }: Unsent): Promise<void> {
    if (press) return pressed(place, id, press);
    const thinking = (by: number) => (room: Room) => ({ ...room, thinking: room.thinking + by });
    update(place, (room) => turned(room, id, { waits: null }));
    if (ask) update(place, thinking(1));
    try {
      const { message, notice } = await (file
        ? api.file({ place, id, file })
        : api.text({ place, id, text, ask }));
      // What was said about something later stays.
      update(place, (room) => ({ ...received(room, message), ...(notice && { notice }) }));
      await pull(place);
    } finally {
      if (ask) update(place, thinking(-1));
      tried();
    }
  }

  async function say(item: Unsent): Promise<void> {
    update(item.place, (room) => begun({ ...room, notice: null }, item));
    // Kept first: what is shown as on its way is not lost by a reload.
    await kept.keep(item).catch(() => {
      const notice = '这个浏览器存不下还没发出的内容，发出之前请不要关页面。';
      update(item.place, (room) => ({ ...room, notice }));
    });
    queue.add(item);
  }

  return {
    begin() {
      const before = kept.all().then((items) => {
        for (const item of items) {
          update(item.place, (room) => begun(room, item));
          queue.add(item);
        }
      });
      before.catch(() => undefined); // a browser that keeps nothing has kept nothing
    },
    retry: () => queue.retry(),
    stop: () => queue.stop(),
    say,

    send(place, text, ask) {
      void say({ id: newId(), place, text, ask, at: new Date().toISOString() });
    },

    async sendFiles(place, files) {
      if (files.length > MOST_FILES) {
        update(place, (room) => ({ ...room, notice: `一次最多发 ${MOST_FILES} 个文件，请分几次发。` }));
        return;
      }
      for (const whole of files) {
        const { file, thumb } = await shrink(whole);
        if (file.body.size > MOST_FILE_BYTES) {
          update(place, (room) => ({ ...room, notice: sayTooLarge(file.name) }));
          continue;
        }
        const at = new Date().toISOString();
        await say({ id: newId(), place, text: `文件：${file.name}`, ask: true, at, file, thumb });
      }
    },

    resend(place, id) {
      const item = refused.get(id);
      refused.delete(id);
      if (item) void say(item);
      else queue.retry();
      update(place, (room) => turned(room, id, { failed: null }));
    },

    discard(place, id) {
      refused.delete(id);
      queue.drop(id);
      update(place, (room) => without(room, id));
      void kept.forget(id).catch(() => undefined);
    },

    async forget() {
      queue.stop();
      const items = await kept.all().catch(() => []);
      for (const { id } of items) await kept.forget(id).catch(() => undefined);
    },
  };
}
