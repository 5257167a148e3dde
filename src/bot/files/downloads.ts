/** Opens a download link: whose it is, whether that person is still here, and whether the feature gives it to them. */
import type { FileStore } from '../../store/files.ts';
import type { Store, Tx } from '../../store/store.ts';
import { withLinks } from '../cards/draw.ts';
import type { Asked, Download, Feature, File, Page } from '../feature.ts';
import type { Actor, World } from '../world.ts';
import type { Links } from './links.ts';

/** A file with its content. */
export type Given = File & { readonly body: Uint8Array | string };

/** The file, or why there is none: the link is not ours, is too old, or is not for this person (any more). */
export type Opened = Given | 'altered' | 'expired' | 'refused';

export interface DownloadParts {
  readonly store: Store;
  readonly features: readonly Feature[];
  readonly links?: Links;
  readonly fileStore: Pick<FileStore, 'get'>;
  readonly actor: (tx: Tx, person: string) => Promise<Actor | null>;
  /** The moment of a transaction. */
  readonly world: (tx: Tx) => World;
}

export function createDownload({
  store,
  features,
  links,
  fileStore,
  actor,
  world,
}: DownloadParts): (token: string) => Promise<Opened> {
  const downloads = new Map<string, Download>(features.flatMap((f) => Object.entries(f.downloads ?? {})));

  return async (token) => {
    const file = await store.read(async (tx) => {
      const at = world(tx);
      const claim = links?.read(token, at.now) ?? 'altered';
      if (typeof claim === 'string') return claim;
      const viewer = await actor(tx, claim.person);
      return (viewer && (await downloads.get(claim.kind)?.(at, claim.id, viewer))) ?? 'refused';
    });
    return typeof file === 'string' ? file : ((await given(file, fileStore)) ?? 'refused');
  };
}

/** What is asked for. */
export type PageRequest = Pick<Asked, 'path' | 'query'> & {
  /** Who of the programme asks, by id; null when that is not said; undefined: anybody at all. */
  readonly person: string | null | undefined;
};

/** Gives the pages that features bring. */
export function createPages({
  store,
  features,
  fileStore,
  links,
  actor,
  world,
}: DownloadParts): (name: string, request: PageRequest) => Promise<Given | undefined> {
  const all = new Map<string, Page>(features.flatMap((feature) => Object.entries(feature.pages ?? {})));
  const below = (name: string) =>
    [...all].flatMap(([other, { title }]) =>
      other.startsWith(`${name}/`) ? [{ path: other.slice(name.length + 1), title }] : [],
    );
  return async (name, { path, query, person }) => {
    const file = await store.read(async (tx) => {
      const viewer = person ? await actor(tx, person) : null;
      const asked = { path, query, anybody: person === undefined, viewer, below: below(name) };
      return all.get(name)?.make(withLinks(world(tx), links), asked);
    });
    return file && given(file, fileStore);
  };
}

/** The file with its content; undefined when that is gone. */
async function given(file: File, fileStore: DownloadParts['fileStore']): Promise<Given | undefined> {
  const body = typeof file.body === 'function' ? await file.body() : file.body;
  if (typeof body === 'string' || body instanceof Uint8Array) return { ...file, body };
  const bytes = await fileStore.get(body.hash);
  return bytes && { ...file, body: bytes };
}
