/** The chat page keeps what every channel promises. */
import type { Place } from '../../../src/bot/delivery/channel.ts';
import type { Person, Town } from '../../../src/channels/webchat/index.ts';
import { StoreError } from '../../../src/store/store.ts';
import { renderCard } from '../../kit.ts';
import { channelContract, type Driver, type Seen } from '../channel.contract.ts';
import { GROUP, own, PEOPLE, startKit } from './kit.ts';

const ME = 'sun';
const NEW: Person = { id: 'new', name: '新同志', unit: '', unitName: '', kind: '', role: '', roleName: '' };
const town: Town = {
  people: async () => PEOPLE,
  person: async (id) => [...PEOPLE, NEW].find((one) => one.id === id),
  groups: async () => [{ unit: 'sq', name: '石桥镇工作群' }],
};

const page: Driver = {
  name: 'the page',
  async start(bot) {
    const kit = await startKit({ people: town, bot, render: renderCard });
    const { transaction } = kit.store;
    const failNext = (code: 'unavailable' | 'invalid_row') => () => {
      kit.store.transaction = async () => {
        kit.store.transaction = transaction;
        throw new StoreError(code, 'played');
      };
    };
    /** The page shows words as they are: it has no markup, and points nobody out. */
    const plain = { marks: [] };
    const call = async (path: string, body?: unknown, headers?: Record<string, string>) => {
      const { status, json } = await kit.call(path, ME, body, headers);
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)}`);
      return json;
    };
    /** Names of the page's own are longer. */
    const named = (id: string) => `${id}-of-the-page`;
    return {
      channel: kit.channel,
      personal: { key: own(ME), kind: 'personal' },
      group: { key: GROUP, kind: 'group' },
      elsewhere: { key: 'msteams|x', kind: 'group' },
      async seen({ key }: Place): Promise<readonly Seen[]> {
        const all: (Seen & { from: string })[] = await kit.messages(ME, key);
        return all.filter(({ from }) => from === 'bot').map((one) => ({ ...one, ...plain }));
      },
      async say({ key }, text, id) {
        await call('/webchat/text', { place: key, text, id: named(id) });
      },
      async press({ key }, message, op, data, id) {
        const body = { place: key, message, op, data, id: named(id) };
        const { scope, shown } = await call('/webchat/action', body);
        return { text: shown.text, ...(scope !== 'words' && { card: shown.card }), ...plain };
      },
      async file(name, bytes) {
        const query = new URLSearchParams({ place: own(ME), id: named('file'), name });
        const headers = { 'x-person': ME, 'content-type': 'application/octet-stream' };
        const body = new Blob([new Uint8Array(bytes)]);
        const { status } = await fetch(`${kit.url}/webchat/file?${query}`, { method: 'POST', headers, body });
        if (status !== 200) throw new Error(String(status));
      },
      happens: {
        async added() {
          await kit.call('/webchat/chats', NEW.id);
        },
      },
      failures: { retry: failNext('unavailable'), refused: failNext('invalid_row') },
      close: kit.stop,
    };
  },
};

channelContract(page);
