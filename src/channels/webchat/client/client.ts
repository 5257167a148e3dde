/** One person's chats in memory: those that there are, those that were opened, and everything that can be done with them. */
import type { ActionAnswer, ChatView, MessageView, PageAnswer, Person, Ring } from '../wire.ts';
import { type Api, ApiError, createApi, newId, type Self, sentence } from './api.ts';
import { type Aside, createAside, eachPhoto } from './aside.ts';
import { type Drafts, openDrafts } from './drafts.ts';
import { listen } from './live.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { createPresses, type Presses } from './presses.ts';
import { caughtUp, emptyRoom, entered, newer, older, type Room, trimmed } from './room.ts';

const CHATS_DELAY_MS = 200;
/** A short break of the line is nobody's business. */
const LOST_AFTER_MS = 2_500;
/** More unread ones than the newest page has for sure: one begins to read where one stopped. */
const MANY_UNREAD = 25;

export interface ClientState {
  readonly me: Person | null;
  readonly chats: readonly ChatView[];
  readonly rooms: ReadonlyMap<string, Room>;
  readonly lost: boolean;
  readonly error: string | null;
}

export interface Client
  extends Pick<Outgoing, 'send' | 'sendFiles' | 'resend' | 'discard'>,
    Pick<Presses, 'press' | 'isKept' | 'round'> {
  readonly drafts: Drafts;
  readonly aside: Aside;
  state(): ClientState;
  subscribe(changed: () => void): () => void;
  /** Start; the returned function stops. */
  start(): () => void;
  enter(place: string): void;
  /** One more page; `before` is called just before it is put in. */
  older(place: string, before?: () => void): Promise<void>;
  newer(place: string, before?: () => void): Promise<void>;
  /** The newest messages, where one has read further up. */
  newest(place: string): Promise<void>;
  /** Put photos into the form that stands in the place of a message; the answer to the last one. */
  addPhotos(place: string, message: MessageView, form: string, files: readonly File[]): Promise<ActionAnswer>;
  /** Call when something happened in any chat. */
  onNews(heard: () => void): () => void;
  /** Show a message, wherever it stands in its chat. */
  goTo(place: string, seq: number): Promise<void>;
  /** Everything up to `seq` was on the screen. */
  seen(place: string, seq: number): void;
  dismiss(place: string): void;
  /** How much is not with the server yet. */
  unsent(): number;
  /** Forget what this browser keeps for this person. */
  forget(): Promise<void>;
}

