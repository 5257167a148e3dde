/** Talks to the server as one person. Failures are sentences; those that are not `refused` may be tried again. */
import type {
  ActionAnswer,
  ChatsAnswer,
  Command,
  FoundMessage,
  PageAnswer,
  Person,
  TextAnswer,
} from '../wire.ts';
import type { Found } from './combobox.ts';

export class ApiError extends Error {
  constructor(
    /** `network`: nobody answered, or could not. `busy`: not now. `refused`: never as it is. */
    readonly kind: 'network' | 'busy' | 'refused',
    message: string,
  ) {
    super(message);
  }
}

/** What went wrong, for a person. */
export function sentence(error: unknown): string {
  return error instanceof ApiError ? error.message : '出了点问题，请刷新页面再试。';
}

export interface TextToSend {
  readonly place: string;
  readonly id: string;
  readonly text: string;
  readonly ask: boolean;
}

export interface FileToSend {
  readonly place: string;
  readonly id: string;
  readonly file: { readonly name: string; readonly body: Blob };
}

export interface PhotoToSend extends FileToSend {
  /** Absent for what stands beside the chats. */
  readonly message?: string;
  readonly form: string;
}

export interface Press {
  readonly place: string;
  readonly id: string;
  /** Absent for what stands beside the chats. */
  readonly message?: string;
  readonly op: string;
  readonly data: Record<string, unknown>;
}

/** 10 MB over a slow line. */
const UPLOAD_MS = 120_000;

export type Api = ReturnType<typeof createApi>;

async function request<T>(path: string, init: RequestInit, timeoutMs = 30_000): Promise<T> {
  let res: Response;
  try {
    res = await fetch(`webchat/${path}`, {
      ...init,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new ApiError('network', '网络不通，没有送到。');
  }
  const json = await res.json().catch(() => undefined);
  if (res.ok && json !== undefined) return json as T;
  // Cut off on its way: what it said nobody knows, and asked again it is said again.
  if (res.ok) throw new ApiError('network', '网络不通，没有收全。');
  const message = typeof json?.message === 'string' ? json.message : '出了点问题，请稍后再试。';
  throw new ApiError(res.status >= 500 ? 'network' : res.status === 429 ? 'busy' : 'refused', message);
}

export async function fetchPeople(): Promise<readonly Person[]> {
  return (await request<{ people: Person[] }>('people', {})).people;
}

/** Who I am: a person of the demo that was picked, or the one whom the bot's link was for. */
export interface Self {
  readonly person: string;
  /** Goes with every write of a session; null in the demo. */
  readonly csrf: string | null;
}

export async function fetchSelf(): Promise<Self> {
  const { me, csrf } = await request<{ me: Person; csrf: string }>('session', {});
  return { person: me.id, csrf };
}

export function createApi({ person, csrf }: Self) {
  const who: Record<string, string> = csrf ? { 'x-csrf': csrf } : { 'x-person': encodeURIComponent(person) };
  const get = <T>(path: string, query: Record<string, string>) =>
    request<T>(`${path}?${new URLSearchParams(query)}`, { headers: who });
  const post = <T>(path: string, body: unknown) =>
    request<T>(path, {
      method: 'POST',
      headers: { ...who, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const upload = <T>(path: string, query: Record<string, string>, body: Blob) =>
    request<T>(
      `${path}?${new URLSearchParams(query)}`,
      { method: 'POST', headers: { ...who, 'content-type': 'application/octet-stream' }, body },
      UPLOAD_MS,
    );
  return {
    chats: () => get<ChatsAnswer>('chats', {}),
    /** A page before a message, after one, or the newest. */
    history: (place: string, from: { before?: number; after?: number }) =>
      get<PageAnswer>('messages', {
        place,
        ...Object.fromEntries(Object.entries(from).map(([end, seq]) => [end, String(seq)])),
      }),
    changes: (place: string, after: number) => get<PageAnswer>('changes', { place, after: String(after) }),
    text: (text: TextToSend) => post<TextAnswer>('text', text),
    file: ({ file, ...to }: FileToSend) => upload<TextAnswer>('file', { ...to, name: file.name }, file.body),
    photo: ({ file, ...to }: PhotoToSend) =>
      upload<ActionAnswer>('photo', { ...to, name: file.name }, file.body),
    action: (press: Press) => post<ActionAnswer>('action', press),
    /** The answer to words that are no message of the chat. */
    look: (place: string, id: string, text: string) => post<ActionAnswer>('look', { place, id, text }),
    commands: async () => (await get<{ commands: readonly Command[] }>('commands', {})).commands,
    choices: async (dataset: string, words: string) =>
      (await get<{ choices: readonly Found[] }>('search', { dataset, words })).choices,
    find: async (words: string) => (await get<{ found: readonly FoundMessage[] }>('find', { words })).found,
    read: (place: string, seq: number) => post<unknown>('read', { place, seq }),
    leave: () => post<unknown>('leave', {}),
    streamUrl: () => (csrf ? 'webchat/stream' : `webchat/stream?as=${encodeURIComponent(person)}`),
  };
}

/** An id for a message or a press, made here so that a resend is the same one. */
export function newId(): string {
  return crypto.randomUUID();
}
