/** Long lists, page by page: each page says by its own cursor where the next one begins. */

/** Where a page begins; empty at the beginning. To be spread into a query. */
export interface From {
  readonly after?: string | undefined;
}

/** All pages of a list, one after the other. `read` gives the page that begins there. */
export async function* pages<P extends { readonly next?: string | undefined }>(
  read: (from: From) => Promise<P>,
): AsyncGenerator<P, void, void> {
  for (let from: From = {}; ; ) {
    const page = await read(from);
    yield page;
    if (page.next === undefined) return;
    from = { after: page.next };
  }
}

/** All of a list, at most `size` at a time. */
export function* parts<T>(all: readonly T[], size: number): Generator<readonly T[], void, void> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
