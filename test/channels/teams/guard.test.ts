import { describe, expect, it } from 'vitest';
import { clouds } from '../../../src/channels/teams/clouds.ts';
import { isServiceUrl } from '../../../src/channels/teams/guard.ts';

describe('the services of Teams', () => {
  it.each([
    'https://smba.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net/emea/7d3a/',
    'https://SMBA.trafficmanager.net/apac/',
    'https://smba.infra.gcc.teams.microsoft.com/teams',
    'https://europe.api.botframework.com/',
  ])('are taken: %s', (url) => expect(isServiceUrl(url, clouds.Public, [])).toBe(true));

  it('are those and the ones that are named, without TLS only on this machine', () => {
    expect(isServiceUrl('https://smba.example/', clouds.Public, [])).toBe(false);
    expect(isServiceUrl('https://smba.example/', clouds.Public, ['smba.example'])).toBe(true);
    expect(isServiceUrl('http://smba.example/', clouds.Public, ['smba.example'])).toBe(false);
    expect(isServiceUrl('http://127.0.0.1:5000/', clouds.Public, ['127.0.0.1'])).toBe(true);
    expect(isServiceUrl('http://127.0.0.1:5000/', clouds.Public, [])).toBe(false);
    expect(isServiceUrl('ftp://smba.example/', clouds.Public, ['smba.example'])).toBe(false);
    expect(isServiceUrl('not a url', clouds.Public, [])).toBe(false);
  });

  it('are those of the one cloud or those of the other', () => {
    const hosts = {
      Public: [
        'smba.trafficmanager.net',
        'europe.api.botframework.com',
        'smba.infra.gcc.teams.microsoft.com',
      ],
      China: [
        'smba.teams.microsoftonline.cn',
        'msgapi.teams.microsoftonline.cn',
        'china.botframework.azure.cn',
      ],
      neither: ['teams.microsoftonline.cn.evil.example', 'evil-teams.microsoftonline.cn', 'azure.cn'],
    };
    for (const [of, names] of Object.entries(hosts))
      for (const name of names)
        for (const cloud of ['Public', 'China'] as const)
          expect([name, cloud, isServiceUrl(`https://${name}/x/`, clouds[cloud], [])]).toEqual([
            name,
            cloud,
            of === cloud,
          ]);
  });
});
