/** Opens a download link: whose it is, whether that person is still here, and whether the feature gives it to them. */
import type { Store, Tx } from '../store/store.ts';
import type { Actor, Download, Feature, File, World } from './feature.ts';
import type { Links } from './links.ts';

/** The file, or why there is none: the link is not ours, is too old, or is not for this person (any more). */
export type Opened = File | 'altered' | 'expired' | 'refused';

export interface DownloadParts {
  readonly store: Store;
  readonly features: readonly Feature[];
  readonly links?: Links;
  readonly actor: (tx: Tx, person: string) => Promise<Actor | null>;
  /** The moment of a transaction. */
  readonly world: (tx: Tx) => World;
}

export function createDownload({
  store,
  features,
  links,
  actor,
  world,
}: DownloadParts): (token: string) => Promise<Opened> {
  const downloads = new Map<string, Download>(features.flatMap((f) => Object.entries(f.downloads ?? {})));

  return (token) =>
    store.read(async (tx) => {
      const at = world(tx);
      const claim = links?.read(token, at.now) ?? 'altered';
      if (typeof claim === 'string') return claim;
      const viewer = await actor(tx, claim.person);
      const file = viewer && (await downloads.get(claim.kind)?.(at, claim.id, viewer));
      return file ?? 'refused';
    });
}
