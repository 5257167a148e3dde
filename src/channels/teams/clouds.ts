/**
 * The clouds that Teams lives in: the public one, and 21Vianet's in mainland China. They share no keys, no tokens and no
 * hosts; a bot is registered in one of them. The addresses of the second are read in Microsoft's documents of sovereign
 * clouds, not tried with a real tenant.
 */
import type { Credentials } from '../../config.ts';

export interface Cloud {
  /** The issuer of every token that its channels send. */
  readonly issuer: string;
  /** Where its services answer. */
  readonly serviceHosts: RegExp;
  /** What the SDK needs to be told; nothing for the cloud that it knows. */
  settings(credentials: Credentials): Readonly<Record<string, string>>;
}

const CHINA = 'https://api.botframework.azure.cn';
/** As the public cloud has one, for bots that belong to no tenant of ours. */
const CHINA_BOTS = 'botframework.azure.cn';

export const clouds: Readonly<Record<NonNullable<Credentials['cloud']>, Cloud>> = {
  Public: {
    issuer: 'https://api.botframework.com',
    serviceHosts: /^(?:smba\.trafficmanager\.net|(?:[a-z\d-]+\.)+(?:teams\.microsoft|botframework)\.com)$/i,
    settings: () => ({}),
  },
  China: {
    issuer: CHINA,
    serviceHosts: /^(?:[a-z\d-]+\.)+(?:teams\.microsoftonline|botframework\.azure)\.cn$/i,
    settings: ({ type, tenantId }) => {
      const tenant = type === 'MultiTenant' ? CHINA_BOTS : (tenantId ?? CHINA_BOTS);
      const metadata = 'https://login.botframework.azure.cn/v1/.well-known/openidconfiguration';
      return {
        ValidateAuthority: 'true',
        ToChannelFromBotLoginUrl: `https://login.partner.microsoftonline.cn/${tenant}`,
        ToChannelFromBotOAuthScope: CHINA,
        ToBotFromChannelTokenIssuer: CHINA,
        OAuthUrl: 'https://token.botframework.azure.cn/',
        ToBotFromChannelOpenIdMetadataUrl: metadata,
        ToBotFromEmulatorOpenIdMetadataUrl: metadata,
        CallerId: 'urn:botframework:azurechina',
      };
    },
  },
};

/** The cloud in which the bot is registered. */
export function cloudOf(credentials: Credentials | undefined): Cloud {
  return clouds[credentials?.cloud ?? 'Public'];
}
