/** What one person has on the desk: the chats, the rooms that were opened, and everything that can be done with them. */
import type { ActionAnswer, ChatView, MessageView, PageAnswer, Person, Ring } from '../wire.ts';
import { type Api, ApiError, createApi, newId, type Self } from './api.ts';
import { listen } from './live.ts';
import { caughtUp, emptyRoom, entered, older, type Pending, type Room, received, redrawn } from './room.ts';

/** What the server takes. */
const MOST_FILE_BYTES = 10 * 1024 * 1024;
const MOST_FILES = 10;
const CHATS_DELAY_MS = 200;
/** A short break of the line is nobody's business. */
const LOST_AFTER_MS = 2_500;

export interface DeskState {
  readonly me: Person | null;
  readonly chats: readonly ChatView[];
  readonly rooms: ReadonlyMap<string, Room>;
  readonly lost: boolean;
  readonly error: string | null;
}

export interface Desk {
  state(): DeskState;
  subscribe(changed: () => void): () => void;
  /** Start; the returned function stops. */
  start(): () => void;
  enter(place: string): void;
  older(place: string): Promise<void>;
  send(place: string, text: string, ask: boolean): void;
  sendFiles(place: string, files: readonly File[]): void;
  resend(place: string, id: string): void;
  press(
    place: string,
    message: MessageView,
    op: string,
    data: Record<string, unknown>,
  ): Promise<ActionAnswer>;
  seen(place: string): void;
  dismiss(place: string): void;
}

export function sentence(error: unknown): string {
  return error instanceof ApiError ? error.message : '出了点问题，请刷新页面再试。';
}

