/** The organisation's departments and people as DingTalk keeps them: read once, department by department. */
import type { Client, Json } from './client.ts';
import { accountOf } from './place.ts';

export interface Contact {
  readonly account: string;
  readonly name: string;
  /** Names of the departments that the person is in. */
  readonly departments: readonly string[];
}

export interface Contacts {
  readonly departments: readonly string[];
  readonly people: readonly Contact[];
}

const ROOT = 1;
/** More than any organisation has: something is wrong then. */
const MOST_DEPARTMENTS = 100_000;

/** Everybody whom the app may see; one call for each department and each person. Rejects with SendError. */
export async function readContacts(client: Pick<Client, 'oapi'>, corp: string): Promise<Contacts> {
  const names = new Map<number, string>();
  const found = new Map<string, Contact>();
  const queue = [ROOT];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const { result: below = [] } = await client.oapi('/topapi/v2/department/listsub', {
      body: { dept_id: id },
    });
    for (const { dept_id, name } of below as Json[]) {
      if (names.has(dept_id) || names.size > MOST_DEPARTMENTS) continue;
      names.set(dept_id, String(name));
      queue.push(dept_id);
    }
    const { result } = await client.oapi('/topapi/user/listid', { body: { dept_id: id } });
    for (const staff of (result?.userid_list ?? []) as string[]) {
      const account = accountOf(corp, staff);
      if (!found.has(account)) found.set(account, { account, ...(await readPerson(client, staff)) });
    }
  }
  const people = [...found.values()].map(({ departments, ...rest }) => ({
    ...rest,
    departments: departments.flatMap((id) => names.get(Number(id)) ?? []),
  }));
  return { departments: [...names.values()], people };
}

async function readPerson(client: Pick<Client, 'oapi'>, userid: string) {
  const { result } = await client.oapi('/topapi/v2/user/get', { body: { userid } });
  return {
    name: String(result?.name ?? ''),
    departments: ((result?.dept_id_list ?? []) as unknown[]).map(String),
  };
}
