/** The whole app with a DingTalk on loopback beside it: people say and press, whichever way cards are drawn. */
import { deepStrictEqual } from 'node:assert';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startApp } from '../../src/app.ts';
import { inbox } from '../../src/channels/dingtalk/tables.ts';
import { readConfig } from '../../src/config.ts';
import { instant } from '../../src/lib/dates.ts';
import type { Log } from '../../src/lib/log.ts';
import { buttonsIn, environment, type Tier, until } from '../channels/dingtalk/kit.ts';
import { filledIn } from '../dingtalk-payloads.ts';
import { startFakeConnector } from '../fake-connector.ts';
import { CORP, type FakeDingtalk, type Json, type Message, startFakeDingtalk } from '../fake-dingtalk.ts';
import { root, tempDir } from './rig.ts';

/** What can be pressed on a message: a button of a card, or a link in words. */
interface Pressed {
  readonly title: string;
  readonly button?: string;
  /** What the link sends as its presser. */
  readonly sends?: string;
  readonly url?: string;
}

const LINK = /\[([^\]]*)\]\(([^)]*)\)/g;

export function pressables({ kind, text = '', params }: Message): readonly Pressed[] {
  if (kind === 'card')
    return buttonsIn(params).map(({ text: title, id: button, url }: Json) => ({ title, button, url }));
  return [...text.matchAll(LINK)].map(([, title = '', address = '']) => {
    const sends = new URL(address).searchParams.get('content');
    return address.startsWith('dtmd:') && sends ? { title, sends } : { title, url: address };
  });
}

/** Everything that a message says. */
export function said({ text = '', params }: Message): string {
  const { title = '', body = '', markdown = '', tips = '', status = '' } = params;
  return [text.replace(LINK, '$1'), title, body, markdown, tips, status].filter(Boolean).join('\n');
}

/** The demo city, whose people have accounts on DingTalk, too: their ids are their staff ids. */
export async function cityOn(dir: string): Promise<string> {
  const city = join(dir, 'city');
  await cp(join(root, 'data/demo'), city, { recursive: true });
  const members = JSON.parse(await readFile(join(city, 'members.json'), 'utf8')) as Json[];
  for (const one of members) one.accounts = { ...one.accounts, dingtalk: `${CORP}:${one.id}` };
  await writeFile(join(city, 'members.json'), JSON.stringify(members));
  return city;
}

export interface DingtalkRigOptions {
  readonly tier?: Tier;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
  readonly log?: Log;
}

let codes = 0;

export async function startDingtalkRig({ tier = 'form', env = {}, log, now }: DingtalkRigOptions = {}) {
  const fake = await startFakeDingtalk();
  const connector = await startFakeConnector();
  const dir = await tempDir();
  const errors: unknown[] = [];
  const none = () => undefined;
  const settings = {
    PORT: '0',
    DATA_DIR: dir,
    CITY_DATA: await cityOn(dir),
    ...environment(fake, tier),
    ...env,
  };
  const config = readConfig(settings);
  const began = performance.now();
  const morning = instant('2026-11-20', '09:00').getTime();
  const app = await startApp({
    config,
    log: log ?? {
      debug: none,
      info: none,
      warn: none,
      error: (...what: unknown[]) => void errors.push(what),
    },
    // A story of a morning takes a second here.
    elapsed: () => performance.now() * 2_000,
    now: now ?? (() => new Date(morning + performance.now() - began)),
  });
  await until(() => fake.sockets() > 0);
  /** What took longer than its acknowledgement could wait is done, too. */
  async function settle(): Promise<void> {
    await until(async () => (await app.store.read((tx) => tx.table(inbox).count())) === 0, 20_000);
    await app.pump();
  }
  const person = (staff: string, group?: string) => createPerson(fake, settle, staff, group);
  async function close(): Promise<void> {
    await app.stop();
    await fake.close();
    await connector.close();
    await rm(dir, { recursive: true });
  }

  return {
    app,
    fake,
    connector,
    config,
    dir,
    errors,
    url: `http://127.0.0.1:${app.port}`,
    person,
    close,
    /** Close it where a test ends: nothing may have been logged as an error. @throws */
    async end() {
      await close();
      deepStrictEqual(errors, []);
    },
  };
}

export type DingtalkRig = Awaited<ReturnType<typeof startDingtalkRig>>;

/** As somebody presses who looked first, longer than a new button is held back. */
function calm(button: string): string {
  return button.replace(/@[\da-z]+$/, '');
}

function calmForm({ _submit, ...form }: Json): Json {
  return { ...form, ...(typeof _submit === 'string' && { _submit: calm(_submit) }) };
}

function createPerson(
  fake: FakeDingtalk,
  settle: () => Promise<void>,
  staff: string,
  group: string | undefined,
) {
  const key = group ? `g:${group}` : `p:${staff}`;
  const messages = () => fake.seen(key, staff);
  const last = () => {
    const message = messages().at(-1);
    if (!message) throw new Error(`nothing was said in ${key}`);
    return message;
  };
  async function says(text: string, fields: Json = {}): Promise<Message> {
    const ack = await fake.say({ staff, text, fields, ...(group && { group }) });
    if (ack.code !== 200) throw new Error(JSON.stringify(ack));
    await settle();
    return last();
  }
  /** Write with photos in one message; without words each is a message of its own, as clients send them. */
  function shows(text: string, photo: Uint8Array): Promise<Message> {
    const part = { downloadCode: `photo-${++codes}`, pictureDownloadCode: 'for others' };
    fake.file(part.downloadCode, photo);
    if (!text) return says('', { msgtype: 'picture', text: undefined, content: part });
    const content = { richText: [{ text }, { type: 'picture', ...part }] };
    return says('', { msgtype: 'richText', text: undefined, content });
  }
  function find(title: string, on?: Message): { message: Message; pressed: Pressed } {
    for (const message of on ? [on] : [...messages()].reverse()) {
      const pressed = pressables(message).find((one) => one.title === title);
      if (pressed) return { message, pressed };
    }
    throw new Error(`${staff} sees no button “${title}” in ${key}:\n${said(last())}`);
  }
  return {
    staff,
    messages,
    last,
    says,
    shows,
    find,
    /** Press a button, with what stands in the fields; resolves to what is seen then. */
    async presses(
      title: string,
      form: Readonly<Record<string, string>> = {},
      on?: Message,
    ): Promise<Message> {
      const { message, pressed } = find(title, on);
      if (pressed.sends) return says(pressed.sends);
      const ack = await fake.press(message.id, staff, calm(pressed.button ?? ''), {
        form: calmForm(filledIn(message.params.form, form)),
      });
      if (ack.code !== 200) throw new Error(JSON.stringify(ack));
      await settle();
      return messages().find(({ id }) => id === message.id) ?? last();
    },
  };
}

/** A form as it is filled in: in its fields, where it has them, else by typed lines. */
export async function fills(
  person: ReturnType<DingtalkRig['person']>,
  submit: string,
  fields: Readonly<Record<string, string>>,
  lines: readonly string[],
): Promise<Message> {
  const { message } = person
    .messages()
    .reduceRight<{ message?: Message }>(
      (found, one) => (found.message ? found : one.params.form ? { message: one } : found),
      {},
    );
  if (message && pressables(message).some(({ title }) => title === submit))
    return person.presses(submit, fields, message);
  return person.says([submit, ...lines].join('\n'));
}
