/** What one sees is in the address, so that two windows are two people, and a reload and the way back keep it. */

/** What one sees: as whom, which chat, what is opened beside it, and on a phone whether the list of chats. */
export interface Where {
  readonly person: string | null;
  readonly chat: string | null;
  readonly open: string | null;
  readonly list: boolean;
}

const NAMES = { person: 'as', chat: 'chat', open: 'open', list: 'list' } as const;

/** What the address says. */
export function here(): Where {
  const query = new URLSearchParams(location.search);
  return {
    person: query.get('as'),
    chat: query.get('chat'),
    open: query.get('open'),
    list: query.has('list'),
  };
}

/** The address that says it. */
export function addressOf(where: Where): string {
  const query = new URLSearchParams();
  for (const [key, name] of Object.entries(NAMES)) {
    const value = where[key as keyof Where];
    if (value) query.set(name, value === true ? '1' : value);
  }
  return query.size > 0 ? `?${query}` : location.pathname;
}
