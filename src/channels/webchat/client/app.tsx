/** Who sits here and which chat is open is in the address, so that two windows are two people and a reload keeps both. */
import { useEffect, useState } from 'preact/hooks';
import { Office } from './office.tsx';
import { People } from './people.tsx';

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

  useEffect(() => {
    const moved = () => setWhere(here());
    window.addEventListener('popstate', moved);
    return () => window.removeEventListener('popstate', moved);
  }, []);

  function go(person: string | null, chat: string | null, replace = false): void {
    const query = new URLSearchParams();
    if (person) query.set('as', person);
    if (chat) query.set('chat', chat);
    const url = query.size > 0 ? `/?${query}` : '/';
    if (replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    setWhere({ person, chat });
  }

  const { person, chat } = where;
  if (!person) return <People pick={(id) => go(id, null)} />;
  return (
    <Office
      key={person}
      person={person}
      chat={chat}
      openChat={(place) => go(person, place, true)}
      leave={() => go(null, null)}
    />
  );
}
