/** What a played platform says of itself. */
import type { Bot } from '../src/bot/bot.ts';
import type { Capabilities, Channel } from '../src/bot/delivery/channel.ts';
import { ROSTER } from '../src/channels/teams/place.ts';

/** As narrow as the narrowest real one, but that it knows a message again. */
const CAPABILITIES: Capabilities = {
  bytes: 70_000,
  choices: 15,
  viewers: 60,
  update: true,
  mentions: true,
  files: true,
  batch: 1,
  idempotent: true,
  notifies: true,
  holdsBack: true,
};

/** The head of a played channel: on `webchat` accounts are people, elsewhere they are bound. */
export function platform(name: string, changes: Partial<Capabilities> = {}) {
  const local = name === 'webchat';
  return {
    name,
    title: local ? '网页' : 'Teams',
    people: local ? ('local' as const) : ('accounts' as const),
    ...(!local && { roster: ROSTER }),
    capabilities: { ...CAPABILITIES, ...changes },
  };
}

/** A platform that is connected and that nothing is sent to. */
export function silent(name: string): Channel {
  const unused = async (): Promise<never> => {
    throw new Error(`nothing is sent to ${name}`);
  };
  return { ...platform(name), send: unused, update: unused };
}

/** A bot that knows nothing and does nothing, but for what a test watches; for tests of what only carries. */
export function idleBot(watched: Partial<Bot> & Pick<Bot, 'handle'>): Bot {
  return {
    admit: () => undefined,
    spare: () => true,
    stillAsked: async () => true,
    photo: async () => undefined,
    commands: async () => [],
    chatEvent: async () => {},
    search: async () => [],
    draw: async ({ text }) => ({ text }),
    look: async () => undefined,
    download: async () => 'refused',
    page: async () => undefined,
    pump: async () => {},
    tick: async () => {},
    stop: async () => {},
    ...watched,
  };
}
