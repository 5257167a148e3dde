/** The first screen: who are you today? A few people to start with in one tap, everyone else by search or by unit. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Person } from '../wire.ts';
import { ApiError, fetchPeople } from './api.ts';
import { grouped, suggested } from './groups.ts';
import { Find, Star } from './icons.tsx';

/** A group this small is open from the start. */
const OPEN_UP_TO = 6;
/** Where the unit above helps to tell units apart. */
const BELOW = new Set(['township', 'village', 'community']);

function Who({ person, pick, note }: { person: Person; pick: (id: string) => void; note?: string }) {
  return (
    <button type="button" class="who" onClick={() => pick(person.id)} data-person={person.id}>
      <span class={`face role-${person.role}`} aria-hidden="true">
        {person.name.slice(0, 1)}
      </span>
      <span class="who-words">
        <span class="who-name">
          {person.name}
          <span class="who-role">{person.roleName}</span>
        </span>
        <span class="who-unit">
          {person.unitName}
          {person.parentName && BELOW.has(person.kind) ? (
            <span class="who-parent">{person.parentName}</span>
          ) : null}
        </span>
        {note ? <span class="who-note">{note}</span> : null}
      </span>
    </button>
  );
}

/** Whom nobody knows yet: each time somebody else. */
function somebodyNew(): Person {
  const id = `new-${crypto.getRandomValues(new Uint32Array(1)).join('')}`;
  return { id, name: '新同志', unit: '', unitName: '还没有绑定', role: '', roleName: '', kind: '' };
}

export function People({ pick }: { pick: (id: string) => void }) {
  const [people, setPeople] = useState<readonly Person[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [wanted, setWanted] = useState('');
  const [tries, setTries] = useState(0);

  useEffect(() => {
    document.title = '会商';
    fetchPeople().then(setPeople, (cause) => {
      setError(cause instanceof ApiError ? cause.message : '名单没有取到。');
    });
  }, [tries]);

  const words = wanted.trim().split(/\s+/).filter(Boolean);
  const found = useMemo(() => {
    if (!people || words.length === 0) return people ?? [];
    return people.filter((person) => {
      const text = `${person.name}${person.unitName}${person.parentName ?? ''}${person.roleName}`;
      return words.every((word) => text.includes(word));
    });
  }, [people, wanted]);
  const start = useMemo(() => suggested(people ?? []), [people]);
  const newcomer = useMemo(somebodyNew, []);
  const groups = useMemo(() => grouped(found), [found]);

  return (
    <main class="people">
      <header class="people-head">
        <span class="mark">
          <Star />
        </span>
        <div>
          <h1>会商</h1>
          <p>“五星”支部创建协同 · 示范市</p>
        </div>
      </header>
      <p class="people-lead">这是在本机运行的示范城市。选一个身份进去，看看这个岗位的人每天用它做什么。</p>
      {error ? (
        <p class="failed" role="alert">
          {error}
          <button
            type="button"
            class="text-button"
            onClick={() => {
              setError(null);
              setTries(tries + 1);
            }}
          >
            重试
          </button>
        </p>
      ) : null}
      {!people && !error ? <p class="quiet">正在打开名单…</p> : null}
      {people ? (
        <>
          {words.length === 0 && start.length > 0 ? (
            <section aria-label="从这里开始">
              <h2>从这里开始</h2>
              <div class="who-grid">
                {start.map(({ person, note }) => (
                  <Who key={person.id} person={person} note={note} pick={pick} />
                ))}
                <Who person={newcomer} note="把会商助手拉进群，绑定群和自己" pick={pick} />
              </div>
            </section>
          ) : null}
          <section aria-label="全部人员">
            <h2>全部人员</h2>
            <label class="find">
              <Find />
              <span class="sr">按姓名或单位查找</span>
              <input
                type="search"
                placeholder="按姓名或单位查找"
                value={wanted}
                onInput={({ currentTarget }) => setWanted(currentTarget.value)}
              />
            </label>
            <p class="sr" aria-live="polite">
              {words.length > 0 ? `找到 ${found.length} 人` : ''}
            </p>
            {words.length > 0 && found.length === 0 ? <p class="quiet">没有找到，换个说法试试。</p> : null}
            {groups.map(({ name, above, people: members }) => (
              <details
                key={`${name}${words.length > 0}`}
                class="group"
                open={words.length > 0 || members.length <= OPEN_UP_TO}
              >
                <summary>
                  {name}
                  {above ? <span class="count">{above}</span> : null}
                  <span class="count">{members.length} 人</span>
                </summary>
                <div class="who-grid">
                  {members.map((person) => (
                    <Who key={person.id} person={person} pick={pick} />
                  ))}
                </div>
              </details>
            ))}
          </section>
        </>
      ) : null}
    </main>
  );
}
