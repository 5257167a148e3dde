import { describe, expect, it } from 'vitest';
import { isServiceUrl } from '../../../src/channels/teams/guard.ts';

describe('the services of Teams', () => {
  it.each([
    'https://smba.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net/emea/7d3a/',
    'https://SMBA.trafficmanager.net/apac/',
    'https://smba.infra.gcc.teams.microsoft.com/teams',
    'https://europe.api.botframework.com/',
  ])('are taken: %s', (url) => expect(isServiceUrl(url, [])).toBe(true));

  it('are those and the ones that are named, without TLS only on this machine', () => {
    expect(isServiceUrl('https://smba.example/', [])).toBe(false);
    expect(isServiceUrl('https://smba.example/', ['smba.example'])).toBe(true);
    expect(isServiceUrl('http://smba.example/', ['smba.example'])).toBe(false);
    expect(isServiceUrl('http://127.0.0.1:5000/', ['127.0.0.1'])).toBe(true);
    expect(isServiceUrl('http://127.0.0.1:5000/', [])).toBe(false);
    expect(isServiceUrl('ftp://smba.example/', ['smba.example'])).toBe(false);
    expect(isServiceUrl('not a url', [])).toBe(false);
  });
});
