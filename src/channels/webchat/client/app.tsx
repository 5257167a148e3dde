/** Who sits here and which chat is open is in the address, so that two windows are two people and a reload keeps both. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError, createApi, fetchSelf, type Self, sentence } from './api.ts';
import { Star } from './icons.tsx';
import { People } from './people.tsx';
import { addressOf, here, type Where } from './where.ts';
import { Workspace } from './workspace.tsx';

const RETRY_MS = 3_000;

export function App() {
  const [where, setWhere] = useState(here);
  const [self, setSelf] = useState<Self | null>(null);
  const [error, setError] = useState<string | null>(null);
  const session = document.documentElement.dataset.mode === 'session';

  useEffect(() => {
    if (!session) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const enter = () =>
      fetchSelf().then(setSelf, (cause) => {
        setError(sentence(cause));
        if (cause instanceof ApiError && cause.kind !== 'refused') timer = setTimeout(enter, RETRY_MS);
      });
    void enter();
    return () => clearTimeout(timer);
  }, [session]);

  useEffect(() => {
    const moved = () => setWhere(here());
    window.addEventListener('popstate', moved);
    return () => window.removeEventListener('popstate', moved);
  }, []);

  /** Each place that one goes to is one that the way back of a phone or a browser returns to. */
  function go(change: Partial<Where>): void {
    const next = { ...where, ...change };
    if (addressOf(next) === addressOf(where)) return;
    // From the list, its own way back is the browser's.
    history.pushState({ fromList: where.list }, '', addressOf(next));
    setWhere(next);
  }

  const { person } = where;
  if (session) {
    if (!self) return <Door error={error} />;
    const leave = async () => {
      // Not reached: still in, and the page that opens anew shows it.
      await createApi(self)
        .leave()
        .catch(() => undefined);
      location.replace(location.pathname);
    };
    return <Workspace self={self} where={where} go={go} leave={leave} />;
  }
  if (!person) return <People pick={(id) => go({ person: id })} />;
  const nobody = { person: null, chat: null, open: null, list: false };
  return (
    <Workspace key={person} self={{ person, csrf: null }} where={where} go={go} leave={() => go(nobody)} />
  );
}

/** Before the session is known, and when there is none. */
function Door({ error }: { error: string | null }) {
  return (
    <main class="waiting">
      <span class="mark">
        <Star />
      </span>
      <h1>会商</h1>
      <p role="status">{error ?? '正在打开…'}</p>
    </main>
  );
}
