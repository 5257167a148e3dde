/** A token that was checked is good again until it runs out: for its service and its channel, and nothing else. */
import { expect, it } from 'vitest';
import type { Activity } from '../../../src/channels/teams/activity.ts';
import { remembering } from '../../../src/channels/teams/known-tokens.ts';

const HOUR = 3_600_000;
const tokenUntil = (ms: number, signature = 'x') =>
  `Bearer e30.${Buffer.from(JSON.stringify({ exp: ms / 1_000 })).toString('base64url')}.${signature}`;
const from = (serviceUrl: string, channelId = 'msteams') => ({ serviceUrl, channelId }) as Activity;

it('is checked once, and again for another service, another channel, another signature, and when time is over', async () => {
  let clock = 0;
  const checked: string[] = [];
  const authenticate = remembering(
    async ({ serviceUrl, channelId }, authorization) => {
      checked.push(`${serviceUrl} ${channelId} ${authorization.slice(-1)}`);
      if (serviceUrl !== 'https://a/') throw new Error('another service');
    },
    () => clock,
  );
  const good = tokenUntil(HOUR);
  for (let n = 0; n < 5; n += 1) await authenticate(from('https://a/'), good);
  expect(checked).toHaveLength(1);
  // What did not hold is not remembered.
  for (let n = 0; n < 2; n += 1)
    await expect(authenticate(from('https://b/'), good)).rejects.toThrow('another');
  expect(checked).toHaveLength(3);
  await authenticate(from('https://a/', 'emulator'), good);
  await authenticate(from('https://a/'), tokenUntil(HOUR, 'y'));
  expect(checked).toHaveLength(5);

  const short = tokenUntil(60_000);
  await authenticate(from('https://a/'), short);
  clock = 59_999;
  await authenticate(from('https://a/'), short);
  expect(checked).toHaveLength(6);
  clock = 60_000;
  await authenticate(from('https://a/'), short);
  expect(checked).toHaveLength(7);
  // A key may have been withdrawn since.
  clock = 15 * 60_000;
  await authenticate(from('https://a/'), good);
  expect(checked).toHaveLength(8);
});

it('keeps no more than a thousand', async () => {
  let checks = 0;
  const authenticate = remembering(
    async () => {
      checks += 1;
    },
    () => 0,
  );
  for (let n = 0; n < 1_500; n += 1) await authenticate(from('https://a/'), tokenUntil(HOUR, String(n)));
  await authenticate(from('https://a/'), tokenUntil(HOUR, '1499'));
  expect(checks).toBe(1_500);
  await authenticate(from('https://a/'), tokenUntil(HOUR, '0'));
  expect(checks).toBe(1_501);
});