export function createClient(self: Self, api: Api = createApi(self)): Client {
  const drafts = openDrafts(self.person);
  // Without a line the page still opens: with the chats as they were last.
  const kept = drafts.last<Partial<Pick<ClientState, 'me' | 'chats'>>>('chats');
  // Pages of earlier versions kept an answer that was cut off as one that says nothing.
  const known = kept?.me && kept.chats ? { me: kept.me, chats: kept.chats } : { me: null, chats: [] };
  let state: ClientState = { ...known, rooms: new Map(), lost: false, error: null };
  const watchers = new Set<() => void>();
  const pulling = new Map<string, { again: boolean }>();
  const opened = new Set<string>();
  const read = new Map<string, number>();
  const listeners = new Set<() => void>();
  let chatsTimer: ReturnType<typeof setTimeout> | undefined;
  let lostTimer: ReturnType<typeof setTimeout> | undefined;

  function set(next: Partial<ClientState>): void {
    state = { ...state, ...next };
    for (const changed of watchers) changed();
  }

  function update(place: string, change: (room: Room) => Room): void {
    set({ rooms: new Map(state.rooms).set(place, change(state.rooms.get(place) ?? emptyRoom)) });
  }

  async function loadChats(): Promise<void> {
    try {
      const { me, chats } = await api.chats();
      drafts.saveLast('chats', { me, chats });
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
    // What was never opened has nothing to catch up with.
    if (!state.rooms.get(place)?.loaded) return;
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
      if (error instanceof ApiError && error.kind !== 'refused') setTimeout(() => void pull(place), 3_000);
    } finally {
      pulling.delete(place);
    }
  }

  async function load(place: string, fetch: () => Promise<void>): Promise<void> {
    try {
      await fetch();
    } catch (error) {
      update(place, (room) => ({ ...room, notice: sentence(error) }));
    }
  }

  const edge = (place: string, at: 0 | -1) => state.rooms.get(place)?.messages.at(at)?.seq;

  /** Settled once it is known how far one has read. */
  let asked: Promise<void> | undefined;

  async function openRoom(place: string): Promise<void> {
    await asked;
    const chat = state.chats.find((one) => one.place === place);
    try {
      if (chat && chat.unread > MANY_UNREAD && chat.read > 0) {
        const page = await api.history(place, { after: chat.read });
        const before = await api.history(place, { before: chat.read + 1 });
        update(place, (room) => older(entered(room, page, true), before));
      } else {
        const page = await api.history(place, {});
        update(place, (room) => entered(room, page));
      }
      void pull(place);
    } catch (error) {
      if (error instanceof ApiError && error.kind !== 'refused') setTimeout(() => openRoom(place), 2_000);
      else update(place, (room) => ({ ...room, notice: sentence(error) }));
    }
  }

  const outgoing = createOutgoing({
    person: self.person,
    api,
    update,
    pull,
    tried: chatsSoon,
    pressed: (place, id, press) => presses.deliver(place, id, press),
  });
  const presses = createPresses({
    api,
    drafts,
    room: (place) => state.rooms.get(place),
    update,
    say: outgoing.say,
    async caughtUp(place) {
      await pull(place);
      chatsSoon();
    },
  });

  const client: Client = {
    drafts,
    aside: createAside(api),
    state: () => state,

    subscribe(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },

    start() {
      asked = loadChats();
      outgoing.begin();
      const stop = listen(api.streamUrl(), {
        onOpen() {
          clearTimeout(lostTimer);
          lostTimer = undefined;
          set({ lost: false });
          chatsSoon();
          outgoing.retry();
          for (const place of state.rooms.keys()) void pull(place);
        },
        onLost() {
          lostTimer ??= setTimeout(() => set({ lost: true }), LOST_AFTER_MS);
        },
        onRing({ place }: Ring) {
          for (const heard of listeners) heard();
          void pull(place);
          chatsSoon();
        },
      });
      return () => {
        clearTimeout(chatsTimer);
        clearTimeout(lostTimer);
        outgoing.stop();
        stop();
      };
    },

    enter(place) {
      if (opened.has(place)) return;
      opened.add(place);
      update(place, (room) => room);
      void openRoom(place);
    },

    older: (place, before) =>
      load(place, async () => {
        const first = edge(place, 0);
        if (first === undefined) return;
        const page = await api.history(place, { before: first });
        before?.();
        update(place, (room) => older(room, page));
      }),

    newer: (place, before) =>
      load(place, async () => {
        const last = edge(place, -1);
        if (last === undefined) return;
        const page = await api.history(place, { after: last });
        before?.();
        update(place, (room) => newer(room, page));
      }),

    newest: (place) =>
      load(place, async () => {
        if (state.rooms.get(place)?.later) {
          const page = await api.history(place, {});
          update(place, (room) => entered(room, page));
        } else update(place, trimmed);
      }),

    send: outgoing.send,
    sendFiles: outgoing.sendFiles,
    resend: outgoing.resend,
    discard: outgoing.discard,

    isKept: presses.isKept,
    round: presses.round,
    press: presses.press,

    addPhotos: (place, message, form, files) =>
      eachPhoto(files, (file) =>
        presses.answered(place, message, api.photo({ place, id: newId(), message: message.id, form, file })),
      ),

    onNews(heard) {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },

    goTo: (place, seq) =>
      load(place, async () => {
        opened.add(place);
        const page = await api.history(place, { after: seq - 1 });
        const before = await api.history(place, { before: seq });
        update(place, (room) => ({ ...older(entered(room, page, true), before), found: seq }));
      }),

    seen(place, seq) {
      const chat = state.chats.find((one) => one.place === place);
      const before = Math.max(read.get(place) ?? 0, chat?.read ?? 0);
      if (before >= seq) return;
      read.set(place, seq);
      const messages = state.rooms.get(place)?.messages ?? [];
      const now = messages.filter(
        (one) => one.seq > before && one.seq <= seq && one.from !== state.me?.id,
      ).length;
      const less = (one: ChatView) => ({ ...one, read: seq, unread: Math.max(0, one.unread - now) });
      set({ chats: state.chats.map((one) => (one.place === place ? less(one) : one)) });
      api.read(place, seq).catch(() => read.delete(place));
    },

    dismiss(place) {
      update(place, (room) => ({ ...room, notice: null }));
    },

    unsent: () => [...state.rooms.values()].reduce((sum, { pending }) => sum + pending.length, 0),

    async forget() {
      drafts.clear();
      await outgoing.forget();
    },
  };
  return client;
}