export function createDesk(self: Self, api: Api = createApi(self)): Desk {
  let state: DeskState = { me: null, chats: [], rooms: new Map(), lost: false, error: null };
  const watchers = new Set<() => void>();
  const pulling = new Map<string, { again: boolean }>();
  const read = new Map<string, number>();
  /** Presses whose answer was lost: the same press again must be the same one for the server, too. */
  const unanswered = new Map<string, string>();
  let chatsTimer: ReturnType<typeof setTimeout> | undefined;
  let lostTimer: ReturnType<typeof setTimeout> | undefined;

  function set(next: Partial<DeskState>): void {
    state = { ...state, ...next };
    for (const changed of watchers) changed();
  }

  function update(place: string, change: (room: Room) => Room): void {
    set({ rooms: new Map(state.rooms).set(place, change(state.rooms.get(place) ?? emptyRoom)) });
  }

  async function loadChats(): Promise<void> {
    try {
      const { me, chats } = await api.chats();
      set({ me, chats, error: null });
    } catch (error) {
      if (!state.me || (error instanceof ApiError && error.kind === 'refused'))
        set({ error: sentence(error) });
    }
  }

  function chatsSoon(): void {
    clearTimeout(chatsTimer);
    chatsTimer = setTimeout(loadChats, CHATS_DELAY_MS);
  }

  /** Fetch what this room lacks; a ring during that fetches once more. A failure waits for the next ring or reconnect. */
  async function pull(place: string): Promise<void> {
    const running = pulling.get(place);
    if (running) {
      running.again = true;
      return;
    }
    const turn = { again: true };
    pulling.set(place, turn);
    try {
      while (turn.again) {
        turn.again = false;
        const page: PageAnswer = await api.changes(place, state.rooms.get(place)?.stamp ?? 0);
        update(place, (room) => caughtUp(room, page));
        if (page.more) turn.again = true;
      }
    } catch (error) {
      if (error instanceof ApiError && error.kind === 'network') setTimeout(() => void pull(place), 3_000);
    } finally {
      pulling.delete(place);
    }
  }

  async function deliver(place: string, { id, text, ask, file }: Pending): Promise<void> {
    const thinking = (by: number) => (room: Room) => ({ ...room, thinking: room.thinking + by });
    if (ask) update(place, thinking(1));
    try {
      const { message, notice } = await (file
        ? api.file({ place, id, file })
        : api.text({ place, id, text, ask }));
      // What was said about something later stays.
      update(place, (room) => ({ ...received(room, message), ...(notice && { notice }) }));
      await pull(place);
    } catch (error) {
      update(place, (room) => ({
        ...room,
        pending: room.pending.map((item) => (item.id === id ? { ...item, failed: sentence(error) } : item)),
      }));
    } finally {
      if (ask) update(place, thinking(-1));
      chatsSoon();
    }
  }

  return {
    state: () => state,

    subscribe(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },

    start() {
      void loadChats();
      const stop = listen(api.streamUrl(), {
        onOpen() {
          clearTimeout(lostTimer);
          lostTimer = undefined;
          set({ lost: false });
          chatsSoon();
          for (const place of state.rooms.keys()) void pull(place);
        },
        onLost() {
          lostTimer ??= setTimeout(() => set({ lost: true }), LOST_AFTER_MS);
        },
        onRing({ place }: Ring) {
          if (state.rooms.has(place)) void pull(place);
          chatsSoon();
        },
      });
      return () => {
        clearTimeout(chatsTimer);
        clearTimeout(lostTimer);
        stop();
      };
    },

    enter(place) {
      if (state.rooms.has(place)) return;
      update(place, (room) => room);
      const load = async () => {
        try {
          const page = await api.history(place);
          update(place, (room) => entered(room, page));
          void pull(place);
        } catch (error) {
          if (error instanceof ApiError && error.kind === 'network') setTimeout(load, 2_000);
          update(place, (room) => ({ ...room, notice: sentence(error) }));
        }
      };
      void load();
    },

    async older(place) {
      const first = state.rooms.get(place)?.messages[0]?.seq;
      if (first === undefined) return;
      try {
        const page = await api.history(place, first);
        update(place, (room) => older(room, page));
      } catch (error) {
        update(place, (room) => ({ ...room, notice: sentence(error) }));
      }
    },

    send(place, text, ask) {
      const item: Pending = { id: newId(), text, ask, at: new Date().toISOString(), failed: null };
      update(place, (room) => ({ ...room, pending: [...room.pending, item], notice: null }));
      void deliver(place, item);
    },

    sendFiles(place, files) {
      const over = files.find(({ size }) => size > MOST_FILE_BYTES);
      if (over || files.length > MOST_FILES) {
        const notice = over
          ? `“${over.name}”超过 10 MB，请压缩后再发。`
          : `一次最多发 ${MOST_FILES} 个文件，请分几次发。`;
        update(place, (room) => ({ ...room, notice }));
        return;
      }
      const at = new Date().toISOString();
      const items = files.map(
        (file): Pending => ({ id: newId(), text: `文件：${file.name}`, ask: true, at, file, failed: null }),
      );
      update(place, (room) => ({ ...room, pending: [...room.pending, ...items], notice: null }));
      // One after the other: they stay in order, and a slow line is not shared.
      void items.reduce((before, item) => before.then(() => deliver(place, item)), Promise.resolve());
    },

    resend(place, id) {
      const item = state.rooms.get(place)?.pending.find((pending) => pending.id === id);
      if (!item) return;
      const again: Pending = { ...item, failed: null };
      const swap = (pending: Pending) => (pending.id === id ? again : pending);
      update(place, (room) => ({ ...room, pending: room.pending.map(swap) }));
      void deliver(place, again);
    },

    async press(place, { id, subject }, op, data) {
      const what = JSON.stringify([place, id, op, data]);
      const press = unanswered.get(what) ?? newId();
      unanswered.set(what, press);
      const answer = await api.action({ place, id: press, message: id, op, data }).catch((error) => {
        if (error instanceof ApiError && error.kind === 'refused') unanswered.delete(what);
        throw error;
      });
      unanswered.delete(what);
      const { scope, shown } = answer;
      const same = JSON.stringify(shown.subject) === JSON.stringify(subject) && subject !== undefined;
      if (scope === 'card' || (scope === 'mine' && same)) update(place, (room) => redrawn(room, id, shown));
      await pull(place);
      chatsSoon();
      return scope === 'mine' && same ? { ...answer, scope: 'card' } : answer;
    },

    seen(place) {
      const seq = state.rooms.get(place)?.messages.at(-1)?.seq;
      if (seq === undefined || (read.get(place) ?? 0) >= seq) return;
      read.set(place, seq);
      set({ chats: state.chats.map((chat) => (chat.place === place ? { ...chat, unread: 0 } : chat)) });
      api.read(place, seq).catch(() => read.delete(place));
    },

    dismiss(place) {
      update(place, (room) => ({ ...room, notice: null }));
    },
  };
}
