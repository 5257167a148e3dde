/** What the page makes of answers that are cut off on their way, as on a train: nothing, and it asks again. */
import { afterEach, expect, it, vi } from 'vitest';
import { createApi } from '../../../src/channels/webchat/client/api.ts';
import { createClient } from '../../../src/channels/webchat/client/client.ts';

const SELF = { person: 'huang-wenchang', csrf: null };
const HALF = '{"me":{"id":"huang-wenchang"},"cha';
afterEach(() => vi.unstubAllGlobals());

it('does not take half an answer for one that says nothing', async () => {
  vi.stubGlobal('fetch', async () => new Response(HALF, { status: 200 }));
  await expect(createApi(SELF).chats()).rejects.toMatchObject({ kind: 'network' });
  vi.stubGlobal('fetch', async () => new Response(HALF, { status: 404 }));
  await expect(createApi(SELF).chats()).rejects.toMatchObject({ kind: 'refused' });
});

it.each([['{}'], ['{"me":null}'], [null]])('opens with what was kept as %s', (kept) => {
  const storage = { getItem: () => kept, setItem() {}, removeItem() {}, key: () => null, length: 0 };
  vi.stubGlobal('localStorage', storage);
  expect(createClient(SELF).state()).toMatchObject({ me: null, chats: [] });
});
