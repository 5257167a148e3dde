/** Who sits here and which chat is open is in the address, so that two windows are two people and a reload keeps both. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError, createApi, fetchSelf, type Self } from './api.ts';
import { sentence } from './desk.ts';
import { Star } from './icons.tsx';
import { Office } from './office.tsx';
import { People } from './people.tsx';

const RETRY_MS = 3_000;

interface Where {
  readonly person: string | null;
  readonly chat: string | null;
}

function here(): Where {
  const query = new URLSearchParams(location.search);
  return { person: query.get('as'), chat: query.get('chat') };
}

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

  function go(person: string | null, chat: string | null, replace = false): void {
    const query = new URLSearchParams();
    if (person) query.set('as', person);
    if (chat) query.set('chat', chat);
    const url = query.size > 0 ? `?${query}` : location.pathname;
    if (replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    setWhere({ person, chat });
  }

  const { person, chat } = where;
  if (session) {
    if (!self) return <Door error={error} />;
    const leave = async () => {
      // Not reached: still in, and the page that opens anew shows it.
      await createApi(self)
        .leave()
        .catch(() => undefined);
      location.replace(location.pathname);
    };
    return <Office self={self} chat={chat} openChat={(place) => go(null, place, true)} leave={leave} />;
  }
  if (!person) return <People pick={(id) => go(id, null)} />;
  return (
    <Office
      key={person}
      self={{ person, csrf: null }}
      chat={chat}
      openChat={(place) => go(person, place, true)}
      leave={() => go(null, null)}
    />
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
